package names

import "testing"

func TestLayerTexts(t *testing.T) {
	check := func(where string, text Text) {
		t.Helper()
		if text.En == "" || text.Zh == "" || !hasHan(text.Zh) && text.En != text.Zh || hasHan(text.En) {
			t.Errorf("%s: not in both languages: %+v", where, text)
		}
	}
	for _, m := range []Model{OSI, TCPIP4, TCPIP5} {
		for _, l := range ModelLayers(m) {
			check(l.ID, l.Name)
			check(l.ID, l.Task)
		}
	}
	n := 0
	for _, table := range [][][5]string{linkFields, ipFields, transportFields, controlFields} {
		for _, r := range table {
			n++
			f, ok := LookupHeaderField(r[0])
			if !ok {
				t.Errorf("%s is not found", r[0])
			}
			check(f.ID, f.Name)
			check(f.ID, f.Meaning)
		}
	}
	if n != len(headerFields) {
		t.Errorf("%d rows for %d fields: one stands twice", n, len(headerFields))
	}
	for id, text := range headerWords {
		check(id, text)
	}
	for name, text := range layerAdds {
		check(name, text)
	}
	if l, ok := FindModelLayer(TCPIP4, "link"); !ok || l.Name.Zh != "物理链路层" {
		t.Errorf("the lowest of four layers is %+v", l)
	}
}
