package sys

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

func stateName(n byte) string {
	if s, ok := names.TCPState(int(n)); ok {
		return s.Name
	}
	return strconv.Itoa(int(n))
}

var caStates = [...]string{"Open", "Disorder", "CWR", "Recovery", "Loss"}

// symbols write a unit behind a number, the same in every language.
var symbols = map[string]string{"microseconds": " µs", "milliseconds": " ms", "bytes": " B", "bytes per second": " B/s"}

// sizes are those of the members' types.
var sizes = map[names.OptionType]int{names.Byte: 1, names.Uint32: 4, names.Uint64: 8}

// tcpInfoHead is how many bytes come before the members that are plain numbers, and tcpInfoBits how many members are in them.
const (
	tcpInfoHead = 8
	tcpInfoBits = 10
)

// decodeTCPInfo reads struct tcp_info as far as this kernel fills it and the option's fields name it.
func decodeTCPInfo(opt names.Option, b []byte) sockets.Value {
	if len(opt.Fields) < tcpInfoBits {
		opt, _ = names.LookupOption("TCP_INFO")
	}
	if len(b) < tcpInfoHead || len(opt.Fields) < tcpInfoBits {
		return sockets.BytesOf(b)
	}
	ca := strconv.Itoa(int(b[1]))
	if int(b[1]) < len(caStates) {
		ca = caStates[b[1]]
	}
	options := "0"
	var set []string
	for i, name := range []string{"TIMESTAMPS", "SACK", "WSCALE", "ECN", "ECN_SEEN", "SYN_DATA", "USEC_TS", "TFO_CHILD"} {
		if b[5]&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	if len(set) > 0 {
		options = strings.Join(set, "|")
	}
	named := func(name string, n byte, text string) sockets.Field {
		return sockets.Field{Name: name, Value: sockets.Value{Type: sockets.IntValue, Int: int64(n), Text: text}}
	}
	fields := []sockets.Field{
		named("tcpi_state", b[0], stateName(b[0])), named("tcpi_ca_state", b[1], ca),
		num("tcpi_retransmits", int64(b[2])), num("tcpi_probes", int64(b[3])), num("tcpi_backoff", int64(b[4])),
		named("tcpi_options", b[5], options), // what both ends agreed on
		num("tcpi_snd_wscale", int64(b[6]&15)), num("tcpi_rcv_wscale", int64(b[6]>>4)),
		num("tcpi_delivery_rate_app_limited", int64(b[7]&1)), num("tcpi_fastopen_client_fail", int64(b[7]>>1&3)),
	}
	at := tcpInfoHead
	for _, f := range opt.Fields[tcpInfoBits:] {
		size := sizes[f.Type]
		if size == 0 || at+size > len(b) {
			break
		}
		var n uint64
		switch size {
		case 8:
			n = binary.NativeEndian.Uint64(b[at:])
		case 4:
			n = uint64(binary.NativeEndian.Uint32(b[at:]))
		default:
			n = uint64(b[at])
		}
		at += size
		v := sockets.Value{Type: sockets.IntValue, Int: int64(n), Text: strconv.FormatUint(n, 10) + symbols[f.Unit.En]}
		fields = append(fields, sockets.Field{Name: f.Name, Value: v})
	}
	return card(fields...)
}

// State is getsockopt(2) of TCP_INFO, of which it reads the first byte alone: "ESTABLISHED". It is cheap.
// A socket that is not TCP's gives EOPNOTSUPP or ENOPROTOOPT.
func (c Caller) State(fd sockets.FD) (string, error) {
	b, err := c.tcpInfo(fd, 1)
	if err != nil {
		return "", err
	}
	return stateName(b[0]), nil
}

// AcceptQueue is getsockopt(2) of TCP_INFO on a listening socket, where tcpi_unacked is how many
// connections wait for accept, and tcpi_sacked the backlog as the kernel cut it.
func (c Caller) AcceptQueue(fd sockets.FD) (n, backlog int, err error) {
	b, err := c.tcpInfo(fd, 32)
	if err != nil {
		return 0, 0, err
	}
	return int(binary.NativeEndian.Uint32(b[24:])), int(binary.NativeEndian.Uint32(b[28:])), nil
}

// tcpInfo asks for the first size bytes of struct tcp_info.
func (c Caller) tcpInfo(fd sockets.FD, size uint32) ([]byte, error) {
	var b [32]byte
	n := size
	_, err := c.call("getsockopt", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.IPPROTO_TCP, unix.TCP_INFO,
			uintptr(unsafe.Pointer(&b)), uintptr(unsafe.Pointer(&n)), 0)
		return r, errno
	}, func(ok bool) string {
		l := with(fd).option(names.Option{Level: "IPPROTO_TCP", Name: "TCP_INFO"})
		switch {
		case ok && size == 1:
			l = l.text(", {tcpi_state=").text(stateName(b[0])).text("}")
		case ok:
			l = l.text(", {tcpi_state=").text(stateName(b[0])).
				text(", tcpi_unacked=").int(int64(binary.NativeEndian.Uint32(b[24:]))).
				text(", tcpi_sacked=").int(int64(binary.NativeEndian.Uint32(b[28:]))).text("}")
		}
		return string(l)
	})
	return b[:], err
}
