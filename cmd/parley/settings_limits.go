package main

import (
	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// maxHeader bounds what net/http reads of headers. It reads 4 KiB more than
// it is told, which makes 64 KiB in all.
const maxHeader = 60 << 10

// limits bound what one request may hold.
type limits struct {
	body   int64
	depth  int
	fields int
}

func (l *limits) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Int64Var(&l.body, "max-body", 1<<20, "largest body in bytes, before and after decompression")
	f.IntVar(&l.depth, "max-depth", 32, "how deep a body may be nested")
	f.IntVar(&l.fields, "max-fields", 64, "how many fields a body may have")
}

func (l *limits) check() error {
	for _, limit := range []struct {
		flag  string
		value int64
	}{
		{"max-body", l.body},
		{"max-depth", int64(l.depth)},
		{"max-fields", int64(l.fields)},
	} {
		if limit.value < 1 {
			return misuse("--%s: %d is too little", limit.flag, limit.value)
		}
	}
	return nil
}

func (l *limits) apply(config *handlers.Config) {
	config.MaxBody = l.body
	config.Limits = codecs.Limits{Depth: l.depth, Fields: l.fields}
}
