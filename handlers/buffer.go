package handlers

import "sync"

// buffer is where the body of a request or an answer stands for as long as it
// is needed.
type buffer struct{ bytes []byte }

var buffers = sync.Pool{New: func() any { return &buffer{bytes: make([]byte, 0, 4<<10)} }}

// maxPooled keeps the buffers of rare large bodies out of the pool.
const maxPooled = 256 << 10

func takeBuffer() *buffer { return buffers.Get().(*buffer) }

func (b *buffer) free() {
	if cap(b.bytes) <= maxPooled {
		b.bytes = b.bytes[:0]
		buffers.Put(b)
	}
}
