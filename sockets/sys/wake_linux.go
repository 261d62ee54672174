package sys

import (
	"context"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wakeSignal ends a blocking call. The runtime's handler for it does nothing; nothing else uses it.
const wakeSignal = unix.Signal(40)

// wakeEvery is how often the signal is sent: one that comes just before the call begins is lost.
const wakeEvery = 2 * time.Millisecond

// A waker ends the calls of one thread when a context is over. A nil waker ends none.
//
// The thread and whether it is in a call are written, and the signal is sent, under one mutex:
// a signal goes to this thread, and within this call, or not at all. Once it is sent no call begins.
type waker struct {
	mu   sync.Mutex
	tid  int  // of the thread while it is in a call, else 0
	sent bool // a signal was sent in this call
	gone bool // the context is over

	ctx  context.Context
	stop func() bool
	run  func()
	pid  int
	kept bool // by a Thread, for its next call
}

var wakers = sync.Pool{New: func() any {
	w := &waker{pid: os.Getpid()}
	w.run = w.wake
	return w
}}

// waker returns what ends op when the context is over, nil where that cannot be.
func (c Caller) waker(op string, _ waiting) (*waker, error) {
	if c.ctx == nil || c.ctx.Done() == nil {
		return nil, nil
	}
	if c.ctx.Err() != nil {
		return nil, &InterruptedError{Op: op, Cause: context.Cause(c.ctx)}
	}
	if c.on != nil {
		return c.on.waker(c.ctx), nil
	}
	return wakerFor(c.ctx), nil
}

func wakerFor(ctx context.Context) *waker {
	clearRestart()
	w := wakers.Get().(*waker)
	w.ctx = ctx
	w.stop = context.AfterFunc(ctx, w.run)
	return w
}

// call makes the system call on the thread it is on, which cannot change meanwhile; where the context is over it is not made.
// whole: a signal would make it return with less than was asked for, so that none but the wake signal may come to this
// thread. Signals for the process (Ctrl-C itself, a resized window) go to another one.
func (w *waker) call(on *Thread, do doer, whole bool) (r uintptr, errno unix.Errno, took time.Duration, made bool) {
	if w == nil {
		start := clock()
		r, errno = do()
		return r, errno, clock() - start, true
	}
	var tid int
	if on != nil {
		tid, whole = on.tid, false // its signals wait already
	} else {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		tid = gettid()
	}
	w.mu.Lock()
	if w.gone {
		w.mu.Unlock()
		return 0, 0, 0, false
	}
	w.tid, w.sent = tid, false
	w.mu.Unlock()

	var before sigset
	if whole {
		before = setMask(allButWake)
	}
	start := clock()
	r, errno = do()
	took = clock() - start
	if whole {
		setMask(before)
	}

	w.mu.Lock()
	w.tid = 0
	sent := w.sent
	w.mu.Unlock()
	if sent {
		// The last signal may still be on its way to this thread. It is here when any
		// system call returns, so that it cannot end the next one.
		gettid()
	}
	return r, errno, took, true
}

// wake sends the signal until the call is over. It runs when the context is over.
func (w *waker) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	for w.tid != 0 {
		w.sent = true
		_ = unix.Tgkill(w.pid, w.tid, wakeSignal)
		w.mu.Unlock()
		time.Sleep(wakeEvery)
		w.mu.Lock()
	}
}

// ended reports whether the last call was sent a signal. Only its own thread asks.
func (w *waker) ended() bool { return w != nil && w.sent }

// over reports whether the context is over.
func (w *waker) over() bool { return w != nil && w.ctx.Err() != nil }

// end is called when there are no more calls to make.
func (w *waker) end() {
	if w == nil || w.kept {
		return
	}
	if w.stop() { // else wake is running, or about to: this waker is not used again
		w.ctx, w.stop = nil, nil
		wakers.Put(w)
	}
}

// A Thread is an operating system's thread that makes calls for one goroutine and does nothing else.
type Thread struct {
	tid  int
	wake *waker // of the last call that could be ended
}

// waker is what ends the thread's calls when ctx is over. Most calls are made under the context of the one before, and
// to be told of a context's end costs more than many a call.
func (t *Thread) waker(ctx context.Context) *waker {
	if t.wake != nil {
		if t.wake.ctx.Done() == ctx.Done() {
			return t.wake
		}
		t.wake.kept = false
		t.wake.end()
	}
	t.wake = wakerFor(ctx)
	t.wake.kept = true
	return t.wake
}

// Dedicate gives the calling goroutine its thread for good. Signals for the process go to other threads from then on,
// which spares each call the trouble to see to it.
func Dedicate() *Thread {
	runtime.LockOSThread()
	setMask(allButWake)
	return &Thread{tid: gettid()}
}

// A sigset is the kernel's set of signals: bit n-1 is signal n.
type sigset uint64

// allButWake are the signals that another thread can take. What a thread brings upon itself stays with it.
const allButWake = ^sigset(1<<(wakeSignal-1) | 1<<(unix.SIGSEGV-1) | 1<<(unix.SIGBUS-1) | 1<<(unix.SIGFPE-1) | 1<<(unix.SIGILL-1) | 1<<(unix.SIGTRAP-1) | 1<<(unix.SIGPIPE-1))

// setMask sets the signals that wait while this thread is in a call, and gives those that waited before.
func setMask(set sigset) (before sigset) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&set)), uintptr(unsafe.Pointer(&before)), unsafe.Sizeof(set), 0, 0)
	return before
}

func gettid() int {
	r, _ := unix.RawSyscallNoError(unix.SYS_GETTID, 0, 0, 0)
	return int(r)
}

// clearRestart takes SA_RESTART from the wake signal's action, once: the runtime installs every handler with it.
var clearRestart = sync.OnceFunc(func() {
	const saRestart = 0x10000000
	var action struct { // of the kernel, not of libc
		handler  uintptr
		flags    uint64
		restorer uintptr
		mask     uint64
	}
	if _, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(wakeSignal), 0, uintptr(unsafe.Pointer(&action)), unsafe.Sizeof(action.mask), 0, 0); errno != 0 {
		panic("rt_sigaction: " + errno.Error())
	}
	action.flags &^= saRestart
	if _, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(wakeSignal), uintptr(unsafe.Pointer(&action)), 0, unsafe.Sizeof(action.mask), 0, 0); errno != 0 {
		panic("rt_sigaction: " + errno.Error())
	}
})

// pollFirst says that each call has to be waited for by a poll(2) of its own.
const pollFirst = false
