package repl

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// Fail is the error of an operation on k that the kernel refused: what the errno means, why, and what to do.
// pairs fill the explanation's {places}.
func (e *Env) Fail(op string, k *sockets.Socket, err error, pairs ...string) error {
	if err == nil {
		return nil
	}
	var cut *sys.InterruptedError
	if errors.As(err, &cut) {
		return e.interrupted(op, k, err)
	}
	errno := sys.Errno(err)
	if errno == "" {
		return err
	}
	return e.failed(op, k, "", errno, err, pairs)
}

// FailErrno is Fail for an errno that came as a value, as SO_ERROR gives it.
func (e *Env) FailErrno(op string, k *sockets.Socket, errno string, pairs ...string) error {
	return e.failed(op, k, "", errno, errors.New(errno), pairs)
}

func (e *Env) failed(op string, k *sockets.Socket, holder, errno string, err error, pairs []string) *sockets.Error {
	sit := names.Situation{Op: op, Errno: errno, Holder: holder, Fill: append([]string{"op", op}, pairs...)}
	if k != nil {
		sit.Kind, sit.State = k.KindName(), situation(k)
		if op == "shutdown" && sit.State == "SHUT_WR" && k.Peer.IsZero() { // it was refused before, and marked as shut all the same
			sit.State = "CLOSE"
		}
		if op == "accept" && sit.State == "BOUND" && k.ReadEnd { // it did listen
			sit.State = "LISTEN"
		}
		sit.DontWait = e.Flag("dontwait") && (k.Blocking || k.Timeout > 0)
		switch {
		case errno == "EAGAIN":
			limit := e.limit(op, k)
			if sit.Holder = limit; strings.HasPrefix(limit, "SO_") {
				sit.Fill = append(sit.Fill, "limit", limit)
			}
		case errno == "ECONNREFUSED" && k.Family == sockets.UNIX:
			var own *sockets.Socket
			if sit.Holder, own = e.behind(k); own != nil {
				sit.Fill = append(sit.Fill, "holder", own.Name)
			}
		}
		sit.Fill = append(append(sit.Fill, "s", k.Name), places(k)...)
	}
	x := names.Explain(sit)
	if names.WrongOrder(sit) {
		e.Act.Note("wrong-order", append([]string{"state", sit.State}, sit.Fill...)...)
	}
	if k != nil {
		Broke(k, errno)
	}
	if otherFamily(k, pairs) {
		e.Act.Note("python-family", "s", k.Name, "op", op)
	}
	kind := oddEnd(op, k, errno)
	if kind != "" && sit.Holder != "SHUT_RD" { // where nothing would have been waited for
		e.Act.Note(kind, append([]string{"peer", PeerName(k)}, sit.Fill...)...)
	}
	if op == "connect" {
		x.Fix = e.there(x.Fix)
	}
	return &sockets.Error{Op: op, Errno: errno, Kind: kind, Message: x.Message, Why: x.Why, Fix: x.Fix, Err: err}
}

// limit is what let a call on k wait no longer, as a Situation's Holder, "" where it is not known: SO_RCVTIMEO or SO_SNDTIMEO,
// which hold for calls that wait in the kernel. A negative one reads back as 0, which is for ever; but then no EAGAIN would come.
func (e *Env) limit(op string, k *sockets.Socket) string {
	if strings.HasPrefix(op, "recv") && k.ReadEnd && k.Kind == sockets.Dgram {
		return "SHUT_RD"
	}
	if !k.Blocking || e.Flag("dontwait") {
		return ""
	}
	name, negative := "SO_RCVTIMEO", "NEGATIVE_RCVTIMEO"
	if strings.HasPrefix(op, "send") {
		name, negative = "SO_SNDTIMEO", "NEGATIVE_SNDTIMEO"
	}
	opt, ok := names.LookupOption(name)
	if !ok {
		return ""
	}
	switch v, err := e.Sys.Scaffold().Getsockopt(k.FD, opt); {
	case err != nil:
		return ""
	case v.Text != "{tv_sec=0, tv_usec=0}":
		return name
	case op == "connect" || e.Flag("oob"): // which have other reasons
		return ""
	}
	return negative
}

