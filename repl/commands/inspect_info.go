package commands

import (
	"slices"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// infoField is a member of struct tcp_info as a field of its own: tcpi_rtt.
func infoField(name string) (field, bool) {
	opt, _ := names.LookupOption("TCP_INFO")
	i := slices.IndexFunc(opt.Fields, func(f names.Field) bool { return f.Name == name })
	if i < 0 {
		return field{}, false
	}
	return field{name: name, means: opt.Fields[i].Meaning, get: func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
		all, err := c.Getsockopt(k.FD, opt)
		v, ok := all.Field(name)
		if err == nil && !ok {
			v = none // this kernel does not tell it
		}
		return v, e.Fail("getsockopt", k, err, "opt", "TCP_INFO")
	}}, true
}
