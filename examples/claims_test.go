//go:build unix

package examples

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An experiment claims things in lines that begin with "#:". Each is about the line above it, past expect:
//
//	#: packets → SYN ← SYN+ACK → ACK        all that went over the cable since the last such claim, in this order
//	#: no packets                           nothing did
//	#: note eof                             sockstep said so; "no note eof": it did not
//	#: change c state CLOSE_WAIT            this was so afterwards, and not before
//	#: took 300ms                           a call of the line waited in the kernel at least so long
//
// → is from left to right, ← the other way. Behind a packet's name (SYN+ACK; data for TCP with any payload; UDP; ICMP and
// its type; ARP request or reply) stands what is particular about it: lost, retransmission, duplicate, out-of-order, and nothing of these where none stands;
// what else sockstep says of it (zero-window, fast-retransmission); len 5, seq 1, ack 6, win 0; fragment, sack. ×3 are three
// alike in a row, ×3+ at least so many. … are any packets or none. {…} are packets in any order. +1s says that the packet
// behind it came at least so much later than the one before.
//
// "#: races 40ms" is about no line: the lines must be quicker than something else is. Such a script may be played a few
// times until they are.
type claim struct {
	at    int    // the line of the script that it stands in, from 1
	above int    // the line above it, from 1
	act   int    // the line that it is about: the one above, or the one above that where it says expect
	kind  string // packets, note, change, took

	wanted []wanted // packets
	not    bool     // note
	words  []string // note, change
	took   time.Duration
}

// A wanted is what a claim of packets consists of.
type wanted struct {
	any    bool     // …
	group  []wanted // {…}
	word   string   // as it stands there
	right  bool     // →
	name   string   // SYN+ACK, data, UDP, ICMP port-unreachable
	traits []string
	least  int // ×
	most   int // 0 for no limit
	later  time.Duration
}

// An experiment is a script with its claims.
type experiment struct {
	lines  []string
	claims []claim
	races  bool
}

// readExperiment reads a script.
func readExperiment(text string) (x experiment, err error) {
	at := 0
	for line := range strings.Lines(text) {
		at++
		line = strings.TrimSpace(line)
		said, isClaim := strings.CutPrefix(line, "#:")
		switch {
		case isClaim && strings.HasPrefix(strings.TrimSpace(said), "races "):
			x.races = true
		case isClaim:
			c, err := readClaim(said)
			if err == nil && len(x.lines) == 0 {
				err = fmt.Errorf("no line stands above it")
			}
			if err != nil {
				return x, fmt.Errorf("line %d: %s: %w", at, line, err)
			}
			c.at, c.above = at, len(x.lines)
			for c.act = c.above; c.act > 1 && strings.HasPrefix(x.lines[c.act-1], "expect "); c.act-- {
			}
			x.claims = append(x.claims, c)
		case line != "" && line[0] != '#':
			x.lines = append(x.lines, line)
		}
	}
	return x, nil
}

func readClaim(said string) (c claim, err error) {
	words := strings.Fields(said)
	if len(words) == 0 {
		return c, fmt.Errorf("nothing is claimed")
	}
	c.kind, words = words[0], words[1:]
	if c.kind == "no" && len(words) > 0 {
		c.not = true
		c.kind, words = words[0], words[1:]
	}
	c.words = words
	switch {
	case c.kind == "packets" && c.not && len(words) == 0:
		return c, nil
	case c.kind == "packets" && !c.not && len(words) > 0:
		c.wanted, err = readPackets(words)
		return c, err
	case c.kind == "note" && len(words) == 1, c.kind == "change" && !c.not && len(words) >= 3:
		return c, nil
	case c.kind == "took" && !c.not && len(words) == 1:
		c.took, err = time.ParseDuration(words[0])
		return c, err
	}
	return c, fmt.Errorf("this is no claim")
}

// traits are the words that may stand behind a packet's name, and those that have a number behind them.
var (
	traits   = strings.Fields("lost retransmission duplicate out-of-order fast-retransmission dup-ack dsack keepalive keepalive-ack zero-window window-probe window-probe-ack window-update window-full simultaneous-open fragment sack")
	numbered = strings.Fields("len seq ack win")
)

