package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A namespace is a network namespace and the two sockets by which it is asked to change: they stay its own whichever
// thread uses them.
type namespace struct {
	fd     int
	uts    int // where the host has its name, uts_namespaces(7)
	router *router
	ioctl  int
}

// onThread runs f on a thread of its own, which nobody uses after it. It is not the main thread: that cannot end, and
// it is by its network that others know this process (/proc/PID/ns/net).
func onThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			err := onThread(f) // on another, as this one is taken
			runtime.UnlockOSThread()
			done <- err
			return
		}
		done <- f() // the lock stays: the thread ends with the goroutine
	}()
	return <-done
}

// whereabouts is the network of the thread that calls, and where its host has its name.
func whereabouts() (net, uts int, err error) {
	if net, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return -1, -1, os.NewSyscallError("open", err)
	}
	if uts, err = unix.Open("/proc/thread-self/ns/uts", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		_ = unix.Close(net)
		return -1, -1, os.NewSyscallError("open", err)
	}
	return net, uts, nil
}

// openHere opens the namespace of the thread that calls.
func openHere() (_ *namespace, err error) {
	n := &namespace{fd: -1, uts: -1, ioctl: -1}
	defer func() {
		if err != nil {
			n.close()
		}
	}()
	if n.fd, n.uts, err = whereabouts(); err != nil {
		return nil, err
	}
	if n.router, err = openRouter(); err != nil {
		return nil, err
	}
	if n.ioctl, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	return n, nil
}

// openNew makes a namespace; with a name, it is a host that is called so.
func openNew(name string) (n *namespace, err error) {
	flags := unix.CLONE_NEWNET
	if name != "" {
		flags |= unix.CLONE_NEWUTS
	}
	err = onThread(func() error {
		if err := unix.Unshare(flags); err != nil {
			return os.NewSyscallError("unshare", err)
		}
		if name != "" {
			if err := unix.Sethostname([]byte(name)); err != nil {
				return os.NewSyscallError("sethostname", err)
			}
		}
		n, err = openHere()
		return err
	})
	return n, err
}

// enter takes the calling thread to the namespace.
func (n *namespace) enter() error {
	if err := unix.Setns(n.fd, unix.CLONE_NEWNET); err != nil {
		return os.NewSyscallError("setns", err)
	}
	return os.NewSyscallError("setns", unix.Setns(n.uts, unix.CLONE_NEWUTS))
}

func (n *namespace) close() {
	if n == nil {
		return
	}
	if n.router != nil {
		n.router.close()
	}
	for _, fd := range []int{n.fd, n.uts, n.ioctl} {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
}

// run runs f on a thread in the namespace that nobody uses after it.
func (n *namespace) run(f func() error) error {
	return onThread(func() error {
		if err := n.enter(); err != nil {
			return err
		}
		return f()
	})
}

// index is the number of an interface.
func (n *namespace) index(name string) (int, error) {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(n.ioctl, unix.SIOCGIFINDEX, r); err != nil {
		return 0, fmt.Errorf("%s: %w", name, os.NewSyscallError("ioctl", err))
	}
	return int(r.Uint32()), nil
}

// noOffload makes the kernel do on this interface what it would leave to a network card: checksums and segments. A
// kernel that does not know one of them does not leave it to anybody either.
func (n *namespace) noOffload(name string) error {
	for _, cmd := range []uint32{unix.ETHTOOL_STSO, unix.ETHTOOL_SGSO, unix.ETHTOOL_STXCSUM} {
		value := struct{ cmd, data uint32 }{cmd: cmd}
		var r struct {
			name [unix.IFNAMSIZ]byte
			data unsafe.Pointer
			_    [16]byte
		}
		copy(r.name[:], name)
		r.data = unsafe.Pointer(&value)
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(n.ioctl), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&r)))
		runtime.KeepAlive(&value)
		if errno != 0 && errno != unix.EOPNOTSUPP {
			return fmt.Errorf("%s: offloads: %w", name, os.NewSyscallError("ioctl", errno))
		}
	}
	return nil
}

// furnish makes a host of a namespace that has an end of the cable.
func (h *host) furnish() (lacks []error, err error) {
	n := h.namespace
	lo, err := n.index("lo")
	if err != nil {
		return nil, err
	}
	if err := n.router.up(lo, false); err != nil {
		return nil, err
	}
	if h.eth, err = n.index(ethName); err != nil {
		return nil, err
	}
	if err := n.noOffload(ethName); err != nil {
		return nil, err
	}
	if err := n.router.noLinkLocal(h.eth); err != nil && !errors.Is(err, unix.EAFNOSUPPORT) {
		return nil, err
	}
	if err := n.router.up(h.eth, false); err != nil {
		return nil, err
	}
	if err := n.router.address(h.eth, h.ip4); err != nil {
		return nil, err
	}
	for _, p := range []string{"255.255.255.255/32", "224.0.0.0/4"} {
		if err := n.router.route(h.eth, netip.MustParsePrefix(p)); err != nil {
			return nil, err
		}
	}
	if err := h.addresses6(); err != nil {
		if !noIPv6(err) {
			return nil, err
		}
		lacks = append(lacks, fmt.Errorf("no IPv6 at %s: %w", h.name, err))
	}
	return lacks, nil
}

// noIPv6 reports whether the kernel has none, or it is switched off.
func noIPv6(err error) bool {
	return errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENODEV)
}

// addresses6 gives the host its IPv6 addresses. They go when the MTU falls below what IPv6 needs.
func (h *host) addresses6() error {
	for _, p := range []netip.Prefix{h.ip6, h.link6} {
		if err := h.namespace.router.address(h.eth, p); err != nil {
			return err
		}
	}
	return nil
}

// settings keep the cable quiet of what nobody asked for, and connections from knowing each other. A namespace is told
// before it has an interface, which takes over the defaults. What cannot be set, the lab can do without: /proc/sys may
// be read-only.
func (n *namespace) settings() error {
	return n.run(func() error { // /proc/sys/net is that of the thread's namespace
		group := strconv.Itoa(os.Getgid())
		var failed []string
		var why error
		for _, s := range []struct{ name, value string }{
			{"ipv4/tcp_no_metrics_save", "1"},
			{"ipv4/ping_group_range", group + " " + group},
			{"ipv4/igmp_qrv", "1"}, // that a group is joined is told once
			{"ipv6/mld_qrv", "1"},
			{"ipv6/conf/default/mldv2_unsolicited_report_interval", "1"}, // and at once
			{"ipv6/conf/default/accept_ra", "0"},
			{"ipv6/conf/default/router_solicitations", "0"},
		} {
			err := os.WriteFile(filepath.Join("/proc/sys/net", s.name), []byte(s.value), 0)
			if err != nil && !errors.Is(err, os.ErrNotExist) { // what a kernel has not, it does not do
				failed, why = append(failed, s.name), err
				if cause := errors.Unwrap(err); cause != nil {
					why = cause
				}
			}
		}
		if failed == nil {
			return nil
		}
		return fmt.Errorf("/proc/sys/net: %w: %s", why, strings.Join(failed, " "))
	})
}
