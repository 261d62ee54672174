package repl

import (
	"regexp"
	"slices"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// modules are what the names of Python's socket programs come from.
var modules = []string{"socket", "os", "time", "sys"}

// pythonFlags are the flags of a call that a command has, too.
var pythonFlags = map[string]string{"MSG_PEEK": "--peek", "MSG_DONTWAIT": "--dontwait", "MSG_OOB": "--oob", "MSG_WAITALL": "--waitall", "MSG_MORE": "--more"}

// socketTypes are the manual's, socket(2).
var socketTypes = []string{"SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_SEQPACKET"}

// renamed are methods that a command does under another name.
var renamed = map[string]string{"connect_ex": "connect", "setsockopt": "sockopt", "getsockopt": "sockopt", "recv_into": "recv", "recvfrom_into": "recvfrom", "quit": "exit"}

// python says in our words what a line of Python does: s.bind(('127.0.0.1', 8888)), s.type, print(data.decode()). Where it says
// what we cannot, the command is named with what it wants.
func (t Table) python(expr string, isSocket func(Word) bool) (string, bool) {
	plain := recoded(expr)
	if _, text := unquoted(plain); text && plain != expr { // bytes('x', 'utf8')
		return "print " + plain, true
	}
	expr = plain
	if element := subscript.ReplaceAllString(expr, ""); strings.HasSuffix(element, ")") { // c.getsockname()[1]
		expr = element
	}
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
	case object == "select" && called:
		return polled(map[bool][]string{true: args}[method == "select"]), true
	case slices.Contains(modules, object) && called:
		object = ""
	case object != "" && !called: // an attribute, or a method without its brackets
		if to := instead[method]; strings.HasPrefix(to, "inspect") {
			return strings.ReplaceAll(to, "{s}", object), true
		}
		return method + " " + object, t.named(method) != nil && isSocket(Word{Text: object})
	case !called:
		return "", false
	}
	switch method {
	case "print":
		if len(args) == 1 {
			if !strings.HasPrefix(args[0], method) { // a print within a print is nobody's line
				if line, ok := t.python(args[0], isSocket); ok && !strings.HasPrefix(line, "print ") {
					return line, true
				}
			}
			if line, ok := formatted(args[0]); ok {
				return "print " + line, true
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
	case "len":
		if len(args) == 1 && IsName(args[0]) {
			return "print $" + args[0], true
		}
	case "setblocking":
		if len(args) == 1 {
			return "blocking " + object + map[bool]string{true: " on", false: " off"}[args[0] == "True" || args[0] == "1"], true
		}
	case "bind", "connect", "connect_ex": // the host and the port without the brackets that make them one
		if len(args) == 2 {
			args = []string{"(" + args[0] + ", " + args[1] + ")"}
		}
	case "sendto": // the address stands last in Python, as the message may be of several words here
		if n := len(args); n > 1 {
			args = append(args[n-1:], args[:n-1]...)
		}
	}
	if to, ok := renamed[method]; ok {
		method = to
	}
	if to, ok := instead[method]; ok && strings.Contains(to, "{s}") {
		if object == "" {
			object = "s"
		}
		return strings.ReplaceAll(to, "{s}", object), true
	}
	c := t.named(method)
	switch {
	case c == nil && isSocket(Word{Text: object}):
		return "inspect " + object, true
	case c == nil:
		return "print $" + object, IsName(object) // request.splitlines(): of a value there is only what it is
	}
	words := []string{method}
	if object != "" {
		words = append(words, object)
	}
	var flags []string
	for _, a := range args {
		if flag, ok := pythonFlags[plainName(a)]; ok {
			flags = append(flags, flag)
			continue
		}
		w, ok := pythonWord(method, a, isSocket)
		if !ok {
			usage := c.Usage[0]
			if object != "" {
				usage = strings.TrimPrefix(usage, "[S] ")
			}
			return strings.Join(append(words[:min(len(words), 2)], usage), " "), true
		}
		words = append(words, w)
	}
	return strings.Join(append(words, flags...), " "), true
}

// misread is the error of a line that could not be cut into words, where it is Python: x.split(' ')[1].
func (t Table) misread(l Line, err *sockets.Error, isSocket func(Word) bool) *sockets.Error {
	begin := len(l.Text) - len(strings.TrimLeft(l.Text, " !"))
	name := ""
	if len(l.Names) > 0 {
		head := assigned(l.Text[begin:])
		name, begin = strings.TrimSpace(head)+" = ", begin+len(head)+1
	}
	expr := strings.TrimSpace(l.Text[begin:])
	if !aCall.MatchString(expr) {
		return err
	}
	line, ok := t.python(uncommented(expr), isSocket)
	if !ok {
		return err
	}
	if strings.HasPrefix(line, "inspect ") {
		name = ""
	}
	return sockets.Usage(isPython).At(begin+strings.Index(l.Text[begin:], expr), len(uncommented(expr))).Hint(names.T(name+line, name+line))
}

// aCall is how a call in Python begins.
var aCall = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\(`)

// added is the line that does what += does in Python, "" for a line without it.
func added(l Line) string {
	if len(l.Words) < 2 || l.Words[0].Raw != "+=" || !IsName(l.Command.Text) || len(l.Names) > 0 {
		return ""
	}
	name := l.Command.Text
	more, ok := concatenated(uncommented(l.Text[l.Words[1].Col:]))
	if !ok {
		return name + " = print $" + name
	}
	return name + " = print " + inQuotes("${"+name+"}"+more)
}

// concatenated is what stands between double quotes for texts and names that Python puts together: 'HTTP/1.1 200 OK' + data.
func concatenated(expr string) (string, bool) {
	text := ""
	for _, term := range pythonCut(expr, '+') {
		term = recoded(term)
		literal, quoted := unquoted(term)
		switch {
		case quoted && !strings.ContainsAny(literal, `"$`):
			text += literal
		case IsName(term):
			text += "${" + term + "}"
		default:
			return "", false
		}
	}
	return text, true
}

