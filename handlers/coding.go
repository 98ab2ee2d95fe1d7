package handlers

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/parley-gateway/parley"
)

const (
	// acceptEncoding names the content codings a request body may have. As
	// the Accept-Encoding field of a 415 it says so (RFC 9110 section 12.5.3).
	acceptEncoding = "gzip, deflate, br, zstd, identity"

	// maxCodings bounds how many codings a body may be wrapped in.
	maxCodings = 3

	// maxWindow is the most memory a zstd stream may ask for: as much as
	// every reader over HTTP has to grant (RFC 9659 section 3).
	maxWindow = 8 << 20

	// maxTrusted is how much of the announced length is made room for before
	// anything has come.
	maxTrusted = 64 << 10
)

// readBody appends the body of a request to dst and undoes its content codings
// (RFC 9110 section 8.4), the one applied last first. The failures are a
// *parley.Error with CodeUnsupportedEncoding, CodeTooLarge, CodeTimeout, or
// CodeMalformed where a coding is damaged or the body ends before its time.
func readBody(dst []byte, r *http.Request, limits bodyLimits) ([]byte, error) {
	codings, err := contentCodings(r.Header.Values("Content-Encoding"))
	if err != nil {
		return nil, err
	}
	if r.ContentLength > limits.sent {
		return nil, tooLarge("The body", limits.sent)
	}
	layers := make([]layer, 1+len(codings))
	layers[0] = layer{from: r.Body, what: "The body", limit: limits.sent, explain: broken}
	for i := range codings {
		d := decoders[codings[len(codings)-1-i]].Get().(*decoder)
		defer d.release()
		d.src.Reset(&layers[i])
		layers[i+1] = layer{
			from: d, what: "The decompressed body", limit: limits.decompressed, explain: d.damaged,
			sent: &layers[0], announced: r.ContentLength, ratio: limits.ratio,
		}
	}
	return readLayers(dst, layers, r.ContentLength)
}

// readLayers reads the last layer. The first one that failed is to blame:
// the decoders above it may report something else, or take it for the end.
func readLayers(dst []byte, layers []layer, announced int64) ([]byte, error) {
	room := min(max(announced, 0), maxTrusted)
	body := bytes.NewBuffer(slices.Grow(dst, int(room)+bytes.MinRead))
	_, err := body.ReadFrom(&layers[len(layers)-1])
	for i := range layers {
		if layers[i].failed != nil {
			return nil, layers[i].failed
		}
	}
	return body.Bytes(), err
}

// contentCodings reads the lines of a Content-Encoding field: names in the
// order in which they were applied. identity is no coding.
func contentCodings(lines []string) ([]string, error) {
	var codings []string
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			name := strings.ToLower(strings.Trim(member, " \t"))
			if name == "" || name == "identity" {
				continue
			}
			if name == "x-gzip" { // RFC 9110 section 8.4.1.3
				name = "gzip"
			}
			if decoders[name] == nil {
				return nil, unsupported(fmt.Sprintf("The content coding %q is not supported.", name))
			}
			if len(codings) == maxCodings {
				return nil, unsupported(fmt.Sprintf("A body may have at most %d content codings.", maxCodings))
			}
			codings = append(codings, name)
		}
	}
	return codings, nil
}

func unsupported(detail string) *parley.Error {
	return &parley.Error{
		Code:      parley.CodeUnsupportedEncoding,
		Detail:    detail,
		Supported: strings.Split(acceptEncoding, ", "),
	}
}

func tooLarge(what string, limit int64) *parley.Error {
	return parley.NewError(parley.CodeTooLarge, fmt.Sprintf("%s is larger than %d bytes.", what, limit))
}

// layer is a body in one of its codings. It fails where it has more bytes
// than its limit, so that no layer between two can be a bomb either.
type layer struct {
	from    io.Reader
	what    string // begins a sentence
	limit   int64
	seen    int64
	explain func(error) *parley.Error
	failed  error

	sent      *layer // the body as it comes
	announced int64  // its length, or less than what comes where that is not known
	ratio     int64  // of what this layer may be to it; 0 for any
}

func (l *layer) Read(p []byte) (int, error) {
	if l.failed != nil {
		return 0, l.failed
	}
	n, err := l.from.Read(p)
	l.seen += int64(n)
	switch {
	case l.seen > l.limit:
		l.failed = tooLarge(l.what, l.limit)
	case l.isBomb():
		l.failed = parley.NewError(parley.CodeTooLarge,
			fmt.Sprintf("The body becomes more than %d times as large when it is decompressed.", l.ratio))
	case err == nil || err == io.EOF:
		return n, err
	default:
		l.failed = l.explain(err)
	}
	return n, l.failed
}

