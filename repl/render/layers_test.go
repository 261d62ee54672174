package render_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sockstep/repl/render"
	"sockstep/sockets/names"
	"sockstep/sockets/wire"
)

const (
	// helloFrame is a segment with hello in it, over the loopback.
	helloFrame = "000000000000 000000000000 0800  4500 0039 5b34 4000 4006 e188 7f000001 7f000001 " +
		"b32a 22b8 27c3a8cf 4ca84fd1 8018 0040 fe2d 0000 0101 080aed88dab46ef87c99  68656c6c6f"
	// refusedFrame is an ICMP error that quotes a datagram, filled up to the least that Ethernet carries.
	refusedFrame = "020000000001 020000000002 0800  45c0 003a 1c2d 0000 4001 5fdd 7f000001 7f000001 " +
		"0303 fcfb 00000000  4500 001e ea10 4000 4011 52bc 7f000001 7f000001  c350 270f 000a fe1d  6869 0000"
)

func packet(t testing.TB, digits string) *wire.Packet {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := wire.Decode(wire.Ethernet, b) // of what is wrong in it is shown what is right
	return &p
}

func TestLayersGolden(t *testing.T) {
	for name, p := range map[string]*wire.Packet{"layers-hello": packet(t, helloFrame), "layers-refused": packet(t, refusedFrame)} {
		goldenPictures(t, name, func(width int, lang names.Lang, color bool) []string {
			return render.Layers(p, "4/9  127.0.0.1:45866 → 127.0.0.1:8888", width, lang).Lines(color)
		})
	}
	golden(t, "layers-narrow.golden", render.Layers(packet(t, helloFrame), "4/9", 40, names.English).String()+"\n")
}

// Without colour, too, the first byte of every field can be found: a border stands before it, and its number below.
func TestLayersMarkEveryField(t *testing.T) {
	p := packet(t, helloFrame)
	lines := render.Layers(p, "", 80, names.English).Lines(false)
	for _, l := range p.Layers() {
		for _, f := range l.Fields {
			if f.Bit > 0 || f.ID == "tcp.flags" {
				continue // it shares its first byte
			}
			at := -1
			for i, line := range lines {
				if strings.HasPrefix(line, fmt.Sprintf("%04x ", f.Begin/16*16)) {
					at = i
				}
			}
			if at < 0 || at+1 >= len(lines) {
				t.Fatalf("no line with byte %d in\n%s", f.Begin, strings.Join(lines, "\n"))
			}
			border := []rune(lines[at])[len("0000 ")+3*(f.Begin%16)]
			number, _, _ := strings.Cut(lines[at+1][len("0000 ")+3*(f.Begin%16)+1:], " ")
			if !strings.ContainsRune("│║", border) || number != fmt.Sprint(f.Begin) {
				t.Errorf("%s at %d: border %q, number %q", f.ID, f.Begin, border, number)
			}
		}
	}
}

// What a field means is told to the end, in any window.
func TestLayersExplainInFull(t *testing.T) {
	blanks := strings.NewReplacer(" ", "", "\n", "")
	for _, p := range []*wire.Packet{packet(t, helloFrame), packet(t, refusedFrame)} {
		for _, lang := range []names.Lang{names.English, names.Chinese} {
			for _, width := range []int{40, 60, 80, 113, 120, 200} {
				all := blanks.Replace(render.Layers(p, "", width, lang).String())
				for _, l := range p.Layers() {
					for _, f := range l.Fields {
						x, _ := names.LookupHeaderField(f.ID)
						meaning := x.Meaning
						if word, ok := names.HeaderWord(f.Word); ok && f.Word != "" {
							meaning = word
						}
						if want := blanks.Replace(x.Name.In(lang) + f.Value + meaning.In(lang)); !strings.Contains(all, want) {
							t.Errorf("%v, %d columns: %q is not in\n%s", lang, width, want, render.Layers(p, "", width, lang).String())
						}
					}
				}
			}
		}
	}
}

// The data of a packet that an error quotes is no layer of the packet that quotes it.
func TestLayersOfQuotedData(t *testing.T) {
	for lang, want := range map[names.Lang]string{
		names.English: "payload (quoted)  bytes 70 to 71\n  data of the packet that is quoted\n  it adds:",
		names.Chinese: "数据（引用）  字节 70 到 71\n  被引用报文里的数据\n  它添加了：",
	} {
		if got := render.Layers(packet(t, refusedFrame), "", 80, lang).String(); !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// Any bytes fit any width.
func TestLayersOfRandomBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 2000 {
		b := append([]byte(nil), packet(t, []string{helloFrame, refusedFrame}[i%2]).Data...)
		b = b[:r.IntN(len(b))+1]
		for range r.IntN(6) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		for range r.IntN(4) * r.IntN(100) {
			b = append(b, byte(r.Uint32()))
		}
		p, _ := wire.Decode([]wire.Link{wire.Ethernet, wire.RawIP, wire.LinuxSLL}[r.IntN(3)], b)
		width := 40 + r.IntN(161)
		fits(t, render.Layers(&p, "1/1  \x1b你好 → 127.0.0.1:8888", width, names.Lang(r.IntN(2))).Lines(false), width-2)
	}
}

// Of a packet as long as lo takes them the data is shown in part, and how much is left out is told.
func TestLongLayers(t *testing.T) {
	p := packet(t, helloFrame)
	headers := p.Data[:len(p.Data)-len(p.Payload)]
	hexLine, hexByte, more := regexp.MustCompile(`(?m)^[0-9a-f]{4} .{48}`), regexp.MustCompile(`[ ║│]([0-9a-f]{2})`), regexp.MustCompile(`… (\d+) bytes more`)
	for _, n := range []int{100, 500, 5000, 65000} {
		long, _ := wire.Decode(p.Link, append(slices.Clone(headers), bytes.Repeat([]byte{'x'}, n)...)) // its lengths are those of the short one
		drawn := render.Layers(&long, "", 80, names.English).String()
		if lines := strings.Count(drawn, "\n"); lines > 130 {
			t.Errorf("%d bytes take %d lines", n, lines)
		}
		shown := 0
		for _, line := range hexLine.FindAllString(drawn, -1) {
			shown += len(hexByte.FindAllString(line[4:], -1))
		}
		for _, left := range more.FindAllStringSubmatch(drawn, -1) {
			n, _ := strconv.Atoi(left[1])
			shown += n
		}
		if shown != len(long.Data) {
			t.Errorf("%d bytes: %d are shown or said to be left out, of %d\n%s", n, shown, len(long.Data), drawn)
		}
	}
}
