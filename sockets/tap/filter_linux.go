package tap

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

// The filter's memory. A packet's end is known by its key: port, and above it which protocol.
const (
	memProto = iota
	memFrom  // key of the sender's end
	memTo    // and of the other
	memFromAddr
	memToAddr = memFromAddr + 4
)

const udpBit = 1 << 16

// EtherTypes, and the protocols of IP.
const (
	etherIPv4, etherARP, etherIPv6 = 0x0800, 0x0806, 0x86dd
	protoICMP, protoICMPv6         = 1, 58
	protoFragment                  = 44
)

// empty reports whether f takes nothing.
func (f Filter) empty() bool { return len(f.Ports) == 0 && !f.ICMP && !f.ARP && !f.Fragments }

// clone gives f with ports of its own.
func (f Filter) clone() Filter { f.Ports = slices.Clone(f.Ports); return f }

func (f Filter) equal(g Filter) bool {
	return slices.Equal(f.Ports, g.Ports) && f.ICMP == g.ICMP && f.ARP == g.ARP && f.Fragments == g.Fragments
}

// A want is an end whose frames are taken: all of them, or those of some hosts.
type want struct {
	key   uint32
	hosts [][4]uint32 // IPv6 addresses, or IPv4 ones mapped into IPv6; none means any host
}

// wants sorts the ports of a filter by their keys.
func wants(ports []Port) ([]want, error) {
	hosts := map[uint32]map[netip.Addr]bool{}
	for _, p := range ports {
		key := uint32(p.Number)
		switch p.Proto {
		case TCP:
		case UDP:
			key |= udpBit
		default:
			return nil, fmt.Errorf("protocol %d has no ports", p.Proto)
		}
		if hosts[key] == nil {
			hosts[key] = map[netip.Addr]bool{}
		}
		addr := p.Addr.Unmap().WithZone("")
		if !addr.IsValid() || addr.IsUnspecified() {
			addr = netip.Addr{} // any
		}
		hosts[key][addr] = true
	}
	var all []want
	for _, key := range slices.Sorted(maps.Keys(hosts)) {
		w := want{key: key}
		if !hosts[key][netip.Addr{}] {
			for _, addr := range slices.SortedFunc(maps.Keys(hosts[key]), netip.Addr.Compare) {
				var words [4]uint32
				for i, b := range addr.As16() {
					words[i/4] = words[i/4]<<8 | uint32(b)
				}
				w.hosts = append(w.hosts, words)
			}
		}
		all = append(all, w)
	}
	return all, nil
}

// A compiler makes the program of a Filter.
type compiler struct {
	program
	Filter
	wants        []want
	byHost       bool // some want is for certain hosts
	snap         uint32
	accept, drop label
	ports        label // the header with the ports is at X, and the rest in memory
}

// compile makes the program that takes what f says of these interfaces; of all where there are none.
func compile(f Filter, ifaces []int, snap int) ([]unix.SockFilter, error) {
	c := &compiler{Filter: f, snap: uint32(snap)}
	var err error
	if c.wants, err = wants(f.Ports); err != nil {
		return nil, err
	}
	c.byHost = slices.ContainsFunc(c.wants, func(w want) bool { return len(w.hosts) > 0 })
	c.accept, c.drop, c.ports = c.newLabel(), c.newLabel(), c.newLabel()
	if f.empty() {
		c.do(retK, 0)
		return c.assemble()
	}
	c.where(ifaces)
	c.network()
	c.place(c.ports)
	if len(c.wants) > 0 {
		c.keys()
		toward := c.newLabel()
		c.search(c.wants, memFromAddr, toward)
		c.place(toward)
		c.do(loadMem, memTo)
		c.search(c.wants, memToAddr, c.drop)
	}
	c.place(c.drop)
	c.do(retK, 0)
	c.place(c.accept)
	c.do(retK, c.snap)
	return c.assemble()
}

// where drops what is of other interfaces, and on lo the way out, for all of it comes in again. It leaves in X where the network header is.
func (c *compiler) where(ifaces []int) {
	if len(ifaces) > 0 {
		mine := c.newLabel()
		c.do(loadMeta, metaIface)
		for _, i := range ifaces {
			c.when(ifEqual, uint32(i), mine)
		}
		c.goTo(c.drop)
		c.place(mine)
	}
	ethernet, lo, ready := c.newLabel(), c.newLabel(), c.newLabel()
	c.do(loadMeta, metaHardware)
	c.when(ifEqual, unix.ARPHRD_LOOPBACK, lo)
	c.when(ifEqual, unix.ARPHRD_ETHER, ethernet)
	c.do(loadX, network)
	c.goTo(ready)
	c.place(lo)
	c.do(loadMeta, metaPacket)
	c.when(ifEqual, unix.PACKET_OUTGOING, c.drop)
	c.place(ethernet) // its own offset, for headers that the card left in another piece of memory are found by this alone
	c.do(loadX, 14)
	c.place(ready)
}

// network tells IPv4, IPv6 and ARP apart.
func (c *compiler) network() {
	four, six := c.newLabel(), c.newLabel()
	c.do(loadMeta, metaProtocol)
	c.when(ifEqual, etherIPv4, four)
	c.when(ifEqual, etherIPv6, six)
	if c.ARP {
		c.when(ifEqual, etherARP, c.accept)
	}
	c.goTo(c.drop)
	c.place(four)
	c.ipv4(false)
	c.place(six)
	c.ipv6(false)
}

// later is where a fragment that is not the first goes.
func (c *compiler) later() label {
	if c.Fragments {
		return c.accept
	}
	return c.drop
}

