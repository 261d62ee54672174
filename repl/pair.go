package repl

import (
	"context"
	"os"
	"slices"
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// How two terminals have the two ends of a lesson:
//
//	lesson tcp-echo ─▶ a door in the user's runtime folder ◀─ lesson join, in another terminal; until then the program plays that end
//
//	each tells the other:  begin   the lesson begins at a step: variables, which both share
//	                       act     what a line of its own did
//	                       look    its sockets, as the kernel has them now: the partner's judge may ask for them
//	                       passed  its step has come true; both are at the next one
//
// A terminal judges the steps of its own role alone. It is told what the other did, and nothing that it is told is ever run: to
// come to a step, each plays its own solutions, from its own copy of the lesson.

// Meeting is how the two terminals of a lesson find each other.
type Meeting struct {
	// Folders are where they may meet, the best first.
	Folders []string
	// Private makes a folder, or makes sure that nobody but this user may enter it.
	Private func(dir string) error
	// Program starts this program once more, to play the partner that meets at the door; it ends with the link, and ended is called.
	Program func(door string, ended func()) error
}

// A pair is a session's end of a lesson that has two.
type pair struct {
	lesson  string
	side    int       // which of the lesson's roles is this terminal's: 0 or 1
	door    *sys.Door // nil where there is none
	link    *sys.Link // nil while nobody is there
	who     who       // is there, or was
	met     bool      // somebody other than the program has been there
	asked   bool      // the program was asked to come
	calls   int       // how often
	gen     int       // which beginning of the lesson both are in; later ones are higher
	seen    *look     // the partner's, as last told
	told    []byte    // the look that was last told
	slow    bool      // somebody watches what this end plays
	target  int       // the step that both are on their way to
	coming  bool      // solutions are played to come there, and no line is run meanwhile
	inbox   []message // what was heard meanwhile
	lost    bool      // the partner has gone meanwhile
	stopped bool      // the partner cannot come there
	begins  *message  // the partner has begun anew meanwhile
	news    chan struct{}
	story   []Moment
	since   time.Time
	setUps  [][2]time.Time // when solutions were played, at both ends
}

// A who is the partner.
type who struct {
	PID     int  `json:"pid"`
	Program bool `json:"program,omitempty"`
	Left    bool `json:"-"` // of its own will
}

// heard wakes those who wait for news.
func (p *pair) heard() {
	close(p.news)
	p.news = make(chan struct{})
}

// nextGen is higher than any before, and never one of the partner's: of two that begin at once, the higher one holds at both ends.
func (p *pair) nextGen() int {
	gen := p.gen/2*2 + 2
	if p.door == nil { // one of the two has it
		gen++
	}
	return gen
}

func (p *pair) role(l *lessons.Lesson) string { return l.Roles[p.side] }

// there reports whether somebody has the other end.
func (p *pair) there() bool { return p != nil && p.link != nil }

// due reports whether somebody has it, or is about to.
func (p *pair) due() bool { return p != nil && (p.link != nil || p.asked) }

// paired is the pair that is on, nil for none.
func (s *Session) paired() *pair {
	if s.lesson == nil {
		return nil
	}
	return s.lesson.pair
}

// meet makes ready for a lesson with two ends; role is this terminal's, "" for the one it has, or the first.
func (e *Env) meet(l *lessons.Lesson, role string) error {
	s := e.Session
	g := s.lesson
	if p := g.pair; p != nil {
		if i := slices.Index(l.Roles, role); i >= 0 && i != p.side { // the ends are exchanged: the partner begins anew
			s.part()
		} else {
			p.lesson = l.ID
			return nil
		}
	}
	p := &pair{lesson: l.ID, side: max(slices.Index(l.Roles, role), 0), news: make(chan struct{}), since: time.Now()}
	s.pairUp(p)
	if s.meeting == nil {
		return nil
	}
	return s.openDoor(p)
}

// pairUp makes p the session's end of the lesson.
func (s *Session) pairUp(p *pair) {
	s.lesson.pair = p
	s.thread = nil // lines are run by more than one goroutine from now on
	if s.held && !s.watched {
		s.watched = true // a script looks at its sockets when a line asks; its partner asks at any time
		go s.WatchArrivals(s.life)
	}
}

// openDoor lets a partner come; not to the program, which ends where it is alone.
func (s *Session) openDoor(p *pair) error {
	if s.plays {
		return errNoPartner
	}
	err := error(errNoPartner)
	for _, dir := range s.meeting.Folders {
		if err = s.meeting.Private(dir); err != nil {
			continue
		}
		if p.door, err = sys.OpenDoor(doorPath(dir, os.Getpid())); err == nil {
			go s.doorman(p, p.door)
			return nil
		}
	}
	return err
}

// doorman lets in whoever knocks, until the door is closed.
func (s *Session) doorman(p *pair, d *sys.Door) {
	for {
		l, err := d.Accept()
		if err != nil {
			return
		}
		go s.welcome(p, l)
	}
}

// callPartner has the program play the other end, where nobody is there.
func (s *Session) callPartner() {
	p := s.lesson.pair
	if p.due() || p.door == nil || s.meeting.Program == nil {
		return
	}
	p.asked = true
	p.calls++
	call := p.calls
	missed := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if p.asked && p.calls == call && s.paired() == p {
			p.asked = false
			p.heard()
			s.aside(names.T("The program that was to play the partner does not answer. `lesson alone` starts another one.", "扮演对方的程序没有应答。`lesson alone` 会再启动一个。"))
		}
	}
	if err := s.meeting.Program(p.door.Path(), missed); err != nil {
		p.asked = false
		s.aside(names.T("the program cannot play the partner: "+lessons.Said(err).En, "程序无法扮演对方："+lessons.Said(err).Zh))
		return
	}
	time.AfterFunc(answers, missed)
}

