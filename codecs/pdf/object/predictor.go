package object

// The predictors of ISO 32000-1 section 7.4.4.4. Those of PNG are all of one
// meaning, since each row says which it has.
const (
	predictNothing = 1
	predictTIFF    = 2
	predictPNG     = 10
	predictLast    = 15
)

// unpredict undoes the predictor that the parameters of FlateDecode or
// LZWDecode name. It alters the data.
func unpredict(d *decoding, data []byte) ([]byte, error) {
	predictor, ok := d.parameter("Predictor", predictNothing, predictLast)
	if ok && predictor == predictNothing {
		return data, nil
	}
	// Columns that are more than the bits would fill no row.
	columns, okColumns := d.parameter("Columns", 1, 8*max(len(data), 1))
	colors, okColors := d.parameter("Colors", 1, 32)
	bits, okBits := d.parameter("BitsPerComponent", 8, 16)
	if !ok || !okColumns || !okColors || !okBits {
		return nil, d.fail("a predictor")
	}
	row := (columns*colors*bits + 7) / 8
	pixel := max(colors*bits/8, 1)
	switch {
	case predictor >= predictPNG && len(data)%(row+1) == 0:
		data, ok = unpredictPNG(data, row, pixel)
	case predictor == predictTIFF && bits == 8 && len(data)%row == 0:
		unpredictTIFF(data, row, pixel)
	default:
		ok = false
	}
	if !ok {
		return nil, d.fail("a predictor")
	}
	return data, nil
}

// parameter is an integer from 1 to a limit, or what stands for it where it is
// missing.
func (d *decoding) parameter(key Name, missing, most int) (value int, ok bool) {
	switch o := d.parameters[key].(type) {
	case nil:
		return missing, true
	case Integer:
		return int(o), 1 <= o && o <= Integer(most)
	}
	return 0, false
}

// unpredictPNG undoes the filters of the PNG specification (section 9). Each
// row begins with its own.
func unpredictPNG(data []byte, row, pixel int) ([]byte, bool) {
	above := make([]byte, row)
	out := data[:0]
	for ; len(data) > 0; data = data[row+1:] {
		if !unfilterRow(data[0], data[1:row+1], above, pixel) {
			return nil, false
		}
		start := len(out)
		out = append(out, data[1:row+1]...)
		above = out[start:]
	}
	return out, true
}

func unfilterRow(filter byte, row, above []byte, pixel int) bool {
	if filter > 4 {
		return false
	}
	for i := range row {
		var left, upperLeft byte
		if i >= pixel {
			left, upperLeft = row[i-pixel], above[i-pixel]
		}
		switch filter {
		case 1:
			row[i] += left
		case 2:
			row[i] += above[i]
		case 3:
			row[i] += byte((int(left) + int(above[i])) / 2)
		case 4:
			row[i] += paeth(left, above[i], upperLeft)
		}
	}
	return true
}

// paeth is whichever of three neighbours is nearest to what they predict.
func paeth(left, above, upperLeft byte) byte {
	estimate := int(left) + int(above) - int(upperLeft)
	toLeft, toAbove, toUpperLeft := distance(estimate, left), distance(estimate, above), distance(estimate, upperLeft)
	switch {
	case toLeft <= toAbove && toLeft <= toUpperLeft:
		return left
	case toAbove <= toUpperLeft:
		return above
	}
	return upperLeft
}

func distance(estimate int, neighbour byte) int {
	return max(estimate-int(neighbour), int(neighbour)-estimate)
}

// unpredictTIFF undoes predictor 2 of TIFF 6.0 (section 14), for components
// of a byte.
func unpredictTIFF(data []byte, row, pixel int) {
	for ; len(data) > 0; data = data[row:] {
		for i := pixel; i < row; i++ {
			data[i] += data[i-pixel]
		}
	}
}
