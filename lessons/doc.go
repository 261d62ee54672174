// Package lessons is the lesson engine: it reads lessons, judges what a learner did, keeps progress, and checks courses.
//
// It knows no kernel, no terminal and no shell: what it asks of them is World, Keeper and Stage.
package lessons
