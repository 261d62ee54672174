package lab

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	heldFor  = 50 * time.Millisecond // how long a frame waits for a later one to overtake it
	queueLen = 150_000               // bytes that wait before a slow cable: a hundred full frames
	flight   = 64 << 20              // bytes that a slow or long lane may hold in all
)

// Faults are what one direction of the cable does to the frames. The zero Faults carry everything at once.
type Faults struct {
	Delay     time.Duration `json:"delay"`     // added to every frame
	Jitter    time.Duration `json:"jitter"`    // and up to so much more, by chance; order is kept
	Loss      float64       `json:"loss"`      // the chance that a frame is lost, 0 to 1
	Duplicate float64       `json:"duplicate"` // that it arrives twice
	Reorder   float64       `json:"reorder"`   // that it waits until the next one has overtaken it, 50 ms at most
	Rate      int64         `json:"rate"`      // bits a second, 0 for no limit; what waits beyond 150 kB is lost
	PathMTU   int           `json:"path_mtu"`  // the longest IP packet that passes the narrow spot, 0 for no limit
	Cut       bool          `json:"cut"`       // everything is lost; the hosts are not told
}

// Counts are what a direction has carried since it began.
type Counts struct {
	Frames     uint64 `json:"frames"` // that were put on the cable
	Bytes      uint64 `json:"bytes"`
	Lost       uint64 `json:"lost"`
	Duplicated uint64 `json:"duplicated"`
	Reordered  uint64 `json:"reordered"`
	Overflow   uint64 `json:"overflow"` // that the kernel dropped because sockstep was too slow: nobody has seen them
	Waiting    int    `json:"waiting"`  // on the cable just now
}

// A parcel is a frame on its way.
type parcel struct {
	data []byte // its own copy
	in   time.Time
	out  time.Time // when it is due

	twice                               bool   // it gets a copy
	lost                                string // why; it does not come, and is only told of
	duplicate, delayed, reordered, made bool
}

// A lane is one direction of the cable. Its frames leave in the order in which they are due, and that never goes back:
// only a reordered frame, which is held aside, is overtaken.
type lane struct {
	dir   Dir
	write func(frame []byte) error // puts a frame out at the far end
	drop  func(Dir, []byte) bool   // reports whether this frame shall be lost by name
	other *lane                    // the way back
	watch *watch

	mu        sync.Mutex
	faults    Faults
	chance    *rand.Rand
	queue     []parcel
	waiting   int // bytes in the queue
	held      *parcel
	heldUntil time.Time
	busyUntil time.Time // a slow cable is putting frames out until then
	last      time.Time // when the newest in the queue is due
	counts    Counts

	kick chan struct{} // the queue has a new first
	stop chan struct{}
	done chan struct{} // it has stopped
}

func newLane(dir Dir, write func([]byte) error) *lane {
	return &lane{
		dir: dir, write: write,
		chance: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())),
		kick:   make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// carry takes a frame that came in, and sends it on or not. The data is the caller's again when it returns.
func (l *lane) carry(data []byte, in time.Time) {
	if answer := l.judge(data, in); answer != nil { // the two lanes are never locked at once
		l.other.mu.Lock()
		defer l.other.mu.Unlock()
		l.other.pass(parcel{data: answer, in: time.Now(), made: true})
	}
}

// judge is carry without the answer that a router on the way would give.
func (l *lane) judge(data []byte, in time.Time) (answer []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Frames++
	l.counts.Bytes += uint64(len(data))
	p := parcel{data: data, in: in}
	if why := l.fate(data); why != "" {
		l.lose(p, why)
		return nil
	}
	if n := l.faults.PathMTU; n > 0 && len(data) > n+etherLen {
		fragments, answer := narrow(data, n)
		if fragments == nil {
			l.lose(p, ByMTU)
		}
		for _, f := range fragments {
			l.send(parcel{data: f, in: in, made: true})
		}
		return answer
	}
	l.send(p)
	return nil
}

// fate says why a frame is lost that has just come in, "" for one that is not.
func (l *lane) fate(data []byte) string {
	switch f := &l.faults; {
	case f.Cut:
		return ByCut
	case l.drop != nil && l.drop(l.dir, data):
		return ByDrop
	case f.Loss > 0 && l.chance.Float64() < f.Loss:
		return ByLoss
	}
	return ""
}

// send lets a frame pass that is not lost, and its copy if it gets one.
func (l *lane) send(p parcel) {
	f := &l.faults
	p.twice = f.Duplicate > 0 && l.chance.Float64() < f.Duplicate
	if f.Reorder > 0 && l.held == nil && l.chance.Float64() < f.Reorder {
		p.data = slices.Clone(p.data)
		l.held, l.heldUntil = &p, time.Now().Add(heldFor)
		l.wake()
		return
	}
	l.double(p)
	if p := l.held; p != nil { // it waited until a later one had passed
		l.held = nil
		l.counts.Reordered++
		p.reordered = true
		l.double(*p)
	}
}

