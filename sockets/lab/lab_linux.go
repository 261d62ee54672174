package lab

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A host is one of the two: its place, and its network namespace.
type host struct {
	place
	namespace *namespace
	eth       int // its interface
}

// A Lab is the network that this process is in.
type Lab struct {
	hosts  [2]*host
	middle *namespace // of the cable's ends; nil for a guest, as are the two below
	door   *door
	cable  *Cable
	lacks  []error
	done   chan struct{} // the founder is gone
	files  *keeper       // of the founder: takes the door away where the founder cannot
	leave  func()        // of a guest: hangs up
}

// Begin makes the lab's network where [Enter] has started this process, and finds it where it exists. It is called
// once, before anything else that has to do with the network.
func Begin() (*Lab, error) {
	value := os.Getenv(mark)
	outer, fresh := strings.CutPrefix(value, "new:")
	switch {
	case value == "":
		return nil, errors.New("this process is in no lab")
	case !fresh:
		return beginGuest(value)
	}
	// The network that is about to be changed must be the one that Enter made, whatever the environment says.
	if here, err := os.Readlink("/proc/self/ns/net"); err != nil || here == outer || !strings.HasPrefix(outer, "net:[") {
		return nil, fmt.Errorf("%s=%q: this process is in no network of its own", mark, value)
	}
	l := &Lab{done: make(chan struct{})}
	if err := l.build(); err != nil {
		_ = l.Close()
		return nil, forbidden("lab", err)
	}
	return l, os.Setenv(mark, l.door.path)
}

func (l *Lab) build() (err error) {
	for i, p := range places() {
		l.hosts[i] = &host{place: p}
		if i == 0 {
			l.hosts[i].namespace, err = openHere()
		} else {
			l.hosts[i].namespace, err = openNew(p.name)
		}
		if err != nil {
			return err
		}
		l.lacks = append(l.lacks, l.hosts[i].namespace.settings())
	}
	if l.middle, err = openNew(""); err != nil {
		return err
	}
	var far [2]int
	for i, h := range l.hosts {
		// The two ends must differ in their numbers, though they are in different namespaces: where they are equal the
		// kernel takes the pair for a network card, and for up to a second does not believe that the link is up.
		far[i] = 101 + i
		if err := l.middle.router.veth(h.far, far[i], ethName, h.mac, h.namespace.fd); err != nil {
			return err
		}
		if err := l.middle.router.noLinkLocal(far[i]); err != nil && !errors.Is(err, unix.EAFNOSUPPORT) {
			return err
		}
		if err := l.middle.noOffload(h.far); err != nil {
			return err
		}
	}
	for i := range far {
		if err := l.middle.router.up(far[i], true); err != nil {
			return err
		}
	}
	for _, h := range l.hosts {
		lacks, err := h.furnish()
		if err != nil {
			return err
		}
		l.lacks = append(l.lacks, lacks...)
	}
	if err := l.lay(far); err != nil {
		return err
	}
	l.lacks = append(l.lacks, name())
	told := map[string]bool{} // of the other host, too
	l.lacks = slices.DeleteFunc(l.lacks, func(err error) bool {
		if err == nil || told[err.Error()] {
			return true
		}
		told[err.Error()] = true
		return false
	})
	if l.door, err = openDoor(l); err != nil {
		return err
	}
	l.files, err = keepFile(l.door.path)
	return err
}

