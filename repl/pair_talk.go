package repl

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// What a terminal hears from its partner, and what it does about it.

// mostHeard is how many messages wait at most while both ends are set up.
const mostHeard = 4096

// listen hears what the partner says, until one of the two has gone.
func (s *Session) listen(p *pair, l *sys.Link) {
	defer l.Close()
	for {
		m, err := receive(l)
		s.mu.Lock()
		if p.link != l || s.paired() != p { // another one is there by now
			s.mu.Unlock()
			return
		}
		if err != nil {
			s.parted(p)
			s.mu.Unlock()
			return
		}
		if p.coming && !(m.Kind == "look" && m.Gen == p.gen) { // what the partner's sockets are now, the judge may ask at once
			if p.inbox = append(p.inbox, m); len(p.inbox) > mostHeard { // nobody says so much
				l.Hang()
			}
		} else {
			s.hear(p, m)
		}
		p.heard()
		s.mu.Unlock()
	}
}

// hear takes one message.
func (s *Session) hear(p *pair, m message) {
	g := s.lesson
	switch {
	case m.Kind == "begin":
		if m.Gen > p.gen {
			s.begun(p, m)
		}
	case m.Gen != p.gen || g.run == nil || g.run.Lesson.ID != p.lesson:
		// of a beginning that is over
	case m.Kind == "leave":
		p.who.Left = true
	case m.Kind == "pause":
		s.aside(g.run.Say("{partner} has left the lesson for a while, and will come back.", "{partner}暂时离开了课程，还会回来。"))
	case m.Kind == "look":
		p.seen = m.Look
		s.learnEvent()
	case m.Kind == "act":
		s.lately(p)
		s.partnerDid(p, m.Act)
	case m.Kind == "stuck":
		p.stopped = true
		if !p.coming {
			s.aside(g.run.Say("{partner} played this step, but: "+m.Reason.En+". `again` begins it once more.", "{partner}做了这一步，但是："+m.Reason.Zh+"。`again` 重新开始这一步。"))
		}
	case m.Kind == "passed":
		if m.At == g.run.At()+1 && !g.run.Mine() && g.run.Step() != nil {
			s.lately(p)
			s.followPartner(m)
		}
	}
}

// lately tells what the partner's doing has brought here before that is told itself: the lesson's text is to stand last.
func (s *Session) lately(p *pair) {
	if !p.coming && !s.doing {
		s.arrivals()
		s.flush()
	}
}

// followPartner goes on to the next step, as the partner has done its own.
func (s *Session) followPartner(m message) {
	g := s.lesson
	ev := g.event()
	step := g.run.Follow(m.Bound)
	next := ""
	if st := g.run.Step(); st != nil {
		next = st.ID
	} else {
		g.over = true
	}
	if g.pair.coming {
		return
	}
	s.keep(g.progress.Pass(g.run.Lesson.ID, lessons.Passed{Step: step, How: lessons.Partner}, next))
	if g.free {
		return
	}
	ev.Role, ev.Verdict = step.Role, "held"
	if m.How == lessons.Passing {
		ev.Verdict = "cannot-tell"
	}
	ev.After = g.run.Fill(step.After)
	s.announce(ev)
	s.announceStep(false)
	if l := s.lesson; l.on() && l.asked == l.run.Step() {
		early := l.run.Judge(l.world(s)).Outcome == lessons.Held
		s.own()
		if early {
			s.aside(l.done())
		}
	}
	s.learnEvent()
}

// tellPassed tells the partner that the step before the one that is on has ended.
func (s *Session) tellPassed(how lessons.How) {
	if p := s.paired(); p != nil {
		s.tellLook()
		p.send(message{Kind: "passed", At: s.lesson.run.At(), How: how, Bound: s.lesson.run.Bound()})
	}
}

// tellLook tells the partner of this terminal's sockets, where they are not as they were.
func (s *Session) tellLook() {
	p := s.paired()
	if !p.there() || s.lesson.run == nil {
		return
	}
	w := s.lesson.world(s)
	var k look
	k.Sockets, _ = w.Sockets("")
	for _, x := range k.Sockets {
		for _, name := range s.lesson.run.Lesson.Options() {
			if v, err := w.Option(x, name); err == nil && !x.Closed {
				if k.Options == nil {
					k.Options = map[string]map[string]sockets.Value{}
				}
				if k.Options[x.ID] == nil {
					k.Options[x.ID] = map[string]sockets.Value{}
				}
				k.Options[x.ID][name] = v
			}
		}
	}
	k.Kept, _ = w.Kept("")
	if err := w.Packets(""); err != nil {
		k.Packets = lessons.Said(err)
	}
	s.own()
	b, err := json.Marshal(k)
	if err != nil || bytes.Equal(b, p.told) {
		return
	}
	p.told = b
	p.send(message{Kind: "look", Look: &k})
}

// parted is due when the link has ended.
func (s *Session) parted(p *pair) {
	p.link, p.seen, p.told, p.asked = nil, nil, nil, false
	p.heard()
	if p.coming { // it is told afterwards
		p.lost = true
		return
	}
	s.tellParted(p)
}

