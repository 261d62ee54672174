package sys

import (
	"net"
	"net/netip"
)

// An Interface is one network interface of this machine.
type Interface struct {
	Name      string
	Index     int
	Flags     []string // as ip(8) shows them: UP, LOOPBACK, BROADCAST, POINTOPOINT, MULTICAST, RUNNING
	MTU       int      // bytes
	Hardware  string   // "02:42:ac:11:00:02"; "" where it has none
	Addresses []netip.Prefix
}

// Interfaces gives every interface, in the order of their numbers, as getifaddrs(3) does.
func Interfaces() ([]Interface, error) {
	found, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	all := make([]Interface, 0, len(found))
	for _, f := range found {
		i := Interface{Name: f.Name, Index: f.Index, MTU: f.MTU, Hardware: f.HardwareAddr.String()}
		for _, flag := range []struct {
			bit  net.Flags
			name string
		}{
			{net.FlagUp, "UP"}, {net.FlagLoopback, "LOOPBACK"}, {net.FlagBroadcast, "BROADCAST"},
			{net.FlagPointToPoint, "POINTOPOINT"}, {net.FlagMulticast, "MULTICAST"}, {net.FlagRunning, "RUNNING"},
		} {
			if f.Flags&flag.bit != 0 {
				i.Flags = append(i.Flags, flag.name)
			}
		}
		addrs, err := f.Addrs()
		if err != nil {
			continue // it has gone since it was listed
		}
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok {
				ip, _ := netip.AddrFromSlice(n.IP)
				ones, _ := n.Mask.Size()
				i.Addresses = append(i.Addresses, netip.PrefixFrom(ip.Unmap(), ones))
			}
		}
		all = append(all, i)
	}
	return all, nil
}
