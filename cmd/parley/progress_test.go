package main

import (
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var screen strings.Builder
	bar := &progress{w: &screen, what: "writing", total: 1000}
	bar.at(250)
	bar.at(260) // too soon to be drawn
	bar.drawn = time.Time{}
	bar.at(2000) // a file has grown
	bar.end()
	want := "\rwriting [==========                              ]  25%\x1b[K" +
		"\rwriting [========================================] 100%\x1b[K" +
		"\r\x1b[K"
	if screen.String() != want {
		t.Errorf("drawn %q, want %q", screen.String(), want)
	}
	endless := &progress{what: "reading"}
	if got := endless.line(7); got != "reading 7" {
		t.Errorf("without a total %q", got)
	}
}

func TestProgressIsForTerminals(t *testing.T) {
	var screen strings.Builder
	p := &program{err: &screen}
	bar := p.newProgress("writing", 10)
	bar.at(5)
	bar.end()
	if screen.Len() > 0 {
		t.Errorf("drawn %q", screen.String())
	}
}
