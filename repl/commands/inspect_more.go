package commands

import (
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// receiveQueue is what waits to be read, or to be accepted. AF_UNIX tells the latter to sock_diag alone.
func receiveQueue(l *look) (sockets.Value, error) {
	switch {
	case l.k.FD < 0:
		t, err := l.tcp()
		if err != nil || t == nil || t.State == "TIME_WAIT" {
			return none, err
		}
		return sockets.IntOf(int64(t.Unread())), nil
	case l.k.Backlog >= 0 && l.k.Family == sockets.UNIX:
		if n, err := l.kernel(); err == nil && n.Unix != nil {
			return sockets.IntOf(int64(n.Unix.RecvQ)), nil
		}
		return none, nil
	case l.k.Backlog >= 0:
		n, _, err := l.c.AcceptQueue(l.k.FD)
		return sockets.IntOf(int64(n)), l.Fail("getsockopt", l.k, err, "opt", "TCP_INFO")
	}
	n, err := l.c.QueueIn(l.k.FD)
	return sockets.IntOf(int64(n)), l.Fail("ioctl", l.k, err)
}

func receiveQueueTold(l *look, v sockets.Value) names.Text {
	switch {
	case v.Type == sockets.NoValue:
		return names.Text{}
	case l.k.Backlog >= 0:
		n := grouped(places(l) + 1) // listen(n) admits one more
		return names.T(grouped(v.Int)+" to accept, of "+n, grouped(v.Int)+" 个待 accept，上限 "+n)
	case l.k.Kind == sockets.Dgram && v.Int > 0:
		return names.T(octets(v.Int)+", the next one", "下一个 "+octets(v.Int))
	}
	return bytesTold(l, v)
}

// places is the backlog as the kernel cut it.
func places(l *look) int64 {
	if n, err := l.kernel(); err == nil {
		switch {
		case n.TCP != nil:
			return int64(n.TCP.SendQ)
		case n.Unix != nil:
			return int64(n.Unix.SendQ)
		}
	}
	return int64(l.k.Backlog)
}

func sendQueue(l *look) (sockets.Value, error) {
	switch {
	case l.k.FD < 0:
		t, err := l.tcp()
		if err != nil || t == nil || t.State == "TIME_WAIT" {
			return none, err
		}
		return sockets.IntOf(int64(t.SendQ)), nil
	case l.k.Backlog >= 0:
		return sockets.IntOf(int64(l.k.Backlog)), nil
	}
	n, err := l.c.QueueOut(l.k.FD)
	if l.k.Family == sockets.UNIX && n > 0 {
		l.Act.Note("sendq-memory")
	}
	return sockets.IntOf(int64(n)), l.Fail("ioctl", l.k, err)
}

func sendQueueTold(l *look, v sockets.Value) names.Text {
	switch {
	case v.Type == sockets.NoValue:
		return names.Text{}
	case l.k.Backlog >= 0:
		return names.T(v.Text+", the backlog", v.Text+"，即 backlog")
	case l.k.FD < 0 && v.Int > 0:
		return names.T(octets(v.Int)+", 1 for the FIN", octets(v.Int)+"，FIN 占 1")
	case l.k.Family == sockets.UNIX || l.k.Kind == sockets.Dgram:
		return names.T(octets(v.Int)+" of memory", "内存 "+octets(v.Int))
	}
	return bytesTold(l, v)
}

// sendMemory is what the bytes to send take: of TCP in its own queue, of others in the peer's or the card's.
func sendMemory(l *look) (sockets.Value, error) {
	m, err := l.mem()
	switch {
	case err != nil || m == nil:
		return none, err
	case l.k.KindName() == "tcp":
		return sockets.IntOf(int64(m.SendQueued)), nil
	}
	return sockets.IntOf(int64(m.Sent)), nil
}

// unackedBytes are those of the send queue that were sent.
func (l *look) unackedBytes() (int64, error) {
	unsent, err := l.member("tcpi_notsent_bytes")
	if err != nil {
		return 0, err
	}
	n, err := l.c.QueueOut(l.k.FD)
	return max(int64(n)-unsent.Int, 0), l.Fail("ioctl", l.k, err)
}

// pendingClients are the clients of an AF_UNIX listener that wait for accept: by their names where they are of this session.
func pendingClients(l *look) (sockets.Value, error) {
	n, err := l.kernel()
	if err != nil || n.Unix == nil {
		return none, err
	}
	clients := []sockets.Value{}
	for _, inode := range n.Unix.Pending {
		clients = append(clients, sockets.TextOf(l.inodeName(inode)))
	}
	return sockets.ListOf(clients...), nil
}

// inodeName is the name of the session's socket that has an inode, else the number; "closed" where it is none any more.
func (l *look) inodeName(inode uint32) string {
	if inode == 0 {
		return "-"
	}
	if o := l.asking.SocketWithInode(l.k, inode); o != nil {
		return o.Name
	}
	return itoa(int(inode))
}

// congestionFields are how much may be under way, and what was lost of it.
func congestionFields() []field {
	segments := func(_ *look, v sockets.Value) names.Text {
		return names.T(counted(v.Int, "segment"), grouped(v.Int)+" 段")
	}
	rate := func(_ *look, v sockets.Value) names.Text {
		if v.Int == -1 {
			return names.T("no limit", "不限")
		}
		return same(octets(v.Int) + "/s")
	}
	f := func(name string, means names.Text, m string, calm sights, told func(*look, sockets.Value) names.Text) field {
		return field{name, means, pythonMember(m), theCongestion, onTCP | onIdle, calm, member(m), told}
	}
	return []field{
		{"congestion", names.T("name of the algorithm", "算法的名字"), "%s.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 16)", theCongestion, onTCP | onIdle, 0, func(l *look) (sockets.Value, error) {
			o, _ := names.LookupOption("TCP_CONGESTION")
			v, err := l.c.Getsockopt(l.k.FD, o)
			return v, l.Fail("getsockopt", l.k, err, "opt", "TCP_CONGESTION")
		}, nil},
		{"ca_state", names.T("Open, Disorder, CWR, Recovery or Loss", "Open 正常、Disorder 乱序、CWR 减窗、Recovery 恢复、Loss 丢包"), pythonMember("tcpi_ca_state"), theCongestion, onTCP | onIdle, 0, func(l *look) (sockets.Value, error) {
			v, err := l.member("tcpi_ca_state")
			if v.Type == sockets.IntValue && v.Int < int64(len(caStates)) {
				v = sockets.TextOf(caStates[v.Int])
			}
			return v, err
		}, nil},
		f("cwnd", names.T("congestion window: segments that may be under way", "拥塞窗口：可以在途的报文段数"), "tcpi_snd_cwnd", onTCP, func(l *look, v sockets.Value) names.Text {
			mss := octets(l.number("tcpi_snd_mss"))
			return names.T(counted(v.Int, "segment")+" × "+mss, grouped(v.Int)+" 段 × "+mss)
		}),
		f("ssthresh", names.T("slow start ends here, in segments; 2147483647 while there is none", "慢启动阈值（段）；还没有时是 2147483647"), "tcpi_snd_ssthresh", onTCP, func(l *look, v sockets.Value) names.Text {
			if v.Int >= noThreshold {
				return names.T("none yet", "还没有")
			}
			return segments(l, v)
		}),
		f("retransmits", names.T("how often the oldest segment was sent again", "最早的未确认段已重传几次"), "tcpi_retransmits", onTCP, func(l *look, v sockets.Value) names.Text {
			total := grouped(l.number("tcpi_total_retrans"))
			return names.T(v.Text+", in all "+total, v.Text+"，总共 "+total)
		}),
		f("total_retrans", names.T("segments sent again, in all", "整个连接重传的报文段总数"), "tcpi_total_retrans", 0, segments),
		f("lost", names.T("segments held to be lost now", "此刻判定丢失的报文段"), "tcpi_lost", 0, segments),
		f("delivery_rate", names.T("bytes a second that arrived lately", "近期每秒送达的字节数"), "tcpi_delivery_rate", 0, rate),
		f("pacing_rate", names.T("bytes a second that are let out; -1 where there is no limit", "每秒放行的字节数；-1 表示不限"), "tcpi_pacing_rate", 0, rate),
	}
}

// trafficFields count what went over the connection, and how large it may be.
func trafficFields() []field {
	f := func(name string, means names.Text, m string, told func(*look, sockets.Value) names.Text) field {
		return field{name, means, pythonMember(m), theTraffic, onTCP | onIdle, 0, member(m), told}
	}
	plain := func(_ *look, v sockets.Value) names.Text { return same(grouped(v.Int)) }
	return []field{
		f("snd_mss", names.T("largest segment that is sent, in bytes", "发送的最大报文段，字节"), "tcpi_snd_mss", bytesTold),
		f("rcv_mss", names.T("largest segment that comes, in bytes, estimated", "收到的最大报文段，字节（估计）"), "tcpi_rcv_mss", bytesTold),
		f("pmtu", names.T("largest packet that the path lets through, in bytes", "路径上能通过的最大报文，字节"), "tcpi_pmtu", bytesTold),
		f("snd_wnd", names.T("the peer's window: bytes that it has room for", "对端的窗口：对端还能收的字节数"), "tcpi_snd_wnd", bytesTold),
		f("rcv_wnd", names.T("our window, as the peer was told", "本端通告的窗口"), "tcpi_rcv_wnd", bytesTold),
		f("segs_out", names.T("segments sent, pure ACKs counted", "已发送的报文段，含纯 ACK"), "tcpi_segs_out", plain),
		f("segs_in", names.T("segments that came, pure ACKs counted", "已收到的报文段，含纯 ACK"), "tcpi_segs_in", plain),
		f("bytes_sent", names.T("bytes sent, retransmissions counted", "已发送的字节，含重传"), "tcpi_bytes_sent", bytesTold),
		f("bytes_acked", names.T("bytes that the peer acknowledged; a SYN and a FIN count 1 each, so the side that connected has one too many", "对端已确认的字节；SYN 和 FIN 各算 1，所以主动连接的一端多 1"), "tcpi_bytes_acked", ackedTold),
		f("bytes_received", names.T("bytes that came; a FIN counts 1", "已收到的字节；FIN 算 1"), "tcpi_bytes_received", bytesTold),
	}
}

// ackedTold says which of the acknowledged bytes are none: the SYN of the end that is known to have connected, and the FIN.
func ackedTold(l *look, v sockets.Value) names.Text {
	state, _ := l.c.State(l.k.FD)
	syn, fin := !l.k.Toward.IsZero(), state == "FIN_WAIT2"
	switch n := octets(v.Int); {
	case v.Int == 0:
	case syn && fin:
		return names.T(n+", 2 for SYN and FIN", n+"，SYN 和 FIN 占 2")
	case syn:
		return names.T(n+", 1 for the SYN", n+"，SYN 占 1")
	case fin:
		return names.T(n+", 1 for the FIN", n+"，FIN 占 1")
	}
	return bytesTold(l, v)
}

// ownerFields are whose the socket is, and who has its other end.
func ownerFields() []field {
	const known = onAnyTCP | onUDP | onAnyUnix
	uid := func(l *look) (uint32, bool, error) {
		n, err := l.kernel()
		switch {
		case err != nil:
		case n.TCP != nil:
			return n.TCP.UID, n.TCP.Mem != nil, nil // of TIME_WAIT the kernel keeps no owner
		case n.UDP != nil:
			return n.UDP.UID, true, nil
		case n.Unix != nil:
			return n.Unix.UID, true, nil
		}
		return 0, false, err
	}
	return []field{
		{"inode", names.T("its number in the kernel, as in socket:[…] of /proc/PID/fd", "内核里的编号，即 /proc/PID/fd 里的 socket:[…]"), "os.fstat(%s.fileno()).st_ino", theOwner, known, onUDP | onAnyUnix, func(l *look) (sockets.Value, error) {
			kernel, err := l.asking.Kernel(l.k)
			if err != nil {
				return none, err
			}
			n, err := kernel.Inode(l.k.FD)
			return sockets.IntOf(int64(n)), l.Fail("fstat", l.k, err)
		}, nil},
		{"peer_inode", names.T("inode of the other end; of AF_UNIX alone", "对端的 inode 编号；只有 AF_UNIX 有"), "", theOwner, onUnix, onUnix, func(l *look) (sockets.Value, error) {
			n, err := l.kernel()
			if err != nil || n.Unix == nil || n.Unix.PeerInode == 0 {
				return none, err
			}
			return sockets.IntOf(int64(n.Unix.PeerInode)), nil
		}, nil},
		{"uid", names.T("number of the user who opened it", "打开它的用户的编号"), "", theOwner, known, 0, func(l *look) (sockets.Value, error) {
			n, ok, err := uid(l)
			if !ok {
				return none, err
			}
			return sockets.IntOf(int64(n)), nil
		}, nil},
		{"owner", names.T("name of the user who opened it", "打开它的用户的名字"), "", theOwner, known, onUDP | onAnyUnix, func(l *look) (sockets.Value, error) {
			n, ok, err := uid(l)
			if !ok {
				return none, err
			}
			return sockets.TextOf(ownerName(n)), nil
		}, nil},
		{"who", names.T("who has the other end, where it is of this machine", "对端在谁手里（在本机时）"), "", theOwner, onTCP | onUnix, onUnix, func(l *look) (sockets.Value, error) {
			name, pid, program := l.asking.PeerHere(l.k)
			switch {
			case name != "":
				return sockets.TextOf(name), nil
			case program != "":
				return sockets.TextOf(strings.TrimSpace(program + " " + itoa(pid))), nil
			}
			return none, nil
		}, nil},
	}
}
