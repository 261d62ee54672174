// Package sockets holds the words that every room uses: an Act and its Steps,
// a Socket, an Address, a Value, an Error.
//
// How a line becomes what a student sees:
//
//	line ─▶ repl (parse, command table) ─▶ sys (system calls) ─▶ Act{Steps, Value, Err}
//	                                                             │
//	                              every Observer ◀───────────────┘  (text, JSON, a test, a lesson's judge)
package sockets
