package tty

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A wall is a terminal that knows wide characters: tmux.
type wall struct {
	t      testing.TB
	socket string
}

func hang(t testing.TB, cols, rows int) *wall {
	t.Helper()
	peer(t, "tmux")
	w := &wall{t: t, socket: t.TempDir() + "/tmux"}
	t.Cleanup(func() { exec.Command("tmux", "-S", w.socket, "kill-server").Run() })
	w.tmux("-f", os.DevNull, "new-session", "-d", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows),
		"env", "TTY_TEST_SHELL=1", "LC_ALL=C.UTF-8", os.Args[0], ";", "set", "-g", "status", "off", ";",
		"set", "-g", "window-size", "manual", ";", "resize-window", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows))
	w.until([]string{">"}, 2, 0)
	return w
}

func (w *wall) tmux(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-S", w.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return string(out)
}

// until waits for these rows to be the last on the screen, and the cursor to be in this column of that row of them.
func (w *wall) until(want []string, x, y int) {
	w.t.Helper()
	want = trimmed(want)
	var rows []string
	var cursor string
	for end := time.Now().Add(patience); time.Now().Before(end); {
		cursor, _, _ = strings.Cut(w.tmux("display", "-p", "#{cursor_x}", ";", "capture-pane", "-p"), "\n")
		rows = trimmed(strings.Split(w.tmux("capture-pane", "-p"), "\n"))
		rows = rows[max(0, len(rows)-len(want)):]
		if cmp.Equal(rows, want) && cursor == fmt.Sprint(x) {
			return
		}
	}
	w.t.Fatalf("the cursor is in column %s, want %d of row %d; the screen (-want +got):\n%s", cursor, x, y, cmp.Diff(want, rows))
}

// trimmed has no blanks at the ends of the rows, and no empty rows at the end.
func trimmed(rows []string) (out []string) {
	for _, r := range rows {
		out = append(out, strings.TrimRight(r, " "))
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// broken breaks a text of narrow and wide characters as a terminal does.
func broken(text string, at, cols int) (rows []string, x, y int) {
	row, used := "", 0
	wrap := func(n int) {
		if used+n > cols {
			rows, row, used = append(rows, row), "", 0
		}
	}
	for i, r := range []rune(text) {
		n := 1
		if r >= 0x1100 {
			n = 2
		}
		wrap(n)
		if i == at {
			x, y = used, len(rows)
		}
		row, used = row+string(r), used+n
	}
	if at == len([]rune(text)) {
		wrap(1)
		x, y = used, len(rows)
	}
	return append(rows, row), x, y
}

func TestWideText(t *testing.T) {
	t.Parallel()
	for _, cols := range []int{41, 40, 17} {
		t.Run(fmt.Sprint(cols, " columns"), func(t *testing.T) {
			t.Parallel()
			w := hang(t, cols, 18)
			random := rand.New(rand.NewPCG(uint64(cols), 7))
			letters := []rune("xyz 你好世界ＡＢ")
			text, at := []rune(nil), 0
			for range 60 {
				switch r := random.IntN(10); {
				case r < 6 || at == 0:
					var s []rune
					for range 1 + random.IntN(6) {
						s = append(s, letters[random.IntN(len(letters))])
					}
					w.tmux("send-keys", "-l", string(s))
					text = append(text[:at:at], append(s, text[at:]...)...)
					at += len(s)
				case r < 8:
					w.tmux("send-keys", "Left")
					at--
				case r < 9:
					w.tmux("send-keys", "BSpace")
					text = append(text[:at-1:at-1], text[at:]...)
					at--
				default:
					w.tmux("send-keys", "C-e")
					at = len(text)
				}
				rows, x, y := broken("> "+string(text), at+2, cols)
				if len(rows) > 9 {
					w.tmux("send-keys", "C-e", "C-u")
					text, at = nil, 0
					rows, x, y = []string{">"}, 2, 0
				}
				w.until(rows, x, y)
			}
		})
	}
}

func TestWideMenu(t *testing.T) {
	t.Parallel()
	w := hang(t, 40, 10)
	w.tmux("send-keys", "-l", "你好 c")
	w.until([]string{"> 你好 c", "       connect  连接到服务器"}, 8, 0)
	w.tmux("send-keys", "Tab")
	w.until([]string{"> 你好 connect"}, 15, 0) // the only one: the next word may begin
	w.tmux("send-keys", "Enter")
	w.until([]string{"<你好 connect>", ">"}, 2, 1)
}

// The terminal breaks a long line anew when it gets narrower, and the prompt must find its beginning again.
func TestWideResize(t *testing.T) {
	t.Parallel()
	w := hang(t, 40, 18)
	w.tmux("send-keys", "-l", "before")
	w.tmux("send-keys", "Enter")
	text := strings.TrimSpace(strings.Repeat("你好 world ", 6))
	w.tmux("send-keys", "-l", text)
	for _, cols := range []int{40, 25, 60, 13, 80} {
		w.tmux("resize-window", "-x", fmt.Sprint(cols), "-y", "18")
		rows, x, y := broken("> "+text, len([]rune(text))+2, cols)
		w.until(rows, x, y)
	}
	w.tmux("send-keys", "Enter")
	rows, _, _ := broken("<"+text+">", 0, 80)
	w.until(append(rows, ">"), 2, len(rows))
}