// part ends the pair: the partner is told, and nobody can come any more.
func (s *Session) part() {
	p := s.paired()
	if p == nil {
		return
	}
	s.lesson.pair = nil
	if l := p.link; l != nil {
		s.lesson.told = s.lesson.told || !p.who.Program // the files are the affair of the one who stays
		p.send(message{Kind: "leave"})
		l.Hang()
		s.outside(func() { <-l.Sent() }) // so that the partner knows, even where this program ends now
	}
	if p.door != nil {
		p.door.Close()
	}
	p.heard()
}

// aside tells something of the partner's end.
func (s *Session) aside(said names.Text) {
	if g := s.lesson; g.run != nil {
		ev := g.event()
		ev.Partner, ev.Said = g.run.Partner(), said
		ev.Called, _ = g.run.Lesson.RoleName(ev.Partner)
		s.announce(ev)
	}
}

// settledDown waits until the ends of a lesson are set up: no line of a learner's comes between. It gives up where ctx is over.
func (s *Session) settledDown(ctx context.Context) {
	for p := s.paired(); p != nil && p.coming && ctx.Err() == nil; p = s.paired() {
		news := p.news
		s.outside(func() {
			select {
			case <-news:
			case <-ctx.Done():
			}
		})
	}
}

// attend does something that the partner brought about, beside the learner's lines.
func (s *Session) attend(f func(*Env)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := sockets.NewAct(0, "", s.observers...)
	e := &Env{Session: s, Ctx: s.life, Act: a, Command: s.table.named("lesson"), began: time.Now()}
	e.Sys = sys.For(e.Ctx, a)
	s.tellUntold(a)
	func() {
		defer e.rescue()
		f(e)
	}()
	if a.Value.Type != sockets.NoValue || a.Err != nil {
		a.End()
	} else {
		s.untold = append(s.untold, a.Steps...)
	}
	s.learnEvent()
}

// givenUp is the act of a line that was ended while it waited for both ends to be set up.
func (s *Session) givenUp(text string) *sockets.Act {
	s.seq++
	a := sockets.NewAct(s.seq, text, s.lesson.outside...)
	a.Err = &sockets.Error{Op: "lesson", Kind: "cancelled", Message: names.T("ended before it was begun", "还没有开始就被结束了"),
		Why: names.T("the lesson is setting up both ends, and the partner takes its time", "课程正在准备两端，对方还没有准备好")}
	a.End()
	return a
}
