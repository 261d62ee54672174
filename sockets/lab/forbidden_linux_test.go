package lab

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// forbidding are the ways in which a process can be kept from making namespaces, each done to the calling process.
func forbidding() map[string]func() error {
	return map[string]func() error{
		"ENOSPC": func() error { return os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0) },
		"EPERM":  func() error { return refuseClone(unix.EPERM) },
		"EUSERS": func() error { return refuseClone(unix.EUSERS) },
	}
}

// refuseClone has a filter of system calls refuse new user namespaces, as containers do.
func refuseClone(errno unix.Errno) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_CLONE, Jf: 3},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 16}, // its first argument
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.CLONE_NEWUSER, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if e != 0 {
		return e
	}
	return nil
}

// enterForbidden prints what Enter says when it is forbidden.
func enterForbidden(p Process, forbid func() error) int {
	if err := forbid(); err != nil {
		fmt.Println("cannot forbid:", err)
		return 1
	}
	_, err := Enter(p)
	var e *sockets.Error
	if !errors.As(err, &e) || !Forbidden(err) {
		fmt.Printf("not a refusal: %v\n", err)
		return 1
	}
	fmt.Println(e.Errno, e.Why.En, e.Why.Zh)
	return 0
}

func TestForbidden(t *testing.T) {
	if here != nil {
		t.Skip("this test is for outside of the lab")
	}
	for name, want := range map[string]string{"ENOSPC": "is 0: they are forbidden", "EPERM": "seccomp", "EUSERS": "a limit is reached"} {
		u := user{"root", -1}
		c := u.command(u.runtime(t), name, "ready")
		c.SysProcAttr = &syscall.SysProcAttr{ // where it has every right over its own limits
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		out, err := c.CombinedOutput()
		if c.Process == nil {
			refused(t, err.Error())
		}
		if err != nil || !strings.HasPrefix(string(out), name+" ") || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}

// TestExplain has every way in which a system may refuse explained: another one each, in both languages, with a cure.
func TestExplain(t *testing.T) {
	seen := map[names.Text]string{}
	for name, c := range map[string]struct {
		errno  unix.Errno
		policy policy
		cure   string
	}{
		"apparmor":   {unix.EACCES, policy{apparmor: "1"}, "apparmor_restrict_unprivileged_userns=0"},
		"debian":     {unix.EPERM, policy{debian: "0"}, "unprivileged_userns_clone=1"},
		"container":  {unix.EPERM, policy{seccomp: true}, "seccomp=unconfined"},
		"chroot":     {unix.EPERM, policy{}, "chroot"},
		"zero":       {unix.ENOSPC, policy{limits: []limit{{"user.max_user_namespaces", "0"}}}, "user.max_user_namespaces=10000"},
		"zero names": {unix.ENOSPC, policy{limits: []limit{{"user.max_user_namespaces", "9"}, {"user.max_uts_namespaces", "0"}}}, "user.max_uts_namespaces=10000"},
		"few":        {unix.ENOSPC, policy{limits: []limit{{"user.max_user_namespaces", "95000"}, {"user.max_net_namespaces", "9"}}}, "sysctl user"},
		"many":       {unix.ENOSPC, policy{limits: []limit{{"user.max_user_namespaces", "2147483647"}}}, "lsns"},
		"old kernel": {unix.EINVAL, policy{}, "another kernel"},
		"no veth":    {unix.EOPNOTSUPP, policy{}, "modprobe veth"},
		"memory":     {unix.ENOMEM, policy{}, "ulimit"},
	} {
		e := explain("clone", c.errno, os.NewSyscallError("clone", c.errno), c.policy, 1000)
		if e.Errno != unix.ErrnoName(c.errno) || !errors.Is(e, c.errno) || !strings.Contains(e.Fix.En, c.cure) {
			t.Errorf("%s: %+v", name, e)
		}
		for _, text := range []names.Text{e.Message, e.Why, e.Fix} {
			if text.En == "" || text.Zh == "" || strings.Contains(text.En+text.Zh, "{") {
				t.Errorf("%s: %+v", name, text)
			}
		}
		if other := seen[e.Why]; other != "" {
			t.Errorf("%s is explained as %s is", name, other)
		}
		seen[e.Why] = name
	}
	p := policy{limits: []limit{{"user.max_user_namespaces", "95000"}, {"user.max_net_namespaces", "9"}}}
	if why := explain("clone", unix.ENOSPC, unix.ENOSPC, p, 1000).Why.En; !strings.Contains(why, "(user.max_net_namespaces = 9)") {
		t.Errorf("which limit is it? %s", why)
	}
	err := errors.New("no refusal")
	if got := forbidden("clone", err); got != err {
		t.Errorf("%v", got)
	}
}
