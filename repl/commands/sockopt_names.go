package commands

import (
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// inPython are the options that the socket module of each Python from 3.8 on has a name for.
var inPython = strings.Fields(`
	IPV6_CHECKSUM IPV6_DONTFRAG IPV6_DSTOPTS IPV6_HOPLIMIT IPV6_HOPOPTS IPV6_JOIN_GROUP IPV6_LEAVE_GROUP
	IPV6_MULTICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_LOOP IPV6_NEXTHOP IPV6_PATHMTU IPV6_PKTINFO
	IPV6_RECVDSTOPTS IPV6_RECVHOPLIMIT IPV6_RECVHOPOPTS IPV6_RECVPATHMTU IPV6_RECVPKTINFO IPV6_RECVRTHDR
	IPV6_RECVTCLASS IPV6_RTHDR IPV6_RTHDRDSTOPTS IPV6_TCLASS IPV6_UNICAST_HOPS IPV6_V6ONLY IP_ADD_MEMBERSHIP
	IP_DROP_MEMBERSHIP IP_HDRINCL IP_MULTICAST_IF IP_MULTICAST_LOOP IP_MULTICAST_TTL IP_OPTIONS IP_RECVOPTS
	IP_RECVRETOPTS IP_RETOPTS IP_TOS IP_TRANSPARENT IP_TTL SO_ACCEPTCONN SO_BINDTODEVICE SO_BROADCAST SO_DEBUG
	SO_DOMAIN SO_DONTROUTE SO_ERROR SO_KEEPALIVE SO_LINGER SO_MARK SO_OOBINLINE SO_PASSCRED SO_PASSSEC SO_PEERCRED
	SO_PEERSEC SO_PRIORITY SO_PROTOCOL SO_RCVBUF SO_RCVLOWAT SO_RCVTIMEO SO_REUSEADDR SO_REUSEPORT SO_SNDBUF
	SO_SNDLOWAT SO_SNDTIMEO SO_TYPE TCP_CONGESTION TCP_CORK TCP_DEFER_ACCEPT TCP_FASTOPEN TCP_INFO TCP_KEEPCNT
	TCP_KEEPIDLE TCP_KEEPINTVL TCP_LINGER2 TCP_MAXSEG TCP_NODELAY TCP_NOTSENT_LOWAT TCP_QUICKACK TCP_SYNCNT
	TCP_USER_TIMEOUT TCP_WINDOW_CLAMP
`)

// defined is the line in Python that gives an option's name its number, to stand before the one that uses it; "" where Python
// knows the name.
func defined(opt names.Option) string {
	if slices.Contains(inPython, opt.Name) {
		return ""
	}
	_, number, ok := sys.OptionNumber(opt.Name)
	if !ok {
		return ""
	}
	return opt.Name + " = " + strconv.Itoa(number) + "; "
}

// pythonLevel is the name that Python has for an option's level.
func pythonLevel(opt names.Option) string {
	if opt.Level == "SOL_RAW" {
		return "IPPROTO_RAW"
	}
	return opt.Level
}
