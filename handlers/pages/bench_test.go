package pages_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/pages"
)

// BenchmarkUser writes the page that answers a change.
func BenchmarkUser(b *testing.B) {
	doc := codecs.Document{Name: "user", Record: user(0), Page: codecs.Page{
		Title: "Benjamin Zhang", Notice: "The status was changed from active to risky.", Viewer: &codecs.Viewer{Name: "support"},
		Command: "curl -H \"Authorization: Bearer $PARLEY_TOKEN\" 'https://parley.example/users/ben?format=json'",
		Links:   links(), Form: &codecs.Form{
			Action: "/users/ben", Submit: "Change status",
			Hidden: codecs.Record{text("_method", "PATCH"), text("_if_match", `"3-html"`), text("_idempotency_key", "d4add56e-c345-4ac9-b392-7a890a60559a")},
			Controls: []codecs.Control{
				{Name: "status", Label: "Status", Value: "active", Current: "active", Options: []string{"active", "onboarding", "inactive", "suspended", "risky"}},
				{Name: "review_comment", Label: "Review comment", MaxLength: 4096},
			},
		},
	}}
	var room []byte
	for b.Loop() {
		var err error
		if room, err = pages.New("status").Encode(room[:0], doc); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(room)), "bytes")
}

// BenchmarkUsers writes a page of 50 users.
func BenchmarkUsers(b *testing.B) {
	list := codecs.Listing{Name: "users", Item: "user", Next: "x", Page: codecs.Page{Title: "Users", Links: links()}}
	for i := range 50 {
		list.Records = append(list.Records, user(i))
		list.Page.Items = append(list.Page.Items, fmt.Sprintf("/users/ben-%d", i))
	}
	var room []byte
	for b.Loop() {
		var err error
		if room, err = pages.New("status").EncodeList(room[:0], list); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(room)), "bytes")
}

func links() (links []codecs.Link) {
	for _, name := range []string{"json", "xml", "form", "multipart", "text", "octets", "cbor", "msgpack", "yaml"} {
		links = append(links, codecs.Link{URL: "/users/ben?format=" + name, Label: name, Rel: "alternate"})
	}
	return append(links, codecs.Link{URL: "/users", Label: "All users"})
}

func user(i int) codecs.Record {
	at := codecs.TimeValue(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	const id = "d4add56e-c345-4ac9-b392-7a890a60559a"
	return codecs.Record{
		text("id", id), text("identifier", fmt.Sprintf("ben-%d", i)), text("name", "Benjamin Zhang"), text("email", fmt.Sprintf("ben-%d@delay.example", i)),
		text("user_type", "saas_admin"), text("status", "active"), text("workspace_type", "multi_user"), text("owner_id", id),
		text("domain_name", "delay.example"), {Name: "created_at", Value: at}, {Name: "updated_at", Value: at},
		text("created_by", id), text("updated_by", id),
	}
}

func text(name, value string) codecs.Field {
	return codecs.Field{Name: name, Value: codecs.TextValue(value)}
}
