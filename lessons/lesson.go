package lessons

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"sockstep/sockets/names"
)

// A Lesson is one file of a course. The page that Format gives explains every key.
type Lesson struct {
	ID         string                `yaml:"id"`
	Title      names.Text            `yaml:"title"`
	Minutes    int                   `yaml:"minutes"`
	Needs      []Need                `yaml:"needs"`
	Roles      []string              `yaml:"roles"`
	Called     map[string]names.Text `yaml:"called"` // the roles, in both languages
	Teaches    []string              `yaml:"teaches"`
	Vars       map[string]string     `yaml:"vars"`
	RunsPython bool                  `yaml:"runs-python"`
	Notes      names.Text            `yaml:"notes"`
	Intro      names.Text            `yaml:"intro"`
	Steps      []*Step               `yaml:"steps"`
	Try        names.Text            `yaml:"try"`

	Number string  `yaml:"-"` // of its file's name: "05"
	source *source // where each key stands
}

// A Need is what a lesson asks of the machine, and what is told where that is not to be had.
type Need struct {
	What    string     `yaml:"what"`
	Without names.Text `yaml:"without"`
}

// A Step is one thing to do.
type Step struct {
	ID        string       `yaml:"id"`
	Role      string       `yaml:"role"`
	Needs     string       `yaml:"needs"`
	Text      names.Text   `yaml:"text"`
	Python    string       `yaml:"python"`
	Predict   *Predict     `yaml:"predict"`
	Solutions [][]string   `yaml:"solutions"`
	Wrong     []*NearMiss  `yaml:"wrong"`
	Expect    []*Expect    `yaml:"expect"`
	Within    Duration     `yaml:"within"`
	Hints     []names.Text `yaml:"hints"`
	After     names.Text   `yaml:"after"`
	Notes     names.Text   `yaml:"notes"`
}

// A NearMiss is a thing that learners do instead, how it is recognised, and what to answer.
type NearMiss struct {
	Do   []string   `yaml:"do"`
	When []*Expect  `yaml:"when"`
	Say  names.Text `yaml:"say"`
}

// A Predict is a question that is asked before the step is done, and answered by what is then measured.
type Predict struct {
	Question names.Text `yaml:"question"`
	Choices  []Choice   `yaml:"choices"`
	Key      Key        `yaml:"key"`
}

// A Choice is one answer: what is measured where it is right, and how it is written where that is no word of the system's.
type Choice struct {
	Is  string     `yaml:"is"`
	Say names.Text `yaml:"say"`
}

// UnmarshalYAML lets a choice be a word alone.
func (c *Choice) UnmarshalYAML(decode func(any) error) error {
	var word Word
	if err := decode(&word); err == nil {
		c.Is = string(word)
		return nil
	}
	type plain Choice
	return decode((*plain)(c))
}

// A Word is any scalar, as it is written.
type Word string

// UnmarshalYAML takes the scalar.
func (w *Word) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n)
	*w = Word(text)
	return err
}

// A Duration is a time such as 200ms.
type Duration time.Duration

// UnmarshalYAML reads it.
func (d *Duration) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n)
	if err != nil {
		return err
	}
	t, err := time.ParseDuration(text)
	*d = Duration(t)
	if err != nil || t < 0 {
		return wrongNode(n, names.T("a time is written like 200ms", "时间要写成 200ms 这样"))
	}
	return nil
}

// An Expect is one thing that must be true. Exactly one of its keys is given; As goes with Socket.
type Expect struct {
	Socket   *SocketIs `yaml:"socket"`
	As       string    `yaml:"as"`
	NoSocket *SocketIs `yaml:"no-socket"`
	Call     *CallIs   `yaml:"call"`
	Received *BytesIs  `yaml:"received"`
	Sent     *BytesIs  `yaml:"sent"`
	Packet   *PacketIs `yaml:"packet"`
	Note     string    `yaml:"note"`
	Value    *ValueIs  `yaml:"value"`
	Error    *ErrorIs  `yaml:"error"`
	File     *FileIs   `yaml:"file"`
	Any      []*Expect `yaml:"any"`
	All      []*Expect `yaml:"all"`
	Not      *Expect   `yaml:"not"`
}

// A SocketIs describes a socket. What is left out is not asked for.
type SocketIs struct {
	Kind     string            `yaml:"kind"`
	Family   string            `yaml:"family"`
	Type     string            `yaml:"type"`
	Role     string            `yaml:"role"`
	State    string            `yaml:"state"`
	Local    string            `yaml:"local"`
	Peer     string            `yaml:"peer"`
	Fileno   Number            `yaml:"fileno"`
	RecvQ    Number            `yaml:"recvq"`
	SendQ    Number            `yaml:"sendq"`
	Backlog  Number            `yaml:"backlog"`
	Option   map[string]Number `yaml:"option"`
	Closed   *bool             `yaml:"closed"`
	Sent     Number            `yaml:"sent"`
	Received Number            `yaml:"received"`
	Blocking *bool             `yaml:"blocking"`
	Is       string            `yaml:"is"`
	PeerOf   string            `yaml:"peer-of"`
	From     string            `yaml:"from"`
	Count    Number            `yaml:"count"`
}

// A CallIs describes a system call.
type CallIs struct {
	Op     string   `yaml:"op"`
	Errno  string   `yaml:"errno"`
	Ret    Number   `yaml:"ret"`
	Times  Number   `yaml:"times"`
	Socket string   `yaml:"socket"`
	Args   string   `yaml:"args"`
	Apart  Duration `yaml:"apart"` // at least so much time between two of them; a hasty one begins a new row
}

// A BytesIs describes what was sent or received.
type BytesIs struct {
	Socket string `yaml:"socket"`
	N      Number `yaml:"n"`
	Bytes  string `yaml:"bytes"`
}

// A PacketIs describes a packet.
type PacketIs struct {
	Flags          string `yaml:"flags"`
	Proto          string `yaml:"proto"`
	Len            Number `yaml:"len"`
	Direction      string `yaml:"direction"`
	Source         string `yaml:"source"`
	Retransmission *bool  `yaml:"retransmission"`
	Lost           *bool  `yaml:"lost"`
	Times          Number `yaml:"times"`
}

// A ValueIs describes a value that a line gave, or one that is kept.
type ValueIs struct {
	Text    *Word  `yaml:"text"`
	Int     Number `yaml:"int"`
	Bytes   *Word  `yaml:"bytes"`
	Matches string `yaml:"matches"`
	Kept    bool   `yaml:"kept"`
}

// An ErrorIs describes a line that failed.
type ErrorIs struct {
	Op    string `yaml:"op"`
	Errno string `yaml:"errno"`
	Kind  string `yaml:"kind"`
}

// A FileIs describes a file.
type FileIs struct {
	Path   string `yaml:"path"`
	Exists bool   `yaml:"exists"`
}

// A Key says what is measured for a prediction: one of its keys is given; Field goes with Socket.
type Key struct {
	Socket  string    `yaml:"socket"`
	Field   string    `yaml:"field"`
	Calls   string    `yaml:"calls"`
	Errno   string    `yaml:"errno"`
	Value   string    `yaml:"value"`
	Packets *PacketIs `yaml:"packets"`
}
