package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// What sockstep tells is held here against other programs that looked at the same moment: packets against tcpdump and
// tshark, states and queues against ss. The sessions are random; a failure names its seed, and
//
//	SOCKSTEP_SEED=7 go test -run TestPackets ./cmd/sockstep
//
// plays that one again. SOCKSTEP_SOAK=200 plays so many sessions instead of a few.

// seeds are those of the sessions to play.
func seeds(t *testing.T, few int) (all []uint64) {
	t.Helper()
	number := func(name string) uint64 {
		n, err := strconv.ParseUint(os.Getenv(name), 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return n
	}
	switch {
	case os.Getenv("SOCKSTEP_SEED") != "":
		return []uint64{number("SOCKSTEP_SEED")}
	case os.Getenv("SOCKSTEP_SOAK") != "":
		few = int(number("SOCKSTEP_SOAK"))
	case testing.Short():
		few = 1
	}
	for i := range few {
		all = append(all, uint64(i+1))
	}
	return all
}

// witness finds a program of another hand that looks at the same thing. Without it the test is skipped, and says so;
// where everything is required it fails.
func witness(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
		t.Fatalf("%s is not installed, and SOCKSTEP_REQUIRE=all: %v", name, err)
	}
	t.Skipf("NOT TESTED: %s is not installed: %v", name, err)
	return ""
}

// A toldAct is an act of --json, as far as these tests ask.
type toldAct struct {
	Act   int        `json:"act"`
	Job   int        `json:"job"`
	Line  string     `json:"line"`
	OK    bool       `json:"ok"`
	Steps []toldStep `json:"steps"`
	Value struct {
		Type   string           `json:"type"`
		Text   string           `json:"text"`
		List   []map[string]any `json:"list"`
		Fields map[string]any   `json:"fields"`
	} `json:"value"`
	Error struct{ Op, Errno, Kind, Message string }
}

type toldStep struct {
	Kind, Source, Proto, From, To, Flags, Socket, Direction, Field, Was, Now, ID, Text, Op, Errno string

	Seq, Ack                                  uint32
	Len, Window                               int
	Lost, Retransmission, Duplicate, Scaffold bool
	OutOfOrder                                bool `json:"out_of_order"`
	Marks, Options                            []string
}

// parseTold reads the output of --json.
func parseTold(t *testing.T, out []byte) (all []toldAct) {
	t.Helper()
	in := bufio.NewReader(bytes.NewReader(out))
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return all
		}
		var a toldAct
		// A list may hold what is no table: of such a value nothing is asked.
		if err := json.Unmarshal(line, &a); err != nil {
			var loose struct{ Value struct{ List []any } }
			if json.Unmarshal(line, &loose) != nil {
				t.Fatalf("%v in %.300s", err, line)
			}
		}
		all = append(all, a)
	}
}

// An author makes up the lines of a session: what follows is known well enough for most lines to make sense, and some
// make none.
type author struct {
	r *rand.Rand
	// Where the client and the server are: loopback's addresses by IP version, or a host each in the lab.
	here, there map[int]string // 4 and 6
	at          string         // what begins the line of a server, such as "at right "
	port        int            // the last one that was used
	listeners   []stand
	streams     []stand
	datagrams   []stand
	n           int
	queue       []string // lines that follow by all means
	once        bool     // a name and an address are used only once
	patience    string   // how long a line may wait
	cable       bool     // there is one
	unsent      bool     // some connections are ended over unsent bytes, some begin with more than one SYN
}

// A stand is a socket as the author knows it.
type stand struct {
	name string
	v    int // of IP
	port int
	far  bool // it is of the other host
}

func newAuthor(seed uint64) *author {
	lo := map[int]string{4: "127.0.0.1", 6: "[::1]"}
	return &author{r: rand.New(rand.NewPCG(seed, 1)), here: lo, there: lo, port: 7000, patience: "0.004"}
}

// lines writes a session of about n lines, and closes what it has opened.
func (a *author) lines(n int) (all []string) {
	for len(all) < n {
		all = append(all, a.next())
	}
	return append(all, "cancel", "close all")
}

// next writes one line.
func (a *author) next() string {
	for len(a.queue) == 0 {
		a.plan()
	}
	line := a.queue[0]
	a.queue = a.queue[1:]
	return line
}

func (a *author) do(format string, args ...any) {
	a.queue = append(a.queue, strings.ReplaceAll(fmt.Sprintf(format, args...), "--timeout D", "--timeout "+a.patience))
}

func (a *author) name(prefix string) string {
	a.n++
	return prefix + strconv.Itoa(a.n)
}

func (a *author) version() int { return 4 + 2*a.r.IntN(2) }

