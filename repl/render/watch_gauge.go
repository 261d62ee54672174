package render

import (
	"slices"

	"sockstep/sockets/names"
)

// A gauge is one row of a socket: what it measures, its unit, and what stands beside it.
type gauge struct {
	label  names.Text
	value  func(Sample) int64
	unit   unit
	beside func(Sample, names.Lang) string
	only   func(Sample) bool // whether the state has it
	bad    func(Sample) bool // nil for a number that is never bad
}

// listens reports whether the numbers of a sample are those of a queue of connections.
func listens(s Sample) bool  { return s.State == "LISTEN" }
func connects(s Sample) bool { return s.State != "LISTEN" }

// The gauges, the weightiest first: where there is no room for all, the last go first.
var gauges = []gauge{
	{label: names.T("to accept", "待接受"), value: func(s Sample) int64 { return s.RecvQ }, unit: count, only: listens,
		beside: func(s Sample, l names.Lang) string { return ofMost(s.RecvMax, count, l) },
		bad:    func(s Sample) bool { return s.RecvMax >= 0 && s.RecvQ > s.RecvMax }},
	{label: names.T("recvq", "接收队列"), value: func(s Sample) int64 { return s.RecvQ }, unit: octets, only: func(s Sample) bool { return connects(s) && !s.Memory },
		beside: func(s Sample, l names.Lang) string { return ofMost(s.RecvMax, octets, l) }},
	{label: names.T("rcvmem", "接收内存"), value: func(s Sample) int64 { return s.RecvQ }, unit: octets, only: func(s Sample) bool { return connects(s) && s.Memory },
		beside: func(s Sample, l names.Lang) string { return ofMost(s.RecvMax, octets, l) }},
	{label: names.T("sendq", "发送队列"), value: func(s Sample) int64 { return s.SendQ }, unit: octets, only: connects,
		beside: func(s Sample, l names.Lang) string { return ofMost(s.SendMax, octets, l) }},
	{label: names.T("cwnd", "拥塞窗口"), value: func(s Sample) int64 { return s.Cwnd }, unit: segments, only: connects, beside: besideCwnd},
	{label: names.T("rtt", "往返时间"), value: func(s Sample) int64 { return int64(s.RTT) }, unit: seconds, only: connects, beside: besideRTT},
	{label: names.T("retrans", "重传"), value: func(s Sample) int64 { return s.Retransmits }, unit: segments, only: connects,
		bad: func(s Sample) bool { return s.Retransmits > 0 }},
	{label: names.T("in flight", "在途"), value: func(s Sample) int64 { return s.InFlight }, unit: segments, only: connects},
	{label: names.T("left", "剩余时间"), value: func(s Sample) int64 { return int64(s.Left) }, unit: seconds, only: func(s Sample) bool { return s.Left > 0 }},
}

// queueOf is the gauge of what waits to be read, or accepted.
func queueOf(s Sample) gauge {
	return gauges[slices.IndexFunc(gauges, func(g gauge) bool { return g.only(s) })]
}

var (
	wordOf       = names.T("of {n}", "上限 {n}")
	wordSsthresh = names.T("ssthresh {n}", "阈值 {n}")
)

func ofMost(most int64, u unit, lang names.Lang) string {
	if most < 0 {
		return ""
	}
	return say(wordOf.Fill("n", u.write(most, lang)), lang)
}

// infinite is what the kernel says where there is no threshold yet (TCP_INFINITE_SSTHRESH).
const infinite = 0x7fffffff

func besideCwnd(s Sample, lang names.Lang) string {
	switch {
	case s.Ssthresh < 0:
		return ""
	case s.Ssthresh >= infinite:
		return say(wordSsthresh.Fill("n", "∞"), lang)
	}
	return say(wordSsthresh.Fill("n", short(s.Ssthresh)), lang)
}

func besideRTT(s Sample, lang names.Lang) string {
	if s.RTTVar < 0 {
		return ""
	}
	return "± " + seconds.write(int64(s.RTTVar), lang)
}

// fits reports whether a gauge has anything to show: a number that was known at any time.
func (g gauge) fits(s Series) bool {
	if len(s.Samples) == 0 || !g.only(s.Samples[len(s.Samples)-1]) {
		return false
	}
	for _, x := range s.Samples {
		if g.of(x) >= 0 {
			return true
		}
	}
	return false
}

// of is what a gauge reads from a sample.
func (g gauge) of(s Sample) int64 {
	if !g.only(s) {
		return Missing
	}
	return g.value(s)
}
