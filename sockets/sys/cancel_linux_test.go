package sys

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// slow is how long a cancelled call may take to end. On a machine that is busy with something else a thread may wait so
// long for its turn alone; that may hold for one call in a hundred.
const slow = 50 * time.Millisecond

// TestCancel ends 2,000 blocking calls at random moments, on threads that go on to make other calls:
// each ends, soon, with EINTR, and no signal meets a call that was not cancelled.
func TestCancel(t *testing.T) {
	l, _ := listening(t, 1)
	a, b := connected(t)
	full, _ := unixPair(t, sockets.Stream)
	fill(t, full)
	u, _ := bound(t, sockets.Dgram)
	buf := make([]byte, 16)
	calls := []func(c Caller) error{
		func(c Caller) error { _, _, err := c.Accept(l); return err },
		func(c Caller) error { _, err := c.Recv(a, buf, 0); return err },
		func(c Caller) error { _, err := c.Send(full, one, 0); return err },
		func(c Caller) error { _, _, err := c.Recvfrom(u, buf, 0); return err },
		func(c Caller) error { _, err := c.Poll([]PollEntry{{FD: b, Read: true}}, -1); return err },
		func(c Caller) error { _, err := c.Recvmsg(b, 16, 0); return err },
	}
	var worst time.Duration
	tooLate := 0
	var mu sync.Mutex
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			r := rand.New(rand.NewPCG(uint64(worker), 1))
			x, y, err := tb.Socketpair(sockets.UNIX, sockets.Stream, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _, _ = tb.Close(x), tb.Close(y) }()
			mine := make([]byte, 1)
			for range 500 {
				ctx, cancel := context.WithCancel(context.Background())
				var at time.Time
				timer := time.AfterFunc(time.Duration(r.IntN(200))*time.Microsecond, func() {
					at = time.Now()
					cancel()
				})
				act := sockets.NewAct(1, "")
				err := calls[r.IntN(len(calls))](For(ctx, act))
				<-ctx.Done()
				late := time.Since(at)
				timer.Stop()
				var cut *InterruptedError
				if !errors.As(err, &cut) || !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled call: %v", err)
					return
				}
				for i, s := range act.Steps {
					c := s.(sockets.Call)
					if last := i == len(act.Steps)-1; c.Errno != "EINTR" || c.Interrupted != last {
						t.Errorf("recorded %+v", c)
					}
				}
				mu.Lock()
				worst = max(worst, late)
				if late > slow {
					tooLate++
				}
				mu.Unlock()

				// A call that blocks a little, under a context that lives: were a signal still on
				// its way, this one would be hit.
				live, end := context.WithCancel(context.Background())
				act = sockets.NewAct(2, "")
				go func() {
					time.Sleep(20 * time.Microsecond)
					_, _ = unix.Write(int(y), one)
				}()
				if n, err := For(live, act).Recv(x, mine, 0); n != 1 || err != nil || len(act.Steps) != 1 {
					t.Errorf("the call after: %d, %v, %d steps", n, err, len(act.Steps))
				}
				end()
			}
		})
	}
	group.Wait()
	t.Logf("2000 cancels, the slowest took %v", worst)
	if tooLate > 20 {
		t.Errorf("%d of 2000 cancels took more than %v, the slowest %v", tooLate, slow, worst)
	}
}

