package commands

import (
	"strings"
	"time"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/sys"
)

// A watching is one watch.
//
//	every 0.2 s: look ─▶ the kernel's record of each socket ─▶ a sample ─▶ the picture, where there is a screen
type watching struct {
	*repl.Env
	of      []*sockets.Socket
	every   time.Duration
	timeout time.Duration // 0 for none
	samples int           // 0 for any number
	most    int           // that are kept
	live    repl.Live     // nil for none

	began  time.Time
	taken  int
	series []render.Series
	events []render.WatchEvent
	calls  []sockets.Call // made, equal ones counted together
}

// keptLive is how many samples are kept where nobody reads them but the picture.
const keptLive = 256

// run looks until it is over, and gives the last picture.
func (w *watching) run() {
	if w.live != nil {
		w.most = keptLive
		defer w.live.Close()
	}
	w.began = time.Now()
	w.series = make([]render.Series, len(w.of))
	var over <-chan time.Time
	if w.timeout > 0 {
		t := time.NewTimer(w.timeout)
		defer t.Stop()
		over = t.C
	}
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for w.look(); w.samples == 0 || w.taken < w.samples; {
		ended := false
		w.Block(func() { ended = w.rest(tick.C, over) })
		if ended {
			break
		}
		w.look()
	}
	for _, c := range w.calls {
		w.Act.Add(c)
	}
	w.give()
}

// rest shows what was seen and waits for the next look; true where it is the end.
func (w *watching) rest(tick, over <-chan time.Time) (ended bool) {
	var resized, key <-chan struct{}
	if w.live != nil {
		resized, key = w.live.Resized(), w.live.Ended()
		w.draw()
	}
	for {
		select {
		case <-tick:
			return false
		case <-resized:
			w.draw()
		case <-over:
			return true
		case <-key:
			return true
		case <-w.Ctx.Done(): // Ctrl-C: it was asked to end
			return true
		}
	}
}

func (w *watching) draw() {
	columns, rows := w.live.Size()
	w.live.Draw(render.Watch(w.series, columns, rows, render.WatchOptions{Lang: w.Lang(), Color: w.live.Color(), Key: render.AnyKey, Events: w.events}))
}

// look takes a sample of each socket. Its calls are counted, not told one by one: they are the same each time.
func (w *watching) look() {
	quiet := *w.Env
	quiet.Act = sockets.NewAct(0, "")
	for i, k := range w.of {
		s := sampleOf(&quiet, k)
		s.At = time.Since(w.began)
		one := &w.series[i]
		one.Name, one.Kind, one.Local, one.Peer = w.NameOf(k), typeWord(k), shownAddress(k.Local), shownAddress(k.Peer)
		if n := len(one.Samples); n > 0 {
			w.events = render.AddEvents(w.events, one.Name, one.Samples[n-1], s)
		}
		if len(one.Samples) >= w.most {
			one.Samples = append(one.Samples[:0], one.Samples[w.most/2:]...)
		}
		one.Samples = append(one.Samples, s)
	}
	w.taken++
	for _, st := range quiet.Act.Steps {
		if c, ok := st.(sockets.Call); ok {
			w.count(c)
		}
	}
}

func (w *watching) count(c sockets.Call) {
	c.Scaffold, c.Times = true, max(c.Times, 1)
	for i := range w.calls {
		if old := &w.calls[i]; old.Op == c.Op && old.Errno == c.Errno {
			old.Times += c.Times
			old.Took += c.Took
			old.Ret += c.Ret
			return
		}
	}
	w.calls = append(w.calls, c)
}

// give is the last picture as a value, and each sample as a card in its list.
func (w *watching) give() {
	const rows = 22
	v := render.WatchPicture(w.series, w.Width()-2, rows, render.WatchOptions{Lang: w.Lang(), Over: true, Events: w.events}).Value()
	for i := range w.taken {
		for _, s := range w.series {
			if w.live == nil {
				v.List = append(v.List, sampleCard(s.Name, s.Samples[i]))
			}
		}
	}
	w.Result(v)
}

