package repl

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Job is a line that was started with "&": it runs beside the prompt.
type Job struct {
	ID     int
	Line   string
	Began  time.Time
	env    *Env
	cancel context.CancelFunc
	parked chan struct{} // closed once it waits for the first time, or has ended
	done   chan struct{}
	ended  bool
	err    error // of its act, before "!" was considered
	begun  bool  // start has told that it runs, so its end may be told
	judged bool  // a wait took its result, or it was told to stop: its failure is the script's no more
}

// maxJobs is how many jobs may run at a time: a program of Go's ends where it has 10,000 threads.
const maxJobs = 2000

// start runs a command as a job. Its end is an act of its own, with Seq 0.
func (s *Session) start(e *Env) {
	c := s.innermost(e.Command, e.line)
	if c.Waits.IsZero() {
		e.Act.Err = e.line.Command.Err(names.T(c.Name+" never waits, so it cannot be a job", c.Name+" 从不等待，不能作为作业运行")).
			Hint(names.T("without the &", "去掉 &"))
		return
	}
	if c.Group == Learn {
		e.Act.Err = e.line.Command.Err(names.T(c.Name+" speaks to the lesson, which has no jobs", c.Name+" 是对课程说的，不能作为作业运行")).
			Hint(names.T("without the &", "去掉 &"))
		return
	}
	id, run := 1, 0
	for _, j := range s.jobs {
		id = max(id, j.ID+1)
		if !j.ended {
			run++
		}
	}
	if run >= maxJobs {
		n := strconv.Itoa(maxJobs)
		e.Act.Err = e.line.Command.Err(names.T(n+" jobs run already, and each has a thread of its own", "已有 "+n+" 个作业在运行，每个都占用一个线程")).
			Hint(names.T("cancel", "cancel"))
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(e.Ctx))
	j := &Job{ID: id, Line: e.Act.Line, Began: time.Now(), env: e, cancel: cancel, parked: make(chan struct{}), done: make(chan struct{})}
	s.jobs = append(s.jobs, j)
	e.park = sync.OnceFunc(func() { close(j.parked) })
	started := e.Act
	e.Act = sockets.NewAct(0, started.Line, s.observers...)
	e.Act.Job = id
	e.Ctx, e.cancel = ctx, cancel
	e.Sys = e.door()
	go s.finish(j)
	s.outside(func() { <-j.parked }) // so that the next line finds it waiting already
	var bad *sockets.Error
	if j.ended && errors.As(j.err, &bad) && bad.Kind == "usage" {
		started.Err = bad // it never began
		s.jobs = slices.DeleteFunc(s.jobs, func(o *Job) bool { return o == j })
		return
	}
	started.Job = id
	started.Note("job-started", "job", strconv.Itoa(id))
	j.begun = true
	if j.ended { // to be told once the beginning was
		s.remember(e.Act)
		s.pending = append(s.pending, e.Act)
	}
}

// finish performs a job and tells its end.
func (s *Session) finish(j *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer j.cancel()
	s.perform(j.env)
	j.err = j.env.Act.Err
	judge(j.env.Act, Line{MustFail: j.env.line.MustFail, Errno: j.env.line.Errno})
	j.ended = true
	close(j.done)
	j.env.park()
	if j.begun { // else start, which still waits, tells it
		s.post(j.env.Act)
	}
}

// post tells the observers of an act that belongs to no line: at once, or when the next act begins.
func (s *Session) post(a *sockets.Act) {
	s.remember(a)
	if s.held {
		s.pending = append(s.pending, a)
	} else {
		a.End()
	}
	if s.lesson != nil {
		if a.Job > 0 {
			s.lesson.asked = nil
		}
		s.tellLook()
		s.learnEvent()
	}
}

// flush tells what was held back.
func (s *Session) flush() {
	for _, a := range s.pending {
		a.End()
	}
	s.pending = nil
}

// Flush tells the observers what was held back, as at the end of a script; jobs that still run are named.
func (s *Session) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrivals()
	s.flush()
	if len(s.untold) > 0 { // no act follows that could tell them
		a := sockets.NewAct(0, "", s.observers...)
		s.tellUntold(a)
		a.End()
	}
	if ids := s.running(); ids != "" {
		a := sockets.NewAct(0, "", s.observers...)
		a.Note("jobs-left", "jobs", ids)
		a.End()
	}
}

// running lists the ids of the jobs that have not ended.
func (s *Session) running() string {
	ids := ""
	for _, j := range s.jobs {
		if !j.ended {
			if ids != "" {
				ids += ", "
			}
			ids += strconv.Itoa(j.ID)
		}
	}
	return ids
}

