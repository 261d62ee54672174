package lessons

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
)

//go:embed python.py
var pythonProgram string

// A python is a python3 that runs lines of lessons.
type python struct {
	program *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// StartPython starts python3. Where there is none, the error wraps exec.ErrNotFound.
func StartPython() (Interpreter, error) {
	c := exec.Command("python3", "-B", "-c", pythonProgram)
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	return &python{c, in, bufio.NewReader(out)}, nil
}

func (p *python) Run(lines string) (r Ran, err error) {
	b, err := json.Marshal(lines)
	if err != nil {
		return r, err
	}
	if _, err := p.in.Write(append(b, '\n')); err != nil {
		return r, fmt.Errorf("python3: %w", err)
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		return r, fmt.Errorf("python3 has ended: %w", err)
	}
	var got struct {
		Received []byte
		Errnos   []string
		Failed   string
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return r, err
	}
	return Ran{got.Received, got.Errnos, got.Failed}, nil
}

func (p *python) Close() error {
	_ = p.in.Close()
	return p.program.Wait()
}
