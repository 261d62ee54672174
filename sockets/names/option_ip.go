package names

var pmtuMeanings = map[string]Text{
	"DONT":      T("fragment where needed, never \"don't fragment\"", "需要就分片，不设“不分片”位"),
	"WANT":      T("as the route says: discover the MTU, fragment if needed (the default)", "按路由设置：探测 MTU，需要时分片（默认）"),
	"DO":        T("always \"don't fragment\"; too long a datagram gives EMSGSIZE", "总是不分片；数据报过长时报 EMSGSIZE"),
	"PROBE":     T("\"don't fragment\", and ignore the known path MTU", "不分片，并忽略已知的路径 MTU"),
	"INTERFACE": T("use the interface's MTU, believe no ICMP", "用接口的 MTU，不相信 ICMP"),
	"OMIT":      T("like INTERFACE, but fragment if needed", "同 INTERFACE，但需要时分片"),
}

// pmtuValues are the values of IP_MTU_DISCOVER and its IPv6 sister.
func pmtuValues(prefix string) []Value {
	var values []Value
	for _, name := range []string{"DONT", "WANT", "DO", "PROBE", "INTERFACE", "OMIT"} {
		values = append(values, Value{prefix + name, pmtuMeanings[name]})
	}
	return values
}

// ipOptions are those of ip(7).
var ipOptions = level("IPPROTO_IP",
	number("IP_TTL", inHops, kindsInet, T("how many routers a packet may pass, 1 to 255; -1 is the default (64)", "报文最多经过多少个路由器，1 到 255；-1 为默认值（64）")),
	number("IP_TOS", noUnit, kindsInet, T("type of service: the DSCP in the upper six bits, ECN in the lower two (TCP keeps those for itself)", "服务类型：高六位是 DSCP，低两位是 ECN（TCP 自己管理低两位）")).values(
		Value{"IPTOS_LOWDELAY", T("soon, for typing", "低延迟，适合交互")},
		Value{"IPTOS_THROUGHPUT", T("much, for bulk data", "高吞吐，适合大量数据")},
		Value{"IPTOS_RELIABILITY", T("safely", "高可靠")},
		Value{"IPTOS_MINCOST", T("cheaply", "低成本")}),
	number("IP_MTU_DISCOVER", noUnit, kindsInet, T("whether packets may be fragmented on the way", "报文途中能否分片")).values(pmtuValues("IP_PMTUDISC_")...),
	number("IP_MTU", inBytes, kindsInet, T("the largest packet on the way to the peer; only when connected", "到对端路径上的最大报文；仅连接后可读")).getOnly(),
	flag("IP_FREEBIND", kindsInet, T("bind may take an address that this machine does not have (yet)", "允许绑定本机（还）没有的地址")),
	flag("IP_TRANSPARENT", kindsInet, T("act for addresses of others, as a transparent proxy", "代他人地址收发，用于透明代理")).privileged(),
	flag("IP_BIND_ADDRESS_NO_PORT", kindsInet, T("bind to port 0 chooses the port only at connect", "绑定端口 0 时，到 connect 才选端口")),
	option("IP_LOCAL_PORT_RANGE", Uint32, kindsInet, T("ephemeral ports of this socket: high in the upper 16 bits, low in the lower", "该套接字的临时端口范围：高 16 位是上限，低 16 位是下限")),
	number("IP_PROTOCOL", noUnit, kindsInet, T("of a raw socket its protocol; of others Linux gives the local port", "原始套接字的协议；对其他套接字，Linux 给出的是本地端口")).getOnly(),
	// What comes with a message.
	flag("IP_PKTINFO", kindsDgram, T("recvmsg brings the destination address and the interface", "recvmsg 附带目的地址和接口")),
	flag("IP_RECVTTL", kindsInet, T("recvmsg brings the TTL of the packet", "recvmsg 附带报文的 TTL")),
	flag("IP_RECVTOS", kindsInet, T("recvmsg brings the TOS byte of the packet", "recvmsg 附带报文的 TOS 字节")),
	flag("IP_RECVOPTS", kindsDgram, T("recvmsg brings the IP options of the packet", "recvmsg 附带报文的 IP 选项")),
	flag("IP_RETOPTS", kindsDgram, T("the same options unprocessed, ready for the way back", "同样的选项，未经处理，可用于返回")).alias("IP_RECVRETOPTS"),
	flag("IP_RECVORIGDSTADDR", kindsDgram, T("recvmsg brings the address before redirection", "recvmsg 附带重定向之前的目的地址")).alias("IP_ORIGDSTADDR"),
	flag("IP_RECVFRAGSIZE", kindsDgram, T("recvmsg brings the largest fragment's size", "recvmsg 附带最大分片的大小")),
	flag("IP_CHECKSUM", kindsUDP, T("recvmsg brings the checksum of the packet", "recvmsg 附带报文的校验和")),
	flag("IP_PASSSEC", kindsUDP, T("recvmsg brings the peer's IPsec label", "recvmsg 附带对端的 IPsec 标签")),
	flag("IP_RECVERR", kindsInet, T("keep ICMP errors in a queue; also tells an unconnected UDP socket of them", "把 ICMP 错误放进队列；未连接的 UDP 套接字也会得知")),
	flag("IP_RECVERR_RFC4884", kindsDgram, T("ICMP errors with their RFC 4884 extensions", "ICMP 错误附带 RFC 4884 扩展")),
	number("IP_MINTTL", inHops, kindsInet, T("drop packets that arrive with a lower TTL", "丢弃 TTL 更低的来包")),
	option("IP_PKTOPTIONS", Bytes, kindsTCP, T("the facts kept from the last packet of a stream", "流上最近报文保留的信息")).getOnly(),
	// What is sent.
	option("IP_OPTIONS", Bytes, kindsInet, T("IP options for every packet; many routers drop such", "每个报文携带的 IP 选项；很多路由器会丢弃")),
	flag("IP_HDRINCL", kindsRaw, T("you write the IP header yourself", "由你自己填写 IP 首部")),
	flag("IP_NODEFRAG", kindsRaw, T("fragments are not put together before you see them", "分片不重组就交给你")),
	flag("IP_ROUTER_ALERT", kindsRaw, T("receive packets with the router alert option", "接收带路由器告警选项的报文")),
	number("IP_UNICAST_IF", anInterface, kindsDgram, T("the interface for unicast, in network byte order", "单播使用的接口，网络字节序")).as(Uint32),
	option("IP_XFRM_POLICY", Bytes, kindsInet, T("IPsec policy of the socket", "套接字的 IPsec 策略")).setOnly().privileged().alias("IP_IPSEC_POLICY"),
	// Multicast.
	number("IP_MULTICAST_TTL", inHops, kindsDgram, T("TTL of multicast sent; 1 stays on the local network", "组播报文的 TTL；1 表示不出本地网络")),
	flag("IP_MULTICAST_LOOP", kindsDgram, T("own multicast comes back to this machine; on by default", "自己发的组播也回到本机；默认打开")),
	option("IP_MULTICAST_IF", InAddr, kindsDgram, T("interface for multicast sent, by an own address", "发送组播用的接口，以本机地址指明")),
	flag("IP_MULTICAST_ALL", kindsDgram, T("also groups that other sockets joined; on by default", "也接收其他套接字加入的组；默认打开")),
	option("IP_ADD_MEMBERSHIP", Mreq, kindsDgram, T("join a multicast group on an interface", "在接口上加入组播组")).setOnly(),
	option("IP_DROP_MEMBERSHIP", Mreq, kindsDgram, T("leave a multicast group", "退出组播组")).setOnly(),
	option("IP_ADD_SOURCE_MEMBERSHIP", MreqSource, kindsDgram, T("join a group, from one sender only", "加入组播组，只收一个发送者")).setOnly(),
	option("IP_DROP_SOURCE_MEMBERSHIP", MreqSource, kindsDgram, T("leave a group of one sender", "退出只收某发送者的组")).setOnly(),
	option("IP_BLOCK_SOURCE", MreqSource, kindsDgram, T("stop receiving one sender of a group", "不再接收组里的某个发送者")).setOnly(),
	option("IP_UNBLOCK_SOURCE", MreqSource, kindsDgram, T("receive that sender again", "恢复接收该发送者")).setOnly(),
	option("IP_MSFILTER", Bytes, kindsDgram, T("the whole list of senders of a group at once", "一次给出组的全部发送者名单")),
	option("MCAST_JOIN_GROUP", GroupReq, kindsDgram, T("join a group, IPv4 or IPv6", "加入组播组，IPv4 或 IPv6")).setOnly(),
	option("MCAST_LEAVE_GROUP", GroupReq, kindsDgram, T("leave a group, IPv4 or IPv6", "退出组播组，IPv4 或 IPv6")).setOnly(),
	option("MCAST_JOIN_SOURCE_GROUP", GroupSource, kindsDgram, T("join a group, from one sender only", "加入组播组，只收一个发送者")).setOnly(),
	option("MCAST_LEAVE_SOURCE_GROUP", GroupSource, kindsDgram, T("leave a group of one sender", "退出只收某发送者的组")).setOnly(),
	option("MCAST_BLOCK_SOURCE", GroupSource, kindsDgram, T("stop receiving one sender of a group", "不再接收组里的某个发送者")).setOnly(),
	option("MCAST_UNBLOCK_SOURCE", GroupSource, kindsDgram, T("receive that sender again", "恢复接收该发送者")).setOnly(),
	option("MCAST_MSFILTER", Bytes, kindsDgram, T("the whole list of senders of a group at once", "一次给出组的全部发送者名单")),
)