func readPackets(words []string) (all []wanted, err error) {
	var group []wanted // that is open
	inGroup := false
	add := func(w wanted) {
		if inGroup {
			group = append(group, w)
		} else {
			all = append(all, w)
		}
	}
	var later time.Duration
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == "…":
			add(wanted{any: true, word: w})
		case w == "{" && !inGroup:
			inGroup, group = true, nil
		case w == "}" && len(group) > 1:
			inGroup = false
			all = append(all, wanted{group: group})
		case strings.HasPrefix(w, "+"):
			if later, err = time.ParseDuration(w[1:]); err != nil {
				return nil, err
			}
		case (w == "→" || w == "←") && i+1 < len(words):
			p := wanted{right: w == "→", name: words[i+1], least: 1, most: 1, later: later, word: w + " " + words[i+1]}
			later = 0
			i++
			if (p.name == "ICMP" || p.name == "ARP") && i+1 < len(words) {
				i++
				p.name += " " + words[i]
				p.word += " " + words[i]
			}
			for ; i+1 < len(words) && !strings.ContainsAny(words[i+1][:1], "+{}") && !slices.Contains([]string{"→", "←", "…"}, words[i+1]); i++ {
				if err := p.trait(words, &i); err != nil {
					return nil, err
				}
			}
			add(p)
		default:
			return nil, fmt.Errorf("%q is not expected here", w)
		}
	}
	if inGroup || later > 0 {
		return nil, fmt.Errorf("the end is missing")
	}
	return all, nil
}

// trait reads the word behind words[*i].
func (p *wanted) trait(words []string, i *int) error {
	w := words[*i+1]
	if times, ok := strings.CutPrefix(w, "×"); ok {
		times, open := strings.CutSuffix(times, "+")
		n, err := strconv.Atoi(times)
		p.least, p.most = n, n
		if open {
			p.most = 0
		}
		return err
	}
	p.word += " " + w
	switch {
	case slices.Contains(traits, w):
		p.traits = append(p.traits, w)
	case slices.Contains(numbered, w) && *i+2 < len(words):
		if _, err := strconv.Atoi(words[*i+2]); err != nil {
			return err
		}
		p.traits = append(p.traits, w+" "+words[*i+2])
		p.word += " " + words[*i+2]
		*i++
	default:
		return fmt.Errorf("no packet is %q", w)
	}
	return nil
}

// A sent is a packet as the acts tell of it.
type sent struct {
	step
	act int // the place of its act in the output
}

// check holds the claims of an experiment to what came of its lines.
func (x experiment) check(acts []act) (failed []error) {
	place := make([]int, len(x.lines)+2) // of each line's act; the last is the end
	place[0], place[len(x.lines)+1] = -1, len(acts)
	seen := 0
	for i, a := range acts {
		if *a.Act == 0 {
			continue
		}
		if seen++; seen > len(x.lines) || *a.Line != x.lines[seen-1] {
			return append(failed, fmt.Errorf("act %d is of the line %q, which is not the script's", *a.Act, *a.Line))
		}
		place[seen] = i
	}
	if seen < len(x.lines) {
		return append(failed, fmt.Errorf("the line %q was not done", x.lines[seen]))
	}
	told := -1 // up to this act packets were claimed
	for _, c := range x.claims {
		var err error
		switch c.kind {
		case "packets":
			err = c.packets(packetsOf(acts, told+1, place[c.above]+1))
			told = place[c.above]
		default:
			err = c.steps(acts[place[c.act-1]+1:place[c.above+1]], acts[place[c.act]])
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("line %d, %s %s: %w", c.at, c.kind, strings.Join(c.words, " "), err))
		}
	}
	return failed
}

// steps checks a claim that is not about packets. Near are the acts around the line's own.
func (c claim) steps(near []act, own act) error {
	var there []string
	found := false
	for _, a := range near {
		for _, s := range a.Steps {
			switch {
			case c.kind == "note" && s.Kind == "note":
				there = append(there, s.ID)
				found = found || s.ID == c.words[0]
			case c.kind == "change" && s.Kind == "change":
				there = append(there, s.Socket+" "+s.Field+" "+s.Now)
				found = found || there[len(there)-1] == strings.Join(c.words, " ")
			}
		}
	}
	if c.kind == "took" {
		for _, s := range own.calls() {
			d := time.Duration(s.US) * time.Microsecond
			there = append(there, s.Op+" "+d.String())
			found = found || d >= c.took*9/10
		}
	}
	if found == c.not {
		return fmt.Errorf("there is %s", strings.Join(there, ", "))
	}
	return nil
}

func packetsOf(acts []act, from, to int) (all []sent) {
	for i := from; i < to; i++ {
		for _, s := range acts[i].Steps {
			if s.Kind == "packet" {
				all = append(all, sent{s, i})
			}
		}
	}
	return all
}

