package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
)

// session runs a script with --json, and checks every act that it writes against what is promised of the format:
//
//	session FILE [ARG…]      it must hold
//	! session FILE [ARG…]    a line of it must fail
func session(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: session FILE [ARG…]")
	}
	err := ts.Exec("sockstep", append([]string{"--json", "run"}, args...)...)
	switch {
	case err == nil && neg:
		ts.Fatalf("%s held, and should not", args[0])
	case err != nil && !neg:
		ts.Fatalf("%s: %v%s", args[0], err, failures(ts.ReadFile("stdout")))
	case err != nil && err.Error() != "exit status 1":
		ts.Fatalf("%s: %v", args[0], err)
	}
	readActs(ts)
}

// status runs sockstep, and checks its exit status:
//
//	status N ARG…
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: status N ARG…")
	}
	got := "0"
	if err := ts.Exec("sockstep", args[1:]...); err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, not %s", got, args[0])
	}
}

// act looks into the acts that the last command wrote as JSON:
//
//	act LINE PATH            something is at the path
//	act LINE PATH WANT       and this is it; ~WANT is a regular expression
//	! act LINE PATH [WANT]   it is not
//
// LINE is the number of the act, or what its line begins with; among several the first is meant, LINE#2 the second.
// Number 0 is all that belongs to no line: something in it must be so.
// PATH is made of keys: error.errno, value.list[0], steps[id=eof].text, steps[kind=call op=send].ret.
func act(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 && len(args) != 3 {
		ts.Fatalf("usage: act LINE PATH [WANT]")
	}
	chosen := chooseActs(readActs(ts), args[0])
	if len(chosen) == 0 && !neg {
		ts.Fatalf("no act has the line %q", args[0])
	}
	var seen []string
	for _, a := range chosen {
		v, ok := at(a, args[1])
		if !ok {
			continue
		}
		seen = append(seen, written(v))
		if len(args) == 2 || wanted(ts, written(v), args[2]) {
			if neg {
				ts.Fatalf("%s %s is %s", args[0], args[1], written(v))
			}
			return
		}
	}
	if !neg {
		all, _ := json.Marshal(chosen)
		ts.Fatalf("%s: %s is %q, not %s\n%s", args[0], args[1], seen, strings.Join(args[2:], ""), all)
	}
}

func wanted(ts *testscript.TestScript, got, want string) bool {
	if re, ok := strings.CutPrefix(want, "~"); ok {
		held, err := regexp.MatchString(re, got)
		ts.Check(err)
		return held
	}
	return got == want
}

var numbered = regexp.MustCompile(`^(.*)#(\d+)$`)

func chooseActs(all []map[string]any, line string) (chosen []map[string]any) {
	if n, err := strconv.Atoi(line); err == nil {
		for _, a := range all {
			if written(a["act"]) == strconv.Itoa(n) {
				chosen = append(chosen, a)
			}
		}
		return chosen
	}
	skip := 0
	if m := numbered.FindStringSubmatch(line); m != nil {
		line = m[1]
		skip, _ = strconv.Atoi(m[2])
		skip--
	}
	for _, a := range all {
		if written(a["act"]) != "0" && strings.HasPrefix(a["line"].(string), line) {
			if skip == 0 {
				return []map[string]any{a}
			}
			skip--
		}
	}
	return nil
}

var pathPart = regexp.MustCompile(`^\.?([\w ]+)|^\[([^\]]*)\]`)

// at follows a path into a value of JSON.
func at(v any, path string) (any, bool) {
	for path != "" {
		m := pathPart.FindStringSubmatch(path)
		if m == nil {
			return nil, false
		}
		path = path[len(m[0]):]
		ok := false
		if m[1] != "" {
			var o map[string]any
			if o, ok = v.(map[string]any); ok {
				v, ok = o[m[1]]
			}
		} else {
			v, ok = element(v, m[2])
		}
		if !ok {
			return nil, false
		}
	}
	return v, true
}

// element is the element of a list with a number, or the first whose keys have these values: "id=eof", "op=send ret=5".
func element(v any, which string) (any, bool) {
	list, _ := v.([]any)
	if n, err := strconv.Atoi(which); err == nil {
		if n < 0 || n >= len(list) {
			return nil, false
		}
		return list[n], true
	}
	i := slices.IndexFunc(list, func(x any) bool {
		for _, pair := range strings.Fields(which) {
			key, want, _ := strings.Cut(pair, "=")
			if got, ok := at(x, key); !ok || written(got) != want {
				return false
			}
		}
		return true
	})
	if i < 0 {
		return nil, false
	}
	return list[i], true
}