func TestCancelDeadline(t *testing.T) {
	l, _ := listening(t, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	act := sockets.NewAct(1, "")
	c := For(ctx, act)
	if _, _, err := c.Accept(l); !errors.Is(err, context.DeadlineExceeded) || Errno(err) != "EINTR" {
		t.Errorf("accept: %v, want EINTR for the deadline", err)
	}
	// The context is over: a call that may block is not made, one that cannot is.
	steps := len(act.Steps)
	if _, _, err := c.Accept(l); !errors.Is(err, context.DeadlineExceeded) || Errno(err) != "" || len(act.Steps) != steps {
		t.Errorf("accept after the deadline: %v and %d steps, want no call", err, len(act.Steps)-steps)
	}
	if _, err := c.Getsockname(l); err != nil {
		t.Error(err)
	}
	d, err := c.Dup(l)
	must(t, err)
	must(t, c.Close(d))
}

// TestCancelCause finds the cause that the context was ended with.
func TestCancelCause(t *testing.T) {
	l, _ := listening(t, 1)
	ctrlC := errors.New("ctrl-c")
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(time.Millisecond, func() { cancel(ctrlC) })
	if _, _, err := For(ctx, nil).Accept(l); !errors.Is(err, ctrlC) {
		t.Errorf("accept: %v, want the cause", err)
	}
}

// TestCancelPartial cancels a send that the kernel has taken a part of.
func TestCancelPartial(t *testing.T) {
	a, b := connected(t)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // wait until the call can go on no more
		for last := -1; ; time.Sleep(5 * time.Millisecond) {
			n, err := tb.QueueIn(b)
			if err != nil || n > 0 && n == last {
				cancel()
				return
			}
			last = n
		}
	}()
	act := sockets.NewAct(1, "")
	n, err := For(ctx, act).Send(a, make([]byte, 64<<20), 0)
	call := act.Steps[0].(sockets.Call)
	if n <= 0 || n >= 64<<20 || !errors.Is(err, context.Canceled) || Errno(err) != "" {
		t.Errorf("send: %d, %v; want a part and the cause", n, err)
	}
	if call.Ret != int64(n) || !call.Interrupted || call.Errno != "" {
		t.Errorf("recorded %+v, want %d bytes, interrupted", call, n)
	}
}

// TestCancelNothing cancels calls that wait, and were asked for 0 bytes: TCP then returns 0, as if it had been served.
func TestCancelNothing(t *testing.T) {
	a, b := connected(t)
	u, _ := bound(t, sockets.Dgram)
	for name, call := range map[string]func(c Caller) (int, error){
		"recv":     func(c Caller) (int, error) { return c.Recv(a, nil, 0) },
		"peek":     func(c Caller) (int, error) { return c.Recv(a, nil, sockets.MsgPeek) },
		"recvfrom": func(c Caller) (int, error) { n, _, err := c.Recvfrom(a, nil, 0); return n, err },
		"recvmsg":  func(c Caller) (int, error) { _, err := c.Recvmsg(a, 0, 0); return 0, err },
		"udp":      func(c Caller) (int, error) { return c.Recv(u, nil, 0) },
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		act := sockets.NewAct(1, "")
		n, err := call(For(ctx, act))
		cancel()
		var cut *InterruptedError
		if last := act.Steps[len(act.Steps)-1].(sockets.Call); n != 0 || !errors.As(err, &cut) || !last.Interrupted {
			t.Errorf("%s: %d, %v; recorded %+v", name, n, err, last)
		}
	}
	_, err := tb.Send(b, one, 0)
	must(t, err)
	if n, err := For(t.Context(), nil).Recv(a, nil, 0); n != 0 || err != nil {
		t.Errorf("with data there: %d, %v", n, err)
	}
}

// TestForeignSignal ends a call by a signal that is none of ours: it goes on, and the first try is scaffold.
func TestForeignSignal(t *testing.T) {
	clearRestart()
	a, b := connected(t)
	tid := make(chan int)
	act := sockets.NewAct(1, "")
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		runtime.LockOSThread()
		tid <- unix.Gettid()
		n, err := For(ctx, act).Recv(b, make([]byte, 8), 0)
		if n != 5 && err == nil {
			err = io.ErrShortBuffer
		}
		done <- err
	}()
	id := <-tid
	for range 5 {
		time.Sleep(2 * time.Millisecond)
		must(t, unix.Tgkill(unix.Getpid(), id, wakeSignal))
	}
	_, err := tb.Send(a, []byte("hello"), 0)
	must(t, err)
	must(t, <-done)
	for i, s := range act.Steps {
		c := s.(sockets.Call)
		if last := i == len(act.Steps)-1; c.Scaffold == last || c.Interrupted || last != (c.Errno == "") {
			t.Errorf("call %d of %d: %+v", i, len(act.Steps), c)
		}
	}
	if len(act.Steps) < 2 {
		t.Errorf("no call was interrupted: %+v", act.Steps)
	}
}

