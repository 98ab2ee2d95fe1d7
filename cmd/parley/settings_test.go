package main

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/parley-gateway/parley/handlers"
)

// settingRow is a row of a table of settings: flag and default.
var settingRow = regexp.MustCompile("(?m)^\\| `--([a-z-]+)` \\| `?([^`|]+?)`? \\|")

// TestSettingsAreDocumented holds docs/settings.md and the flags of serve together.
func TestSettingsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, row := range settingRow.FindAllStringSubmatch(string(text), -1) {
		if _, twice := documented[row[1]]; twice {
			t.Errorf("--%s is there twice", row[1])
		}
		documented[row[1]] = row[2]
	}
	serve, _, err := new(program).command().Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	check := func(f *pflag.Flag) {
		got, ok := documented[f.Name]
		delete(documented, f.Name)
		if want := standardOf(f); f.Name != "help" && (!ok || got != want) {
			t.Errorf("--%s: the default is %q in docs/settings.md, and is %q", f.Name, got, want)
		}
	}
	serve.InheritedFlags().VisitAll(check)
	serve.LocalFlags().VisitAll(check)
	for name := range documented {
		t.Errorf("there is no flag --%s", name)
	}
}

// wholeUnits is how Go writes a duration of whole hours or minutes.
var wholeUnits = regexp.MustCompile(`^(\d+h)0m0s$|^(\d+m)0s$`)

// standardOf is the default of a flag as people write it.
func standardOf(f *pflag.Flag) string {
	switch f.DefValue {
	case "false":
		return "off"
	case "", "[]":
		return "none"
	}
	return wholeUnits.ReplaceAllString(f.DefValue, "$1$2")
}

func TestRateFlag(t *testing.T) {
	for text, want := range map[string]handlers.Rate{
		"off":        {},
		"100/1m":     {Requests: 100, Window: time.Minute},
		"1/1s":       {Requests: 1, Window: time.Second},
		"1000000/1h": {Requests: 1_000_000, Window: time.Hour},
	} {
		r := wrongTokenRate
		if err := r.Set(text); err != nil || r.rate != want || r.String() != text {
			t.Errorf("%q: %v, %v", text, r, err)
		}
	}
	for _, text := range []string{"", "on", "0", "100", "100/", "/1m", "0/1m", "-1/1m", "1/0s", "1/1ms", "1/1500ms", "1/-1s", "1000001/1s", "1.5/1s", "1/1m/1m", " 1/1m"} {
		r := wrongTokenRate
		if err := r.Set(text); err == nil || r != wrongTokenRate {
			t.Errorf("%q is taken for %v", text, r)
		}
	}
}
