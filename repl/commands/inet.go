package commands

import (
	"net/netip"
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// ntop writes a packed address as inet_ntop(3) does.
func ntop(packed []byte) string {
	ip, _ := netip.AddrFromSlice(packed)
	b := ip.As16()
	if ip.Is6() && [12]byte(b[:12]) == ([12]byte{}) && (b[12] != 0 || b[13] != 0) { // an IPv4-compatible address
		return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
	}
	return ip.String()
}

// packedSize is how many bytes an address of a family packs into.
func packedSize(f sockets.Family) int {
	if f == sockets.INET6 {
		return 16
	}
	return 4
}

// familyWord takes the family of an IP address.
func familyWord(e *repl.Env) (sockets.Family, error) {
	w, err := e.Next("FAMILY")
	if err != nil {
		return "", err
	}
	switch strings.ToUpper(strings.TrimSuffix(w.Text, ",")) {
	case "AF_INET", "INET", "IPV4":
		return sockets.INET, nil
	case "AF_INET6", "INET6", "IPV6":
		return sockets.INET6, nil
	}
	bad := w.Err(names.T("the family comes first: AF_INET or AF_INET6", "先写地址族：AF_INET 或 AF_INET6"))
	if ip, err := netip.ParseAddr(w.Text); err == nil {
		line := e.Command.Name + " " + string(sockets.IPAddress(ip, 0).Family) + " " + w.Raw
		return "", bad.Hint(names.T(line, line))
	}
	if near, ok := names.Nearest(w.Text, []string{"AF_INET", "AF_INET6"}); ok {
		bad.Hint(names.T(near, near))
	}
	return "", bad
}

// packedWord takes the packed bytes of an address: a bytes literal, or bytes that are kept.
func packedWord(e *repl.Env, f sockets.Family) (repl.Word, []byte, error) {
	w, err := e.Next("PACKED")
	if err != nil {
		return w, nil, err
	}
	size := packedSize(f)
	n := strconv.Itoa(size)
	switch {
	case w.Value != nil && w.Value.Type != sockets.BytesValue:
		return w, nil, w.Err(names.T("this value is not bytes", "这个值不是字节串")).
			Hint(names.T("inet_aton and inet_pton give bytes", "inet_aton 和 inet_pton 的结果才是字节串"))
	case w.Value == nil && !w.Quoted:
		bad := w.Err(names.T("packed bytes are written b'…'; $name stands for kept ones", "打包后的字节写成 b'…'；$名字 表示保存的字节串"))
		line := e.Command.Name + ` b'\xc0\xa8\x01\x02'`
		_, v4 := sys.Aton(w.Text)
		_, any := netip.ParseAddr(w.Text)
		switch {
		case v4:
			line = "inet_aton " + w.Text
		case any == nil:
			line = "inet_pton AF_INET6 " + w.Text
		case strings.Contains(w.Text, `\x`):
			line = "b'" + w.Text + "'"
		}
		return w, nil, bad.Hint(names.T(line, line))
	}
	b := []byte(w.Text)
	if len(b) == size {
		return w, b, nil
	}
	got := strconv.Itoa(len(b))
	bad := w.Err(names.T("packed IP wrong length: an "+string(f)+" address packs into "+n+" bytes, this is "+got,
		"打包后的 IP 长度不对："+string(f)+" 地址是 "+n+" 个字节，这里是 "+got+" 个"))
	switch {
	case w.Value == nil && !w.Bytes && strings.Contains(w.Raw, `\`):
		bad.Because(names.T(`without the b, \xc0 is the letter À, which is two bytes of UTF-8; in b'…' it is one byte`,
			`没有前面的 b，\xc0 表示字母 À，UTF-8 编码成两个字节；在 b'…' 里它才是一个字节`)).Hint(names.T("b"+w.Raw, "b"+w.Raw))
	case len(b) == 16:
		bad.Hint(names.T("inet_ntop AF_INET6 "+w.Raw, "inet_ntop AF_INET6 "+w.Raw))
	case len(b) == 4:
		bad.Hint(names.T("inet_ntoa "+w.Raw, "inet_ntoa "+w.Raw))
	}
	return w, nil, bad
}

// pyWord writes a word as Python would: a kept value by its name, else a literal.
func pyWord(w repl.Word) string {
	switch {
	case w.Value != nil:
		return strings.Trim(w.Raw, "${}")
	case w.Bytes:
		return sockets.PyBytes([]byte(w.Text))
	}
	return sockets.PyString(w.Text)
}

// pyPacked writes packed bytes as Python would: a kept value by its name, else a bytes literal.
func pyPacked(w repl.Word) string {
	w.Bytes = true
	return pyWord(w)
}
