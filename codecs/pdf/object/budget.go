package object

import "github.com/parley-gateway/parley/codecs"

const (
	// maxWork is how many bytes may be parsed, decoded and searched to read a
	// file. A form takes a few thousand.
	maxWork = 6 << 20
	// maxValues is how many objects may be parsed, those inside others
	// included. It bounds the memory that they take.
	maxValues = 1 << 15
	// maxDepth is how deep arrays and dictionaries may be nested.
	maxDepth = 64
)

// budget is what reading a file may still cost.
type budget struct{ work, values int }

// spend pays for work on so many bytes.
func (b *budget) spend(bytes int) error {
	if bytes > b.work {
		return codecs.Malformed("finding the fields takes more than %d steps", maxWork)
	}
	b.work -= bytes
	return nil
}

func (b *budget) spendValue() error {
	if b.values == 0 {
		return codecs.Malformed("finding the fields takes more than %d objects", maxValues)
	}
	b.values--
	return nil
}
