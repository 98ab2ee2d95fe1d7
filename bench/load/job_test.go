package load

import (
	"testing"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3"
)

func TestTemplate(t *testing.T) {
	r := Request{Method: "PATCH", Path: "/users/{id}?format=xml", Header: []string{"Accept: */*"}, Body: []byte("{}")}
	made := r.template("host:1", PocketBaseID)
	PocketBaseID.Write(made.id, 1)
	const want = "PATCH /users/9e3779b10000001?format=xml HTTP/1.1\r\nHost: host:1\r\nAccept: */*\r\nContent-Length: 2\r\n\r\n{}"
	if string(made.bytes) != want {
		t.Errorf("the request is\n%q, want\n%q", made.bytes, want)
	}
}

func TestTemplateWithoutID(t *testing.T) {
	made := Request{Method: "GET", Path: "/"}.template("host", UUIDs)
	if want := "GET / HTTP/1.1\r\nHost: host\r\n\r\n"; string(made.bytes) != want || len(made.id) != 0 {
		t.Errorf("the request is %q with the id %q, want %q", made.bytes, made.id, want)
	}
}

func TestIDsAreTheSameInSQL(t *testing.T) {
	db := sqlx.MustOpen("sqlite3", ":memory:")
	defer db.Close()
	for kind, expression := range map[IDs]string{UUIDs: UUIDsSQL, PocketBaseID: PocketBaseIDSQL} {
		for _, n := range []uint32{1, 2, 16, 999_999, 1_000_000, 1 << 27} {
			var id string
			if err := db.Get(&id, "SELECT "+expression+" FROM (SELECT ? AS n)", n); err != nil {
				t.Fatal(err)
			}
			if got := kind.String(n); got != id {
				t.Errorf("user %d is %s in Go and %s in SQL", n, got, id)
			}
		}
	}
}
