package lessons

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Check checks a course. An error is one of the check itself; what is wrong with the lessons stands in the report.
func (c *Checker) Check(ctx context.Context, course *Course) (*Report, error) {
	began := time.Now()
	report := &Report{Lang: c.Lang}
	check := c.here
	if c.Only == "" && c.Apart != nil && len(course.Heads()) > 1 {
		check = c.apart
	}
	all, err := check(ctx, course)
	if err != nil {
		return nil, err
	}
	report.Lessons, report.Took = all, time.Since(began)
	return report, nil
}

// here checks one lesson after the other: they share one table of descriptors, of which lessons speak.
func (c *Checker) here(ctx context.Context, course *Course) (all []LessonReport, err error) {
	taught := map[string]bool{}
	for _, h := range course.Heads() {
		if c.Only != "" && h.ID != c.Only && h.Name() != c.Only {
			for _, w := range h.Teaches {
				taught[w] = true
			}
			continue
		}
		r, err := c.lesson(ctx, course, h, taught)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.File, err)
		}
		all = append(all, *r)
	}
	return all, nil
}

// apart checks twice as many lessons at a time as there are processors: most of the time of a check is spent in waiting.
func (c *Checker) apart(ctx context.Context, course *Course) ([]LessonReport, error) {
	heads := course.Heads()
	all, errs := make([]LessonReport, len(heads)), make([]error, len(heads))
	var next atomic.Int64
	var cable sync.Mutex // of a lab there is one, and its lessons change what it does
	var ends sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		ends.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(heads)); i = next.Add(1) - 1 {
				lab := slices.ContainsFunc(heads[i].Needs, func(n Need) bool { return n.What == "lab" })
				if lab {
					cable.Lock()
				}
				r, err := c.Apart(ctx, heads[i].Name())
				if lab {
					cable.Unlock()
				}
				if err != nil {
					errs[i] = fmt.Errorf("%s: %w", heads[i].File, err)
					continue
				}
				all[i] = *r
			}
		})
	}
	ends.Wait()
	return all, errors.Join(errs...)
}
