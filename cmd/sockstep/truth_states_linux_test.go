package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStates plays random sessions line by line, with ss between the lines. What the changes say of each socket, open or
// closed, what sockets lists and what inspect says is what ss says, wherever ss said the same before and after.
func TestStates(t *testing.T) {
	ss := witness(t, "ss")
	if !privately(t) {
		return
	}
	for _, seed := range seeds(t, 3) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			if err := alone(func() error { return playStates(t, ss, seed) }); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		})
	}
}

// A ledger is what the changes have told of each socket so far.
type ledger struct {
	t       *testing.T
	seed    uint64
	ss      string
	in      io.Writer
	out     *bufio.Reader
	pid     int
	lines   []string
	sockets map[string]*account
	checks  int

	failures int
	urgent   map[string]bool          // the ends to which urgent data was sent
	prompt   struct{ right, all int } // changes that ss said right after the line, too
}

// An account is what was told of one socket.
type account struct {
	name, local, peer, kind string
	fields                  map[string]string // state, recvq, sendq, accept queue
	open                    bool
	until                   time.Time // of TIME_WAIT, as a note told
}

func playStates(t *testing.T, ss string, seed uint64) error {
	c := exec.CommandContext(t.Context(), "sockstep", "--json", "--keep-going", "run", "-")
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	c.Dir = t.TempDir()
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var complaints bytes.Buffer
	c.Stderr = &complaints
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	l := &ledger{t: t, seed: seed, ss: ss, in: in, out: bufio.NewReaderSize(out, 1<<20), pid: c.Process.Pid, sockets: map[string]*account{}, urgent: map[string]bool{}}
	a := newAuthor(seed)
	a.once = true
	for i := range 200 {
		if err := l.do(a.next()); err != nil {
			return fmt.Errorf("%w\n%s", err, complaints.String())
		}
		if i%4 == 3 {
			if err := l.check(); err != nil {
				return err
			}
		}
	}
	in.Close()
	_, _ = io.Copy(io.Discard, out)
	_ = c.Wait()
	if complaints.Len() > 0 {
		return fmt.Errorf("it complains: %s", complaints.String())
	}
	if l.checks < 200 || l.prompt.right*10 < l.prompt.all*9 {
		t.Errorf("seed %d: %d values were compared, and of %d changes %d were so right after the line", seed, l.checks, l.prompt.all, l.prompt.right)
	}
	t.Logf("seed %d: %d values, %d of %d changes at once", seed, l.checks, l.prompt.right, l.prompt.all)
	return nil
}

// ask types a line and gives its act. What came before it is booked.
func (l *ledger) ask(line string) (toldAct, error) {
	l.lines = append(l.lines, line)
	if _, err := io.WriteString(l.in, line+"\n"); err != nil {
		return toldAct{}, err
	}
	for {
		text, err := l.out.ReadBytes('\n')
		if err != nil {
			return toldAct{}, fmt.Errorf("%s: %w", line, err)
		}
		acts := parseTold(l.t, text)
		l.book(acts[0])
		if acts[0].Act > 0 {
			return acts[0], nil
		}
	}
}

var (
	opens    = regexp.MustCompile(`^(\S+) = (?:connect|listen) (\S+) (\S+)`)
	connects = regexp.MustCompile(`^connect (\S+) (\S+)`)
	accepts  = regexp.MustCompile(`^(\S+) = accept (\S+)`)
	waits    = regexp.MustCompile(`^(\S+) closed first.* for (\d+) s`)
	closes   = regexp.MustCompile(`^close (\S+)$`)
)

// account is that of a socket; it is opened with the first change that names it.
func (l *ledger) account(name string) *account {
	if l.sockets[name] == nil {
		l.sockets[name] = &account{name: name, open: true, fields: map[string]string{}}
	}
	return l.sockets[name]
}

// book enters what an act tells.
func (l *ledger) book(a toldAct) {
	for _, s := range a.Steps {
		switch {
		case s.Kind == "change" && s.Field == "sockname":
			l.account(s.Socket).local = s.Now
		case s.Kind == "change":
			l.account(s.Socket).fields[s.Field] = s.Now
		case s.Kind == "packet" && strings.Contains(s.Flags, "U"):
			l.urgent[s.To+" "+s.From] = true
		case s.Kind == "note" && s.ID == "time-wait":
			if m := waits.FindStringSubmatch(s.Text); m != nil {
				l.account(m[1]).until = time.Now().Add(time.Duration(number(m[2])) * time.Second)
			}
		}
	}
	if m := accepts.FindStringSubmatch(a.Line); m != nil && a.OK {
		d := l.account(m[1])
		d.peer, _ = a.Value.Fields["from"].(string)
		d.local = l.account(m[2]).local
	}
	if m := opens.FindStringSubmatch(a.Line); m != nil && a.OK && strings.Contains(a.Line, "connect") {
		l.account(m[1]).peer = m[3]
	}
	if m := connects.FindStringSubmatch(a.Line); m != nil && l.sockets[m[1]] != nil && (a.OK || a.Error.Errno == "EINPROGRESS") {
		l.account(m[1]).peer = m[2]
	}
	if m := closes.FindStringSubmatch(a.Line); m != nil && l.sockets[m[1]] != nil && a.OK {
		l.account(m[1]).open = false
	}
}

