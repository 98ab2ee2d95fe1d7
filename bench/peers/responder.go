package peers

import (
	"errors"
	"fmt"
	"net"
)

// serveResponder answers whatever it reads with the same bytes, and parses
// nothing: what is left is the load generator. A request comes in one piece,
// since the generator writes it so and waits for its answer.
func serveResponder(options Options) error {
	listener, err := net.Listen("tcp", options.Addr)
	if err != nil {
		return err
	}
	body := constantBody(options.Size)
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	onSignal(func() { _ = listener.Close() })
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go respond(conn, answer)
	}
}

func respond(conn net.Conn, answer []byte) {
	defer conn.Close()
	for request := make([]byte, 64<<10); ; {
		if _, err := conn.Read(request); err != nil {
			return // the generator is done
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}
