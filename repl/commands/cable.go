package commands

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var cable = &repl.Command{
	Name:  "cable",
	Group: repl.Shell,
	Usage: []string{"delay D [JITTER] [HOST]", "loss PERCENT [HOST]", "duplicate PERCENT [HOST]", "reorder PERCENT [HOST]", "drop next FRAMES [NUMBER] [HOST]",
		"rate RATE [HOST]", "mtu NUMBER", "path-mtu NUMBER [HOST]", "cut [HOST]", "mend [HOST]", "[reset]"},
	Summary: names.T("the lab's cable, and what goes wrong on it", "实验室的网线，以及让它出错"),
	Detail: names.T(
		"A HOST at the end means the frames that come from there, none means both ways. reset makes all well. cable alone tells how it is set and what it has carried. "+
			"mtu is what the hosts know of the cable; path-mtu is a narrow spot on the way that they do not know: what is longer is cut into fragments there, or its sender is told by ICMP.",
		"末尾的 HOST 表示只对从它发出的帧生效，不写就是两个方向。reset 恢复正常。只写 cable 显示当前设置和传输统计。"+
			"mtu 是两台主机都知道的限制；path-mtu 是途中它们不知道的窄处：过长的分组在那里被分片，或由 ICMP 告知发送方。"),
	Choices: map[string][]repl.Choice{"HOST": hostChoices, "FRAMES": {
		{Word: "syn", Meaning: names.T("SYN without ACK", "不带 ACK 的 SYN")},
		{Word: "synack", Meaning: names.T("SYN with ACK", "带 ACK 的 SYN")},
		{Word: "data", Meaning: names.T("TCP segments with payload", "带数据的 TCP 段")},
		{Word: "ack", Meaning: names.T("ACK and nothing else", "纯 ACK")},
		{Word: "fin", Meaning: names.T("FIN, also with ACK or payload", "FIN，带不带 ACK 或数据都算")},
		{Word: "rst", Meaning: names.T("RST, also with ACK", "RST，带不带 ACK 都算")},
		{Word: "tcp", Meaning: names.T("every TCP segment", "所有 TCP 段")},
		{Word: "udp", Meaning: names.T("every UDP datagram", "所有 UDP 数据报")},
		{Word: "icmp", Meaning: names.T("ICMP, of IPv4 and IPv6", "ICMP，IPv4 和 IPv6 的都算")},
		{Word: "arp", Meaning: names.T("ARP, and IPv6's neighbour discovery", "ARP，以及 IPv6 的邻居发现")},
		{Word: "any", Meaning: names.T("whatever comes next", "任何帧")},
	}},
	Example: []string{"cable loss 20%", "cable drop next syn"},
	Run: func(e *repl.Env) error {
		l, err := e.Lab()
		if err != nil {
			return err
		}
		c := l.Cable()
		if !e.More() {
			return cableCard(e, c)
		}
		what, _ := e.Next("WORD")
		knob, about, err := readKnob(e, c, what)
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		return turn(e, c, knob, about)
	},
}

// cableCard tells how the cable is.
func cableCard(e *repl.Env, c repl.Cable) error {
	if err := e.Gives(1); err != nil {
		return err
	}
	settings, counts, err := c.State()
	if err != nil {
		return err
	}
	var card []sockets.Field
	for _, s := range settings {
		card = append(card, s.Field)
	}
	e.Result(sockets.CardOf(append(card, counts...)...))
	return nil
}

// turn tells the cable, and shows what is otherwise then.
func turn(e *repl.Env, c repl.Cable, knob repl.Knob, about repl.Word) error {
	was, _, err := c.State()
	if err != nil {
		return err
	}
	if err := c.Turn(knob); err != nil {
		var usage *sockets.Error
		if errors.As(err, &usage) && usage.Kind == "usage" {
			return usage.At(about.Col, len(about.Raw))
		}
		return err
	}
	now, _, err := c.State()
	if err != nil {
		return err
	}
	for i, s := range now {
		if i >= len(was) {
			break
		}
		if before := was[i]; before.There == before.Back && s.There == s.Back {
			e.Act.Change("cable", s.Name, before.Value.Text, s.Value.Text)
		} else {
			e.Act.Change("cable", s.Name+" left→right", before.There, s.There)
			e.Act.Change("cable", s.Name+" right→left", before.Back, s.Back)
		}
	}
	return nil
}

