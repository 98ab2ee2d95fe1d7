package main

import (
	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// limits bound what one request may hold, and how many are at work.
type limits struct {
	request handlers.RequestLimits
	record  codecs.Limits
}

// limit is one of them, as a flag.
type limit struct {
	value    *int
	flag     string
	standard int
	least    int
	usage    string
}

func (l *limits) all() []limit {
	d := handlers.RequestLimits{}.WithDefaults()
	return []limit{
		{&l.request.MaxBody, "max-body", d.MaxBody, 1, "largest body as it is sent, in bytes"},
		{&l.request.MaxDecompressed, "max-decompressed-body", d.MaxDecompressed, 1, "largest body once it is decompressed, in bytes"},
		{&l.request.MaxOpenBody, "max-open-body", d.MaxOpenBody, 1, "largest body of /try and /sign-in, sent or decompressed, in bytes"},
		{&l.request.MaxRatio, "max-ratio", d.MaxRatio, 1, "how many times as large a body of more than 64 KiB may be as what was sent of it"},
		{&l.record.Depth, "max-depth", codecs.DefaultDepth, 1, "how deep a body may be nested"},
		{&l.record.Fields, "max-fields", codecs.DefaultFields, 1, "how many fields a body may have"},
		{&l.record.Values, "max-values", codecs.DefaultValues, 1, "how many values a body may have at all, those inside others and names included"},
		{&l.record.Parts, "max-parts", codecs.DefaultParts, 1, "how many parts a multipart may have"},
		{&l.record.Name, "max-field-name", codecs.DefaultName, 1, "longest name of a field, in bytes"},
		{&l.record.Value, "max-field-value", codecs.DefaultValue, 1, "longest value of a field, in bytes"},
		{&l.request.MaxHeader, "max-header", d.MaxHeader, 1, "largest request line and headers in all, in bytes"},
		{&l.request.MaxHeaderFields, "max-header-fields", d.MaxHeaderFields, 1, "how many lines of headers a request may have"},
		{&l.request.MaxURL, "max-url", d.MaxURL, 1, "longest URL, in bytes"},
		{&l.request.MaxQuery, "max-query", d.MaxQuery, 1, "longest query of a URL, in bytes"},
		{&l.request.MaxAccept, "max-accept", d.MaxAccept, 1, "longest Accept header, in bytes"},
		{&l.request.MaxRanges, "max-accept-members", d.MaxRanges, 1, "how many members an Accept header may have"},
		{&l.request.MaxInFlight, "max-in-flight", d.MaxInFlight, 1, "how many requests are worked on at once"},
		{&l.request.MaxQueued, "max-queued", 1024, 0, "how many requests may wait beyond those"},
	}
}

func (l *limits) flags(cmd *cobra.Command) {
	for _, limit := range l.all() {
		cmd.Flags().IntVar(limit.value, limit.flag, limit.standard, limit.usage)
	}
}

func (l *limits) check() error {
	for _, limit := range l.all() {
		if *limit.value < limit.least {
			return misuse("--%s: %d is too little", limit.flag, *limit.value)
		}
	}
	return nil
}

func (l *limits) apply(config *handlers.Config) {
	config.RequestLimits, config.Limits = l.request, l.record
}

// maxHeaderBytes lets net/http read more than is allowed: 12 KiB, and 4 to 8 that
// it adds by itself. What is a little too large is then refused in the caller's
// format, and what is much too large by net/http, in plain text.
func (l *limits) maxHeaderBytes() int { return l.request.MaxHeader + 12<<10 }
