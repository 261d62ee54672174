package repl

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// A Session is one student's sockets, values and jobs, and the acts made on them.
// Commands run one at a time under its lock, which is let go while a call blocks; jobs take turns with them.
type Session struct {
	table     Table
	observers []sockets.Observer
	watcher   *sys.Watcher
	lang      atomic.Int32                // a names.Lang; observers ask for it in the midst of an act
	show      atomic.Pointer[render.Show] // likewise

	mu       sync.Mutex
	seq      int
	sockets  map[string]*sockets.Socket // by name, closed ones too: their FD is -1
	recent   []*sockets.Socket          // open ones, the current one last
	byFD     map[sockets.FD]*sockets.Socket
	values   map[string]sockets.Value
	vars     lookup // what $name stands for
	last     sockets.Value
	odd      *sockets.Act // the last act that failed or had a note, for why
	lines    pages        // of this session, for history
	jobs     []*Job
	spare    *Env                    // of a line that is over
	doing    bool                    // a line that is no job runs
	stirs    map[sockets.FD]sys.Stir // what the watcher told of sockets that a line uses
	looked   []sys.Stir              // by the last look at the watcher
	settled  time.Time               // when the last line began that looked at its end
	waiting  []*Env                  // in a call that may block, without the lock
	left     sync.Cond               // told when one of them has left its call
	untold   []sockets.Step          // calls made between two acts, which the next one tells
	pending  []*sockets.Act          // what belongs to no act, until it may be shown
	held     bool                    // pending waits for the next act
	quit     bool
	keywords bool // a name was given that Python cannot have
	status   int
	said     map[string]bool // notes that are said once a session
	depth    int             // of run FILE within run FILE

	trace      trace
	deeds      []Deed // at AF_UNIX sockets
	openKernel func(tell func(sockets.Call)) (Kernel, error)
	kernels    map[string]Kernel // by host
	blind      error             // why there are none
	after      []afterlife
	followed   time.Time     // when they were last looked at
	closings   chan struct{} // one was closed
	firstCalls sync.Map      // of acts that are not over, in a lesson: when their first call was made
	began      time.Time
	openWire   func() (Wire, error)
	width      func() int
	live       func() (Live, error)
	keepLang   func(names.Lang) error
	thread     *sys.Thread
	lab        Lab       // nil outside of one
	remarks    []string  // of a script, that its block of comments is not over yet
	lesson     *learning // nil where none was asked for

	openLessons OpenLessons
	meeting     *Meeting
	plays       bool            // the partner of a lesson, as a program
	watched     bool            // by a goroutine of its own, in a script
	life        context.Context // of the session
	end         context.CancelFunc
}

// Config is what a Session is made of.
type Config struct {
	Table     Table
	Lang      names.Lang
	Observers []sockets.Observer
	// Hold keeps what belongs to no act (an arrival, a job's end) until the next act begins, as a script needs it;
	// without it the observers are told at once, from any goroutine.
	Hold bool
	// Width is how many columns there are to draw in; nil for 80.
	Width func() int
	// Live begins a picture that changes; nil where there is no place for one.
	Live func() (Live, error)
	// OpenWire opens what shows packets, when the student asks for them; may be nil.
	OpenWire func() (Wire, error)
	// OpenKernel opens the way to what the kernel knows of every socket; may be nil.
	OpenKernel func(tell func(sockets.Call)) (Kernel, error)
	// Lab is the network of the student's own that this process is in; nil outside of one. Its packets are seen from the start.
	Lab Lab
	// Thread is that of the goroutine that will call Do, where sys.Dedicate gave it one; may be nil.
	Thread *sys.Thread
	// OpenLessons opens the course and the progress, when they are first asked for; nil for sockstep's own course, and a
	// progress that ends with the session.
	OpenLessons OpenLessons
	// Meeting is how the two terminals of a lesson find each other; nil where they cannot.
	Meeting *Meeting
	// KeepLang keeps the language for later sessions; may be nil.
	KeepLang func(names.Lang) error
}

