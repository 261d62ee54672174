package names

import "testing"

// BenchmarkNote fills a note that most lines of a session have.
func BenchmarkNote(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Note("arrived", "s", "b", "n", "5", "queue", "5")
	}
}
