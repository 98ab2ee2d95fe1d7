package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// importReader reads files, and collects users and what is wrong with them.
type importReader struct {
	*program
	options importOptions
	users   parley.Import
	faults  importFaults
	count   int64 // users that were added
	bar     *progress
	read    int64 // bytes
}

func (r *importReader) readAll(ctx context.Context, inputs []input) error {
	r.bar = r.newProgress("reading", sizeOf(inputs))
	defer r.bar.end()
	for _, in := range inputs {
		if err := r.readFile(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// sizeOf is how many bytes there are to read, or 0 where that is not known.
func sizeOf(inputs []input) (total int64) {
	for _, in := range inputs {
		info, err := os.Stat(in.name)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		total += info.Size()
	}
	return total
}

func (r *importReader) readFile(ctx context.Context, in input) error {
	body, name := r.in, "standard input"
	if in.name != "-" {
		file, err := os.Open(in.name)
		if err != nil {
			return err
		}
		defer file.Close()
		body, name = file, in.name
	}
	list := codecs.ListInput{Body: counted{body, r}, Name: "users", Item: "user"}
	for item, err := range in.format.DecodeList(list) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.take(name, item, err); err != nil {
			return err
		}
	}
	r.faults.end()
	return nil
}

// counted tells the progress what is read.
type counted struct {
	io.Reader
	r *importReader
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.r.read += int64(n)
	c.r.bar.at(c.r.read)
	return n, err
}

func placeOf(name string, item codecs.Item) string {
	switch {
	case item.Line > 0:
		return fmt.Sprintf("%s, line %d", name, item.Line)
	case item.Number > 0:
		return fmt.Sprintf("%s, record %d", name, item.Number)
	}
	return name
}

// take adds one user, or tells what is wrong. Its own error ends the import.
func (r *importReader) take(name string, item codecs.Item, err error) error {
	place := placeOf(name, item)
	if err != nil {
		return r.faults.tellUnread(name, place, err)
	}
	user, err := records.BindNewUser(codecs.Decoded{Record: r.without(item.Record)})
	var invalid *parley.Error
	if err == nil {
		user.Workspace = cmp.Or(user.Workspace, r.options.workspace)
	}
	switch {
	case errors.As(err, &invalid):
		for _, f := range invalid.Faults {
			r.faults.tell(place, f)
		}
		return nil
	case user.Workspace == "":
		r.faults.tell(place, parley.Fault{
			Field: "workspace", Code: records.FaultRequired, Detail: "The field is missing, and --workspace names none.",
		})
		return nil
	}
	r.count++
	return r.users.Add(user, place)
}

// without leaves out the fields that are to be ignored.
func (r *importReader) without(record codecs.Record) codecs.Record {
	return slices.DeleteFunc(record, func(f codecs.Field) bool { return slices.Contains(r.options.ignore, f.Name) })
}

// maxFaults is how many faults are told one by one.
const maxFaults = 100

// importFaults are all that is wrong with an import.
type importFaults struct {
	lines   []string // the first of them
	count   int64
	unknown []*unknownField // of the file that is being read
	ignore  []string        // what could be ignored
}

// unknownField is one that is wrong with every record in the same way: a column.
type unknownField struct {
	parley.Fault
	place string // the first
	more  int
}

func (e *importFaults) tell(place string, f parley.Fault) {
	if f.Code != records.FaultUnknown {
		e.add(place + ": " + printable(f.Field) + ": " + f.Detail + allowed(f))
		return
	}
	for _, u := range e.unknown {
		if u.Field == f.Field {
			u.more++
			return
		}
	}
	e.unknown = append(e.unknown, &unknownField{Fault: f, place: place})
}

// tellUnread tells what a format could not read. Any other error comes back.
func (e *importFaults) tellUnread(name, place string, err error) error {
	var malformed *codecs.Error
	if !errors.As(err, &malformed) {
		return fmt.Errorf("%s: %w", place, err)
	}
	if malformed.Line > 0 {
		e.add(name + ", " + malformed.Error() + ".")
		return nil
	}
	e.add(place + ": " + malformed.Error() + ".")
	return nil
}

// end tells the unknown fields of a file.
func (e *importFaults) end() {
	for _, u := range e.unknown {
		where := u.place
		if u.more > 0 {
			where += fmt.Sprintf(" and %d more", u.more)
		}
		e.add(where + ": " + printable(u.Field) + ": " + u.Detail + allowed(u.Fault))
		if !slices.Contains(e.ignore, u.Field) {
			e.ignore = append(e.ignore, u.Field)
		}
	}
	e.unknown = nil
}

func (e *importFaults) add(line string) {
	if e.count++; e.count <= maxFaults {
		e.lines = append(e.lines, line)
	}
}

// err tells all faults, or is nil where there is none.
func (e *importFaults) err() error {
	if e.count == 0 {
		return nil
	}
	text := "nothing was imported: one fault"
	if e.count > 1 {
		text = fmt.Sprintf("nothing was imported: %d faults", e.count)
	}
	for _, line := range e.lines {
		text += "\n  " + line
	}
	if more := e.count - int64(len(e.lines)); more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	if len(e.ignore) > 0 {
		text += "\nAn import keeps the fields that export writes. To go without the others: --ignore " + printable(strings.Join(e.ignore, ","))
	}
	return errors.New(text)
}

// printable is a name in which nothing is taken for more than text.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}