// NewSession opens a session without sockets.
func NewSession(c Config) *Session {
	s := &Session{
		table: c.Table, observers: c.Observers, held: c.Hold, keepLang: c.KeepLang, thread: c.Thread, openWire: c.OpenWire, openKernel: c.OpenKernel, began: time.Now(), width: c.Width, live: c.Live, lab: c.Lab, openLessons: c.OpenLessons, meeting: c.Meeting,
		sockets: map[string]*sockets.Socket{}, values: map[string]sockets.Value{}, byFD: map[sockets.FD]*sockets.Socket{}, said: map[string]bool{}, stirs: map[sockets.FD]sys.Stir{}, closings: make(chan struct{}, 1),
	}
	s.left.L = &s.mu
	s.life, s.end = context.WithCancel(context.Background())
	s.vars = s.lookup
	s.lang.Store(int32(c.Lang))
	all := render.ShowAll()
	s.show.Store(&all)
	s.watcher, _ = sys.NewWatcher() // where the system has none, arrivals are seen at the next act
	if s.lab != nil && s.openWire != nil {
		_ = s.wireOn() // else wire on says why not
	}
	return s
}

// Lang is the language of the session's texts.
func (s *Session) Lang() names.Lang { return names.Lang(s.lang.Load()) }

// Show is what is shown of each act.
func (s *Session) Show() render.Show { return *s.show.Load() }

// SetShow changes what is shown.
func (s *Session) SetShow(show render.Show) { s.show.Store(&show) }

// Quit reports whether exit was given, and with which status.
func (s *Session) Quit() (bool, int) { s.mu.Lock(); defer s.mu.Unlock(); return s.quit, s.status }

// Do runs one line as one act and shows it to the observers. An empty line is no act: nil comes back.
// ctx ends whatever blocks: Ctrl-C.
func (s *Session) Do(ctx context.Context, text string) *sockets.Act {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settledDown(ctx)
	if p := s.paired(); p != nil && p.coming { // the line is ended before it began
		return s.givenUp(text)
	}
	s.doing = true
	defer func() { s.doing = false }()
	return s.do(ctx, text)
}

func (s *Session) do(ctx context.Context, text string) *sockets.Act {
	e := s.fresh()
	line, perr := parseLine(text, s.vars, e.room)
	if perr == nil && line.Command.Text == "" && !line.Command.Quoted {
		s.reuse(e)
		return nil
	}
	e.began = s.before()
	s.flush()
	s.seq++
	act := sockets.NewAct(s.seq, text, s.observers...)
	s.tellUntold(act)
	if s.lesson == nil || !s.lesson.quiet {
		s.lines.add(text)
	}
	var begun bool
	if perr != nil {
		act.Err = s.table.misread(line, perr, s.names)
	} else {
		begun = s.run(ctx, e, act, line)
	}
	if !line.Job {
		s.reuse(e)
	}
	switch {
	case !begun && line.MustFail && line.Errno == "":
		notJudged(act, line)
	case !line.Job || act.Err != nil: // a job is judged by its end
		judge(act, line)
	}
	s.remember(act)
	act.End()
	s.tellLook()
	if !s.held {
		s.flush() // the end of a job that was over as soon as it began
	}
	if s.lesson != nil {
		s.learn(ctx, act)
	}
	return act
}

// remember keeps what later lines ask for: the last value, and the last odd thing.
func (s *Session) remember(act *sockets.Act) {
	if !act.Value.IsNothing() { // a failure may have a value, too: what came before it
		s.last = act.Value
	}
	odd := act.Err != nil
	for _, st := range act.Steps {
		_, isNote := st.(sockets.Note)
		odd = odd || isNote
	}
	if odd {
		s.odd = act
	}
}

// run finds the command and runs it, here or as a job; false where there is no such command or flag.
func (s *Session) run(ctx context.Context, e *Env, act *sockets.Act, line Line) (begun bool) {
	command, found, err := s.table.verb(line, s.names)
	if s.lesson != nil {
		if said := s.answer(line, err == nil); said != nil {
			err = said
		}
	}
	if err == nil {
		err = e.begin(ctx, act, command, found)
	}
	if err != nil {
		act.Err = line.meant(err)
		return false
	}
	line = found
	if line.Job {
		s.start(e)
		return true
	}
	if s.running() != "" || s.paired() != nil { // a job, or a partner who begins anew, may close what this line waits on
		e.Ctx, e.cancel = context.WithCancel(ctx)
		defer e.cancel()
		e.Sys = e.door()
	}
	if s.paired() != nil {
		defer s.tellWaits(e)()
	}
	s.perform(e)
	return true
}

// names reports whether a word is the name of a socket, open or closed.
func (s *Session) names(w Word) bool {
	_, ok := s.sockets[w.Text]
	return ok && !w.Quoted
}

