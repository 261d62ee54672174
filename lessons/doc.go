// Package lessons is the lesson engine: it reads lessons, judges what a learner did, keeps progress, and checks courses.
// It knows no kernel, no terminal and no shell: what it asks of them is World, Keeper and Stage.
//
// # The format of a lesson
//
// The program tells it to those who write lessons: `sockstep lessons format`. The page stands in format.en.md and format.zh.md, and
// Format gives it. Tests check its examples, and want a line in both languages for each key of the structs in lesson.go, each need,
// each kind of variable and each rule of the check: who adds one explains it there.
//
// # Verdicts
//
// Judge says that a step holds, that it does not yet (and what was seen instead), or that it cannot be told here, and why: no
// right to see packets, no sock_diag. An error of the judge is of the last kind, and never held against the learner, who goes
// on by next. Where something else is missing as well, that is told first.
//
// # For those who build on it
//
// Open and Embedded give a Course; Begin a Run, a learner's way through a lesson. The session that plays host asks Run.Judge
// after each act, tells Run.NearMiss, and goes on with Run.Pass; Run.Record is an observer of its acts. What is told is an
// Event, the value of an act of its own. Of a lesson with roles each end has a Run: the one whose step it is judges it and goes on
// with Pass, the other with Follow; World tells of the other role's sockets what its terminal has told.
package lessons