// double lets a frame pass, and behind it its copy if it gets one.
func (l *lane) double(p parcel) {
	l.pass(p)
	if p.twice {
		l.counts.Duplicated++
		p.duplicate = true
		l.pass(p)
	}
}

// pass puts a frame out, or into the queue until it is due.
func (l *lane) pass(p parcel) {
	f := &l.faults
	if f.Delay == 0 && f.Jitter == 0 && f.Rate == 0 && len(l.queue) == 0 {
		l.put(p)
		return
	}
	now := time.Now()
	p.out = now
	if f.Rate > 0 {
		if l.busyUntil.Before(now) {
			l.busyUntil = now
		}
		if wait := l.busyUntil.Sub(now); int64(wait.Seconds()*float64(f.Rate)/8) > queueLen {
			l.lose(p, ByQueue)
			return
		}
		l.busyUntil = l.busyUntil.Add(time.Duration(float64(len(p.data)*8) / float64(f.Rate) * float64(time.Second)))
		p.out = l.busyUntil
	}
	p.out = p.out.Add(f.Delay)
	if f.Jitter > 0 {
		p.out = p.out.Add(time.Duration(l.chance.Int64N(int64(f.Jitter) + 1)))
	}
	if l.waiting+len(p.data) > flight {
		l.lose(p, ByQueue)
		return
	}
	p.delayed = true
	l.enqueue(p)
}

// put puts a frame out at the far end.
func (l *lane) put(p parcel) {
	out := time.Now()
	if err := l.write(p.data); err != nil {
		l.lose(p, refusal(err))
		return
	}
	l.told(p, out, "")
}

// lose counts a frame as lost. It is told of at once; but not before those ahead of it that are still on the way, unless
// it found no room there.
func (l *lane) lose(p parcel, why string) {
	l.counts.Lost++
	p.lost = why
	if len(l.queue) == 0 || why == ByQueue || l.waiting+len(p.data) > flight || !l.watch.watched() {
		l.told(p, time.Time{}, why)
		return
	}
	p.out = l.last
	l.enqueue(p)
}

// enqueue puts a frame behind those on the way.
func (l *lane) enqueue(p parcel) {
	if len(l.queue) > 0 && p.out.Before(l.last) {
		p.out = l.last
	}
	p.data = slices.Clone(p.data)
	l.last = p.out
	l.queue = append(l.queue, p)
	l.waiting += len(p.data)
	if len(l.queue) == 1 {
		l.wake()
	}
}

func (l *lane) told(p parcel, out time.Time, why string) {
	l.watch.tell(func() Frame {
		return Frame{
			Data: slices.Clone(p.data), In: p.in, Out: out, Dir: l.dir, Lost: why != "", Why: why,
			Duplicate: p.duplicate, Delayed: p.delayed, Reordered: p.reordered, Made: p.made,
		}
	}, len(p.data))
}

// run puts out what is due until the lane is stopped. It is the only one that waits for time to pass.
func (l *lane) run() {
	defer close(l.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(l.due())
		select {
		case <-l.stop:
			return
		case <-l.kick:
		case <-timer.C:
		}
	}
}

// due puts out what is due, and says how long it is until something is again.
func (l *lane) due() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, n := time.Now(), 0
	for n < len(l.queue) && !l.queue[n].out.After(now) {
		p := l.queue[n]
		l.queue[n].data = nil
		n++
		l.waiting -= len(p.data)
		if p.lost != "" {
			l.told(p, time.Time{}, p.lost)
			continue
		}
		l.put(p)
	}
	if l.queue = l.queue[n:]; len(l.queue) == 0 {
		l.queue = nil
	}
	if l.held != nil && !l.heldUntil.After(now) {
		p := *l.held // nobody came to overtake it
		l.held = nil
		p.delayed = true
		l.double(p)
	}
	next := now.Add(time.Hour)
	if len(l.queue) > 0 {
		next = l.queue[0].out
	}
	if l.held != nil && l.heldUntil.Before(next) {
		next = l.heldUntil
	}
	return time.Until(next)
}

func (l *lane) wake() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// change alters the faults. What is on a cable that became shorter or faster arrives accordingly.
func (l *lane) change(alter func(*Faults)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	alter(&l.faults)
	latest := time.Now().Add(l.faults.Delay + l.faults.Jitter)
	if l.faults.Rate == 0 {
		for i := range l.queue {
			if l.queue[i].out.After(latest) {
				l.queue[i].out = latest
			}
		}
		if l.last.After(latest) {
			l.last = latest
		}
		l.busyUntil = time.Time{}
	}
	l.wake()
}

func (l *lane) state() (Faults, Counts) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.counts
	c.Waiting = len(l.queue)
	if l.held != nil {
		c.Waiting++
	}
	return l.faults, c
}

func (l *lane) seed(a, b uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chance = rand.New(rand.NewPCG(a, b))
}
