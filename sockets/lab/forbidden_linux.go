package lab

import (
	"errors"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// What a system says of itself that bears on namespaces; "" where it says nothing.
type policy struct {
	limits    []limit
	debian    string // /proc/sys/kernel/unprivileged_userns_clone
	apparmor  string // /proc/sys/kernel/apparmor_restrict_unprivileged_userns
	seccomp   bool   // this process is under a filter of system calls
	container bool   // of a well-known kind
}

// A limit is how many namespaces of a kind a user may have, sysctl user.max_user_namespaces and its like.
type limit struct{ name, value string }

func readPolicy() policy {
	read := func(name string) string {
		b, _ := os.ReadFile(name)
		return strings.TrimSpace(string(b))
	}
	exists := func(name string) bool {
		_, err := os.Stat(name)
		return err == nil
	}
	var limits []limit
	for _, kind := range []string{"user", "net", "mnt", "uts"} {
		name := "max_" + kind + "_namespaces"
		limits = append(limits, limit{"user." + name, read("/proc/sys/user/" + name)})
	}
	return policy{
		limits:    limits,
		debian:    read("/proc/sys/kernel/unprivileged_userns_clone"),
		apparmor:  read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		seccomp:   strings.Contains(read("/proc/self/status"), "\nSeccomp:\t2"),
		container: exists("/.dockerenv") || exists("/run/.containerenv") || os.Getenv("container") != "",
	}
}

// zero is the limit that forbids namespaces altogether, "" where none does.
func (p policy) zero() string {
	for _, l := range p.limits {
		if l.value == "0" {
			return l.name
		}
	}
	return ""
}

// low are the limits that somebody may have set, as " (user.max_net_namespaces = 2)". Those of a namespace that the
// lab has already made are as good as none.
func (p policy) low() string {
	const few = 10_000
	var low []string
	for _, l := range p.limits {
		if n, err := strconv.Atoi(l.value); err == nil && n < few {
			low = append(low, l.name+" = "+l.value)
		}
	}
	if low == nil {
		return ""
	}
	return " (" + strings.Join(low, ", ") + ")"
}

// forbidden explains a refusal of what the lab is made of. An error that is no refusal stays as it is.
func forbidden(op string, err error) error {
	var errno unix.Errno
	var told *sockets.Error
	if errors.As(err, &told) || !errors.As(err, &errno) {
		return err
	}
	return explain(op, errno, err, readPolicy(), os.Getuid())
}

func explain(op string, errno unix.Errno, err error, p policy, uid int) *sockets.Error {
	e := &sockets.Error{Op: op, Errno: errnoName(errno), Err: err}
	say := func(message, why, fix names.Text) *sockets.Error {
		e.Message, e.Why, e.Fix = message, why, fix
		return e
	}
	refused := names.T("this system does not let you make a network of your own", "这个系统不允许你创建自己的网络")
	root := names.T("or run `sockstep lab` as root", "，或者以 root 身份运行 `sockstep lab`")
	if uid == 0 {
		root = names.Text{}
	}
	container := names.T("in a container, start it with `--security-opt seccomp=unconfined` (docker, podman), or run sockstep outside of it",
		"如果在容器里，请用 `--security-opt seccomp=unconfined` 启动容器（docker、podman），或在容器外运行 sockstep")
	cure := func(line string) names.Text {
		return names.T("an administrator may allow it: {line}", "管理员可以放开限制：{line}").Fill("line", line).Plus(root)
	}
	denied := errno == unix.EPERM || errno == unix.EACCES
	switch {
	case denied && p.apparmor == "1" && uid != 0:
		return say(refused,
			names.T("AppArmor takes all rights from a user namespace that an ordinary user makes (apparmor_restrict_unprivileged_userns is 1, as on Ubuntu since 23.10)",
				"AppArmor 会剥夺普通用户所建用户命名空间里的一切权限（apparmor_restrict_unprivileged_userns 为 1，Ubuntu 23.10 起如此）"),
			cure("`sysctl kernel.apparmor_restrict_unprivileged_userns=0`"))
	case denied && p.debian == "0" && uid != 0:
		return say(refused,
			names.T("user namespaces are kept for root (unprivileged_userns_clone is 0)", "用户命名空间只留给 root（unprivileged_userns_clone 为 0）"),
			cure("`sysctl kernel.unprivileged_userns_clone=1`"))
	case denied && (p.seccomp || p.container):
		return say(refused,
			names.T("this process is in a container or under a filter of system calls (seccomp), which forbids new namespaces",
				"这个进程在容器里，或受系统调用过滤（seccomp）约束，不能创建新的命名空间"), container)
	case denied:
		return say(refused,
			names.T("the kernel forbids it here: in a chroot, or by a security module (SELinux, AppArmor)",
				"内核在这里禁止这样做：可能处于 chroot 中，或被安全模块（SELinux、AppArmor）禁止"),
			names.T("run sockstep outside of the chroot, or see `dmesg` for who forbade it", "在 chroot 之外运行 sockstep，或用 `dmesg` 查看是谁禁止的").Plus(root))
	case errno == unix.ENOSPC && p.zero() != "":
		return say(refused,
			names.T("the limit on namespaces, {limit}, is 0: they are forbidden", "命名空间数量的上限 {limit} 为 0：即禁止创建").Fill("limit", p.zero()),
			names.T("an administrator may allow it: `sysctl {limit}=10000`", "管理员可以放开限制：`sysctl {limit}=10000`").Fill("limit", p.zero()))
	case errno == unix.ENOSPC || errno == unix.EUSERS:
		return say(names.T("there are too many namespaces already", "命名空间已经太多了"),
			names.T("a limit is reached: of namespaces that a user may have{low}, or of 32 that lie within each other",
				"达到了上限：一个用户的命名空间个数{low}，或嵌套 32 层的限制").Fill("low", p.low()),
			names.T("end other labs and containers: `lsns` lists what there is, `sysctl user` the limits; the lab takes three networks",
				"先结束其他实验室和容器：`lsns` 列出现有的命名空间，`sysctl user` 列出上限；实验室要用三个网络"))
	case errno == unix.EINVAL || errno == unix.ENOSYS:
		return say(names.T("this kernel has no namespaces", "这个内核没有命名空间"),
			names.T("it was built without CONFIG_USER_NS or CONFIG_NET_NS, or something that is not Linux plays its part",
				"它编译时没有打开 CONFIG_USER_NS 或 CONFIG_NET_NS，或者实际上并不是 Linux"),
			names.T("use another kernel; everything outside of the lab works here too", "换一个内核；实验室以外的一切在这里照常可用"))
	case errno == unix.EOPNOTSUPP || errno == unix.ENODEV:
		return say(names.T("this kernel lacks a part of the lab", "这个内核缺少实验室所需的一部分"),
			names.T("it has no veth interfaces (CONFIG_VETH), or may not load their module", "它没有 veth 接口（CONFIG_VETH），或不能加载对应的模块"),
			names.T("an administrator may load it: `modprobe veth`", "管理员可以加载它：`modprobe veth`"))
	case errno == unix.ENOMEM || errno == unix.EAGAIN:
		return say(names.T("there is not enough memory, or there are too many processes", "内存不足，或进程太多"),
			names.T("the lab needs some 40 MB and one process more", "实验室需要大约 40 MB 内存和一个新进程"),
			names.T("end something else first; `ulimit -u` shows how many processes you may have", "先结束别的程序；`ulimit -u` 显示允许的进程数"))
	}
	if known, ok := names.LookupErrno(e.Errno); ok {
		e.Message = known.Meaning
	}
	return e
}

// Forbidden reports whether err says that this system does not allow a lab: nothing is wrong with sockstep or its use.
func Forbidden(err error) bool {
	for _, errno := range []unix.Errno{unix.EPERM, unix.EACCES, unix.ENOSPC, unix.EUSERS, unix.EINVAL, unix.ENOSYS} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return errors.Is(err, errors.ErrUnsupported)
}

func errnoName(err error) string {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return unix.ErrnoName(errno)
	}
	return ""
}