// lay lays the cable between the far ends.
func (l *Lab) lay(far [2]int) error {
	c := &Cable{watch: newWatch(), mtu: DefaultMTU}
	var ports [2]*packetPort
	err := l.middle.run(func() (err error) {
		for i := range ports {
			if ports[i], err = openPort(far[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		for _, p := range ports {
			if p != nil {
				p.release()
			}
		}
		c.watch.close()
		return err
	}
	calm(ports)
	for i, h := range l.hosts {
		c.ports[i] = ports[i]
		c.lanes[i] = newLane(h.dir, ports[1-i].write)
		c.lanes[i].drop, c.lanes[i].watch = c.dropped, c.watch
	}
	c.setMTU = func(n int) error {
		for i, h := range l.hosts {
			if err := errors.Join(l.middle.router.mtu(far[i], n), h.namespace.router.mtu(h.eth, n)); err != nil {
				return err
			}
			if n >= 1280 && c.mtu < 1280 { // IPv6 comes back, without its addresses
				if err := h.addresses6(); err != nil && !noIPv6(err) {
					return err
				}
			}
		}
		return nil
	}
	for i, lane := range c.lanes {
		lane.other = c.lanes[1-i]
		go func() { pin(i); lane.run() }()
		go func() { pin(i); ports[i].read(lane.carry) }()
	}
	l.cable = c
	return nil
}

// Close ends the lab: the network is gone where this process founded it. The end of the process does the same.
func (l *Lab) Close() error {
	if l.door != nil {
		l.door.close()
	}
	l.files.close()
	if c := l.cable; c != nil && c.founder == nil {
		c.close()
	}
	if l.leave != nil {
		l.leave()
	}
	for _, h := range l.hosts {
		if h != nil {
			h.namespace.close()
		}
	}
	l.middle.close()
	return nil
}

// Cable is the cable between the hosts.
func (l *Lab) Cable() *Cable { return l.cable }

// Founder reports whether the network lives in this process, and ends with it.
func (l *Lab) Founder() bool { return l.middle != nil }

// Done is closed when the founder is gone, and with it the network. It never is for the founder itself.
func (l *Lab) Done() <-chan struct{} { return l.done }

// Lacks are what could not be had here, and the lab goes on without.
func (l *Lab) Lacks() []error { return slices.Clone(l.lacks) }

// Here is the host that the calling thread is at.
func (l *Lab) Here() (string, error) {
	var here, there unix.Stat_t
	if err := unix.Stat("/proc/thread-self/ns/net", &here); err != nil {
		return "", os.NewSyscallError("stat", err)
	}
	for _, h := range l.hosts {
		if unix.Fstat(h.namespace.fd, &there) == nil && there.Ino == here.Ino {
			return h.name, nil
		}
	}
	return "", errors.New("this process is at no host of the lab")
}

func (l *Lab) host(name string) (*host, error) {
	for _, h := range l.hosts {
		if h.name == name {
			return h, nil
		}
	}
	return nil, sockets.Usage(names.T("the lab has no host called {name}", "实验室里没有叫 {name} 的主机").Fill("name", name)).
		Hint(names.T("it is left or right", "只有 left 和 right"))
}

// At runs f at a host: sockets that f makes belong to that host for ever, whichever thread uses them later. f runs on
// the goroutine that calls, whose thread is at that host meanwhile; what f starts on other goroutines is not.
func (l *Lab) At(name string, f func() error) (err error) {
	h, err := l.host(name)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	back := &namespace{fd: -1, uts: -1, ioctl: -1}
	defer back.close()
	if back.fd, back.uts, err = whereabouts(); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer func() {
		if errno := back.enter(); errno != nil { // nobody else may have a thread that is elsewhere: it stays locked
			err = errors.Join(err, errno)
			return
		}
		runtime.UnlockOSThread()
	}()
	if err := h.namespace.enter(); err != nil {
		return err
	}
	return f()
}

// Run runs a command at a host, gives it the terminal, and returns its exit status, 128 and the number for a signal. The
// command, and all that it has started, end with it, with this process, and with the founder.
func (l *Lab) Run(name string, p Process) (status int, err error) {
	h, err := l.host(name)
	if err != nil {
		return 0, err
	}
	c, err := p.command()
	if err != nil {
		return 0, err
	}
	start := func() (*os.Process, error) {
		if err := c.Start(); err != nil {
			return nil, err
		}
		return c.Process, nil
	}
	kept := true
	err = h.namespace.run(func() error {
		k, err := keepProcesses()
		if err != nil {
			kept = false
			return err
		}
		defer k.close()
		status, err = l.attendHere(start)
		return err
	})
	if !kept { // no PID namespace is to be had: only the command itself can be made to end
		c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL}
		err = h.namespace.run(func() error {
			status, err = l.attendHere(start)
			return err
		})
	}
	return status, err
}

// attendHere is attend for a command that has nothing to do any more when the lab is gone: it is hung up, as if it were
// its terminal.
func (l *Lab) attendHere(start func() (*os.Process, error)) (status int, err error) {
	over := make(chan struct{})
	defer close(over)
	return attend(func() (*os.Process, error) {
		child, err := start()
		if err != nil {
			return nil, err
		}
		go func() {
			select {
			case <-over:
				return
			case <-l.done:
				_ = child.Signal(unix.SIGHUP)
			}
			select {
			case <-over:
			case <-time.After(lastMoment):
				_ = child.Kill()
			}
		}()
		return child, nil
	})
}

// lastMoment is how long a command may take to end where its lab is gone.
const lastMoment = time.Second
