// Package examples holds sessions of sockstep as scripts, and in programs the other side of them in Python. Its tests play them all:
// alone, against each other, against real peers, and beside strace.
//
// In course are the lessons of a course as a teacher would write one: sockstep --course examples/course.
package examples
