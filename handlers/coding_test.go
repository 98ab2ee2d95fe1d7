package handlers

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/parley-gateway/parley"
)

const (
	command = `{"status":"inactive","review_comment":"` + "naïve 🙂" + `"}`
	mib     = 1 << 20
)

// compressor is what all the writers of codings can do.
type compressor interface {
	io.WriteCloser
	Flush() error
}

var compressors = map[string]func(io.Writer) compressor{
	"gzip":    func(w io.Writer) compressor { return gzip.NewWriter(w) },
	"deflate": func(w io.Writer) compressor { return zlib.NewWriter(w) },
	"raw":     func(w io.Writer) compressor { return must(flate.NewWriter(w, flate.DefaultCompression)) },
	"br":      func(w io.Writer) compressor { return brotli.NewWriterLevel(w, 4) },
	"zstd":    func(w io.Writer) compressor { return must(zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))) },
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// compress applies codings in order.
func compress(body []byte, codings ...string) []byte {
	for _, coding := range codings {
		var b bytes.Buffer
		w := compressors[coding](&b)
		must(w.Write(body))
		must(0, w.Close())
		body = b.Bytes()
	}
	return body
}

// read reads a body with the lines of a Content-Encoding field.
func read(body []byte, limit int64, lines ...string) ([]byte, error) {
	return readStream(bytes.NewReader(body), limit, lines...)
}

// readStream reads a body; one that is no bytes.Reader has no Content-Length.
func readStream(body io.Reader, limit int64, lines ...string) ([]byte, error) {
	r := httptest.NewRequest(http.MethodPatch, "/users/u", body)
	r.Header["Content-Encoding"] = lines
	return readBody(nil, r, bodyLimits{sent: limit, decompressed: limit})
}

func TestReadBody(t *testing.T) {
	plain := []byte(command)
	for _, c := range []struct {
		name  string
		body  []byte
		lines []string
	}{
		{"plain", plain, nil},
		{"an empty field", plain, []string{""}},
		{"identity", plain, []string{"identity"}},
		{"gzip", compress(plain, "gzip"), []string{"gzip"}},
		{"x-gzip", compress(plain, "gzip"), []string{"x-gzip"}},
		{"upper case", compress(plain, "gzip"), []string{" GZIP\t"}},
		{"deflate", compress(plain, "deflate"), []string{"deflate"}},
		{"bare deflate", compress(plain, "raw"), []string{"deflate"}},
		{"br", compress(plain, "br"), []string{"br"}},
		{"zstd", compress(plain, "zstd"), []string{"zstd"}},
		{"zstd in one segment", must(zstd.NewWriter(nil)).EncodeAll(plain, nil), []string{"zstd"}},
		{"two members of gzip", append(compress(plain[:9], "gzip"), compress(plain[9:], "gzip")...), []string{"gzip"}},
		{"two frames of zstd", append(compress(plain[:9], "zstd"), compress(plain[9:], "zstd")...), []string{"zstd"}},
		{"nested", compress(plain, "gzip", "br", "zstd"), []string{"gzip, br, zstd"}},
		{"the same twice", compress(plain, "gzip", "gzip"), []string{"gzip,gzip"}},
		{"several lines", compress(plain, "deflate", "gzip", "br"), []string{"deflate", "identity, gzip,", "br"}},
	} {
		for range 2 { // the second time with decoders from the pool
			if got, err := read(c.body, mib, c.lines...); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s: got %q, %v", c.name, got, err)
			}
			if got, err := readStream(io.MultiReader(bytes.NewReader(c.body)), mib, c.lines...); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s, without a length: got %q, %v", c.name, got, err)
			}
		}
	}
}

func TestReadBodyOfNothing(t *testing.T) {
	for _, coding := range []string{"gzip", "deflate", "raw", "br", "zstd"} {
		name := strings.Replace(coding, "raw", "deflate", 1)
		if got, err := read(compress(nil, coding), mib, name); err != nil || len(got) != 0 {
			t.Errorf("%s: got %q, %v", coding, got, err)
		}
		if _, err := read(nil, mib, name); !parley.HasCode(err, parley.CodeMalformed) {
			t.Errorf("not even a %s stream: %v", coding, err)
		}
	}
}

