package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// preferences are what is kept from session to session, where XDG says: $XDG_CONFIG_HOME/sockstep/settings.json.
type preferences struct {
	Lang string `json:"lang,omitempty"`
}

func preferencesPath() string { return filepath.Join(xdg.ConfigHome, "sockstep", "settings.json") }

// historyPath is where the prompt keeps its lines.
func historyPath() string { return filepath.Join(xdg.StateHome, "sockstep", "history") }

// loadPreferences reads what was kept; a file that is missing or spoilt counts as empty.
func loadPreferences() (p preferences) {
	b, err := readFile(preferencesPath())
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return preferences{}
	}
	return p
}

// keepLang keeps the language for later sessions.
func keepLang(l names.Lang) error {
	p := loadPreferences()
	p.Lang = l.String()
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return writeFile(preferencesPath(), append(b, '\n'))
}

// readFile reads a file of ours. What is no ordinary file is not read: a FIFO would let the program wait, and /dev/zero has
// no end.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	return os.ReadFile(path)
}

// writeFile replaces a file at once or not at all, mode 0600. A link to it stays one.
func writeFile(path string, b []byte) error {
	path, err := sys.FollowLinks(path)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		err = &fs.PathError{Op: "write", Path: path, Err: cause(err)} // the other name is nobody's business
	}
	return err
}

// cause is what an error of a file says without the file's name.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// language is the one of --lang, else of the settings, else of LC_ALL, LC_MESSAGES, LANG.
func (s *settings) language() names.Lang {
	return firstLanguage(s.lang, loadPreferences().Lang)
}

// firstLanguage is the first of these that is one, else that of the environment.
func firstLanguage(chosen ...string) names.Lang {
	for _, v := range append(chosen, os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")) {
		if v == "" {
			continue
		}
		l, _ := names.ParseLang(v)
		return l
	}
	return names.English
}
