//go:build unix

package sys

import "golang.org/x/sys/unix"

const (
	small    = 16 << 20  // bytes that are there without being asked for
	overhead = 128 << 20 // that Go's runtime takes in large pieces beside them
)

// RoomInMemory reports whether the system would give this process n bytes of memory now: where it does not, Go's runtime ends the
// process.
func RoomInMemory(n int) bool {
	if n <= small {
		return true
	}
	p, err := unix.Mmap(-1, 0, n+overhead, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return false
	}
	_ = unix.Munmap(p)
	return true
}
