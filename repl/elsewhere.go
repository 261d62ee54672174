package repl

import (
	"slices"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// What a student knows from elsewhere, and types here: Python from the notes, the functions of the manual, the programs of
// other shells. Each is answered by the line that does it here.

// instead is what to type for a word of another shell, of the manual or of Python. {s} is the socket.
var instead = map[string]string{
	"quit": "exit", "q": "exit", "bye": "exit", "logout": "exit",
	"?": "help", "man": "help",
	"echo": "print", "source": "run", "select": "poll", "epoll": "poll",
	"read": "recv", "write": "send", "nc": "connect", "ncat": "connect", "telnet": "connect",
	"ls": "sockets", "ss": "sockets", "netstat": "sockets", "lsof": "sockets",
	"ip": "interfaces", "ifconfig": "interfaces", "ipconfig": "interfaces", "if_nameindex": "interfaces",
	"nslookup": "getaddrinfo", "dig": "getaddrinfo", "host": "getaddrinfo", "getnameinfo": "gethostbyaddr",
	"ping": "socket icmp", "create_connection": "connect tcp 127.0.0.1:8888", "create_server": "listen tcp 127.0.0.1:8888",
	"tcpdump": "wire --follow", "tshark": "wire --follow", "wireshark": "wire save session.pcapng", "strace": "show calls all",
	"rm": "bind {s} ./sock --unlink", "unlink": "bind {s} ./sock --unlink", "remove": "bind {s} ./sock --unlink",
	"setsockopt": "sockopt", "getsockopt": "sockopt", "setblocking": "blocking", "gettimeout": "settimeout",
	"getsockname": "inspect {s} sockname", "getpeername": "inspect {s} peername", "fileno": "inspect {s} fileno",
	"type": "inspect {s} type", "family": "inspect {s} family", "proto": "inspect {s} proto",
}

// programs are those of a terminal that have nothing to do here, but may well be the other end of a socket.
var programs = strings.Fields("curl wget python python3 ipython node bash sh sudo cat cd pwd mkdir touch vim vi nano less grep make git ssh ftp browser chrome firefox")

// prompts are what stands before a line that was copied with it: Python's, a shell's, and our own.
var prompts = strings.Fields(">>> ... > $ % › sockstep›")

// statements are the words that a statement of Python begins with.
var statements = strings.Fields("while for if elif else try except finally with def return break continue pass")

var (
	isPython     = names.T("this is Python; here the words stand without dots and brackets", "这是 Python 的写法；这里不写点和括号")
	pythonImport = names.T("this is Python; here nothing is imported, the commands are there already", "这是 Python 的写法；这里不用 import，命令已经都在了")
	pythonFlow   = names.T("this is Python; here no line loops or branches: type each one when its turn comes",
		"这是 Python 的写法；这里没有循环和判断，轮到哪一行就输入哪一行")
	aProgram   = names.T("run it in a second terminal", "请在第二个终端里运行它")
	clearsKeys = names.T("Ctrl-L clears the screen", "按 Ctrl-L 清屏")
	aPrompt    = names.T("this is the prompt or the number that the line was copied with; leave it out", "这是复制时带进来的提示符或行号，去掉它")
	quotedText = names.T("a text in quotes is no command", "引号里是文字，不是命令")
	ownValue   = names.T("after = stands a command; print keeps a value of your own", "= 之后是命令；自己的值用 print 保存")
)

// elsewhere is the error of a line that is known from elsewhere, nil for any other.
func (t Table) elsewhere(l Line, isSocket func(Word) bool) *sockets.Error {
	w := l.Command
	if w.Quoted {
		return ownText(l)
	}
	expr := strings.TrimSpace(l.Text[w.Col:])
	whole := func(m names.Text) *sockets.Error { return sockets.Usage(m).At(w.Col, len(uncommented(expr))) }
	switch first := strings.TrimSuffix(w.Text, ":"); {
	case (first == "import" || first == "from") && len(l.Words) > 0:
		return whole(pythonImport).Hint(names.T("s = socket tcp", "s = socket tcp"))
	case slices.Contains(statements, first):
		return whole(pythonFlow)
	}
	if n := copiedWords(l); n > 0 {
		return t.copied(l, n, isSocket)
	}
	if py, ok := t.python(uncommented(expr), isSocket); ok {
		if len(l.Names) > 0 && !strings.HasPrefix(py, "inspect ") {
			py = l.Text[l.Names[0].Col:w.Col] + py
		}
		return whole(isPython).Hint(names.T(py, py))
	}
	if isSocket(w) { // and what stands behind it is no command
		return t.ofSocket(l)
	}
	if line, ok := insteadOf(l, isSocket); ok {
		return t.unknown(w).Hint(names.T(line, line))
	}
	return ownText(l)
}

// copied is the error of a line that begins with the prompt before which it stood elsewhere: what to type is the rest of it, or
// what does the same here.
func (t Table) copied(l Line, n int, isSocket func(Word) bool) *sockets.Error {
	rest := l.Text[l.Words[n-1].Col:]
	fix := names.T(rest, rest)
	unkept := func(string) (sockets.Value, bool) { return sockets.Value{}, false }
	if rest, bad := parseLine(fix.En, unkept, nil); bad == nil {
		if e := t.elsewhere(rest, isSocket); e != nil {
			fix = e.Fix
		}
	}
	before := strings.TrimRight(l.Text[l.Command.Col:l.Words[n-1].Col], " ")
	return sockets.Usage(aPrompt).At(l.Command.Col, len(before)).Hint(fix)
}

// copiedWords is how many words at the beginning were copied with a line: a prompt, the number of a line of the notes, or
// IPython's In [1]:.
func copiedWords(l Line) int {
	w := l.Command.Raw
	switch {
	case len(l.Words) == 0 || l.Command.Quoted:
	case slices.Contains(prompts, w), strings.Trim(w, "0123456789") == "", strings.Trim(w, "0123456789") == "." && w[0] != '.':
		return 1
	case w == "In" && len(l.Words) > 1 && strings.HasPrefix(l.Words[0].Raw, "[") && strings.HasSuffix(l.Words[0].Raw, "]:"):
		return 2
	}
	return 0
}

// insteadOf is the whole line that does what one of the manual or of Python does, where its other words are those that it takes.
func insteadOf(l Line, isSocket func(Word) bool) (string, bool) {
	to, ok := instead[strings.ToLower(l.Command.Text)]
	if !ok || len(l.Words) == 0 || !isSocket(l.Words[0]) {
		return "", false
	}
	line := l.Text[len(l.Text)-len(strings.TrimLeft(l.Text, " ")) : l.Command.Col]
	if strings.Contains(to, "{s}") {
		return line + strings.ReplaceAll(to, "{s}", l.Words[0].Text), true
	}
	return line + to + " " + uncommented(l.Text[l.Words[0].Col:]), !strings.Contains(to, " ")
}

// ofSocket is the error of a line that begins with a socket and goes on with no command.
func (t Table) ofSocket(l Line) *sockets.Error {
	s := l.Command.Text
	if len(l.Words) == 0 {
		return l.Command.Err(names.T(s+" is a socket; behind it stands a command", s+" 是套接字，后面要写命令")).Hint(names.T("inspect "+s, "inspect "+s))
	}
	e := t.unknown(l.Words[0])
	if to, ok := instead[l.Words[0].Text]; ok {
		line := strings.ReplaceAll(to, "{s}", s)
		return e.Hint(names.T(line, line))
	}
	return e
}

// ownText is the error of a value that stands where a command belongs: f = ./sock.
func ownText(l Line) *sockets.Error {
	w := l.Command
	if len(l.Names) == 0 || len(l.Words) > 0 || !w.Quoted && IsName(w.Text) || strings.ContainsAny(w.Text, "()[]") {
		return nil
	}
	line := l.Names[0].Text + " = print " + w.Raw
	return w.Err(ownValue).Hint(names.T(line, line))
}

// python says in our words what a line of Python does: s.bind(('127.0.0.1', 8888)), s.type, print(data.decode()). Where it says
// what we cannot, the command is named with what it wants.
func (t Table) python(expr string, isSocket func(Word) bool) (string, bool) {
	callee, rest, called := strings.Cut(expr, "(")
	object, method := "", strings.TrimSpace(callee)
	if i := strings.LastIndexByte(method, '.'); i >= 0 {
		object, method = method[:i], method[i+1:]
	}
	if object != "" && !IsName(object) || !IsName(method) {
		return "", false
	}
	var args []string
	if called {
		inner, whole := strings.CutSuffix(strings.TrimSpace(rest), ")")
		if !whole { // data.split()[0]
			return "print $" + object, IsName(object)
		}
		args = pythonArgs(inner)
	}
	switch {
	case object == "socket" || object == "os": // the modules
		object = ""
	case object != "" && !called: // an attribute
		if to := instead[method]; strings.HasPrefix(to, "inspect") {
			return strings.ReplaceAll(to, "{s}", object), true
		}
		return "", false
	case !called:
		return "", false
	}
	switch method {
	case "print":
		if len(args) == 1 {
			if line, ok := t.python(args[0], isSocket); ok && !strings.HasPrefix(line, "print ") {
				return line, true
			}
		}
	case "create_connection", "create_server":
		if len(args) > 0 {
			if addr, ok := pythonWord(method, args[0], isSocket); ok {
				return map[bool]string{true: "connect tcp ", false: "listen tcp "}[method == "create_connection"] + addr, true
			}
		}
		return instead[method], true
	case "input":
		return "print hello", true
	case "setblocking":
		if len(args) == 1 {
			return "blocking " + object + map[bool]string{true: " on", false: " off"}[args[0] == "True" || args[0] == "1"], true
		}
	case "setsockopt", "getsockopt":
		method = "sockopt"
	case "sendto": // the address stands last in Python, as the message may be of several words here
		if n := len(args); n > 1 {
			args = append(args[n-1:], args[:n-1]...)
		}
	}
	if to, ok := instead[method]; ok && strings.Contains(to, "{s}") {
		if object == "" {
			object = "s"
		}
		return strings.ReplaceAll(to, "{s}", object), true
	}
	i := slices.IndexFunc(t, func(c *Command) bool { return c.Name == method })
	if i < 0 {
		return "print $" + object, IsName(object) // request.splitlines(): of a value there is only what it is
	}
	words := []string{method}
	if object != "" {
		words = append(words, object)
	}
	for _, a := range args {
		w, ok := pythonWord(method, a, isSocket)
		if !ok {
			usage := t[i].Usage[0]
			if object != "" {
				usage = strings.TrimPrefix(usage, "[S] ")
			}
			return strings.Join(append(words[:min(len(words), 2)], usage), " "), true
		}
		words = append(words, w)
	}
	return strings.Join(words, " "), true
}

// bare gives the bytes of a line of Python that stand in no quotes, each with its place, until each returns false.
func bare(s string, each func(i int, c byte) bool) {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case !each(i, c):
			return
		}
	}
}

