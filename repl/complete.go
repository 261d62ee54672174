package repl

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Suggestion is one way to go on with the word at the cursor.
type Suggestion struct {
	Text        string
	Description string
	Start       int // byte offset in the line where the word begins that Text replaces
}

// Complete suggests how the word at the cursor may go on: commands, sockets, options and their values, addresses in use,
// paths, kept names. cursor is a byte offset.
func (s *Session) Complete(line string, cursor int) []Suggestion {
	s.mu.Lock()
	defer s.mu.Unlock()
	cursor = min(max(cursor, 0), len(line))
	head := line[:cursor]
	start := wordStart(head)
	word := head[start:]
	before := head[:start]
	if strings.HasPrefix(word, "'") || strings.HasPrefix(word, `"`) {
		return nil
	}
	c := completion{s: s, word: word, start: start}
	if i := strings.LastIndexByte(word, '$'); i >= 0 {
		c.word, c.start = word[i+1:], start+i+1
		c.names()
		return c.out
	}
	if strings.TrimSpace(line) == "" { // only asked for at Tab
		c.every()
		return c.out
	}
	parsed, err := ParseLine(before, func(string) (sockets.Value, bool) { return sockets.Value{}, true })
	if err != nil && parsed.Command.Text != "" {
		return nil
	}
	if parsed.Command.Text == "" {
		if strings.HasPrefix(word, "!") {
			c.errnos(strings.TrimLeft(word, "!"))
		}
		c.commands(strings.TrimLeft(word, "!"))
		return c.out
	}
	if len(parsed.Words) == 0 && s.names(parsed.Command) && s.table.named(parsed.Command.Text) == nil {
		c.commands(word) // the socket comes first: c send hello
		return c.out
	}
	command, parsed, cerr := s.table.verb(parsed, s.names)
	if cerr != nil {
		return nil
	}
	for command.Wraps && len(parsed.Words) > 0 {
		if len(parsed.Words) == 1 {
			c.commands(word)
			return c.out
		}
		parsed.Command, parsed.Words = parsed.Words[1], parsed.Words[2:]
		if command, parsed, cerr = s.table.verb(parsed, s.names); cerr != nil {
			return nil
		}
	}
	c.argument(command, parsed.Words, len(parsed.Names) > 0)
	return c.out
}

// wordStart is where the last word of head begins: after a blank that stands in no quote.
func wordStart(head string) int {
	start, quote := 0, byte(0)
	fresh := true
	for i := 0; i < len(head); i++ {
		b := head[i]
		switch {
		case quote != 0:
			if b == '\\' {
				i++
			} else if b == quote {
				quote = 0
			}
		case b == ' ' || b == '\t' || b == '=' && !strings.HasPrefix(head[start:], "-"):
			start, fresh = i+1, true
			continue
		case (b == '\'' || b == '"') && (fresh || i == start+1 && head[start] == 'b'):
			quote = b
		}
		fresh = false
	}
	return start
}

// A completion gathers suggestions for one word.
type completion struct {
	s     *Session
	word  string
	start int
	out   []Suggestion
}

func (c *completion) add(text, description string) {
	if !strings.HasPrefix(strings.ToLower(text), strings.ToLower(c.word)) || text == c.word {
		return
	}
	if slices.ContainsFunc(c.out, func(o Suggestion) bool { return o.Text == text }) {
		return
	}
	c.out = append(c.out, Suggestion{Text: text, Description: description, Start: c.start})
}

func (c *completion) commands(word string) {
	c.start += len(c.word) - len(word)
	c.word = word
	if word == "" {
		return // a newcomer's empty line stays calm
	}
	c.every()
}

// every suggests all commands.
func (c *completion) every() {
	for _, x := range c.s.table {
		c.add(x.Name, x.Summary.In(c.s.Lang()))
	}
}

// errnos suggests with which errno a line shall fail. Commands are written small, so that the first letter tells the two apart.
func (c *completion) errnos(word string) {
	if word == "" || word != strings.ToUpper(word) {
		return
	}
	c.start += len(c.word) - len(word)
	c.word = word
	for _, x := range names.Errnos() {
		c.add(x.Name, x.Meaning.In(c.s.Lang()))
	}
}

func (c *completion) names() {
	for _, n := range c.s.valueNames() {
		c.add(n, short(c.s.values[n].Text))
	}
	for _, n := range c.s.socketNames() {
		c.add(n, c.s.sockets[n].KindName())
	}
}

func short(s string) string {
	if r := []rune(s); len(r) > 30 {
		return string(r[:29]) + "…"
	}
	return s
}

// argument suggests what may stand after the words that are there already. What is kept under a name is a new socket where the
// command can make one: k = connect tcp …
func (c *completion) argument(cmd *Command, words []Word, kept bool) {
	if strings.HasPrefix(c.word, "-") {
		for _, f := range cmd.Flags {
			c.add(f.Spelling(), f.Meaning.In(c.s.Lang()))
		}
		return
	}
	var plain []Word
	for i := 0; i < len(words); i++ {
		if !isFlag(cmd, words[i]) {
			plain = append(plain, words[i])
			continue
		}
		f, _, ok := cmd.flag(words[i].Text)
		if ok && f.Arg != "" {
			if i == len(words)-1 {
				c.param(cmd, f.Arg, nil)
				return
			}
			i++
		}
	}
	makes := func(usage string) bool { return strings.HasPrefix(usage, "KIND") }
	kept = kept && slices.ContainsFunc(cmd.Usage, makes)
	for _, usage := range cmd.Usage {
		if kept && !makes(usage) {
			continue
		}
		c.form(cmd, strings.Fields(usage), plain)
	}
}

