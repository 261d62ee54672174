package names

import (
	"syscall"
	"testing"
)

// kernelErrnos are the table's names as the standard library knows them.
var kernelErrnos = map[string]syscall.Errno{
	"E2BIG":           syscall.E2BIG,
	"EACCES":          syscall.EACCES,
	"EADDRINUSE":      syscall.EADDRINUSE,
	"EADDRNOTAVAIL":   syscall.EADDRNOTAVAIL,
	"EAFNOSUPPORT":    syscall.EAFNOSUPPORT,
	"EAGAIN":          syscall.EAGAIN,
	"EALREADY":        syscall.EALREADY,
	"EBADF":           syscall.EBADF,
	"EBUSY":           syscall.EBUSY,
	"ECONNABORTED":    syscall.ECONNABORTED,
	"ECONNREFUSED":    syscall.ECONNREFUSED,
	"ECONNRESET":      syscall.ECONNRESET,
	"EDESTADDRREQ":    syscall.EDESTADDRREQ,
	"EDOM":            syscall.EDOM,
	"EEXIST":          syscall.EEXIST,
	"EFAULT":          syscall.EFAULT,
	"EHOSTDOWN":       syscall.EHOSTDOWN,
	"EHOSTUNREACH":    syscall.EHOSTUNREACH,
	"EINPROGRESS":     syscall.EINPROGRESS,
	"EINTR":           syscall.EINTR,
	"EINVAL":          syscall.EINVAL,
	"EIO":             syscall.EIO,
	"EISCONN":         syscall.EISCONN,
	"ELOOP":           syscall.ELOOP,
	"EMFILE":          syscall.EMFILE,
	"EMSGSIZE":        syscall.EMSGSIZE,
	"ENAMETOOLONG":    syscall.ENAMETOOLONG,
	"ENETDOWN":        syscall.ENETDOWN,
	"ENETRESET":       syscall.ENETRESET,
	"ENETUNREACH":     syscall.ENETUNREACH,
	"ENFILE":          syscall.ENFILE,
	"ENOBUFS":         syscall.ENOBUFS,
	"ENODATA":         syscall.ENODATA,
	"ENODEV":          syscall.ENODEV,
	"ENOENT":          syscall.ENOENT,
	"ENOMEM":          syscall.ENOMEM,
	"ENOPROTOOPT":     syscall.ENOPROTOOPT,
	"ENOSPC":          syscall.ENOSPC,
	"ENOSYS":          syscall.ENOSYS,
	"ENOTCONN":        syscall.ENOTCONN,
	"ENOTDIR":         syscall.ENOTDIR,
	"ENOTSOCK":        syscall.ENOTSOCK,
	"ENOTUNIQ":        syscall.ENOTUNIQ,
	"ENXIO":           syscall.ENXIO,
	"EOPNOTSUPP":      syscall.EOPNOTSUPP,
	"EPERM":           syscall.EPERM,
	"EPFNOSUPPORT":    syscall.EPFNOSUPPORT,
	"EPIPE":           syscall.EPIPE,
	"EPROTO":          syscall.EPROTO,
	"EPROTONOSUPPORT": syscall.EPROTONOSUPPORT,
	"EPROTOTYPE":      syscall.EPROTOTYPE,
	"ERANGE":          syscall.ERANGE,
	"EROFS":           syscall.EROFS,
	"ESHUTDOWN":       syscall.ESHUTDOWN,
	"ESOCKTNOSUPPORT": syscall.ESOCKTNOSUPPORT,
	"ESRCH":           syscall.ESRCH,
	"ETIMEDOUT":       syscall.ETIMEDOUT,
	"ETOOMANYREFS":    syscall.ETOOMANYREFS,
}

func TestErrnosExist(t *testing.T) {
	values := map[syscall.Errno]string{}
	for _, e := range errnos {
		number, ok := kernelErrnos[e.Name]
		if !ok {
			t.Errorf("%s is not an errno of Linux", e.Name)
		}
		if twin, taken := values[number]; taken {
			t.Errorf("%s and %s are the same number", e.Name, twin)
		}
		values[number] = e.Name
	}
	if len(kernelErrnos) != len(errnos) {
		t.Errorf("%d errnos in the table, %d in the test", len(errnos), len(kernelErrnos))
	}
}
