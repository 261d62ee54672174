package render_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

func encode(t *testing.T, a *sockets.Act, lang names.Lang) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.JSON(&b, a, lang); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The keys and their order are a contract: whole lines are compared.
func TestJSON(t *testing.T) {
	from := sockets.BytesOf([]byte("hi\xff"))
	from.Fields = []sockets.Field{{Name: "from", Value: client.Value()}}
	tests := []struct {
		name string
		act  *sockets.Act
		want string
	}{
		{"empty", &sockets.Act{}, `{"act":0,"line":"","ok":true,"value":{"type":"none","text":""}}`},
		{"all", &sockets.Act{Seq: 7, Job: 2, Line: "c = connect tcp <&>", Python: "c.connect(('127.0.0.1', 8888))", Steps: []sockets.Step{
			sockets.Call{Op: "connect", Args: "3, 127.0.0.1:8888", Took: 40100},
			sockets.Call{Op: "sendto", Ret: 9, Times: 3, Scaffold: true, Interrupted: true, Errno: "EINTR"},
			sockets.Packet{Source: "captured", Proto: "tcp", From: "127.0.0.1:40022", To: "127.0.0.1:8888", Flags: "S", After: 12 * us, Window: 65495},
			sockets.Packet{Seq: 4294967295, Ack: 1, Len: 5, Lost: true, Retransmission: true, Duplicate: true, OutOfOrder: true, Options: []string{"mss 1460", "sackOK"}, Marks: []string{"retransmission", "dsack"}},
			sockets.Change{Socket: "c", Field: "state", Was: "CLOSE", Now: "ESTABLISHED"},
			sockets.Change{Socket: "c", Field: "peer", Now: "127.0.0.1:8888"},
			sockets.Note{ID: "eof", Text: names.T("the end", "结束")},
		}, Value: sockets.IntOf(0)},
			`{"act":7,"job":2,"line":"c = connect tcp <&>","ok":true,"steps":[` +
				`{"kind":"call","op":"connect","args":"3, 127.0.0.1:8888","ret":0,"errno":"","us":41,"scaffold":false,"interrupted":false},` +
				`{"kind":"call","op":"sendto","args":"","ret":9,"errno":"EINTR","us":0,"times":3,"scaffold":true,"interrupted":true},` +
				`{"kind":"packet","source":"captured","proto":"tcp","from":"127.0.0.1:40022","to":"127.0.0.1:8888","flags":"S","seq":0,"ack":0,"len":0,"us":12,"window":65495},` +
				`{"kind":"packet","source":"","proto":"","from":"","to":"","flags":"","seq":4294967295,"ack":1,"len":5,"us":0,"lost":true,"retransmission":true,"duplicate":true,"out_of_order":true,"options":["mss 1460","sackOK"],"marks":["retransmission","dsack"]},` +
				`{"kind":"change","socket":"c","field":"state","was":"CLOSE","now":"ESTABLISHED"},` +
				`{"kind":"change","socket":"c","field":"peer","now":"127.0.0.1:8888"},` +
				`{"kind":"note","id":"eof","text":"the end"}],` +
				`"value":{"type":"int","text":"0","int":0},"python":"c.connect(('127.0.0.1', 8888))"}`},
		{"error", &sockets.Act{Seq: 1, Line: "bnd", Err: (&sockets.Error{Op: "connect", Errno: "ECONNREFUSED", Kind: "usage", Message: names.T("m", "信"), Why: names.T("w", "因"), Fix: names.T("f", "改")}).At(0, 3)},
			`{"act":1,"line":"bnd","ok":false,"value":{"type":"none","text":""},"error":{"op":"connect","errno":"ECONNREFUSED","kind":"usage","message":"m","why":"w","fix":"f","column":0,"width":3}}`},
		{"expected", &sockets.Act{Seq: 1, Line: "!", Expected: true, Err: errRefused},
			`{"act":1,"line":"!","ok":true,"expected":true,"value":{"type":"none","text":""},"error":{"message":"connection refused"}}`},
		{"no bytes", &sockets.Act{Seq: 1, Value: sockets.BytesOf(nil)}, `{"act":1,"line":"","ok":true,"value":{"type":"bytes","text":"b''","base64":""}}`},
		{"bytes", &sockets.Act{Seq: 1, Value: from}, `{"act":1,"line":"","ok":true,"value":{"type":"bytes","text":"b'hi\\xff'","base64":"aGn/","fields":{"from":["127.0.0.1",40022]}}}`},
		{"list", &sockets.Act{Seq: 1, Value: sockets.ListOf(sockets.TextOf("a"), sockets.IntOf(5), sockets.BoolOf(true), sockets.Value{}, sockets.ListOf(), sockets.BytesOf([]byte("x")), sockets.CardOf(sockets.Field{Name: `k"`, Value: sockets.IntOf(1)}))},
			`{"act":1,"line":"","ok":true,"value":{"type":"list","text":"['a', 5, True, None, [], b'x', {'k\"': 1}]","list":["a",5,true,null,[],{"base64":"eA==","text":"b'x'"},{"k\"":1}]}}`},
		{"card", &sockets.Act{Seq: 1, Value: sockets.CardOf(sockets.Field{Name: "name", Value: sockets.TextOf("s")}, sockets.Field{Name: "local", Value: sockets.Address{Family: sockets.UNIX, Path: "/tmp/s"}.Value()})},
			`{"act":1,"line":"","ok":true,"value":{"type":"card","text":"{'name': 's', 'local': '/tmp/s'}","fields":{"name":"s","local":"/tmp/s"}}}`},
		{"text that is no UTF-8", &sockets.Act{Seq: 1, Line: "\xff", Value: sockets.TextOf("\xff\x1b\u202e\"\\")},
			`{"act":1,"line":"\ufffd","ok":true,"value":{"type":"text","text":"\ufffd\u001b\u202e\"\\","base64":"/xvigK4iXA=="}}`},
	}
	for _, tt := range tests {
		got := encode(t, tt.act, names.English)
		if diff := cmp.Diff(tt.want+"\n", got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: not JSON: %s", tt.name, got)
		}
	}
}

