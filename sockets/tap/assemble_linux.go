package tap

import (
	"fmt"
	"math"

	"golang.org/x/sys/unix"
)

// A label is a place in a program that is not known yet when a jump to it is written. The zero label is the next instruction.
type label int

// A program is one for the kernel's classic packet filter, as it grows: see linux/Documentation/networking/filter.rst.
// Its machine has an accumulator A, an index X, and 16 words of memory M.
type program struct {
	code []instruction
	at   []int // where each label is; -1 until it is placed
}

type instruction struct {
	op      uint16
	k       uint32
	yes, no label // where it jumps; a conditional one has one of them, for the other way the next instruction follows
	far     bool  // a conditional jump of more than 255 instructions, which takes a jump that is not conditional beside it
}

// The instructions of the filter that are needed here.
const (
	retK     = unix.BPF_RET | unix.BPF_K
	loadK    = unix.BPF_LD | unix.BPF_IMM
	loadMem  = unix.BPF_LD | unix.BPF_MEM
	loadByte = unix.BPF_LD | unix.BPF_B | unix.BPF_IND // of the packet, at X+k
	loadHalf = unix.BPF_LD | unix.BPF_H | unix.BPF_IND
	loadWord = unix.BPF_LD | unix.BPF_W | unix.BPF_IND
	loadMeta = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS // of what the kernel knows beside the packet
	loadX    = unix.BPF_LDX | unix.BPF_IMM
	loadXMem = unix.BPF_LDX | unix.BPF_MEM
	store    = unix.BPF_ST
	and      = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	shift    = unix.BPF_ALU | unix.BPF_LSH | unix.BPF_K
	addK     = unix.BPF_ALU | unix.BPF_ADD | unix.BPF_K
	addX     = unix.BPF_ALU | unix.BPF_ADD | unix.BPF_X
	orX      = unix.BPF_ALU | unix.BPF_OR | unix.BPF_X
	toX      = unix.BPF_MISC | unix.BPF_TAX
	fromX    = unix.BPF_MISC | unix.BPF_TXA
	jump     = unix.BPF_JMP | unix.BPF_JA
	ifEqual  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	ifAtMost = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K // k <= A
	ifAny    = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
)

// What the kernel knows beside the packet, at these offsets of loadMeta.
const (
	metaProtocol = ^uint32(0x1000-1) + 0  // EtherType
	metaPacket   = ^uint32(0x1000-1) + 4  // to whom it is addressed, or that it goes out
	metaIface    = ^uint32(0x1000-1) + 8  // index of the interface
	metaHardware = ^uint32(0x1000-1) + 28 // type of the interface
	network      = ^uint32(0x100000 - 1)  // offset of the network header, wherever it is
)

// newLabel makes a label to be placed later.
func (p *program) newLabel() label {
	if p.at == nil {
		p.at = []int{-1} // label 0 is taken
	}
	p.at = append(p.at, -1)
	return label(len(p.at) - 1)
}

// place says that a label is here.
func (p *program) place(l label) { p.at[l] = len(p.code) }

// do adds an instruction that does not jump.
func (p *program) do(op uint16, k uint32) { p.code = append(p.code, instruction{op: op, k: k}) }

// goTo adds a jump, however far.
func (p *program) goTo(l label) { p.code = append(p.code, instruction{op: jump, yes: l}) }

// when adds a jump for where the condition holds.
func (p *program) when(op uint16, k uint32, l label) {
	p.code = append(p.code, instruction{op: op, k: k, yes: l})
}

// unless adds a jump for where it does not.
func (p *program) unless(op uint16, k uint32, l label) {
	p.code = append(p.code, instruction{op: op, k: k, no: l})
}

// assemble gives the program as the kernel takes it.
func (p *program) assemble() ([]unix.SockFilter, error) {
	for {
		places, size := p.layout()
		if size > unix.BPF_MAXINSNS {
			return nil, fmt.Errorf("a filter of %d instructions, the kernel takes %d: too many ports", size, unix.BPF_MAXINSNS)
		}
		out, grown := make([]unix.SockFilter, 0, size), false
		for i := range p.code {
			in := &p.code[i]
			target, distance := in.yes|in.no, 0 // one of them is none
			if target != 0 {
				if p.at[target] < i {
					return nil, fmt.Errorf("instruction %d of the filter jumps back, or nowhere", i)
				}
				distance = places[p.at[target]] - places[i] - 1
			}
			f := unix.SockFilter{Code: in.op, K: in.k}
			switch {
			case target == 0:
			case in.op == jump:
				f.K = uint32(distance)
			case in.far && in.yes != 0: // holds: the jump that follows; does not: past it
				f.Jf = 1
			case in.far:
				f.Jt = 1
			case distance > math.MaxUint8:
				in.far, grown = true, true
			case in.yes != 0:
				f.Jt = uint8(distance)
			default:
				f.Jf = uint8(distance)
			}
			if out = append(out, f); in.far {
				out = append(out, unix.SockFilter{Code: jump, K: uint32(distance - 1)})
			}
		}
		if !grown {
			return out, nil
		}
	}
}

// layout is where each instruction comes to stand, and how many there will be.
func (p *program) layout() (places []int, size int) {
	places = make([]int, len(p.code)+1)
	for i, in := range p.code {
		places[i] = size
		if size++; in.far {
			size++
		}
	}
	places[len(p.code)] = size
	return places, size
}
