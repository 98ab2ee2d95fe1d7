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

// decodeRuns undoes RunLengthDecode (section 7.4.5). It goes through the runs
// twice, and the first time only to count.
func decodeRuns(d *decoding, data []byte) ([]byte, error) {
	size := 0
	rest := data
	for len(rest) > 0 && rest[0] != runsEnd {
		length, used := runOf(rest)
		if used > len(rest) {
			return nil, d.fail("RunLengthDecode")
		}
		size += length
		rest = rest[used:]
	}
	if len(rest) == 0 {
		return nil, d.fail("RunLengthDecode")
	}
	if err := d.budget.spend(size); err != nil {
		return nil, err
	}
	text := make([]byte, 0, size)
	for len(text) < size {
		length, used := runOf(data)
		if literal := data[1:used]; len(literal) == length {
			text = append(text, literal...)
		} else {
			text = append(text, bytes.Repeat(literal, length)...)
		}
		data = data[used:]
	}
	return text, nil
}

// runOf is how many bytes the first run of the data makes, and of how many.
func runOf(data []byte) (length, used int) {
	if data[0] < runsEnd {
		length = int(data[0]) + 1
		return length, 1 + length
	}
	return 257 - int(data[0]), 2
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
