package codecs_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/parley-gateway/parley/codecs"
)

// FuzzCharset demands of any bytes in any encoding that they are refused or become
// text, which means the same when it is written in that encoding.
func FuzzCharset(f *testing.F) {
	for _, name := range []string{"utf-8", "latin1", "shift_jis", "iso-2022-jp", "gb18030", "big5", "euc-kr", "utf-16le", "utf-7", "x-user-defined", "replacement", "koi8-r"} {
		f.Add(name, []byte("status: \xe9\x81\x30\x1b$B0!\x1b(B"))
		f.Add(name, []byte("plain"))
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		text, err := codecs.DecodeCharset(body, name)
		if err != nil {
			if !codecs.IsKind(err, codecs.UnknownCharset) && !codecs.IsKind(err, codecs.SyntaxError) {
				t.Fatalf("an unexpected failure: %v", err)
			}
			return
		}
		if !utf8.Valid(text) {
			t.Fatalf("%q in %s is read as %q", body, name, text)
		}
		enc, err := htmlindex.Get(name)
		if err != nil {
			return // one of the spellings of UTF-8
		}
		written, err := enc.NewEncoder().Bytes(text)
		if err != nil {
			return // what can be read and not be written
		}
		if again, err := codecs.DecodeCharset(written, name); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q in %s is read as %q, written as %q and read as %q, %v", body, name, text, written, again, err)
		}
	})
}

// FuzzOctets demands that a body is read as the format that recognises it reads it,
// and that nothing is guessed.
func FuzzOctets(f *testing.F) {
	formats := []codecs.Format{codecs.NewJSON(), codecs.NewXML(), codecs.NewCBOR(), codecs.NewText("status", "review_comment")}
	registry, octets := newOctets(formats...)
	for _, body := range []string{`{"a":"b"}`, "\ufeff{}", "<?xml version='1.0'?><a b='c'/>", "\xd9\xd9\xf7\xa0", "\xa0", "active", "%PDF-1.7", " {}"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := octets.Decode(codecs.Input{Body: body})
		var recognised []codecs.Codec
		for _, f := range formats {
			if s, ok := f.(codecs.Sniffer); ok && s.Sniff(body) {
				recognised = append(recognised, f.(codecs.Codec))
			}
		}
		switch len(recognised) {
		case 0:
			if len(body) > 0 && !codecs.IsKind(err, codecs.UnknownType) {
				t.Errorf("%q is read as %v, %v", body, got, err)
			}
		case 1:
			want, wantErr := registry.Decode(recognised[0].MediaTypes()[0], body, codecs.Limits{})
			if !got.Equal(want.Record) || (err == nil) != (wantErr == nil) {
				t.Errorf("%q is read as %v, %v, and by its format as %v, %v", body, got, err, want.Record, wantErr)
			}
		default:
			t.Errorf("%q is recognised by %d formats", body, len(recognised))
		}
	})
}

// FuzzCSVWriting writes any cells: encoding/csv reads what was written, and no spreadsheet
// finds a formula in it.
func FuzzCSVWriting(f *testing.F) {
	for _, cell := range []string{"a", "", "=1+1", "-5", "+x", "@a", "\t=1", "\r\n", `"`, "'", ",", "-1e5", "é\x00"} {
		f.Add("a", cell, cell)
		f.Add(cell, cell, "b")
	}
	f.Fuzz(func(t *testing.T, name, first, second string) {
		name, first, second = strings.ToValidUTF8(name, ""), strings.ToValidUTF8(first, ""), strings.ToValidUTF8(second, "")
		body, err := csvOf(codecs.Record{textField(name, first), textField(name+"2", second)}, codecs.Record{textField(name+"2", first)})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%q is read as %q, %v", body, rows, err)
		}
		want := [][]string{{name, name + "2"}, {first, second}, {"", first}}
		for i, row := range rows {
			for j, cell := range row {
				checkCell(t, cell, want[i][j])
			}
		}
	})
}

// checkCell compares as encoding/csv does, to which a CRLF is a line feed.
func checkCell(t *testing.T, cell, want string) {
	t.Helper()
	want = strings.ReplaceAll(want, "\r\n", "\n")
	plain, defused := strings.CutPrefix(cell, "'")
	if cell != want && (!defused || plain != want) {
		t.Errorf("%q comes back as %q", want, cell)
	}
	if strings.IndexAny(cell, "=+-@\t\r") == 0 && strings.Trim(cell, "0123456789.eE+-") != "" {
		t.Errorf("a spreadsheet runs %q", cell)
	}
}

// FuzzNDJSONWriting writes any record a line: JSON reads each as the same record.
func FuzzNDJSONWriting(f *testing.F) {
	f.Add([]byte(`{"a":"b\nc","d":[1,{}],"e":null}`))
	f.Add([]byte("{\"\u2028\":\"\u2029\"}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		record, err := codecs.NewJSON().Decode(codecs.Input{Body: body})
		if err != nil {
			return
		}
		list, err := codecs.NewNDJSON().EncodeList(nil, codecs.Listing{Records: []codecs.Record{record, record}})
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(list, []byte("\n"))
		if len(lines) != 3 {
			t.Fatalf("there are %d lines: %q", len(lines)-1, list)
		}
		for _, line := range lines[:2] {
			if got, err := codecs.NewJSON().Decode(codecs.Input{Body: line}); err != nil || !got.Equal(record) {
				t.Errorf("%q: %v, %v", line, got, err)
			}
		}
	})
}
