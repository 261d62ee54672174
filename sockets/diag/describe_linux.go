package diag

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// describe writes the messages in b as strace does, and "..." for what would be long: of each its end, and all but the first.
func describe(b []byte, request bool) string {
	h, payload, rest, err := next(b)
	if err != nil {
		return "buf"
	}
	s := "[{nlmsg_len=" + strconv.Itoa(int(h.length)) + ", nlmsg_type=" + kindName(h.kind) + ", nlmsg_flags=" + flagNames(h.flags, request) +
		", nlmsg_seq=" + strconv.Itoa(int(h.seq)) + ", nlmsg_pid=" + strconv.Itoa(int(h.from)) + "}, "
	switch {
	case h.kind == unix.NLMSG_DONE:
		n := 0
		if err, ok := status(payload).(unix.Errno); ok {
			n = -int(err)
		}
		s += strconv.Itoa(n) + "]"
	case h.kind == unix.NLMSG_ERROR:
		name := "0"
		if err, ok := status(payload).(unix.Errno); ok {
			name = "-" + errnoName(err)
		}
		s += "{error=" + name + ", ...}]"
	case len(payload) < inetRequestSize && len(payload) < unixSize:
		s += "...]"
	default:
		s += "{" + question(payload, request) + ", ...}]"
	}
	if len(rest) > 0 {
		s = "[" + s + ", ...]"
	}
	return s
}

// question is how a request or an answer of sock_diag begins.
func question(b []byte, request bool) string {
	family := "_family=" + map[byte]string{unix.AF_INET: "AF_INET", unix.AF_INET6: "AF_INET6", unix.AF_UNIX: "AF_UNIX"}[b[0]]
	switch {
	case b[0] == unix.AF_UNIX && !request:
		return "udiag" + family
	case b[0] == unix.AF_UNIX:
		return "sdiag" + family + ", sdiag_protocol=0"
	case !request:
		return "idiag" + family + ", idiag_state=TCP_" + stateName(b[1])
	}
	return "sdiag" + family + ", sdiag_protocol=" + map[byte]string{unix.IPPROTO_TCP: "IPPROTO_TCP", unix.IPPROTO_UDP: "IPPROTO_UDP"}[b[1]]
}

func kindName(kind uint16) string {
	switch kind {
	case unix.SOCK_DIAG_BY_FAMILY:
		return "SOCK_DIAG_BY_FAMILY"
	case unix.NLMSG_DONE:
		return "NLMSG_DONE"
	case unix.NLMSG_ERROR:
		return "NLMSG_ERROR"
	}
	return strconv.Itoa(int(kind))
}

// flagNames is for requests and for answers, which give the same bits different meanings.
func flagNames(flags uint16, request bool) string {
	switch {
	case request && flags&unix.NLM_F_DUMP != 0:
		return "NLM_F_REQUEST|NLM_F_DUMP"
	case request:
		return "NLM_F_REQUEST"
	case flags&unix.NLM_F_MULTI != 0:
		return "NLM_F_MULTI"
	case flags == 0:
		return "0"
	}
	return "0x" + strconv.FormatUint(uint64(flags), 16)
}
