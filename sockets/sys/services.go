package sys

import (
	"errors"
	"io/fs"
	"os"

	"sockstep/sockets/names"
)

// Services reads the system's own table of services, services(5): /etc/services. It is empty where there is no such file.
func Services() ([]names.Service, error) {
	f, err := os.Open("/etc/services")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return names.ParseServices(f)
}