func (a *author) of(all []string) string { return all[a.r.IntN(len(all))] }

func (a *author) any(all []stand) (stand, bool) {
	if len(all) == 0 {
		return stand{}, false
	}
	return all[a.r.IntN(len(all))], true
}

func six(v int) string {
	if v == 6 {
		return " -6"
	}
	return ""
}

// size is how much is sent at once: mostly little.
func (a *author) size() int {
	switch a.r.IntN(6) {
	case 0:
		return 1
	case 1:
		return a.r.IntN(100000)
	case 2:
		return a.r.IntN(10000)
	}
	return 1 + a.r.IntN(300)
}

// plan thinks of something to do.
func (a *author) plan() {
	switch {
	case a.cable && a.r.IntN(12) == 0:
		a.fault()
		return
	case a.once && !a.cable && a.r.IntN(20) == 0:
		a.local()
		return
	}
	if a.unsent && a.r.IntN(25) == 0 {
		a.behind()
		return
	}
	switch p := a.r.IntN(100); {
	case p < 5:
		a.listen()
	case p < 17:
		a.connect()
	case p < 20:
		if l, ok := a.any(a.listeners); ok {
			d := stand{name: a.name("d"), v: l.v, port: l.port, far: true}
			a.do("%s = accept %s --timeout D", d.name, l.name)
			a.streams = append(a.streams, d)
		}
	case p < 44:
		if s, ok := a.any(a.streams); ok {
			a.send(s)
		}
	case p < 64:
		if s, ok := a.any(a.streams); ok {
			a.recv(s)
		}
	case p < 68:
		if s, ok := a.any(a.streams); ok {
			a.do("shutdown %s %s", s.name, a.of([]string{"wr", "wr", "rd", "rdwr"}))
		}
	case p < 75:
		a.close()
	case p < 80:
		a.tune()
	case p < 93:
		a.datagram()
	case p < 96:
		a.slip()
	case p < 98:
		a.do("sleep %s", a.of([]string{"0.001", "0.002", "0.005", "0.045", "0.25"}))
	default:
		a.job()
	}
}

// opening writes a session's beginning: connections that stand before anything goes wrong.
func (a *author) opening() (all []string) {
	for range 3 {
		a.listen()
		for range 2 {
			a.connect()
		}
	}
	for len(a.queue) > 0 {
		all = append(all, a.next())
	}
	return all
}

// behind ends a connection over bytes that there is no room for, or lets a SYN be sent again until there is.
func (a *author) behind() {
	v := a.version()
	a.port++
	s, c, d, to := a.name("s"), a.name("c"), a.name("d"), fmt.Sprintf("%s:%d", a.there[v], a.port)
	if a.r.IntN(4) == 0 {
		a.do("%s = listen tcp %s 0", s, to)
		a.do("%s = connect tcp %s", a.name("c"), to)
		a.do("%s = socket tcp%s", c, six(v))
		a.do("blocking %s off", c)
		a.do("connect %s %s", c, to)
		a.do("sleep %s", a.of([]string{"1.1", "0.2"}))
		a.do("%s = accept %s", d, s)
		a.do("sleep 1.1")
		a.do("%s", a.of([]string{"send " + c + " x --dontwait", "inspect " + c + " state", "close " + c}))
		return
	}
	a.do("%s = listen tcp %s", s, to)
	a.do("%s = connect tcp %s", c, to)
	a.do("%s = accept %s", d, s)
	if a.r.IntN(3) == 0 {
		c, d = d, c
	}
	a.do("send %s --fill %d --dontwait", c, 70000+a.r.IntN(300000))
	if a.r.IntN(3) == 0 {
		a.do("shutdown %s wr", d)
	}
	a.do("%s", a.of([]string{"shutdown " + c + " wr", "close " + c}))
	for range a.r.IntN(5) {
		a.do("recv %s %d --dontwait", d, 300000)
	}
	a.do("%s", a.of([]string{"close " + d, "send " + d + " x --dontwait", "shutdown " + d + " wr"}))
}

// fault makes the cable worse, or well again.
func (a *author) fault() {
	a.do("cable %s%s", a.of([]string{"loss 5%", "loss 20%", "duplicate 20%", "reorder 20%", "delay 1ms", "delay 3ms 2ms", "reset", "reset", "reset", "drop next data", "drop next syn", "drop next ack", "rate 20mbit"}),
		a.of([]string{"", " left", " right"}))
}

