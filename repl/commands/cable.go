package commands

import (
	"errors"
	"slices"
	"strconv"
	"strings"

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
		{Word: "data", Meaning: names.T("TCP segments with payload", "带数据的 TCP 段")},
		{Word: "ack", Meaning: names.T("ACK and nothing else", "纯 ACK")},
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
	e.Result(sockets.CardOf(append(settings, counts...)...))
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
	for i := range now {
		if i < len(was) {
			e.Act.Change("cable", now[i].Name, was[i].Value.Text, now[i].Value.Text)
		}
	}
	return nil
}

var knobs = []string{"delay", "loss", "duplicate", "reorder", "drop", "rate", "mtu", "path-mtu", "cut", "mend", "reset"}

// readKnob reads what stands behind cable; about is the word that an error of the cable's own means.
func readKnob(e *repl.Env, c repl.Cable, what repl.Word) (k repl.Knob, about repl.Word, err error) {
	k.What, about = what.Text, what
	switch k.What {
	case "delay":
		about = e.Peek()
		if k.Delay, err = e.Seconds("D"); err == nil && e.More() && !isHost(e.Peek()) {
			k.Jitter, err = e.Seconds("JITTER")
		}
	case "loss", "duplicate", "reorder":
		if about, err = e.Next("PERCENT"); err == nil {
			k.Chance, err = readChance(about)
		}
	case "drop":
		about, err = readDrop(e, c, &k)
	case "rate":
		if about, err = e.Next("RATE"); err == nil {
			k.Number, err = readRate(about)
		}
	case "mtu":
		about = e.Peek()
		if !e.More() {
			return k, about, e.Missing("NUMBER")
		}
		k.Number, err = e.Int("NUMBER", 0, 1, 1<<20)
		return k, about, err
	case "path-mtu":
		about = e.Peek()
		if !e.More() {
			return k, about, e.Missing("NUMBER")
		}
		k.Number, err = e.Int("NUMBER", 0, 0, 1<<20)
	case "cut", "mend":
	case "reset":
		return k, about, nil
	default:
		bad := what.Err(names.T("a cable has no "+what.Text, "网线没有 "+what.Text+" 这一项"))
		if near, ok := names.Nearest(what.Text, knobs); ok {
			return k, about, bad.Hint(names.T("cable "+near, "cable "+near))
		}
		return k, about, bad.Hint(names.T(strings.Join(knobs, " "), strings.Join(knobs, " ")))
	}
	if err == nil && e.More() && isHost(e.Peek()) {
		from, _ := e.Next("HOST")
		k.From = from.Text
	}
	return k, about, err
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
		return about, err
	}
	if !slices.Contains(c.Frames(), about.Text) {
		all := strings.Join(c.Frames(), " ")
		return about, about.Err(names.T("no frames are called "+about.Text, "没有叫 "+about.Text+" 的帧")).Hint(names.T("one of: "+all, "可用的名字："+all))
	}
	k.Frames, k.Number = about.Text, 1
	if e.More() && !isHost(e.Peek()) {
		k.Number, err = e.Int("NUMBER", 1, 1, 1<<20)
	}
	return about, err
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
	if f *= factor; err != nil || !(f >= 0 && f <= 1e12) {
		return 0, w.Err(names.T("a rate is a number of bits a second, as 1mbit or 500kbit; 0 is no limit", "速率是每秒的位数，如 1mbit 或 500kbit；0 表示不限速"))
	}
	return int64(f), nil
}
