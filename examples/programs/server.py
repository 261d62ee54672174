"""A TCP server: one client after another, each message answered. The other side of a client in sockstep.
TCP 服务器：依次为客户端服务，每条消息都回答。客户端用 sockstep 来扮演。

    python3 server.py [PORT]              9999 where it is left out / 省略时为 9999

In sockstep / 在 sockstep 里：  k = connect tcp 127.0.0.1:9999     sendall k hello     recv k
"""
import sys
from socket import SO_REUSEADDR, SOL_SOCKET, socket

port = int(sys.argv[1]) if len(sys.argv) > 1 else 9999

with socket() as server:
    server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(5)
    print("waiting:", server.getsockname()[1], flush=True)
    while True:
        connection, client = server.accept()
        print("client:", client, flush=True)
        with connection:
            while data := connection.recv(1024):  # b'' is the client's end / b'' 表示客户端结束了
                print("received:", data.decode(), flush=True)
                connection.sendall(b"Got it")
        print("gone", flush=True)
