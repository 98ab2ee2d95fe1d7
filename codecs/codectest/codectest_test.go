package codectest_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/codectest"
)

var linesOptions = codectest.Options{Flat: true, Open: true, Trailing: "\n"}

func TestFormatsThatKeepEveryPromise(t *testing.T) {
	t.Run("binary and nested", func(t *testing.T) { codectest.Test(t, toy{}, codectest.Options{}) })
	t.Run("text and flat", func(t *testing.T) { codectest.Test(t, lines{}, linesOptions) })
	t.Run("read only", func(t *testing.T) { codectest.Test(t, readOnly{}, readOnlyOptions()) })
	t.Run("lists only", func(t *testing.T) { codectest.Test(t, listOnly{}, codectest.Options{}) })
	t.Run("lists that are read", func(t *testing.T) { codectest.Test(t, listToy{}, codectest.Options{}) })
}

// readOnly is toy without its encoder.
type readOnly struct{}

func (readOnly) Name() string         { return "read-only" }
func (readOnly) MediaTypes() []string { return toy{}.MediaTypes() }
func (readOnly) Decode(in codecs.Input) (codecs.Record, error) {
	return toy{}.Decode(in)
}

func readOnlyOptions() codectest.Options {
	status := func(s string) codecs.Field { return codecs.Field{Name: "status", Value: codecs.TextValue(s)} }
	return codectest.Options{
		Samples:   [][]byte{toyBody(status("active"))},
		Duplicate: toyBody(status("active"), status("risky")),
		Wide: func(fields int) []byte {
			return toyBody(slices.Repeat(codecs.Record{status("active")}, fields)...)
		},
	}
}

func toyBody(fields ...codecs.Field) []byte {
	return appendFields([]byte(signature), fields)
}

// listOnly is toy with nothing but its encoder for lists.
type listOnly struct{}

func (listOnly) Name() string         { return "list-only" }
func (listOnly) MediaTypes() []string { return toy{}.MediaTypes() }
func (listOnly) EncodeList(dst []byte, l codecs.Listing) ([]byte, error) {
	return toy{}.EncodeList(dst, l)
}

// Each of these breaks one promise, and the kit has to name its rule and no
// other.
func TestBrokenFormats(t *testing.T) {
	for _, c := range []struct {
		rule   string
		how    string
		format codecs.Format
		opts   codectest.Options
	}{
		{rule: "names", how: "a media type in upper case", format: toy{types: []string{"Application/X-Toy"}}},
		{rule: "names", how: "a media type that stands twice", format: toy{types: []string{"a/b", "a/b"}}},
		{rule: "options", how: "no samples for a codec that cannot encode", format: readOnly{}},
		{rule: "options", how: "a sample that is refused", format: toy{}, opts: codectest.Options{Samples: [][]byte{[]byte("toy")}}},
		{rule: "options", how: "no Deep for an encoder that takes quadratic space", format: toy{write: indent}},
		{rule: "text", how: "carriage returns are lost", format: toy{write: dropCarriageReturns}},
		{rule: "text", how: "what cannot be held is written as it is", format: toy{}, opts: codectest.Options{CannotHold: func(r rune) bool { return r == 0 }}},
		{rule: "field-names", how: "names are trimmed", format: toy{write: trimNames}},
		{rule: "kinds", how: "integers pass through a float64", format: toy{read: floatNumbers}},
		{rule: "kinds", how: "text comes back where the options say kinds", format: lines{}, opts: codectest.Options{Flat: true, Back: codectest.Kinds, Open: true, Trailing: "\n"}},
		{rule: "duplicates", how: "the last of two wins", format: toy{read: lastWins}},
		{rule: "truncation", how: "the last byte is made up", format: toy{read: completeEnd}},
		{rule: "trailing", how: "a NUL after the end is ignored", format: toy{read: ignoreTail}},
		{rule: "empty", how: "an empty body is an empty record", format: toy{read: readEmpty}},
		{rule: "depth", how: "one level more is allowed", format: toy{read: oneLevelMore}},
		{rule: "fields", how: "one field more is allowed", format: toy{read: oneFieldMore}},
		{rule: "rewriting", how: "a word that is misspelt is put right", format: toy{write: correctStatus}},
		{rule: "panics", how: "a length that nothing has", format: toy{read: panicAtLength}},
		{rule: "panics", how: "an encoder that panics at text", format: toy{write: panicAtNul}},
		{rule: "errors", how: "an error of another type", format: toy{read: wrapError}},
		{rule: "errors", how: "a sentence with its final stop", format: toy{read: finalStop}},
		{rule: "errors", how: "an encoder's error of another kind", format: toy{write: wrongKind}},
		{rule: "utf8", how: "text is not validated", format: toy{text: anyText}},
		{rule: "input", how: "the body is written to", format: toy{read: scribble}},
		{rule: "aliasing", how: "text shares the memory of the body", format: toy{text: sharedText}},
		{rule: "concurrency", how: "the body is kept in the codec", format: toy{read: keepBody()}},
		{rule: "append", how: "dst is thrown away", format: toy{write: forgetDst}},
		{rule: "append", how: "dst is thrown away under a list", format: toy{list: forgetDstOfList}},
		{rule: "determinism", how: "each second document is spelled in another way", format: toy{write: waver()}},
		{rule: "record", how: "the record is altered", format: toy{write: alterRecord}},
		{rule: "unfit", how: "what is unfit is written as text", format: toy{write: writeUnfit}},
		{rule: "lists", how: "the cursor is lost", format: toy{list: forgetCursor}},
		{rule: "lists", how: "an empty list is refused", format: toy{list: refuseEmptyList}},
		{rule: "list-reading", how: "the last record is lost", format: listToy{read: lastIsLost}},
		{rule: "list-reading", how: "a page is taken for the whole", format: listToy{read: onePage}},
		{rule: "errors", how: "an error of another type from a list", format: listToy{read: otherError}},
		{rule: "streams", how: "a stream begins with something else", format: listToy{begin: "x"}},
		{rule: "signature", how: "everything is recognised", format: toy{sniffs: func([]byte) bool { return true }}},
		{rule: "signature", how: "nothing is recognised", format: toy{sniffs: func([]byte) bool { return false }}},
	} {
		t.Run(c.rule+"/"+c.how, func(t *testing.T) {
			err := codectest.Check(c.format, c.opts)
			if got := brokenRules(err); !slices.Equal(got, []string{c.rule}) {
				t.Errorf("the kit names %q, not %q alone:\n%v", got, c.rule, err)
			}
		})
	}
}

