package commands

import (
	"fmt"
	"strings"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/wire"
)

var layers_ = &repl.Command{
	Name:    "layers",
	Group:   repl.Look,
	Usage:   []string{"[NUMBER]"},
	Summary: names.T("take a packet apart, layer by layer", "把一个报文逐层拆开"),
	Detail: names.T(
		"Each header stands with its place in the models of seven, four and five layers, with every field, the bytes it stands in and what it means; the bytes follow. "+
			"Packets are counted from 1 as they were seen; without a number the last is meant. Packets are seen after wire on.",
		"每个首部都给出它在七层、四层、五层模型中的位置，以及每个字段的值、所在字节和含义；最后是全部字节。报文按看到的先后从 1 数起，不写编号时是最后一个。wire on 之后才看得到报文。"),
	Example: []string{"wire on", "u = socket udp", "sendto u 127.0.0.1:9999 hello", "layers 1"},
	Man:     "packet(7)",
	Run: func(e *repl.Env) error {
		var seen []repl.Traced
		for _, x := range e.Story(nil) {
			if x.Frame != nil {
				seen = append(seen, x)
			}
		}
		w := e.Peek()
		n, err := e.Int("NUMBER", int64(len(seen)), 1, 1<<31)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		switch {
		case len(seen) == 0:
			failed := &sockets.Error{Op: "layers", Message: names.T("no packet was seen yet", "还没有看到报文")}
			if !e.WireIsOn() {
				return failed.Hint(names.T("wire on", "wire on"))
			}
			return failed
		case n > int64(len(seen)):
			return w.Err(names.T(fmt.Sprintf("packets were seen up to %d", len(seen)), fmt.Sprintf("看到的报文只到 %d", len(seen))))
		}
		e.Result(sockets.TextOf(apart(&seen[n-1].Frame.Packet, seen[n-1].Packet, int(n), len(seen), e.Width(), e.Lang())))
		return nil
	},
}

// apart writes a packet out, layer by layer.
func apart(p *wire.Packet, step *sockets.Packet, n, of, width int, l names.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d/%d  %s → %s  %s %s\n", n, of, step.From, step.To, step.Proto, step.Flags)
	all := p.Layers()
	for _, layer := range all {
		title := layer.Name
		if t, ok := names.HeaderWord(layer.Name); ok {
			title = t.In(l)
		}
		if layer.Quoted {
			title += names.T(" (quoted)", "（引用）").In(l)
		}
		fmt.Fprintf(&b, "\n%s  %s\n", title, names.T(fmt.Sprintf("bytes %d to %d", layer.Begin, layer.End-1), fmt.Sprintf("字节 %d 到 %d", layer.Begin, layer.End-1)).In(l))
		if place := placeOf(layer, l); place != "" {
			b.WriteString("  " + place + "\n")
		}
		if adds, ok := names.LayerAdds(layer.Name); ok {
			b.WriteString("  " + names.T("it adds: ", "它添加了：").In(l) + adds.In(l) + "\n")
		}
		writeFields(&b, layer, width, l)
	}
	b.WriteString("\n")
	for _, line := range wire.Hexdump(p.Data, all, 16) {
		b.WriteString(line.String() + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// placeOf is where a layer stands in the three models.
func placeOf(layer wire.Layer, l names.Lang) string {
	var parts []string
	for _, m := range []struct {
		model names.Model
		id    string
		title names.Text
	}{
		{names.OSI, layer.OSI, names.T("of seven layers", "七层")}, {names.TCPIP4, layer.TCPIP4, names.T("of four", "四层")},
		{names.TCPIP5, layer.TCPIP5, names.T("of five", "五层")},
	} {
		if x, ok := names.FindModelLayer(m.model, m.id); ok {
			parts = append(parts, m.title.In(l)+": "+x.Name.In(l))
		}
	}
	return strings.Join(parts, names.T(", ", "，").In(l))
}

func writeFields(b *strings.Builder, layer wire.Layer, width int, l names.Lang) {
	rows := render.Table{Columns: []render.Column{{Weight: 1}, {Weight: 0}, {Weight: 2}, {Weight: 3}}}
	for _, f := range layer.Fields {
		name, meaning := f.ID, ""
		if x, ok := names.LookupHeaderField(f.ID); ok {
			name, meaning = x.Name.In(l), x.Meaning.In(l)
		}
		if word, ok := names.HeaderWord(f.Word); ok && f.Word != "" {
			meaning = word.In(l)
		}
		where := fmt.Sprintf("%d", f.Begin)
		if f.End-1 > f.Begin {
			where = fmt.Sprintf("%d-%d", f.Begin, f.End-1)
		}
		rows.Rows = append(rows.Rows, []string{where, name, f.Value, meaning})
	}
	_, lines, _ := rows.Lines(max(width-6, 30))
	for _, line := range lines {
		b.WriteString("    " + line + "\n")
	}
}
