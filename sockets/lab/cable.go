package lab

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// The MTU of the cable: what it is at first, and between what it may be set. IPv4 needs 68, IPv6 is off below 1280.
const (
	DefaultMTU = 1500
	LeastMTU   = 68
	LargestMTU = 9000
)

// A Cable joins the two hosts. Its methods are for any goroutine; directions may be given, none means both. On a
// guest's cable they are carried out by the founder, and fail where that is gone.
type Cable struct {
	lanes  [2]*lane // LeftToRight, RightToLeft
	watch  *watch
	ports  [2]port // left's and right's far ends
	setMTU func(int) error

	mu    sync.Mutex
	mtu   int
	drops []*drop
	armed atomic.Bool // there are drops

	founder founder // who carries it out, nil for the founder itself
}

// A founder is asked by a guest.
type founder interface {
	do(o order, answer *State) error
	frames(see func(Frame)) (stop func(), err error)
}

// A port is one of the cable's own ends.
type port interface {
	write(frame []byte) error
	settle()          // waits until every frame that has come in was carried
	overflow() uint64 // how many frames the kernel has dropped there
	stop()            // nothing more is carried
	release()         // after stop
}

// A drop makes the next frames of a sort lost.
type drop struct {
	filter Filter
	dir    Dir
	left   int
}

// A Drop is a [Cable.DropNext] that has frames still to lose.
type Drop struct {
	Filter string `json:"filter"`
	Dir    Dir    `json:"dir"`
	Left   int    `json:"left"`
}

// A LaneState is one direction's settings, and what came of them.
type LaneState struct {
	Faults
	Counts
}

// A State is what the cable is set to, and what it has carried.
type State struct {
	MTU         int       `json:"mtu"`
	LeftToRight LaneState `json:"left_to_right"`
	RightToLeft LaneState `json:"right_to_left"`
	Drops       []Drop    `json:"drops"`
}

// An order is one turn of a knob, as guests send it to the founder.
type order struct {
	Do     string        `json:"do"`
	Dirs   []Dir         `json:"dirs,omitempty"`
	D, D2  time.Duration `json:",omitempty"`
	P      float64       `json:",omitempty"`
	N      int64         `json:",omitempty"`
	Filter string        `json:",omitempty"`
	match  func([]byte) bool
}

// SetDelay makes every frame take d longer, and up to jitter more by chance. Frames keep their order.
func (c *Cable) SetDelay(d, jitter time.Duration, dirs ...Dir) error {
	return c.order(order{Do: "delay", D: d, D2: jitter, Dirs: dirs})
}

// SetLoss makes frames be lost with chance p, from 0 to 1.
func (c *Cable) SetLoss(p float64, dirs ...Dir) error {
	return c.order(order{Do: "loss", P: p, Dirs: dirs})
}

// Duplicate makes frames arrive twice with chance p.
func (c *Cable) Duplicate(p float64, dirs ...Dir) error {
	return c.order(order{Do: "duplicate", P: p, Dirs: dirs})
}

// Reorder makes frames wait with chance p until the next one has overtaken them, 50 ms at most.
func (c *Cable) Reorder(p float64, dirs ...Dir) error {
	return c.order(order{Do: "reorder", P: p, Dirs: dirs})
}

// Rate makes the cable carry so many bits a second each way; 0 is no limit. 150 kB may wait for it, what is more is lost.
func (c *Cable) Rate(bitsPerSecond int64, dirs ...Dir) error {
	return c.order(order{Do: "rate", N: bitsPerSecond, Dirs: dirs})
}

// SetMTU sets the MTU of both hosts' interfaces: they know it, and send nothing that is longer.
func (c *Cable) SetMTU(n int) error { return c.order(order{Do: "mtu", N: int64(n)}) }