// otherFamily reports whether the address that a call named is of another IP family than k: Python does not make such a call.
func otherFamily(k *sockets.Socket, pairs []string) bool {
	i := slices.Index(pairs, "addr")
	if k == nil || i < 0 || i+1 >= len(pairs) {
		return false
	}
	addr, err := netip.ParseAddrPort(pairs[i+1])
	return err == nil && (k.Family == sockets.INET && addr.Addr().Is6() || k.Family == sockets.INET6 && addr.Addr().Is4())
}

// Broke remembers that an errno has told of the end of k's connection: the kernel tells it once, and what comes after is to be
// understood by it.
func Broke(k *sockets.Socket, errno string) {
	switch errno {
	case "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH":
		if k.Kind != sockets.Dgram && !k.Peer.IsZero() {
			k.Broken = errno
		}
	}
}

// places fill an explanation's {places} with what is known of k, where the call itself named no address: the peer that it has
// or was last told of, and the line that makes such a connection anew.
func places(k *sockets.Socket) (pairs []string) {
	addr := k.Peer
	if addr.IsZero() {
		addr = k.Toward
	}
	if !k.Local.IsZero() && !k.Local.Unnamed() {
		pairs = append(pairs, "own", k.Local.String())
	}
	switch {
	case k.Inherits != nil && k.Inherits.FD >= 0:
		return append(pairs, "again", k.Name+" = accept "+k.Inherits.Name)
	case k.Inherits != nil: // its listening socket is closed
		return append(pairs, "again", k.Inherits.Name+" = listen "+k.KindName()+" "+k.Local.String())
	case addr.IsZero() || addr.Unnamed() || addr == k.Local || addr.IP.IsValid() && addr.Port == 0:
		return pairs
	}
	return append(pairs, AddressPairs(addr)...)
}

// AddressPairs fill an explanation's {places} with an address.
func AddressPairs(addr sockets.Address) []string {
	path := addr.Path
	if addr.Abstract {
		path = addr.String()
	}
	pairs := []string{"addr", addr.String(), "path", path}
	if addr.IP.IsValid() {
		host := addr
		host.Port = 0
		pairs = append(pairs, "port", strconv.Itoa(int(addr.Port)), "host", strings.TrimSuffix(host.String(), ":0"))
	}
	return pairs
}

// oddEnd is the note that an errno deserves besides its explanation, "" for none.
func oddEnd(op string, k *sockets.Socket, errno string) string {
	switch {
	case errno == "EAGAIN":
		return "would-block"
	case errno == "ECONNRESET" && k != nil && k.ReadEnd && k.WriteEnd:
		return "shut-reset"
	case errno == "ECONNRESET":
		return "reset"
	case errno == "EPIPE" && k != nil && !k.Peer.IsZero() && !k.WriteEnd:
		return "broken-pipe"
	case errno == "ECONNREFUSED" && k != nil && k.Kind == sockets.Dgram && k.Family != sockets.UNIX && op != "connect":
		return "unreachable-on-second-send"
	}
	return ""
}

// interrupted is the error of a call that was ended from outside: by --timeout, or by Ctrl-C or cancel.
func (e *Env) interrupted(op string, k *sockets.Socket, err error) error {
	pairs := []string{"op", op}
	if k != nil {
		pairs = append(pairs, "s", k.Name)
	}
	if errors.Is(context.Cause(e.Ctx), errTimedOut) {
		w, _ := e.FlagWord("timeout")
		return e.TimedOut(op, w.Text, pairs...)
	}
	if k == nil && e.Command != nil && e.Command.Group == Learn {
		return &sockets.Error{Op: op, Kind: "cancelled", Err: err, Message: names.T("ended before it was done", "尚未完成就被中断"),
			Why: names.T("it was waiting for the other terminal", "它正在等待另一个终端")}
	}
	if e.closing != nil {
		e.Act.Note("closed-under", "s", e.closing.Name)
		return &sockets.Error{Op: op, Errno: sys.Errno(err), Kind: "cancelled", Err: err,
			Message: names.T("ended before it was done", "尚未完成就被中断"),
			Why:     names.T(e.closing.Name+" was closed while this line waited on it", "这一行正在等待时，"+e.closing.Name+" 被关闭了")}
	}
	if k != nil && k == e.brief {
		e.Act.Note("cancelled", pairs...)
	} else {
		e.Act.Note("cancelled", append(pairs, "sock", nameOf(k))...)
	}
	if k == nil && sys.Errno(err) == "" { // no socket waited, and no call was interrupted: there is no more to say
		return &sockets.Error{Op: op, Kind: "cancelled", Err: err, Message: names.T("ended before it was done", "尚未完成就被中断")}
	}
	return &sockets.Error{Op: op, Errno: sys.Errno(err), Kind: "cancelled", Err: err, // none where the call had moved some bytes
		Message: names.T("ended before it was done", "尚未完成就被中断"),
		Why:     names.T("it was waiting in the kernel, and was told to stop; the socket is as it was", "它正在内核里等待时被要求停下；套接字保持原样")}
}

