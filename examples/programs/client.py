"""A TCP client: sends each line that is typed and prints the answer; an empty line ends it. The server is in sockstep.
TCP 客户端：把输入的每一行发出去，打印收到的回答；空行结束。服务器用 sockstep 来扮演。

    python3 client.py [PORT]              9999 where it is left out / 省略时为 9999

In sockstep / 在 sockstep 里：  s = listen tcp 127.0.0.1:9999     c = accept s     recv c     send c Got it
"""
import sys
from socket import create_connection

port = int(sys.argv[1]) if len(sys.argv) > 1 else 9999

with create_connection(("127.0.0.1", port)) as connection:
    for line in sys.stdin:
        text = line.rstrip("\n")
        if not text:
            break
        connection.sendall(text.encode())
        answer = connection.recv(1024)
        if not answer:
            print("the server has gone", flush=True)
            break
        print("answer:", answer.decode(), flush=True)
