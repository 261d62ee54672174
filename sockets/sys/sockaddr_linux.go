package sys

// abstractNames says that a name which begins with NUL is one of the abstract namespace.
const abstractNames = true

func (s *sockaddr) setLen() {}
