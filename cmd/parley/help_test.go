package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/parley-gateway/parley/codecs"
)

// each visits a command and all below it.
func each(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		each(c, visit)
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	var commands int
	each(new(program).command(), func(cmd *cobra.Command) {
		commands++
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: the short help is %q", cmd.CommandPath(), cmd.Short)
		}
		if !strings.Contains(cmd.Example, cmd.CommandPath()) {
			t.Errorf("%s: the example is %q", cmd.CommandPath(), cmd.Example)
		}
		out := helpOf(t, cmd)
		for _, want := range []string{"Usage:", "Examples:", "--db"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s --help lacks %q", cmd.CommandPath(), want)
			}
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s: --%s has no help", cmd.CommandPath(), f.Name)
			}
		})
	})
	if commands < 19 {
		t.Errorf("only %d commands were seen", commands)
	}
}

func helpOf(t *testing.T, cmd *cobra.Command) string {
	t.Helper()
	var out, err bytes.Buffer
	p := program{out: &out, err: &err}
	args := strings.Fields(cmd.CommandPath() + " --help")[1:]
	if exit := p.run(context.Background(), args); exit != exitDone || err.Len() > 0 {
		t.Errorf("parley %q: exit %d, %s", args, exit, err.String())
	}
	return out.String()
}

// TestExamplesParse reads the examples as the program would.
func TestExamplesParse(t *testing.T) {
	root := new(program).command()
	each(root, func(cmd *cobra.Command) {
		for line := range strings.Lines(cmd.Example) {
			_, call, ok := strings.Cut(line, "parley ")
			if !ok {
				t.Errorf("%s: the example %q does not call parley", cmd.CommandPath(), line)
			}
			args := words(call)
			called, rest, err := root.Find(args)
			if err != nil {
				t.Errorf("%q: %v", line, err)
				continue
			}
			for _, a := range rest {
				name, isFlag := strings.CutPrefix(a, "--")
				if isFlag && called.Flag(name) == nil {
					t.Errorf("%q: there is no flag --%s", line, name)
				}
			}
		}
	})
}

// words cuts a shell command where it ends: at a pipe, a redirection, the
// bracket of a substitution. Quoted text is one word.
func words(line string) []string {
	var list []string
	quote := rune(0)
	cut := func(r rune) bool {
		if r == quote {
			quote = 0
		} else if quote == 0 && (r == '\'' || r == '"') {
			quote = r
		}
		return quote == 0 && (r == ' ' || r == '\n' || r == ')')
	}
	for _, w := range strings.FieldsFunc(line, cut) {
		if w == "|" || w == ">" {
			break
		}
		list = append(list, w)
	}
	return list
}

func TestEverySettingIsAVariable(t *testing.T) {
	serve, _, err := new(program).command().Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	serve.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		p := program{env: []string{envName(f.Name) + "=" + f.DefValue}}
		if f.Value.Type() == "stringSlice" {
			p.env = []string{envName(f.Name) + "=a,b"}
		}
		if err := p.applyEnvironment(p.command()); err != nil {
			t.Errorf("%s: %v", p.env, err)
		}
	})
}

func TestAFlagReplacesAListFromTheEnvironment(t *testing.T) {
	p := program{env: []string{"PARLEY_COMMENT_REQUIRED=suspended,risky"}}
	root := p.command()
	if err := p.applyEnvironment(root); err != nil {
		t.Fatal(err)
	}
	serve, _, err := root.Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ args, want []string }{
		{nil, []string{"suspended", "risky"}},
		{[]string{"--comment-required=inactive"}, []string{"inactive"}},
	} {
		if err := serve.ParseFlags(test.args); err != nil {
			t.Fatal(err)
		}
		if got, err := serve.Flags().GetStringSlice("comment-required"); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %q (%v), want %q", test.args, got, err, test.want)
		}
	}
}

func TestTables(t *testing.T) {
	records := []codecs.Record{
		{{Name: "name", Value: codecs.TextValue("ann")}, {Name: "comment", Value: codecs.TextValue("one\ttwo\r\nthree")}},
		{{Name: "name", Value: codecs.TextValue("benjamin")}},
	}
	columns := []string{"name", "comment"}
	var plain, table bytes.Buffer
	p := program{out: &plain}
	if err := errors.Join(p.printTable(records, columns), writeTable(&table, records, columns)); err != nil {
		t.Fatal(err)
	}
	if want := "ann\tone\\ttwo\\r\\nthree\nbenjamin\t\n"; plain.String() != want {
		t.Errorf("in a pipe %q, want %q", plain.String(), want)
	}
	if want := "NAME      COMMENT\nann       one\\ttwo\\r\\nthree\nbenjamin  \n"; table.String() != want {
		t.Errorf("on a terminal %q, want %q", table.String(), want)
	}
}
