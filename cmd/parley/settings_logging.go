package main

import (
	"io"
	"log/slog"

	"github.com/spf13/cobra"
)

// logging is how a server tells what it does.
type logging struct {
	format string
	level  slog.Level
}

func (l *logging) flags(cmd *cobra.Command) {
	oneOfFlag(cmd, &l.format, "log-format", "text", "the `format` of the log", []string{"text", "json"})
	cmd.Flags().TextVar(&l.level, "log-level", slog.LevelInfo, "the least `level` to log: debug, info, warn or error")
}

func (l *logging) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: l.level}
	if l.format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
