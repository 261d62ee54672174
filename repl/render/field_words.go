package render

import (
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// fieldWords are what the fields are called whose names, as JSON has them, are plain words. A name of the kernel
// or the manual stays as it is, and so does a socket's field, which one types behind inspect.
var fieldWords = map[string]names.Text{
	"accept queue": names.T("accept queue", "accept 队列"),
	"address":      names.T("address", "地址"),
	"addresses":    names.T("addresses", "地址"),
	"before":       names.T("before", "之前"),
	"bytes":        names.T("bytes", "字节"),
	"creds":        names.T("creds", "凭据"),
	"comment":      names.T("comment", "注释"),
	"done":         names.T("done", "完成"),
	"field":        names.T("field", "字段"),
	"file":         names.T("file", "文件"),
	"flags":        names.T("flags", "标志"),
	"from":         wordFrom,
	"hinted":       names.T("hinted", "看过提示"),
	"index":        names.T("index", "编号"),
	"job":          names.T("job", "作业"),
	"lesson":       names.T("lesson", "课"),
	"lessons":      names.T("lessons", "课程"),
	"line":         names.T("line", "命令行"),
	"meaning":      names.T("meaning", "含义"),
	"minutes":      names.T("minutes", "分钟"),
	"option":       names.T("option", "选项"),
	"partner":      names.T("partner", "对方完成"),
	"predicted":    names.T("predicted", "预测"),
	"quiz":         names.T("quiz", "测验"),
	"skipped":      names.T("skipped", "跳过"),
	"socket":       names.T("socket", "套接字"),
	"sockets":      names.T("sockets", "套接字"),
	"steps":        names.T("steps", "步骤"),
	"title":        names.T("title", "标题"),
	"unit":         names.T("unit", "单位"),
	"untold":       names.T("untold", "无法判断"),
	"value":        names.T("value", "值"),
	"waited":       names.T("waited", "等待"),
}

var wordKind = names.T("kind", "类型")

// headWords are those that are so at the head of a table only: elsewhere they are what one types.
var headWords = map[string]names.Text{
	"local": names.T("local", "本地"),
	"name":  names.T("name", "名字"),
	"peer":  names.T("peer", "对端"),
	"ready": names.T("ready", "就绪"),
	"state": names.T("state", "状态"),
	"type":  names.T("type", "类型"),
}

// besideName is what a field is called beside a value.
func besideName(f sockets.Field, lang names.Lang) string {
	if f.Name == "kind" { // of a socket that was made
		return say(wordKind, lang)
	}
	return fieldName(f, lang)
}

// fieldName is what a field is called on a card.
func fieldName(f sockets.Field, lang names.Lang) string {
	if !f.Called.IsZero() {
		return say(f.Called, lang)
	}
	return fieldWord(f.Name, lang)
}

func fieldWord(name string, lang names.Lang) string {
	if t, ok := fieldWords[name]; ok {
		return say(t, lang)
	}
	return Sanitize(name)
}

// headName is what a field is called at the head of its column.
func headName(f sockets.Field, lang names.Lang) string {
	if t, ok := headWords[f.Name]; ok {
		return say(t, lang)
	}
	return fieldName(f, lang)
}
