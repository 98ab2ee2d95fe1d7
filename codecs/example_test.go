package codecs_test

import (
	"bytes"
	"fmt"

	"github.com/parley-gateway/parley/codecs"
)

// Pipe is a format of one line: the values of status and review_comment with
// a bar between them.
type Pipe struct{}

var (
	_ codecs.Codec   = Pipe{}
	_ codecs.Encoder = Pipe{}
)

func (Pipe) Name() string         { return "pipe" }
func (Pipe) MediaTypes() []string { return []string{"text/x-pipe"} }

func (Pipe) Decode(in codecs.Input) (codecs.Record, error) {
	text, err := codecs.DecodeText(in, "")
	if err != nil {
		return nil, err
	}
	status, comment, found := bytes.Cut(text, []byte("|"))
	if !found {
		return nil, codecs.MalformedText(text, len(text), "a bar is missing")
	}
	return codecs.Record{
		{Name: "status", Value: codecs.TextValue(string(status))},
		{Name: "review_comment", Value: codecs.TextValue(string(comment))},
	}, nil
}

func (Pipe) Encode(dst []byte, doc codecs.Document) ([]byte, error) {
	for i, f := range codecs.Flatten(doc.Record) {
		if i > 0 {
			dst = append(dst, '|')
		}
		dst = f.Value.AppendScalar(dst)
	}
	return dst, nil
}

// A format of one's own: registered, it is decoded, negotiated and encoded
// like all others.
func Example() {
	formats := codecs.NewRegistry(codecs.NewJSON(), Pipe{})

	decoded, err := formats.Decode("text/x-pipe; charset=iso-8859-1", []byte("risky|na\xefve"), codecs.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	answer := codecs.Document{Name: "user", Record: decoded.Record}
	for _, accept := range []string{"*/*", "application/json", "text/*;q=0.5, application/vnd.acme+json", "image/png"} {
		choice, ok := formats.Negotiate([]string{accept}, codecs.Single)
		if !ok {
			fmt.Printf("%s: not acceptable, there is %s\n", accept, formats.Writable(codecs.Single))
			continue
		}
		choice = choice.In(decoded.Spoken())
		body, err := choice.Format.(codecs.Encoder).Encode(nil, answer)
		fmt.Printf("%s: %s, %s, %v\n", accept, codecs.ContentType(choice.Format, choice.MediaType, body), bytes.TrimSpace(body), err)
	}
	_, err = formats.Decode("text/x-pipe", []byte("risky"), codecs.Limits{})
	fmt.Println(err)

	// Output:
	// */*: text/x-pipe; charset=utf-8, risky|naïve, <nil>
	// application/json: application/json, {"status":"risky","review_comment":"naïve"}, <nil>
	// text/*;q=0.5, application/vnd.acme+json: text/x-pipe; charset=utf-8, risky|naïve, <nil>
	// image/png: not acceptable, there is [application/json text/x-pipe text/json]
	// line 1, column 6: a bar is missing
}
