package lab

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Join runs this program once more in a lab of this user's that is running: the one whose founder has this process id,
// or the newest where pid is 0. There it calls [Begin]. Arguments, streams and the exit status are as for [Enter].
//
// A user namespace can be entered by a process with one thread only, which a Go program never is: so its child is made
// by a bare clone(2), in which setns(2), capset(2) and execve(2) follow each other without anything of Go's between.
func Join(p Process, pid int) (status int, err error) {
	path, err := find(pid)
	if err != nil {
		return 0, err
	}
	var fds []int
	conn, _, err := distant(path).ask(order{Do: "hello"}, &fds)
	if err != nil {
		return 0, err
	}
	defer unix.Close(conn)
	defer func() { closeAll(fds) }()
	if len(fds) != nsCount {
		return 0, fmt.Errorf("the founder of the lab has not handed over its namespaces")
	}
	return attend(func() (*os.Process, error) { return p.into(fds, path) })
}

// find is the door of a founder.
func find(pid int) (string, error) {
	pids, err := Running()
	if err != nil {
		return "", err
	}
	for _, running := range pids {
		if pid == 0 || pid == running {
			dir, err := runtimeDir()
			return doorPath(dir, running), err
		}
	}
	return "", &sockets.Error{
		Op: "lab join", Err: os.ErrNotExist,
		Message: names.T("no lab of yours is running", "你没有正在运行的实验室"),
		Why:     names.T("a lab lives in the terminal that started it, and ends with it", "实验室存在于启动它的终端里，随它一起结束"),
		Fix:     names.T("start one in another terminal: `sockstep lab`", "在另一个终端里启动：`sockstep lab`"),
	}
}

// A leap is all that the child needs: after clone it must not ask Go for anything.
type leap struct {
	namespaces [4][2]uintptr // descriptor and type, in the order in which they are entered
	streams    [3]uintptr
	head       unix.CapUserHeader
	caps       [2]unix.CapUserData
	keep       uint32     // capabilities
	ambient    [3]uintptr // the same, one by one
	parent     uintptr
	mask       *unix.Sigset_t
	dir        *byte
	path       *byte
	argv, envv **byte
	report     uintptr   // a pipe that closes when the program is there
	failed     [2]uint32 // the step and the errno
	size       uintptr   // of failed
}

var leapSteps = [...]string{"", "setns user", "setns net", "setns mnt", "setns uts", "capget", "capset", "prctl ambient", "prctl pdeathsig", "dup3", "execve"}

// into starts the program again in these namespaces.
func (p *Process) into(fds []int, path string) (*os.Process, error) {
	argv, err := syscall.SlicePtrFromStrings(p.Argv)
	if err != nil {
		return nil, err
	}
	envv, err := syscall.SlicePtrFromStrings(p.env(path))
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return nil, os.NewSyscallError("pipe2", err)
	}
	defer unix.Close(pipe[0])

	l := &leap{
		namespaces: [4][2]uintptr{
			{uintptr(fds[nsUser]), unix.CLONE_NEWUSER}, {uintptr(fds[nsLeft]), unix.CLONE_NEWNET},
			{uintptr(fds[nsMount]), unix.CLONE_NEWNS}, {uintptr(fds[nsUTS]), unix.CLONE_NEWUTS},
		},
		head:   unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3},
		parent: uintptr(os.Getpid()), report: uintptr(pipe[1]),
		path: bytePtr("/proc/self/exe"), argv: &argv[0], envv: &envv[0],
	}
	l.size = unsafe.Sizeof(l.failed)
	for i, c := range keepCaps() {
		l.keep |= 1 << c
		l.ambient[i] = c
	}
	if dir, err := os.Getwd(); err == nil { // setns changes it to the root
		l.dir = bytePtr(dir)
	}
	var dups []int
	defer func() { closeAll(dups) }()
	for i, f := range []*os.File{p.Stdin, p.Stdout, p.Stderr} {
		if f == nil {
			f = null
		}
		// Above the three, so that none is overwritten before it is put in its place.
		fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
		if err != nil {
			_ = unix.Close(pipe[1])
			return nil, os.NewSyscallError("fcntl", err)
		}
		dups = append(dups, fd)
		l.streams[i] = uintptr(fd)
	}

	// The child takes the signals back before execve.
	child, err := undisturbed(func(old *unix.Sigset_t) (uintptr, syscall.Errno) {
		l.mask = old
		return l.leap()
	})
	_ = unix.Close(pipe[1])
	if err != nil {
		return nil, err
	}
	process, err := os.FindProcess(child)
	if err != nil {
		return nil, err
	}
	var failed [8]byte
	if n, err := unix.Read(pipe[0], failed[:]); err == nil && n == len(failed) {
		_, _ = process.Wait()
		step, errno := binary.NativeEndian.Uint32(failed[:]), binary.NativeEndian.Uint32(failed[4:])
		return nil, os.NewSyscallError(leapSteps[step], unix.Errno(errno))
	}
	return process, nil
}