// local makes something of AF_UNIX.
func (a *author) local() {
	x, y := stand{name: a.name("a")}, stand{name: a.name("b")}
	switch a.r.IntN(3) {
	case 0:
		a.do("%s = listen %s ./%s 2", x.name, a.of([]string{"unix", "unix-seqpacket"}), x.name)
		a.do("%s = connect unix ./%s --timeout D", y.name, x.name)
		if a.r.IntN(2) == 0 {
			a.do("%s = accept %s --timeout D", a.name("d"), x.name)
		}
		a.streams = append(a.streams, y)
	default:
		a.do("%s, %s = socketpair %s", x.name, y.name, a.of([]string{"", "unix-dgram", "unix-seqpacket"}))
		a.streams = append(a.streams, x, y)
	}
}

func (a *author) listen() {
	if len(a.listeners) == 5 {
		a.do("close %s", a.listeners[0].name)
		a.listeners = a.listeners[1:]
	}
	v := a.version()
	a.port++
	l := stand{name: a.name("s"), v: v, port: a.port, far: true}
	switch {
	case a.r.IntN(5) == 0: // step by step, where options are inherited
		a.do("%s = %ssocket tcp%s", l.name, a.at, six(v))
		a.do("sockopt %s %s", l.name, a.of([]string{"SO_RCVBUF 4096", "SO_SNDBUF 4096", "TCP_NODELAY 1", "SO_REUSEADDR 1", "SO_LINGER on 0"}))
		a.do("bind %s %s:%d", l.name, a.there[v], l.port)
		a.do("listen %s %d", l.name, a.r.IntN(4))
	default:
		a.do("%s = %slisten tcp %s:%d %s --reuse", l.name, a.at, a.there[v], l.port, a.of([]string{"0", "1", "3", "", ""}))
	}
	a.listeners = append(a.listeners, l)
}

func (a *author) connect() {
	l, ok := a.any(a.listeners)
	if !ok {
		a.listen()
		return
	}
	c := stand{name: a.name("c"), v: l.v, port: l.port}
	to := fmt.Sprintf("%s:%d", a.there[l.v], l.port)
	way := a.r.IntN(10)
	if a.once && (way == 2 || way == 4) {
		way = 9
	}
	switch way {
	case 0: // nobody is there
		a.do("%s = connect tcp %s:%d", c.name, a.there[l.v], 9+a.r.IntN(3))
		return
	case 1:
		a.do("%s = socket tcp%s", c.name, six(l.v))
		a.do("blocking %s off", c.name)
		a.do("connect %s %s", c.name, to)
	case 2: // the same four numbers, once more
		c.name = a.of([]string{"same4", "other4", "same6", "other6"})
		a.do("close %s", c.name)
		a.do("%s = socket tcp%s", c.name, six(l.v))
		a.do("sockopt %s SO_REUSEADDR 1", c.name)
		a.do("sockopt %s SO_LINGER on 0", c.name)
		a.do("bind %s %s:%d", c.name, a.here[l.v], 6000+a.r.IntN(2))
		a.do("connect %s %s --timeout D", c.name, to)
	case 4: // with itself
		a.port++
		a.do("%s = socket tcp%s", c.name, six(l.v))
		a.do("bind %s %s:%d", c.name, a.here[l.v], a.port)
		a.do("connect %s %s:%d", c.name, a.here[l.v], a.port)
		a.streams = append(a.streams, c)
		return
	case 3: // with options
		a.do("%s = socket tcp%s", c.name, six(l.v))
		a.do("sockopt %s %s", c.name, a.of([]string{"SO_RCVBUF 4096", "SO_SNDBUF 4096", "TCP_NODELAY 1", "TCP_MAXSEG 536", "SO_KEEPALIVE 1"}))
		a.do("connect %s %s --timeout D", c.name, to)
	default:
		a.do("%s = connect tcp %s --timeout D", c.name, to)
	}
	a.streams = append(a.streams, c)
	if a.r.IntN(5) > 0 {
		d := stand{name: a.name("d"), v: l.v, port: l.port, far: true}
		a.do("%s = accept %s --timeout D", d.name, l.name)
		a.streams = append(a.streams, d)
	}
}

func (a *author) send(s stand) {
	switch a.r.IntN(12) {
	case 0:
		a.do("send %s --oob ! --dontwait", s.name)
	case 1:
		a.do("send %s --more --fill %d --dontwait", s.name, a.size())
	case 2:
		a.do("sendall %s --fill %d --timeout D", s.name, a.size())
	case 3:
		a.do("send %s hello --dontwait", s.name)
	case 4:
		a.do("send %s '' --dontwait", s.name)
	default:
		a.do("send %s --fill %d --dontwait", s.name, a.size())
	}
}

