package pdf

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// writer appends the objects of a file (ISO 32000-1 section 7.5). All that
// are no streams stand in object streams, which makes a page small.
type writer struct {
	dst    []byte
	start  int     // of the file in dst
	places []place // of the objects, by their numbers; the first is unused

	packed  buffer // the objects of the object stream that is being filled
	numbers []ref
	offsets []int
}

// ref is the number of an object. Its generation is always 0.
type ref int

// place is where an object is (ISO 32000-1 section 7.5.8.3, table 18).
type place struct {
	inStream bool
	at       int // the offset in the file, or the number of the object stream
	index    int // in the object stream
}

// header says the version, and by its second line that the file is binary.
const header = signature + "1.7\n%\xe2\xe3\xcf\xd3\n"

func newWriter(dst []byte) *writer {
	w := &writer{dst: dst, start: len(dst), places: make([]place, 1, 128), packed: make(buffer, 0, 16<<10)}
	w.dst = append(w.dst, header...)
	return w
}

// reserve gives a number to an object that is written later.
func (w *writer) reserve() ref {
	w.places = append(w.places, place{})
	return ref(len(w.places) - 1)
}

// fullStream is the size from which another object stream is begun, so that
// nobody has to unpack much for one object.
const fullStream = 1 << 16

// object begins an object that is no stream. What is appended to the result
// until the next call is its content.
func (w *writer) object(r ref) *buffer {
	if len(w.packed) > fullStream {
		w.flush()
	}
	w.numbers = append(w.numbers, r)
	w.offsets = append(w.offsets, len(w.packed))
	return &w.packed
}

// flush writes the object stream (ISO 32000-1 section 7.5.7).
func (w *writer) flush() {
	if len(w.numbers) == 0 {
		return
	}
	stream := w.reserve()
	var index buffer
	for i, r := range w.numbers {
		w.places[r] = place{true, int(stream), i}
		index.int(int(r)).add(" ").int(w.offsets[i]).add(" ")
	}
	var entries buffer
	entries.add("/Type/ObjStm/N ").int(len(w.numbers)).add("/First ").int(len(index))
	w.stream(stream, entries, append(index, w.packed...))
	w.packed, w.numbers, w.offsets = w.packed[:0], w.numbers[:0], w.offsets[:0]
}

// worthwhile is the size from which a stream is compressed: below, a file gets
// little smaller and takes much longer to make.
const worthwhile = 8 << 10

// stream writes a stream object with these entries in its dictionary.
func (w *writer) stream(r ref, entries, data buffer) {
	if len(data) < worthwhile {
		w.plainStream(r, entries, data)
		return
	}
	compressed := deflate(data)
	w.plainStream(r, append(entries, "/Filter/FlateDecode"...), compressed)
}

// plainStream is stream without compression.
func (w *writer) plainStream(r ref, entries, data buffer) {
	w.places[r] = place{at: len(w.dst) - w.start}
	b := buffer(w.dst)
	b.int(int(r)).add(" 0 obj\n<<").add(string(entries)).add("/Length ").int(len(data)).add(">>stream\n")
	b = append(b, data...)
	w.dst = b.add("\nendstream\nendobj\n").bytes()
}

var compressors = sync.Pool{New: func() any {
	// Only a level that does not exist is an error.
	w, _ := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	return w
}}

func deflate(data []byte) (compressed buffer) {
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(&compressed)
	// A buffer takes every write.
	_, _ = z.Write(data)
	_ = z.Close()
	return compressed
}

// finish writes the cross-reference stream (ISO 32000-1 section 7.5.8) and
// returns all. The file's identifier (section 14.4) is made of its content.
func (w *writer) finish(catalog, info ref) []byte {
	w.flush()
	self := w.reserve()
	at := len(w.dst) - w.start
	w.places[self] = place{at: at}
	sum := sha256.Sum256(w.dst[w.start:])
	id := hex.EncodeToString(sum[:16])
	var entries buffer
	entries.add("/Type/XRef/W[1 4 2]/Size ").int(len(w.places)).add("/Root ").ref(catalog).add("/Info ").ref(info)
	entries.add("/ID[<").add(id).add("><").add(id).add(">]")
	w.stream(self, entries, w.table())
	b := buffer(w.dst)
	return b.add("startxref\n").int(at).add("\n%%EOF\n").bytes()
}

// table has an entry of seven bytes for each object.
func (w *writer) table() buffer {
	table := append(make(buffer, 0, 7*len(w.places)), 0, 0, 0, 0, 0, 0xff, 0xff)
	for _, p := range w.places[1:] {
		kind := byte(1)
		if p.inStream {
			kind = 2
		}
		table = append(table, kind, byte(p.at>>24), byte(p.at>>16), byte(p.at>>8), byte(p.at), byte(p.index>>8), byte(p.index))
	}
	return table
}
