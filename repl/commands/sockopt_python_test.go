package commands_test

import (
	"strings"
	"testing"

	"sockstep/sockets/names"
)

// unnamed gives for each line of Python the names in it that nothing gives a meaning.
const unnamed = `
import ast, builtins, json, socket, sys
known = set(dir(socket)) | set(dir(builtins)) | {"struct", "t", "u", "t6", "u6", "x"}
def missing(line):
    names = [n for n in ast.walk(ast.parse(line)) if isinstance(n, ast.Name)]
    given = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return sorted({n.id for n in names} - given - known)
sys.stdout.write(json.dumps([missing(line) for line in json.load(sys.stdin)]))
`

// TestOptionsInPython holds that the line in Python for any option runs under any Python: a name that the socket module has not
// is given its number first.
func TestOptionsInPython(t *testing.T) {
	onLinux(t)
	do := student(t)
	for _, line := range []string{"t = socket tcp", "u = socket udp", "t6 = socket tcp -6", "u6 = socket udp -6", "x = socket unix"} {
		do(line)
	}
	var lines []string
	for _, k := range strings.Fields("t u t6 u6 x") {
		for _, opt := range names.Options() {
			if a := do("kept = sockopt " + k + " " + opt.Name); a.Python != "" {
				lines = append(lines, a.Python)
			}
		}
	}
	for _, line := range []string{"sockopt u IP_MTU_DISCOVER IP_PMTUDISC_DO", "sockopt u SO_BUSY_POLL 1", "sockopt u IP_TOS IPTOS_LOWDELAY"} {
		lines = append(lines, do(line).Python)
	}
	var missing [][]string
	python(t, unnamed, lines, &missing)
	for i, m := range missing {
		if len(m) > 0 {
			t.Errorf("%s: Python does not know %v", lines[i], m)
		}
	}
	if len(lines) < 100 {
		t.Errorf("only %d lines were looked at", len(lines))
	}
}