// ipv4 is for an IPv4 header at X; quoted if an ICMP error quotes it.
func (c *compiler) ipv4(quoted bool) {
	c.do(loadHalf, 6)
	c.when(ifAny, 0x1fff, c.later())
	c.do(loadByte, 9)
	c.transport(func() {
		if quoted {
			c.goTo(c.drop)
			return
		}
		c.unless(ifEqual, protoICMP, c.drop)
		if c.ICMP {
			c.goTo(c.accept)
			return
		}
		c.skipIPv4()
		c.do(loadByte, 0)
		inner := c.newLabel()
		for _, kind := range []uint32{3, 4, 5, 11, 12} { // those of RFC 792 that quote
			c.when(ifEqual, kind, inner)
		}
		c.goTo(c.drop)
		c.place(inner)
		c.advance(8)
		c.ipv4(true)
	})
	if c.byHost {
		for i, offset := range []uint32{12, 16} {
			mem := uint32(memFromAddr + 4*i)
			c.do(loadK, 0)
			c.do(store, mem)
			c.do(store, mem+1)
			c.do(loadK, 0xffff)
			c.do(store, mem+2)
			c.do(loadWord, offset)
			c.do(store, mem+3)
		}
	}
	c.skipIPv4()
	c.goTo(c.ports)
}

// transport goes on with what has ports, and remembers which of the two it is. The number of the protocol is in A; others go through other.
func (c *compiler) transport(other func()) {
	tcp, udp, both := c.newLabel(), c.newLabel(), c.newLabel()
	if len(c.wants) > 0 {
		c.when(ifEqual, uint32(TCP), tcp)
		c.when(ifEqual, uint32(UDP), udp)
	}
	other()
	c.place(tcp)
	c.do(loadK, 0)
	c.goTo(both)
	c.place(udp)
	c.do(loadK, udpBit)
	c.place(both)
	c.do(store, memProto)
}

// skipIPv4 moves X behind the IPv4 header, its options too.
func (c *compiler) skipIPv4() {
	c.do(loadByte, 0)
	c.do(and, 0x0f)
	c.do(shift, 2)
	c.do(addX, 0)
	c.do(toX, 0)
}

func (c *compiler) advance(n uint32) {
	c.do(fromX, 0)
	c.do(addK, n)
	c.do(toX, 0)
}

// ipv6 is for an IPv6 header at X; quoted if an ICMPv6 error quotes it.
func (c *compiler) ipv6(quoted bool) {
	c.do(loadByte, 6)
	c.transport(func() {
		fragment := c.newLabel()
		c.when(ifEqual, protoFragment, fragment)
		c.ipv6Other(quoted)

		c.place(fragment) // the first one's header of TCP or UDP stands 8 bytes later
		c.do(loadHalf, 42)
		c.when(ifAny, 0xfff8, c.later())
		c.do(loadByte, 40)
		c.transport(func() {
			if c.ICMP && !quoted {
				c.when(ifEqual, protoICMPv6, c.accept)
			}
			c.goTo(c.drop)
		})
		c.ipv6Hosts()
		c.advance(48)
		c.goTo(c.ports)
	})
	c.ipv6Hosts()
	c.advance(40)
	c.goTo(c.ports)
}

// ipv6Other is for what is neither TCP nor UDP nor a fragment.
func (c *compiler) ipv6Other(quoted bool) {
	if quoted {
		c.goTo(c.drop)
		return
	}
	c.unless(ifEqual, protoICMPv6, c.drop)
	if c.ICMP {
		c.goTo(c.accept)
		return
	}
	c.do(loadByte, 40)
	c.when(ifAtMost, 128, c.drop) // those below are errors, and quote
	c.advance(48)
	c.ipv6(true)
}

func (c *compiler) ipv6Hosts() {
	if c.byHost {
		for i := range uint32(8) {
			c.do(loadWord, 8+4*i)
			c.do(store, memFromAddr+i)
		}
	}
}

// keys makes the keys of both ends, whose ports are at X. The sender's is in A, too.
func (c *compiler) keys() {
	c.do(loadHalf, 0)
	c.do(store, memFrom)
	c.do(loadHalf, 2)
	c.do(loadXMem, memProto)
	c.do(orX, 0)
	c.do(store, memTo)
	c.do(loadMem, memFrom)
	c.do(orX, 0)
}

// leaf is among how many keys it is looked for one by one; a search among more is by halves.
const leaf = 16

// search looks for the key in A. The host of that end is in the memory at addr.
func (c *compiler) search(in []want, addr uint32, miss label) {
	if len(in) > leaf {
		half := len(in) / 2
		upper := c.newLabel()
		c.when(ifAtMost, in[half].key, upper)
		c.search(in[:half], addr, miss)
		c.place(upper)
		c.search(in[half:], addr, miss)
		return
	}
	found := c.newLabel()
	for _, w := range in {
		if len(w.hosts) > 0 {
			c.hosts(w, addr, miss)
		}
	}
	for _, w := range in {
		if len(w.hosts) == 0 {
			c.when(ifEqual, w.key, found)
		}
	}
	c.goTo(miss)
	c.place(found)
	c.do(retK, c.snap)
}

// hosts takes the packet if its end has this key and is one of these hosts.
func (c *compiler) hosts(w want, addr uint32, miss label) {
	other := c.newLabel()
	c.unless(ifEqual, w.key, other)
	for _, host := range w.hosts {
		next := c.newLabel()
		for i := range uint32(4) {
			i = 3 - i // the last word tells most hosts apart
			c.do(loadMem, addr+i)
			c.unless(ifEqual, host[i], next)
		}
		c.do(retK, c.snap)
		c.place(next)
	}
	c.goTo(miss)
	c.place(other)
}
