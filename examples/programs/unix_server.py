"""An AF_UNIX server: removes the file that an earlier one left, then prints what its clients say.
AF_UNIX 服务器：先删除上一次留下的套接字文件，再打印客户端说的话。

    python3 unix_server.py [PATH]         ./sock where it is left out / 省略时为 ./sock

In sockstep / 在 sockstep 里：  k = connect unix ./sock     send k hello     close k
"""
import os
import stat
import sys
from socket import AF_UNIX, SOCK_STREAM, socket

path = sys.argv[1] if len(sys.argv) > 1 else "./sock"

# Only what is a socket is removed / 只删除确实是套接字的文件
if os.path.exists(path) and stat.S_ISSOCK(os.stat(path).st_mode):
    os.unlink(path)

with socket(AF_UNIX, SOCK_STREAM) as server:
    server.bind(path)
    server.listen(5)
    print("waiting:", path, flush=True)
    while True:
        connection, client = server.accept()
        print("client:", repr(client), flush=True)
        with connection:
            while data := connection.recv(1024):
                print("received:", data.decode(), flush=True)
        print("gone", flush=True)
