package commands

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var sockopt = &repl.Command{
	Name:    "sockopt",
	Group:   repl.Options,
	Usage:   []string{"[S]", "[S] [SOL_…] OPTION", "[S] [SOL_…] OPTION VALUE…"},
	Summary: names.T("read or set a socket's options", "读取或设置套接字选项"),
	Detail: names.T(
		"Without an OPTION, all that this kind of socket has. With one, its value; with a VALUE, sets it and shows what the kernel made of it: SO_RCVBUF comes back doubled.\n\n"+
			"OPTION is a name of the manual in any case; the level before it (SOL_SOCKET) may be left out. "+
			"VALUE is a number, on or off, or a name of the manual (IP_PMTUDISC_DO); a time is in seconds (1.5) or has a unit (500ms). "+
			"A struct takes its members in order or by name: SO_LINGER on 5, or l_onoff=1 l_linger=5; IP_ADD_MEMBERSHIP 224.0.0.251 lo. The pages ip(7), ipv6(7), tcp(7), udp(7) and unix(7) have the options of the other levels.",
		"不写 OPTION 时列出这种套接字的所有选项。写上则读取它的值；再写 VALUE 则设置它，并显示内核实际采用的值：SO_RCVBUF 读回来是两倍。\n\n"+
			"OPTION 是手册里的名字，大小写均可；前面的层（SOL_SOCKET）可以省略。"+
			"VALUE 是整数、on 或 off，或手册里的名字（IP_PMTUDISC_DO）；时间写秒数（1.5）或带单位（500ms）。"+
			"结构体按顺序或按名字写出成员：SO_LINGER on 5，或 l_onoff=1 l_linger=5；IP_ADD_MEMBERSHIP 224.0.0.251 lo。其他层的选项见 ip(7)、ipv6(7)、tcp(7)、udp(7)、unix(7)。"),
	Example: []string{"s = socket tcp", "sockopt s SO_REUSEADDR 1"},
	Python:  "s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)",
	Man:     "socket(7)",
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if !e.More() {
			if err := e.Gives(1); err != nil {
				return err
			}
			return allOptions(e, k)
		}
		opt, err := optionWord(e, k)
		if err != nil {
			return err
		}
		if e.More() {
			return setOption(e, k, opt, e.Rest())
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(defined(opt), e.Assign(), pythonGet(k.Name, opt))
		v, err := e.Sys.Getsockopt(k.FD, opt)
		if err != nil {
			return e.Fail("getsockopt", k, err, "opt", opt.Name)
		}
		if v.Type != sockets.CardValue { // whose fields are the members of a struct
			if unit := opt.Unit.In(e.Lang()); unit != "" {
				v.Fields = append(v.Fields, sockets.Field{Name: "unit", Value: sockets.TextOf(unit)})
			}
			v.Fields = append(v.Fields, sockets.Field{Name: "meaning", Value: sockets.TextOf(meaningOf(opt, v).In(e.Lang()))})
		}
		e.Result(v)
		if opt.Name == "SO_ERROR" && v.Int != 0 { // told here, it is told no more by the calls after this one
			repl.Broke(k, errorName(v))
		}
		return nil
	},
}

// errorName is the errno that a value of SO_ERROR names.
func errorName(v sockets.Value) string {
	for _, f := range v.Fields {
		if f.Name == "name" {
			return f.Value.Text
		}
	}
	return ""
}

// optionLevels are the names of the levels, each with the one that the option table has.
var optionLevels = map[string]string{
	"SOL_SOCKET": "SOL_SOCKET",
	"IPPROTO_IP": "IPPROTO_IP", "SOL_IP": "IPPROTO_IP",
	"IPPROTO_IPV6": "IPPROTO_IPV6", "SOL_IPV6": "IPPROTO_IPV6",
	"IPPROTO_TCP": "IPPROTO_TCP", "SOL_TCP": "IPPROTO_TCP",
	"IPPROTO_UDP": "IPPROTO_UDP", "SOL_UDP": "IPPROTO_UDP",
	"SOL_RAW": "SOL_RAW", "IPPROTO_RAW": "SOL_RAW", "IPPROTO_ICMP": "SOL_RAW",
}

