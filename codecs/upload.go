package codecs

// Upload is multipart/form-data whose files are fields like any other, with
// Bytes for their values, and not the request itself. It stands in for Multipart
// where a form sends something to be looked at, and is not registered.
type Upload struct{}

var _ Steerer = Upload{}

func (Upload) Name() string         { return Multipart{}.Name() }
func (Upload) MediaTypes() []string { return Multipart{}.MediaTypes() }
func (Upload) Steering() []string   { return FormSteering() }
func (Upload) NamedOnly()           {}

// Decode reads a field from each part. What a file declares of itself is not
// heeded. A file that was not chosen is an empty one.
func (Upload) Decode(in Input) (Record, error) {
	parts, err := readParts(in)
	if err != nil {
		return nil, err
	}
	return decodeFieldParts(in, parts)
}
