package lessons

import (
	"slices"
	"strings"

	"sockstep/sockets/names"
)

// A lesson with roles has two ends, each with a learner and a session of its own:
//
//	server's Run ── judges the server's steps ── Pass ─▶ Follow ── client's Run
//	     ▲                                                             ▲
//	     └── World: own sockets, and the partner's as that one tells ──┘
//
// Where one learner has both ends, in one session, the Run has no role, and every step is its own.

// Partner is the role at the other end of a lesson with two ends; "" for none.
func (l *Lesson) Partner(role string) string {
	if i := slices.Index(l.Roles, role); i >= 0 && len(l.Roles) == 2 {
		return l.Roles[1-i]
	}
	return ""
}

// commonRoles are what those roles are called that most lessons with two ends have.
var commonRoles = map[string]string{"server": "服务器", "client": "客户端", "sender": "发送方", "receiver": "接收方"}

// RoleName is what a role is called: as a label, and within a sentence.
func (l *Lesson) RoleName(role string) (label, full names.Text) {
	if t, ok := l.Called[role]; ok {
		return t, t
	}
	if zh, ok := commonRoles[role]; ok {
		return names.Text{En: role, Zh: zh}, names.Text{En: "the " + role, Zh: zh}
	}
	return names.Text{En: role, Zh: role}, names.Text{En: role, Zh: role}
}

// Say puts what the two ends are called in the place of {own} and {partner}, in whole sentences.
func (r *Run) Say(en, zh string) names.Text {
	_, own := r.Lesson.RoleName(r.Role)
	_, partner := r.Lesson.RoleName(r.Partner())
	t := names.Text{
		En: strings.NewReplacer("{own}", own.En, "{partner}", partner.En).Replace(en),
		Zh: strings.NewReplacer("{own}", own.Zh, "{partner}", partner.Zh).Replace(zh),
	}
	if strings.HasPrefix(en, "{") && t.En != "" {
		t.En = strings.ToUpper(t.En[:1]) + t.En[1:]
	}
	return t
}

// Options are the options that the lesson asks about.
func (l *Lesson) Options() (all []string) {
	add := func(s *SocketIs) {
		if s != nil {
			for name := range s.Option {
				all = append(all, name)
			}
		}
	}
	var walk func([]*Expect)
	walk = func(es []*Expect) {
		for _, e := range es {
			if e == nil {
				continue
			}
			add(e.Socket)
			add(e.NoSocket)
			walk(e.Any)
			walk(e.All)
			walk([]*Expect{e.Not})
		}
	}
	for _, s := range l.Steps {
		walk(s.Expect)
		for _, w := range s.Wrong {
			walk(w.When)
		}
		if s.Predict != nil && strings.Contains(s.Predict.Key.Field, "_") {
			all = append(all, s.Predict.Key.Field)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Of puts the role before the IDs of its sockets, so that those of two learners are told apart.
func Of(role string, all []Socket) []Socket {
	if role == "" {
		return all
	}
	for i := range all {
		s := &all[i]
		for _, id := range []*string{&s.ID, &s.PeerOf, &s.From} {
			if *id != "" {
				*id = role + "/" + *id
			}
		}
	}
	return all
}

// roleOf is the role that an ID belongs to, "" where it is told without.
func roleOf(id string) string {
	role, _, _ := strings.Cut(id, "/")
	if role == id {
		return ""
	}
	return role
}