// plainOption is a word as a name of the manual: Python's commas are not part of it.
func plainOption(w repl.Word) string { return strings.ToUpper(strings.TrimSuffix(w.Text, ",")) }

// optionWord takes the option that is meant, and the level that may stand before it.
func optionWord(e *repl.Env, k *sockets.Socket) (names.Option, error) {
	w, err := e.Next("OPTION")
	if err != nil {
		return names.Option{}, err
	}
	o := w
	level, leveled := optionLevels[plainOption(w)]
	if leveled {
		if o, err = e.Next("OPTION"); err != nil {
			return names.Option{}, err
		}
	}
	opt, ok := names.LookupOption(plainOption(o))
	if strings.HasPrefix(opt.Name, "MCAST_") && (level == "IPPROTO_IPV6" || !leveled && k.Family == sockets.INET6) {
		opt.Level = "IPPROTO_IPV6" // ip(7) and ipv6(7) share these names, and each level has its own
	}
	switch {
	case !ok && !leveled && isOption(e.Peek()):
		return opt, w.Err(names.T("no socket is called "+w.Text, "没有叫 "+w.Text+" 的套接字")).Hint(names.T("sockopt "+k.Name+" "+e.Peek().Raw, "sockopt "+k.Name+" "+e.Peek().Raw))
	case !ok:
		return opt, unknownOption(o, k)
	case leveled && level != opt.Level:
		return opt, w.Err(names.T(opt.Name+" is an option of the level "+opt.Level, opt.Name+" 属于 "+opt.Level+" 这一层")).Hint(names.T(opt.Level, opt.Level))
	}
	return opt, nil
}

// isOption reports whether a word is a level or an option.
func isOption(w repl.Word) bool {
	_, level := optionLevels[plainOption(w)]
	_, option := names.LookupOption(plainOption(w))
	return level || option
}

// unknownOption is the error for a word that names no option; what fits the socket is suggested first.
func unknownOption(w repl.Word, k *sockets.Socket) error {
	var fitting, all []string
	for _, o := range names.Options() {
		all = append(append(all, o.Name), o.Aliases...)
		if o.Fits(k.KindName()) {
			fitting = append(append(fitting, o.Name), o.Aliases...)
		}
	}
	err := w.Err(names.T("no option is called "+w.Text, "没有叫 "+w.Text+" 的选项"))
	for _, known := range [][]string{fitting, all} {
		for _, word := range []string{plainOption(w), "SO_" + plainOption(w), "TCP_" + plainOption(w), "IP_" + plainOption(w)} {
			for _, n := range known {
				if n == word {
					return err.Hint(names.T(n, n))
				}
			}
		}
		if near, ok := names.Nearest(plainOption(w), known); ok {
			return err.Hint(names.T(near, near))
		}
	}
	return err.Hint(names.T("sockopt "+k.Name+" lists them all", "sockopt "+k.Name+" 列出所有选项"))
}

