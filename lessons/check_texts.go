package lessons

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sockstep/sockets/names"
)

// The longest texts, in rows of a terminal of 80 columns: a step never buries the prompt.
const (
	rowWidth   = 76
	stepRows   = 10 // with its question and choices
	afterRows  = 8
	introRows  = 9
	answerRows = 5
)

// texts holds every text to both languages, to the same variables and the same lines to type on both sides, and to its length.
func (c *checking) texts() {
	l := c.l
	c.text("$.title", nil, l.Title, true, 1)
	c.text("$.intro", nil, l.Intro, true, introRows)
	c.text("$.try", nil, l.Try, true, introRows)
	c.text("$.notes", nil, l.Notes, false, 0)
	for i, n := range l.Needs {
		c.text(fmt.Sprintf("$.needs[%d].without", i), nil, n.Without, false, answerRows)
	}
	for i, s := range l.Steps {
		at := fmt.Sprintf("$.steps[%d]", i)
		c.text(at+".text", s, s.Text, true, stepRows)
		c.text(at+".after", s, s.After, true, afterRows)
		c.text(at+".notes", s, s.Notes, false, 0)
		for n, h := range s.Hints {
			c.text(fmt.Sprintf("%s.hints[%d]", at, n), s, h, true, answerRows)
		}
		c.fullHint(at, s)
		for n, w := range s.Wrong {
			c.text(fmt.Sprintf("%s.wrong[%d].say", at, n), s, w.Say, true, answerRows)
		}
		if s.Predict != nil {
			c.question(at, s)
		}
		c.variables(at+".python", s, s.Python)
		for n, lines := range s.Solutions {
			c.variables(fmt.Sprintf("%s.solutions[%d]", at, n), s, strings.Join(lines, "\n"))
		}
	}
	for name := range l.Vars {
		if !strings.Contains(l.source.text, "$"+name) && !strings.Contains(l.source.text, "${"+name+"}") {
			c.problem("variables", "$.vars."+name, nil, names.T("the variable %s is never used", "变量 %s 从未用到"), name)
		}
	}
}

func (c *checking) question(at string, s *Step) {
	p := s.Predict
	c.text(at+".predict.question", s, p.Question, true, stepRows)
	total := names.Text{En: s.Text.En + "\n" + p.Question.En, Zh: s.Text.Zh + "\n" + p.Question.Zh}
	for n, x := range p.Choices {
		if !x.Say.IsZero() {
			c.text(fmt.Sprintf("%s.predict.choices[%d].say", at, n), s, x.Say, true, 2)
		}
	}
	for _, side := range []string{total.En, total.Zh} {
		if n := rows(side) + len(p.Choices); n > stepRows+2 {
			c.problem("length", at+".predict", s, names.T("text, question and choices take %d rows; %d is the most", "文字、问题和选项共占 %d 行，最多 %d 行"), n, stepRows+2)
		}
	}
}

var typedWords = regexp.MustCompile("`([^`]*)`")

func (c *checking) text(at string, s *Step, t names.Text, needed bool, most int) {
	switch {
	case t.IsZero() && needed:
		c.problem("translation", at, s, names.T("the text is missing in both languages", "两种语言的文字都没有写"))
		return
	case t.IsZero():
		return
	case t.En == "" || t.Zh == "":
		side := names.T("the Chinese text is missing", "缺少中文文字")
		if t.En == "" {
			side = names.T("the English text is missing", "缺少英文文字")
		}
		c.problem("translation", at, s, side)
		return
	case hasHan(t.En):
		c.problem("translation", at, s, names.T("Chinese stands in the English text", "英文文字里有中文"))
	case !hasHan(t.Zh) && t.En != t.Zh && strings.ContainsFunc(typedWords.ReplaceAllString(t.Zh, ""), unicode.IsLetter):
		c.problem("translation", at, s, names.T("no Chinese stands in the Chinese text", "中文文字里没有中文"))
	}
	if en, zh := placesOf(t.En), placesOf(t.Zh); !slices.Equal(en, zh) {
		c.problem("variables", at, s, names.T("the English text has the variables %v, the Chinese %v", "英文文字里的变量是 %v，中文文字里的是 %v"), en, zh)
	}
	if en, zh := typed(t.En), typed(t.Zh); !slices.Equal(en, zh) {
		c.problem("translation", at, s, names.T("to be typed are in English %q, in Chinese %q", "要输入的内容，英文里是 %q，中文里是 %q"), en, zh)
	}
	c.variables(at, s, t.En)
	for _, side := range []string{t.En, t.Zh} {
		if strings.Count(side, "`")%2 != 0 {
			c.problem("translation", at, s, names.T("an odd number of ` in %q", "%q 里 ` 的个数是奇数"), side)
		}
		if n := rows(side); most > 0 && n > most {
			c.problem("length", at, s, names.T("%d rows of %d columns; %d is the most", "占 %d 行（每行 %d 列），最多 %d 行"), n, rowWidth, most)
		}
	}
}

