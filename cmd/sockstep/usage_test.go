package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/rivo/uniseg"
	"github.com/spf13/cobra"

	"sockstep/sockets/names"
)

// TestHelp reads the help of every command of the program, in both languages: it fits a terminal of 80 columns, and nothing of
// cobra's own words is left where Chinese is spoken.
func TestHelp(t *testing.T) {
	for _, lang := range []names.Lang{names.English, names.Chinese} {
		root := (&settings{words: lang}).root()
		root.InitDefaultHelpCmd()
		eachCommand(root, func(c *cobra.Command) {
			t.Run(lang.String()+"/"+c.CommandPath(), func(t *testing.T) {
				var out bytes.Buffer
				root.SetOut(&out)
				if err := c.Help(); err != nil {
					t.Fatal(err)
				}
				for _, line := range strings.Split(out.String(), "\n") {
					if n := uniseg.StringWidth(line); n > 80 {
						t.Errorf("%d columns: %s", n, line)
					}
				}
				for _, word := range []string{"Available", "Global", "[command]", "[flags]", "default", "help for", "version for"} {
					if strings.Contains(out.String(), word) {
						t.Errorf("cobra's own %q:\n%s", word, &out)
					}
				}
				if short := c.Short; lang == names.Chinese && !strings.ContainsFunc(short, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
					t.Errorf("not in Chinese: %s", short)
				}
			})
		})
	}
}

func TestLanguageOf(t *testing.T) {
	for args, want := range map[string]string{
		"":                             "",
		"--lang zh":                    "zh",
		"run --lang=zh x":              "zh",
		"--help --lang zh":             "zh",
		"--color never --lang zh -h":   "zh",
		"-c --lang -c zh":              "",
		"lesson --as server --lang en": "en",
		"--nosuch --lang zh":           "zh",
		"lab -- env --lang zh":         "",
		"--lang":                       "",
	} {
		if got := languageOf(strings.Fields(args)); got != want {
			t.Errorf("languageOf(%s) = %q, want %q", args, got, want)
		}
	}
}
