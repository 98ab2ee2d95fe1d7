package codecs

// NDJSON is newline-delimited JSON, also called JSON Lines: lists only, one
// object a line. It has no place for the cursor of the next page.
type NDJSON struct{}

var _ ListEncoder = NDJSON{}

// NewNDJSON makes the format.
func NewNDJSON() NDJSON { return NDJSON{} }

func (NDJSON) Name() string { return "ndjson" }
func (NDJSON) MediaTypes() []string {
	return []string{"application/x-ndjson", "application/jsonl"}
}

// EncodeList writes each record as the JSON format does, and ends each with a
// line feed. A list without records is an empty body.
func (n NDJSON) EncodeList(dst []byte, list Listing) ([]byte, error) {
	for _, record := range list.Records {
		var err error
		if dst, err = appendJSONRecord(dst, n, record); err != nil {
			return nil, err
		}
		dst = append(dst, '\n')
	}
	return dst, nil
}