func TestReadBodyUnsupported(t *testing.T) {
	for _, lines := range [][]string{
		{"compress"}, {"lzma"}, {"gzip, lzma"}, {"gzip;q=1"}, {"*"}, {"gzip br"}, {"gzip", "snappy"},
		{"gzip, gzip, gzip, gzip"}, {strings.Repeat("br,", 1000)},
	} {
		_, err := read(make([]byte, 2*mib), mib, lines...) // too large as well, which is told later
		if !parley.HasCode(err, parley.CodeUnsupportedEncoding) {
			t.Errorf("%.40q: %v", lines, err)
		}
		if e := parley.AsError(err); !slices.Equal(e.Supported, []string{"gzip", "deflate", "br", "zstd", "identity"}) {
			t.Errorf("%.40q: there is %q", lines, e.Supported)
		}
	}
}

func TestReadBodyLimit(t *testing.T) {
	const limit = 100_000
	noise := make([]byte, limit+1)
	must(rand.NewChaCha8([32]byte{}).Read(noise))
	zeros := make([]byte, limit+1)
	for _, coding := range []string{"", "gzip", "deflate", "raw", "br", "zstd"} {
		encode, name := func(b []byte) []byte { return b }, "identity"
		if coding != "" {
			encode = func(b []byte) []byte { return compress(b, coding) }
			name = strings.Replace(coding, "raw", "deflate", 1)
		}
		if got, err := read(encode(zeros[:limit]), limit, name); err != nil || len(got) != limit {
			t.Errorf("%q at the limit: %d bytes, %v", coding, len(got), err)
		}
		for what, body := range map[string][]byte{"decompressed": encode(zeros), "as it comes": encode(noise)} {
			if _, err := read(body, limit, name); !parley.HasCode(err, parley.CodeTooLarge) {
				t.Errorf("%q over the limit %s: %v", coding, what, err)
			}
			if _, err := readStream(io.MultiReader(bytes.NewReader(body)), limit, name); !parley.HasCode(err, parley.CodeTooLarge) {
				t.Errorf("%q over the limit %s, without a length: %v", coding, what, err)
			}
		}
	}
}

