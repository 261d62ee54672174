package tty

// disabled is _POSIX_VDISABLE: a control character that no key gives.
const disabled = 0