// setOption sets an option, and reads it back: the kernel may have made something else of the value.
func setOption(e *repl.Env, k *sockets.Socket, opt names.Option, ws []repl.Word) error {
	gives := 0
	if opt.Get {
		gives = 1
	}
	if err := e.Gives(gives); err != nil {
		return err
	}
	words := make([]string, len(ws))
	for i, w := range ws {
		words[i] = w.Text
	}
	err := e.Sys.Setsockopt(k.FD, opt, words)
	k.Device = k.Device || opt.Name == "SO_BINDTODEVICE"
	var bad *sys.WordError
	switch {
	case errors.As(err, &bad) && !opt.Set:
		return ws[0].Err(names.T(opt.Name+" can only be read", opt.Name+" 只能读取")).Hint(names.T("sockopt "+k.Name+" "+opt.Name, "sockopt "+k.Name+" "+opt.Name))
	case errors.As(err, &bad) && bad.Index < len(ws):
		return ws[bad.Index].Err(bad.Message).Hint(acceptedValues(opt))
	case errors.As(err, &bad):
		last := ws[len(ws)-1]
		return sockets.Usage(bad.Message).At(last.Col+len(last.Raw), 1).Hint(acceptedValues(opt))
	}
	asked := shownValue(e.Act, "setsockopt", opt)
	e.Python(pythonSet(k.Name, opt, asked, words))
	if err != nil {
		return e.Fail("setsockopt", k, err, "opt", opt.Name, "value", strings.Join(words, " "))
	}
	switch opt.Name {
	case "IP_TTL", "IP_MULTICAST_TTL", "IPV6_UNICAST_HOPS", "IPV6_MULTICAST_HOPS":
		if n := strings.Trim(asked, "[]"); n != "-1" && n != "0" { // the system's own, and never beyond this machine
			e.NoteOnce("ttl", "s", k.Name, "n", n)
		}
	}
	if !opt.Get {
		return nil
	}
	v, err := e.Sys.Scaffold().Getsockopt(k.FD, opt)
	if err != nil {
		return nil // it was set all the same
	}
	if got := shownValue(e.Act, "getsockopt", opt); adjusted(opt, asked, got) {
		noteAdjusted(e.Act, opt, strings.Trim(asked, "[]{}"), strings.Trim(got, "[]{}"))
	}
	if assign := e.Assign(); assign != "" && e.Act.Python != "" { // Python's setsockopt gives nothing
		e.Python(e.Act.Python, "; ", assign, pythonGet(k.Name, opt))
	}
	e.Result(v)
	return nil
}

// noteAdjusted notes that the kernel keeps another value than it was asked for, and where it is known, why.
func noteAdjusted(a *sockets.Act, opt names.Option, want, got string) {
	why := "value-adjusted"
	w, err := strconv.Atoi(want)
	if g, gerr := strconv.Atoi(got); err == nil && gerr == nil && g == 2*w && (opt.Name == "SO_RCVBUF" || opt.Name == "SO_SNDBUF") {
		why = "buffer-doubled"
	}
	if opt.Type == names.Duration && strings.HasPrefix(want, "tv_sec=-") {
		why = "negative-timeout"
	}
	a.Add(sockets.Note{ID: "value-adjusted", Text: names.Note(why, "opt", opt.Name, "want", want, "got", got)})
}

// shownValue is the value in the last call of op: what the kernel was handed, and what it handed back, in one notation.
func shownValue(a *sockets.Act, op string, opt names.Option) string {
	for i := len(a.Steps) - 1; i >= 0; i-- {
		if c, ok := a.Steps[i].(sockets.Call); ok && c.Op == op {
			_, value, _ := strings.Cut(c.Args, ", "+opt.Name+", ")
			return value
		}
	}
	return ""
}

// adjusted reports whether the kernel keeps another value than it was asked for.
func adjusted(opt names.Option, asked, got string) bool {
	switch opt.Type {
	case names.Bool:
		return (asked == "[0]") != (got == "[0]")
	case names.Int, names.Byte, names.Uint32, names.Uint64, names.Duration, names.Linger, names.String:
		return asked != got && asked != "" && got != ""
	}
	return false
}

// acceptedValues says what an option takes.
func acceptedValues(opt names.Option) names.Text {
	if len(opt.Values) > 0 {
		var all []string
		for _, v := range opt.Values {
			all = append(all, v.Name)
		}
		return names.T(strings.Join(all, ", "), strings.Join(all, "、"))
	}
	line := func(values string) names.Text {
		return names.T("sockopt "+opt.Name+" "+values, "sockopt "+opt.Name+" "+values)
	}
	switch opt.Type {
	case names.Bool:
		return names.T("on or off", "on 或 off")
	case names.Duration:
		return names.T("seconds (1.5), or with a unit (500ms)", "秒数（1.5），或带单位（500ms）")
	case names.Linger:
		return line("on 5")
	case names.Mreq:
		return line("224.0.0.251 lo")
	case names.MreqSource:
		return line("232.1.1.1 127.0.0.1 127.0.0.1")
	case names.Mreq6:
		return line("ff02::fb lo")
	case names.GroupReq:
		return line("lo 224.0.0.251")
	case names.GroupSource:
		return line("lo 232.1.1.1 127.0.0.1")
	case names.InAddr:
		return names.T("an IPv4 address or an interface: lo", "IPv4 地址或网络接口：lo")
	case names.ICMPFilter:
		return names.T("the numbers of ICMP types, from 0 to 31", "ICMP 类型的编号，0 到 31")
	case names.Int, names.Byte, names.Uint32, names.Uint64, names.Descriptor:
		if opt.Unit.IsZero() {
			return names.T("a whole number", "一个整数")
		}
		return names.T("a number: "+opt.Unit.En, "一个数，单位："+opt.Unit.Zh)
	}
	return names.Text{}
}

