package pdf

import (
	"encoding/binary"
	"math"
)

// sRGB is a profile of the colours of IEC 61966-2-1, in the format of ICC.1:2004-10:
// what the colours on a page mean, for those who print it in twenty years.
var sRGB = makeProfile()

// s15Fixed16 is a number in the format of that name.
func s15Fixed16(n float64) uint32 { return uint32(int32(math.Round(n * 65536))) }

// tag is an element of a profile.
type tag struct {
	signature string
	data      buffer
}

func makeProfile() buffer {
	curve := tagData("para", 3<<16, s15Fixed16(2.4), s15Fixed16(1/1.055), s15Fixed16(0.055/1.055), s15Fixed16(1/12.92), s15Fixed16(0.04045))
	return assemble([]tag{
		{"desc", localized("sRGB")},
		{"cprt", localized("No copyright, use freely")},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		// The primaries of sRGB and its white D65, seen under the D50 of the format.
		{"chad", tagData("sf32", s15Fixed16(1.047882), s15Fixed16(0.022918), s15Fixed16(-0.050217), s15Fixed16(0.029586),
			s15Fixed16(0.990478), s15Fixed16(-0.017075), s15Fixed16(-0.009247), s15Fixed16(0.015075), s15Fixed16(0.751678))},
		{"rXYZ", xyz(0.436030, 0.222438, 0.013897)},
		{"gXYZ", xyz(0.385101, 0.716942, 0.097076)},
		{"bXYZ", xyz(0.143067, 0.060618, 0.713926)},
		{"rTRC", curve},
		{"gTRC", curve},
		{"bTRC", curve},
	})
}

func tagData(kind string, numbers ...uint32) buffer {
	b := buffer(kind + "\x00\x00\x00\x00")
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

func xyz(x, y, z float64) buffer {
	return tagData("XYZ ", s15Fixed16(x), s15Fixed16(y), s15Fixed16(z))
}

// localized is text in one language: en-US.
func localized(text string) buffer {
	b := tagData("mluc", 1, 12, 'e'<<24|'n'<<16|'U'<<8|'S', uint32(2*len(text)), 28)
	for _, c := range []byte(text) {
		b = append(b, 0, c)
	}
	return b
}

// assemble puts the header, the table of tags and their data together.
func assemble(tags []tag) buffer {
	const headerSize, entrySize = 128, 12
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var data buffer
	for _, t := range tags {
		at := headerSize + 4 + entrySize*len(tags) + len(data)
		table = append(table, t.signature...)
		table = binary.BigEndian.AppendUint32(table, uint32(at))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
		data = append(append(data, t.data...), make([]byte, -len(t.data)&3)...)
	}
	header := make(buffer, headerSize)
	binary.BigEndian.PutUint32(header, uint32(headerSize+len(table)+len(data)))
	copy(header[8:], "\x04\x20\x00\x00mntrRGB XYZ ")
	copy(header[24:], "\x07\xd4\x00\x0a\x00\x01") // the date of the format
	copy(header[36:], "acsp")
	copy(header[68:], xyz(0.9642, 1, 0.8249)[8:])
	return append(append(header, table...), data...)
}