// cancelOn ends the lines that wait on k, so that its number is not used again under them: jobs, and where a job closes k,
// the line at the prompt. It returns once none of them is in a call.
func (s *Session) cancelOn(k *sockets.Socket, by *Env) {
	for {
		found := false
		for _, e := range s.waiting {
			if e != by && e.cancel != nil && e.uses(k) {
				found = true
				e.closing = k
				e.cancel()
			}
		}
		if !found {
			return
		}
		s.left.Wait()
	}
}

// endJobs ends the jobs, and waits for their end, but no longer than that.
func (s *Session) endJobs(until time.Time) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	for _, j := range s.jobs {
		j.cancel()
	}
	for _, j := range s.jobs {
		s.outside(func() {
			select {
			case <-j.done:
			case <-ctx.Done():
			}
		})
	}
}

// JobList are the session's jobs, the oldest first.
func (e *Env) JobList() []JobState {
	var out []JobState
	for _, j := range e.Session.jobs {
		out = append(out, JobState{ID: j.ID, Line: j.Line, For: time.Since(j.Began), Ended: j.ended, Err: j.ended && !j.env.Act.OK(), Cancelled: j.cancelled()})
	}
	return out
}

// A JobState is what the jobs command tells of a job.
type JobState struct {
	ID    int
	Line  string
	For   time.Duration
	Ended bool
	Err   bool
	// Cancelled says that it was told to stop, by cancel or by the end of its socket.
	Cancelled bool
}

func (j *Job) cancelled() bool {
	var ended *sockets.Error
	return errors.As(j.err, &ended) && ended.Kind == "cancelled"
}

// job finds a job by the next word; the newest one that runs, else the newest, where there is none. It is never the job that asks.
func (e *Env) job() (*Job, error) {
	jobs := slices.DeleteFunc(slices.Clone(e.Session.jobs), func(j *Job) bool { return j.env.Act == e.Act })
	if e.More() {
		w, _ := e.Next("JOB")
		if err := e.Done(); err != nil {
			return nil, err
		}
		id, err := strconv.Atoi(w.Text)
		for _, j := range jobs {
			if err == nil && j.ID == id {
				return j, nil
			}
		}
		return nil, w.Err(names.T("there is no job "+w.Text, "没有作业 "+w.Text)).Hint(names.T("jobs lists them", "jobs 列出所有作业"))
	}
	for i := len(jobs) - 1; i >= 0; i-- {
		if !jobs[i].ended {
			return jobs[i], nil
		}
	}
	if n := len(jobs); n > 0 {
		return jobs[n-1], nil
	}
	return nil, e.Missing("JOB").(*sockets.Error).Because(names.T("no job was started", "还没有启动过作业")).
		Hint(names.T("accept s &", "accept s &"))
}

// WaitJob waits for a job and gives its value, or its error where "!" did not ask for that. Without a word it waits for all that run.
func (e *Env) WaitJob() (sockets.Value, error) {
	all := !e.More()
	j, err := e.job()
	if err != nil {
		return sockets.Value{}, err
	}
	wait := []*Job{j}
	if all {
		for _, other := range e.Session.jobs {
			if !other.ended && other != j && other.env.Act != e.Act {
				wait = append(wait, other)
			}
		}
	}
	for _, w := range wait {
		e.Block(func() {
			select {
			case <-w.done:
			case <-e.Ctx.Done():
				err = e.Ctx.Err()
			}
		})
		if err != nil {
			err = e.interrupted("wait", nil, err)
			e.Act.Note("job-started", "job", strconv.Itoa(w.ID)) // and goes on
			return sockets.Value{}, err
		}
	}
	e.Session.flush()
	j.judged = true
	if j.env.Act.Expected {
		return j.env.Act.Value, nil
	}
	return j.env.Act.Value, ofAnotherLine(j.env.Act.Err)
}

// ofAnotherLine is the error of another line, told in this one: what it points at does not stand in this one.
func ofAnotherLine(err error) error {
	var known *sockets.Error
	if !errors.As(err, &known) {
		return err
	}
	there := *known
	there.Col, there.Width = 0, 0
	return &there
}

// JobFailed reports whether a job failed, and neither a wait nor a cancel took note of it.
func (s *Session) JobFailed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.jobs, func(j *Job) bool {
		return j.ended && !j.judged && !j.cancelled() && !j.env.Act.OK()
	})
}

// CancelJob ends a job as Ctrl-C ends a line, and waits until it has ended.
func (e *Env) CancelJob() (id int, err error) {
	j, err := e.job()
	if err != nil {
		return 0, err
	}
	if j.ended {
		n := strconv.Itoa(j.ID)
		return j.ID, &sockets.Error{Op: "cancel", Message: names.T("job "+n+" has already ended", "作业 "+n+" 已经结束")}
	}
	j.judged = true
	j.cancel()
	e.Block(func() { <-j.done })
	return j.ID, nil
}
