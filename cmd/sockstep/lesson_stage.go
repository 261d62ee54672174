package main

import (
	"sockstep/lessons"
	"sockstep/repl"
	"sockstep/repl/commands"
)

// A lessonStage is where lessons are played to check them: sessions of this very program.
type lessonStage struct{ s *settings }

// Open opens a fresh session.
func (t lessonStage) Open() (lessons.Player, error) {
	return repl.NewPlayer(repl.Config{Table: commands.Table(), Lang: t.s.language(), OpenWire: t.s.wires(), OpenKernel: openKernel, Lab: t.s.network()}), nil
}

// Words are what has to be taught before a line can be typed.
func (lessonStage) Words(line string) ([]string, error) { return commands.Table().LessonWords(line) }

// Python starts python3.
func (lessonStage) Python() (lessons.Interpreter, error) { return lessons.StartPython() }
