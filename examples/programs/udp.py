"""UDP, either side: a receiver that answers each datagram, or a sender that waits for each answer.
UDP 的任意一方：回答每个数据报的接收者，或等待回答的发送者。

    python3 udp.py receive [PORT]         9999 where it is left out / 省略时为 9999
    python3 udp.py send [PORT]            each line typed is one datagram / 输入的每一行是一个数据报

In sockstep / 在 sockstep 里：  v = socket udp     sendto v 127.0.0.1:9999 hello     recvfrom v
         or / 或者：            u = listen udp 127.0.0.1:9999     data, addr = recvfrom u     sendto u $addr thanks
"""
import sys
from socket import SOCK_DGRAM, AF_INET, socket

if len(sys.argv) < 2 or sys.argv[1] not in ("receive", "send"):
    sys.exit(__doc__)
port = int(sys.argv[2]) if len(sys.argv) > 2 else 9999

with socket(AF_INET, SOCK_DGRAM) as udp:
    if sys.argv[1] == "receive":
        udp.bind(("127.0.0.1", port))
        print("waiting:", udp.getsockname()[1], flush=True)
        while True:
            data, sender = udp.recvfrom(1024)
            print("received:", data, "from", sender, flush=True)
            udp.sendto(b"thanks for " + data, sender)
    for line in sys.stdin:
        udp.sendto(line.rstrip("\n").encode(), ("127.0.0.1", port))
        data, sender = udp.recvfrom(1024)
        print("answer:", data, "from", sender, flush=True)