// isBomb reports whether more was made of a body than its length, or what has come
// of it where that is not known, can honestly have held.
func (l *layer) isBomb() bool {
	return l.ratio > 0 && l.seen > ratioFloor && l.seen > l.ratio*max(l.announced, l.sent.seen)
}

// broken explains why a body did not come to its end. Whoever is still there
// to read it sent too little, too slowly, or malformed chunks.
func broken(err error) *parley.Error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &parley.Error{Code: parley.CodeTimeout, Detail: "The body did not arrive in time.", Cause: err}
	}
	return &parley.Error{Code: parley.CodeMalformed, Detail: "The body ends before its time.", Cause: err}
}

// decoders holds, for each coding, decoders that wait for work.
var decoders = map[string]*sync.Pool{
	"gzip":    pool("gzip", undoGzip),
	"deflate": pool("deflate", undoDeflate),
	"br":      pool("br", undoBrotli),
	"zstd":    pool("zstd", undoZstd),
}

func pool(coding string, undo func(*bufio.Reader) starter) *sync.Pool {
	return &sync.Pool{New: func() any {
		src := bufio.NewReader(nil)
		return &decoder{coding: coding, src: src, start: undo(src)}
	}}
}

// decoder undoes one coding. What it reads from hands out single bytes, so
// that the decompressors of the standard library read no further than their
// stream.
type decoder struct {
	coding string
	src    *bufio.Reader
	start  starter
	out    io.Reader // nil until the first Read
}

// starter makes ready for the stream at which the source stands.
type starter func() (io.Reader, error)

var errTrailing = errors.New("data after the end of the stream")

func (d *decoder) Read(p []byte) (int, error) {
	if d.out == nil {
		if err := d.begin(); err != nil {
			return 0, err
		}
	}
	n, err := d.out.Read(p)
	if err == io.EOF {
		if _, more := d.src.ReadByte(); more == nil {
			err = errTrailing
		}
	}
	return n, err
}

// begin fails for no bytes at all, which not every reader takes for an error.
func (d *decoder) begin() (err error) {
	if _, err := d.src.Peek(1); err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	d.out, err = d.start()
	return err
}

// release lets go of the request.
func (d *decoder) release() {
	d.src.Reset(nil)
	d.out = nil
	decoders[d.coding].Put(d)
}

func (d *decoder) damaged(err error) *parley.Error {
	e := &parley.Error{Code: parley.CodeMalformed, Cause: err}
	switch {
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		e.Code = parley.CodeTooLarge
		e.Detail = fmt.Sprintf("The zstd stream asks for a window larger than %d bytes.", maxWindow)
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Detail = fmt.Sprintf("The body ends inside its %s stream.", d.coding)
	case errors.Is(err, errTrailing):
		e.Detail = fmt.Sprintf("The body goes on after the end of its %s stream.", d.coding)
	default:
		e.Detail = fmt.Sprintf("The body is not a well-formed %s stream.", d.coding)
	}
	return e
}

// undoGzip reads a series of members, as RFC 1952 section 2.2 has it.
func undoGzip(src *bufio.Reader) starter {
	z := new(gzip.Reader)
	return func() (io.Reader, error) { return z, z.Reset(src) }
}

// undoDeflate reads the zlib format (RFC 1950), which is what the name means
// in HTTP, and a bare deflate stream (RFC 1951), because some senders
// mistake it for that (RFC 9110 section 8.4.1.2, its note). No compressor
// begins a bare stream with what a zlib header looks like.
func undoDeflate(src *bufio.Reader) starter {
	bare := flate.NewReader(src)
	var wrapped io.ReadCloser
	return func() (_ io.Reader, err error) {
		head, _ := src.Peek(2)
		switch {
		case !isZlib(head):
			return bare, bare.(flate.Resetter).Reset(src, nil)
		case wrapped == nil:
			wrapped, err = zlib.NewReader(src)
		default:
			err = wrapped.(zlib.Resetter).Reset(src, nil)
		}
		return wrapped, err
	}
}

// isZlib looks for the header of RFC 1950 section 2.2.
func isZlib(head []byte) bool {
	return len(head) == 2 && head[0]&0x8f == 0x08 && (int(head[0])<<8|int(head[1]))%31 == 0
}

func undoBrotli(src *bufio.Reader) starter {
	z := new(brotli.Reader)
	return func() (io.Reader, error) { return z, z.Reset(src) }
}

// undoZstd reads without goroutines, so that a decoder can be dropped. Both
// bounds are needed: a frame in a single segment states no window.
func undoZstd(src *bufio.Reader) starter {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
	return func() (io.Reader, error) {
		if err != nil {
			return nil, err
		}
		return z, z.Reset(src)
	}
}
