// Package peers holds the servers that Parley is compared with. Each is a
// process of its own, as Parley is.
package peers

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// Options are what a peer is started with.
type Options struct {
	Addr  string // where to listen
	DB    string // a file for plain, a folder for pocketbase
	Users int    // pocketbase makes them at its first start
	Size  int    // of the body that constant and responder answer, in bytes
}

// Serve runs a peer by its name until the process is told to end.
func Serve(name string, options Options) error {
	switch name {
	case "plain":
		return servePlain(options)
	case "pocketbase":
		return servePocketBase(options)
	case "constant":
		return serveHTTP(options.Addr, newConstant(options))
	case "responder":
		return serveResponder(options)
	}
	return fmt.Errorf("there is no peer %q", name)
}

// serveHTTP serves until a signal to end comes.
func serveHTTP(addr string, handler http.Handler) error {
	server := &http.Server{Addr: addr, Handler: handler}
	onSignal(func() { _ = server.Close() }) // whatever is open then is not measured any more
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// onSignal calls stop when the process is told to end.
func onSignal(stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
	}()
}
