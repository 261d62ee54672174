package lessons

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets/names"
)

// A drawing is how a variable gets its value.
type drawing struct {
	kind      string // free-port, random-word, random-number, temp-path
	low, high int64
}

var errVar = wrongly(names.T("a variable is free-port, random-word, random-number LO HI or temp-path", "变量的取值是 free-port、random-word、random-number LO HI 或 temp-path"))

func parseVar(text string) (d drawing, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return d, errVar
	}
	d.kind = words[0]
	switch {
	case (d.kind == "free-port" || d.kind == "random-word" || d.kind == "temp-path") && len(words) == 1:
		return d, nil
	case d.kind == "random-number" && len(words) == 3:
		low, err1 := strconv.ParseInt(words[1], 10, 64)
		high, err2 := strconv.ParseInt(words[2], 10, 64)
		if err1 == nil && err2 == nil && low <= high {
			d.low, d.high = low, high
			return d, nil
		}
	}
	return d, errVar
}

// syllables make words that nobody knows by heart, and that are easy to type.
var syllables = []string{"ba", "do", "fi", "gu", "ka", "lo", "mi", "nu", "pa", "re", "so", "te", "vu", "zo"}

// draw gives each variable a value: the one that it had, where that can stay.
func draw(vars, had map[string]string, w World) (map[string]string, error) {
	drawn := map[string]string{}
	for _, name := range slices.Sorted(keys(vars)) {
		d, err := parseVar(vars[name])
		if err != nil {
			return nil, err
		}
		if v, ok := had[name]; ok && d.stays(v, w) {
			drawn[name] = v
			continue
		}
		for {
			var v string
			switch d.kind {
			case "free-port":
				port, err := w.FreePort()
				if err != nil {
					return nil, err
				}
				v = strconv.Itoa(port)
			case "temp-path":
				if v, err = w.TempPath(); err != nil {
					return nil, err
				}
			case "random-number":
				v = strconv.FormatInt(d.low+rand.Int64N(d.high-d.low+1), 10)
			case "random-word":
				for _, i := range rand.Perm(len(syllables))[:2+rand.IntN(2)] { // no syllable twice: mimi says something
					v += syllables[i]
				}
			}
			if d.kind == "random-number" || !taken(drawn, v) && !taken(had, v) {
				drawn[name] = v
				break
			}
		}
	}
	return drawn, nil
}

// stays reports whether a value can be had once more: nobody has the port, nor the name in the file system.
func (d drawing) stays(v string, w World) bool {
	switch d.kind {
	case "free-port":
		port, err := strconv.Atoi(v)
		return err == nil && w.IsFree(port)
	case "temp-path":
		there, err := w.Exists(v)
		return err == nil && !there
	}
	return true
}

// forms are how values are written. A value stands within a line that is run: it must be one word, and nothing but that.
var forms = map[string]*regexp.Regexp{
	"free-port":     regexp.MustCompile(`^[1-9][0-9]{0,4}$`),
	"random-word":   regexp.MustCompile(`^[a-z]{2,12}$`),
	"random-number": regexp.MustCompile(`^-?[0-9]{1,18}$`),
	"temp-path":     regexp.MustCompile(`^/[A-Za-z0-9._/-]*/sockstep-[0-9]{6}$`),
}

// Draws reports whether these can be the lesson's variables, drawn by a partner: each is there, and as its kind is written.
func (l *Lesson) Draws(vars map[string]string) bool {
	for name, kind := range l.Vars {
		d, err := parseVar(kind)
		if err != nil || !forms[d.kind].MatchString(vars[name]) || strings.Contains(vars[name], "/../") {
			return false
		}
	}
	return len(vars) == len(l.Vars)
}

// taken reports whether one of two words stands within the other: who looks for the one would find the other.
func taken(drawn map[string]string, v string) bool {
	for _, o := range drawn {
		if strings.Contains(o, v) || strings.Contains(v, o) {
			return true
		}
	}
	return false
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

var place = regexp.MustCompile(`\$(?:\{(\w+)\}|([A-Za-z_]\w*))`)

// fill puts the variables' values where $name or ${name} stands. Other names are the learner's own, and stay.
func fill(s string, vars map[string]string) string {
	if !strings.Contains(s, "$") {
		return s
	}
	return place.ReplaceAllStringFunc(s, func(m string) string {
		if v, ok := vars[strings.Trim(m, "${}")]; ok {
			return v
		}
		return m
	})
}

func fillText(t names.Text, vars map[string]string) names.Text {
	return names.Text{En: fill(t.En, vars), Zh: fill(t.Zh, vars)}
}

// placesOf are the names that stand behind a $.
func placesOf(s string) []string {
	var found []string
	for _, m := range place.FindAllString(s, -1) {
		if name := strings.Trim(m, "${}"); !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// Fill puts the values of variables into a text.
func Fill(t names.Text, vars map[string]string) names.Text { return fillText(t, vars) }
