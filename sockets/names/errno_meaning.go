package names

// errnos is every error number that a socket call gives on Linux, with what
// it means by itself.
var errnos = []Errno{
	{"ECONNREFUSED", T("connection refused: nobody listens there", "连接被拒绝：那里没有人监听")},
	{"ECONNRESET", T("connection reset: it was broken off, not ended", "连接被重置：它是被强行中断的，不是正常结束")},
	{"ECONNABORTED", T("the connection was given up before it was accepted", "连接在被接受之前就已中止")},
	{"EPIPE", T("broken pipe: this side can no longer send", "管道破裂：这一端已经不能再发送")},
	{"ESHUTDOWN", T("this side was shut down and cannot send", "这一端已经关闭，不能再发送")},
	{"EADDRINUSE", T("address already in use", "地址已被占用")},
	{"EADDRNOTAVAIL", T("that address is not available on this machine", "本机没有可用的这个地址")},
	{"EACCES", T("permission denied", "权限不足")},
	{"EPERM", T("operation not permitted", "不允许的操作")},
	{"EINVAL", T("invalid argument, or not allowed in this state", "参数无效，或当前状态下不允许")},
	{"ENOTCONN", T("the socket is not connected", "套接字尚未连接")},
	{"EISCONN", T("the socket is already connected", "套接字已经连接")},
	{"EALREADY", T("a connect is already under way", "连接正在建立中")},
	{"EINPROGRESS", T("the connect has been started and is not finished", "连接已经发起，尚未完成")},
	{"EAGAIN", T("nothing can be done right now without waiting", "现在不等待就做不了，请稍后再试")},
	{"EINTR", T("interrupted before anything was done", "还没有做任何事就被中断")},
	{"ETIMEDOUT", T("timed out: no answer came", "超时：没有得到应答")},
	{"EHOSTUNREACH", T("no way to that host", "无法到达该主机")},
	{"EHOSTDOWN", T("the host is down", "主机已停机")},
	{"ENETUNREACH", T("no route to that network", "没有通往该网络的路由")},
	{"ENETDOWN", T("the network interface is down", "网络接口未启用")},
	{"ENETRESET", T("the connection was dropped by the network", "连接被网络中断")},
	{"EMSGSIZE", T("the message is too long", "消息太长")},
	{"EDESTADDRREQ", T("a destination address is needed", "需要给出目的地址")},
	{"EAFNOSUPPORT", T("wrong address family", "地址族不符")},
	{"EPFNOSUPPORT", T("protocol family not supported", "不支持该协议族")},
	{"EPROTONOSUPPORT", T("that protocol does not go with this family and type", "该协议与地址族、套接字类型不匹配")},
	{"ESOCKTNOSUPPORT", T("this family has no socket of that type", "该地址族没有这种类型的套接字")},
	{"EPROTOTYPE", T("the two sockets are of different types", "两端套接字的类型不同")},
	{"EOPNOTSUPP", T("this kind of socket has no such operation", "这种套接字不支持该操作")},
	{"ENOPROTOOPT", T("no such option at this level for this socket", "该套接字在这一层没有这个选项")},
	{"ENOTSOCK", T("that descriptor is not a socket", "该文件描述符不是套接字")},
	{"EBADF", T("bad file descriptor: it is not open", "文件描述符无效：没有打开")},
	{"EFAULT", T("bad memory address handed to the kernel", "交给内核的内存地址无效")},
	{"ENOBUFS", T("the kernel is out of buffer space", "内核缓冲区不足")},
	{"ENOMEM", T("the kernel is out of memory", "内核内存不足")},
	{"EMFILE", T("this process has too many files open", "本进程打开的文件过多")},
	{"ENFILE", T("the whole system has too many files open", "整个系统打开的文件过多")},
	{"ENOENT", T("no such file or name", "没有这个文件或名字")},
	{"ENOTDIR", T("a part of the path is not a directory", "路径中有一段不是目录")},
	{"ELOOP", T("symbolic links lead in a circle", "符号链接成环")},
	{"ENAMETOOLONG", T("the name is too long", "名字太长")},
	{"EROFS", T("the file system is read-only", "文件系统是只读的")},
	{"ENOSPC", T("no space left", "空间不足")},
	{"EEXIST", T("it exists already", "已经存在")},
	{"EIO", T("input/output error", "输入输出错误")},
	{"EPROTO", T("protocol error", "协议错误")},
	{"EDOM", T("a number is out of its range", "数值超出允许范围")},
	{"ENODEV", T("no such network interface", "没有这个网络接口")},
	{"ENXIO", T("no such device or address", "没有这个设备或地址")},
	{"ENODATA", T("there is no such data", "没有相应的数据")},
	{"ENOSYS", T("this kernel does not have that call", "内核没有这个系统调用")},
	{"ENOTUNIQ", T("the name is not unique", "名字不唯一")},
	{"EBUSY", T("it is busy", "正忙，被占用")},
	{"ESRCH", T("no such process", "没有这个进程")},
	{"ETOOMANYREFS", T("too many descriptors are under way between processes", "正在进程间传递的描述符过多")},
	{"ERANGE", T("the result does not fit the buffer", "缓冲区放不下结果")},
	{"E2BIG", T("the argument is too big", "参数过大")},
}

// explanations are the tables that Explain looks through.
var explanations = [][]row{
	explainSocket, explainBind, explainListen, explainAccept, explainConnect, explainConnectUnix,
	explainSend, explainSendUnix, explainRecv, explainShutdown, explainOption, explainAny,
}

// when is the row of a call that was refused for a reason outside its turn.
func when(op, errno, kind, state string, why, fix Text) row {
	return row{op: op, errno: errno, kind: kind, state: state, Explanation: Explanation{Why: why, Fix: fix}}
}

// wrong is the row of a call that came before or after its turn.
func wrong(op, errno, kind, state string, why, fix Text) row {
	r := when(op, errno, kind, state, why, fix)
	r.wrongOrder = true
	return r
}

// held is the row of an address that something known already holds.
func held(op, errno, kind, holder string, why, fix Text) row {
	r := when(op, errno, kind, "", why, fix)
	r.holder = holder
	return r
}

// unasked is the row of a call that would have waited, had it not been told by itself not to.
func unasked(op, errno, kind string, why, fix Text) row {
	r := when(op, errno, kind, "", why, fix)
	r.dontWait = true
	return r
}

// Words that many rows share.
const (
	unixKinds   = "unix unix-dgram unix-seqpacket"
	dgramKinds  = "udp icmp raw unix-dgram"
	inetDgrams  = "udp icmp raw"
	streamKinds = "tcp unix unix-seqpacket"
	sends       = "send sendto sendmsg"
	recvs       = "recv recvfrom recvmsg"
	closing     = "FIN_WAIT1 FIN_WAIT2 CLOSING LAST_ACK TIME_WAIT"
	finished    = "SHUT_WR SHUT_RDWR " + closing
	talking     = "ESTABLISHED CLOSE_WAIT SHUT_RD RESET OVER"
)
