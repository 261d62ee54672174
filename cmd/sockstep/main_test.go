package main

import (
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	programs := map[string]func(){
		"sockstep":        main,
		"sockstep-nocaps": mainWithoutPrivileges,
		"sockstep-nolab":  mainWithoutNamespaces,
		"sockstep-dumped": mainBesideTcpdump,
	}
	if programs[filepath.Base(os.Args[0])] == nil { // what nohup(1) makes the tests ignore, the programs that they start do not
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	testscript.Main(m, programs)
}

// TestScripts plays every session in testdata/script, in both languages: nothing that a student reads may be missing in
// one of them. A session says what it is about by the first word of its file's name.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	all, err := os.ReadDir("testdata/script")
	if err != nil || len(all) != len(files) {
		t.Fatal("testdata/script holds what is no .txtar, and would never run", err)
	}
	for _, lang := range languages() {
		t.Run(lang, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Files:               files,
				Setup:               func(env *testscript.Env) error { return setUp(env, lang) },
				Condition:           func(name string) (bool, error) { return condition(name, lang) },
				Cmds:                map[string]func(*testscript.TestScript, bool, []string){"session": session, "act": act, "status": status},
				RequireUniqueNames:  true,
				RequireExplicitExec: false,
			})
		})
	}
}

// languages are those that tests of what does not depend on them run in: both, and with -short one, as under the race detector,
// where programs are ten times as slow.
func languages() []string {
	if testing.Short() {
		return []string{"en"}
	}
	return []string{"en", "zh"}
}

func setUp(env *testscript.Env, lang string) error {
	for _, dir := range []string{"config", "state", "data"} {
		env.Setenv("XDG_"+strings.ToUpper(dir)+"_HOME", filepath.Join(env.WorkDir, "."+dir))
	}
	env.Setenv("LC_ALL", map[string]string{"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}[lang])
	env.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	env.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0") // a race-built program sleeps for a second before it ends
	return nil
}

// condition answers what a script asks in brackets.
func condition(name, lang string) (bool, error) {
	switch name {
	case "en", "zh":
		return name == lang, nil
	case "ipv6":
		l, err := net.Listen("tcp6", "[::1]:0")
		if err == nil {
			l.Close()
		}
		return err == nil, nil
	case "privileged-ports":
		b, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
		return err == nil && strings.TrimSpace(string(b)) == "1024", nil
	case "raw":
		fd, err := rawSocket()
		if err == nil {
			fd.Close()
		}
		return err == nil, nil
	case "ping":
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			return false, nil
		}
		c.Close()
		return pingAllowed(), nil
	}
	return false, nil
}
