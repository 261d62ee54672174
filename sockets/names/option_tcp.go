package names

// tcpOptions are those of tcp(7).
var tcpOptions = level("IPPROTO_TCP",
	flag("TCP_NODELAY", kindsTCP, T("send small pieces at once, without Nagle's waiting for the ACK", "小数据立即发送，不按 Nagle 算法等待 ACK")),
	flag("TCP_CORK", kindsTCP, T("send only full segments until it is taken off (200 ms at most)", "只发满的报文段，直到取消（最多 200 毫秒）")),
	flag("TCP_QUICKACK", kindsTCP, T("acknowledge at once; the kernel switches it back by itself", "立即确认；内核之后会自行改回")),
	number("TCP_MAXSEG", inBytes, kindsTCP, T("largest segment; set before connect, 88 to 32767", "最大报文段；连接前设置，88 到 32767")),
	// The life of a connection.
	number("TCP_KEEPIDLE", inSeconds, kindsTCP, T("silence before the first keepalive probe (7200), 1 to 32767", "空闲多久后发第一个保活探测（7200），1 到 32767")),
	number("TCP_KEEPINTVL", inSeconds, kindsTCP, T("time between keepalive probes (75), 1 to 32767", "保活探测的间隔（75），1 到 32767")),
	number("TCP_KEEPCNT", inTries, kindsTCP, T("unanswered probes before the connection is dropped (9), 1 to 127", "多少次探测无应答就断开（9），1 到 127")),
	number("TCP_SYNCNT", inTries, kindsTCP, T("how often connect sends its SYN again (6), 1 to 127", "connect 重发 SYN 的次数（6），1 到 127")),
	number("TCP_USER_TIMEOUT", inMillis, kindsTCP, T("drop the connection when sent data stays unacknowledged so long; 0 is the default", "已发数据这么久没被确认就断开；0 为默认")),
	number("TCP_LINGER2", inSeconds, kindsTCP, T("how long a closed socket stays in FIN_WAIT2 (60)", "已关闭的套接字在 FIN_WAIT2 停留多久（60）")),
	number("TCP_DEFER_ACCEPT", inSeconds, kindsTCP, T("accept sees a client only when its first data came; rounded to SYN-ACK retries", "客户端发来数据后 accept 才看到它；按 SYN-ACK 重试次数取整")),
	number("TCP_RTO_MAX_MS", inMillis, kindsTCP, T("longest wait between retransmissions (120000), from 1000", "重传间隔的上限（120000），不小于 1000")),
	number("TCP_RTO_MIN_US", inMicros, kindsTCP, T("shortest wait before a retransmission (200000)", "重传等待的下限（200000）")),
	number("TCP_DELACK_MAX_US", inMicros, kindsTCP, T("longest delay of an ACK (200000)", "确认的最长延迟（200000）")),
	// Flow and congestion.
	option("TCP_CONGESTION", String, kindsTCP, T("name of the congestion control, such as cubic, reno, bbr; some are privileged", "拥塞控制算法名，如 cubic、reno、bbr；有的需要特权")).privileged().values(
		Value{"cubic", T("the usual one", "通常的默认算法")},
		Value{"reno", T("the classic one, always there", "经典算法，总是可用")},
		Value{"bbr", T("goes by bandwidth and delay, not by loss", "依据带宽和时延，而不是丢包")},
		Value{"dctcp", T("for data centres, with ECN", "用于数据中心，配合 ECN")},
		Value{"vegas", T("goes by delay", "依据时延")},
		Value{"westwood", T("for lossy radio links", "用于易丢包的无线链路")}),
	option("TCP_CC_INFO", Bytes, kindsTCP, T("what the congestion control tells of itself; none for cubic and reno", "拥塞控制算法的内部信息；cubic、reno 没有")).getOnly(),
	option("TCP_INFO", TCPInfo, kindsTCP, T("all that the kernel knows of the connection", "内核所知的连接全部信息")).getOnly(),
	number("TCP_WINDOW_CLAMP", inBytes, kindsTCP, T("upper limit of the window that is offered", "通告窗口的上限")),
	number("TCP_NOTSENT_LOWAT", inBytes, kindsTCP, T("writable only while less than this is unsent; 0 is the system's default", "未发出的数据少于此值才算可写；0 为系统默认")).as(Uint32),
	flag("TCP_INQ", kindsTCP, T("each recvmsg tells how much more is waiting", "每次 recvmsg 附带还有多少数据在等")).alias("TCP_CM_INQ"),
	number("TCP_TX_DELAY", inMicros, kindsTCP, T("delay each segment sent, to play a long line", "推迟每个报文段的发送，模拟长线路")),
	flag("TCP_THIN_LINEAR_TIMEOUTS", kindsTCP, T("little data in flight: retransmit without doubling the wait", "在途数据少时，重传间隔不加倍")),
	flag("TCP_THIN_DUPACK", kindsTCP, T("obsolete; may be set, does nothing", "已废弃；可以设置，没有作用")).idle(),
	// The handshake.
	number("TCP_FASTOPEN", inClients, kindsTCP, T("listener: how many may wait with data in their SYN; 0 is off", "监听方：允许多少个 SYN 携带数据的连接等待；0 为关闭")),
	flag("TCP_FASTOPEN_CONNECT", kindsTCP, T("connect waits for the first send and puts its data into the SYN", "connect 推迟到第一次 send，数据放进 SYN")),
	option("TCP_FASTOPEN_KEY", Bytes, kindsTCP, T("the key that makes fast open cookies, 16 or 32 bytes", "生成 fast open cookie 的密钥，16 或 32 字节")),
	flag("TCP_FASTOPEN_NO_COOKIE", kindsTCP, T("fast open without a cookie", "fast open 不用 cookie")),
	flag("TCP_SAVE_SYN", kindsTCP, T("listener: keep the headers of each client's SYN", "监听方：保存每个客户端 SYN 的首部")),
	option("TCP_SAVED_SYN", Bytes, kindsTCP, T("the kept SYN headers; can be read once", "保存下来的 SYN 首部；只能读一次")).getOnly(),
	flag("TCP_IS_MPTCP", kindsTCP, T("1 when the connection is multipath TCP", "连接是多路径 TCP 时为 1")).getOnly(),
	number("TCP_TIMESTAMP", inMillis, kindsTCP, T("the TCP timestamp clock; set only in repair mode", "TCP 时间戳时钟；只能在修复模式下设置")).as(Uint32).privileged(),
	// Above and beside it.
	option("TCP_ULP", String, kindsTCP, T("a protocol laid over it in the kernel, such as tls; only when connected", "在内核里叠加的上层协议，如 tls；仅连接后可设")).values(
		Value{"tls", T("TLS in the kernel", "内核 TLS 加密")}),
	option("TCP_MD5SIG", Bytes, kindsTCP, T("key for MD5 signed segments (RFC 2385, for BGP)", "报文段 MD5 签名的密钥（RFC 2385，用于 BGP）")).setOnly(),
	option("TCP_MD5SIG_EXT", Bytes, kindsTCP, T("the same for a prefix or an interface", "同上，可指定地址前缀或接口")).setOnly(),
	option("TCP_AO_ADD_KEY", Bytes, kindsTCP, T("add a key of the authentication option (RFC 5925)", "增加 TCP 认证选项的密钥（RFC 5925）")).setOnly(),
	option("TCP_AO_DEL_KEY", Bytes, kindsTCP, T("take such a key away", "删除认证选项的密钥")).setOnly(),
	option("TCP_AO_INFO", Bytes, kindsTCP, T("settings and counters of the authentication option", "认证选项的设置和计数")),
	option("TCP_AO_GET_KEYS", Bytes, kindsTCP, T("the keys of the authentication option", "认证选项的全部密钥")).getOnly(),
	option("TCP_ZEROCOPY_RECEIVE", Bytes, kindsTCP, T("map received data instead of copying it", "把收到的数据映射到内存而不复制")).getOnly(),
	// Moving a live connection to another machine.
	number("TCP_REPAIR", noUnit, kindsTCP, T("freeze the connection, to save or restore it", "冻结连接，以便保存或恢复")).privileged().values(
		Value{"TCP_REPAIR_OFF", T("normal work", "正常工作")},
		Value{"TCP_REPAIR_ON", T("frozen", "冻结")},
		Value{"TCP_REPAIR_OFF_NO_WP", T("normal work, without a window probe", "正常工作，不发窗口探测")}),
	number("TCP_REPAIR_QUEUE", noUnit, kindsTCP, T("which queue is being repaired", "正在修复哪个队列")).privileged().values(
		Value{"TCP_NO_QUEUE", T("none", "无")},
		Value{"TCP_RECV_QUEUE", T("the receive queue", "接收队列")},
		Value{"TCP_SEND_QUEUE", T("the send queue", "发送队列")}),
	number("TCP_QUEUE_SEQ", noUnit, kindsTCP, T("sequence number of that queue, in repair mode", "该队列的序号，修复模式下可用")).as(Uint32).privileged(),
	option("TCP_REPAIR_OPTIONS", Bytes, kindsTCP, T("the options that the handshake settled", "握手商定的选项")).setOnly().privileged(),
	option("TCP_REPAIR_WINDOW", Bytes, kindsTCP, T("the windows of both sides, in repair mode", "双方的窗口，修复模式下可用")).privileged(),
)

