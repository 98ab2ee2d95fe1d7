// Command bench measures Parley and prints every figure as a ratio within the
// same run: times of one machine say nothing about another.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers"
	"github.com/parley-gateway/parley/handlers/records"
	"github.com/parley-gateway/parley/repository"
)

const jsonCommand = `{"status":"inactive","review_comment":"User is suspended due to abuse of the system."}`

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, section := range []func(*tabwriter.Writer) error{benchCommand, benchDecode, benchEncode, benchNegotiate, benchRequests} {
		if err := section(table); err != nil {
			return err
		}
	}
	return table.Flush()
}

// figure is one measurement.
type figure struct {
	name string
	testing.BenchmarkResult
}

func measure(name string, work func() error) (figure, error) {
	var failure error
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := work(); err != nil {
				failure = fmt.Errorf("%s: %w", name, err)
				return
			}
		}
	})
	return figure{name, result}, failure
}

// show prints figures as ratios to the first of them.
func show(table *tabwriter.Writer, title string, figures []figure) {
	fmt.Fprintf(table, "%s\tratio\tns\tB\tallocs\t\n", title)
	for _, f := range figures {
		fmt.Fprintf(table, "%s\t%.2f\t%d\t%d\t%d\t\n", f.name,
			float64(f.NsPerOp())/float64(figures[0].NsPerOp()), f.NsPerOp(), f.AllocedBytesPerOp(), f.AllocsPerOp())
	}
	fmt.Fprintln(table, "\t\t\t\t\t")
}

// benchCommand compares the way from JSON to a command, guards and Record
// included, with what encoding/json needs into a plain struct.
func benchCommand(table *tabwriter.Writer) error {
	registry, body := handlers.Formats(), []byte(jsonCommand)
	plain, err := measure("encoding/json", func() error {
		var command struct {
			Status  string `json:"status"`
			Comment string `json:"review_comment"`
		}
		return json.Unmarshal(body, &command)
	})
	if err != nil {
		return err
	}
	strict, err := measure("StatusChange", func() error {
		d, err := registry.Decode("application/json", body, codecs.Limits{})
		if err == nil {
			_, _, err = records.BindStatusChange(d, records.Rules{})
		}
		return err
	})
	show(table, "command", []figure{plain, strict})
	return err
}

func benchDecode(table *tabwriter.Writer) error {
	registry := handlers.Formats()
	record := codecs.Record{
		{Name: "status", Value: codecs.TextValue("inactive")},
		{Name: "review_comment", Value: codecs.TextValue("User is suspended due to abuse of the system.")},
	}
	var figures []figure
	for _, f := range registry.Formats() {
		codec, reads := f.(codecs.Codec)
		if !reads {
			continue
		}
		contentType, body, err := bodyIn(codec, record)
		if err != nil {
			return err
		}
		f, err := measure(f.Name(), func() error {
			_, err := registry.Decode(contentType, body, codecs.Limits{})
			return err
		})
		if err != nil {
			return err
		}
		figures = append(figures, f)
	}
	show(table, "decode", figures)
	return nil
}

// bodyIn writes a record as a body of a format. JSON Patch, the one format
// that is only read, is written by hand.
func bodyIn(c codecs.Codec, r codecs.Record) (contentType string, body []byte, err error) {
	name := c.MediaTypes()[0]
	e, writes := c.(codecs.Encoder)
	if !writes {
		return name, []byte(`[{"op":"replace","path":"/status","value":"inactive"},{"op":"add","path":"/review_comment","value":"User is suspended due to abuse of the system."}]`), nil
	}
	body, err = e.Encode(nil, codecs.Document{Name: "user", Record: r})
	return codecs.ContentType(c, name, body), body, err
}

func benchEncode(table *tabwriter.Writer) error {
	at := time.Date(2023, 5, 6, 0, 0, 0, 0, time.UTC)
	user := parley.User{
		ID: "d4add56e-c345-4ac9-b392-7a890a60559a", Identifier: "ben", Name: "Benjamin Zhang", Email: "ben@delay.example",
		Type: parley.UserTypeAdmin, Status: parley.StatusActive, WorkspaceType: parley.WorkspaceMultiUser,
		OwnerID: "3fa85f64-5717-4562-b3fc-2c963f66afa6", DomainName: "delay.example", CreatedAt: at, UpdatedAt: at,
	}
	doc := codecs.Document{Name: "user", Record: records.User(user, parley.Caller{})}
	var figures []figure
	buffer := make([]byte, 0, 64<<10)
	for _, f := range handlers.Formats().Formats() {
		e, writes := f.(codecs.Encoder)
		if !writes {
			continue
		}
		f, err := measure(f.Name(), func() error {
			_, err := e.Encode(buffer, doc)
			return err
		})
		if err != nil {
			return err
		}
		figures = append(figures, f)
	}
	show(table, "encode", figures)
	return nil
}

func benchNegotiate(table *tabwriter.Writer) error {
	registry := handlers.Formats()
	headers := []struct{ name, accept string }{
		{"*/*", "*/*"},
		{"application/json", "application/json"},
		{"browser", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
		{"old Java", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"},
	}
	var figures []figure
	for _, h := range headers {
		lines := []string{h.accept}
		f, err := measure(h.name, func() error {
			if _, ok := registry.Negotiate(lines, codecs.Single); !ok {
				return fmt.Errorf("nothing is acceptable")
			}
			return nil
		})
		if err != nil {
			return err
		}
		figures = append(figures, f)
	}
	show(table, "negotiate", figures)
	return nil
}

// benchRequests sends whole requests through the router into a real database.
func benchRequests(table *tabwriter.Writer) error {
	dir, err := os.MkdirTemp("", "parley-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	store, err := repository.Open(context.Background(), filepath.Join(dir, "bench.db"), repository.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	token, err := prepare(store)
	if err != nil {
		return err
	}
	router := handlers.New(handlers.Config{Store: store})
	var figures []figure
	for _, r := range []struct{ name, method, accept string }{
		{"GET json", http.MethodGet, "application/json"},
		{"GET xml", http.MethodGet, "application/xml"},
		{"GET html", http.MethodGet, "text/html"},
		{"PATCH json", http.MethodPatch, "application/json"},
	} {
		f, err := measure(r.name, func() error { return send(router, r.method, r.accept, token) })
		if err != nil {
			return err
		}
		figures = append(figures, f)
	}
	show(table, "request", figures)
	return nil
}

// prepare makes one user and a token that may change it.
func prepare(store parley.Store) (token string, err error) {
	ctx, caller := context.Background(), parley.Caller{}
	w, err := store.CreateWorkspace(ctx, caller, parley.NewWorkspace{Identifier: "w", Name: "W", Type: parley.WorkspaceMultiUser})
	if err != nil {
		return "", err
	}
	if _, err = store.CreateUser(ctx, caller, parley.NewUser{Identifier: "ben", Name: "Ben", Email: "ben@delay.example", Workspace: w.ID}); err != nil {
		return "", err
	}
	token = parley.GenerateToken()
	hash, _ := parley.HashToken(token)
	_, err = store.CreateToken(ctx, parley.NewToken{Name: "bench", Hash: hash, ActsAs: "ben", Permissions: parley.Permissions})
	return token, err
}

func send(router http.Handler, method, accept, token string) error {
	r := httptest.NewRequest(method, "/users/ben", nil)
	if method == http.MethodPatch {
		r = httptest.NewRequest(method, "/users/ben", bytes.NewReader([]byte(jsonCommand)))
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return fmt.Errorf("%s answered %d: %s", method, w.Code, w.Body)
	}
	return nil
}