// formatted is a text that Python puts together, as we write it: f"{x} bytes", "%d bytes" % n.
func formatted(arg string) (string, bool) {
	if text, ok := unquoted(strings.TrimPrefix(arg, "f")); ok && strings.HasPrefix(arg, "f") && !strings.ContainsAny(text, "\"$") {
		whole := true
		text = inBraces.ReplaceAllStringFunc(text, func(s string) string {
			s = recoded(strings.TrimSpace(s[1 : len(s)-1]))
			s, ok := pythonTerm(s)
			whole = whole && ok
			return s
		})
		return inQuotes(text), whole
	}
	literal, values, ok := strings.Cut(arg, "%")
	for ok && strings.Count(literal, literal[:min(len(literal), 1)])%2 != 0 { // that one stands in the text
		var more string
		more, values, ok = strings.Cut(values, "%")
		literal += "%" + more
	}
	text, quoted := unquoted(strings.TrimSpace(literal))
	if !ok || !quoted || strings.ContainsAny(text, "\"$") {
		return "", false
	}
	terms := pythonArgs(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(values), "("), ")"))
	whole := true
	text = aPlace.ReplaceAllStringFunc(text, func(string) string {
		if len(terms) == 0 || !IsName(recoded(terms[0])) {
			whole = false
			return ""
		}
		s := "${" + recoded(terms[0]) + "}"
		terms = terms[1:]
		return s
	})
	return inQuotes(text), whole && len(terms) == 0
}

// inQuotes writes a text that names kept values; brackets stand only where a name would go on.
func inQuotes(text string) string { return `"` + unbraced(text) + `"` }

func unbraced(text string) string {
	for {
		next := bracketless.ReplaceAllString(text, "$$$1$2")
		if next == text {
			return text
		}
		text = next
	}
}

var (
	inBraces    = regexp.MustCompile(`\{[^{}]*\}`)
	bracketless = regexp.MustCompile(`\$\{(\w+)\}($|\W)`)
	aPlace      = regexp.MustCompile(`%[sdrfx]`)
)

// recoded is an expression of Python without what turns text into bytes or back, which is one thing here: x.decode('utf-8'),
// bytes(x, 'utf8').
func recoded(expr string) string {
	expr = coding.ReplaceAllString(expr, "")
	if m := asBytes.FindStringSubmatch(expr); m != nil {
		return m[1]
	}
	return expr
}

var (
	coding  = regexp.MustCompile(`\.(encode|decode)\((\s*(encoding\s*=\s*)?['"][\w-]*['"])?\s*\)$`)
	asBytes = regexp.MustCompile(`^(?:bytes|str)\(\s*([^,()]+?)\s*(?:,[^()]*)?\)$`)
)

// plainName is a name without the module that it comes from.
func plainName(s string) string {
	if module, name, ok := strings.Cut(s, "."); ok && slices.Contains(modules, module) {
		return name
	}
	return s
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
func pythonArgs(s string) []string { return pythonCut(s, ',') }

// pythonCut cuts an expression of Python at what stands in no quotes and no brackets.
func pythonCut(s string, at byte) (args []string) {
	depth, start := 0, 0
	bare(s, func(i int, c byte) bool {
		switch {
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == at && depth == 0:
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
	arg = plainName(recoded(arg))
	if line, ok := formatted(arg); ok {
		return line, true
	}
	if inner, ok := strings.CutPrefix(arg, "("); ok { // an address
		parts := pythonArgs(strings.TrimSuffix(inner, ")"))
		if len(parts) != 2 {
			return "", false
		}
		host, quoted := unquoted(parts[0])
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		if name, ok := pythonTerm(parts[0]); ok {
			host, quoted = name, true
		}
		port := parts[1]
		name, ok := pythonTerm(port)
		if ok {
			port = name
		}
		return unbraced(host + ":" + port), quoted && (ok || port != "" && strings.Trim(port, "0123456789") == "")
	}
	text, quoted := unquoted(arg)
	if message := strings.HasPrefix(method, "send") || method == "print"; message && !quoted && len(pythonCut(arg, '+')) > 1 {
		line, ok := concatenated(arg)
		return inQuotes(line), ok
	}
	if element, ok := pythonTerm(arg); ok && anElement.MatchString(arg) {
		return element, true
	}
	if name, _, ok := strings.Cut(arg, "["); ok && method == "print" && IsName(name) && strings.HasSuffix(arg, "]") {
		return "$" + name, true // of a value there is only what it is
	}
	switch {
	case quoted && strings.HasPrefix(method, "send") || quoted && method == "print" || quoted && arg[0] == 'b':
		return arg, true
	case quoted && text != "" && !strings.ContainsAny(text, " #$&'\"\\"):
		return text, true
	case quoted:
		return arg, true
	case strings.HasPrefix(arg, "SOCK_") && !slices.Contains(socketTypes, arg):
		near, ok := names.Nearest(arg, socketTypes) // SOCK_RAM
		return near, ok
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
