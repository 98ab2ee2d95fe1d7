package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
)

// formatFlag lets a command print in any format that holds its output, and in
// no other: that is known before anything is done.
func formatFlag(cmd *cobra.Command, format *string, standard string, shape codecs.Shape) {
	oneOfFlag(cmd, format, "format", standard, "the `format` to print", writable(shape))
}

// writable lists the names of the formats that hold an answer of this shape.
func writable(shape codecs.Shape) []string {
	formats := handlers.Formats()
	var names []string
	for _, f := range formats.Formats() {
		if _, ok := formats.Named(f.Name(), shape); ok {
			names = append(names, f.Name())
		}
	}
	return names
}

// readable lists the names of the formats that can be decoded.
func readable() []string {
	var names []string
	for _, f := range handlers.Formats().Formats() {
		if _, ok := f.(codecs.Codec); ok {
			names = append(names, f.Name())
		}
	}
	return names
}

// oneOfFlag makes a flag whose value is one of a few names, which its help
// lists and shells complete.
func oneOfFlag(cmd *cobra.Command, value *string, name, standard, usage string, names []string) {
	*value = standard
	cmd.Flags().Var(oneOf{value, names}, name, usage+": "+strings.Join(names, ", "))
	complete := cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic(err)
	}
}

// oneOf is a pflag.Value.
type oneOf struct {
	value *string
	names []string
}

func (o oneOf) Set(name string) error {
	if !slices.Contains(o.names, name) {
		return fmt.Errorf("it is none of %s", strings.Join(o.names, ", "))
	}
	*o.value = name
	return nil
}

func (o oneOf) String() string { return *o.value }

func (o oneOf) Type() string { return "string" }

// requireFlags makes cobra ask for flags. A name that is no flag is a mistake
// of the program.
func requireFlags(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
}

// valuesOf reads the names that a flag holds as values of a small set.
func valuesOf[S ~string](flag string, names []string, known []S) ([]S, error) {
	values := make([]S, len(names))
	for i, name := range names {
		if values[i] = S(name); !slices.Contains(known, values[i]) {
			return nil, misuse("--%s: %q is none of %s", flag, name, strings.Join(parley.Names(known), ", "))
		}
	}
	return values, nil
}

// misuse is the error of a command line that says what cannot be meant.
func misuse(format string, args ...any) error {
	return parley.NewError(parley.CodeInvalid, fmt.Sprintf(format, args...))
}