// SetPathMTU puts a narrow spot on the way that the hosts do not know: a longer IP packet does not pass. Its sender is
// told by ICMP from 10.0.0.254 or fd00:5050::fe, or the packet is cut into fragments where it allows that. 0 takes the
// spot away; what the hosts have learned of it they remember for ten minutes.
func (c *Cable) SetPathMTU(n int, dirs ...Dir) error {
	return c.order(order{Do: "path-mtu", N: int64(n), Dirs: dirs})
}

// DropNext makes the next n frames be lost that the filter chooses. A guest's filter must be one of [FilterNames].
func (c *Cable) DropNext(f Filter, n int, dirs ...Dir) error {
	return c.order(order{Do: "drop", N: int64(n), Filter: f.Name, match: f.Match, Dirs: dirs})
}

// Cut makes everything be lost. The hosts are not told: their link stays up, as if it were cut beyond the next switch.
func (c *Cable) Cut(dirs ...Dir) error { return c.order(order{Do: "cut", Dirs: dirs}) }

// Mend undoes Cut.
func (c *Cable) Mend(dirs ...Dir) error { return c.order(order{Do: "mend", Dirs: dirs}) }

// Reset makes the cable what it was at first: no faults, nothing to be dropped, an MTU of 1500. What waits on it arrives.
func (c *Cable) Reset() error { return c.order(order{Do: "reset"}) }

// Seed makes chance repeat itself: the same frames after the same seed have the same fate.
func (c *Cable) Seed(n uint64) error { return c.order(order{Do: "seed", N: int64(n)}) }

// Frames shows see every frame on the cable from now on, each when its fate is settled, until stop is called. See runs
// on one goroutine, may take its time (frames wait for it; after 64 MB they are counted in Missed), and may turn knobs.
func (c *Cable) Frames(see func(Frame)) (stop func(), err error) {
	if c.founder != nil {
		return c.founder.frames(see)
	}
	return c.watch.add(see), nil
}

// Settle waits until every frame that a host had sent before the call, and that the cable does not delay, has arrived
// and was shown to who watches; so has what was sent in answer, and in answer to that. A watcher must not call it.
func (c *Cable) Settle() error {
	if c.founder != nil {
		return c.founder.do(order{Do: "settle"}, nil)
	}
	const mostAnswers = 16 // where two hosts talk without end, nothing ever settles
	for before, n := c.frames(), 0; n < mostAnswers; n++ {
		for _, p := range c.ports {
			p.settle()
		}
		now := c.frames()
		if now == before {
			break
		}
		before = now
	}
	c.watch.settle()
	return nil
}

// frames is how many frames were put on the cable.
func (c *Cable) frames() (n uint64) {
	for _, l := range c.lanes {
		_, counts := l.state()
		n += counts.Frames
	}
	return n
}

// State tells what the cable is set to and what it has carried.
func (c *Cable) State() (State, error) {
	if c.founder != nil {
		var s State
		return s, c.founder.do(order{Do: "state"}, &s)
	}
	c.mu.Lock()
	s := State{MTU: c.mtu}
	for _, d := range c.drops {
		s.Drops = append(s.Drops, Drop{Filter: d.filter.Name, Dir: d.dir, Left: d.left})
	}
	c.mu.Unlock()
	for i, to := range []*LaneState{&s.LeftToRight, &s.RightToLeft} {
		to.Faults, to.Counts = c.lanes[i].state()
		to.Overflow = c.ports[i].overflow()
	}
	return s, nil
}

