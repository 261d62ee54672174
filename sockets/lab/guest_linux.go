package lab

import (
	"encoding/json"
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A distant is the founder, as a guest knows it: the path of its door.
type distant string

// ask sends one order and returns the connection with the answer to it.
func (d distant) ask(o order, fds *[]int) (int, answer, error) {
	var a answer
	fd, err := knock(string(d))
	if err != nil {
		return -1, a, d.gone(err)
	}
	if err = send(fd, o); err == nil {
		buf := make([]byte, largest)
		var n int
		if n, err = recv(fd, buf, fds); err == nil && n > 0 {
			err = json.Unmarshal(buf[:n], &a)
		} else if err == nil {
			err = unix.ECONNRESET // it hung up
		}
	}
	if err == nil && a.Error != "" {
		err = errors.New(a.Error)
		_ = unix.Close(fd)
		return -1, a, err
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, a, d.gone(err)
	}
	return fd, a, nil
}

// gone says that the founder cannot be reached.
func (d distant) gone(err error) error {
	return &sockets.Error{
		Op: "lab", Errno: errnoName(err), Err: err,
		Message: names.T("the lab is no longer there", "实验室已经不在了"),
		Why: names.T("its first terminal, in which the network and its cable live, has ended",
			"网络和网线都在第一个终端里，而那个终端已经结束"),
		Fix: names.T("start a new one with `sockstep lab`", "用 `sockstep lab` 重新开始"),
	}
}

func (d distant) do(o order, to *State) error {
	fd, a, err := d.ask(o, nil)
	if err != nil {
		return err
	}
	if to != nil && a.State != nil {
		*to = *a.State
	}
	return os.NewSyscallError("close", unix.Close(fd))
}

func (d distant) frames(see func(Frame)) (stop func(), err error) {
	fd, _, err := d.ask(order{Do: "frames"}, nil)
	if err != nil {
		return nil, err
	}
	go func() {
		defer unix.Close(fd)
		buf := make([]byte, largest)
		for {
			n, err := recv(fd, buf, nil)
			if n <= 0 || err != nil {
				return
			}
			var a answer
			if json.Unmarshal(buf[:n], &a) == nil && a.Frame != nil {
				see(*a.Frame)
			}
		}
	}()
	return sync.OnceFunc(func() { _ = unix.Shutdown(fd, unix.SHUT_RDWR) }), nil
}

// beginGuest finds the lab of the founder with this door, which this process is in.
func beginGuest(path string) (*Lab, error) {
	d := distant(path)
	var fds []int
	alive, _, err := d.ask(order{Do: "hello"}, &fds)
	if err != nil {
		return nil, err
	}
	if len(fds) != nsCount {
		_ = unix.Close(alive)
		closeAll(fds)
		return nil, errors.New("the founder of the lab has not handed over its namespaces")
	}
	closeAll([]int{fds[nsUser], fds[nsMount]})
	uts := []int{fds[nsUTS], fds[nsRightUTS]}
	l := &Lab{cable: &Cable{founder: d}, done: make(chan struct{})}
	l.leave = func() { _ = unix.Shutdown(alive, unix.SHUT_RDWR) }
	for i, p := range places() {
		l.hosts[i] = &host{place: p, namespace: &namespace{fd: fds[nsLeft+i], uts: uts[i], ioctl: -1}}
	}
	if _, err := l.Here(); err != nil {
		_ = unix.Close(alive)
		return nil, errors.Join(err, l.Close())
	}
	go func() { // the connection ends with the founder
		defer unix.Close(alive)
		_, _ = recv(alive, make([]byte, 1), nil)
		close(l.done)
	}()
	return l, nil
}

func closeAll(fds []int) {
	for _, fd := range fds {
		_ = unix.Close(fd)
	}
}
