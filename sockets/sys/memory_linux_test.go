package sys_test

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/sockets/sys"
)

// What the system would not give is known before it is asked for in earnest.
func TestRoomInMemory(t *testing.T) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_AS, &limit); err != nil {
		t.Fatal(err)
	}
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var pages uint64
	if _, err := fmt.Sscan(string(statm), &pages); err != nil {
		t.Fatal(err)
	}
	if !sys.RoomInMemory(1 << 30) {
		t.Error("no room for 1 GiB, without a limit")
	}
	low := unix.Rlimit{Cur: pages*uint64(os.Getpagesize()) + 600<<20, Max: limit.Max}
	if err := unix.Setrlimit(unix.RLIMIT_AS, &low); err != nil {
		t.Fatal(err)
	}
	defer unix.Setrlimit(unix.RLIMIT_AS, &limit)
	for n, want := range map[int]bool{1024: true, 100 << 20: true, 1 << 30: false} {
		if got := sys.RoomInMemory(n); got != want {
			t.Errorf("room for %d bytes, with 600 MiB left: %v", n, got)
		}
	}
}
