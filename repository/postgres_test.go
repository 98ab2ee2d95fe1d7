package repository

import (
	"testing"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

func TestPostgres(t *testing.T) {
	testStore(t, func(t *testing.T, opts Options) parley.Store { return openURL(t, postgrestest.Database(t), opts) })
}

func openURL(t *testing.T, url string, opts Options) *store {
	t.Helper()
	opened, err := Open(t.Context(), url, opts)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return opened.(*store)
}