// packets checks a claim of packets. The search for a host's card (ARP), which comes before the first packet to it, is left
// out where the claim does not speak of it.
func (c claim) packets(all []sent) error {
	if !strings.Contains(strings.Join(c.words, " "), "ARP") {
		all = slices.DeleteFunc(all, func(p sent) bool { return p.Proto == "arp" || strings.HasPrefix(p.Flags, "neighbor-") })
	}
	if match(c.wanted, all, nil) {
		return nil
	}
	var there []string
	for _, p := range all {
		there = append(there, "  "+p.String())
	}
	return fmt.Errorf("there is\n%s", strings.Join(there, "\n"))
}

// match reports whether packets are what is wanted; before is the packet before the first of them.
func match(want []wanted, all []sent, before *sent) bool {
	if len(want) == 0 {
		return len(all) == 0
	}
	w, rest := want[0], want[1:]
	switch {
	case w.any:
		for n := 0; n <= len(all); n++ {
			if n > 0 {
				before = &all[n-1]
			}
			if match(rest, all[n:], before) {
				return true
			}
		}
		return false
	case w.group != nil:
		for i, one := range w.group {
			others := slices.Delete(slices.Clone(w.group), i, i+1)
			next := append([]wanted{one, {group: others}}, rest...)
			if len(others) == 0 {
				next = append([]wanted{one}, rest...)
			}
			if match(next, all, before) {
				return true
			}
		}
		return false
	}
	for n := 0; ; n++ {
		if n >= w.least && match(rest, all[n:], before) {
			return true
		}
		if n == len(all) || w.most > 0 && n == w.most || !w.fits(all[n], before) {
			return false
		}
		before = &all[n]
	}
}

// fits reports whether a packet is the one that is wanted.
func (w wanted) fits(p sent, before *sent) bool {
	if p.right() != w.right || w.name != p.name() && (w.name != "data" || p.Proto != "tcp" || p.Len == 0) {
		return false
	}
	if w.later > 0 && (before == nil || before.act != p.act || time.Duration(p.US-before.US)*time.Microsecond < w.later*9/10) {
		return false
	}
	has := p.traits()
	for _, t := range w.traits {
		if !slices.Contains(has, t) {
			return false
		}
	}
	for _, t := range []string{"lost", "retransmission", "duplicate", "out-of-order"} {
		if slices.Contains(has, t) && !slices.Contains(w.traits, t) {
			return false
		}
	}
	return true
}

// right reports whether a packet went from left to right.
func (p sent) right() bool {
	host := p.From
	if p.Proto == "tcp" || p.Proto == "udp" {
		host = host[:max(strings.LastIndexByte(host, ':'), 0)]
	}
	return host == "10.0.0.1" || host == "[fd00:5050::1]"
}

// name is what a claim calls it.
func (p sent) name() string {
	switch p.Proto {
	case "tcp":
		var all []string
		for _, f := range []struct{ letter, name string }{{"S", "SYN"}, {"F", "FIN"}, {"R", "RST"}, {"P", "PSH"}, {"U", "URG"}, {"A", "ACK"}} {
			if strings.Contains(p.Flags, f.letter) {
				all = append(all, f.name)
			}
		}
		return strings.Join(all, "+")
	case "icmp", "icmp6":
		return "ICMP " + p.Flags
	case "arp":
		return "ARP " + p.Flags
	}
	return strings.ToUpper(p.Proto)
}

func (p sent) traits() (all []string) {
	for _, t := range []struct {
		name string
		is   bool
	}{{"lost", p.Lost}, {"retransmission", p.Retransmission}, {"duplicate", p.Duplicate}, {"out-of-order", p.OutOfOrder}} {
		if t.is {
			all = append(all, t.name)
		}
	}
	all = append(all, p.Marks...)
	for _, o := range p.Options {
		switch word, _, _ := strings.Cut(o, " "); word {
		case "sack", "fragment":
			all = append(all, word)
		}
	}
	return append(all, fmt.Sprint("len ", p.Len), fmt.Sprint("seq ", p.Seq), fmt.Sprint("ack ", p.Ack), fmt.Sprint("win ", p.Window))
}

func (p sent) String() string {
	arrow := "← "
	if p.right() {
		arrow = "→ "
	}
	return fmt.Sprintf("%s%s %s, at %d µs", arrow, p.name(), strings.Join(p.traits(), " "), p.US)
}
