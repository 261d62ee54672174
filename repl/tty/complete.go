package tty

import (
	"fmt"
	"strings"
	"unicode/utf8"

	prompt "github.com/c-bata/go-prompt"
)

// completions holds the suggestions for one line. go-prompt asks for them several times a key, and panics when the list
// gets shorter while a row of it is selected: so a line keeps its list until a command has run.
type completions struct {
	line  line
	known bool // list is for line
	list  []Suggestion
	rows  []prompt.Suggest

	asked  bool  // Tab on an empty line
	closed *line // where Esc closed the menu
}

// forget is due when a command has run.
func (c *completions) forget() { *c = completions{} }

// complete is go-prompt's completer.
func (e *engine) complete(d prompt.Document) []prompt.Suggest {
	c := &e.menu
	l := line{d.Text, len(d.TextBeforeCursor())}
	switch {
	case e.editor.search != nil,
		e.t.stage.on() != nil,    // the class reads the line
		l.text == "" && !c.asked, // which go-prompt asks after every key
		c.closed != nil && *c.closed == l:
		return nil
	}
	if !c.known || c.line != l {
		c.line, c.known = l, true
		c.list = usable(e.t.suggestions(l), l)
		c.rows = toPrompt(l.text, c.list)
	}
	return c.rows
}

// suggestions asks the shell. A panic there costs the menu, not the session.
func (t *Terminal) suggestions(l line) (list []Suggestion) {
	defer func() {
		if r := recover(); r != nil {
			list = nil
			t.fault(r)
		}
	}()
	t.mu.Lock()
	s := t.shell
	t.mu.Unlock()
	if s == nil {
		return nil
	}
	return s.Complete(l.text, l.at)
}

// usable are the suggestions that can be shown and inserted.
func usable(list []Suggestion, l line) []Suggestion {
	out := make([]Suggestion, 0, len(list))
	for _, s := range list {
		s.Text = oneLine(s.Text)
		s.Description = oneLine(s.Description)
		inside := s.Start >= 0 && s.Start <= l.at && (s.Start == len(l.text) || utf8.RuneStart(l.text[s.Start]))
		if inside && s.Text != "" {
			out = append(out, s)
		}
	}
	return out
}

// oneLine is a text as the line may hold it.
func oneLine(s string) string {
	s = strings.NewReplacer("\t", " ", "\r\n", " ", "\n", " ").Replace(s)
	return clean(s, false)
}

// in is the line with the suggestion in the place of the word.
func (s Suggestion) in(l line) line {
	before := l.text[:s.Start] + s.Text
	return line{before + l.after(), len(before)}
}

// whole is the line with the suggestion that was the only one: at the end of the line the next word may begin, unless the
// word goes on, as a folder's path does.
func (s Suggestion) whole(l line) line {
	l = s.in(l)
	if l.at == len(l.text) && !strings.ContainsAny(l.text[l.at-1:], "/=:{.@$,-") {
		l = l.insert(" ")
	}
	return l
}

// toPrompt converts suggestions to go-prompt's. Text carries the whole text up to the cursor, since go-prompt's idea of a
// word knows neither quotes nor Start; Description carries the row's number, by which the screen finds the row again.
func toPrompt(text string, list []Suggestion) []prompt.Suggest {
	out := make([]prompt.Suggest, len(list))
	for i, s := range list {
		out[i] = prompt.Suggest{Text: text[:s.Start] + s.Text, Description: fmt.Sprint(i)}
	}
	return out
}