// pythonArgs cuts what stands between the brackets of a call at its commas.
func pythonArgs(s string) (args []string) {
	depth, start := 0, 0
	bare(s, func(i int, c byte) bool {
		switch {
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			args = append(args, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
		return true
	})
	if last := strings.TrimSpace(s[start:]); last != "" {
		args = append(args, last)
	}
	return args
}

// pythonWord is an argument of Python as a word of ours.
func pythonWord(method, arg string, isSocket func(Word) bool) (string, bool) {
	for _, coding := range []string{".encode()", ".decode()"} {
		arg = strings.TrimSuffix(arg, coding)
	}
	if inner, ok := strings.CutPrefix(arg, "("); ok { // an address
		parts := pythonArgs(strings.TrimSuffix(inner, ")"))
		if len(parts) != 2 {
			return "", false
		}
		host, quoted := unquoted(parts[0])
		if port := parts[1]; quoted && strings.Trim(port, "0123456789") == "" {
			if strings.Contains(host, ":") {
				host = "[" + host + "]"
			}
			return host + ":" + port, true
		}
		return "", false
	}
	text, quoted := unquoted(arg)
	switch {
	case quoted && strings.HasPrefix(method, "send") || quoted && method == "print" || quoted && arg[0] == 'b':
		return arg, true
	case quoted && text != "" && !strings.ContainsAny(text, " #$&'\"\\"):
		return text, true
	case quoted:
		return arg, true
	case strings.HasPrefix(arg, "AF_") || strings.HasPrefix(arg, "SO") || strings.HasPrefix(arg, "IP") || strings.HasPrefix(arg, "TCP_"),
		arg != "" && strings.Trim(arg, "0123456789.") == "":
		return arg, true
	case strings.HasPrefix(arg, "SHUT_"):
		return strings.ToLower(arg[len("SHUT_"):]), true
	case IsName(arg) && isSocket(Word{Text: arg}):
		return arg, true
	case IsName(arg):
		return "$" + arg, true
	}
	return "", false
}

// unquoted is what stands in a string or bytes literal; not ok where s is not just one.
func unquoted(s string) (string, bool) {
	s = strings.TrimPrefix(s, "b")
	if len(s) < 2 || s[0] != '\'' && s[0] != '"' || s[len(s)-1] != s[0] {
		return "", false
	}
	inner := s[1 : len(s)-1]
	return inner, !strings.Contains(inner, s[:1])
}

// uncommented is a line of Python without its comment.
func uncommented(s string) string {
	line := s
	bare(s, func(i int, c byte) bool {
		if c == '#' {
			line = s[:i]
		}
		return c != '#'
	})
	return strings.TrimSpace(line)
}
