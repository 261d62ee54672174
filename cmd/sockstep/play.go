package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/repl/tty"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// How a lesson is played at a terminal, a key at a time:
//
//	intro ─▶ page ─▶ a line is typed ─▶ it is run ─▶ … ─▶ what was measured, what it means ─▶ the next step's page ─▶ … ─▶ the end
//
// Tab gives the keyboard away, and Esc comes back to the same place.

// A beat is where a presenter stands, waiting for the presenter's key.
type beat string

const (
	beatIntro  beat = "intro"  // the words before the first step
	beatPage   beat = "page"   // the step's text, alone
	beatTyped  beat = "typed"  // a line stands on the prompt
	beatRan    beat = "ran"    // it was run, and more of the step is to come
	beatTold   beat = "told"   // the step has ended
	beatFailed beat = "failed" // the step has not come true, or may not: it is for the presenter to say
)

// A presenter plays a lesson at the presenter's key: the tty.Presenter.
type presenter struct {
	p     *prompter
	began time.Time
	quits bool // the program ends with the play
	beat  beat
	line  string    // on the prompt
	from  beat      // where Tab was pressed
	note  *noteFile // for the speaker's terminal; nil where it cannot be kept
}

var (
	stageKeys = names.T("Space goes on · Tab try something · ← back · q ends", "空格继续 · Tab 动手试 · ← 上一步 · q 结束")
	failKeys  = names.T("a begins this step again · Tab try something · ← back · q ends", "a 重新开始这一步 · Tab 动手试 · ← 上一步 · q 结束")
	tryKeys   = names.T("· the keyboard is yours, in this very session; Esc returns to the lesson", "· 键盘交给你，还是同一个会话；按 Esc 回到课程")
	stepFails = names.T("· this step has not come true: ", "· 这一步没有成立：")
	stepMay   = names.T("; a begins this step again, Space goes on", "；按 a 重新开始这一步，按空格继续")
	lessonEnd = names.T("· the play has ended: another lesson has begun", "· 演示结束：开始了另一课")
	showsNow  = names.T("Space shows what was measured", "空格显示测得的结果")
)

// turn shows the page of the step that is on.
func (y *presenter) turn(first bool) {
	y.p.session.TurnPage()
	sc, ok := y.p.session.Scene()
	if !ok {
		return
	}
	y.line, y.beat = "", beatPage
	if first && sc.At == 0 && !sc.Page.Intro.IsZero() {
		y.beat = beatIntro
	}
	y.draw(sc)
	y.tell()
}

func (y *presenter) draw(sc repl.Scene) {
	y.p.solo(true)
	l := y.p.session.Lang()
	page := sc.Page
	page.Title = names.Text{En: strings.TrimSpace(sc.Lesson.Number + " " + sc.Lesson.Title.En), Zh: strings.TrimSpace(sc.Lesson.Number + " " + sc.Lesson.Title.Zh)}
	y.p.terminal.Page(render.Stage(page.Value(l), y.beat == beatIntro, y.options()), true)
}

func (y *presenter) options() render.StageOptions {
	return render.StageOptions{Columns: y.p.terminal.Width(), Rows: y.p.terminal.Height(), Lang: y.p.session.Lang(), Color: y.p.color}
}

// alone reports whether a page has the screen for itself.
func (y *presenter) alone() bool { return y.beat == beatIntro || y.beat == beatPage }

// Label is the keys, below a page that stands alone.
func (y *presenter) Label() string {
	l := y.p.session.Lang()
	keys := ""
	switch {
	case y.alone():
		keys = stageKeys.In(l)
	case y.beat == beatFailed:
		keys = failKeys.In(l)
	case y.beat == beatRan:
		if sc, ok := y.p.session.Scene(); ok && len(sc.Told) > 0 {
			keys = showsNow.In(l)
		}
	}
	if keys == "" {
		return ""
	}
	return y.p.dim("  " + keys + " ")
}

// Press is what the presenter's key does.
func (y *presenter) Press(key string) tty.Cue {
	sc, ok := y.p.session.Scene()
	if !ok {
		return y.end()
	}
	switch key {
	case " ", "Enter", "Right", "PageDown":
		return y.next(sc)
	case "Left", "PageUp", "Backspace":
		return y.to(max(y.shown(sc)-1, 0))
	case "a":
		if y.beat == beatFailed {
			return y.to(sc.At)
		}
		return y.to(y.shown(sc))
	case "Tab":
		y.from = y.beat
		if y.alone() {
			y.head(sc)
		}
		y.say(tryKeys.In(y.p.session.Lang()), y.p.dim)
		y.p.session.Try()
		return tty.Cue{Yield: true}
	case "Esc":
		return y.back()
	case "q", "Ctrl-D":
		return y.end()
	case "Resize":
		if y.alone() {
			y.draw(sc)
		}
	}
	return tty.Cue{}
}

// shown is the step that the class looks at: until the page is turned, the one that has just ended.
func (y *presenter) shown(sc repl.Scene) int {
	if y.alone() {
		return sc.At
	}
	return max(sc.At-len(sc.Told), 0)
}