// allOptions tells every option that k has, a row for each.
func allOptions(e *repl.Env, k *sockets.Socket) error {
	if k.FD < 0 { // the kernel shall say so
		opt, _ := names.LookupOption("SO_TYPE")
		_, err := e.Sys.Getsockopt(k.FD, opt)
		return e.Fail("getsockopt", k, err, "opt", opt.Name)
	}
	var rows []sockets.Value
	eachOption(e.Sys.Scaffold(), k, func(o names.Option, v sockets.Value) {
		unit := o.Unit.In(e.Lang())
		switch { // a column of its own for the unit would take the room of the meaning
		case v.Type == sockets.IntValue && unit != "":
			v.Text += " " + cmp.Or(shortUnits[unit], unit)
		case v.Type == sockets.BytesValue && len(v.Bytes) > 4:
			v.Text = names.T(strconv.Itoa(len(v.Bytes))+" bytes", strconv.Itoa(len(v.Bytes))+" 字节").In(e.Lang())
		}
		rows = append(rows, sockets.CardOf(
			sockets.Field{Name: "option", Value: sockets.TextOf(o.Name)},
			sockets.Field{Name: "value", Value: v},
			sockets.Field{Name: "meaning", Value: sockets.TextOf(meaningOf(o, v).In(e.Lang()))},
		))
	})
	e.Result(sockets.ListOf(rows...))
	return nil
}

// meaningOf is what an option means at the value that it has.
func meaningOf(o names.Option, v sockets.Value) names.Text {
	if v.Type != sockets.IntValue {
		return o.Meaning
	}
	return o.MeaningAt(v.Int)
}

var shortUnits = map[string]string{"seconds": "s", "milliseconds": "ms", "microseconds": "µs"}

// optionCard is every option that k has, as a card: inspect shows it.
func optionCard(_ *repl.Env, c sys.Caller, k *sockets.Socket) sockets.Value {
	var all []sockets.Field
	eachOption(c.Scaffold(), k, func(o names.Option, v sockets.Value) {
		all = append(all, sockets.Field{Name: o.Name, Value: v})
	})
	return sockets.CardOf(all...)
}

// eachOption reads every option that fits k and that reading leaves as it is: a look clears SO_ERROR and
// TCP_SAVED_SYN, TCP_ZEROCOPY_RECEIVE takes data, and a descriptor would have to be closed. What the kernel was built without, or has not in this state, is
// passed over.
// TCP_INFO is no option but a report, and inspect shows it.
func eachOption(c sys.Caller, k *sockets.Socket, tell func(names.Option, sockets.Value)) {
	for _, o := range names.Options() {
		if !o.Get || !o.Fits(k.KindName()) || o.Level == "IPPROTO_IPV6" && k.Family == sockets.INET {
			continue
		}
		if o.Type == names.Descriptor || o.Type == names.TCPInfo || o.Name == "SO_ERROR" || o.Name == "TCP_SAVED_SYN" || o.Name == "TCP_ZEROCOPY_RECEIVE" {
			continue
		}
		v, err := c.Getsockopt(k.FD, o)
		if err != nil {
			continue
		}
		if name, ok := v.Field("name"); ok && v.Type == sockets.IntValue {
			v.Text += " (" + name.Text + ")"
		}
		tell(o, v)
	}
}