// rescue, deferred, makes a panic the failure of the act.
func (e *Env) rescue() {
	if r := recover(); r != nil {
		e.Act.Err = &sockets.Error{Op: e.Command.Name, Kind: "internal", Err: fmt.Errorf("%v\n%s", r, debug.Stack()),
			Message: names.T(fmt.Sprintf("sockstep itself failed: %v", r), fmt.Sprintf("sockstep 自身出错：%v", r)),
			Fix:     names.T("the sockets are as they were; please report this line", "套接字保持原样；请报告这一行命令")}
	}
}

// perform runs a command to its end. A panic is our own fault: it is told as such, and the session goes on.
func (s *Session) perform(e *Env) {
	defer e.rescue()
	err := e.Command.Run(e)
	for _, stop := range e.stops {
		stop()
	}
	e.pythonTimeout()
	e.Act.Err = e.explain(e.misplaced(err))
	if err == nil || len(e.Act.Steps) > 0 { // a line that was not understood changed nothing
		e.settle()
	}
	if err == nil || len(e.results) > 0 {
		e.keepNames()
	}
	for _, w := range e.line.Names {
		s.keywords = s.keywords || slices.Contains(pythonWords, w.Text)
	}
	if s.keywords {
		e.Act.Python = s.inPython(e.Act.Python)
	}
}

// lookup finds what $name stands for: a kept value, or a socket's name.
func (s *Session) lookup(name string) (sockets.Value, bool) {
	if v, ok := s.values[name]; ok {
		return v, true
	}
	if k, ok := s.sockets[name]; ok {
		return SocketResult(k), true
	}
	return sockets.Value{}, false
}

// Current is the socket that is meant where none is named: the open one used last.
func (s *Session) current() *sockets.Socket {
	if n := len(s.recent); n > 0 {
		return s.recent[n-1]
	}
	return nil
}

// touch makes k the current socket.
func (s *Session) touch(k *sockets.Socket) {
	if k.FD < 0 || len(s.recent) > 0 && s.recent[len(s.recent)-1] == k {
		return
	}
	s.drop(k)
	s.recent = append(s.recent, k)
}

func (s *Session) drop(k *sockets.Socket) {
	if i := slices.Index(s.recent, k); i >= 0 {
		s.recent = slices.Delete(s.recent, i, i+1)
	}
}

// open lists the open sockets by fd.
func (s *Session) open() []*sockets.Socket {
	return slices.SortedFunc(slices.Values(s.recent), func(a, b *sockets.Socket) int { return cmp.Compare(a.FD, b.FD) })
}

// socketNames lists the names of open sockets, the current one first.
func (s *Session) socketNames() []string {
	var out []string
	for _, k := range slices.Backward(s.recent) {
		out = append(out, k.Name)
	}
	return out
}

// valueNames lists the kept values' names.
func (s *Session) valueNames() []string { return slices.Sorted(maps.Keys(s.values)) }

// freeName is s1, s2, … (or c1, … for an accepted socket), the first that names nothing.
func (s *Session) freeName(prefix string) string {
	for i := 1; ; i++ {
		n := fmt.Sprintf("%s%d", prefix, i)
		if _, taken := s.sockets[n]; taken {
			continue
		}
		if _, taken := s.values[n]; !taken {
			return n
		}
	}
}

// Close ends the jobs and closes every socket.
func (s *Session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part()
	s.end()
	s.trace.close()
	defer s.closeKernels()
	defer s.lesson.leave()
	for _, j := range s.jobs {
		j.cancel()
	}
	for _, j := range s.jobs {
		s.outside(func() { <-j.done })
	}
	c := sys.For(context.Background(), sockets.NewAct(0, ""))
	for _, k := range s.open() {
		c.Close(k.FD)
	}
	s.recent = nil
	if s.watcher != nil {
		s.watcher.Close()
	}
}

// outside runs f without the session's lock, so that jobs and notices go on while f blocks.
func (s *Session) outside(f func()) {
	s.mu.Unlock()
	defer s.mu.Lock()
	f()
}

// SocketResult is a socket as a value.
func SocketResult(k *sockets.Socket) sockets.Value {
	return sockets.Value{Type: sockets.SocketValue, Text: k.Name, Fields: []sockets.Field{
		{Name: "fd", Value: sockets.IntOf(int64(k.FD))},
		{Name: "kind", Value: sockets.TextOf(k.KindName())},
	}}
}
