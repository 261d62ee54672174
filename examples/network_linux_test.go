package examples

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"
)

// inPrivateNetwork marks the process that runs the tests in a network of its own.
const inPrivateNetwork = "SOCKSTEP_PRIVATE_NETWORK"

// privateNetwork runs this test program once more, in a network namespace of its own: the examples use the fixed ports of a
// textbook, which another test or a server of this machine may hold. ok is false where the system forbids it.
func privateNetwork() (status int, ok bool) {
	self, err := os.Executable()
	if err != nil {
		return 0, false
	}
	runtime.LockOSThread() // Pdeathsig is tied to the thread
	defer runtime.UnlockOSThread()
	for _, flags := range []uintptr{syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET, syscall.CLONE_NEWNET} {
		cmd := exec.Command(self, os.Args[1:]...)
		cmd.Env = append(os.Environ(), inPrivateNetwork+"=yes")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		attr := &syscall.SysProcAttr{Cloneflags: flags, Pdeathsig: syscall.SIGKILL}
		if flags&syscall.CLONE_NEWUSER != 0 {
			attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
			attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		}
		cmd.SysProcAttr = attr
		if cmd.Start() != nil {
			continue
		}
		_ = cmd.Wait()
		if status := cmd.ProcessState.ExitCode(); status != noNetwork {
			return status, true
		}
	}
	return 0, false
}

// noNetwork is the exit status of a test program that found no working network in its namespace.
const noNetwork = 77

// enterNetwork brings the loopback interface up, where this process is the one in the private network.
func enterNetwork() (entered bool) {
	if os.Getenv(inPrivateNetwork) == "" {
		return false
	}
	if err := loopbackUp(); err != nil {
		fmt.Fprintln(os.Stderr, "no private network:", err)
		os.Exit(noNetwork)
	}
	return true
}

func loopbackUp() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	var req struct { // struct ifreq
		name  [16]byte
		flags uint16
		_     [22]byte
	}
	copy(req.name[:], "lo")
	req.flags = syscall.IFF_UP | syscall.IFF_RUNNING
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&req))); errno != 0 {
		return errno
	}
	return nil
}
