package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// name gives the machine the name "left", and other programs the hosts' names: our hosts file lies over /etc/hosts, in
// this lab's mount namespace alone.
func name() error {
	return errors.Join(os.NewSyscallError("sethostname", unix.Sethostname([]byte(Left))), coverHosts())
}

func coverHosts() error {
	const file = "/etc/hosts"
	var b strings.Builder
	for _, p := range places() {
		fmt.Fprintf(&b, "%s %s\n%s %s\n", p.ip4.Addr(), p.name, p.ip6.Addr(), p.name)
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return err // there is nothing that could be covered
	}
	b.WriteString(strings.TrimSuffix(string(old), "\n") + "\n")
	dir, err := runtimeDir()
	if err != nil {
		return err
	}
	ours := filepath.Join(dir, fmt.Sprintf("hosts-%d", os.Getpid()))
	if err := os.WriteFile(ours, []byte(b.String()), 0o644); err != nil {
		return err
	}
	defer os.Remove(ours) // the mount keeps what is in it
	if err := unix.Mount(ours, file, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("%s: %w", file, os.NewSyscallError("mount", err))
	}
	return nil
}
