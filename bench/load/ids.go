package load

// IDs says how the ids of users look. Both kinds are made from a number, so
// that a million of them need not be handed about, and both begin with digits
// that jump, so that neighbours in number are no neighbours in an index.
type IDs string

const (
	UUIDs        IDs = "uuid"       // RFC 9562 version 4 in form
	PocketBaseID IDs = "pocketbase" // 15 letters and digits
)

// The same ids in SQLite's SQL, of a column n.
const (
	UUIDsSQL        = "printf('%08x-0000-4000-8000-%012x', (n * 2654435761) & 0xffffffff, n)"
	PocketBaseIDSQL = "printf('%08x%07x', (n * 2654435761) & 0xffffffff, n)"
)

const uuidForm = "00000000-0000-4000-8000-000000000000"

func (k IDs) width() int {
	if k == PocketBaseID {
		return 15
	}
	return len(uuidForm)
}

// Write writes the id of user n over dst, which is as wide as an id.
func (k IDs) Write(dst []byte, n uint32) {
	jumping := n * 2654435761 // odd, so no two numbers meet (Knuth, TAOCP 3, 6.4)
	if k == PocketBaseID {
		writeHex(dst[:8], jumping)
		writeHex(dst[8:15], n)
		return
	}
	copy(dst, uuidForm)
	writeHex(dst[:8], jumping)
	writeHex(dst[28:36], n)
}

// String is the id of user n.
func (k IDs) String(n uint32) string {
	id := make([]byte, k.width())
	k.Write(id, n)
	return string(id)
}

func writeHex(dst []byte, n uint32) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = "0123456789abcdef"[n&15]
		n >>= 4
	}
}
