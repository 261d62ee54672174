package lab

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A keeper is a process that sees to it that nothing is left behind, however this one dies: it waits for the end of a
// pipe whose other end this process alone has, and SIGKILL closes that too. Its own end is then all that is needed of
// the first of a PID namespace, pid_namespaces(7): the kernel kills whatever else is in there.
//
// It is made by a bare clone(2), as [Join] makes its child, and never asks Go for anything. No signal reaches it, and
// no terminal; it has nothing open but the pipe.
type keeper struct {
	pipe    int // our end
	process *os.Process
}

// A watchKeep is all that a keeper needs.
type watchKeep struct {
	pipe, report uintptr
	remove       *byte // a file that goes at the end, nil for none

	first              bool // of a PID namespace, which gets its own /proc
	root, proc, procAt *byte
	last, from         *byte
	fromLen            uintptr
	ignore             [8]uintptr // SIG_IGN as rt_sigaction(2) takes it
	got                [1]byte
}

// keepFile makes a keeper that removes a file at the end.
func keepFile(path string) (*keeper, error) {
	remove, err := syscall.BytePtrFromString(path)
	if err != nil {
		return nil, err
	}
	return keep(&watchKeep{remove: remove})
}

// keepProcesses makes the first process of a PID namespace, with a /proc of its own, for what the calling thread starts
// from now on. The thread is good for nothing else then.
func keepProcesses() (*keeper, error) {
	if err := unix.Unshare(unix.CLONE_NEWPID | unix.CLONE_NEWNS); err != nil {
		return nil, os.NewSyscallError("unshare", err)
	}
	// The numbers go on from here: what is named after its process keeps its name for itself, also among those in
	// namespaces of their own.
	from := strconv.Itoa(os.Getpid())
	return keep(&watchKeep{
		first: true, root: bytePtr("/"), proc: bytePtr("proc"), procAt: bytePtr("/proc"), last: bytePtr("/proc/sys/kernel/ns_last_pid"),
		from: bytePtr(from), fromLen: uintptr(len(from)), ignore: [8]uintptr{1},
	})
}

func keep(w *watchKeep) (_ *keeper, err error) {
	var pipe, report [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("pipe2", err)
	}
	defer unix.Close(pipe[0])
	if err := unix.Pipe2(report[:], unix.O_CLOEXEC); err != nil {
		_ = unix.Close(pipe[1])
		return nil, os.NewSyscallError("pipe2", err)
	}
	defer unix.Close(report[0])
	w.pipe, w.report = uintptr(pipe[0]), uintptr(report[1])
	child, err := undisturbed(func(*unix.Sigset_t) (uintptr, syscall.Errno) { return w.clone() })
	_ = unix.Close(report[1])
	if err != nil {
		_ = unix.Close(pipe[1])
		return nil, err
	}
	k := &keeper{pipe: pipe[1]}
	k.process, _ = os.FindProcess(child)
	var failed [4]byte
	if n, _ := unix.Read(report[0], failed[:]); n > 0 {
		k.close()
		return nil, os.NewSyscallError("mount", unix.Errno(failed[0]))
	}
	return k, nil
}

// close ends the keeper, and what it keeps.
func (k *keeper) close() {
	if k == nil {
		return
	}
	_ = unix.Close(k.pipe)
	_, _ = k.process.Wait()
}

// undisturbed clones while no signal can come: it would run Go's handler in a copy of Go that is half there.
func undisturbed(clone func(old *unix.Sigset_t) (uintptr, syscall.Errno)) (pid int, err error) {
	var all, old unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &old); err != nil {
		return 0, err
	}
	child, errno := clone(&old)
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil)
	if errno != 0 {
		return 0, os.NewSyscallError("clone", errno)
	}
	return int(child), nil
}

// clone makes the process. In it there is one thread, no scheduler and no collector: bare system calls, no more stack.
//
//go:norace
//go:nosplit
//go:noinline
func (w *watchKeep) clone() (pid uintptr, errno syscall.Errno) {
	pid, _, errno = syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 || pid != 0 {
		return pid, errno
	}
	syscall.RawSyscall(unix.SYS_SETSID, 0, 0, 0) // away from the terminal
	if w.first {
		w.furnish()
	}
	// Nothing of what this process has open is to be held open: a socket that it closes must be closed.
	if _, _, e := syscall.RawSyscall(unix.SYS_CLOSE_RANGE, w.pipe+1, uintptr(^uint32(0)), 0); e != 0 {
		for fd := w.pipe + 1; fd < 4096; fd++ {
			syscall.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
		}
	}
	for fd := uintptr(0); fd < w.pipe; fd++ {
		syscall.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
	}
	for {
		if n, _, e := syscall.RawSyscall(unix.SYS_READ, w.pipe, uintptr(unsafe.Pointer(&w.got)), 1); n == 0 || e != syscall.EINTR {
			break
		}
	}
	if w.remove != nil {
		syscall.RawSyscall6(unix.SYS_UNLINKAT, atCwd, uintptr(unsafe.Pointer(w.remove)), 0, 0, 0, 0)
	}
	for {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
}

// atCwd is AT_FDCWD, which is negative.
const atCwd = ^uintptr(99)

// furnish is what the first of a PID namespace does: orphans that come to it are nobody's concern when they end, and
// /proc speaks of the processes in there. Where /proc may not be had there is no namespace.
//
//go:norace
//go:nosplit
//go:noinline
func (w *watchKeep) furnish() {
	syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(syscall.SIGCHLD), uintptr(unsafe.Pointer(&w.ignore)), 0, 8, 0, 0)
	syscall.RawSyscall6(unix.SYS_MOUNT, 0, uintptr(unsafe.Pointer(w.root)), 0, unix.MS_REC|unix.MS_SLAVE, 0, 0)
	if _, _, e := syscall.RawSyscall6(unix.SYS_MOUNT, uintptr(unsafe.Pointer(w.proc)), uintptr(unsafe.Pointer(w.procAt)), uintptr(unsafe.Pointer(w.proc)), unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, 0, 0); e != 0 {
		w.got[0] = byte(e)
		syscall.RawSyscall(unix.SYS_WRITE, w.report, uintptr(unsafe.Pointer(&w.got)), 1)
		return
	}
	fd, _, e := syscall.RawSyscall6(unix.SYS_OPENAT, atCwd, uintptr(unsafe.Pointer(w.last)), unix.O_WRONLY, 0, 0, 0)
	if e == 0 { // a kernel may not have it
		syscall.RawSyscall(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(w.from)), w.fromLen)
	}
}