var knobs = []string{"delay", "loss", "duplicate", "reorder", "drop", "rate", "mtu", "path-mtu", "cut", "mend", "reset"}

// knobExamples are how each is written, for who has left something out.
var knobExamples = map[string]string{"delay": "cable delay 50ms", "loss": "cable loss 20%", "duplicate": "cable duplicate 20%", "reorder": "cable reorder 20%",
	"drop": "cable drop next syn", "rate": "cable rate 1mbit", "mtu": "cable mtu 1400", "path-mtu": "cable path-mtu 1300"}

// readKnob reads what stands behind cable; about is the word that an error of the cable's own means.
func readKnob(e *repl.Env, c repl.Cable, what repl.Word) (k repl.Knob, about repl.Word, err error) {
	k.What, about = what.Text, what
	if !slices.Contains(knobs, k.What) {
		bad := what.Err(names.T("a cable has no "+what.Text, "网线没有 "+what.Text+" 这一项"))
		if near, ok := names.Nearest(what.Text, knobs); ok {
			return k, about, bad.Hint(names.T("cable "+near, "cable "+near))
		}
		return k, about, bad.Hint(names.T(strings.Join(knobs, " "), strings.Join(knobs, " ")))
	}
	if example, ok := knobExamples[k.What]; ok && !e.More() {
		var bad *sockets.Error
		if err := e.Missing(knobParams[k.What]); errors.As(err, &bad) {
			return k, about, bad.Hint(names.T(example, example))
		}
	}
	switch k.What {
	case "delay":
		about = e.Peek()
		k.Delay, k.Jitter, err = readDelay(e)
	case "loss", "duplicate", "reorder":
		about, _ = e.Next("PERCENT")
		k.Chance, err = readChance(about)
	case "drop":
		about, err = readDrop(e, c, &k)
	case "rate":
		about, _ = e.Next("RATE")
		k.Number, err = readRate(about)
	case "mtu", "path-mtu":
		about, _ = e.Next("NUMBER")
		k.Number, err = readMTU(about)
	}
	if err != nil || !e.More() || k.What == "mtu" || k.What == "reset" {
		return k, about, err
	}
	from, err := readHost(e, k.What, about)
	k.From = from.Text
	return k, about, err
}

// knobParams are what stands behind each.
var knobParams = map[string]string{"delay": "D", "loss": "PERCENT", "duplicate": "PERCENT", "reorder": "PERCENT", "drop": "FRAMES", "rate": "RATE", "mtu": "NUMBER", "path-mtu": "NUMBER"}

// readHost reads whose frames are meant. What stands there may be a unit, too, that belongs to the word before.
func readHost(e *repl.Env, what string, before repl.Word) (repl.Word, error) {
	w, err := e.Next("HOST")
	if err != nil || isHost(w) {
		return w, err
	}
	bad := w.Err(names.T("a host is left or right, whose frames are meant; without one, both ways are", "主机是 left 或 right，表示谁发出的帧；不写就是两个方向"))
	if _, err := readRate(repl.Word{Text: before.Text + w.Text}); what == "rate" && err == nil {
		bad.Hint(names.T("cable rate "+before.Text+w.Text, "cable rate "+before.Text+w.Text))
	}
	return w, bad
}