func (a *author) recv(s stand) {
	switch a.r.IntN(10) {
	case 0:
		a.do("recv %s 1 --oob --dontwait", s.name)
	case 1:
		a.do("recv %s %d --peek --dontwait", s.name, a.size())
	case 2:
		a.do("recv %s %d --waitall --timeout D", s.name, a.size())
	case 3:
		a.do("recv %s 200000 --timeout D", s.name)
	case 4:
		a.do("recv %s --exactly %d --timeout D", s.name, a.size())
	default:
		a.do("recv %s %d --dontwait", s.name, a.size())
	}
}

func (a *author) close() {
	all := &a.streams
	switch a.r.IntN(12) {
	case 0:
		all = &a.listeners
	case 1:
		all = &a.datagrams
	}
	if len(*all) == 0 {
		return
	}
	i := a.r.IntN(len(*all))
	s := (*all)[i]
	*all = append((*all)[:i:i], (*all)[i+1:]...)
	if all == &a.streams && a.r.IntN(5) == 0 {
		a.do("sockopt %s SO_LINGER on 0", s.name)
	}
	a.do("close %s", s.name)
}

func (a *author) tune() {
	if s, ok := a.any(a.streams); ok {
		a.do("sockopt %s %s", s.name, a.of([]string{"TCP_NODELAY 1", "TCP_CORK 1", "TCP_CORK 0", "SO_RCVBUF 3000", "SO_SNDBUF 5000", "SO_LINGER on 0", "SO_LINGER off 0", "TCP_QUICKACK 0", "SO_OOBINLINE 1"}))
	}
}

// datagram does something with UDP.
func (a *author) datagram() {
	u, ok := a.any(a.datagrams)
	if !ok || len(a.datagrams) < 4 {
		v := a.version()
		a.port++
		u = stand{name: a.name("u"), v: v, port: a.port, far: true}
		a.do("%s = %slisten udp %s:%d", u.name, a.at, a.there[v], u.port)
		a.datagrams = append(a.datagrams, u)
		w := stand{name: a.name("w"), v: v, port: u.port}
		a.do("%s = connect udp %s:%d", w.name, a.there[v], u.port)
		a.datagrams = append(a.datagrams, w)
		return
	}
	size := a.size()
	if u.far && a.r.IntN(2) == 0 { // that of a server has nobody to send to
		a.do("recvfrom %s %d --dontwait", u.name, a.size())
		return
	}
	switch a.r.IntN(8) {
	case 0:
		a.do("sendto %s %s:%d --fill %d", a.name("x"), a.there[u.v], u.port, size) // no such socket
	case 1:
		x := a.name("x")
		a.do("%s = socket udp%s", x, six(u.v))
		a.do("sendto %s %s:%d --fill %d", x, a.there[u.v], u.port, size)
		a.do("close %s", x)
	case 2: // nobody is there
		x := a.name("x")
		a.do("%s = connect udp %s:%d", x, a.there[u.v], 9+a.r.IntN(3))
		a.do("send %s hello", x)
		a.do("send %s again", x)
		a.do("close %s", x)
	case 3, 4:
		a.do("recvfrom %s %d --dontwait", u.name, a.size())
	default:
		a.do("send %s --fill %d --dontwait", u.name, size)
	}
}

// slip writes what does not hold.
func (a *author) slip() {
	name := "nosuch"
	if s, ok := a.any(a.streams); ok {
		name = s.name
	}
	a.do("%s", a.of([]string{"frobnicate", "send nosuch x", "recv " + name + " x", "listen " + name, "accept " + name, "connect " + name + " 127.0.0.1:7001 --timeout D",
		"bind " + name + " 127.0.0.1:0", "close nosuch", "listen tcp 127.0.0.1:" + strconv.Itoa(a.port), "send " + name + " --fill x", "print $nosuch", "recv nosuch", "="}))
}

// job begins something that waits, and lets it.
func (a *author) job() {
	if s, ok := a.any(a.streams); ok {
		a.do("recv %s %d &", s.name, a.size())
		a.do("sleep 0.001")
		if a.r.IntN(2) == 0 {
			a.do("cancel")
		}
	}
}

// plainly says what an act was, for a failure.
func plainly(a toldAct) string {
	if a.Error.Message == "" {
		return fmt.Sprintf("%d %s", a.Act, a.Line)
	}
	return fmt.Sprintf("%d %s (%s%s)", a.Act, a.Line, a.Error.Errno, a.Error.Kind)
}

// told is what a step says about a packet, without what no other program says.
func (s toldStep) packet() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s > %s %s seq %d ack %d len %d win %d [%s]", s.Proto, s.From, s.To, s.Flags, s.Seq, s.Ack, s.Len, s.Window, strings.Join(s.Options, " ")))
}
