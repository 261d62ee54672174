package repl

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Command is one row of the command table. Help, completion, the README's table and the man page are made of it.
type Command struct {
	Name    string
	Group   Group
	Usage   []string   // each form of what follows the name: "S ADDR", "tcp ADDR [BACKLOG]". Capital words are Params
	Summary names.Text // one line
	Detail  names.Text // paragraphs; may be zero
	Flags   []Flag
	Example []string            // lines that run as they stand in a fresh session, the last shows this command
	Python  string              // how Python says it
	Man     string              // "bind(2)"
	Waits   names.Text          // what it waits for, where it may block: "a client"
	Choices map[string][]Choice // of a Param, the words that it knows: for completion
	Wraps   bool                // what stands behind its first word is a line of its own, flags and all
	Run     func(*Env) error
}

// A Choice is one of the words that a Param may be.
type Choice struct {
	Word    string
	Meaning names.Text
}

// A Flag is one GNU-style flag of a command.
type Flag struct {
	Name    string // without dashes; one letter or digit is written with one dash
	Arg     string // the Param it takes, "" for none
	Meaning names.Text
	Many    bool // it may stand several times; its values are joined by commas
}

// Spelling is the flag as it is typed: --peek, -6.
func (f Flag) Spelling() string {
	if len(f.Name) == 1 {
		return "-" + f.Name
	}
	return "--" + f.Name
}

// A Group is a chapter of the command table.
type Group string

// The groups, in the order of the table.
const (
	Make    Group = "make"
	Open    Group = "open"
	Talk    Group = "talk"
	Close   Group = "close"
	Options Group = "options"
	Look    Group = "look"
	Names   Group = "names"
	Shell   Group = "shell"
	Learn   Group = "learn"
)

// Groups lists the groups in order, each with its title.
func Groups() []struct {
	Group Group
	Title names.Text
} {
	return []struct {
		Group Group
		Title names.Text
	}{
		{Make, names.T("make", "创建")},
		{Open, names.T("open", "建立")},
		{Talk, names.T("talk", "收发")},
		{Close, names.T("close", "关闭")},
		{Options, names.T("options", "选项")},
		{Look, names.T("look", "查看")},
		{Names, names.T("names", "名字")},
		{Shell, names.T("shell", "shell")},
		{Learn, names.T("learn", "学习")},
	}
}

// A Param is what a capital word of a Usage stands for.
type Param struct {
	Name   string
	Phrase names.Text // "an address": what is asked for when it is missing
}

// Params are the capital words that a Usage may hold.
var params = []Param{
	{"S", names.T("a socket", "一个套接字")},
	{"ADDR", names.T("an address", "一个地址")},
	{"MSG", names.T("a message", "一条消息")},
	{"N", names.T("a number of bytes", "一个字节数")},
	{"BACKLOG", names.T("a backlog", "一个 backlog")},
	{"NAME", names.T("a name", "一个名字")},
	{"OPTION", names.T("an option", "一个选项")},
	{"VALUE", names.T("a value", "一个值")},
	{"FIELD", names.T("a field", "一个字段")},
	{"SECONDS", names.T("a number of seconds", "一个秒数")},
	{"D", names.T("a duration", "一段时间")},
	{"FILE", names.T("a file", "一个文件")},
	{"BYTES", names.T("some bytes", "一串字节")},
	{"JOB", names.T("a job's number", "一个作业号")},
	{"HOST", names.T("a host", "一个主机")},
	{"IP", names.T("an IP address", "一个 IP 地址")},
	{"SERVICE", names.T("a service's name", "一个服务名")},
	{"PORT", names.T("a port", "一个端口")},
	{"PROTO", names.T("tcp or udp", "tcp 或 udp")},
	{"PACKED", names.T("the packed bytes", "打包后的字节")},
	{"FAMILY", names.T("a family", "一个地址族")},
	{"NUMBER", names.T("a number", "一个整数")},
	{"WORD", names.T("a word", "一个词")},
	{"TOPIC", names.T("a command or a topic", "一条命令或一个主题")},
	{"KIND", names.T("a kind of socket", "一种套接字")},
	{"HOW", names.T("rd, wr or rdwr", "rd、wr 或 rdwr")},
	{"SWITCH", names.T("on or off", "on 或 off")},
	{"LAYER", names.T("a layer", "一个层次")},
	{"LANG", names.T("en or zh", "en 或 zh")},
	{"RE", names.T("a pattern", "一个模式")},
	{"STATUS", names.T("an exit status", "一个退出状态")},
	{"FD", names.T("an open socket", "一个打开的套接字")},
	{"COMMAND", names.T("a command", "一条命令")},
	{"JITTER", names.T("a duration", "一段时间")},
	{"PERCENT", names.T("a chance such as 20%", "一个概率，如 20%")},
	{"RATE", names.T("a rate such as 1mbit", "一个速率，如 1mbit")},
	{"LESSON", names.T("a lesson", "一课")},
	{"ROLE", names.T("a role", "一个角色")},
	{"STEP", names.T("a step", "一个步骤")},
	{"ANSWER", names.T("an answer", "一个答案")},
	{"FRAMES", names.T("what to drop, such as syn", "要丢的是什么，如 syn")},
}