func sampleCard(name string, s render.Sample) sockets.Value {
	number := func(name string, n int64) sockets.Field {
		if n < 0 {
			return sockets.Field{Name: name, Value: none}
		}
		return sockets.Field{Name: name, Value: sockets.IntOf(n)}
	}
	micros := func(name string, d time.Duration) sockets.Field {
		if d < 0 {
			return number(name, render.Missing)
		}
		return number(name, d.Microseconds())
	}
	recvq, rcvmem := s.RecvQ, int64(render.Missing)
	if s.Memory {
		recvq, rcvmem = rcvmem, recvq
	}
	left := number("timer_left", render.Missing)
	if s.Left > 0 {
		left = micros("timer_left", s.Left)
	}
	return sockets.CardOf(micros("at", s.At), sockets.Field{Name: "socket", Value: sockets.TextOf(name)}, sockets.Field{Name: "state", Value: sockets.TextOf(s.State)},
		number("recvq", recvq), number("rcvmem", rcvmem), number("sendq", s.SendQ), number("cwnd", s.Cwnd), number("ssthresh", s.Ssthresh),
		micros("rtt", s.RTT), micros("rttvar", s.RTTVar), number("total_retrans", s.Retransmits), number("unacked", s.InFlight), left)
}

// sampleOf is one look at a socket: at the kernel's own record of it, which costs one question; where the system keeps that to
// itself, at what the descriptor tells.
func sampleOf(e *repl.Env, k *sockets.Socket) render.Sample {
	s := render.Sample{RecvQ: render.Missing, RecvMax: render.Missing, SendQ: render.Missing, SendMax: render.Missing, Cwnd: render.Missing,
		Ssthresh: render.Missing, RTT: render.Missing, RTTVar: render.Missing, Retransmits: render.Missing, InFlight: render.Missing}
	n, err := e.Known(k)
	switch {
	case err == nil && n.TCP != nil:
		ofTCP(&s, n.TCP)
	case err == nil && n.UDP != nil:
		s.State, s.RecvQ, s.SendQ, s.Memory = n.UDP.State, int64(n.UDP.RecvQ), int64(n.UDP.SendQ), true
	case err == nil && n.Unix != nil:
		s.State, s.RecvQ, s.SendQ = n.Unix.State, int64(n.Unix.RecvQ), int64(n.Unix.SendQ)
		if s.State == "LISTEN" {
			s.RecvMax, s.SendQ = s.SendQ, render.Missing
		}
	case k.FD < 0:
		s.State = "CLOSE"
		return s
	default:
		ofDescriptor(e, &s, k)
		return s
	}
	if s.State == "UNCONN" { // as sockets calls it
		s.State = strings.TrimPrefix(stateWord(k), "-")
	}
	if m := n.Mem(); m != nil && s.State != "LISTEN" {
		s.SendMax = int64(m.SendBuf)
		if n.Unix == nil { // there the sender's buffer is the only one
			s.RecvMax = int64(m.RecvBuf)
		}
	}
	return s
}

func ofTCP(s *render.Sample, t *sockets.KernelTCP) {
	if t.Timer.Kind == sockets.TimeWait {
		s.Left = t.Timer.Left
	}
	switch s.State = t.State; s.State {
	case "LISTEN":
		s.RecvQ, s.RecvMax = int64(t.RecvQ), int64(t.SendQ)
		return
	case "TIME_WAIT":
		return
	}
	s.RecvQ, s.SendQ = int64(t.Unread()), int64(t.SendQ)
	if i := t.Info; i != nil {
		s.Cwnd, s.Ssthresh, s.RTT, s.RTTVar = int64(i.SndCwnd), int64(i.SndSsthresh), i.RTT, i.RTTVar
		s.Retransmits, s.InFlight = int64(i.TotalRetrans), int64(i.Unacked)
	}
}

func ofDescriptor(e *repl.Env, s *render.Sample, k *sockets.Socket) {
	c := sys.For(e.Ctx, e.Act).Scaffold()
	s.State = k.State
	if k.KindName() == "tcp" {
		if state, err := c.State(k.FD); err == nil {
			s.State = state
		}
	}
	if k.Backlog >= 0 {
		s.RecvMax = int64(k.Backlog)
		if n, _, err := c.AcceptQueue(k.FD); err == nil {
			s.RecvQ = int64(n)
		}
		return
	}
	if n, err := c.QueueIn(k.FD); err == nil {
		s.RecvQ = int64(n)
	}
	if n, err := c.QueueOut(k.FD); err == nil {
		s.SendQ = int64(n)
	}
	l := lookAt(e, c, k)
	if v, err := l.member("tcpi_snd_cwnd"); err == nil && k.KindName() == "tcp" && v.Type == sockets.IntValue {
		s.Cwnd, s.Ssthresh = v.Int, l.number("tcpi_snd_ssthresh")
		s.RTT, s.RTTVar = time.Duration(l.number("tcpi_rtt"))*time.Microsecond, time.Duration(l.number("tcpi_rttvar"))*time.Microsecond
		s.Retransmits, s.InFlight = l.number("tcpi_total_retrans"), l.number("tcpi_unacked")
	}
}

func shownAddress(a sockets.Address) string {
	if s := orDash(a); s != "-" {
		return s
	}
	return ""
}
