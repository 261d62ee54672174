package lessons

import "testing"

// BenchmarkOpen opens the course, as the first line of a lesson does.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if _, err := Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead reads a whole lesson.
func BenchmarkRead(b *testing.B) {
	c, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := c.Lesson("handshake"); err != nil {
			b.Fatal(err)
		}
	}
}
