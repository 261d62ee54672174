package diag

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"sockstep/sockets/names"
)

// DecodeTCPInfo reads struct tcp_info as Linux gives it, from getsockopt(2) or from sock_diag(7), as far as it goes.
func DecodeTCPInfo(b []byte) TCPInfo {
	r := reader{b}
	i := TCPInfo{Size: len(b)}
	if len(b) == 0 {
		return i
	}
	i.State = stateName(r.u8())
	i.CAState = caState(r.u8())
	i.Retransmits, i.Probes, i.Backoff = r.u8(), r.u8(), r.u8()
	o := r.u8()
	i.Timestamps, i.SACK, i.WindowScale, i.ECN = o&1 != 0, o&2 != 0, o&4 != 0, o&8 != 0
	i.ECNSeen, i.SYNData, i.MicrosTimestamps, i.FastOpenChild = o&16 != 0, o&32 != 0, o&64 != 0, o&128 != 0
	w := r.u8()
	i.SndWScale, i.RcvWScale = w&15, w>>4
	f := r.u8()
	i.AppLimited, i.FastOpenFail = f&1 != 0, f>>1&3

	i.RTO, i.ATO = r.micros(), r.micros()
	i.SndMSS, i.RcvMSS = r.u32(), r.u32()
	i.Unacked, i.Sacked, i.Lost, i.Retrans = r.u32(), r.u32(), r.u32(), r.u32()
	r.u32() // fackets: no longer used
	i.LastDataSent = r.millis()
	r.u32() // last_ack_sent: "not remembered, sorry"
	i.LastDataRecv, i.LastAckRecv = r.millis(), r.millis()
	i.PMTU, i.RcvSsthresh = r.u32(), r.u32()
	i.RTT, i.RTTVar = r.micros(), r.micros()
	i.SndSsthresh, i.SndCwnd, i.AdvMSS, i.Reordering = r.u32(), r.u32(), r.u32(), r.u32()
	i.RcvRTT, i.RcvSpace, i.TotalRetrans = r.micros(), r.u32(), r.u32()
	i.PacingRate, i.MaxPacingRate, i.BytesAcked, i.BytesReceived = r.u64(), r.u64(), r.u64(), r.u64()
	i.SegsOut, i.SegsIn, i.NotsentBytes = r.u32(), r.u32(), r.u32()
	if min := r.u32(); min != math.MaxUint32 {
		i.MinRTT = time.Duration(min) * time.Microsecond
	}
	i.DataSegsIn, i.DataSegsOut, i.DeliveryRate = r.u32(), r.u32(), r.u64()
	i.BusyTime, i.RwndLimited, i.SndbufLimited = r.micros64(), r.micros64(), r.micros64()
	i.Delivered, i.DeliveredCE = r.u32(), r.u32()
	i.BytesSent, i.BytesRetrans = r.u64(), r.u64()
	i.DsackDups, i.ReordSeen, i.RcvOooPack = r.u32(), r.u32(), r.u32()
	i.SndWnd, i.RcvWnd, i.Rehash = r.u32(), r.u32(), r.u32()
	i.TotalRTO, i.TotalRTORecovered, i.TotalRTOTime = r.u16(), r.u16(), r.millis()
	i.ReceivedCE = r.u32()
	i.DeliveredE1Bytes, i.DeliveredE0Bytes, i.DeliveredCEBytes = r.u32(), r.u32(), r.u32()
	i.ReceivedE1Bytes, i.ReceivedE0Bytes, i.ReceivedCEBytes = r.u32(), r.u32(), r.u32()
	// Four bytes more are there since Linux 6.18, but 7.0 gave them another meaning.
	return i
}

// A reader takes numbers off the front of a struct. What is not there, or only in part, is zero, and so is what follows.
type reader struct{ b []byte }

func (r *reader) take(n int) []byte {
	if len(r.b) < n {
		r.b = nil
		return make([]byte, 8)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) u8() uint8   { return r.take(1)[0] }
func (r *reader) u16() uint16 { return binary.NativeEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32 { return binary.NativeEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.NativeEndian.Uint64(r.take(8)) }

func (r *reader) millis() time.Duration { return time.Duration(r.u32()) * time.Millisecond }
func (r *reader) micros() time.Duration { return time.Duration(r.u32()) * time.Microsecond }

// micros64 is held below what a Duration has room for: 292 years.
func (r *reader) micros64() time.Duration {
	return time.Duration(min(r.u64(), math.MaxInt64/1000)) * time.Microsecond
}

func stateName(n uint8) string {
	if n == 12 { // NEW_SYN_RECV is how Linux keeps it, not what it is
		n = 3
	}
	if s, ok := names.TCPState(int(n)); ok {
		return s.Name
	}
	return strconv.Itoa(int(n))
}

func caState(n uint8) string {
	if known := [...]string{"Open", "Disorder", "CWR", "Recovery", "Loss"}; int(n) < len(known) {
		return known[n]
	}
	return strconv.Itoa(int(n))
}
