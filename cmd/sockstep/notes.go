package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"sockstep/lessons"
	"sockstep/repl/render"
	"sockstep/repl/tty"
	"sockstep/sockets/names"
)

// lookEvery is how often the speaker's terminal looks where the play stands.
const lookEvery = 100 * time.Millisecond

var (
	noteLesson  = names.T("the lesson", "全课")
	noteStep    = names.T("this step", "这一步")
	noteSays    = names.T("on the screen", "屏幕上")
	noteNext    = names.T("next line", "下一行")
	noteTyped   = names.T("typed; the next key runs it", "已输入，下一键执行")
	noteAsked   = names.T("asked", "提问")
	noteAnswer  = names.T("the answer, as measured on this machine", "答案（在本机测得）")
	noteAfter   = names.T("what follows", "之后会说")
	noteElapsed = names.T("elapsed {t}", "已用 {t}")
	noteNoPlay  = names.T("no play is on: all notes, page by page (Space, ←, q)", "没有正在进行的演示：逐页显示全部备注（空格、←、q）")
	noteKeys    = names.T("follows the play · q ends", "跟随演示 · q 结束")
	noteRead    = names.T("Space next page · ← back · q ends", "空格下一页 · ← 上一页 · q 结束")
	noteFails   = names.T("this step has not come true; a begins it again", "这一步没有成立；a 重新开始")
	noteOver    = names.T("the lesson is done", "本课完成")
	noteTry     = names.T("to try alone", "自己试试")
	noteNone    = names.T("(no notes)", "（没有备注）")
)

// A speaker's terminal shows the notes of a lesson: of the step that is played, or one page after the other.
type speaker struct {
	course string // which one the lesson is of
	lesson *lessons.Lesson
	lang   names.Lang
	color  bool

	mu      sync.Mutex
	answers map[string]names.Text
	page    int
	playing bool
	screen  *tty.Terminal
	shown   string
}

// notes is sockstep lesson ID --notes.
func (s *settings) notes(ctx context.Context, l *lessons.Lesson) error {
	course, err := s.courseName()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	k := &speaker{course: course, lesson: l, lang: s.language(), color: s.colored()}
	if s.json || !isTerminal(s.io.in) || !isTerminal(s.io.out) {
		k.rehearse(ctx, s)
		return k.print(s)
	}
	t, err := tty.Open(tty.Options{In: s.io.in, Out: s.io.out, Color: k.color, Lang: func() names.Lang { return k.lang }})
	if errors.Is(err, tty.ErrNotTerminal) {
		k.rehearse(ctx, s)
		return k.print(s)
	}
	if err != nil {
		return err
	}
	defer t.Close()
	k.screen = t
	t.Present(k)
	k.draw(true)
	go k.rehearse(ctx, s)
	go k.follow(ctx)
	err = t.Loop(ctx, k)
	var sig *tty.SignalError
	if errors.As(err, &sig) {
		return statusError(sig.ExitStatus())
	}
	return err
}

// rehearse plays the lesson unseen, to know the answers before the class does.
func (k *speaker) rehearse(ctx context.Context, s *settings) {
	found, err := lessons.Rehearse(ctx, lessonStage{s}, k.lesson)
	if err != nil {
		return // the notes go without answers
	}
	k.mu.Lock()
	k.answers = found
	k.mu.Unlock()
}

// follow draws again whenever something has changed.
func (k *speaker) follow(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			k.draw(false)
		case <-ctx.Done():
			return
		}
	}
}