func bytePtr(s string) *byte {
	p, err := syscall.BytePtrFromString(s)
	if err != nil {
		return nil
	}
	return p
}

// leap clones the process. The child has one thread, no scheduler and no collector: bare system calls, no more stack.
//
//go:norace
//go:nosplit
//go:noinline
func (l *leap) leap() (pid uintptr, errno syscall.Errno) {
	pid, _, errno = syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 || pid != 0 {
		return pid, errno
	}
	for i := range l.namespaces {
		if _, _, e := syscall.RawSyscall(unix.SYS_SETNS, l.namespaces[i][0], l.namespaces[i][1], 0); e != 0 {
			l.fail(uint32(1+i), e)
		}
	}
	// What a program with a uid other than 0 is to keep over execve must be inheritable and ambient.
	if _, _, e := syscall.RawSyscall(unix.SYS_CAPGET, uintptr(unsafe.Pointer(&l.head)), uintptr(unsafe.Pointer(&l.caps)), 0); e != 0 {
		l.fail(5, e)
	}
	l.caps[0].Inheritable |= l.keep
	if _, _, e := syscall.RawSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&l.head)), uintptr(unsafe.Pointer(&l.caps)), 0); e != 0 {
		l.fail(6, e)
	}
	for i := range l.ambient {
		if _, _, e := syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, l.ambient[i], 0, 0, 0); e != 0 {
			l.fail(7, e)
		}
	}
	if _, _, e := syscall.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0); e != 0 {
		l.fail(8, e)
	}
	if pid, _, _ := syscall.RawSyscall(unix.SYS_GETPPID, 0, 0, 0); pid != l.parent { // it died meanwhile
		l.fail(8, syscall.ESRCH)
	}
	for i := range l.streams {
		if _, _, e := syscall.RawSyscall(unix.SYS_DUP3, l.streams[i], uintptr(i), 0); e != 0 {
			l.fail(9, e)
		}
	}
	if l.dir != nil {
		syscall.RawSyscall(unix.SYS_CHDIR, uintptr(unsafe.Pointer(l.dir)), 0, 0)
	}
	syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(l.mask)), 0, 8, 0, 0)
	_, _, e := syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(l.path)), uintptr(unsafe.Pointer(l.argv)), uintptr(unsafe.Pointer(l.envv)))
	l.fail(10, e)
	return 0, 0
}

// fail tells the parent, and ends the child.
//
//go:norace
//go:nosplit
//go:noinline
func (l *leap) fail(step uint32, errno syscall.Errno) {
	l.failed[0], l.failed[1] = step, uint32(errno)
	syscall.RawSyscall(unix.SYS_WRITE, l.report, uintptr(unsafe.Pointer(&l.failed)), l.size)
	for {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 1, 0, 0)
	}
}