// readDelay reads "50ms", or "50ms 10ms" with the jitter.
func readDelay(e *repl.Env) (delay, jitter time.Duration, err error) {
	d := e.Peek()
	if delay, err = e.Seconds("D"); err != nil || !e.More() || isHost(e.Peek()) {
		return delay, 0, err
	}
	j := e.Peek()
	var bad *sockets.Error
	if jitter, err = e.Seconds("JITTER"); errors.As(err, &bad) {
		bad.Message = names.T("behind the delay stands a jitter, which is a duration, or a host: left or right", "延迟后面写抖动（一段时间），或者主机：left 或 right")
		if _, err := time.ParseDuration(d.Text + j.Text); err == nil {
			bad.Hint(names.T("cable delay "+d.Text+j.Text, "cable delay "+d.Text+j.Text))
		}
	}
	return delay, jitter, err
}

// readMTU reads a number. What it may be the cable knows.
func readMTU(w repl.Word) (int64, error) {
	n, err := strconv.ParseInt(w.Text, 10, 32)
	if err != nil {
		return 0, w.Err(names.T("an MTU is a number of bytes, such as 1400", "MTU 是字节数，如 1400"))
	}
	return n, nil
}

func isHost(w repl.Word) bool {
	return slices.ContainsFunc(hostChoices, func(c repl.Choice) bool { return c.Word == w.Text })
}

// readDrop reads "next syn 2"; next may be left out.
func readDrop(e *repl.Env, c repl.Cable, k *repl.Knob) (about repl.Word, err error) {
	if e.Peek().Text == "next" {
		e.Next("WORD")
	}
	if about, err = e.Next("FRAMES"); err != nil {
		var bad *sockets.Error
		if errors.As(err, &bad) {
			bad.Hint(names.T(knobExamples["drop"], knobExamples["drop"]))
		}
		return about, err
	}
	k.Frames, k.Number = framesCalled(about.Text), 1
	if !slices.Contains(c.Frames(), k.Frames) {
		all := strings.Join(c.Frames(), " ")
		bad := about.Err(names.T("no frames are called "+about.Text, "没有叫 "+about.Text+" 的帧"))
		if near, ok := names.Nearest(about.Text, c.Frames()); ok {
			return about, bad.Hint(names.T("cable drop next "+near, "cable drop next "+near))
		}
		return about, bad.Hint(names.T("one of: "+all, "可用的名字："+all))
	}
	if e.More() && e.Peek().Text != "" && '0' <= e.Peek().Text[0] && e.Peek().Text[0] <= '9' {
		k.Number, err = e.Int("NUMBER", 1, 1, 1<<20)
	}
	return about, err
}

// framesCalled finds the name of frames that are called as a packet shows its flags: SYN+ACK.
func framesCalled(word string) string {
	word = strings.ToLower(word)
	switch first, rest, _ := strings.Cut(word, "+"); {
	case rest != "ack":
		return word
	case first == "psh":
		return "data"
	case first == "syn":
		return "synack"
	default:
		return first
	}
}

// readChance reads 20% or 0.2.
func readChance(w repl.Word) (float64, error) {
	digits, percent := strings.CutSuffix(w.Text, "%")
	f, err := strconv.ParseFloat(digits, 64)
	if percent {
		f /= 100
	}
	if err != nil || !(f >= 0 && f <= 1) {
		bad := w.Err(names.T("a chance is from 0% to 100%", "概率应在 0% 到 100% 之间"))
		if err == nil && !percent && f > 1 && f <= 100 {
			return 0, bad.Hint(names.T(digits+"%", digits+"%"))
		}
		return 0, bad
	}
	return f, nil
}

// readRate reads 1mbit, 500kbit, or a number of bits a second; 0 is no limit.
func readRate(w repl.Word) (int64, error) {
	text := strings.ToLower(w.Text)
	factor := 1.0
	for _, u := range []struct {
		unit string
		bits float64
	}{{"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {"bit", 1}} {
		if digits, ok := strings.CutSuffix(text, u.unit); ok {
			text, factor = digits, u.bits
			break
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if f *= factor; err != nil || !(f == 0 || f >= 1 && f <= 1e12) {
		return 0, w.Err(names.T("a rate is a number of bits a second, as 1mbit or 500kbit; 0 is no limit", "速率是每秒的位数，如 1mbit 或 500kbit；0 表示不限速"))
	}
	return int64(f), nil
}
