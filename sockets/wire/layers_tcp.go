package wire

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// udp lists the fields of a UDP header (RFC 768).
func (b *walk) udp(s Sum) {
	b.num("udp.source", 16)
	b.num("udp.destination", 16)
	b.num("udp.length", 16)
	b.checksum("udp.checksum", s)
}

// tcp lists the fields of a TCP header (RFC 9293 3.1).
func (b *walk) tcp(s Sum) {
	b.num("tcp.source", 16)
	b.num("tcp.destination", 16)
	b.num("tcp.seq", 32)
	b.num("tcp.ack", 32)
	n := b.num("tcp.header-length", 4)
	b.say("tcp.header-length", strconv.Itoa(int(n)*4))
	b.num("reserved", 3)
	flags := Flags(b.hex("tcp.flags", 9))
	b.say("tcp.flags", flags.Long())
	b.num("tcp.window", 16)
	if flags.Has(SYN) { // RFC 7323 2.2
		b.word("tcp.window", "window-unscaled")
	}
	b.checksum("tcp.checksum", s)
	b.num("tcp.urgent", 16)
	b.list("tcp.option", tcpOption)
}

// tcpOption says which option it is and what it holds.
func tcpOption(kind uint8, data []byte) (id, value string) {
	var o Options
	o.take(kind, data)
	switch {
	case len(o.Other) > 0:
		return "tcp.option", o.Other[0].String()
	case kind == optMSS:
		return "tcp.option.mss", strconv.Itoa(int(o.MSS))
	case o.HasWScale:
		return "tcp.option.wscale", strconv.Itoa(int(o.WScale)) + " (×" + strconv.Itoa(1<<min(o.WScale, maxWScale)) + ")"
	case o.SACKPermitted:
		return "tcp.option.sackok", ""
	case o.HasTimestamp:
		return "tcp.option.timestamps", utoa(o.TSVal) + " " + utoa(o.TSEcr)
	case o.HasFastOpen:
		return "tcp.option.fastopen", hex.EncodeToString(o.FastOpen)
	}
	blocks := make([]string, len(o.SACK))
	for i, s := range o.SACK {
		blocks[i] = utoa(s[0]) + ":" + utoa(s[1])
	}
	return "tcp.option.sack", strings.Join(blocks, " ")
}
