//go:build unix

package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A Message is what sendmsg(2) sends and recvmsg(2) receives: data, and beside it ancillary data.
type Message struct {
	Data   []byte
	To     sockets.Address // sendmsg: zero for the connected peer
	From   sockets.Address // recvmsg: zero where the kernel gave none
	Rights []sockets.FD    // SCM_RIGHTS: open sockets, which the receiver gets as descriptors of its own
	Creds  *Creds          // SCM_CREDENTIALS (Linux): who sent it; SO_PASSCRED lets the receiver see it
	Other  []Control       // recvmsg: every other control message
	Flags  sockets.MsgFlags
	// Length is how long the datagram was; more than len(Data) where it was cut and MSG_TRUNC was asked for.
	Length int
}

// Creds are a process's credentials, as the kernel vouches for them.
type Creds struct{ PID, UID, GID int }

// A Control is one control message: cmsg(3).
type Control struct {
	Level, Type string // "IPPROTO_IP", "IP_TTL"; numbers where the name is not known
	Value       sockets.Value
}

// controlRoom is how much ancillary data recvmsg is ready for: the 253 descriptors that one message may carry
// (SCM_MAX_FD), and as much again for the rest.
const controlRoom = 2048

// Sendmsg is sendmsg(2). Flags are those of the call.
func (c Caller) Sendmsg(fd sockets.FD, m Message) (int, error) {
	n, err := number(m.Flags)
	if err != nil {
		return 0, err
	}
	control, err := m.control()
	if err != nil {
		return 0, err
	}
	var sa sockaddr
	var iov unix.Iovec
	iov.Base = unsafe.SliceData(m.Data)
	iov.SetLen(len(m.Data))
	var h unix.Msghdr
	h.Iov = &iov
	h.SetIovlen(1)
	if !m.To.IsZero() {
		sa.set(m.To)
		h.Name = (*byte)(unsafe.Pointer(&sa.buf))
		h.Namelen = sa.len
	}
	if len(control) > 0 {
		h.Control = unsafe.SliceData(control)
		h.SetControllen(len(control))
	}
	r, err := c.block("sendmsg", writing(fd, m.Flags), len(m.Data), func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&h)), uintptr(n))
		return r, errno
	}, func(bool) string {
		b := with(fd).text(", {").messageName(m.To).text("msg_iov=[{").bytes(m.Data).text(", ").int(int64(len(m.Data))).text("}]")
		b = b.messageControl(m)
		return string(b.text("}, ").flags(m.Flags))
	})
	return max(r, 0), err
}

// Recvmsg is recvmsg(2), ready for n bytes of data. The descriptors that came are made close-on-exec, as scaffold.
// Flags of the result are the message's: MSG_TRUNC where the datagram was longer, MSG_CTRUNC where ancillary data was cut off.
func (c Caller) Recvmsg(fd sockets.FD, n int, flag sockets.MsgFlags) (Message, error) {
	num, err := number(flag)
	if err != nil {
		return Message{}, err
	}
	data := make([]byte, n)
	control := make([]byte, controlRoom)
	var (
		m   Message
		sa  sockaddr
		iov unix.Iovec
		h   unix.Msghdr
	)
	r, err := c.block("recvmsg", reading(fd, flag), c.whole(fd, data, flag), func() (uintptr, unix.Errno) {
		sa.room()
		iov.Base = unsafe.SliceData(data)
		iov.SetLen(len(data))
		h = unix.Msghdr{Name: (*byte)(unsafe.Pointer(&sa.buf)), Namelen: sa.len, Iov: &iov, Control: &control[0]}
		h.SetIovlen(1)
		h.SetControllen(len(control))
		r, _, errno := unix.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&h)), uintptr(num))
		if errno == 0 {
			m = Message{Data: data[:min(int(r), len(data))], Flags: flags(int(h.Flags)), Length: int(r)}
			if h.Namelen > 0 {
				sa.len = h.Namelen
				m.From = sa.address()
			}
			m.readControl(control[:h.Controllen])
		}
		return r, errno
	}, func(ok bool) string {
		b := with(fd).text(", ")
		if !ok {
			return string(b.text("msg, ").flags(flag))
		}
		b = b.text("{").messageName(m.From).text("msg_iov=[{").bytes(m.Data).text(", ").int(int64(n)).text("}]")
		b = b.messageControl(m).text(", msg_flags=").flags(m.Flags)
		return string(b.text("}, ").flags(flag))
	})
	for _, right := range m.Rights {
		c.closeOnExec(int(right))
	}
	if r < 0 {
		return Message{}, err
	}
	return m, err
}

// control is the ancillary data of m as sendmsg(2) takes it.
func (m Message) control() ([]byte, error) {
	var b []byte
	if len(m.Rights) > 0 {
		fds := make([]int, len(m.Rights))
		for i, fd := range m.Rights {
			fds[i] = int(fd)
		}
		b = append(b, unix.UnixRights(fds...)...)
	}
	if m.Creds != nil {
		creds, err := m.Creds.control()
		if err != nil {
			return nil, err
		}
		b = append(b, creds...)
	}
	return b, nil
}

func (m *Message) readControl(b []byte) {
	all, err := unix.ParseSocketControlMessage(b)
	if err != nil {
		return // only what was cut off is malformed, and MSG_CTRUNC tells
	}
	for i := range all {
		one := &all[i]
		if one.Header.Level == unix.SOL_SOCKET && one.Header.Type == unix.SCM_RIGHTS {
			fds, err := unix.ParseUnixRights(one)
			if err == nil {
				for _, fd := range fds {
					m.Rights = append(m.Rights, sockets.FD(fd))
				}
			}
			continue
		}
		if creds := parseCreds(one); creds != nil {
			m.Creds = creds
			continue
		}
		m.Other = append(m.Other, control(int(one.Header.Level), int(one.Header.Type), one.Data))
	}
}

func (b line) messageName(a sockets.Address) line {
	if a.IsZero() {
		return b
	}
	return b.text("msg_name=").address(a).text(", ")
}

func (b line) messageControl(m Message) line {
	if len(m.Rights) == 0 && m.Creds == nil && len(m.Other) == 0 {
		return b
	}
	b = b.text(", msg_control=[")
	first := true
	next := func() {
		if !first {
			b = b.text(", ")
		}
		first = false
	}
	if len(m.Rights) > 0 {
		next()
		b = b.text("{SOL_SOCKET, SCM_RIGHTS, [")
		for i, fd := range m.Rights {
			if i > 0 {
				b = b.text(", ")
			}
			b = b.fd(fd)
		}
		b = b.text("]}")
	}
	if m.Creds != nil {
		next()
		b = b.text("{SOL_SOCKET, SCM_CREDENTIALS, {pid=").int(int64(m.Creds.PID)).text(", uid=").int(int64(m.Creds.UID)).
			text(", gid=").int(int64(m.Creds.GID)).text("}}")
	}
	for _, o := range m.Other {
		next()
		b = b.text("{").text(o.Level).text(", ").text(o.Type).text(", ").text(o.Value.Text).text("}")
	}
	return append(b, ']')
}
