package lessons

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"sockstep/sockets/names"
)

// A Problem is a rule that a lesson breaks. Its message is in the checker's language; the rule is called the same in all.
type Problem struct {
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Step    string `json:"step,omitempty"`
	Message string `json:"message"`
}

// A LessonReport is what became of one lesson.
type LessonReport struct {
	Lesson     string        `json:"lesson"`
	File       string        `json:"file"`
	Steps      int           `json:"steps"`
	Solutions  int           `json:"solutions"`   // that were played
	NearMisses int           `json:"near_misses"` // likewise
	Python     int           `json:"python"`      // steps whose lines Python ran
	Untold     []string      `json:"untold,omitempty"`
	Problems   []Problem     `json:"problems"`
	Took       time.Duration `json:"ns"`
}

// A Report is what became of a course.
type Report struct {
	Lessons []LessonReport `json:"lessons"`
	Took    time.Duration  `json:"ns"`
	Lang    names.Lang     `json:"-"` // of its texts
}

// Problems is how many there are.
func (r *Report) Problems() (n int) {
	for _, l := range r.Lessons {
		n += len(l.Problems)
	}
	return n
}

// WriteText writes a line for each lesson, and below it what is wrong.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	say := func(t names.Text, args ...any) { b.WriteString(both(t, args...).In(r.Lang)) }
	for _, l := range r.Lessons {
		mark := "ok  "
		if len(l.Problems) > 0 {
			mark = "FAIL"
		}
		say(names.T("%s %s  %d steps, %d solutions, %d near-misses", "%s %s  %d 步，%d 种做法，%d 个常见错误"), mark, l.File, l.Steps, l.Solutions, l.NearMisses)
		if l.Python > 0 {
			say(names.T(", %d in Python", "，%d 步运行了 Python"), l.Python)
		}
		fmt.Fprintf(&b, "  %v\n", l.Took.Round(time.Millisecond))
		for _, p := range l.Problems {
			if strings.HasPrefix(p.Message, p.File+":") { // with its place, and a caret
				fmt.Fprintf(&b, "     %s\n", strings.ReplaceAll(p.Message, "\n", "\n     "))
				continue
			}
			fmt.Fprintf(&b, "     %s: %s: %s\n", p.where(), p.Rule, p.Message)
		}
		for _, u := range l.Untold {
			say(names.T("     not told here: %s\n", "     在这里无法判断：%s\n"), u)
		}
	}
	say(names.T("%d lessons, %d problems, %v\n", "%d 课，%d 个问题，%v\n"), len(r.Lessons), r.Problems(), r.Took.Round(time.Millisecond))
	_, err := io.WriteString(w, b.String())
	return err
}

func (p Problem) where() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
	}
	if p.Step != "" {
		s += " (" + p.Step + ")"
	}
	return s
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// WriteJUnit writes the report as JUnit's XML: a suite for each lesson, a case for each rule that is broken, and one for a
// lesson without any.
func (r *Report) WriteJUnit(w io.Writer) error {
	type failure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	type testcase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Time    string   `xml:"time,attr"`
		Failure *failure `xml:"failure,omitempty"`
	}
	type suite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Time     string     `xml:"time,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	type suites struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []suite
	}
	seconds := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
	var all suites
	for _, l := range r.Lessons {
		s := suite{Name: l.File, Failures: len(l.Problems), Time: seconds(l.Took)}
		for _, p := range l.Problems {
			s.Cases = append(s.Cases, testcase{Name: p.Rule + " " + p.where(), Class: l.Lesson, Time: "0", Failure: &failure{Message: p.Rule, Text: p.Message}})
		}
		if len(l.Problems) == 0 {
			s.Cases = []testcase{{Name: l.Lesson, Class: l.Lesson, Time: seconds(l.Took)}}
		}
		s.Tests = len(s.Cases)
		all.Suites = append(all.Suites, s)
	}
	b, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(b)+"\n")
	return err
}