// Brief says that the line closes k again, which it made, where it fails.
func (e *Env) Brief(k *sockets.Socket) { e.brief = k }

// nameOf is k's name, "" for no socket.
func nameOf(k *sockets.Socket) string {
	if k == nil {
		return ""
	}
	return k.Name
}

// TimedOut is the error of a wait whose time is over. No errno: the kernel did not fail.
func (e *Env) TimedOut(op, after string, pairs ...string) error {
	e.Act.Note("timed-out", append(pairs, "op", op, "t", seconds(after))...)
	why := names.T("nothing came within the time given; the socket is as it was", "规定的时间内什么也没有发生；套接字保持原样")
	if strings.HasPrefix(op, "send") {
		why = names.T("no room came free in the send buffer within the time given; the socket is as it was", "规定的时间内发送缓冲区没有空出位置；套接字保持原样")
	}
	return &sockets.Error{Op: op, Kind: "timed-out", Err: errTimedOut, Message: names.T("timed out after "+seconds(after), seconds(after)+" 内没有结果，超时"), Why: why}
}

func seconds(s string) string {
	if s != "" && (s[len(s)-1] >= '0' && s[len(s)-1] <= '9' || s[len(s)-1] == '.') {
		return s + " s"
	}
	return s
}

// situation is what sockstep knows of k, in the words of the errno table.
func situation(k *sockets.Socket) string {
	switch {
	case k.FD < 0:
		return "CLOSED"
	case k.Backlog >= 0:
		return "LISTEN"
	case k.WriteEnd && k.ReadEnd && !k.Peer.IsZero() && k.Kind != sockets.Dgram:
		return "SHUT_RDWR"
	case k.WriteEnd && !k.Peer.IsZero() && k.Kind != sockets.Dgram:
		return "SHUT_WR"
	case k.State == "CLOSE" && !k.Peer.IsZero() && k.Stream() && k.Broken != "":
		return "RESET"
	case k.State == "CLOSE" && !k.Peer.IsZero() && k.Stream():
		return "OVER"
	case k.State != "" && k.State != "CLOSE":
		return k.State
	case !k.Peer.IsZero():
		return "ESTABLISHED"
	case k.Bound:
		return "BOUND"
	}
	return "CLOSE"
}

// explain makes any error of a command one that a student can read.
func (e *Env) explain(err error) error {
	if e.end != nil {
		e.end()
	}
	if err == nil {
		return nil
	}
	var known *sockets.Error
	switch {
	case errors.As(err, &known):
		return e.line.meant(known)
	case errors.Is(err, errors.ErrUnsupported):
		return &sockets.Error{Op: e.Command.Name, Kind: "unsupported", Err: err, Message: names.T(err.Error(), err.Error()),
			Why: names.T("this system does not offer it", "这个系统不提供这项功能")}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), sys.Errno(err) != "":
		x := names.Explain(names.Situation{Op: "open", Errno: sys.Errno(err)})
		return &sockets.Error{Op: e.Command.Name, Errno: sys.Errno(err), Err: err, Message: names.T(err.Error(), err.Error()).Plus(names.T("", "")), Why: x.Why}
	}
	return &sockets.Error{Op: e.Command.Name, Err: err, Message: names.T(err.Error(), err.Error())}
}
