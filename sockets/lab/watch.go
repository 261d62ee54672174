package lab

import (
	"sync"
	"sync/atomic"
)

// unshown is how many bytes of frames may wait for a slow watcher.
const unshown = 64 << 20

// A watch shows frames to watchers, in the order in which their fate was settled, on a goroutine of its own: a watcher
// may take its time, and may turn a knob of the cable.
type watch struct {
	on atomic.Bool // somebody watches

	mu       sync.Mutex
	more     sync.Cond // frames are waiting, or the end has come
	idle     sync.Cond // all that waited have been shown
	list     []Frame
	size     int
	told     uint64 // frames that were put into the list
	shown    uint64 // of them
	closed   bool
	missed   uint64
	watchers []*watcher
}

type watcher struct{ see func(Frame) }

func newWatch() *watch {
	w := &watch{}
	w.more.L, w.idle.L = &w.mu, &w.mu
	go w.run()
	return w
}

// watched reports whether somebody watches.
func (w *watch) watched() bool { return w != nil && w.on.Load() }

// tell shows a frame of so many bytes, which is made only where somebody watches.
func (w *watch) tell(frame func() Frame, size int) {
	if !w.watched() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.size+size > unshown {
		w.missed++
		return
	}
	f := frame()
	f.Missed, w.missed = w.missed, 0
	w.list = append(w.list, f)
	w.size += size
	w.told++
	if len(w.list) == 1 {
		w.more.Signal()
	}
}

// add lets see be shown every frame from now on, until the function that it returns is called.
func (w *watch) add(see func(Frame)) (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	one := &watcher{see}
	w.watchers = append(w.watchers[:len(w.watchers):len(w.watchers)], one)
	w.on.Store(true)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		var rest []*watcher
		for _, other := range w.watchers {
			if other != one {
				rest = append(rest, other)
			}
		}
		w.watchers = rest
		w.on.Store(len(rest) > 0)
	}
}

func (w *watch) run() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for len(w.list) == 0 && !w.closed {
			w.more.Wait()
		}
		if len(w.list) == 0 {
			return
		}
		list, to := w.list, w.watchers
		w.list, w.size = nil, 0
		w.mu.Unlock()
		for _, f := range list {
			for _, one := range to {
				one.see(f)
			}
		}
		w.mu.Lock()
		w.shown += uint64(len(list))
		w.idle.Broadcast()
	}
}

// settle waits until everything that was told so far has been seen. A watcher must not call it.
func (w *watch) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for upTo := w.told; w.shown < upTo; {
		w.idle.Wait()
	}
}

func (w *watch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.more.Signal()
}
