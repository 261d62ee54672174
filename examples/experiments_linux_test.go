package examples

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// mostPlayed is how often a session is played that races the kernel.
const mostPlayed = 5

// experiments are the sessions that are played in a lab, each with its text.
func experiments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(here, "experiments", "*.sock"))
	if err != nil || len(files) == 0 {
		t.Fatal("no experiments", err)
	}
	all := map[string]string{}
	for _, f := range files {
		all[f] = read(t, f)
	}
	return all
}

// TestExperiments plays every session of the folder experiments in a lab of its own, and holds its claims to what it showed.
// Each claim, made false, must fail.
func TestExperiments(t *testing.T) {
	needLab(t)
	for file, text := range experiments(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sock"), func(t *testing.T) {
			t.Parallel() // each has its own network, and waits most of the time
			x, err := readExperiment(text)
			if err != nil {
				t.Fatal(err)
			}
			if len(x.claims) == 0 || x.lines[len(x.lines)-1] != "close all" {
				t.Error("an experiment claims something, and ends with close all")
			}
			var acts []act
			var failed []error
			for n := 1; ; n++ {
				var wrong string
				acts, wrong = inALab(t, file)
				if failed = x.check(acts); len(failed) == 0 && wrong == "" {
					break
				}
				if x.races && n < mostPlayed {
					t.Logf("the kernel was quicker: %v", failed)
					continue
				}
				for _, err := range failed {
					t.Error(err)
				}
				t.Fatal(wrong)
			}
			for i := range x.claims {
				for _, lie := range x.lies(i) {
					if failed := lie.check(acts); len(failed) != 1 {
						t.Errorf("line %d: %v instead holds, too: %v", x.claims[i].at, lie.claims[i], failed)
					}
				}
			}
		})
	}
}

// lies are an experiment with one of its claims made false, in every way.
func (x experiment) lies(i int) (all []experiment) {
	lie := func(c claim) {
		y := x
		y.claims = slices.Clone(x.claims)
		y.claims[i] = c
		all = append(all, y)
	}
	c := x.claims[i]
	switch {
	case c.kind == "took":
		c.took *= 1000
		lie(c)
	case c.kind == "packets":
		for j := range c.wanted {
			if c.wanted[j].any {
				continue
			}
			false_ := c
			false_.wanted = slices.Clone(c.wanted)
			false_.wanted[j] = wanted{right: true, name: "URG", least: 1, most: 1}
			lie(false_)
		}
	case !c.not:
		c.words = append(slices.Clone(c.words[:len(c.words)-1]), "otherwise")
		lie(c)
	}
	return all
}

// inALab plays a script in a lab, and gives its acts, and what is wrong with how it ended.
func inALab(t *testing.T, file string) (acts []act, wrong string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, sockstep, "--json", "run", "--lab", file)
	c.Dir = t.TempDir()
	c.Env = append(os.Environ(), "SOCKSTEP_LAB=")
	var out, complaints bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaints
	err := c.Run()
	acts, bad := parseActs(out.String())
	switch {
	case bad != nil:
		return acts, bad.Error()
	case err != nil || complaints.Len() > 0:
		last := ""
		for _, a := range acts {
			if !*a.OK {
				last = *a.Line + ": " + a.Error.Message
			}
		}
		return acts, strings.Join([]string{err.Error(), complaints.String(), last}, "\n")
	}
	return acts, ""
}

// needLab ends the test where the machine allows no lab, and says so; unless everything is required, and others are allowed namespaces.
func needLab(t *testing.T) {
	t.Helper()
	out, err := exec.Command(sockstep, "lab", "--", "true").CombinedOutput()
	if err == nil {
		return
	}
	c := exec.Command("/bin/true")
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if require && c.Run() == nil {
		t.Fatalf("this machine allows namespaces, but there is no lab: %v\n%s", err, out)
	}
	t.Skipf("NOT TESTED: this machine allows no lab: %v\n%s", err, out)
}