// form walks one form of the usage along the words, and suggests for the param that comes next.
func (c *completion) form(cmd *Command, form []string, words []Word) {
	i := 0
	for _, part := range form {
		param := strings.Trim(part, "[]…")
		optional := strings.HasPrefix(part, "[")
		if i >= len(words) {
			c.param(cmd, param, words)
			if !optional {
				return
			}
			continue
		}
		w := words[i]
		switch {
		case param == "S":
			named := func(w Word) bool { _, ok := c.s.sockets[w.Text]; return ok || w.Text == "." }
			if named(w) {
				i++
				for strings.HasSuffix(strings.Trim(part, "[]"), "…") && i < len(words) && named(words[i]) {
					i++
				}
				if strings.HasSuffix(strings.Trim(part, "[]"), "…") && i == len(words) {
					c.param(cmd, param, words)
				}
			} else if !optional {
				return
			}
		case param == "KIND":
			i++
		case param == "SOL_": // the level may be left out
			if level := strings.ToUpper(w.Text); strings.HasPrefix(level, "SOL_") || strings.HasPrefix(level, "IPPROTO_") {
				i++
			}
		case strings.HasSuffix(strings.Trim(part, "[]"), "…"):
			c.param(cmd, param, words)
			return
		default:
			if param != strings.ToUpper(param) && !strings.EqualFold(param, w.Text) {
				return
			}
			i++
		}
	}
}

// param suggests words that can stand for a param.
func (c *completion) param(cmd *Command, param string, words []Word) {
	for _, x := range cmd.Choices[param] {
		c.add(x.Word, x.Meaning.In(c.s.Lang()))
	}
	switch param {
	case "S", "FD":
		for _, n := range c.s.socketNames() {
			k := c.s.sockets[n]
			c.add(n, strings.TrimSpace(k.KindName()+" "+k.State+" "+k.Local.String()))
		}
	case "ADDR":
		c.addresses()
		if c.word != "" { // most are no paths
			c.paths()
		}
	case "FILE":
		c.paths()
	case "OPTION":
		c.options(words)
	case "VALUE":
		c.optionValues(words)
	case "JOB":
		for _, j := range c.s.jobs {
			if !j.ended {
				c.add(itoa(j.ID), j.Line)
			}
		}
	case "TOPIC":
		for _, x := range c.s.table {
			c.add(x.Name, x.Summary.In(c.s.Lang()))
		}
		for _, t := range names.Topics() {
			c.add(t.Name, t.Title.In(c.s.Lang()))
		}
	case "LESSON":
		c.lessons()
	case "STEP":
		c.steps()
	case "ROLE":
		c.roles(words)
	case "WORD", "MSG", "ANSWER":
		// a message is the student's own
	default:
		if param == strings.ToLower(param) { // a word of the usage itself: "all"
			c.add(param, "")
		}
	}
}

// addresses suggests the addresses that the session's sockets use: first those where somebody listens.
func (c *completion) addresses() {
	var listening, others []*sockets.Socket
	for _, k := range slices.Backward(c.s.recent) {
		if k.Backlog >= 0 {
			listening = append(listening, k)
		} else {
			others = append(others, k)
		}
	}
	for _, k := range append(listening, others...) {
		for _, a := range []sockets.Address{k.Local, k.Peer} {
			if a.IsZero() || a.Unnamed() || a.IP.IsValid() && a.Port == 0 {
				continue
			}
			c.add(a.String(), k.Name+" "+k.State)
		}
	}
}

// paths suggests files and folders.
func (c *completion) paths() {
	dir, base := filepath.Split(c.word)
	list := dir
	if list == "" {
		list = "."
	}
	entries, err := os.ReadDir(list)
	if err != nil {
		return
	}
	for _, x := range entries {
		name := x.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") || strings.ContainsAny(name, " \t'\"") {
			continue
		}
		kind := names.T("a file", "文件")
		if x.IsDir() {
			name, kind = name+"/", names.T("a folder", "文件夹")
		} else if x.Type()&os.ModeSocket != 0 {
			kind = names.T("AF_UNIX", "AF_UNIX")
		}
		c.add(dir+name, kind.In(c.s.Lang()))
	}
}

// options suggests the options of the kind of socket that they are for, where one is named.
func (c *completion) options(words []Word) {
	k := c.s.current()
	if len(words) > 0 && c.s.names(words[0]) {
		k = c.s.sockets[words[0].Text]
	}
	for _, o := range names.Options() {
		if k == nil || o.Fits(k.KindName()) {
			c.add(o.Name, o.Meaning.In(c.s.Lang()))
		}
	}
}

// optionValues suggests the values of the option that stands before.
func (c *completion) optionValues(words []Word) {
	for _, w := range slices.Backward(words) {
		o, ok := names.LookupOption(w.Text)
		if !ok {
			continue
		}
		for _, v := range o.Values {
			c.add(v.Name, v.Meaning.In(c.s.Lang()))
		}
		if o.Type == names.Bool {
			c.add("1", names.T("on", "打开").In(c.s.Lang()))
			c.add("0", names.T("off", "关闭").In(c.s.Lang()))
		}
		for _, f := range o.Fields {
			c.add(f.Name+"=", f.Meaning.In(c.s.Lang()))
		}
		return
	}
}