// A row is a socket as ss has it.
type row struct {
	state, local, peer, timer, inode string
	recvq, sendq                     int
}

var (
	rowInode = regexp.MustCompile(` ino:(\d+)`)
	rowTimer = regexp.MustCompile(` timer:\((\S+)\)`)
)

// rows asks ss for all sockets, by inode, and by their two ends.
func (l *ledger) rows() (map[string]row, error) {
	out, err := exec.CommandContext(l.t.Context(), l.ss, "-tanoieOHx").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ss: %w: %s", err, out)
	}
	all := map[string]row{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 6 {
			continue
		}
		r := row{state: stateOfSS(f[1]), local: f[4], peer: f[5]}
		r.recvq, _ = strconv.Atoi(f[2])
		r.sendq, _ = strconv.Atoi(f[3])
		if f[0] != "tcp" {
			r.inode, r.local, r.peer = f[5], "", ""
		} else if m := rowInode.FindStringSubmatch(line); m != nil {
			r.inode = m[1]
		}
		if m := rowTimer.FindStringSubmatch(line); m != nil {
			r.timer = m[1]
		}
		if r.inode != "" && r.inode != "0" {
			all[r.inode] = r
		}
		all[r.local+" "+r.peer] = r
	}
	return all, nil
}

func stateOfSS(s string) string {
	return map[string]string{"ESTAB": "ESTABLISHED", "UNCONN": "CLOSE"}[s] + map[bool]string{true: strings.NewReplacer("FIN-WAIT-", "FIN_WAIT", "-", "_").Replace(s)}[s != "ESTAB" && s != "UNCONN"]
}

// do plays a line, and looks whether ss says at once what it says to have changed.
func (l *ledger) do(line string) error {
	a, err := l.ask(line)
	if err != nil {
		return err
	}
	changed := map[string]bool{}
	for _, s := range a.Steps {
		if s.Kind == "change" && (s.Field == "state" || s.Field == "recvq" || s.Field == "sendq" || s.Field == "accept queue") {
			changed[s.Socket] = true
		}
	}
	if len(changed) == 0 {
		return nil
	}
	rows, err := l.rows()
	if err != nil {
		return err
	}
	for name := range changed {
		k := l.sockets[name]
		r, ok := rows[k.local+" "+k.peer]
		if !ok || !k.open || !strings.Contains(k.local, ":") {
			continue
		}
		l.prompt.all++
		if r.state == k.fields["state"] {
			l.prompt.right++
		}
	}
	return nil
}

// inode is that of one of the session's descriptors.
func (l *ledger) inode(fd any) string {
	link, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%v", l.pid, fd))
	return strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]")
}

// check looks at all sockets at once. What ss said before and after, it said in between, too.
func (l *ledger) check() error {
	before, err := l.rows()
	if err != nil {
		return err
	}
	a, err := l.ask("sockets")
	if err != nil {
		return err
	}
	var inspected []toldAct
	if n := len(a.Value.List); n > 0 {
		name := strings.TrimSuffix(fmt.Sprint(a.Value.List[l.checks%n]["name"]), "*")
		card, err := l.ask("inspect " + name)
		if err != nil {
			return err
		}
		inspected = append(inspected, card)
	}
	after, err := l.rows()
	if err != nil {
		return err
	}
	for _, listed := range a.Value.List {
		inode := l.inode(listed["fd"])
		b, r := before[inode], after[inode]
		b.timer, r.timer = "", ""
		if b != r {
			continue // it moved
		}
		name := strings.TrimSuffix(fmt.Sprint(listed["name"]), "*")
		l.compare(name, "sockets", r, listed)
		told := map[string]any{"type": listed["type"], "local": listed["local"], "peer": listed["peer"], "state": l.told(name, "state"), "recvq": l.told(name, "recvq"), "sendq": l.told(name, "sendq")}
		if r.state == "LISTEN" {
			told["recvq"], told["sendq"] = l.told(name, "accept queue"), r.sendq
		}
		l.compare(name, "the changes", r, told)
		for _, card := range inspected {
			if card.Value.Fields["name"] == name {
				f := card.Value.Fields
				told := map[string]any{"type": listed["type"], "local": listed["local"], "peer": listed["peer"], "state": f["state"], "recvq": f["recvq"], "sendq": f["sendq"]}
				if r.state == "LISTEN" {
					told["sendq"] = f["backlog"]
				}
				l.compare(name, "inspect", r, told)
			}
		}
	}
	l.checkClosed(before, after)
	return nil
}

