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
	pythonAdd  = names.T("this is Python; here print puts a text together and keeps it", "这是 Python 的写法；这里用 print 拼接文字并保存")
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
	if said, line, ok := idiom(uncommented(expr), isSocket); ok {
		return whole(said).Hint(names.T(line, line))
	}
	switch first := strings.TrimSuffix(w.Text, ":"); {
	case (first == "import" || first == "from") && len(l.Words) > 0:
		return whole(pythonImport).Hint(names.T("s = socket tcp", "s = socket tcp"))
	case slices.Contains(statements, first):
		return whole(pythonFlow)
	}
	if line := added(l); line != "" {
		return whole(pythonAdd).Hint(names.T(line, line))
	}
	if n := copiedWords(l); n > 0 {
		return t.copied(l, n, isSocket)
	}
	if py, ok := t.python(uncommented(expr), isSocket); ok {
		py = l.keeping(py)
		return whole(isPython).Hint(names.T(py, py))
	}
	if line := t.methodApart(l); line != "" {
		line = l.keeping(line)
		return whole(isPython).Hint(names.T(line, line))
	}
	if line := t.manual(l); line != "" {
		return t.unknown(w).Hint(names.T(line, line))
	}
	if isSocket(w) { // and what stands behind it is no command
		return t.ofSocket(l)
	}
	if line, ok := insteadOf(l, isSocket); ok {
		return t.unknown(w).Hint(names.T(line, line))
	}
	return ownText(l)
}

// keeping is what a line of Python does here, with the names that keep its result: poll gives one thing, where select gives three,
// and an attribute is looked at.
func (l Line) keeping(line string) string {
	switch {
	case len(l.Names) == 0, strings.HasPrefix(line, "inspect ") && strings.Count(line, " ") == 1:
		return line
	case strings.HasPrefix(line, "poll"):
		return l.Names[0].Text + " = " + line
	}
	return l.Text[l.Names[0].Col:l.Command.Col] + line
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
	if addr, ok := pythonWord("bind", uncommented(l.Text[w.Col:]), func(Word) bool { return false }); ok && len(l.Names) == 1 && strings.HasPrefix(w.Raw, "(") {
		line := l.Names[0].Text + " = print " + addr
		return sockets.Usage(ownValue).At(w.Col, len(uncommented(l.Text[w.Col:]))).Hint(names.T(line, line))
	}
	if term, ok := pythonTerm(w.Raw); ok && len(l.Names) == 1 && len(l.Words) == 0 && !IsName(w.Raw) { // host = addr[0]
		line := l.Names[0].Text + " = print " + term
		return w.Err(ownValue).Hint(names.T(line, line))
	}
	if len(l.Names) == 0 || len(l.Words) > 0 || !w.Quoted && IsName(w.Text) || strings.ContainsAny(w.Text, "()[]") {
		return nil
	}
	line := l.Names[0].Text + " = print " + w.Raw
	return w.Err(ownValue).Hint(names.T(line, line))
}