// draw shows where the play stands, or the page that was turned to.
func (k *speaker) draw(fresh bool) {
	play, on := playOf(k.course, k.lesson.ID)
	k.mu.Lock()
	fresh = fresh || on != k.playing
	k.playing = on
	o := render.StageOptions{Columns: k.screen.Width(), Rows: k.screen.Height(), Lang: k.lang, Color: k.color}
	var lines []string
	if on {
		elapsed := time.Since(play.Began).Truncate(time.Second)
		lines = render.StageNotes(k.title(), k.head(play.At, play.Over)+"   "+noteElapsed.Fill("t", clock(elapsed)).In(k.lang), k.ofPlay(play), o)
	} else {
		lines = render.StageNotes(k.title(), k.head(k.page-1, k.page > len(k.lesson.Steps))+"   "+noteNoPlay.In(k.lang), k.ofPage(k.page), o)
	}
	text := strings.Join(lines, "\n")
	fresh, k.shown = fresh || text != k.shown, text
	k.mu.Unlock()
	if fresh {
		k.screen.Page(lines, false)
	}
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

func (k *speaker) title() string {
	return strings.TrimSpace(k.lesson.Number + " " + k.lesson.Title.In(k.lang))
}

func (k *speaker) head(at int, over bool) string {
	n := len(k.lesson.Steps)
	switch {
	case over:
		return noteOver.In(k.lang)
	case at < 0:
		return noteLesson.In(k.lang)
	}
	return fmt.Sprintf("%d/%d %s", at+1, n, k.lesson.Steps[at].ID)
}

func (k *speaker) note(label names.Text, text string) render.Note {
	return render.Note{Label: label.In(k.lang), Text: text}
}

// ofPlay are the notes of the beat that a play stands at.
func (k *speaker) ofPlay(p playNote) (all []render.Note) {
	fill := func(t names.Text) string { return lessons.Fill(t, p.Vars).In(k.lang) }
	if p.Over || p.At >= len(k.lesson.Steps) {
		return []render.Note{k.note(noteTry, fill(k.lesson.Try))}
	}
	st := k.lesson.Steps[p.At]
	if p.Failed {
		all = append(all, k.note(names.Text{}, noteFails.In(k.lang)))
	}
	if line := p.Line; line != "" {
		label := noteNext
		if p.Beat == beatTyped {
			label = noteTyped
		}
		n := k.note(label, line)
		n.Typed = true
		all = append(all, n)
	}
	if p.At == 0 && p.Beat == beatIntro {
		all = append(all, k.note(noteLesson, fill(k.lesson.Notes)))
	}
	all = append(all, k.note(noteStep, fill(st.Notes)))
	all = append(all, k.question(st, fill)...)
	if p.At == 0 && p.Beat == beatIntro {
		all = append(all, k.note(noteSays, fill(k.lesson.Intro)))
	} else {
		all = append(all, k.note(noteSays, fill(st.Text)), k.note(noteAfter, fill(st.After)))
	}
	if p.At > 0 || p.Beat != beatIntro {
		all = append(all, k.note(noteLesson, fill(k.lesson.Notes)))
	}
	return all
}

func (k *speaker) question(st *lessons.Step, fill func(names.Text) string) (all []render.Note) {
	if st.Predict == nil {
		return nil
	}
	all = append(all, k.note(noteAsked, fill(st.Predict.Question)))
	if a, ok := k.answers[st.ID]; ok {
		all = append(all, k.note(noteAnswer, fill(a)))
	}
	return all
}

// ofPage are the notes of a page where no play is on: the lesson's, those of each step, and the end's.
func (k *speaker) ofPage(page int) (all []render.Note) {
	plain := func(t names.Text) string { return t.In(k.lang) }
	switch {
	case page == 0:
		if k.lesson.Notes.IsZero() {
			return []render.Note{k.note(noteLesson, noteNone.In(k.lang))}
		}
		return []render.Note{k.note(noteLesson, plain(k.lesson.Notes))}
	case page > len(k.lesson.Steps):
		return []render.Note{k.note(noteTry, plain(k.lesson.Try))}
	}
	st := k.lesson.Steps[page-1]
	all = append(all, k.note(noteStep, plain(st.Notes)))
	all = append(all, k.question(st, plain)...)
	n := k.note(noteNext, strings.Join(st.Solutions[0], "\n"))
	n.Typed = true
	return append(all, n, k.note(noteSays, plain(st.Text)), k.note(noteAfter, plain(st.After)))
}

// print writes all pages, one below the other.
func (k *speaker) print(s *settings) error {
	for page := range len(k.lesson.Steps) + 2 {
		title := k.head(page-1, page > len(k.lesson.Steps))
		if page == 0 {
			title = k.title()
		}
		o := render.StageOptions{Columns: s.width(), Rows: 1, Lang: k.lang, Color: k.color}
		if _, err := fmt.Fprintln(s.io.out, strings.Join(render.StageNotesWhole(title, k.ofPage(page), o), "\n")); err != nil {
			return err
		}
	}
	return nil
}

// Press turns the pages.
func (k *speaker) Press(key string) tty.Cue {
	switch key {
	case "q", "Ctrl-D":
		return tty.Cue{Quit: true}
	case " ", "Enter", "Right", "PageDown":
		k.turn(1)
	case "Left", "PageUp", "Backspace":
		k.turn(-1)
	}
	k.draw(key == "Resize")
	return tty.Cue{}
}

func (k *speaker) turn(by int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.playing {
		k.page = min(max(k.page+by, 0), len(k.lesson.Steps)+1)
	}
}

// Label is the keys.
func (k *speaker) Label() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	keys := noteRead
	if k.playing {
		keys = noteKeys
	}
	text := "  " + keys.In(k.lang) + " "
	if k.color {
		text = "\x1b[2m" + text + "\x1b[0m"
	}
	return text
}

// The terminal's shell has nothing to run here.

// Prefix is the prompt.
func (k *speaker) Prefix() string { return "" }

// Run runs nothing.
func (k *speaker) Run(context.Context, string) (quit bool) { return false }

// Complete suggests nothing.
func (k *speaker) Complete(string, int) []tty.Suggestion { return nil }
