package repl

import (
	"strings"
	"testing"

	"sockstep/sockets"
)

// FuzzPython: whatever is typed, a line is proposed, or none; a proposed one can be cut into words.
func FuzzPython(f *testing.F) {
	table := Table{{Name: "send", Usage: []string{"[S] MSG"}}, {Name: "sendto", Usage: []string{"[S] ADDR MSG"}}, {Name: "bind", Usage: []string{"[S] ADDR"}},
		{Name: "recv", Usage: []string{"[S] [N]"}}, {Name: "socket", Usage: []string{"[KIND]"}}, {Name: "print", Usage: []string{"WORD…"}}, {Name: "close", Usage: []string{"[S]"}}}
	for _, line := range []string{
		"s.bind(('', 8000))", "s.bind('', 8000)", "s.send(f'{a} {b.decode()}')", `print("%s %d" % (a, b))`, "x = s.recv(10, socket.MSG_PEEK).decode('utf-8')",
		"msg += a + 'b' + c.decode()", "s.close", "info = x.split(' ')[1]", "u.sendto(b'a' + b, addr)", "socket.socket(socket.AF_INET, socket.SOCK_RAM)", "print(%", "print('%' % )", "s.send(f'{')",
		"s.bind((HOST, PORT))", "addr = ('', PORT)", "select.select([s], [], [], 5)", "t = threading.Thread(target=f, args=(s,))", "s.recv()[0][1]", "print(addr[0], f'{addr[1]}')", "if os.path.exists(p):",
	} {
		f.Add(line)
	}
	isSocket := func(w Word) bool { return w.Text == "s" }
	kept := func(string) (sockets.Value, bool) { return sockets.Value{}, true }
	f.Fuzz(func(t *testing.T, text string) {
		line, perr := ParseLine(text, kept)
		var fix string
		if perr != nil {
			if got := table.misread(line, perr, isSocket); got != perr {
				fix = got.Fix.En
			}
		} else if got := table.elsewhere(line, isSocket); got != nil && strings.HasPrefix(got.Message.En, "this is Python") {
			fix = got.Fix.En
		}
		if fix == "" || strings.ContainsAny(text, "\\\"'#!") { // whose text may be cut anywhere
			return
		}
		if _, err := ParseLine(fix, kept); err != nil {
			t.Errorf("%q is answered by %q: %v", text, fix, err.Message.En)
		}
	})
}
