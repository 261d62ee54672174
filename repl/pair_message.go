package repl

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// What two terminals say to each other, a message a line, in JSON.

// protocol is raised when messages change: both terminals must be of one kind.
const protocol = 1

// A message is one of: ask, tell, hello, refuse, begin, passed, stuck, act, look, leave, pause.
type message struct {
	Kind string `json:"kind"`
	Gen  int    `json:"gen,omitempty"`

	// tell, to who asks: the lesson that is on, and whether its other end is free.
	Free bool `json:"free,omitempty"`

	// hello: who knocks, and for which lesson ("" for any).
	Protocol int    `json:"protocol,omitempty"`
	Who      who    `json:"who,omitzero"`
	Network  string `json:"network,omitempty"` // which the sender is in; two terminals of one lesson share it
	Lesson   string `json:"lesson,omitempty"`

	// begin: Side is the receiver's. The first Passed steps are done already.
	Side   int               `json:"side,omitempty"`
	Text   string            `json:"text,omitempty"` // the mark of the lesson's file
	Vars   map[string]string `json:"vars,omitempty"`
	At     int               `json:"at,omitempty"`
	Passed int               `json:"passed,omitempty"`
	Slow   bool              `json:"slow,omitempty"` // a person watches what the program plays

	Bound  map[string]string `json:"bound,omitempty"` // passed, begin
	How    lessons.How       `json:"how,omitempty"`   // passed
	Reason names.Text        `json:"reason,omitzero"` // refuse, stuck
	Act    *Moment           `json:"act,omitempty"`
	Look   *look             `json:"look,omitempty"`
}

// A look is a learner's sockets as the kernel has them, and what else the partner's judge may ask.
type look struct {
	Sockets []lessons.Socket                    `json:"sockets"`
	Options map[string]map[string]sockets.Value `json:"options,omitempty"` // by the socket's ID
	Kept    []sockets.Value                     `json:"kept,omitempty"`
	Packets names.Text                          `json:"packets,omitzero"` // why none are seen
}

func (p *pair) send(m message) {
	if p.link == nil {
		return
	}
	m.Gen = p.gen
	if b, err := json.Marshal(m); err == nil {
		p.link.Send(b)
	}
}

// receive waits for a message. What is none ends the link.
func receive(l *sys.Link) (m message, err error) {
	b, err := l.Receive()
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	return m, err
}

// network names the network that this process is in.
func network() string {
	name, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return ""
	}
	return name
}

// mark is what a lesson's file says, in short: two terminals must have the same.
func mark(l *lessons.Lesson) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %v", l.ID, l.Roles)
	for _, s := range l.Steps {
		fmt.Fprintf(h, "%s %s %q", s.ID, s.Role, s.Solutions)
	}
	return strconv.FormatUint(h.Sum64(), 16)
}

func doorPath(dir string, pid int) string {
	return filepath.Join(dir, "lesson-"+strconv.Itoa(pid)+".sock")
}

// Abandon is for a program that ends at once. It takes away the names that a lesson has in the file system, its door and the files
// of its variables, and ends the jobs as Ctrl-C ends a line: what they wrote to a file gets its name, and a script tells of them.
func (s *Session) Abandon() {
	if s.meeting != nil {
		for _, dir := range s.meeting.Folders {
			_ = os.Remove(doorPath(dir, os.Getpid()))
		}
	}
	end := time.Now().Add(lastMoment)
	for ; !s.mu.TryLock(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) { // a line of the session's has it, who knows for how long
			return
		}
	}
	defer s.mu.Unlock()
	if p := s.paired(); s.lesson != nil && (p == nil || !p.there() || p.who.Program) {
		s.lesson.leave()
	}
	scripted := s.held
	s.held = true // at a prompt nobody is told any more
	s.endJobs(end)
	if !scripted {
		return
	}
	told := make(chan struct{})
	go func() { // perhaps nobody reads
		s.flush()
		close(told)
	}()
	select {
	case <-told:
	case <-time.After(lastMoment):
	}
}

// lastMoment is how long a program that ends at once waits for its session.
const lastMoment = 50 * time.Millisecond

// doors are those in the folders, the newest first, but for this program's own.
func (m *Meeting) doors() []string {
	since := map[string]time.Time{}
	for _, dir := range m.Folders {
		if _, err := os.Lstat(dir); err != nil || m.Private(dir) != nil {
			continue
		}
		entries, _ := os.ReadDir(dir)
		for _, x := range entries {
			own, _ := filepath.Match("lesson-*.sock", x.Name())
			path := filepath.Join(dir, x.Name())
			if info, err := x.Info(); err == nil && own && path != doorPath(dir, os.Getpid()) {
				since[path] = info.ModTime()
			}
		}
	}
	return slices.SortedFunc(maps.Keys(since), func(a, b string) int { return since[b].Compare(since[a]) })
}
