package repl

import (
	"regexp"
	"strconv"
	"strings"

	"sockstep/sockets/names"
)

// What Python's socket programs do beside the calls of a socket: select, threads, and a look whether the socket's file is there.

var (
	pythonThread = names.T("this is Python; here a line that ends with & is a job, which runs beside the others", "这是 Python 的写法；这里行尾写 & 就成为作业，与其他行同时运行")
	pythonStale  = names.T("this is Python; here --unlink at bind or listen removes a stale file first", "这是 Python 的写法；这里 bind 或 listen 加 --unlink 就先删除残留的文件")

	aThread   = regexp.MustCompile(`^(?:\w+\.)?(?:Thread|Process|start_new_thread)\(`)
	threadArg = regexp.MustCompile(`\(\s*(\w+)\s*,`)          // of args=(c,), or of a thread's function
	ofThread  = regexp.MustCompile(`^\w+\.(start|join)\(\)$`) // a text's join takes a list
	aLook     = regexp.MustCompile(`\bos\.path\.(?:exists|isfile)\(([^()]*)\)`)
	subscript = regexp.MustCompile(`(\[[^\[\]]*\])+$`)
	anElement = regexp.MustCompile(`^[\pL_][\pL\pN_]*\[-?[0-9]+\]$`)
)

// idiom is what a line of Python does here that is no single call of a socket: what to say of it, and what to type.
func idiom(expr string, isSocket func(Word) bool) (said names.Text, line string, ok bool) {
	if aThread.MatchString(expr) {
		for _, m := range threadArg.FindAllStringSubmatch(expr, -1) {
			if isSocket(Word{Text: m[1]}) {
				return pythonThread, "recv " + m[1] + " &", true
			}
		}
		return pythonThread, "help jobs", true
	}
	if m := ofThread.FindStringSubmatch(expr); m != nil {
		return pythonThread, map[string]string{"start": "help jobs", "join": "wait"}[m[1]], true
	}
	m := aLook.FindStringSubmatch(expr)
	if m == nil {
		return said, "", false
	}
	path, known := pythonWord("bind", m[1], isSocket)
	switch {
	case !known:
		path = "./sock"
	case isSocket(Word{Text: "s"}):
		return pythonStale, "bind s " + path + " --unlink", true
	}
	return pythonStale, "s = listen unix " + path + " --unlink", true
}

// polled is the line that does what select.select(reading, writing, broken, timeout) does.
func polled(args []string) string {
	line, flags, watched := "poll", "", ""
	for i, list := range args[:min(len(args), 2)] {
		if watched = strings.Trim(list, "[]() "); watched != "" {
			flags = []string{"", " --write"}[i]
			break
		}
	}
	for _, s := range pythonArgs(watched) {
		if !IsName(s) || !strings.HasPrefix(strings.Join(args, ""), "[") { // a list under a name of its own
			return line + " [S…]"
		}
		line += " " + s
	}
	if len(args) == 4 {
		if _, err := strconv.ParseFloat(args[3], 64); err == nil {
			flags += " --timeout " + args[3]
		}
	}
	return line + flags
}

// pythonTerm is a name of Python's, or an element of a list, as it stands in a text of ours: ${data}, ${addr[0]}.
func pythonTerm(s string) (string, bool) {
	return "${" + s + "}", IsName(s) || anElement.MatchString(s)
}

// methodApart is a call with a dot and no brackets, as in d.recv 1024, as it is written here; "" for anything else.
func (t Table) methodApart(l Line) string {
	object, method, dotted := strings.Cut(l.Command.Text, ".")
	if to, ok := renamed[method]; ok {
		method = to
	}
	if !dotted || !IsName(object) || len(l.Words) == 0 || t.named(method) == nil {
		return ""
	}
	return method + " " + object + " " + uncommented(l.Text[l.Words[0].Col:])
}

// manual is the page that man names, as help has it: man 2 send. "" where there is none.
func (t Table) manual(l Line) string {
	if word := l.Command.Text; word != "man" && word != "?" || len(l.Words) == 0 {
		return ""
	}
	page, _, _ := strings.Cut(l.Words[len(l.Words)-1].Text, "(")
	if to, ok := renamed[page]; ok {
		page = to
	}
	if to := instead[page]; t.named(to) != nil {
		page = to
	}
	if _, topic := names.LookupTopic(page); !topic && t.named(page) == nil {
		return ""
	}
	return "help " + page
}
