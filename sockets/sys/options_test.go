//go:build linux

package sys

import (
	"testing"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

func TestProbe(t *testing.T) {
	tcp, _ := connected(t)
	kinds := map[string]sockets.FD{"tcp": tcp, "udp": open(t, sockets.INET, sockets.Dgram), "unix": open(t, sockets.UNIX, sockets.Stream)}
	six := open(t, sockets.INET6, sockets.Dgram)
	for _, o := range names.Options() {
		if _, _, ok := OptionNumber(o.Name); !ok {
			t.Errorf("%s has no number", o.Name)
			continue
		}
		for _, v := range o.Values {
			if _, ok := constants[v.Name]; !ok && o.Type != names.String {
				t.Errorf("%s: %s has no number", o.Name, v.Name)
			}
		}
		for kind, fd := range kinds {
			if !o.Fits(kind) {
				continue
			}
			if o.Level == "IPPROTO_IPV6" {
				fd = six
			}
			v, err := tb.Getsockopt(fd, o)
			t.Log(kind, o.Name, o.Get, v.Text, v.Fields, err)
			break
		}
	}
}