func typed(s string) (all []string) {
	for _, m := range typedWords.FindAllStringSubmatch(s, -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return all
}

// variables finds a $name that is neither the lesson's nor kept by a line of its solutions.
func (c *checking) variables(at string, s *Step, text string) {
	for _, name := range placesOf(text) {
		if _, ok := c.l.Vars[name]; ok || c.keeps(name) {
			continue
		}
		c.problem("variables", at, s, names.T("the lesson has no variable %s, and no line of its solutions keeps it", "这一课没有变量 %s，做法里也没有哪一行留下它"), name)
	}
}

var keptNames = regexp.MustCompile(`^\s*(?:!\S*\s*)?((?:\w+\s*,\s*)*\w+)\s*=[^=]`)

func (c *checking) keeps(name string) bool {
	return slices.ContainsFunc(c.l.Steps, func(s *Step) bool { return slices.Contains(keptIn(s), name) })
}

// keptIn are the names that the lines of a step's solutions keep.
func keptIn(s *Step) (all []string) {
	for _, lines := range s.Solutions {
		for _, line := range lines {
			if m := keptNames.FindStringSubmatch(line); m != nil {
				all = append(all, strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' })...)
			}
		}
	}
	return all
}

// ends holds a lesson with two ends to names that tell them apart: a play before a class has both in one session.
func (c *checking) ends() {
	has := map[string]string{} // whose a name is
	for i, s := range c.l.Steps {
		for _, name := range keptIn(s) {
			if role, ok := has[name]; ok && role != s.Role {
				c.problem("names", fmt.Sprintf("$.steps[%d].solutions", i), s, names.T("%s is a name of both %s and %s: a play has them in one session", "名字 %s 两端都用了（%s 和 %s）：演示时两端在同一个会话里"), name, role, s.Role)
			}
			has[name] = s.Role
		}
	}
}

// fullHint holds the last hint to being a whole solution.
func (c *checking) fullHint(at string, s *Step) {
	for _, side := range []string{s.Hints[2].En, s.Hints[2].Zh} {
		if !slices.ContainsFunc(s.Solutions, func(lines []string) bool {
			return !slices.ContainsFunc(lines, func(line string) bool { return !strings.Contains(side, line) })
		}) {
			c.problem("hints", at+".hints[2]", s, names.T("the third hint has to hold all lines of a solution: %q", "第三级提示要包含一种做法的全部行：%q"), side)
			return
		}
	}
}

// rows is how many rows of a terminal a text takes.
func rows(s string) (n int) {
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		n += max((columns(line)+rowWidth-1)/rowWidth, 1)
	}
	return n
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// words holds the lines of the solutions to what was taught before, and teaches to what they use.
func (c *checking) words(taught map[string]bool) {
	for _, w := range c.l.Teaches {
		taught[w] = true
	}
	used := map[string]bool{}
	for i, s := range c.l.Steps {
		for n, lines := range s.Solutions {
			for _, line := range lines {
				words, err := c.Stage.Words(fill(line, sample(c.l.Vars)))
				if err != nil {
					continue // the play tells
				}
				for _, w := range words {
					used[w] = true
					if !taught[w] {
						c.problem("taught", fmt.Sprintf("$.steps[%d].solutions[%d]", i, n), s, names.T("%s was not taught before: %s", "%s 在此之前没有教过：%s"), w, line)
					}
				}
			}
		}
	}
	for i, w := range c.l.Teaches {
		if !used[w] && !strings.Contains(c.l.source.text, "`"+w) {
			c.problem("taught", fmt.Sprintf("$.teaches[%d]", i), nil, names.T("%s is taught, but no solution uses it and no text shows it", "写了要教 %s，却没有哪种做法用到它，也没有文字提到它"), w)
		}
	}
}

// sample are values for the variables where nothing is played.
func sample(vars map[string]string) map[string]string {
	all := map[string]string{}
	for i, name := range sortedKeys(vars) {
		d, _ := parseVar(vars[name])
		switch d.kind {
		case "free-port":
			all[name] = fmt.Sprint(40001 + i)
		case "temp-path":
			all[name] = fmt.Sprintf("/tmp/sock-%d", i)
		case "random-number":
			all[name] = fmt.Sprint(d.low)
		default:
			all[name] = []string{"kazo", "pera", "miso", "luvu"}[i%4]
		}
	}
	return all
}
