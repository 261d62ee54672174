package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/lab"
	"sockstep/sockets/names"
	"sockstep/sockets/wire"
)

func newLab(s *settings) *cobra.Command {
	host := lab.Left
	within := func(enter func() error) func(*cobra.Command, []string) error {
		return func(c *cobra.Command, args []string) error {
			dash := c.ArgsLenAtDash()
			if len(args) > 0 && dash != 0 {
				return misuseOf(names.T(c.CommandPath()+" takes a command behind --", c.CommandPath()+" 的命令写在 -- 后面"), c.CommandPath()+" -- "+strings.Join(args, " "))
			}
			if len(args) == 0 && c.Flags().Changed("at") {
				return misuseOf(names.T("--at is for a command behind --; at the prompt there is at", "--at 用于 -- 后面的命令；在提示符里用 at"), c.CommandPath()+" --at "+host+" -- ncat -l 7000")
			}
			if err := s.ready(); err != nil {
				return err
			}
			if err := enter(); err != nil {
				return err
			}
			if dash == 0 && len(args) > 0 {
				return s.runInLab(host, args)
			}
			return s.session()
		}
	}
	c := &cobra.Command{
		Use:   "lab [-- COMMAND…]",
		Short: s.say(names.T("the prompt, or a command, in a network of your own, without rights", "在你自己的网络里打开提示符或运行命令；不需要特权")),
		Long: s.say(names.T("lab makes a network of your own, without any rights: two hosts, left and right,\nand a cable between them that can lose, delay and duplicate what it carries. It\nopens the prompt there, or runs a command.",
			"lab 建立一个你自己的网络，不需要任何特权：两台主机 left 和 right，\n中间一根可以丢包、延迟、重复的网线。它在其中打开提示符，或运行一条命令。")),
		RunE: within(func() error { return s.enterLab(true) }),
	}
	join := &cobra.Command{
		Use:   "join [-- COMMAND…]",
		Short: s.say(names.T("a further terminal in your lab that is running", "正在运行的实验室的又一个终端")),
		RunE:  within(s.joinLab),
	}
	for _, c := range []*cobra.Command{c, join} {
		choose(c, c.Flags(), choice{flag: "at", to: &host, words: []string{lab.Left, lab.Right}},
			s.say(names.T("the host where the COMMAND runs; left, where\nnothing is said", "COMMAND 在哪台主机上运行；不写时为 left")))
	}
	c.AddCommand(join)
	return c
}

func (s *settings) again() lab.Process {
	return lab.Process{Argv: s.argv, Stdin: s.io.in, Stdout: s.io.out, Stderr: s.io.err}
}

// enterLab finds the lab that this process is in. Outside of one, where one is wanted, the program runs once more in
// a new one, and its status is given as an error.
func (s *settings) enterLab(wanted bool) error {
	switch {
	case lab.Inside():
		return s.beginLab()
	case !wanted:
		return nil
	}
	return s.entered(lab.Enter(s.again()))
}

func (s *settings) joinLab() error {
	if lab.Inside() {
		return s.beginLab()
	}
	if running, err := lab.Running(); err == nil && len(running) == 0 {
		return s.refused(&sockets.Error{Op: "lab", Kind: "no-lab",
			Message: names.T("no lab of yours is running", "你没有正在运行的实验室"),
			Fix:     names.T("start one in another terminal: `$ sockstep lab`", "先在另一个终端启动一个：`$ sockstep lab`")})
	}
	return s.entered(lab.Join(s.again(), 0))
}

func (s *settings) entered(status int, err error) error {
	if err != nil {
		return s.refused(err)
	}
	if status == killed {
		fmt.Fprintln(s.io.err, "sockstep: "+s.say(names.T("killed from outside (SIGKILL)", "被外部强行终止（SIGKILL）")))
	}
	return statusError(status)
}

// killed is the status of a program that SIGKILL has ended. It could not say so itself.
const killed = 128 + 9

func (s *settings) beginLab() error {
	l, err := lab.Begin()
	if err != nil {
		return s.refused(err)
	}
	s.lab = l
	return nil
}

// runInLab runs a command at a host.
func (s *settings) runInLab(host string, argv []string) error {
	status, err := s.lab.Run(host, lab.Process{Argv: argv, Stdin: s.io.in, Stdout: s.io.out, Stderr: s.io.err})
	if err != nil {
		return s.refused(cannotRun(argv[0], err))
	}
	select {
	case <-s.lab.Done():
		fmt.Fprint(s.io.err, s.say(labGone))
	default:
	}
	return statusError(status)
}

// cannotRun says of a command that could not be run what is amiss.
func cannotRun(name string, err error) error {
	e := &sockets.Error{Op: "lab", Kind: "no-command", Err: err, Message: names.T(err.Error(), err.Error())}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Errno = "ENOENT"
		e.Message = names.T("there is no file {name}", "没有 {name} 这个文件").Fill("name", name)
	case errors.Is(err, exec.ErrNotFound):
		e.Errno = "ENOENT"
		e.Message = names.T("there is no program called {name}", "没有叫 {name} 的程序").Fill("name", name)
		e.Why = names.T("it is looked for in the folders of PATH, as in a shell; what only a shell knows is none",
			"和在 shell 里一样，在 PATH 的各个目录里查找；只有 shell 自己认识的命令不是程序")
		e.Fix = names.T("check its spelling; a line for a shell is `$ sockstep lab -- sh -c '…'`",
			"检查拼写；要运行一行 shell 命令：`$ sockstep lab -- sh -c '…'`")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EISDIR):
		e.Errno = "EACCES"
		e.Message = names.T("{name} may not be run", "{name} 不能运行").Fill("name", name)
		e.Why = names.T("the file is no program, or is not executable for you", "这个文件不是程序，或者你没有执行权限")
	}
	return e
}

// refused tells in the user's language why there is no lab, and what would help.
func (s *settings) refused(err error) error {
	var known *sockets.Error
	if !errors.As(err, &known) {
		known = &sockets.Error{Op: "lab", Err: err, Message: names.T(err.Error(), err.Error())}
		if errors.Is(err, errors.ErrUnsupported) {
			known.Kind = "unsupported"
			known.Message = names.T(err.Error(), "自己的网络由网络命名空间、veth 和 AF_PACKET 套接字构成，这个系统没有它们")
			known.Why = names.T("this system does not offer it", "这个系统不提供这项功能")
		}
	}
	text := render.NewText(s.io.err, render.Options{Lang: s.language, Show: render.ShowAll, Width: s.width})
	a := sockets.NewAct(1, "", text)
	a.Err = known
	a.End()
	return statusError(lineFailed)
}

// wires is what opens the wire of a session: the machine's interfaces, or the lab's cable.
func (s *settings) wires() func() (repl.Wire, error) {
	if s.lab == nil {
		return openCapture
	}
	return func() (repl.Wire, error) { return openLab(ownNetwork{s.lab}) }
}

// network is the lab as the session sees it, nil outside of one.
func (s *settings) network() repl.Lab {
	if s.lab == nil {
		return nil
	}
	return ownNetwork{s.lab}
}

// An ownNetwork is the lab as a repl.Lab.
type ownNetwork struct{ *lab.Lab }

// Cable is repl.Lab's.
func (n ownNetwork) Cable() repl.Cable { return ownCable{n.Lab.Cable()} }

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
func (c ownCable) State() (settings, counts []sockets.Field, err error) {
	st, err := c.cable.State()
	if err != nil {
		return nil, nil, err
	}
	lanes := func(name string, tell func(lab.LaneState) string) sockets.Field {
		there, back := tell(st.LeftToRight), tell(st.RightToLeft)
		if there == back {
			return sockets.Field{Name: name, Value: sockets.TextOf(there)}
		}
		return sockets.Field{Name: name, Value: sockets.TextOf(lab.LeftToRight.String() + " " + there + ", " + lab.RightToLeft.String() + " " + back)}
	}
	percent := func(of func(lab.LaneState) float64) func(lab.LaneState) string {
		return func(l lab.LaneState) string { return strconv.FormatFloat(of(l)*100, 'g', 6, 64) + "%" }
	}
	count := func(of func(lab.LaneState) uint64) func(lab.LaneState) string {
		return func(l lab.LaneState) string { return strconv.FormatUint(of(l), 10) }
	}
	var drops []string
	for _, d := range st.Drops {
		drops = append(drops, fmt.Sprintf("%s %d %s", d.Filter, d.Left, d.Dir))
	}
	if drops == nil {
		drops = []string{"-"}
	}
	settings = []sockets.Field{
		lanes("delay", func(l lab.LaneState) string {
			if l.Jitter > 0 {
				return l.Delay.String() + " + " + l.Jitter.String()
			}
			return l.Delay.String()
		}),
		lanes("loss", percent(func(l lab.LaneState) float64 { return l.Loss })),
		lanes("duplicate", percent(func(l lab.LaneState) float64 { return l.Duplicate })),
		lanes("reorder", percent(func(l lab.LaneState) float64 { return l.Reorder })),
		lanes("rate", func(l lab.LaneState) string { return rate(l.Rate) }),
		{Name: "mtu", Value: sockets.IntOf(int64(st.MTU))},
		lanes("path mtu", func(l lab.LaneState) string { return pathMTU(l.PathMTU) }),
		lanes("cut", func(l lab.LaneState) string { return sockets.BoolOf(l.Cut).Text }),
		{Name: "drop next", Value: sockets.TextOf(strings.Join(drops, ", "))},
	}
	counts = []sockets.Field{
		lanes("frames", count(func(l lab.LaneState) uint64 { return l.Frames })),
		lanes("bytes", count(func(l lab.LaneState) uint64 { return l.Bytes })),
		lanes("lost", count(func(l lab.LaneState) uint64 { return l.Lost })),
	}
	for i, t := range []names.Text{names.T("frames", "帧"), names.T("bytes", "字节"), names.T("lost", "丢失")} {
		counts[i].Called = t
	}
	return settings, counts, nil
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

// mostFrames bounds what waits to be asked for.
const mostFrames = 50000

// A cableWire is the lab's cable as a repl.Wire: it knows what was lost.
type cableWire struct {
	cable *lab.Cable
	stop  func()
	come  chan struct{} // something may have come

	mu     sync.Mutex
	last   [2]time.Time // of each direction, when the last frame came that was seen
	parts  fragments
	ports  []repl.Port
	frames []repl.Frame
	lost   int
}

func openCable(c *lab.Cable) (repl.Wire, error) {
	w := &cableWire{cable: c, come: make(chan struct{}, 1)}
	stop, err := c.Frames(w.see)
	if err != nil {
		return nil, err
	}
	w.stop = stop
	return w, nil
}

// see takes a frame, if it may be the session's.
func (w *cableWire) see(f lab.Frame) {
	p, _ := wire.Decode(wire.Ethernet, f.Data) // what is wrong in it is in p.Err
	p.Time, p.WireLen = f.In, len(f.Data)
	p.Lost, p.Copy, p.Late = f.Lost, f.Duplicate, f.Reordered
	w.mu.Lock()
	defer w.mu.Unlock()
	if last := &w.last[f.Dir-lab.LeftToRight]; p.Time.Before(*last) { // it stands behind what has overtaken it
		p.Time = *last
	} else {
		*last = p.Time
	}
	w.lost += int(f.Missed)
	about := &p
	if p.ICMP != nil && p.ICMP.Inner != nil {
		about = p.ICMP.Inner
	}
	ours := func(port repl.Port) bool {
		if port.Proto == "arp" {
			return about.ARP != nil || about.Proto == "icmp6"
		}
		return (port.Proto == about.Proto || port.Proto == "icmp" && about.Proto == "icmp6") && (port.Number == about.Src.Port() || port.Number == about.Dst.Port())
	}
	switch {
	case !p.IsFragment() && !slices.ContainsFunc(w.ports, ours):
		return
	case len(w.frames) >= mostFrames:
		w.lost++
		return
	}
	w.frames = w.parts.add(w.frames, repl.Frame{Packet: p, Source: "cable"})
	select {
	case w.come <- struct{}{}:
	default:
	}
}

// Only is repl.Wire's.
func (w *cableWire) Only(ports []repl.Port) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ports = slices.Clone(ports)
	return nil
}

// Drain is repl.Wire's. What the hosts have sent before is among it, but for what the cable delays.
func (w *cableWire) Drain() (frames []repl.Frame, lost int, err error) {
	err = w.cable.Settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	frames, w.frames = w.frames, nil
	slices.SortStableFunc(frames, func(a, b repl.Frame) int { return a.Time.Compare(b.Time) }) // each way tells its own
	lost, w.lost = w.lost, 0
	return frames, lost, err
}

// Wait is repl.Wire's.
func (w *cableWire) Wait(ctx context.Context) error {
	select {
	case <-w.come:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close is repl.Wire's.
func (w *cableWire) Close() error {
	w.stop()
	return nil
}
