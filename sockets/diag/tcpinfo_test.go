package diag

import (
	"encoding/binary"
	"math"
	"testing"
	"time"
)

// TestDecodeTCPInfo reads a struct each of whose members is another number, and then only as much of it as an old kernel has.
func TestDecodeTCPInfo(t *testing.T) {
	b := []byte{8, 3, 2, 1, 4, 0b1010_1111, 0x7a, 0b101}
	n := binary.NativeEndian
	for i := range uint32(24) { // rto … total_retrans
		b = n.AppendUint32(b, 1000+i)
	}
	for i := range uint64(4) {
		b = n.AppendUint64(b, 1<<40+i)
	}
	for _, v := range []uint32{1, 2, 3, math.MaxUint32, 5, 6} {
		b = n.AppendUint32(b, v)
	}
	for _, v := range []uint64{7, 8, 9, math.MaxUint64} {
		b = n.AppendUint64(b, v)
	}
	b = n.AppendUint32(n.AppendUint32(b, 10), 11)
	b = n.AppendUint64(n.AppendUint64(b, 12), 13)
	for i := range uint32(6) {
		b = n.AppendUint32(b, 14+i)
	}
	b = n.AppendUint16(n.AppendUint16(b, 20), 21)
	for i := range uint32(8) {
		b = n.AppendUint32(b, 22+i)
	}
	if len(b) != 276 {
		t.Fatalf("%d bytes", len(b))
	}
	micros, millis := time.Microsecond, time.Millisecond
	want := TCPInfo{
		Size: 276, State: "CLOSE_WAIT", CAState: "Recovery", Retransmits: 2, Probes: 1, Backoff: 4,
		Timestamps: true, SACK: true, WindowScale: true, ECN: true, SYNData: true, FastOpenChild: true,
		SndWScale: 10, RcvWScale: 7, AppLimited: true, FastOpenFail: 2,
		RTO: 1000 * micros, ATO: 1001 * micros, SndMSS: 1002, RcvMSS: 1003, Unacked: 1004, Sacked: 1005, Lost: 1006, Retrans: 1007,
		LastDataSent: 1009 * millis, LastDataRecv: 1011 * millis, LastAckRecv: 1012 * millis, PMTU: 1013, RcvSsthresh: 1014,
		RTT: 1015 * micros, RTTVar: 1016 * micros, SndSsthresh: 1017, SndCwnd: 1018, AdvMSS: 1019, Reordering: 1020,
		RcvRTT: 1021 * micros, RcvSpace: 1022, TotalRetrans: 1023,
		PacingRate: 1 << 40, MaxPacingRate: 1<<40 + 1, BytesAcked: 1<<40 + 2, BytesReceived: 1<<40 + 3,
		SegsOut: 1, SegsIn: 2, NotsentBytes: 3, MinRTT: 0, DataSegsIn: 5, DataSegsOut: 6, DeliveryRate: 7,
		BusyTime: 8 * micros, RwndLimited: 9 * micros, SndbufLimited: math.MaxInt64 / 1000 * micros,
		Delivered: 10, DeliveredCE: 11, BytesSent: 12, BytesRetrans: 13, DsackDups: 14, ReordSeen: 15, RcvOooPack: 16, SndWnd: 17, RcvWnd: 18, Rehash: 19,
		TotalRTO: 20, TotalRTORecovered: 21, TotalRTOTime: 22 * millis, ReceivedCE: 23,
		DeliveredE1Bytes: 24, DeliveredE0Bytes: 25, DeliveredCEBytes: 26, ReceivedE1Bytes: 27, ReceivedE0Bytes: 28, ReceivedCEBytes: 29,
	}
	if got := DecodeTCPInfo(b); got != want {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	old := DecodeTCPInfo(b[:106]) // ends within the pacing rate
	if old.Size != 106 || old.TotalRetrans != 1023 || old.PacingRate != 0 || old.ReceivedCEBytes != 0 {
		t.Errorf("%+v", old)
	}
	if got := DecodeTCPInfo(nil); got != (TCPInfo{}) {
		t.Errorf("%+v", got)
	}
}

func FuzzDecodeTCPInfo(f *testing.F) {
	f.Add(make([]byte, 280))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, b []byte) {
		i := DecodeTCPInfo(b)
		for _, d := range []time.Duration{i.RTO, i.ATO, i.RTT, i.MinRTT, i.BusyTime, i.RwndLimited, i.SndbufLimited, i.TotalRTOTime, i.LastDataSent} {
			if d < 0 {
				t.Errorf("%v", d)
			}
		}
		if more := DecodeTCPInfo(append(append([]byte{}, b...), 0)); len(b) >= 280 {
			if more.Size = i.Size; more != i {
				t.Errorf("what came behind changed %+v to %+v", i, more)
			}
		}
	})
}
