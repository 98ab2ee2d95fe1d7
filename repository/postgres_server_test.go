package repository

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/repository/postgrestest"
)

// TestServerFails does to one server what the server of the other tests cannot bear.
func TestServerFails(t *testing.T) {
	server, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	t.Run("crash", func(t *testing.T) { testCrash(t, server) })
	t.Run("standstill", func(t *testing.T) { testStandstill(t, server) })
	t.Run("standby in its place", func(t *testing.T) { testStandby(t, server) })
	t.Run("no standby answers", func(t *testing.T) { testNoStandbyAnswers(t, server) })
}

// load is what clients of two gateways do until they are told to end: one change after
// the other, each sent again until it is answered with success.
type load struct {
	asked atomic.Int64
	ended atomic.Bool
	all   sync.WaitGroup
	mu    sync.Mutex
	made  []parley.Change
}

var loaders = []string{"ben", "ann", strayID, elseID}

func startLoad(t *testing.T, stores ...parley.Store) *load {
	l := &load{}
	for i := range 8 {
		l.all.Go(func() {
			for !l.ended.Load() {
				l.change(t, stores, i)
			}
		})
	}
	return l
}

func (l *load) change(t *testing.T, stores []parley.Store, client int) {
	n := l.asked.Add(1)
	request := keyed(loaders[client%len(loaders)], parley.StatusRisky, fmt.Sprint("key ", n))
	request.RequestID = fmt.Sprint("request ", n)
	for try := client; ; try++ {
		outcome, err := stores[try%len(stores)].ChangeStatus(t.Context(), request)
		if err == nil {
			l.mu.Lock()
			l.made = append(l.made, outcome.Change)
			l.mu.Unlock()
			return
		}
		if !parley.HasCode(err, parley.CodeUnavailable) {
			t.Errorf("ChangeStatus: %v", err)
			return
		}
	}
}

// wantOnce ends the load and compares what was answered with what is there.
func (l *load) wantOnce(t *testing.T, name string) {
	t.Helper()
	l.ended.Store(true)
	l.all.Wait()
	t.Logf("%d changes", len(l.made))
	if n := number(t, name, "SELECT count(*) FROM status_changes"); n != l.asked.Load() || n != int64(len(l.made)) {
		t.Errorf("%d changes for %d requests, of which %d were answered", n, l.asked.Load(), len(l.made))
	}
	for _, change := range l.made {
		if number(t, name, "SELECT count(*) FROM status_changes WHERE request_id = $1 AND seq = $2", change.RequestID, change.Seq) != 1 {
			t.Errorf("%+v is lost", change)
		}
	}
	if n := number(t, name, `
		SELECT count(*) FROM status_changes c JOIN users u ON u.pk = c.user_pk LEFT JOIN status_changes p ON p.seq = c.previous
		WHERE c.version <> coalesce(p.version, 1) + 1 OR p.user_pk <> c.user_pk OR p.to_status <> c.from_status
			OR c.version > u.version OR (c.version = u.version) <> (c.seq = u.last_change)`); n != 0 {
		t.Errorf("%d changes are out of their chain", n)
	}
}

// testCrash kills the server under a load. Nothing that was acknowledged is lost, and
// nothing is made twice.
func testCrash(t *testing.T, server *postgrestest.Server) {
	w := openPeople(t, server.Database(t), Options{})
	other := openStore(t, w.name, Options{})
	defer closeStore(t, other)
	load := startLoad(t, w.Store, other)
	for range 3 {
		before := load.asked.Load()
		eventually(t, "changes are made", func() bool { return load.asked.Load() > before+50 })
		server.Crash(t)
		_, err := w.User(t.Context(), parley.Everywhere, "ben")
		wantCode(t, err, parley.CodeUnavailable)
		_, err = w.Changes(t.Context(), parley.Everywhere, "ben", parley.Page{})
		wantCode(t, err, parley.CodeUnavailable)
		server.Restart(t)
		w.mustUser(t, "ben")
		w.history(t, "ben")
	}
	load.wantOnce(t, w.name)
}

// testStandstill stops all processes of the server for a while.
func testStandstill(t *testing.T, server *postgrestest.Server) {
	w := openPeople(t, server.Database(t), Options{BusyTimeout: 300 * time.Millisecond})
	token := newToken("token")
	w.mustCreateToken(t, token)
	server.Signal(t, syscall.SIGSTOP)
	defer server.Signal(t, syscall.SIGCONT)
	begun := time.Now()
	atOnce(20, func(i int) {
		var err error
		switch i % 3 {
		case 0:
			_, err = w.ChangeStatus(t.Context(), keyed("ben", parley.StatusRisky, "key"))
		case 1:
			_, err = w.Authenticate(t.Context(), token.Hash)
		default:
			_, err = w.User(t.Context(), parley.Everywhere, "ben")
		}
		wantCode(t, err, parley.CodeUnavailable)
	})
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	server.Signal(t, syscall.SIGCONT)
	w.changeAtLast(t, keyed("ben", parley.StatusRisky, "key"))
	w.mustUser(t, "ben")
	if _, err := w.Authenticate(t.Context(), token.Hash); err != nil {
		t.Errorf("Authenticate: %v", err)
	}
	if user := w.mustUser(t, "ben"); user.Version != 2 {
		t.Errorf("User = %+v", user)
	}
}

