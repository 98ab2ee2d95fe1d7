package handlers_test

import (
	"os"
	"testing"

	"github.com/parley-gateway/parley/repository/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }
