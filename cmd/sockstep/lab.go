package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/lab"
	"sockstep/sockets/names"
)

func newLab(s *settings) *cobra.Command {
	host := lab.Left
	within := func(enter func() error) func(*cobra.Command, []string) error {
		return func(c *cobra.Command, args []string) error {
			dash := c.ArgsLenAtDash()
			if len(args) > 0 && dash != 0 {
				return noDash(c, args)
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
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		args := s.argv[slices.Index(s.argv, c.Name())+1:]
		host := 0
		if len(args) > 2 && args[0] == "--at" {
			host = 2
		}
		if len(args) > host && !strings.HasPrefix(args[host], "-") { // the flag is of a command without --
			return noDash(c, args[host:], args[:host]...)
		}
		return flagMisused(c, err)
	})
	return c
}

// noDash says that a command stands behind --, and behind the flags of sockstep's own.
func noDash(c *cobra.Command, args []string, own ...string) error {
	return misuseOf(names.T(c.CommandPath()+" takes a command behind --", c.CommandPath()+" 的命令写在 -- 后面"), meantInLab(c, args, own))
}

// meantInLab is what somebody may have meant who wrote no --: another program, or a script of sockstep's own.
func meantInLab(c *cobra.Command, args, own []string) string {
	rest := strings.Join(args, " ")
	switch {
	case args[0] != "run":
		return strings.Join(slices.Concat([]string{c.CommandPath()}, own, []string{"--", rest}), " ")
	case c.Name() == "join":
		return c.CommandPath() + " -c '" + rest + "'"
	}
	return strings.Replace(rest, "run", "sockstep run --lab", 1)
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

// Host is repl.Lab's.
func (ownNetwork) Host(ip netip.Addr) string {
	for name, addrs := range lab.Hosts() {
		if slices.Contains(addrs, ip.Unmap().WithZone("")) {
			return name
		}
	}
	return ""
}

// Cable is repl.Lab's.
func (n ownNetwork) Cable() repl.Cable { return ownCable{n.Lab.Cable()} }
