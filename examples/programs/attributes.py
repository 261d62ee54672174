"""What a socket can tell about itself, printed line by line. The other side of examples/01-attributes.sock.
逐行打印套接字的各种属性；与 examples/01-attributes.sock 配对。

    python3 attributes.py [PORT]          8888 where it is left out / 省略时为 8888

In sockstep / 在 sockstep 里：  k = connect tcp 127.0.0.1:8888     send k i     close k
"""
import sys
from socket import SO_REUSEADDR, SOL_SOCKET, socket

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888


def tell(name, value):
    print(name, value, sep=": ", flush=True)


with socket() as server:
    tell("type", server.type.name)
    tell("family", server.family.name)
    tell("fileno", server.fileno())
    server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    tell("SO_REUSEADDR", server.getsockopt(SOL_SOCKET, SO_REUSEADDR))
    server.bind(("127.0.0.1", port))
    tell("sockname", server.getsockname())
    server.listen()
    tell("waiting", server.getsockname()[1])
    connection, client = server.accept()
    with connection:
        tell("peername", connection.getpeername())
        tell("same as accept's", connection.getpeername() == client)
        tell("data", connection.recv(1024))
