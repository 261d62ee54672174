package lessons

import (
	"fmt"
	"strings"

	"sockstep/sockets/names"
)

var idRule = names.T("an id is made of small letters and digits, with - between: %q", "id 由小写字母和数字组成，中间可用 -：%q")

// Skeleton is a lesson to begin with: a file's name, after those that are there, and its text, which checks as it stands.
func Skeleton(id string, there []string) (file string, text []byte, err error) {
	if !idForm.MatchString(id) {
		return "", nil, wrongly(idRule, id)
	}
	number := 1
	for _, name := range there {
		if name == numberOf(name)+"-"+id+".yaml" {
			return "", nil, wrongly(names.T("a lesson is called %s already: %s", "已经有一课叫 %s：%s"), id, name)
		}
		var n int
		if _, err := fmt.Sscanf(numberOf(name), "%d", &n); err == nil && n >= number {
			number = n + 1
		}
	}
	return fmt.Sprintf("%02d-%s.yaml", number, id), []byte(strings.ReplaceAll(skeleton, "{id}", id)), nil
}

const skeleton = `# One lesson. Every key is explained by: sockstep lessons format
# Check it with: sockstep lessons check .
id: {id}
title: {en: "A server that listens", zh: "会监听的服务器"}
minutes: 5
teaches: [listen, close]
vars: {port: free-port}
runs-python: true
intro:
  en: "What will the learner see, and why is it worth seeing?"
  zh: "学习者将看到什么？为什么值得一看？"
steps:
- id: listen
  text:
    en: "Let a TCP socket listen at 127.0.0.1:$port."
    zh: "让一个 TCP 套接字监听 127.0.0.1:$port。"
  python: |-
    s = socket()
    s.bind(('127.0.0.1', $port)); s.listen()
  predict:
    question: {en: "Which state will it be in?", zh: "它将处于什么状态？"}
    choices: [CLOSE, LISTEN, ESTABLISHED]
    key: {socket: s, field: state}
  solutions:
  - ["s = listen tcp 127.0.0.1:$port"]
  wrong:
  - do: ["k = connect tcp 127.0.0.1:$port"]
    when:
    - error: {op: connect, errno: ECONNREFUSED}
    say:
      en: "Nobody listens there yet: that is what you are to do."
      zh: "那里还没有人监听：这正是你要做的。"
  expect:
  - socket: {kind: tcp, state: LISTEN, local: "127.0.0.1:$port"}
    as: s
  hints:
  - {en: "A nudge.", zh: "点一下。"}
  - {en: "The command is ` + "`listen`" + `.", zh: "命令是 ` + "`listen`" + `。"}
  - {en: "` + "`s = listen tcp 127.0.0.1:$port`" + `", zh: "` + "`s = listen tcp 127.0.0.1:$port`" + `"}
  after:
    en: "What was to be seen here?"
    zh: "这里看到了什么？"
- id: close
  text: {en: "Close it.", zh: "关闭它。"}
  python: s.close()
  solutions:
  - [close all]
  expect:
  - socket: {is: s, closed: true}
  hints:
  - {en: "What is open must be closed.", zh: "打开的都要关闭。"}
  - {en: "The command is ` + "`close`" + `.", zh: "命令是 ` + "`close`" + `。"}
  - {en: "` + "`close all`" + `", zh: "` + "`close all`" + `"}
  after: {en: "The port is free again.", zh: "端口又空出来了。"}
try:
  en: "What can the learner try alone?"
  zh: "学习者可以自己试什么？"
`