func (c *Cable) order(o order) error {
	switch {
	case o.P < 0 || o.P > 1 || o.P != o.P:
		return sockets.Usage(names.T("a chance is from 0 to 1", "概率应在 0 到 1 之间"))
	case o.D < 0 || o.D2 < 0:
		return sockets.Usage(names.T("a delay is not negative", "延迟不能是负数"))
	case o.Do == "rate" && o.N < 0 || o.Do == "drop" && o.N < 1:
		return sockets.Usage(names.T("the number must be positive", "数值必须是正数"))
	case (o.Do == "mtu" || o.Do == "path-mtu" && o.N != 0) && (o.N < LeastMTU || o.N > LargestMTU):
		return sockets.Usage(names.T("an MTU is from 68 to 9000 here", "这里的 MTU 应在 68 到 9000 之间"))
	case o.Do == "drop" && o.match == nil:
		f, ok := NamedFilter(o.Filter)
		if !ok {
			return sockets.Usage(names.T("there is no frame called {name}", "没有叫 {name} 的帧").Fill("name", o.Filter)).
				Hint(names.T("one of: {names}", "可用的名字：{names}").Fill("names", strings.Join(FilterNames(), " ")))
		}
		o.match = f.Match
	}
	if c.founder != nil {
		if _, named := NamedFilter(o.Filter); o.Do == "drop" && !named {
			return fmt.Errorf("a filter of one's own on a guest's cable: %w", errors.ErrUnsupported)
		}
		return c.founder.do(o, nil)
	}
	return c.obey(o)
}

// obey carries an order out. Nothing of it is wrong any more.
func (c *Cable) obey(o order) error {
	alter := func(change func(*Faults)) {
		for _, l := range c.lanes {
			if len(o.Dirs) == 0 || slices.Contains(o.Dirs, Both) || slices.Contains(o.Dirs, l.dir) {
				l.change(change)
			}
		}
	}
	switch o.Do {
	case "delay":
		alter(func(f *Faults) { f.Delay, f.Jitter = o.D, o.D2 })
	case "loss":
		alter(func(f *Faults) { f.Loss = o.P })
	case "duplicate":
		alter(func(f *Faults) { f.Duplicate = o.P })
	case "reorder":
		alter(func(f *Faults) { f.Reorder = o.P })
	case "rate":
		alter(func(f *Faults) { f.Rate = o.N })
	case "path-mtu":
		alter(func(f *Faults) { f.PathMTU = int(o.N) })
	case "cut":
		alter(func(f *Faults) { f.Cut = true })
	case "mend":
		alter(func(f *Faults) { f.Cut = false })
	case "seed":
		for i, l := range c.lanes {
			l.seed(uint64(o.N), uint64(i))
		}
	case "drop":
		c.arm(o)
	case "mtu":
		return c.resize(int(o.N))
	case "reset":
		c.mu.Lock()
		c.drops = nil
		c.armed.Store(false)
		c.mu.Unlock()
		alter(func(f *Faults) { *f = Faults{} })
		return c.resize(DefaultMTU)
	default:
		return fmt.Errorf("%q is no order to a cable", o.Do)
	}
	return nil
}

func (c *Cable) resize(n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n == c.mtu {
		return nil
	}
	if err := c.setMTU(n); err != nil {
		return err
	}
	c.mtu = n
	return nil
}

func (c *Cable) arm(o order) {
	dir := Both
	if len(o.Dirs) == 1 {
		dir = o.Dirs[0]
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops = append(c.drops, &drop{Filter{o.Filter, o.match}, dir, int(o.N)})
	c.armed.Store(true)
}

// dropped reports whether a frame is one that shall be lost, and counts it.
func (c *Cable) dropped(dir Dir, frame []byte) bool {
	if !c.armed.Load() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, d := range c.drops {
		if (d.dir == Both || d.dir == dir) && d.filter.Match(frame) {
			if d.left--; d.left == 0 {
				c.drops = slices.Delete(c.drops, i, i+1)
				c.armed.Store(len(c.drops) > 0)
			}
			return true
		}
	}
	return false
}

// refusal says why a frame was lost that the kernel did not take.
func refusal(err error) string {
	if errors.Is(err, syscall.EMSGSIZE) {
		return ByMTU
	}
	return ByError
}

// close takes the cable away: what is on it is lost.
func (c *Cable) close() {
	for _, p := range c.ports {
		p.stop()
	}
	for _, l := range c.lanes {
		close(l.stop)
		<-l.done
	}
	for _, p := range c.ports { // now that nobody writes to them
		p.release()
	}
	c.watch.close()
}
