package commands

import (
	"slices"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A kind is one word for a family, a type and a protocol.
type kind struct {
	family sockets.Family
	typ    sockets.Kind
	proto  int
}

// kindWords are the language's own words; icmp is a ping socket, which needs no root where ping_group_range allows it.
var kindWords = map[string]kind{
	"tcp":            {sockets.INET, sockets.Stream, 0},
	"udp":            {sockets.INET, sockets.Dgram, 0},
	"unix":           {sockets.UNIX, sockets.Stream, 0},
	"unix-stream":    {sockets.UNIX, sockets.Stream, 0},
	"unix-dgram":     {sockets.UNIX, sockets.Dgram, 0},
	"unix-seqpacket": {sockets.UNIX, sockets.Seqpacket, 0},
	"icmp":           {sockets.INET, sockets.Dgram, 1},
	"raw":            {sockets.INET, sockets.Raw, 1},
	"tcp6":           {sockets.INET6, sockets.Stream, 0},
	"udp6":           {sockets.INET6, sockets.Dgram, 0},
}

// kindChoices are the words that help and completion offer.
var kindChoices = []repl.Choice{
	{Word: "tcp", Meaning: names.T("a stream of bytes, reliable", "可靠的字节流")},
	{Word: "udp", Meaning: names.T("datagrams, without any promise", "数据报，不作任何保证")},
	{Word: "unix", Meaning: names.T("a stream within this machine", "本机内的字节流")},
	{Word: "unix-dgram", Meaning: names.T("datagrams within this machine", "本机内的数据报")},
	{Word: "unix-seqpacket", Meaning: names.T("a connection that keeps boundaries", "保留消息边界的连接")},
	{Word: "icmp", Meaning: names.T("ping, without root where allowed", "ping，系统允许时无需 root")},
	{Word: "raw", Meaning: names.T("IP packets by hand; needs root", "手工构造 IP 报文，需要 root")},
}

var kindNames = words(kindChoices)

// words are the words of the choices, without their meanings.
func words(choices []repl.Choice) (all []string) {
	for _, c := range choices {
		all = append(all, c.Word)
	}
	return all
}

// manualWords are the words of socket(2).
var manualWords = map[string]kind{
	"AF_INET": {family: sockets.INET}, "AF_INET6": {family: sockets.INET6}, "AF_UNIX": {family: sockets.UNIX}, "AF_LOCAL": {family: sockets.UNIX},
	"PF_INET": {family: sockets.INET}, "PF_INET6": {family: sockets.INET6}, "PF_UNIX": {family: sockets.UNIX},
	"SOCK_STREAM": {typ: sockets.Stream}, "SOCK_DGRAM": {typ: sockets.Dgram}, "SOCK_SEQPACKET": {typ: sockets.Seqpacket}, "SOCK_RAW": {typ: sockets.Raw},
	"IPPROTO_IP": {}, "0": {}, "IPPROTO_TCP": {proto: 6}, "IPPROTO_UDP": {proto: 17}, "IPPROTO_ICMP": {proto: 1}, "IPPROTO_ICMPV6": {proto: 58}, "IPPROTO_RAW": {proto: 255},
}

var protoNames = map[int]string{1: "IPPROTO_ICMP", 6: "IPPROTO_TCP", 17: "IPPROTO_UDP", 58: "IPPROTO_ICMPV6", 255: "IPPROTO_RAW"}

var sixFlag = repl.Flag{Name: "6", Meaning: names.T("IPv6 instead of IPv4", "用 IPv6 代替 IPv4")}

// isKind reports whether the next word says a kind of socket in the language's own words; a socket of that name comes first.
func isKind(e *repl.Env) bool {
	w := e.Peek()
	if _, named := e.Named(w); named || w.Quoted {
		return false
	}
	_, ok := kindWords[strings.ToLower(w.Text)]
	return ok
}

// readKind takes the words that say what kind of socket is meant; none means tcp, as in Python.
// ok: the words named a family, so that an address need not.
func readKind(e *repl.Env) (k kind, familyGiven bool, err error) {
	k = kind{sockets.INET, sockets.Stream, 0}
	given := map[string]bool{}
	for e.More() {
		w := e.Peek()
		own, isOwn := kindWords[strings.ToLower(w.Text)]
		manual, isManual := manualWords[strings.ToUpper(w.Text)]
		part := "kind"
		switch {
		case isOwn && !w.Quoted:
			k = own
			familyGiven = own.family != sockets.INET
		case isManual && manual.family != "":
			k.family, familyGiven, part = manual.family, true, "family"
		case isManual && manual.typ != "":
			k.typ, part = manual.typ, "type"
		case isManual:
			k.proto, part = manual.proto, "proto"
		default:
			return done(e, k, familyGiven)
		}
		if given[part] || given["kind"] || part == "kind" && len(given) > 0 {
			return k, familyGiven, w.Err(names.T("what kind of socket it is has been said already", "套接字的种类已经说过了"))
		}
		given[part] = true
		e.Next("KIND")
	}
	return done(e, k, familyGiven)
}

func done(e *repl.Env, k kind, familyGiven bool) (kind, bool, error) {
	if e.Flag("6") {
		w, _ := e.FlagWord("6")
		if k.family == sockets.UNIX {
			return k, familyGiven, w.Err(names.T("an AF_UNIX socket has no IPv6", "AF_UNIX 套接字与 IPv6 无关"))
		}
		k.family, familyGiven = sockets.INET6, true
		if k.proto == 1 {
			k.proto = 58
		}
	}
	return k, familyGiven, nil
}

// readKindAndAddress takes KIND ADDR, of which the address may say the family: tcp [::1]:80.
func readKindAndAddress(e *repl.Env) (kind, sockets.Address, error) {
	k, familyGiven, err := readKind(e)
	if err != nil {
		return k, sockets.Address{}, err
	}
	want := k.family
	if !familyGiven {
		want = ""
	}
	w := e.Peek()
	addr, err := e.Address(want)
	if err != nil || familyGiven {
		return k, addr, err
	}
	if addr.Family == sockets.UNIX {
		word := "unix"
		if k.typ == sockets.Dgram {
			word = "unix-dgram"
		}
		line := e.Command.Name + " " + word + " " + w.Raw
		return k, addr, w.Err(names.T("a path is an AF_UNIX address", "路径是 AF_UNIX 地址")).Hint(names.T(line, line))
	}
	k.family = addr.Family
	return k, addr, nil
}

// unknownKind is the error for a word that should have said a kind.
func unknownKind(w repl.Word) error {
	all := slices.Clone(kindNames)
	for m := range manualWords {
		if len(m) > 1 {
			all = append(all, m)
		}
	}
	slices.Sort(all[len(kindNames):])
	err := w.Err(names.T(w.Text+" is no kind of socket", "没有 "+w.Text+" 这种套接字")).
		Because(names.T("there are "+strings.Join(kindNames, " "), "可用的有 "+strings.Join(kindNames, " ")))
	if near, ok := names.Nearest(strings.ToUpper(w.Text), all); ok {
		return err.Hint(names.T(near, near))
	}
	if near, ok := names.Nearest(strings.ToLower(w.Text), all); ok {
		return err.Hint(names.T(near, near))
	}
	return err.Hint(names.T("socket tcp", "socket tcp"))
}

// python writes the arguments of Python's socket() for k.
func (k kind) python() string {
	if k == (kind{sockets.INET, sockets.Stream, 0}) {
		return "AF_INET, SOCK_STREAM"
	}
	s := string(k.family) + ", " + string(k.typ)
	if p, ok := protoNames[k.proto]; ok {
		s += ", " + p
	}
	return s
}

// open makes a socket of this kind, and tells the line in Python.
func (k kind) open(e *repl.Env, i int) (*sockets.Socket, error) {
	fd, err := e.Sys.Socket(k.family, k.typ, k.proto)
	if err != nil {
		return nil, e.Fail("socket", sockets.NewSocket(e.Name(i, "s"), -1, k.family, k.typ, k.proto), err,
			"kind", sockets.KindName(k.family, k.typ, k.proto))
	}
	return e.NewSocket(i, "s", fd, k.family, k.typ, k.proto), nil
}