// told is what the changes have last told, as of a new socket where they have told nothing.
func (l *ledger) told(name, field string) string {
	k := l.sockets[name]
	if k != nil && k.fields[field] != "" {
		return k.fields[field]
	}
	if field == "state" {
		return "CLOSE"
	}
	return "0"
}

func (l *ledger) errorf(format string, args ...any) {
	l.t.Helper()
	from := max(len(l.lines)-25, 0)
	if l.failures++; l.failures > 3 {
		l.t.Fail()
		return
	}
	l.t.Errorf("seed %d: %s\nthe last lines:\n  %s", l.seed, fmt.Sprintf(format, args...), strings.Join(l.lines[from:], "\n  "))
}

// compare holds what was told of an open socket against what ss says.
func (l *ledger) compare(name, who string, r row, told map[string]any) {
	kind := fmt.Sprint(told["type"])
	if strings.HasPrefix(kind, "udp") {
		return // ss counts the memory of the queue, and TCP alone is what it is asked for
	}
	l.checks++
	if r == (row{}) { // ss has no TCP socket without a port
		if s := fmt.Sprint(told["state"]); told["local"] == "-" && s != "CLOSE" && s != "-" {
			l.errorf("%s says of %s: %v, and ss does not know it", who, name, told)
		}
		return
	}
	state := fmt.Sprint(told["state"])
	if kind == "unix-dgram" { // which has no connection to be established
		state = map[string]string{"CONNECTED": "ESTABLISHED"}[state]
	}
	if state != r.state && !((state == "BOUND" || state == "" || state == "-") && r.state == "CLOSE") {
		l.errorf("%s says of %s: %v; ss: %+v", who, name, told, r)
		return
	}
	recvq, sendq := number(told["recvq"]), number(told["sendq"])
	want := r.recvq
	// ss counts a FIN that has come and was not read yet, which is no byte; and what is to be read does not reach beyond
	// urgent data, tcp(7), SIOCINQ.
	fin := map[string]bool{"CLOSE_WAIT": true, "LAST_ACK": true, "CLOSING": true, "TIME_WAIT": true}[r.state] && recvq == want-1
	urgent := l.urgent[r.local+" "+r.peer] && recvq <= want
	if recvq != want && !fin && !urgent {
		l.errorf("%s says of the receive queue of %s: %d; ss: %+v", who, name, recvq, r)
	}
	if kind := fmt.Sprint(told["type"]); strings.HasPrefix(kind, "unix") && r.state != "LISTEN" {
		return // ss counts the memory of what was sent
	}
	if r.state == "SYN_SENT" && sendq == 0 {
		return // ss counts the SYN; before the handshake is over tcp(7) says 0, SIOCOUTQ
	}
	if sendq != r.sendq {
		l.errorf("%s says of the send queue of %s: %d; ss: %+v", who, name, sendq, r)
	}
}

func number(v any) int {
	n, _ := strconv.Atoi(fmt.Sprint(v))
	return n
}

// checkClosed holds what the changes told of connections that no program has open any more against ss.
func (l *ledger) checkClosed(before, after map[string]row) {
	for _, k := range l.sockets {
		if k.open || !strings.Contains(k.peer, ":") || k.fields["state"] == "CONNECTED" { // UDP and AF_UNIX leave nothing behind
			continue
		}
		ends := k.local + " " + k.peer
		r, there := after[ends]
		if b := before[ends]; b.state != r.state || r.inode != "0" && r.inode != "" {
			continue
		}
		l.checks++
		state := l.told(k.name, "state")
		switch {
		case there && state != r.state:
			l.errorf("the closed %s (%s) is told to be in %s; ss: %+v", k.name, ends, state, r)
		case !there && state != "CLOSE":
			l.errorf("the closed %s (%s) is told to be in %s, and ss has it no more", k.name, ends, state)
		}
		if kind, rest, _ := strings.Cut(r.timer, ","); there && r.state == "TIME_WAIT" {
			left, err := time.ParseDuration(strings.NewReplacer("min", "m", "sec", "s").Replace(strings.Split(rest, ",")[0]))
			if kind != "timewait" || err != nil || (time.Until(k.until)-left).Abs() > 3*time.Second {
				l.errorf("%s is told to wait for %v more; ss: %s", ends, time.Until(k.until), r.timer)
			}
		}
	}
}
