package tty

import prompt "github.com/c-bata/go-prompt"

// A frame is go-prompt's console writer. It puts nothing on the terminal: of all that go-prompt draws, it notes which
// suggestions the menu shows and which of them is selected, and says when the drawing is done. go-prompt reckons with
// text that has one column for each character and with a screen that never changes; package tty knows better.
//
// A frame is always: HideCursor, the prefix, the line; if there is a menu, ScrollDown once for each row and then three
// strings a row (text, description, scroll bar), in bold colours if the row is selected; ShowCursor, Flush.
type frame struct {
	done func(menuRows) // a frame is complete

	drawing bool
	rows    int // of the menu
	strings int // written since the menu began
	menu    menuRows
}

// menuRows is the part of the menu that go-prompt shows, as numbers of suggestions.
type menuRows struct {
	first    string // the description of the first row: see toPrompt
	rows     int
	selected int // the row; -1 if none
}

func (f *frame) HideCursor() {
	f.drawing, f.rows, f.strings, f.menu = true, 0, 0, menuRows{selected: -1}
}

func (f *frame) ScrollDown() { f.rows++ }

func (f *frame) SetColor(_, _ prompt.Color, bold bool) {
	if bold {
		f.menu.selected = f.strings / 3
	}
}

func (f *frame) WriteStr(s string) {
	if f.rows == 0 {
		return
	}
	if f.strings == 1 {
		f.menu.first = s
	}
	f.strings++
}

func (f *frame) Flush() error {
	if f.drawing {
		f.drawing = false
		f.menu.rows = f.rows
		f.done(f.menu)
	}
	return nil
}

func (f *frame) WriteRaw([]byte)     {}
func (f *frame) Write([]byte)        {}
func (f *frame) WriteRawStr(string)  {}
func (f *frame) EraseScreen()        {}
func (f *frame) EraseUp()            {}
func (f *frame) EraseDown()          {}
func (f *frame) EraseStartOfLine()   {}
func (f *frame) EraseEndOfLine()     {}
func (f *frame) EraseLine()          {}
func (f *frame) ShowCursor()         {}
func (f *frame) CursorGoTo(_, _ int) {}
func (f *frame) CursorUp(int)        {}
func (f *frame) CursorDown(int)      {}
func (f *frame) CursorForward(int)   {}
func (f *frame) CursorBackward(int)  {}
func (f *frame) AskForCPR()          {}
func (f *frame) SaveCursor()         {}
func (f *frame) UnSaveCursor()       {}
func (f *frame) ScrollUp()           {}
func (f *frame) SetTitle(string)     {}
func (f *frame) ClearTitle()         {}

var _ prompt.ConsoleWriter = (*frame)(nil)