func TestJSONSpeaksTheLanguage(t *testing.T) {
	a := &sockets.Act{Seq: 1, Steps: []sockets.Step{sockets.Note{ID: "eof", Text: names.T("the end", "结束")}}}
	if got := encode(t, a, names.Chinese); !strings.Contains(got, `"text":"结束"`) {
		t.Errorf("no Chinese in %s", got)
	}
}

func TestJSONGolden(t *testing.T) {
	var b strings.Builder
	for _, s := range samples() {
		b.WriteString(encode(t, s.act, names.English))
	}
	golden(t, "acts.json.golden", b.String())
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte("hello"))
	f.Add([]byte("\x00\x1b\x7f\x9b\xff\xed\xa0\x80\u2028\u202e\U000e0041\"\\</script>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := string(raw)
		a := &sockets.Act{Seq: 1, Line: s, Python: s,
			Value: sockets.Value{Type: sockets.ListValue, Text: s, List: []sockets.Value{sockets.BytesOf(raw), sockets.TextOf(s)}, Fields: []sockets.Field{{Name: s, Value: sockets.BytesOf(raw)}}},
			Err:   &sockets.Error{Op: s, Errno: s, Kind: s, Message: names.T(s, s), Why: names.T(s, s), Fix: names.T(s, s)},
			Steps: []sockets.Step{sockets.Call{Op: s, Args: s, Errno: s}, sockets.Packet{From: s, Options: []string{s}}, sockets.Change{Was: s}, sockets.Note{ID: s, Text: names.T(s, s)}}}
		line := encode(t, a, names.English)
		if !safe(line, false) || strings.Count(line, "\n") != 1 {
			t.Fatalf("not one safe line: %q", line)
		}
		var got struct {
			Line  string
			Value struct {
				List []any
			}
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && got.Line != want {
			t.Fatalf("line is %q, want %q", got.Line, want)
		}
		var back struct{ Base64 []byte }
		b, _ := json.Marshal(got.Value.List[0])
		if err := json.Unmarshal(b, &back); err != nil || !bytes.Equal(back.Base64, raw) {
			t.Fatalf("%q came back as %q (%v)", raw, back.Base64, err)
		}
		// A text that is no UTF-8 keeps its bytes too.
		a = &sockets.Act{Seq: 1, Value: sockets.TextOf(s)}
		var text struct {
			Value struct {
				Text   string
				Base64 []byte
			}
		}
		if err := json.Unmarshal([]byte(encode(t, a, names.English)), &text); err != nil {
			t.Fatal(err)
		}
		if utf8.Valid(raw) && text.Value.Text != s || !utf8.Valid(raw) && !bytes.Equal(text.Value.Base64, raw) {
			t.Fatalf("%q came back as %q, %q", raw, text.Value.Text, text.Value.Base64)
		}
	})
}
