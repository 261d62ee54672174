package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
)

// A Writer writes packets to a pcapng file, which Wireshark and tcpdump open (IETF draft-ietf-opsawg-pcapng). Times
// are kept to the nanosecond.
type Writer struct {
	w          io.Writer
	interfaces []Interface
	buf        []byte
	err        error // of the first write that failed: a file with a hole is none
}

// An Interface is where packets were captured.
type Interface struct {
	Name        string // "lo"
	Description string
	Link        Link
	Snaplen     int // how much of a packet is kept; 0 for all of it
}

// A Name is a name for an address, which Wireshark then shows.
type Name struct {
	Addr netip.Addr
	Name string
}

// The blocks of a file, and their options.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockNames     = 4
	blockPacket    = 6

	pcapComment     = 1
	pcapApplication = 4
	pcapName        = 2
	pcapDescription = 3
	pcapResolution  = 9
)

// NewWriter begins a file: application is who made it. Every packet names its interface by its place among these.
func NewWriter(w io.Writer, application string, interfaces ...Interface) (*Writer, error) {
	if len(interfaces) == 0 {
		return nil, errors.New("pcapng: a file needs an interface")
	}
	f := &Writer{w: w, interfaces: interfaces}
	f.begin(blockSection)
	f.u32(0x1a2b3c4d) // tells the byte order of the file: the little-endian one
	f.u32(1)          // version 1.0
	f.u32(0xffffffff) // the length of the section is left
	f.u32(0xffffffff) // open
	f.option(pcapApplication, application)
	f.endOptions()
	f.end()
	for _, i := range interfaces {
		f.begin(blockInterface)
		f.u32(uint32(i.Link) & 0xffff)
		f.u32(uint32(i.Snaplen))
		f.option(pcapName, i.Name)
		f.option(pcapDescription, i.Description)
		f.option(pcapResolution, "\x09")
		f.endOptions()
		f.end()
	}
	return f, f.err
}

// WritePacket writes a packet with a comment, which may be empty.
func (f *Writer) WritePacket(p *Packet, comment string, iface int) error {
	if iface < 0 || iface >= len(f.interfaces) {
		return fmt.Errorf("pcapng: the file has no interface %d", iface)
	}
	if i := f.interfaces[iface]; i.Link != p.Link {
		return fmt.Errorf("pcapng: the packet is of link %v, interface %q of %v", p.Link, i.Name, i.Link)
	}
	if f.err != nil {
		return f.err
	}
	data := p.Data
	if n := f.interfaces[iface].Snaplen; n > 0 && len(data) > n {
		data = data[:n]
	}
	at := uint64(0)
	if !p.Time.IsZero() {
		at = uint64(max(p.Time.UnixNano(), 0))
	}
	f.begin(blockPacket)
	f.u32(uint32(iface))
	f.u32(uint32(at >> 32))
	f.u32(uint32(at))
	f.u32(uint32(len(data)))
	f.u32(uint32(max(p.WireLen, len(p.Data))))
	f.buf = append(f.buf, data...)
	f.pad()
	f.option(pcapComment, comment)
	if comment != "" {
		f.endOptions()
	}
	f.end()
	return f.err
}

// WriteNames writes names for addresses.
func (f *Writer) WriteNames(names ...Name) error {
	f.begin(blockNames)
	for _, n := range names {
		a := n.Addr.Unmap()
		if !a.IsValid() || n.Name == "" {
			continue
		}
		record := 1
		if a.Is6() {
			record = 2
		}
		f.option(record, string(a.AsSlice())+n.Name+"\x00")
	}
	f.endOptions()
	f.end()
	return f.err
}

// begin begins a block; its length comes at the end.
func (f *Writer) begin(kind uint32) {
	f.buf = f.buf[:0]
	f.u32(kind)
	f.u32(0)
}

// end ends a block and writes it.
func (f *Writer) end() {
	length := uint32(len(f.buf) + 4)
	binary.LittleEndian.PutUint32(f.buf[4:], length)
	f.u32(length)
	if f.err == nil {
		_, f.err = f.w.Write(f.buf)
	}
}

func (f *Writer) u32(n uint32) { f.buf = binary.LittleEndian.AppendUint32(f.buf, n) }

// option writes an option; one without a value is left out.
func (f *Writer) option(code int, value string) {
	if value == "" {
		return
	}
	value = value[:min(len(value), 0xffff)]
	f.buf = binary.LittleEndian.AppendUint16(f.buf, uint16(code))
	f.buf = binary.LittleEndian.AppendUint16(f.buf, uint16(len(value)))
	f.buf = append(f.buf, value...)
	f.pad()
}

func (f *Writer) endOptions() { f.u32(0) }

// pad fills up to the next multiple of four.
func (f *Writer) pad() {
	for len(f.buf)%4 != 0 {
		f.buf = append(f.buf, 0)
	}
}
