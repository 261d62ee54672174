package tty

import "sockstep/sockets/names"

// All that the terminal says by itself.
var (
	historyLost  = names.T("history is not kept: {why}", "历史记录没有保存：{why}")
	fault        = names.T("internal error: {why}", "内部错误：{why}")
	searching    = names.T("(reverse-i-search)`{query}': ", "(搜索历史)`{query}'：")
	searchFailed = names.T("(failed reverse-i-search)`{query}': ", "(历史中没有)`{query}'：")
)

// say is a text in the student's language.
func (t *Terminal) say(text names.Text, pairs ...string) string {
	lang := names.English
	if t.lang != nil {
		lang = t.lang()
	}
	return text.Fill(pairs...).In(lang)
}
