package commands

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// reorder runs htons, ntohs (16 bits), htonl and ntohl (32 bits). There and back are one operation: it leaves the
// bytes as they are where the machine's order is the network's, and turns them round where it is not.
func reorder(e *repl.Env, bits int) error {
	w, err := e.Next("NUMBER")
	if err != nil {
		return err
	}
	n, err := unsignedWord(w, bits)
	if err != nil {
		return err
	}
	if err := e.Gives(1); err != nil {
		return err
	}
	py := w.Text
	if w.Value != nil {
		py = pyWord(w)
	}
	e.Python(e.Assign(), e.Command.Name, "(", py, ")")
	before, after := make([]byte, bits/8), make([]byte, bits/8)
	var m uint64
	if bits == 16 {
		binary.NativeEndian.PutUint16(before, uint16(n))
		m = uint64(binary.BigEndian.Uint16(before))
		binary.NativeEndian.PutUint16(after, uint16(m))
	} else {
		binary.NativeEndian.PutUint32(before, uint32(n))
		m = uint64(binary.BigEndian.Uint32(before))
		binary.NativeEndian.PutUint32(after, uint32(m))
	}
	was, now := fmt.Sprintf("% x", before), fmt.Sprintf("% x", after)
	e.Act.Note("byte-order", "op", e.Command.Name, "n", strconv.FormatUint(n, 10), "m", strconv.FormatUint(m, 10), "was", was, "now", now)
	v := sockets.IntOf(int64(m))
	v.Fields = []sockets.Field{{Name: "before", Value: sockets.TextOf(was)}, {Name: "bytes", Value: sockets.TextOf(now)}}
	e.Result(v)
	return nil
}

// unsignedWord reads an int as Python writes one, no longer than so many bits.
func unsignedWord(w repl.Word, bits int) (uint64, error) {
	n, ok := pyInt(w)
	b := strconv.Itoa(bits)
	most := strconv.FormatUint(1<<bits-1, 10)
	switch {
	case !ok:
		return 0, w.Err(names.T("a whole number from 0 to "+most+" is wanted here", "这里要一个 0 到 "+most+" 的整数")).
			Hint(names.T("8888, 0x22b8, 0o21270 or 0b10001010111000", "8888、0x22b8、0o21270 或 0b10001010111000"))
	case n.Sign() < 0:
		return 0, w.Err(names.T("a "+b+"-bit number for the network has no sign: 0 to "+most, "网络上的 "+b+" 位数没有符号：0 到 "+most))
	case n.BitLen() > bits:
		fix := names.T("a "+b+"-bit number is at most "+most, b+" 位的数最大是 "+most)
		if bits == 16 && n.BitLen() <= 32 {
			fix = names.T("htonl and ntohl take 32 bits", "htonl 和 ntohl 处理 32 位的数")
		}
		return 0, w.Err(names.T("too large for "+b+" bits", "超出了 "+b+" 位")).Hint(fix)
	}
	return n.Uint64(), nil
}

// pyInt reads an int literal of Python's, or a kept int.
func pyInt(w repl.Word) (*big.Int, bool) {
	if w.Value != nil {
		return big.NewInt(w.Value.Int), w.Value.Type == sockets.IntValue
	}
	if w.Quoted || len(w.Text) > 4000 {
		return nil, false
	}
	n, ok := new(big.Int).SetString(w.Text, 0)
	if !ok || n.Sign() != 0 && octalInC(w.Text) {
		return nil, false
	}
	return n, true
}

// octalInC reports whether a number has a leading 0 that C and Go read as octal, and Python refuses.
func octalInC(s string) bool {
	if s[0] == '-' || s[0] == '+' {
		s = s[1:]
	}
	return len(s) > 1 && s[0] == '0' && (s[1] == '_' || s[1] >= '0' && s[1] <= '9')
}
