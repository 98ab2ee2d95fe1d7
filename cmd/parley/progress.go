package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress shows on a terminal how far something has come, and nowhere else.
type progress struct {
	w     io.Writer // nil where nobody looks
	what  string
	total int64 // 0 where it is not known
	drawn time.Time
}

// progressPause is between two drawings, which take time themselves.
const progressPause = 100 * time.Millisecond

func (p *program) newProgress(what string, total int64) *progress {
	bar := &progress{what: what, total: total}
	if isTerminal(p.err) {
		bar.w = p.err
	}
	return bar
}

// at draws that so much of the total is done.
func (b *progress) at(done int64) {
	if b.w == nil || time.Since(b.drawn) < progressPause {
		return
	}
	b.drawn = time.Now()
	_, _ = io.WriteString(b.w, "\r"+b.line(done)+eraseLine)
}

// eraseLine erases what stands behind the cursor (ECMA-48 section 8.3.41).
const eraseLine = "\x1b[K"

const barWidth = 40

func (b *progress) line(done int64) string {
	if b.total <= 0 {
		return fmt.Sprintf("%s %d", b.what, done)
	}
	done = min(done, b.total)
	full := int(barWidth * done / b.total)
	return fmt.Sprintf("%s [%s%s] %3d%%", b.what, strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*done/b.total)
}

// end erases the bar.
func (b *progress) end() {
	if b.w != nil {
		_, _ = io.WriteString(b.w, "\r"+eraseLine)
	}
}