// ParamNamed finds a Param.
func ParamNamed(name string) (Param, bool) {
	i := slices.IndexFunc(params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return Param{}, false
	}
	return params[i], true
}

// A Table is the command table, in the order in which help shows it.
type Table []*Command

// named is the command of this very name, nil for none.
func (t Table) named(name string) *Command {
	for _, c := range t {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Lookup finds a command by its name or an unambiguous beginning of it.
func (t Table) Lookup(w Word) (*Command, *sockets.Error) {
	if c := t.named(w.Text); c != nil {
		return c, nil
	}
	var found, learn []*Command
	for _, c := range t {
		switch {
		case w.Text == "" || !strings.HasPrefix(c.Name, w.Text):
		case c.Group == Learn: // these stand back, so that what is short for another command stays so
			learn = append(learn, c)
		default:
			found = append(found, c)
		}
	}
	if _, known := instead[w.Text]; len(found) == 0 && !known {
		found = learn
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, t.unknown(w)
	}
	var all []string
	for _, c := range found {
		all = append(all, c.Name)
	}
	e := w.Err(names.T(w.Text+" may be "+orList(all, " or "), w.Text+" 可能是 "+orList(all, " 或 ")))
	return nil, e.Hint(names.T("type more of it", "请多打几个字母"))
}

// verb finds the command of a line. A first word that names a socket is that socket, and the command the word behind it:
// c send hello. A command's own name always is the command, and its beginning where no socket is called so. What is quoted is text.
func (t Table) verb(l Line, isSocket func(Word) bool) (*Command, Line, *sockets.Error) {
	c := t.named(l.Command.Text)
	var err *sockets.Error
	switch {
	case l.Command.Quoted:
		c, err = nil, l.Command.Err(quotedText).Hint(names.T("print "+l.Command.Raw, "print "+l.Command.Raw))
	case c != nil:
	case !isSocket(l.Command):
		c, err = t.Lookup(l.Command)
	case len(l.Words) > 0 && !l.Words[0].Quoted:
		if c, err = t.Lookup(l.Words[0]); err == nil {
			words := slices.Clone(l.Words)
			l.Command, words[0] = words[0], l.Command
			l.Words = words
		}
	default:
		err = t.unknown(l.Command)
	}
	if err != nil {
		if known := t.elsewhere(l, isSocket); known != nil {
			err = known
		}
	}
	return c, l, err
}

// listsThemAll is what to do where no command is near.
const listsThemAll = "help lists them all"

func (t Table) unknown(w Word) *sockets.Error {
	var all []string
	for _, c := range t {
		all = append(all, c.Name)
	}
	word := strings.ToLower(w.Text)
	called := brief(w.Text)
	e := w.Err(names.T("no command is called "+called, "没有叫 "+called+" 的命令"))
	if to, ok := instead[word]; ok {
		line := strings.ReplaceAll(to, "{s}", "s")
		return e.Hint(names.T(line, line))
	}
	switch {
	case slices.Contains(programs, word):
		return e.Hint(aProgram)
	case word == "clear" || word == "cls":
		return e.Hint(clearsKeys)
	case word == "lab":
		return e.Hint(toTheLab)
	}
	if near, ok := names.Nearest(word, all); ok {
		return e.Hint(names.T(near, near))
	}
	return e.Hint(names.T(listsThemAll, "help 列出所有命令"))
}

// brief is a word as an error names it: a very long one by its beginning.
func brief(word string) string {
	const most = 40
	if r := []rune(word[:min(len(word), most*utf8.UTFMax)]); len(r) > most {
		return string(r[:most]) + "…"
	}
	return word
}

// orList writes a, b or c.
func orList(words []string, or string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	sep := ", "
	return strings.Join(words[:last], sep) + or + words[last]
}

// flag finds a flag by its spelling or an unambiguous beginning of it.
func (c *Command) flag(spelling string) (f Flag, ambiguous []string, ok bool) {
	var found []Flag
	for _, f := range c.Flags {
		if f.Spelling() == spelling {
			return f, nil, true
		}
		if len(spelling) > 2 && strings.HasPrefix(f.Spelling(), spelling) {
			found = append(found, f)
			ambiguous = append(ambiguous, f.Spelling())
		}
	}
	if len(found) == 1 {
		return found[0], nil, true
	}
	return Flag{}, ambiguous, false
}