// written is a value as a script writes it: text without quotes, the rest as JSON.
func written(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// readActs reads and checks what the last command wrote.
func readActs(ts *testscript.TestScript) (all []map[string]any) {
	out := ts.ReadFile("stdout")
	zh := strings.HasPrefix(ts.Getenv("LC_ALL"), "zh")
	for line := range strings.Lines(out) {
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		var a map[string]any
		if err := d.Decode(&a); err != nil || !strings.HasSuffix(line, "}\n") {
			ts.Fatalf("this is no JSON: %v\n%s", err, line)
		}
		if err := checkAct(a, zh); err != nil {
			ts.Fatalf("%v\n%s", err, line)
		}
		all = append(all, a)
	}
	return all
}

func failures(out string) string {
	var b strings.Builder
	for line := range strings.Lines(out) {
		if strings.Contains(line, `"ok":false`) {
			b.WriteString("\n" + strings.TrimSpace(line))
		}
	}
	return b.String()
}

// keys are what an object of the format may have, a ! marking what it must have.
func keys(what string, o map[string]any, allowed ...string) error {
	for _, k := range allowed {
		if name, must := strings.CutSuffix(k, "!"); must {
			if _, ok := o[name]; !ok {
				return fmt.Errorf("%s has no %q", what, name)
			}
		}
	}
	for k := range o {
		if !slices.Contains(allowed, k) && !slices.Contains(allowed, k+"!") {
			return fmt.Errorf("%s has an unknown key %q", what, k)
		}
	}
	return nil
}

func checkAct(a map[string]any, zh bool) error {
	if err := keys("the act", a, "act!", "job", "line!", "ok!", "expected", "steps", "value!", "error", "python"); err != nil {
		return err
	}
	steps, _ := a["steps"].([]any)
	for _, s := range steps {
		if err := checkStep(s.(map[string]any), zh); err != nil {
			return err
		}
	}
	if err := checkValue(a["value"].(map[string]any)); err != nil {
		return err
	}
	e, failed := a["error"].(map[string]any)
	if a["ok"] == failed && a["expected"] != true {
		return fmt.Errorf("ok is %v, and there is an error: %v", a["ok"], failed)
	}
	if !failed {
		return nil
	}
	if err := keys("the error", e, "op", "errno", "kind", "message!", "why", "fix", "column", "width"); err != nil {
		return err
	}
	if e["kind"] == "internal" {
		return fmt.Errorf("sockstep itself failed: %v", e["message"])
	}
	if c, ok := e["column"].(json.Number); ok {
		col, _ := c.Int64()
		width, _ := e["width"].(json.Number).Int64()
		line := a["line"].(string)
		if col < 0 || width < 1 || int(col) > len(line) || int(col+width) > len(line)+1 {
			return fmt.Errorf("the error points at %d+%d of a line of %d bytes", col, width, len(line))
		}
	}
	return checkTexts(e, zh, "message", "why", "fix")
}

func checkStep(s map[string]any, zh bool) error {
	switch s["kind"] {
	case "call":
		if err := keys("the call", s, "kind!", "op!", "args!", "ret!", "errno!", "us!", "times", "scaffold!", "interrupted!"); err != nil {
			return err
		}
		if (s["errno"] != "") != (written(s["ret"]) == "-1") {
			return fmt.Errorf("the call returned %v with errno %q", s["ret"], s["errno"])
		}
		return nil
	case "change":
		return keys("the change", s, "kind!", "socket!", "field!", "was", "now")
	case "packet":
		return keys("the packet", s, "kind!", "source!", "proto!", "from!", "to!", "flags!", "seq!", "ack!", "len!", "us!", "lost", "retransmission", "duplicate", "out_of_order", "options", "socket", "direction", "window", "marks", "checksum")
	case "note":
		if err := keys("the note", s, "kind!", "id!", "text!"); err != nil {
			return err
		}
		return checkTexts(s, zh, "text")
	}
	return fmt.Errorf("no step is of the kind %v", s["kind"])
}

var (
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
	doubled     = regexp.MustCompile(`%!|<nil>|\bPANIC\b`)
)

// checkTexts checks what a person reads: every place is filled, and it is in the language asked for.
func checkTexts(o map[string]any, zh bool, fields ...string) error {
	for _, f := range fields {
		s, _ := o[f].(string)
		if m := placeholder.FindString(s); m != "" {
			return fmt.Errorf("%s was never filled: %s", m, s)
		}
		if m := doubled.FindString(s); m != "" {
			return fmt.Errorf("%s holds %q", f, m)
		}
		han := strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		if zh && f != "fix" && s != "" && !han {
			return fmt.Errorf("%s is not Chinese: %s", f, s)
		}
	}
	return nil
}

func checkValue(v map[string]any) error {
	has := map[string][]string{
		"none": {}, "socket": {}, "text": {"base64", "list"}, "bytes": {"base64!"}, "int": {"int!"}, "list": {"list!"}, "card": {"fields!"},
	}
	more, ok := has[written(v["type"])]
	if !ok {
		return fmt.Errorf("no value is of the type %v", v["type"])
	}
	if err := keys("the value", v, append([]string{"type!", "text!", "fields"}, more...)...); err != nil {
		return err
	}
	if b, ok := v["base64"].(string); ok {
		if _, err := base64.StdEncoding.DecodeString(b); err != nil {
			return err
		}
	}
	if n, ok := v["int"].(json.Number); ok && bytes.ContainsAny([]byte(n), ".eE") {
		return fmt.Errorf("%s is no whole number", n)
	}
	return nil
}
