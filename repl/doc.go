// Package repl is the language of the shell: it reads a line, finds its command in the table, and runs it as one act.
// It knows no terminal and makes no system call of its own.
//
//	line ─▶ ParseLine ─▶ Line{names, command, words} ─▶ Session.Do ─▶ Command.Run(Env) ─▶ Act ─▶ observers
//	                                                        │
//	                                  Env: words → sockets, addresses, messages; calls through sys
package repl
