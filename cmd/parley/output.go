package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-isatty"

	"github.com/parley-gateway/parley/codecs"
)

// printDocument writes one record in a named format, one of writable.
func (p *program) printDocument(formats *codecs.Registry, format string, doc codecs.Document) error {
	choice, _ := formats.Named(format, codecs.Single)
	body, err := choice.Format.(codecs.Encoder).Encode(nil, doc)
	return p.printBody(body, err)
}

// printListing writes a list in a named format, one of writable; without one,
// as a table for people or as plain lines for programs.
func (p *program) printListing(formats *codecs.Registry, format string, list codecs.Listing, columns ...string) error {
	if format == "" {
		return p.printTable(list.Records, columns)
	}
	choice, _ := formats.Named(format, codecs.Many)
	body, err := choice.Format.(codecs.ListEncoder).EncodeList(nil, list)
	return p.printBody(body, err)
}

func (p *program) printBody(body []byte, err error) error {
	if err != nil {
		return err
	}
	if _, err = p.out.Write(body); err != nil {
		return err
	}
	if len(body) > 0 && body[len(body)-1] != '\n' && p.onTerminal() {
		_, err = io.WriteString(p.out, "\n")
	}
	return err
}

// printTable writes the columns of records: aligned under a heading on a
// terminal, else as lines of values with tabs between them.
func (p *program) printTable(records []codecs.Record, columns []string) error {
	if !p.onTerminal() {
		return writeRows(p.out, records, columns)
	}
	return writeTable(p.out, records, columns)
}

func writeTable(w io.Writer, records []codecs.Record, columns []string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprintln(table, strings.ToUpper(strings.Join(columns, "\t")))
	return errors.Join(err, writeRows(table, records, columns), table.Flush())
}

func writeRows(w io.Writer, records []codecs.Record, columns []string) error {
	for _, r := range records {
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = cell(r, column)
		}
		if _, err := fmt.Fprintln(w, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return nil
}

// breaks are shown as they are written in Go, so that a row stays one line.
var breaks = strings.NewReplacer("\t", `\t`, "\n", `\n`, "\r", `\r`)

func cell(r codecs.Record, column string) string {
	v, _ := r.Get(column)
	if v.Kind() != codecs.List {
		return breaks.Replace(string(v.AppendScalar(nil)))
	}
	var values []string
	for _, m := range v.Members() {
		values = append(values, string(m.Value.AppendScalar(nil)))
	}
	return breaks.Replace(strings.Join(values, ","))
}

func (p *program) onTerminal() bool { return isTerminal(p.out) }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// count is a number of things in words: 1 user, 2 users.
func count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
