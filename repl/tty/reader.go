package tty

import (
	"errors"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	prompt "github.com/c-bata/go-prompt"
)

// A reader reads keys. It reads only while somebody waits for one: what is typed while a command runs stays in the
// kernel, where Ctrl-C can throw it away and a child process can find it.
type reader struct {
	in    *os.File
	fail  func() // deferred on our goroutines
	heard func() // called when keys have come

	mu      sync.Mutex
	changed *sync.Cond // keys, gone, or what the engine guards with mu
	cutter  cutter
	keys    []key
	gone    bool // the terminal hung up
	reading bool // a read is under way
	more    chan struct{}
	start   sync.Once
	timer   *time.Timer // flushes the cutter
}

func newReader(in *os.File, fail, heard func()) *reader {
	r := &reader{in: in, fail: fail, heard: heard, more: make(chan struct{}, 1)}
	r.changed = sync.NewCond(&r.mu)
	return r
}

// want asks for a key, if there is none. The caller holds mu.
func (r *reader) want() {
	if len(r.keys) > 0 || r.gone {
		return
	}
	if d := r.cutter.patience(); d > 0 {
		r.flushAfter(d)
	}
	r.ask()
}

// ask starts a read, unless one is under way. The caller holds mu.
func (r *reader) ask() {
	if r.reading || r.gone {
		return
	}
	r.reading = true
	r.start.Do(func() { go r.read() })
	r.more <- struct{}{}
}

// flushAfter gives the bytes that wait for their rest up, unless more come in time.
func (r *reader) flushAfter(d time.Duration) {
	if r.timer != nil {
		r.timer.Stop()
	}
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		defer r.fail()
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.timer != timer {
			return
		}
		r.timer = nil
		r.keys = append(r.keys, r.cutter.flush()...)
		r.changed.Broadcast()
	})
	r.timer = timer
}

// read serves want for ever. A read(2) on a terminal cannot be called off without changing the terminal for other
// programs, too; so the goroutine stays in it until a key comes or the process ends.
func (r *reader) read() {
	defer r.fail()
	b := make([]byte, 4096)
	for range r.more {
		n, err := r.in.Read(b)
		for again := 0; errors.Is(err, syscall.EAGAIN) && again < 100; again++ {
			makeBlocking(r.in)
			n, err = r.in.Read(b)
		}
		r.deliver(b[:max(n, 0)], err)
		r.heard()
	}
}

// flood is how many bytes come at once from a paste that goes on: it is taken whole, and drawn once. A terminal gives 4 KiB at
// a time, and to draw a line that long takes longer the more of it there is.
const flood = 1024

// deliver adds the keys in b. An error, or no bytes at all, is a terminal that has gone.
func (r *reader) deliver(b []byte, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading = false
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	r.keys = append(r.keys, r.cutter.cut(b)...)
	switch {
	case err != nil || len(b) == 0:
		r.gone = true
	case r.cutter.pasting && len(b) >= flood:
		r.flushAfter(r.cutter.patience())
		r.ask()
		return
	case len(r.keys) == 0:
		r.want() // half a key, or nothing of interest
	}
	r.changed.Broadcast()
}

// next takes the first key, if it is one that take accepts.
func (r *reader) next(take func(key) bool) (k key, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keys) == 0 || !take(r.keys[0]) {
		return k, false
	}
	k, r.keys = r.keys[0], r.keys[1:]
	return k, true
}

// ended reports whether the terminal has gone and nothing of it is left to do.
func (r *reader) ended() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gone && len(r.keys) == 0
}

// ahead reads what has come already, and waits for no more.
func (r *reader) ahead() {
	if unread(r.in) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ask()
}

// holds reports whether a key waits.
func (r *reader) holds(k key) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.keys, k)
}

// count is how many keys wait.
func (r *reader) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.keys)
}

// wake lets those look again that wait for a key.
func (r *reader) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changed.Broadcast()
}

// drop forgets what was typed ahead, as the kernel does at Ctrl-C.
func (r *reader) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys, r.cutter = nil, cutter{}
}

// press acts as if a key had been pressed.
func (r *reader) press(k prompt.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append(r.keys, named(k))
	r.changed.Broadcast()
}
