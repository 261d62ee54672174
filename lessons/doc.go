// Package lessons is the lesson engine: it reads lessons, judges what a learner did, keeps progress, and checks courses.
// It knows no kernel, no terminal and no shell: what it asks of them is World, Keeper and Stage.
//
// # A lesson is one file
//
// It is called NN-id.yaml; the numbers order the course. The file is read strictly: a key that is unknown, given twice or
// misplaced is an error with its line and a caret. `sockstep lessons new ID` writes a skeleton that checks, and `sockstep
// lessons check [PATH] [--only ID]` plays the lessons of a folder, or of one file, and tells what is wrong with them. What is
// taught counts from the first lesson of the folder on, also where one file is meant. `sockstep --course PATH` plays them.
//
// A text is {en: …, zh: …}, both sides always. Put every side into double quotes when it stands within { }: a comma or a
// colon would end it. In a block (|-) a line break is only a blank (in Chinese nothing), an empty line begins a paragraph,
// and a line indented by two more blanks stands for itself. What is to be typed stands in `backquotes`, alike on both sides.
// $name and ${name} stand for the lesson's variables; write $name within [ ] and { }, as ${name} there is YAML's own.
//
//	id: handshake                        as in the file's name
//	title: {en: "…", zh: "…"}
//	minutes: 12                          1 to 60
//	needs:                               what the machine must offer, if anything
//	- what: packets                      packets, diag, lab, ipv6, python, raw, ping, linux
//	  without: {en: "…", zh: "…"}        told where it does not. Left out, the lesson is not to be had there
//	roles: [server, client]              where there are two ends, each with a terminal; then each step has a role
//	called: {server: {en: …, zh: …}}     what the roles are called; server and client may be left out
//	teaches: [listen, --timeout, "&"]    commands, flags and & that come up here for the first time, or once more
//	vars:                                drawn anew each time
//	  port: free-port                    of 127.0.0.1, free for TCP and UDP
//	  word: random-word                  small letters
//	  n: random-number 3 9
//	  path: temp-path                    of a file that does not exist; removed in the end
//	runs-python: true                    the python lines of all steps are one program, which the check runs
//	notes: {en: "…", zh: "…"}            for who presents the lesson; also in each step. May be left out
//	intro: {en: …, zh: …}                at most 9 rows of 76 columns
//	steps: […]                           see below. It stands behind title, minutes and teaches
//	try: {en: …, zh: …}                  something to try alone, at the end
//
// # A step
//
//   - id: connect
//     role: client                       only where the lesson has roles
//     needs: raw                         where the machine does not have it, the step cannot be told, and next goes on
//     text: {en: …, zh: …}               what to do; with the question at most 12 rows
//     python: k.connect((…))             what the textbook writes; up to two lines are shown with the text
//     predict: …                         a question, asked before; see below. May be left out
//     solutions:                         each a list of lines; all are played by the check. The first is played by skip, and
//   - ["k = connect tcp :$port"]       whenever a learner comes back to a later step: let it be quick
//   - [k = socket, "connect k :$port"]
//     wrong:                             near-misses: what learners do instead. May be left out
//   - do: [k = socket tcp]             lines, for the check
//     when: […]                        expectations by which it is recognised, whatever was typed
//     say: {en: …, zh: …}              the answer
//     expect: […]                        what must be true then: all of them
//     within: 200ms                      how long after a line it may take to come true; else the line's end decides
//     hints: [{…}, {…}, {…}]             three: a nudge, what to use, the full lines of one of the solutions
//     after: {en: …, zh: …}              what was seen; told when the step has come true
//     notes: {en: …, zh: …}              may be left out
//
// A near-miss answers once its when has become true; what it asks of acts (call, value, error, note, sent, received, packet)
// is asked of the last line alone. The first whose when holds answers, so the special ones stand before the general.
//
// # Expectations
//
// They ask what is, and never what was typed: any names, any way that gets there. Each stands behind a dash of its own. Those
// about acts mean what was done since the step began.
//
//   - socket: {kind: tcp, state: LISTEN, local: "127.0.0.1:$port"}
//     as: s                              from now on the lesson calls it s, whatever its owner does
//   - no-socket: {closed: false}         there is none such
//   - call: {op: connect, errno: ECONNREFUSED, ret: 0, times: 2.., socket: s, args: SO_REUSE.*}
//   - call: {op: send, times: 2, apart: 150ms}      with at least so much time between two of them
//   - received: {socket: c, n: 5, bytes: $word}
//   - sent: {socket: k, n: len($word)}   by sockstep's own record; without a socket, through any
//   - packet: {flags: SA, proto: tcp, len: 0, direction: sent, source: captured, retransmission: true, lost: true, times: 1}
//   - note: truncated-datagram           a note's id: help json
//   - value: {text: "b'hi'"}             a line's value: text as Python prints it, int, bytes, matches (a pattern)
//   - value: {int: 8, kept: true}        one that is kept under a name
//   - error: {op: recv, errno: EAGAIN}   a line that failed; kind: timed-out, cancelled, …
//   - file: {path: $path, exists: true}
//   - any: […]                           one of them;  all: […]  each of them
//   - not: {error: {op: recv}}           one that must not hold
//
// Keys of socket; what is left out is not asked:
//
//	kind       tcp, udp, unix, unix-dgram, unix-seqpacket, icmp, raw
//	family     AF_INET          type   SOCK_STREAM
//	state      of TCP as the kernel names it; else LISTEN, CONNECTED, ESTABLISHED, BOUND, or - for a new one
//	local      an address; * stands for any part: "127.0.0.1:*"; any for one at all, none for none
//	peer       likewise
//	fileno, recvq, sendq, backlog, sent, received      numbers; recvq of a LISTEN is its accept queue
//	option     {SO_RCVBUF: 4608, TCP_NODELAY: 1}
//	closed     true: closed; else open ones are meant, and with is, that it still is open
//	blocking   true or false
//	is         NAME: this very one        peer-of  NAME: the other end of it        from  NAME: accepted from it
//	role       whose; the step's own where it is left out
//	count      how many such sockets there must be
//
// A socket that has a name of the lesson's is not taken for another name. TIME_WAIT and what else comes after close is a
// state of a closed socket: {is: k, closed: true, state: TIME_WAIT}.
//
// A number is 5, at least 5 (5..), at most 5 (..5), or 5 to 9 (5..9). In the place of 5 may stand a sum of numbers, $variables,
// len($word), and sent(s), received(s), recvq(s), sendq(s), fileno(s) of a named socket: "sent(k) - 1".
//
// A call's op is as strace names it (recvfrom, sendto, accept4); send, recv and accept are understood. errno: none is success.
// A flag string of packets is made of S A F R P as in SA; none of the given keys means any packet.
//
// # Verdicts
//
// Judge says that a step holds, that it does not yet (and what was seen instead), or that it cannot be told here, and why: no
// right to see packets, no sock_diag. An error of the judge is of the last kind, and never held against the learner, who goes
// on by next. Where something else is missing as well, that is told first.
//
// # Two ends
//
// A step of a lesson with roles is done, and judged, at its role's terminal, by that one's acts; the other end is told when it has
// come true. A socket of the other's is asked for by its role: {role: client, is: k, closed: true}; names given by as hold at both
// ends. What was done since the role's last step counts for its next one: who waits in accept while the client still connects, has
// begun in time. Before a class one session has both ends, so the two keep different names, and no line of a solution waits for a
// later step's. The check plays the ends in two sessions, and in one; Python has either end in turn.
//
// # Predictions
//
//	predict:
//	  question: {en: …, zh: …}
//	  choices:                           two to six; learners answer a, b, …, or the word
//	  - LISTEN                           a word of the system's
//	  - {is: none, say: {en: "it succeeds", zh: "成功"}}
//	  - {is: 5.., say: {en: "more", zh: "更多"}}
//	  key: {socket: s, field: state}     what is measured once the step holds: this is the right answer
//
// A key is one of these: socket with field (state, local, peer, recvq, sendq, backlog, sent, received, fileno, or an option);
// calls: OP, how many were made; errno: OP, of the last one, none for success; value: text, int or length (in bytes), of the last line; packets:
// {…}, how many. The check holds what is measured to being one of the choices.
//
// # What the check holds a lesson to
//
// Strict reading. Both languages whole, with the same variables and the same things to type; no text too long. Solutions use
// only what this lesson or an earlier one of the folder teaches. A step does not hold before anything was done (before), does
// hold after each solution (solution), and does not after a near-miss, whose own answer is given (near-miss). No line is
// misunderstood or waits for ever (line). The third hint is a whole solution (hints). Nothing is left open at the end (leak).
// Python receives the same bytes, with the same errnos in the same order, step by step (python): a statement that fails does
// not end its program, so let each call that fails be a statement of its own. os.read is not counted as received, where the
// amount is the machine's affair.
//
// # For those who build on it
//
// Open and Embedded give a Course; Begin a Run, a learner's way through a lesson. The session that plays host asks Run.Judge
// after each act, tells Run.NearMiss, and goes on with Run.Pass; Run.Record is an observer of its acts. What is told is an
// Event, the value of an act of its own. Of a lesson with roles each end has a Run: the one whose step it is judges it and goes on
// with Pass, the other with Follow; World tells of the other role's sockets what its terminal has told.
package lessons
