package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/trial"
)

func (p *program) convertCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "convert --from FORMAT --to FORMAT [FILE]",
		Short: "Re-encode one record with the server's own codecs",
		Example: `  echo 'status: risky' | parley convert --from yaml --to json
  parley convert --from xml --to cbor change.xml > change.cbor`,
		Args: cobra.MaximumNArgs(1),
		RunE: action(func(_ context.Context, args []string) error {
			body, err := p.readInput(args)
			if err != nil {
				return err
			}
			return p.convert(from, to, body)
		}),
	}
	oneOfFlag(cmd, &from, "from", "", "the `format` to read", readable())
	oneOfFlag(cmd, &to, "to", "", "the `format` to write", writable(codecs.Single))
	requireFlags(cmd, "from", "to")
	return cmd
}

func (p *program) readInput(args []string) ([]byte, error) {
	if len(args) == 0 || args[0] == "-" {
		return io.ReadAll(p.in)
	}
	return os.ReadFile(args[0])
}

func (p *program) convert(from, to string, body []byte) error {
	formats := handlers.Formats()
	codec := formats.ByName(from).(codecs.Codec)
	mediaType, err := codecs.ParseMediaType(codecs.ContentType(codec, codec.MediaTypes()[0], body))
	if err != nil {
		return err
	}
	decoded, err := codecs.DecodeAs(codec, codecs.Input{Body: body, Type: withoutCharset(mediaType)})
	if err != nil {
		return err
	}
	return p.printDocument(formats, to, trial.Document(decoded.Record))
}

// withoutCharset lets a file say for itself how its characters are encoded.
func withoutCharset(m codecs.MediaType) codecs.MediaType {
	if m.Param("charset") != "" {
		m.Params = nil
	}
	return m
}

func (p *program) negotiateCommand() *cobra.Command {
	var list bool
	var contentType string
	cmd := &cobra.Command{
		Use:   "negotiate ACCEPT",
		Short: "Show how an Accept header is judged, and which format wins",
		Example: `  parley negotiate 'text/html;q=0.8, application/*'
  parley negotiate '*/*' --content-type text/xml
  parley negotiate 'text/csv, */*;q=0.1' --list`,
		Args: cobra.ExactArgs(1),
		RunE: action(func(_ context.Context, args []string) error {
			shape := codecs.Single
			if list {
				shape = codecs.Many
			}
			return p.negotiate(args[0], contentType, shape)
		}),
	}
	cmd.Flags().BoolVar(&list, "list", false, "for a list instead of one record")
	cmd.Flags().StringVar(&contentType, "content-type", "", "the Content-Type of the request, whose language settles ties")
	return cmd
}

func (p *program) negotiate(accept, contentType string, shape codecs.Shape) error {
	formats := handlers.Formats()
	var language codecs.Language
	if contentType != "" {
		codec, mediaType, err := formats.ByContentType(contentType)
		if err != nil {
			return err
		}
		language = codecs.LanguageOf(codec, mediaType.Name)
	}
	rows, ok := trial.Negotiate(formats, []string{accept}, language, shape)
	if err := p.printTable(rows, trial.Columns); err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("nothing is acceptable: the answer would be 406")
	}
	return nil
}
