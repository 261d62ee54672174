// Package wire reads what goes over a wire: it takes the bytes of a frame apart into the headers that each layer put
// before the data, and follows a connection from segment to segment.
//
// It knows no kernel and no terminal. The flow:
//
//	frame ─▶ Decode ─▶ Packet ─▶ Layers ─▶ Hexdump        every header, every field, the bytes it stands in
//	                      ├────▶ Reassembler.Add          which datagram a fragment is a part of
//	                      ├────▶ Follower.Judge ─▶ Seen   relative numbers, what is a retransmission, what is late
//	                      └────▶ Writer.WritePacket       a file that Wireshark opens (pcapng)
//
// Nothing here trusts the bytes: whatever they say, Decode does not panic, and keeps what it could read. What a field
// is called and means, in the student's language, stands in sockets/names under the field's ID.
package wire
