//go:build darwin || freebsd

package sys

// abstractNames says that a name which begins with NUL is one of the abstract namespace.
const abstractNames = false

// setLen writes sa_len, which the BSDs have in front of the family.
func (s *sockaddr) setLen() { s.buf[0] = byte(min(s.len, 255)) }