// brokenRules are the rules that an error of Check names, each once.
func brokenRules(err error) []string {
	if err == nil {
		return nil
	}
	var rules []string
	for _, fault := range err.(interface{ Unwrap() []error }).Unwrap() {
		rule, _, _ := strings.Cut(fault.Error(), ": ")
		rules = append(rules, rule)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

func TestTestFailsWithWhatCheckFinds(t *testing.T) {
	var failing recorder
	codectest.Test(&failing, toy{sniffs: func([]byte) bool { return true }}, codectest.Options{})
	if !strings.Contains(failing.message, "toy breaks its promises:\nsignature: an empty body is recognised") {
		t.Errorf("Test says %q", failing.message)
	}
}

// recorder is a test that remembers what it failed with.
type recorder struct {
	testing.TB
	message string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.message = fmt.Sprintf(format, args...) }

// indent writes as much as one space a level does.
func indent(dst []byte, doc codecs.Document) ([]byte, error) {
	written, err := toy{}.Encode(dst, doc)
	if levels := strings.Count(string(written), "l\x00\x00\x00\x01"); levels > 100 {
		written = append(written, strings.Repeat(" ", levels*levels/2)...)
	}
	return written, err
}

func dropCarriageReturns(dst []byte, doc codecs.Document) ([]byte, error) {
	for i, f := range doc.Record {
		if f.Value.Kind() == codecs.Text && strings.Contains(f.Value.Text(), "\r") {
			doc.Record = slices.Clone(doc.Record)
			doc.Record[i].Value = codecs.TextValue(strings.ReplaceAll(f.Value.Text(), "\r", ""))
		}
	}
	return toy{}.Encode(dst, doc)
}

func trimNames(dst []byte, doc codecs.Document) ([]byte, error) {
	doc.Record = slices.Clone(doc.Record)
	for i, f := range doc.Record {
		doc.Record[i].Name = strings.TrimSpace(f.Name)
	}
	return toy{}.Encode(dst, doc)
}

func floatNumbers(in codecs.Input) (codecs.Record, error) {
	r, err := toy{}.Decode(in)
	for i, f := range r {
		var x float64
		if _, fails := fmt.Sscan(f.Value.Text(), &x); f.Value.Kind() == codecs.Number && fails == nil {
			r[i].Value = codecs.NumberValue(fmt.Sprint(x))
		}
	}
	return r, err
}

func lastWins(in codecs.Input) (codecs.Record, error) {
	r, err := toy{}.Decode(in)
	var kept codecs.Record
	for i, f := range r {
		if _, again := r[i+1:].Get(f.Name); !again {
			kept = append(kept, f)
		}
	}
	return kept, err
}

// completeEnd knows that the bodies of the kit end with "end" or "review".
func completeEnd(in codecs.Input) (codecs.Record, error) {
	r, err := toy{}.Decode(in)
	if err != nil {
		in.Body = append(slices.Clone(in.Body), 'd')
		if completed, failure := (toy{}).Decode(in); failure == nil {
			return completed, nil
		}
	}
	return r, err
}

func ignoreTail(in codecs.Input) (codecs.Record, error) {
	r, err := toy{}.Decode(in)
	if body, hasTail := strings.CutSuffix(string(in.Body), "\x00"); err != nil && hasTail {
		in.Body = []byte(body)
		return toy{}.Decode(in)
	}
	return r, err
}

func readEmpty(in codecs.Input) (codecs.Record, error) {
	if len(in.Body) == 0 {
		return codecs.Record{}, nil
	}
	return toy{}.Decode(in)
}

func oneLevelMore(in codecs.Input) (codecs.Record, error) {
	in.Limits.Depth = in.Limits.MaxDepth() + 1
	return toy{}.Decode(in)
}

func oneFieldMore(in codecs.Input) (codecs.Record, error) {
	in.Limits.Fields = in.Limits.MaxFields() + 1
	return toy{}.Decode(in)
}

func correctStatus(dst []byte, doc codecs.Document) ([]byte, error) {
	doc.Record = slices.Clone(doc.Record)
	for i, f := range doc.Record {
		if strings.HasPrefix(f.Value.Text(), "inact") {
			doc.Record[i].Value = codecs.TextValue("inactive")
		}
	}
	return toy{}.Encode(dst, doc)
}

func panicAtLength(in codecs.Input) (codecs.Record, error) {
	if strings.Contains(string(in.Body), "\xff\xff\xff\xff") {
		panic("makeslice: len out of range")
	}
	return toy{}.Decode(in)
}

func panicAtNul(dst []byte, doc codecs.Document) ([]byte, error) {
	if v, _ := doc.Record.Get("review_comment"); v.Text() == "\x00" {
		panic("index out of range")
	}
	return toy{}.Encode(dst, doc)
}

func wrapError(in codecs.Input) (codecs.Record, error) {
	r, err := toy{}.Decode(in)
	if err != nil {
		return nil, fmt.Errorf("toy: %w", err)
	}
	return r, nil
}

func finalStop(in codecs.Input) (codecs.Record, error) {
	r, err := toy{}.Decode(in)
	if err != nil {
		return nil, codecs.Malformed("%v.", err)
	}
	return r, nil
}

func wrongKind(dst []byte, doc codecs.Document) ([]byte, error) {
	if holdsUnfit(doc.Record) {
		return nil, errors.New("toy: unsupported type")
	}
	return toy{}.Encode(dst, doc)
}

func anyText(b []byte) (string, error) { return string(b), nil }

func scribble(in codecs.Input) (codecs.Record, error) {
	r, err := toy{}.Decode(in)
	if len(in.Body) > 0 {
		in.Body[0] = 'T'
	}
	return r, err
}

func sharedText(b []byte) (string, error) {
	if _, err := validText(b); err != nil {
		return "", err
	}
	return unsafe.String(unsafe.SliceData(b), len(b)), nil
}

// keepBody hands a body over in a variable of the codec. The variable is
// atomic, so that it is the kit that finds it and not the race detector.
func keepBody() func(codecs.Input) (codecs.Record, error) {
	var kept atomic.Pointer[codecs.Input]
	return func(in codecs.Input) (codecs.Record, error) {
		kept.Store(&in)
		runtime.Gosched()
		return toy{}.Decode(*kept.Load())
	}
}

func forgetDst(_ []byte, doc codecs.Document) ([]byte, error) {
	return toy{}.Encode(nil, doc)
}

func forgetDstOfList(_ []byte, l codecs.Listing) ([]byte, error) {
	return toy{}.EncodeList(nil, l)
}

// waver spells the kind of the last text, which is "end" or "review", in
// turn with a small and a capital letter.
func waver() func([]byte, codecs.Document) ([]byte, error) {
	var calls atomic.Int64
	return func(dst []byte, doc codecs.Document) ([]byte, error) {
		written, err := toy{}.Encode(dst, doc)
		if calls.Add(1)%2 == 0 {
			written = []byte(strings.Replace(string(written), "s\x00\x00\x00\x03end", "S\x00\x00\x00\x03end", 1))
		}
		return written, err
	}
}

func alterRecord(dst []byte, doc codecs.Document) ([]byte, error) {
	written, err := toy{}.Encode(dst, doc)
	doc.Record[0].Value = codecs.TextValue("altered")
	return written, err
}

func writeUnfit(dst []byte, doc codecs.Document) ([]byte, error) {
	return appendFields(append(dst, signature...), doc.Record), nil
}

func forgetCursor(dst []byte, l codecs.Listing) ([]byte, error) {
	l.Next = ""
	return toy{}.EncodeList(dst, l)
}

func refuseEmptyList(dst []byte, l codecs.Listing) ([]byte, error) {
	if len(l.Records) == 0 {
		return nil, codecs.CannotHold(toy{}, "an empty list")
	}
	return toy{}.EncodeList(dst, l)
}