// testStandby serves from a server that only reads, and that writes later.
func testStandby(t *testing.T, server *postgrestest.Server) {
	w := openPeople(t, server.Database(t), Options{BusyTimeout: 300 * time.Millisecond})
	server.Crash(t)
	server.RestartAsStandby(t)
	w.mustUser(t, "ben")
	_, err := w.ChangeStatus(t.Context(), change("ben", parley.StatusRisky))
	wantDetail(t, err, "Nothing was changed.")
	_, err = w.CreateToken(t.Context(), newToken("token"))
	wantDetail(t, err, "Nothing was changed.")
	if _, err := Open(t.Context(), w.name, Options{}); err == nil || !strings.Contains(err.Error(), "target_session_attrs=read-write") {
		t.Errorf("Open: %v", err)
	}
	w.execBeside(t, "SELECT pg_promote()")
	w.changeAtLast(t, keyed("ben", parley.StatusRisky, "key"))
	w.mustCreateToken(t, newToken("token"))
}

// testNoStandbyAnswers asks for a standby that there is not. A commit waits for it, and
// one that no longer waits, since somebody has ended that, is not acknowledged.
func testNoStandbyAnswers(t *testing.T, server *postgrestest.Server) {
	name := server.Database(t)
	postgrestest.Exec(t, name, "ALTER ROLE postgres SET client_min_messages = error")
	for _, end := range []string{"pg_cancel_backend", "pg_terminate_backend"} {
		t.Run(end, func(t *testing.T) {
			w := openPeople(t, server.Database(t), Options{BusyTimeout: time.Second})
			w.standbys(t, "nobody")
			defer w.standbys(t, "")
			ended := make(chan error)
			go func() {
				_, err := w.ChangeStatus(t.Context(), keyed("ben", parley.StatusRisky, "key"))
				ended <- err
			}()
			w.execBeside(t, "SELECT "+end+"($1)", w.eventuallyWaits(t, "IPC", "SyncRep"))
			wantDetail(t, <-ended, "it may be")
			if user := w.mustUser(t, "ben"); user.Version != 2 {
				t.Errorf("the change is not there: %+v", user)
			}
			_, err := w.ChangeStatus(t.Context(), keyed("ben", parley.StatusRisky, "key"))
			wantCode(t, err, parley.CodeUnavailable) // nor is it acknowledged to who asks again
			w.standbys(t, "")
			if outcome := w.changeAtLast(t, keyed("ben", parley.StatusRisky, "key")); !outcome.Replayed || outcome.User.Version != 2 {
				t.Errorf("outcome = %+v", outcome)
			}
		})
	}
}

// standbys are whom commits wait for.
func (w *world) standbys(t *testing.T, names string) {
	t.Helper()
	w.execBeside(t, "ALTER SYSTEM SET synchronous_standby_names = '"+names+"'")
	w.execBeside(t, "SELECT pg_reload_conf()")
	eventually(t, "the setting counts", func() bool {
		return number(t, w.name, "SELECT (current_setting('synchronous_standby_names') = $1)::int", names) == 1
	})
}

// TestSessionSettings undoes what an operator may have set for everything else.
func TestSessionSettings(t *testing.T) {
	name := postgrestest.Database(t)
	role := "ALTER ROLE postgres IN DATABASE " + databaseOf(t, name)
	for set, want := range map[string]string{
		"synchronous_commit = off": "on", "synchronous_commit = local": "on", "synchronous_commit = remote_write": "on",
		"synchronous_commit = on": "on", "synchronous_commit = remote_apply": "remote_apply",
		"client_min_messages = error": "warning", "lock_timeout = 0": "1500ms", "client_encoding = latin1": "UTF8",
		"idle_in_transaction_session_timeout = 0": "10s", "jit = on": "off",
	} {
		postgrestest.Exec(t, name, role+" SET "+set)
		setting, _, _ := strings.Cut(set, " ")
		if got := settingOf(t, name, setting); got != want {
			t.Errorf("%s: %s, want %s", set, got, want)
		}
		postgrestest.Exec(t, name, role+" RESET ALL")
	}
}

func settingOf(t *testing.T, name, setting string) (value string) {
	t.Helper()
	db, err := openPool(name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.GetContext(t.Context(), &value, "SELECT current_setting($1)", setting); err != nil {
		t.Error(err)
	}
	return value
}
