package repl

import (
	"strconv"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// isFlag reports whether a word is a flag: it begins with a dash, stands in no quotes, and is no number (save where -6 is a flag).
func isFlag(c *Command, w Word) bool {
	if w.Quoted || w.Value != nil || len(w.Raw) < 2 || w.Raw[0] != '-' || w.Raw == "--" {
		return w.Quoted && strings.HasPrefix(w.Raw, "--") // --until='\r\n'
	}
	if _, err := strconv.ParseFloat(w.Raw, 64); err == nil {
		_, _, ok := c.flag(w.Raw)
		return ok
	}
	return true
}

func unknownFlag(c *Command, w Word, spelling string, ambiguous []string) *sockets.Error {
	if len(ambiguous) > 0 {
		return w.Err(names.T(spelling+" may be "+orList(ambiguous, " or "), spelling+" 可能是 "+orList(ambiguous, " 或 ")))
	}
	var all []string
	for _, f := range c.Flags {
		all = append(all, f.Spelling())
	}
	err := w.Err(names.T(c.Name+" has no flag "+spelling, c.Name+" 没有 "+spelling+" 这个选项"))
	if near, ok := names.Nearest(spelling, all); ok {
		return err.Hint(names.T(near, near))
	}
	if len(all) == 0 {
		return err.Hint(names.T("as a plain word: '"+w.Text+"'", "若就是普通的词，请加引号：'"+w.Text+"'"))
	}
	return err.Hint(names.T(strings.Join(all, " ")+"; as a plain word: '"+w.Text+"'", strings.Join(all, " ")+"；若就是普通的词，请加引号：'"+w.Text+"'"))
}

// Flag reports whether a flag was given.
func (e *Env) Flag(name string) bool { _, ok := e.flags[name]; return ok }

// FlagWord is the value that a flag was given.
func (e *Env) FlagWord(name string) (Word, bool) { w, ok := e.flags[name]; return w, ok }

// FlagErr is an error about the first of these flags that was given.
func (e *Env) FlagErr(message names.Text, flags ...string) *sockets.Error {
	for _, name := range flags {
		if w, ok := e.flags[name]; ok {
			return w.Err(message)
		}
	}
	return sockets.Usage(message)
}

// FlagInt is a flag's value as a count from min to max; def where it was not given. k, M and G, in either case, multiply by 1024.
func (e *Env) FlagInt(name string, def, min, max int64) (int64, error) {
	w, ok := e.flags[name]
	if !ok {
		return def, nil
	}
	return parseCount(w, min, max)
}

// FlagDuration is a flag's value as a duration: seconds (0.5), or with a unit (500ms, 2s).
func (e *Env) FlagDuration(name string) (time.Duration, bool, error) {
	w, ok := e.flags[name]
	if !ok {
		return 0, false, nil
	}
	d, err := parseDuration(w)
	return d, true, err
}

func parseDuration(w Word) (time.Duration, error) {
	f, err := strconv.ParseFloat(w.Text, 64)
	d := time.Duration(f * float64(time.Second))
	if err != nil {
		d, err = time.ParseDuration(w.Text)
	}
	if err != nil || d < 0 || f > 1e9 || f != f {
		return 0, w.Err(names.T("a duration is a number of seconds (0.5), or has a unit (500ms, 2s)", "时间写成秒数（0.5），或带单位（500ms、2s）"))
	}
	return d, nil
}

func parseCount(w Word, lo, hi int64) (int64, error) {
	digits, factor := w.Text, int64(1)
	if n := len(digits); n > 1 {
		if i := strings.IndexByte("kMGKmg", digits[n-1]); i >= 0 {
			digits, factor = digits[:n-1], 1<<(10*(i%3+1))
		}
	}
	n, err := parseWhole(digits)
	if err != nil || n > hi/factor || n < -1<<62/factor || n*factor < lo {
		l, h := strconv.FormatInt(lo, 10), strconv.FormatInt(hi, 10)
		err := w.Err(names.T("a whole number from "+l+" to "+h+" is wanted here", "这里要一个 "+l+" 到 "+h+" 的整数"))
		if hi >= 1<<20 {
			return 0, err.Because(names.T("k, M and G behind it multiply by 1024: 64k, 10M", "后面可以写 k、M、G，各乘以 1024：64k、10M"))
		}
		return 0, err
	}
	return n * factor, nil
}

// parseWhole reads a decimal number, or a hexadecimal one with 0x.
func parseWhole(s string) (int64, error) {
	if hex, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		return strconv.ParseInt(hex, 16, 64)
	}
	return strconv.ParseInt(s, 10, 64)
}
