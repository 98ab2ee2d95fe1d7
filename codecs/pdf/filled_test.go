package pdf_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

// comment is what every program was given to fill in.
const comment = "First line é €\nВторая 😀"

// filledFiles are what programs made of Parley's own form: see make.sh beside
// them.
var filledFiles = []struct {
	name    string
	status  string
	comment string
	refused string // how, where it is
}{
	{name: "base", status: "active"},
	{name: "mutool", status: "risky", comment: comment},
	{name: "mutool-clean", status: "risky", comment: comment},
	{name: "mutool-incremental", status: "risky", comment: comment},
	{name: "pdf-lib", status: "risky", comment: comment},
	{name: "pdfbox", status: "risky", comment: comment},
	{name: "pdfbox-incremental", status: "risky", comment: comment},
	// It ends lines in CR LF, and keeps the lower half of the emoji's code.
	{name: "pdfium", status: "risky", comment: "First line é €\r\nВторая \uf600"},
	{name: "pdfjs", status: "risky", comment: comment},
	{name: "pdftk-fdf", status: "risky", comment: comment},
	{name: "pdftk-need-appearances", status: "risky", comment: comment},
	{name: "pdftk-xfdf", status: "risky", comment: comment},
	// What it was given is Latin: for a letter that the form's font lacks it adds a
	// whole font.
	{name: "poppler", status: "risky", comment: "First line é €\nSecond"},
	{name: "pypdf2", status: "risky", comment: comment},
	{name: "qpdf", status: "risky", comment: comment},
	{name: "qpdf-linearized", status: "risky", comment: comment},
	{name: "qpdf-linearized-object-streams", status: "risky", comment: comment},
	{name: "qpdf-object-streams", status: "risky", comment: comment},
	{name: "qpdf-uncompressed", status: "risky", comment: comment},

	// It removes the fields, and leaves the form.
	{name: "pdftk-flatten", refused: "the body holds a form without fields where fields belong"},
	// Both print, and what is printed has no fields.
	{name: "chromium", refused: "the body holds a document without a form where fields belong"},
	{name: "ghostscript", refused: "the body holds a document without a form where fields belong"},
	{name: "pdftk-encrypted", refused: "the file is encrypted; it has to be saved without a password"},
	{name: "qpdf-encrypted", refused: "the file is encrypted; it has to be saved without a password"},
}

const filled = "../../testdata/pdf/filled"

func readFilled(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(filled, name+".pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestDecodeWhatProgramsFilledIn(t *testing.T) {
	for _, tt := range filledFiles {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(readFilled(t, tt.name))
			want := codecs.Record{
				text("_method", "PATCH"), text("_if_match", `"1-pdf"`),
				text("_idempotency_key", "00000000-0000-4000-8000-000000000002"),
				text("status", tt.status), text("review_comment", tt.comment),
			}
			switch {
			case tt.refused == "":
				if err != nil || !got.Equal(want) {
					t.Errorf("read as %v, %v; want %v", got, err, want)
				}
			case err == nil || err.Error() != tt.refused:
				t.Errorf("read as %v, %v; want %s", got, err, tt.refused)
			}
		})
	}
}

// TestEveryFilledFileIsTold keeps the table and the folder the same.
func TestEveryFilledFileIsTold(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(filled, "*.pdf"))
	if err != nil || len(files) != len(filledFiles) {
		t.Errorf("there are %d files, and the table tells of %d (%v)", len(files), len(filledFiles), err)
	}
}

// TestDecodeRefusesWhatWasCutOff cuts each file at every byte. Only at the
// end of a revision is it whole: it is what it was before the next was added.
func TestDecodeRefusesWhatWasCutOff(t *testing.T) {
	for _, tt := range filledFiles {
		body := readFilled(t, tt.name)
		for end := range len(strings.TrimRight(string(body), "\r\n")) {
			got, err := decode(body[:end])
			if err == nil && (hasStatus(got, tt.status) || !isRevision(body[:end])) {
				t.Errorf("%s: the first %d of %d bytes are read as %v", tt.name, end, len(body), got)
			}
		}
	}
}

func isRevision(body []byte) bool {
	return strings.HasSuffix(strings.TrimRight(string(body), "\r\n"), "%%EOF")
}

func hasStatus(r codecs.Record, status string) bool {
	v, _ := r.Get("status")
	return v.Text() == status
}

// TestDecodeRefusesWhatFollows adds something after the end of each file.
func TestDecodeRefusesWhatFollows(t *testing.T) {
	for _, tt := range filledFiles {
		body := readFilled(t, tt.name)
		for _, tail := range []string{"x", "%", "\n%%EOF", "\n1 0 obj\nnull\nendobj\n", string(body)} {
			if got, err := decode([]byte(string(body) + tail)); err == nil {
				t.Errorf("%s with %.20q after it is read as %v", tt.name, tail, got)
			}
		}
	}
}
