package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/lab"
	"sockstep/sockets/names"
)

// An ownCable is the lab's cable as a repl.Cable.
type ownCable struct{ cable *lab.Cable }

// Frames is repl.Cable's.
func (ownCable) Frames() []string { return lab.FilterNames() }

// Turn is repl.Cable's.
func (c ownCable) Turn(k repl.Knob) error {
	dir, err := lab.ParseDir(k.From)
	if err != nil {
		return err
	}
	switch k.What {
	case "delay":
		return c.cable.SetDelay(k.Delay, k.Jitter, dir)
	case "loss":
		return c.cable.SetLoss(k.Chance, dir)
	case "duplicate":
		return c.cable.Duplicate(k.Chance, dir)
	case "reorder":
		return c.cable.Reorder(k.Chance, dir)
	case "drop":
		return c.cable.DropNext(lab.Filter{Name: k.Frames}, int(k.Number), dir)
	case "rate":
		return c.cable.Rate(k.Number, dir)
	case "mtu":
		return c.cable.SetMTU(int(k.Number))
	case "path-mtu":
		return c.cable.SetPathMTU(int(k.Number), dir)
	case "cut":
		return c.cable.Cut(dir)
	case "mend":
		return c.cable.Mend(dir)
	case "reset":
		return c.cable.Reset()
	}
	return fmt.Errorf("the cable's %s: %w", k.What, errors.ErrUnsupported)
}

// State is repl.Cable's.
func (c ownCable) State() (settings []repl.Setting, counts []sockets.Field, err error) {
	st, err := c.cable.State()
	if err != nil {
		return nil, nil, err
	}
	lanes := func(name string, tell func(lab.LaneState) string) repl.Setting {
		there, back := tell(st.LeftToRight), tell(st.RightToLeft)
		text := there
		if there != back {
			text = lab.LeftToRight.String() + " " + there + ", " + lab.RightToLeft.String() + " " + back
		}
		return repl.Setting{Field: sockets.Field{Name: name, Value: sockets.TextOf(text)}, There: there, Back: back}
	}
	alone := func(name string, value sockets.Value) repl.Setting {
		return repl.Setting{Field: sockets.Field{Name: name, Value: value}}
	}
	percent := func(of func(lab.LaneState) float64) func(lab.LaneState) string {
		return func(l lab.LaneState) string { return strconv.FormatFloat(of(l)*100, 'g', 6, 64) + "%" }
	}
	count := func(of func(lab.LaneState) uint64) func(lab.LaneState) string {
		return func(l lab.LaneState) string { return strconv.FormatUint(of(l), 10) }
	}
	var drops []string
	for _, d := range st.Drops {
		drops = append(drops, dropping(d))
	}
	if drops == nil {
		drops = []string{"-"}
	}
	settings = []repl.Setting{
		lanes("delay", func(l lab.LaneState) string {
			if l.Jitter > 0 {
				return span(l.Delay) + "…" + span(l.Delay+l.Jitter)
			}
			return span(l.Delay)
		}),
		lanes("loss", percent(func(l lab.LaneState) float64 { return l.Loss })),
		lanes("duplicate", percent(func(l lab.LaneState) float64 { return l.Duplicate })),
		lanes("reorder", percent(func(l lab.LaneState) float64 { return l.Reorder })),
		lanes("rate", func(l lab.LaneState) string { return rate(l.Rate) }),
		alone("mtu", sockets.IntOf(int64(st.MTU))),
		lanes("path mtu", func(l lab.LaneState) string { return pathMTU(l.PathMTU) }),
		lanes("cut", func(l lab.LaneState) string { return sockets.BoolOf(l.Cut).Text }),
		alone("drop next", sockets.TextOf(strings.Join(drops, ", "))),
	}
	counts = []sockets.Field{
		lanes("frames", count(func(l lab.LaneState) uint64 { return l.Frames })).Field,
		lanes("bytes", count(func(l lab.LaneState) uint64 { return l.Bytes })).Field,
		lanes("lost", count(func(l lab.LaneState) uint64 { return l.Lost })).Field,
	}
	for i, t := range []names.Text{names.T("frames", "帧"), names.T("bytes", "字节"), names.T("lost", "丢失")} {
		counts[i].Called = t
	}
	return settings, counts, nil
}

// dropping writes which frames are to be lost: "syn", "data ×2 left→right".
func dropping(d lab.Drop) string {
	text := d.Filter
	if d.Left > 1 {
		text += " ×" + strconv.Itoa(d.Left)
	}
	if d.Dir != lab.Both {
		text += " " + d.Dir.String()
	}
	return text
}

// span writes a duration without what is zero in it: 1h, not 1h0m0s.
func span(d time.Duration) string {
	text := d.String()
	for _, nothing := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, nothing) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// pathMTU writes the width of the narrow spot on the way.
func pathMTU(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

// rate writes bits a second as they are typed.
func rate(n int64) string {
	for _, u := range []struct {
		unit string
		bits int64
	}{{"gbit", 1e9}, {"mbit", 1e6}, {"kbit", 1e3}} {
		if n >= u.bits {
			return strconv.FormatFloat(float64(n)/float64(u.bits), 'g', 6, 64) + u.unit
		}
	}
	if n == 0 {
		return "-"
	}
	return strconv.FormatInt(n, 10) + "bit"
}
