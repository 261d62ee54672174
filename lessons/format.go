package lessons

import (
	_ "embed"
	"regexp"
	"strings"

	"sockstep/sockets/names"
)

//go:embed format.en.md
var formatEn string

//go:embed format.zh.md
var formatZh string

// A PartKind is what a part of a page is.
type PartKind int

// The parts of a page. Code is verbatim; the others are running text.
const (
	Title PartKind = iota
	Chapter
	Section
	Prose
	Entry // of a list: a term, and what it means
	Code
)

// A Part is a piece of a page.
type Part struct {
	Kind PartKind
	Term string // of an entry: several are parted by ", "
	Text string
	Lang string // of code: yaml, sh
}

// Format is the page that tells how a lesson is written.
func Format(l names.Lang) []Part { return parts(names.Text{En: formatEn, Zh: formatZh}.In(l)) }

var (
	entryForm = regexp.MustCompile("^- ((?:`[^`]+`(?:, )?)+)(?:: |：)(.+)$")
	termsForm = regexp.MustCompile("`([^`]+)`")
)

// parts reads the little Markdown that the page is written in: a line is a part of its own.
func parts(text string) (all []Part) {
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch m := entryForm.FindStringSubmatch(line); {
		case line == "":
		case strings.HasPrefix(line, "```"):
			p := Part{Kind: Code, Lang: line[3:]}
			for i++; i < len(lines) && lines[i] != "```"; i++ {
				p.Text += lines[i] + "\n"
			}
			all = append(all, p)
		case strings.HasPrefix(line, "# "):
			all = append(all, Part{Kind: Title, Text: line[2:]})
		case strings.HasPrefix(line, "## "):
			all = append(all, Part{Kind: Chapter, Text: line[3:]})
		case strings.HasPrefix(line, "### "):
			all = append(all, Part{Kind: Section, Text: line[4:]})
		case m != nil:
			var terms []string
			for _, t := range termsForm.FindAllStringSubmatch(m[1], -1) {
				terms = append(terms, t[1])
			}
			all = append(all, Part{Kind: Entry, Term: strings.Join(terms, ", "), Text: m[2]})
		default:
			all = append(all, Part{Kind: Prose, Text: line})
		}
	}
	return all
}
