package lab

import (
	"fmt"
	"time"
)

// A Dir is a direction on the cable. The zero Dir means both.
type Dir int

// The directions.
const (
	Both Dir = iota
	LeftToRight
	RightToLeft
)

// String writes a direction as an arrow between the hosts.
func (d Dir) String() string {
	switch d {
	case LeftToRight:
		return "left→right"
	case RightToLeft:
		return "right→left"
	}
	return "left↔right"
}

// ParseDir reads a direction: "left", "right" (where the frames come from), "left→right", "left->right", "both".
func ParseDir(s string) (Dir, error) {
	switch s {
	case "left", "left→right", "left->right":
		return LeftToRight, nil
	case "right", "right→left", "right->left":
		return RightToLeft, nil
	case "", "both", "left↔right", "left<->right":
		return Both, nil
	}
	return Both, fmt.Errorf("%q is no direction on the cable", s)
}

// Why a frame was lost.
const (
	ByCut   = "cut"   // the cable is cut
	ByDrop  = "drop"  // [Cable.DropNext] asked for it
	ByLoss  = "loss"  // chance, as [Cable.SetLoss] says
	ByQueue = "queue" // the queue before a slow cable was full
	ByMTU   = "mtu"   // longer than the cable carries
	ByError = "error" // the kernel refused it at the far end
)

// A Frame is one Ethernet frame and what became of it on the cable. One that was duplicated is told of twice, the copy
// with Duplicate.
type Frame struct {
	Data []byte    // from the Ethernet header on, without the checksum at its end
	In   time.Time // when the kernel put it on the cable
	Out  time.Time // when it left the cable at the other end; zero for a lost one
	Dir  Dir       // LeftToRight or RightToLeft
	Lost bool
	Why  string // of a lost one: ByCut, ByDrop …

	Duplicate bool // a copy that the cable made
	Delayed   bool // by Delay, Jitter or Rate
	Reordered bool // a later frame overtook it
	Made      bool // no host sent it: the cable did, as a router on the way would

	Missed uint64 // how many frames before this one the watcher was too slow for, and was not told of
}
