package render

import (
	"strings"

	"sockstep/sockets/names"
)

// The labels of the gutter, and the few words between the values.
var (
	labelPython = names.T("python", "代码")
	labelCall   = names.T("call", "调用")
	labelPacket = names.T("packet", "报文")
	labelChange = names.T("change", "变化")
	labelNote   = names.T("note", "说明")
	labelError  = names.T("error", "错误")
	labelEnded  = names.T("ended", "结束")
	labelWhy    = names.T("why", "原因")
	labelFix    = names.T("try", "试试")

	wordInterrupted = names.T("interrupted", "被中断")
	wordScaffold    = names.T("sockstep's own", "辅助")
	wordExpected    = names.T("(as expected)", "（符合预期）")
	wordJob         = names.T("job", "作业")
	wordFrom        = names.T("from", "来自")
	wordHidden      = names.T("no room for: ", "放不下的列：")

	wordCaptured      = names.T("captured", "捕获")
	wordCable         = names.T("cable", "网线")
	wordInferred      = names.T("inferred", "推断")
	wordSourceUnknown = names.T("source unknown", "来源不明")
	wordLost          = names.T("lost", "丢失")

	moreBytesOfName = names.T("… {n} more bytes (print ${name} shows all)", "……还有 {n} 字节（print ${name} 可看全部）")
	moreBytes       = names.T("… {n} more bytes (NAME = … keeps all)", "……还有 {n} 字节（写成 名字 = … 可保留全部）")
	moreTextOfName  = names.T("… {n} more characters (print ${name} shows all)", "……还有 {n} 个字符（print ${name} 可看全部）")
	moreText        = names.T("… {n} more characters (NAME = … keeps all)", "……还有 {n} 个字符（写成 名字 = … 可保留全部）")
)

// gutter is where the content of a labelled line begins.
func gutter(l names.Lang) int {
	if l == names.Chinese {
		return 8
	}
	return 10
}

// say is t in a language, or in the other where that side is missing: better a foreign word than none.
func say(t names.Text, l names.Lang) string {
	if s := t.In(l); s != "" {
		return s
	}
	return t.En + t.Zh
}

// keptName is the name under which a line keeps its value: "data" for "data, addr = recvfrom u".
func keptName(line string) string {
	left, _, ok := strings.Cut(strings.TrimSpace(line), "=")
	if !ok {
		return ""
	}
	if strings.HasPrefix(left, "!") {
		_, left, _ = strings.Cut(left, " ")
	}
	first := ""
	for name := range strings.SplitSeq(left, ",") {
		name = strings.TrimSpace(name)
		if name == "" || strings.ContainsFunc(name, notInName) {
			return ""
		}
		if first == "" {
			first = name
		}
	}
	return first
}

func notInName(r rune) bool {
	return r != '_' && !('0' <= r && r <= '9') && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z')
}
