//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkPartner measures how long after a line at one terminal the other one is told of it, and that its step has come true; and
// how soon after the program's start a lesson with two ends is there.
func BenchmarkPartner(b *testing.B) {
	var told, held, start []time.Duration
	for range b.N {
		user := home(b)
		began := time.Now()
		server := open(b, user)
		server.does("lesson tcp-echo")
		start = append(start, time.Since(began))
		client := open(b, user)
		client.does("lesson join")
		server.solves()
		client.does("lesson --wait")
		line := client.solution()[0]

		heard := make(chan [2]time.Time)
		go func() {
			var at [2]time.Time
			for at[1].IsZero() && server.out.Scan() {
				switch text := server.out.Text(); {
				case at[0].IsZero() && strings.Contains(text, `"line":"k = connect`):
					at[0] = time.Now()
				case strings.Contains(text, `"verdict":"held"`) && strings.Contains(text, `"role":"client"`):
					at[1] = time.Now()
				}
			}
			heard <- at
		}()
		began = time.Now()
		client.types(line)
		at := <-heard
		told, held = append(told, at[0].Sub(began)), append(held, at[1].Sub(began))
		server.kill()
		client.kill()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(median(start)), "start-ms")
	b.ReportMetric(ms(median(told)), "told-p50-ms")
	b.ReportMetric(ms(p95(told)), "told-p95-ms")
	b.ReportMetric(ms(p95(held)), "held-p95-ms")
}

func p95(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)*95/100]
}
