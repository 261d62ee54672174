package sys

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// arrives waits until the watcher tells of something, and takes it.
func arrives(t *testing.T, w *Watcher) []Stir {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	must(t, w.Wait(ctx))
	must(t, w.Wait(ctx)) // it took nothing
	return w.Take(nil)
}

func TestWatcher(t *testing.T) {
	w, err := NewWatcher()
	must(t, err)
	l, addr := listening(t, 4)
	a, b := connected(t)
	must(t, w.Watch(l))
	must(t, w.Watch(b))
	must(t, w.Watch(b))
	if got := w.Take(nil); len(got) != 0 {
		t.Errorf("before anything: %v", got)
	}
	want := func(what string, fds ...sockets.FD) {
		t.Helper()
		var got []sockets.FD
		for _, st := range arrives(t, w) {
			got = append(got, st.FD)
		}
		slices.Sort(got)
		slices.Sort(fds)
		if !slices.Equal(got, fds) {
			t.Errorf("%s: took %v, want %v", what, got, fds)
		}
		if got := w.Take(nil); len(got) != 0 {
			t.Errorf("%s: taken twice: %v", what, got)
		}
	}
	send := func() {
		t.Helper()
		_, err := tb.Send(a, one, 0)
		must(t, err)
	}
	send()
	want("bytes", b)
	send() // the first is still unread
	want("more bytes", b)
	must(t, tb.Connect(open(t, sockets.INET, sockets.Stream), addr))
	want("a client", l)
	send()
	must(t, tb.Connect(open(t, sockets.INET, sockets.Stream), addr))
	ready(t, b, false)
	ready(t, l, false)
	must(t, w.Wait(context.Background()))
	got := w.Take(nil)
	for len(got) < 2 {
		got = append(got, arrives(t, w)...)
	}
	must(t, tb.Shutdown(a, WR))
	if got := arrives(t, w); len(got) != 1 || got[0] != (Stir{FD: b, Ended: true}) {
		t.Errorf("the end of a stream: took %v", got)
	}

	// What had arrived before it was watched.
	x, y := unixPair(t, sockets.Dgram)
	_, err = tb.Send(x, one, 0)
	must(t, err)
	must(t, w.Watch(y))
	want("an old datagram", y)
	must(t, w.Forget(y))
	must(t, w.Forget(y))
	_, err = tb.Send(x, one, 0)
	must(t, err)
	if got := w.Take(nil); len(got) != 0 {
		t.Errorf("forgotten, and told: %v", got)
	}
	if err := w.Watch(-1); Errno(err) != "EBADF" {
		t.Errorf("watch -1: %v, want EBADF", err)
	}

	// Wait ends with its context, again and again, and wakes for what comes while it sleeps.
	for range 100 {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		if err := w.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("wait: %v, want cancelled", err)
		}
	}
	woken := make(chan error)
	for range 100 {
		go func() { woken <- w.Wait(context.Background()) }()
		_, err = tb.Send(b, one, 0)
		must(t, err)
		must(t, w.Watch(a))
		must(t, <-woken)
		w.Take(nil)
		must(t, w.Forget(a))
	}
	go func() { woken <- w.Wait(context.Background()) }()
	go func() { woken <- w.Wait(context.Background()) }()
	must(t, w.Close())
	for range 2 {
		if err := <-woken; !errors.Is(err, os.ErrClosed) {
			t.Errorf("wait after close: %v", err)
		}
	}
	if err := w.Watch(l); err == nil {
		t.Error("a closed watcher watches")
	}
	if got := w.Take(nil); got != nil {
		t.Errorf("a closed watcher tells of %v", got)
	}
}

// TestWatcherIdle holds a sleeping Wait to using no processor at all.
func TestWatcherIdle(t *testing.T) {
	w, err := NewWatcher()
	must(t, err)
	_, b := connected(t)
	must(t, w.Watch(b))
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	cpu := func() time.Duration {
		var u unix.Rusage
		must(t, unix.Getrusage(unix.RUSAGE_SELF, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := cpu()
	if err := w.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("wait: %v", err)
	}
	if used := cpu() - before; used > 20*time.Millisecond {
		t.Errorf("200 ms of waiting took %v of a processor", used)
	}
	must(t, w.Close())
}
