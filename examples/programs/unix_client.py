"""An AF_UNIX client: sends each line that is typed; an empty line ends it. The server is in sockstep.
AF_UNIX 客户端：把输入的每一行发出去；空行结束。服务器用 sockstep 来扮演。

    python3 unix_client.py [PATH]         ./sock where it is left out / 省略时为 ./sock

In sockstep / 在 sockstep 里：  s = listen unix ./sock --unlink     c = accept s     recv c
"""
import sys
from socket import AF_UNIX, SOCK_STREAM, socket

path = sys.argv[1] if len(sys.argv) > 1 else "./sock"

with socket(AF_UNIX, SOCK_STREAM) as connection:
    connection.connect(path)
    for line in sys.stdin:
        text = line.rstrip("\n")
        if not text:
            break
        connection.sendall(text.encode())
        print("sent:", text, flush=True)
