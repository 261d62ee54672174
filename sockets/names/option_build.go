package names

// The tables of options are written with these words, so that a row holds
// only what is particular to it.

var optionTables = [][]Option{socketOptions, ipOptions, ipv6Options, tcpOptions, udpOptions, rawOptions}

// level gives every row of a table its level.
func level(name string, rows ...Option) []Option {
	for i := range rows {
		rows[i].Level = name
	}
	return rows
}

// flag is an option that is on or off.
func flag(name string, kinds []string, meaning Text) Option {
	return option(name, Bool, kinds, meaning)
}

// number is an option that counts something.
func number(name string, unit Text, kinds []string, meaning Text) Option {
	o := option(name, Int, kinds, meaning)
	o.Unit = unit
	return o
}

// option is any option; it can be read and set.
func option(name string, t OptionType, kinds []string, meaning Text) Option {
	return Option{Name: name, Type: t, Kinds: kinds, Meaning: meaning, Get: true, Set: true, Fields: structFields(t)}
}

func (o Option) getOnly() Option    { o.Set = false; return o }
func (o Option) setOnly() Option    { o.Get = false; return o }
func (o Option) privileged() Option { o.Privileged = true; return o }
func (o Option) idle() Option       { o.Idle = true; return o }

func (o Option) alias(names ...string) Option  { o.Aliases = names; return o }
func (o Option) values(values ...Value) Option { o.Values = values; return o }
func (o Option) as(t OptionType) Option        { o.Type = t; return o }

// The units.
var (
	noUnit       = Text{}
	inBytes      = T("bytes", "字节")
	inSeconds    = T("seconds", "秒")
	inMillis     = T("milliseconds", "毫秒")
	inMicros     = T("microseconds", "微秒")
	inHops       = T("hops", "跳")
	inPackets    = T("packets", "个报文")
	inSegments   = T("segments", "个报文段")
	inTries      = T("tries", "次")
	inClients    = T("clients", "个客户端")
	inBytesASec  = T("bytes per second", "字节/秒")
	anInterface  = T("interface number", "接口编号")
	aProcessor   = T("processor number", "处理器编号")
	aMark        = T("mark", "标记值")
	anIdentifier = T("identifier", "编号")
)

// structFields gives the members of the structs that several options share.
func structFields(t OptionType) []Field {
	switch t {
	case Linger:
		return []Field{
			{"l_onoff", Bool, noUnit, T("whether close waits for the data to be delivered", "close 是否等待数据送达")},
			{"l_linger", Int, inSeconds, T("how long it waits; on with 0 sends RST and drops the data", "最长等待多久；打开且为 0 时发送 RST 并丢弃数据")},
		}
	case Duration:
		return []Field{
			{"tv_sec", Int, inSeconds, T("whole seconds", "整秒数")},
			{"tv_usec", Int, inMicros, T("the rest, below 1000000", "不足一秒的部分，小于 1000000")},
		}
	case Mreq:
		return []Field{
			{"imr_multiaddr", InAddr, noUnit, T("the group, 224.0.0.0 to 239.255.255.255", "组播组，224.0.0.0 到 239.255.255.255")},
			{"imr_address", InAddr, noUnit, T("an own address that says which interface; 0.0.0.0 lets the kernel choose", "用本机地址指明接口；0.0.0.0 由内核选择")},
			{"imr_ifindex", Int, anInterface, T("the interface; 0 goes by the address", "接口；0 表示按地址决定")},
		}
	case MreqSource:
		return []Field{
			{"imr_multiaddr", InAddr, noUnit, T("the group", "组播组")},
			{"imr_interface", InAddr, noUnit, T("an own address that says which interface", "用本机地址指明接口")},
			{"imr_sourceaddr", InAddr, noUnit, T("the sender that is meant", "针对的发送者")},
		}
	case Mreq6:
		return []Field{
			{"ipv6mr_multiaddr", InAddr, noUnit, T("the group, ff00::/8", "组播组，ff00::/8")},
			{"ipv6mr_interface", Int, anInterface, T("the interface; 0 lets the kernel choose", "接口；0 由内核选择")},
		}
	case GroupReq:
		return []Field{
			{"gr_interface", Uint32, anInterface, T("the interface; 0 lets the kernel choose", "接口；0 由内核选择")},
			{"gr_group", InAddr, noUnit, T("the group, IPv4 or IPv6", "组播组，IPv4 或 IPv6")},
		}
	case GroupSource:
		return []Field{
			{"gsr_interface", Uint32, anInterface, T("the interface; 0 lets the kernel choose", "接口；0 由内核选择")},
			{"gsr_group", InAddr, noUnit, T("the group, IPv4 or IPv6", "组播组，IPv4 或 IPv6")},
			{"gsr_source", InAddr, noUnit, T("the sender that is meant", "针对的发送者")},
		}
	case Ucred:
		return []Field{
			{"pid", Int, anIdentifier, T("process of the peer", "对端的进程号")},
			{"uid", Uint32, anIdentifier, T("user of the peer", "对端的用户")},
			{"gid", Uint32, anIdentifier, T("group of the peer", "对端的用户组")},
		}
	case TCPInfo:
		return tcpInfoFields
	}
	return nil
}
