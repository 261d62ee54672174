package names

import "strings"

// Topic is a short page of help on something that is not a command.
type Topic struct {
	Name  string // what follows help: "addresses"
	Title Text
	Body  Text // at most 18 lines of 76 columns, a Chinese character being two
}

// Topics gives all topics in the order in which a beginner would read them.
func Topics() []Topic {
	all := append([]Topic(nil), languageTopics...)
	all = append(all, toolTopics...)
	all = append(all, outputTopics...)
	return append(all, kernelTopics...)
}

// LookupTopic finds a topic by its name, in any case.
func LookupTopic(name string) (Topic, bool) {
	for _, t := range Topics() {
		if strings.EqualFold(t.Name, name) {
			return t, true
		}
	}
	return Topic{}, false
}

// page is the two sides of a body, less the blank line that a raw string
// begins and ends with.
func page(en, zh string) Text {
	return Text{En: strings.Trim(en, "\n"), Zh: strings.Trim(zh, "\n")}
}