// udpOptions are those of udp(7).
var udpOptions = level("IPPROTO_UDP",
	flag("UDP_CORK", kindsUDP, T("gather several sends into one datagram until it is taken off", "把多次发送合成一个数据报，直到取消")),
	number("UDP_SEGMENT", inBytes, kindsUDP, T("the kernel cuts a large send into datagrams of this size", "内核把一次大的发送切成这么大的数据报")),
	flag("UDP_GRO", kindsUDP, T("recv may give several datagrams of one sender in one piece", "recv 可一次取出同一发送者的多个数据报")),
	number("UDP_ENCAP", noUnit, kindsUDP, T("the kernel unpacks another protocol carried in UDP", "内核解开 UDP 里承载的其他协议")).values(
		Value{"UDP_ENCAP_ESPINUDP", T("IPsec through NAT", "穿越 NAT 的 IPsec")},
		Value{"UDP_ENCAP_L2TPINUDP", T("L2TP tunnels", "L2TP 隧道")},
		Value{"UDP_ENCAP_GTP0", T("mobile networks, GTP version 0", "移动网络 GTP 第 0 版")},
		Value{"UDP_ENCAP_GTP1U", T("mobile networks, GTP version 1", "移动网络 GTP 第 1 版")},
		Value{"UDP_ENCAP_RXRPC", T("RxRPC, for AFS", "用于 AFS 的 RxRPC")}),
	flag("UDP_NO_CHECK6_TX", kindsUDP, T("IPv6: send with checksum 0 (only for tunnels)", "IPv6：以校验和 0 发送（仅用于隧道）")),
	flag("UDP_NO_CHECK6_RX", kindsUDP, T("IPv6: take datagrams with checksum 0 (only for tunnels)", "IPv6：接受校验和为 0 的数据报（仅用于隧道）")),
)

// rawOptions are those of raw(7) and icmp(7).
var rawOptions = level("SOL_RAW",
	option("ICMP_FILTER", ICMPFilter, kindsRaw, T("ICMP types that are not to be received, as a set of bits", "不接收的 ICMP 类型，按位表示")),
)