// next goes on.
func (y *presenter) next(sc repl.Scene) tty.Cue {
	switch y.beat {
	case beatIntro:
		y.turn(false)
	case beatPage:
		if sc.Over {
			return y.end()
		}
		y.head(sc)
		return y.typeNext(sc)
	case beatTyped:
		if _, ok := y.p.session.PlayLine(); !ok {
			return tty.Cue{}
		}
		return tty.Cue{Run: true}
	case beatRan:
		if len(sc.Told) > 0 {
			y.told(sc)
			return tty.Cue{}
		}
		return y.typeNext(sc)
	case beatTold:
		y.turn(false)
	case beatFailed:
		switch {
		case !sc.Failed.IsZero():
		case y.from == beatTold:
			y.turn(false)
			return tty.Cue{}
		case len(sc.Told) > 0:
			y.told(sc)
			return tty.Cue{}
		case y.p.session.PassPlayed():
			if sc, ok := y.p.session.Scene(); ok {
				y.told(sc)
			}
			return tty.Cue{}
		case sc.Line != "":
			return y.typeNext(sc)
		}
		return y.to(sc.At)
	}
	return tty.Cue{}
}

func (y *presenter) typeNext(sc repl.Scene) tty.Cue {
	y.beat, y.line = beatTyped, sc.Line
	y.tell()
	return tty.Cue{Type: sc.Line}
}

// head leaves the page: the step's text stands above its lines from now on.
func (y *presenter) head(sc repl.Scene) {
	y.beat = beatRan
	y.p.terminal.Page(render.StageHead(sc.Page.Value(y.p.session.Lang()), y.options()), true)
	y.p.release()
}

// to goes to a step: in a fresh session, with the steps before it played fast.
func (y *presenter) to(step int) tty.Cue {
	act := y.p.unseen("goto " + fmt.Sprint(step+1))
	if act != nil && act.Err != nil {
		y.say("· "+act.Err.Error(), nil)
		return tty.Cue{}
	}
	y.turn(false)
	return tty.Cue{Set: ""}
}

// ran is due when a line has been run: the play's own, or one that somebody tried.
func (y *presenter) ran() {
	sc, ok := y.p.session.Scene()
	if !ok || y.beat != beatTyped {
		return
	}
	y.beat, y.line = beatRan, ""
	switch {
	case !sc.Failed.IsZero():
		y.beat = beatFailed
		l := y.p.session.Lang()
		y.say(stepFails.In(l)+sc.Failed.In(l), nil)
	case len(sc.Told) > 0 && sc.Told[0].Measured.IsZero():
		y.told(sc)
		return
	}
	y.tell()
}

// told shows how the step has ended.
func (y *presenter) told(sc repl.Scene) {
	l := y.p.session.Lang()
	for _, ev := range sc.Told {
		for _, line := range render.StageTold(ev.Measured.In(l), ev.After.In(l), y.options()) {
			fmt.Fprintln(y.p.terminal, line)
		}
	}
	y.beat = beatTold
	y.tell()
}

// back returns from Tab.
func (y *presenter) back() tty.Cue {
	blocked := y.p.session.Resume()
	sc, ok := y.p.session.Scene()
	if !ok {
		y.say(lessonEnd.In(y.p.session.Lang()), nil)
		return y.end()
	}
	began := !sc.Begun && len(sc.Told) == 0 && y.from != beatIntro && y.from != beatTyped // again, goto …
	switch {
	case !blocked.IsZero() && !sc.Over:
		l := y.p.session.Lang()
		y.say("· "+blocked.In(l)+stepMay.In(l), nil)
		y.beat = beatFailed
		y.tell()
	case began, y.from == beatPage, y.from == beatIntro:
		y.turn(y.from == beatIntro)
	case y.from == beatTyped:
		y.beat, y.line = beatTyped, sc.Line
		return tty.Cue{Set: sc.Line}
	default:
		y.beat = y.from
	}
	return tty.Cue{}
}

// say tells the class something in whole words; style may be nil.
func (y *presenter) say(text string, style func(string) string) {
	for i, line := range render.Wrap(text, max(y.p.terminal.Width()-4, 20)) {
		if i > 0 {
			line = "  " + line
		}
		if style != nil {
			line = style(line)
		}
		fmt.Fprintln(y.p.terminal, line)
	}
}

// end ends the play.
func (y *presenter) end() tty.Cue {
	y.p.session.EndPlay()
	y.p.play = nil
	y.p.release()
	y.note.gone()
	return tty.Cue{End: true, Quit: y.quits}
}

// played is due after every line: a play may have begun, or have had a line run.
func (p *prompter) played() {
	if p.play != nil {
		p.play.ran()
		return
	}
	if _, ok := p.session.Scene(); !ok {
		return
	}
	p.play = &presenter{p: p, began: time.Now(), quits: p.quits, note: openNoteFile()}
	p.terminal.Present(p.play)
	p.play.turn(true)
}

// unseen runs a line that nobody is shown.
func (p *prompter) unseen(line string) *sockets.Act {
	p.blinded(true)
	defer p.blinded(false)
	return p.session.Do(context.Background(), line)
}

func (p *prompter) blinded(yes bool) { p.mu.Lock(); defer p.mu.Unlock(); p.blind = yes }

// solo keeps notices back for as long as a page has the screen for itself.
func (p *prompter) solo(yes bool) { p.mu.Lock(); defer p.mu.Unlock(); p.alone = yes }

// release shows the notices that were kept back.
func (p *prompter) release() {
	p.solo(false)
	p.mu.Lock()
	kept := p.kept
	p.kept = nil
	p.mu.Unlock()
	for _, text := range kept {
		p.terminal.Notice(text)
	}
}

func (p *prompter) dim(text string) string {
	if !p.color {
		return text
	}
	return "\x1b[2m" + text + "\x1b[0m"
}
