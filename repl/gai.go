package repl

import (
	"errors"
	"strconv"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// GaiError is the error of a host that could not be looked up, with the name and the number that Python gives it.
func (e *Env) GaiError(host string, err error) error {
	if e.Ctx.Err() != nil {
		return e.interrupted("getaddrinfo", nil, err)
	}
	if errno := sys.Errno(err); errno == "EMFILE" || errno == "ENFILE" {
		return e.Fail("getaddrinfo", nil, err)
	}
	out := &sockets.Error{Op: "getaddrinfo", Errno: sys.Errno(err), Err: err,
		Message: names.T("no address is known for "+host, "查不到 "+host+" 的地址"),
		Why:     names.T("neither the hosts file nor a name server knows this name, or no name server answered", "hosts 文件和域名服务器都不认识这个名字，或者域名服务器没有应答"),
		Fix:     names.T("check the spelling, or use a number: 127.0.0.1", "检查拼写，或直接用数字地址：127.0.0.1")}
	var r *sys.ResolveError
	if errors.As(err, &r) {
		code := strconv.Itoa(r.Code)
		out.Message = names.T(r.Python()+" "+code+": "+r.Message.En, r.Python()+" "+code+"："+r.Message.Zh)
		if x, ok := lookupReasons[r.Name]; ok {
			out.Why, out.Fix = x.why, x.fix
		}
	}
	return out
}

// lookupReasons say why a look-up fails, where it is not that nobody knows the name.
var lookupReasons = map[string]struct{ why, fix names.Text }{
	"EAI_ADDRFAMILY": {
		names.T("an address is of one family only, and it has none of the one asked for; gethostbyname knows IPv4 alone", "一个地址只属于一个地址族，这里没有所要的那一族的地址；gethostbyname 只认 IPv4"),
		names.T("getaddrinfo takes both families", "getaddrinfo 两个地址族都可以"),
	},
	"EAI_AGAIN": {
		names.T("there is no way to a name server, or it does not answer", "连不上域名服务器，或者它没有应答"),
		names.T("look at the network, or use a number: 127.0.0.1", "检查网络，或直接用数字地址：127.0.0.1"),
	},
	"HOST_NOT_FOUND": {
		names.T("who owns an address may enter a name for it, and need not: most have none", "地址的所有者可以给它登记名字，但不是必须的：多数地址没有登记"),
		names.T("gethostbyaddr 127.0.0.1", "gethostbyaddr 127.0.0.1"),
	},
	"TRY_AGAIN": {
		names.T("there is no way to a name server, or it does not answer", "连不上域名服务器，或者它没有应答"),
		names.T("gethostbyaddr 127.0.0.1", "gethostbyaddr 127.0.0.1"),
	},
}
