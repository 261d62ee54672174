// Package commands holds the commands of the shell: a file for each, and one table that lists them.
package commands
