package lessons

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// traffic is what the acts since the step began sent or received: how many bytes, and which, as far as they are known.
func (j *judge) traffic(of *Socket, sent bool) (n int64, data []byte, by *sockets.Call) {
	ops := []string{"recvfrom", "recvmsg", "read"}
	if sent {
		ops = []string{"sendto", "sendmsg", "write", "sendfile"}
	}
	for _, a := range j.record.since(j.since) {
		moved := false
		for _, st := range a.Steps {
			c, ok := st.(sockets.Call)
			if !ok || c.Scaffold || c.Ret <= 0 || !slices.Contains(ops, c.Op) || of != nil && !onSocket(c, *of) || strings.Contains(c.Args, "MSG_PEEK") {
				continue
			}
			n += c.Ret
			moved, by = true, &c
			if sent {
				data = append(data, quoted(c.Args)...)
			}
		}
		if moved && !sent && a.Value.Type == sockets.BytesValue {
			data = append(data, a.Value.Bytes...)
		}
	}
	return n, data, by
}

var buffer = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)

// quoted is the first buffer among a call's arguments, as far as it is written there.
func quoted(args string) []byte {
	m := buffer.FindStringSubmatch(args)
	if m == nil {
		return nil
	}
	var out []byte
	for s := m[1]; s != ""; {
		if s[0] != '\\' || len(s) == 1 {
			out, s = append(out, s[0]), s[1:]
			continue
		}
		digits := 0
		for digits < 3 && 1+digits < len(s) && s[1+digits] >= '0' && s[1+digits] <= '7' {
			digits++
		}
		if digits > 0 {
			c, _ := strconv.ParseUint(s[1:1+digits], 8, 16)
			out, s = append(out, byte(c)), s[1+digits:]
			continue
		}
		c := s[1]
		if i := strings.IndexByte("tnvfr", c); i >= 0 {
			c = "\t\n\v\f\r"[i]
		}
		out, s = append(out, c), s[2:]
	}
	return out
}

func (j *judge) bytes(is *BytesIs, b bindings, sent bool) Verdict {
	var of *Socket
	if is.Socket != "" {
		s, err := j.named(is.Socket, b)
		if err != nil {
			return untold(err)
		}
		of = &s
	}
	n, data, _ := j.traffic(of, sent)
	ok, must, err := j.fits(is.N, n, b)
	if err != nil {
		return untold(err)
	}
	verb := names.T("received", "接收")
	if sent {
		verb = names.T("sent", "发送")
	}
	if _, other, by := j.traffic(nil, sent); of != nil && n == 0 && by != nil && (!ok || is.Bytes != "") {
		who, got := j.called(*by), sockets.PyBytes(other[:min(len(other), 40)])
		at := "by"
		if !sent {
			at = "at"
		}
		return notYet(names.T(got+" was "+verb.En+" "+at+" "+who.En+", not "+at+" "+of.Name, "在"+who.Zh+"上"+verb.Zh+"了 "+got+"，应在 "+of.Name+" 上"))
	}
	if !ok {
		v := notYet(names.T("in this step "+strconv.FormatInt(n, 10)+" bytes were "+verb.En+", not "+must.En, "这一步"+verb.Zh+"了 "+strconv.FormatInt(n, 10)+" 字节，应为"+must.Zh+" 字节"))
		v.near = int(min(n, 1))
		return v
	}
	if want := fill(is.Bytes, j.vars); !bytes.Contains(data, []byte(want)) {
		w := sockets.PyBytes([]byte(want))
		if len(data) == 0 {
			return notYet(names.T(w+" was not "+verb.En+" yet", "还没有"+verb.Zh+" "+w))
		}
		got := sockets.PyBytes(data[:min(len(data), 40)])
		return Verdict{near: 1, Seen: names.T(got+" was "+verb.En+", not "+w, verb.Zh+"的是 "+got+"，而不是 "+w)}
	}
	return held()
}
