// Package render turns an act into what a person reads or what a program reads.
//
// How an act becomes lines:
//
//	Act ─▶ Text: python, steps, value, error ─▶ page (sanitise, measure, colour) ─▶ one Write
//	Act ─▶ JSON: one object ─▶ one line ─▶ one Write
//
// It knows no terminal and no kernel: the width, the language and what to show are asked of its
// caller at each act. Every character a person sees goes through page.put, which lets no control
// character pass, so that what a peer sends cannot steer the terminal.
//
// A colour means one thing:
//
//	bold    the value, what the line gave back
//	red     a failure
//	yellow  an explanation: a note, a why
//	cyan    something to type
//	dim     furniture: labels, durations, names of fields
//
// The pictures (the layers of a packet, the diagram of states) have colours of their own, which they explain.
package render