// TestPollTime interrupts a poll with a timeout: it does not start over.
func TestPollTime(t *testing.T) {
	clearRestart()
	_, b := connected(t)
	tid := make(chan int)
	took := make(chan time.Duration)
	go func() {
		runtime.LockOSThread()
		tid <- unix.Gettid()
		start := time.Now()
		_, _ = tb.Poll([]PollEntry{{FD: b, Read: true}}, 100*time.Millisecond)
		took <- time.Since(start)
	}()
	id := <-tid
	for {
		select {
		case d := <-took:
			if d < 100*time.Millisecond || d > time.Second {
				t.Errorf("poll took %v, want some 100 ms", d)
			}
			return
		default:
			_ = unix.Tgkill(unix.Getpid(), id, wakeSignal)
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// TestClose closes with SO_LINGER while data cannot go: the context's end ends the waiting, and the descriptor is gone.
func TestCloseLingers(t *testing.T) {
	a, _ := connected(t)
	set(t, a, "SO_LINGER", "on", "100")
	fill(t, a)
	d, err := tb.Dup(a)
	must(t, err)
	must(t, tb.Close(a))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	act := sockets.NewAct(1, "")
	must(t, For(ctx, act).Close(d))
	if took := time.Since(start); took > time.Second || took < 15*time.Millisecond {
		t.Errorf("close took %v, want the deadline's 20 ms", took)
	}
	if c := act.Steps[0].(sockets.Call); !c.Interrupted || c.Ret != 0 {
		t.Errorf("recorded %+v, want interrupted", c)
	}
	if err := tb.Close(d); Errno(err) != "EBADF" {
		t.Errorf("close again: %v, want EBADF", err)
	}
}

// TestBulkCancel cancels a bulk transfer: what was sent was sent.
func TestBulkCancel(t *testing.T) {
	a, b := connected(t)
	ctx, cancel := context.WithCancel(context.Background())
	act := sockets.NewAct(1, "")
	n, err := For(ctx, act).SendAll(a, endless{}, 0, func(total int64) {
		if total > 1<<20 {
			time.AfterFunc(time.Millisecond, cancel)
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("SendAll: %v, want cancelled", err)
	}
	var sum int64
	for _, s := range act.Steps {
		if c := s.(sockets.Call); c.Ret > 0 {
			sum += c.Ret
		}
	}
	must(t, tb.Close(a))
	got, err := tb.RecvExactly(b, -1, nil, 0, nil)
	if err != nil || got != n || sum != n {
		t.Errorf("said %d sent, recorded %d, received %d (%v)", n, sum, got, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestBulk(t *testing.T) {
	for _, size := range []int{0, 1, Chunk, 3*Chunk + 1, 40 * Chunk, 40*Chunk + 7} {
		a, b := connected(t)
		data := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		sending, receiving := sockets.NewAct(1, ""), sockets.NewAct(2, "")
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() {
			n, err := For(ctx, sending).SendAll(a, bytes.NewReader(data), 0, nil)
			if err == nil && n != int64(size) {
				err = io.ErrShortWrite
			}
			done <- err
		}()
		var got bytes.Buffer
		n, err := For(ctx, receiving).RecvExactly(b, int64(size), &got, 0, nil)
		must(t, err)
		must(t, <-done)
		cancel()
		if n != int64(size) || !bytes.Equal(got.Bytes(), data) {
			t.Errorf("%d bytes: got %d", size, n)
		}
		for _, act := range []*sockets.Act{sending, receiving} {
			var sum int64
			for i, s := range act.Steps {
				c := s.(sockets.Call)
				sum += c.Ret
				if merged := c.Times > 1; merged && (i != 3 || len(act.Steps) != 5) {
					t.Errorf("%d bytes: step %d of %d stands for %d", size, i, len(act.Steps), c.Times)
				}
			}
			if sum != int64(size) || len(act.Steps) > 5 {
				t.Errorf("%d bytes: %d steps tell of %d", size, len(act.Steps), sum)
			}
		}
		must(t, tb.Shutdown(a, WR))
		if n, err := tb.RecvExactly(b, 10, nil, 0, nil); n != 0 || err != io.ErrUnexpectedEOF {
			t.Errorf("at the end: %d, %v", n, err)
		}
	}
}

// TestSendBytes gives each call all that is left, as sendall does.
func TestSendBytes(t *testing.T) {
	a, b := connected(t)
	act := sockets.NewAct(1, "")
	done := make(chan int64)
	go func() { n, _ := tb.RecvExactly(b, -1, nil, 0, nil); done <- n }()
	n, err := For(context.Background(), act).SendBytes(a, make([]byte, 32<<20), 0, nil)
	must(t, err)
	must(t, tb.Close(a))
	if got := <-done; n != 32<<20 || got != n || len(act.Steps) != 1 {
		t.Errorf("sent %d in %d calls, received %d", n, len(act.Steps), got)
	}
}