// tellParted says that the partner is no longer there, and lets another one come.
func (s *Session) tellParted(p *pair) {
	g := s.lesson
	p.lost = false
	if g.run == nil || p.door == nil && s.openDoor(p) != nil {
		return
	}
	g.told = false // the lesson's files are this one's now
	en, zh := "{partner} is gone.", "{partner}不在了。"
	switch {
	case p.who.Program:
		en, zh = "{partner}, which the program played, is gone.", "由程序扮演的{partner}不在了。"
	case p.who.Left:
		en, zh = "{partner} has left.", "{partner}离开了。"
	}
	p.tell(Moment{Role: g.run.Partner(), Kind: "left"})
	if !g.over {
		en += " `lesson join` in another terminal comes back to this step; `lesson alone` lets the program play that end."
		zh += "在另一个终端输入 `lesson join` 可以回到这一步；`lesson alone` 让程序来扮演那一端。"
	}
	s.aside(g.run.Say(en, zh))
}

// answers is how long a terminal is given to answer.
const answers = 3 * time.Second

// welcome lets in who knocked: a partner, in the place of the program where that one is there.
func (s *Session) welcome(p *pair, l *sys.Link) {
	late := time.AfterFunc(answers, l.Hang)
	m, err := receive(l)
	if !late.Stop() || err != nil {
		l.Close()
		return
	}
	s.mu.Lock()
	why := s.unwelcome(p, m)
	answer := message{Kind: "refuse", Reason: why}
	if m.Kind == "ask" {
		answer = message{Kind: "tell", Lesson: p.lesson, Free: p.link == nil || p.who.Program}
	}
	if !why.IsZero() {
		s.mu.Unlock()
		if b, err := json.Marshal(answer); err == nil {
			l.Send(b)
		}
		l.Close()
		return
	}
	played := p.link != nil
	if played { // the program makes room
		p.link.Hang()
	}
	g := s.lesson
	first := !p.met && !m.Who.Program
	p.met = p.met || first
	p.link, p.who, p.seen, p.told, p.asked = l, m.Who, nil, nil, false
	go s.listen(p, l)
	p.tell(Moment{Role: g.run.Partner(), Kind: "came", Program: m.Who.Program})
	own := g.run.Mine() || !played // whoever has had the other end has had nothing to do yet
	for _, st := range g.run.Lesson.Steps[:g.run.At()] {
		own = own && st.Role == g.run.Role
	}
	pid := strconv.Itoa(m.Who.PID)
	switch {
	case p.coming || own:
		s.tellBegin(p, max(p.target, g.run.At()))
		s.tellLook()
		if !m.Who.Program {
			s.aside(g.run.Say("{partner} has come: the terminal of process "+pid+".", "{partner}来了：进程 "+pid+" 的终端。"))
		}
		s.mu.Unlock()
	default:
		at := g.run.At()
		if first && !s.didAny() {
			at = 0
		}
		p.coming = true
		s.mu.Unlock()
		s.attend(func(e *Env) {
			said := g.run.Say("{partner} has come: the terminal of process "+pid+". Both ends were set up afresh.", "{partner}来了：进程 "+pid+" 的终端。两端都重新准备好了。")
			if m.Who.Program {
				said = g.run.Say("The program plays {partner} now. Both ends were set up afresh.", "现在由程序扮演{partner}。两端都重新准备好了。")
			}
			e.beginAgain(at, said)
		})
	}
}

// didAny reports whether the learner has done a step of the lesson.
func (s *Session) didAny() bool {
	g := s.lesson
	for _, st := range g.run.Lesson.Steps[:g.run.At()] {
		if st.Role == g.run.Role {
			return true
		}
	}
	return false
}

// unwelcome says why a partner cannot come in, zero where it can.
func (s *Session) unwelcome(p *pair, m message) names.Text {
	g := s.lesson
	switch {
	case s.paired() != p || g.run == nil || m.Kind != "hello" || g.run.Lesson.ID != p.lesson:
		return names.T("no lesson waits for a partner there", "那里没有课在等对方")
	case m.Protocol != protocol:
		return names.T("the two terminals run different versions of sockstep", "两个终端运行的 sockstep 版本不同")
	case m.Lesson != "" && m.Lesson != p.lesson:
		return names.T("the lesson there is "+p.lesson+", not "+m.Lesson, "那里上的是 "+p.lesson+"，不是 "+m.Lesson)
	case m.Network != network():
		return names.T("the two terminals are in different networks: where the lesson is in a lab, join that first, by sockstep lab join",
			"两个终端不在同一个网络里：如果课在实验室里，先用 sockstep lab join 加入")
	case p.link != nil && (!p.who.Program || m.Who.Program):
		return names.T("both ends are taken already", "两端都已经有人了")
	}
	return names.Text{}
}

// tellBegin tells the partner where the lesson is.
func (s *Session) tellBegin(p *pair, at int) {
	r := s.lesson.run
	p.send(message{Kind: "begin", Lesson: p.lesson, Text: mark(r.Lesson), Side: 1 - p.side, Vars: r.Vars, At: at, Passed: r.At(), Bound: r.Bound(), Who: who{PID: os.Getpid()}, Slow: s.live != nil})
}

// partnerDid tells what a line of the partner's did.
func (s *Session) partnerDid(p *pair, m *Moment) {
	if m == nil {
		return
	}
	m.Role = s.lesson.run.Partner()
	if m.Kind != "waits" {
		m.Kind = "act"
	}
	m.shorten()
	p.tell(*m)
	if p.coming || s.lesson.free {
		return
	}
	ev := s.lesson.event()
	ev.Partner, ev.Line, ev.Result, ev.Waits = m.Role, strings.TrimSpace(m.Line), m.Result, m.Kind == "waits"
	ev.Called, _ = s.lesson.run.Lesson.RoleName(m.Role)
	s.announce(ev)
}
