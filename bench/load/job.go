// Package load sends requests to a server over connections that stay open,
// and measures how many are answered and how long each of them takes.
//
// A closed loop sends the next request of a connection when the one before was
// answered: it finds what a server can do. An open loop sends requests when
// they are due, whether the server keeps up or not, and counts the latency
// from that moment: it finds how long callers wait, who do not wait for each
// other.
package load

import (
	"bytes"
	"fmt"
	"time"
)

// Job is one measurement. It crosses from one process to another as JSON.
type Job struct {
	Addrs       []string // hosts and ports, which the connections take in turn
	Connections int
	Warmup      time.Duration // at the beginning; not counted
	Duration    time.Duration // of what is counted
	Rate        float64       // requests due in a second; 0 for a closed loop
	Users       int           // each request is for one of these, chosen at random
	IDs         IDs
	Requests    []Request // each connection sends them in turn
}

// Request is one request. Its path holds Placeholder where an id belongs.
type Request struct {
	Method string
	Path   string
	Header []string // whole lines, without their ends
	Body   []byte
}

// Placeholder stands for the id of a user in the path of a request.
const Placeholder = "{id}"

// template is a request as it goes over the wire, and where its id stands.
type template struct {
	bytes []byte
	id    []byte // the part of bytes that is written anew for each request; may be empty
}

// template builds the bytes of the request. Each connection has its own, since
// the id is written into them.
func (r Request) template(host string, ids IDs) template {
	var b bytes.Buffer
	before, after, found := bytes.Cut([]byte(r.Path), []byte(Placeholder))
	fmt.Fprintf(&b, "%s %s", r.Method, before)
	start := b.Len()
	if found {
		b.Write(make([]byte, ids.width()))
	}
	end := b.Len()
	fmt.Fprintf(&b, "%s HTTP/1.1\r\nHost: %s\r\n", after, host)
	for _, line := range r.Header {
		fmt.Fprintf(&b, "%s\r\n", line)
	}
	if r.Body != nil {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	fmt.Fprintf(&b, "\r\n%s", r.Body)
	return template{b.Bytes(), b.Bytes()[start:end]}
}
