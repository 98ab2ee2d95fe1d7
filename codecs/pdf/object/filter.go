package object

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"io"
)

// inflate undoes FlateDecode (section 7.4.4). It does so twice, and the first
// time only to count: what is too large is never held.
func inflate(d *decoding, data []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, d.fail("FlateDecode")
	}
	size, err := io.Copy(io.Discard, io.LimitReader(z, int64(d.budget.work)+1))
	if err != nil {
		return nil, d.fail("FlateDecode")
	}
	if err := d.budget.spend(int(size)); err != nil {
		return nil, err
	}
	inflated := make([]byte, size)
	if err := z.(zlib.Resetter).Reset(bytes.NewReader(data), nil); err != nil {
		return nil, d.fail("FlateDecode")
	}
	if _, err := io.ReadFull(z, inflated); err != nil {
		return nil, d.fail("FlateDecode")
	}
	return unpredict(d, inflated)
}

// decodeHex undoes ASCIIHexDecode (section 7.4.2).
func decodeHex(d *decoding, data []byte) ([]byte, error) {
	digits, rest, found := bytes.Cut(data, []byte(">"))
	text, bad := unhex(digits)
	if !found || bad >= 0 || len(trimSpace(rest)) > 0 {
		return nil, d.fail("ASCIIHexDecode")
	}
	return text, d.budget.spend(len(data))
}

// decode85 undoes ASCII85Decode (section 7.4.3).
func decode85(d *decoding, data []byte) ([]byte, error) {
	digits, rest, found := bytes.Cut(data, []byte("~>"))
	if !found || len(trimSpace(rest)) > 0 {
		return nil, d.fail("ASCII85Decode")
	}
	most := 4 * len(digits) // where each is a z
	if err := d.budget.spend(most); err != nil {
		return nil, err
	}
	text := make([]byte, most)
	n, _, err := ascii85.Decode(text, digits, true)
	if err != nil {
		return nil, d.fail("ASCII85Decode")
	}
	return text[:n], nil
}

// runsEnd is the length that says that no run follows.
const runsEnd = 128

// decodeRuns undoes RunLengthDecode (section 7.4.5).
func decodeRuns(d *decoding, data []byte) ([]byte, error) {
	var text []byte
	for len(data) > 0 && data[0] != runsEnd {
		length, rest := int(data[0]), data[1:]
		used := 1
		switch {
		case length < runsEnd:
			length++
			used = length
		default:
			length = 257 - length
		}
		if used > len(rest) {
			return nil, d.fail("RunLengthDecode")
		}
		if err := d.budget.spend(length); err != nil {
			return nil, err
		}
		if used == length {
			text = append(text, rest[:used]...)
		} else {
			text = append(text, bytes.Repeat(rest[:1], length)...)
		}
		data = rest[used:]
	}
	if len(data) == 0 {
		return nil, d.fail("RunLengthDecode")
	}
	return text, nil
}

// decodeLZW undoes LZWDecode (section 7.4.4).
func decodeLZW(d *decoding, data []byte) ([]byte, error) {
	early := 1
	if o := d.parameters["EarlyChange"]; o != nil {
		n, isInteger := o.(Integer)
		if !isInteger || n < 0 || n > 1 {
			return nil, d.fail("LZWDecode")
		}
		early = int(n)
	}
	text, err := unLZW(data, early, d.budget)
	switch {
	case errors.Is(err, errLZW):
		return nil, d.fail("LZWDecode")
	case err != nil:
		return nil, err
	}
	return unpredict(d, text)
}
