// Package tty is the student's terminal: a prompt as good as readline's, on go-prompt.
//
// A key flows through the room like this:
//
//	terminal → reader  (reader.go)  one blocked read(2), only while somebody waits for keys
//	         → cutter  (cut.go)     bytes become whole keys: text, control keys, escape sequences
//	         → engine  (engine.go)  go-prompt's loop takes a key when the last frame is drawn, and sleeps otherwise
//	         → editor  (edit.go)    the line changes; Enter runs it (run.go) without leaving go-prompt's loop
//	         → frame   (frame.go)   go-prompt draws into a recorder that only notes which rows of the menu are open
//	         → screen  (screen.go)  one write(2) puts the line, the menu and the cursor where they belong
//
// go-prompt decides what is completed, selected and shown; this package owns everything that touches the
// terminal: its modes, its bytes and its signals. That is why a notice, a new size or a new prefix can be drawn at
// any time, from any goroutine, without go-prompt's knowing.
package tty
