"""A web server in a few lines, without a library: the page at /, and 404 for everything else.
几行代码的网页服务器，不用现成的库：/ 返回网页，其他路径返回 404。

    python3 http_server.py [PORT]         8000 where it is left out / 省略时为 8000

With a browser / 用浏览器：     http://127.0.0.1:8000/
In sockstep / 在 sockstep 里：  b = connect tcp 127.0.0.1:8000     sendall b "GET / HTTP/1.1\\r\\n\\r\\n"     recv b 4096
"""
import sys
from socket import SO_REUSEADDR, SOL_SOCKET, socket

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
pages = {"/": ("200 OK", "<h1>Hello from a socket</h1>\n")}
missing = ("404 Not Found", "<h1>No such page</h1>\n")


def read_request(connection):
    """All up to the empty line; what came where the client left before. / 读到空行为止；客户端提前离开则返回已收到的。"""
    request = b""
    while b"\r\n\r\n" not in request:
        data = connection.recv(4096)
        if not data:
            break
        request += data
    return request.decode("latin-1")


with socket() as server:
    server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(3)
    print("waiting:", server.getsockname()[1], flush=True)
    while True:
        connection, client = server.accept()
        with connection:
            words = read_request(connection).split(" ")
            if len(words) < 3:
                continue
            print("asked for:", words[1], flush=True)
            status, page = pages.get(words[1], missing)
            body = page.encode()
            # Content-Length tells where the page ends / Content-Length 说明网页到哪里结束
            head = (
                f"HTTP/1.1 {status}\r\n"
                "Content-Type: text/html; charset=utf-8\r\n"
                f"Content-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n"
            )
            connection.sendall(head.encode() + body)