func TestReadBodyRefusesALengthBeforeReading(t *testing.T) {
	r := httptest.NewRequest(http.MethodPatch, "/users/u", io.MultiReader(failing{errors.New("it was read")}))
	r.ContentLength = 101
	if _, err := readBody(nil, r, bodyLimits{sent: 100}); !parley.HasCode(err, parley.CodeTooLarge) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Ten gigabytes of zeros, made as they are read.
func TestReadBodyBombs(t *testing.T) {
	for coding := range compressors {
		name := strings.Replace(coding, "raw", "deflate", 1)
		body := bomb(coding, 10<<10)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readStream(body, mib, name)
		runtime.ReadMemStats(&after)
		if !parley.HasCode(err, parley.CodeTooLarge) {
			t.Errorf("%s: %v", coding, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 24*mib {
			t.Errorf("%s: %d MiB were allocated", coding, spent/mib)
		}
	}
}

// TestReadBodyRatio: what becomes much larger than it came is refused, from a size
// on at which nothing honest does.
func TestReadBodyRatio(t *testing.T) {
	limits := bodyLimits{sent: mib, decompressed: mib, ratio: 100}
	text := must(os.ReadFile("coding_test.go"))
	for coding := range compressors {
		name := strings.Replace(coding, "raw", "deflate", 1)
		for _, c := range []struct {
			what    string
			plain   []byte
			refused bool
		}{
			{"zeros", make([]byte, ratioFloor+1), true},
			{"zeros at the floor", make([]byte, ratioFloor), false},
			{"a text, over and over", bytes.Repeat(text, 1+200_000/len(text)), false},
			{"zeros before a text", append(make([]byte, 300_000), text...), false},
		} {
			body := compress(c.plain, coding)
			r := httptest.NewRequest(http.MethodPatch, "/users/u", bytes.NewReader(body))
			r.Header.Set("Content-Encoding", name)
			if _, err := readBody(nil, r, limits); parley.HasCode(err, parley.CodeTooLarge) != c.refused {
				t.Errorf("%s, %s, %d bytes from %d: %v", coding, c.what, len(c.plain), len(body), err)
			}
		}
	}
	layers := compress(make([]byte, ratioFloor+1), "gzip", "zstd")
	r := httptest.NewRequest(http.MethodPatch, "/users/u", io.MultiReader(bytes.NewReader(layers)))
	r.Header.Set("Content-Encoding", "gzip, zstd")
	if _, err := readBody(nil, r, limits); !parley.HasCode(err, parley.CodeTooLarge) || !strings.Contains(err.Error(), "100 times") {
		t.Errorf("nested, without a length: %v", err)
	}
}

// bomb is a stream of so many MiB of zeros. A MiB that was flushed can be
// repeated: it ends on a whole byte and looks back on zeros alone.
func bomb(coding string, mibs int) io.Reader {
	var b bytes.Buffer
	w := compressors[coding](&b)
	part := func() []byte {
		from := b.Len()
		must(w.Write(make([]byte, mib)))
		must(0, w.Flush())
		return slices.Clone(b.Bytes()[from:])
	}
	readers := []io.Reader{bytes.NewReader(part())}
	part()
	again := part()
	for range mibs - 1 {
		readers = append(readers, bytes.NewReader(again))
	}
	return io.MultiReader(readers...)
}

// A layer between two may not be a bomb either, though what comes out in the
// end is nothing.
func TestReadBodyBombBetween(t *testing.T) {
	emptyBlocks := bytes.Repeat([]byte{0, 0, 0, 0xff, 0xff}, mib)
	body := compress(append(emptyBlocks, compress(nil, "raw")...), "gzip")
	if len(body) > mib {
		t.Fatalf("the bomb itself has %d bytes", len(body))
	}
	if _, err := read(body, mib, "deflate, gzip"); !parley.HasCode(err, parley.CodeTooLarge) {
		t.Error(err)
	}
}

// What a zstd frame asks for is not granted beyond 8 MiB.
func TestReadBodyZstdWindow(t *testing.T) {
	for what, frame := range map[string]string{
		"a window of 8 MiB":               "\x28\xb5\x2f\xfd\x00\x68\x01\x00\x00",
		"a window of 9 MiB":               "\x28\xb5\x2f\xfd\x00\x69\x01\x00\x00",
		"a segment of 1 GiB":              "\x28\xb5\x2f\xfd\xa0\x00\x00\x00\x40\x01\x00\x00",
		"a segment of 2^62 bytes":         "\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x00\x00\x00\x00\x40\x01\x00\x00",
		"a window of 8 MiB, twice nested": string(compress([]byte("\x28\xb5\x2f\xfd\x00\x68\x01\x00\x00"), "zstd")),
	} {
		lines := []string{"zstd"}
		if strings.HasSuffix(what, "nested") {
			lines = append(lines, "zstd")
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read([]byte(frame), mib, lines...)
		runtime.ReadMemStats(&after)
		if refused := parley.HasCode(err, parley.CodeTooLarge); refused == strings.Contains(what, "8 MiB") {
			t.Errorf("%s: %v", what, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 32*mib {
			t.Errorf("%s: %d MiB were allocated", what, spent/mib)
		}
	}
}

func TestReadBodyDamaged(t *testing.T) {
	for coding := range compressors {
		name := strings.Replace(coding, "raw", "deflate", 1)
		whole := compress([]byte(strings.Repeat(command, 20)), coding)
		for cut := range whole {
			if got, err := read(whole[:cut], mib, name); !parley.HasCode(err, parley.CodeMalformed) {
				t.Errorf("%s cut to %d of %d bytes: got %d, %v", coding, cut, len(whole), len(got), err)
			}
		}
		for _, tail := range []string{"\x00", "x", "\x1f", "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03name", "\n\n\n\n", strings.Repeat("x", 70_000)} {
			if got, err := read(append(bytes.Clone(whole), tail...), mib, name); !parley.HasCode(err, parley.CodeMalformed) {
				t.Errorf("%s and %.9q: got %d, %v", coding, tail, len(got), err)
			}
		}
		if _, err := read([]byte(command), mib, name); !parley.HasCode(err, parley.CodeMalformed) {
			t.Errorf("%s that is none: %v", coding, err)
		}
	}
}

func TestReadBodyChecksums(t *testing.T) {
	for _, coding := range []string{"gzip", "deflate", "zstd"} {
		body := compress([]byte(command), coding)
		body[len(body)-1] ^= 1
		if _, err := read(body, mib, coding); !parley.HasCode(err, parley.CodeMalformed) {
			t.Errorf("%s: %v", coding, err)
		}
	}
}

func TestReadBodyDetails(t *testing.T) {
	whole := compress([]byte(command), "br")
	for _, c := range []struct {
		body []byte
		line string
		want string
	}{
		{whole[:9], "br", "The body ends inside its br stream."},
		{append(compress([]byte(command), "deflate"), 'x'), "deflate", "The body goes on after the end of its deflate stream."},
		{[]byte(command), "gzip", "The body is not a well-formed gzip stream."},
		{compress(make([]byte, mib+1), "gzip"), "gzip", "The decompressed body is larger than 1048576 bytes."},
		{make([]byte, mib+1), "", "The body is larger than 1048576 bytes."},
		{whole, "brotli", `The content coding "brotli" is not supported.`},
		{whole, "br,br,br,br", "A body may have at most 3 content codings."},
	} {
		if _, err := read(c.body, mib, c.line); parley.AsError(err).Detail != c.want {
			t.Errorf("got %q, want %q", parley.AsError(err).Detail, c.want)
		}
	}
}

// Where the connection fails, the connection is to blame and not the coding,
// even where the bytes that came make a whole stream.
func TestReadBodyConnection(t *testing.T) {
	for _, c := range []struct {
		cause error
		code  parley.Code
		want  string
	}{
		{io.ErrUnexpectedEOF, parley.CodeMalformed, "The body ends before its time."},
		{os.ErrDeadlineExceeded, parley.CodeTimeout, "The body did not arrive in time."},
	} {
		for coding := range compressors {
			name := strings.Replace(coding, "raw", "deflate", 1)
			whole := compress([]byte(command), coding)
			for _, came := range []int{0, 1, len(whole) / 2, len(whole)} {
				body := io.MultiReader(bytes.NewReader(whole[:came]), failing{c.cause})
				_, err := readStream(body, mib, name)
				e := parley.AsError(err)
				if e.Code != c.code || e.Detail != c.want || !errors.Is(err, c.cause) {
					t.Errorf("%s after %d of %d bytes: %v", coding, came, len(whole), err)
				}
			}
		}
		if _, err := readStream(failing{c.cause}, mib); parley.AsError(err).Detail != c.want {
			t.Errorf("without a coding: %v", err)
		}
	}
}

// A decoder from the pool that failed half-way serves the next request.
func TestReadBodyConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for coding := range compressors {
		wg.Go(func() {
			name := strings.Replace(coding, "raw", "deflate", 1)
			whole := compress([]byte(command), coding)
			for i := range 50 {
				_, _ = read(whole[:i%len(whole)], mib, name)
				if got, err := read(whole, mib, name); err != nil || string(got) != command {
					t.Errorf("%s: got %q, %v", coding, got, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCoding(f *testing.F) {
	for _, coding := range []string{"gzip", "deflate", "br", "zstd"} {
		f.Add(compress([]byte(command), coding), coding)
	}
	f.Add(compress([]byte(command), "raw"), "deflate")
	f.Add(compress([]byte(command), "gzip", "br"), "gzip, br")
	f.Add(must(base64.StdEncoding.DecodeString("KLUv/QBoAQAA")), "zstd")
	f.Fuzz(func(t *testing.T, body []byte, line string) {
		const limit = 64 << 10
		got, err := read(body, limit, line)
		if err == nil && len(got) > limit {
			t.Fatalf("%d bytes are over the limit", len(got))
		}
		var e *parley.Error
		if err != nil && (!errors.As(err, &e) || e.Detail == "" || e.Code == parley.CodeInternal) {
			t.Fatalf("%v tells the caller nothing", err)
		}
	})
}
