package pdf_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/codecs/pdf"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestPages compares what others see in our pages with testdata/pages: the
// text that pdftotext finds, the fields that pdftk finds, and the first page
// as pdftoppm draws it.
func TestPages(t *testing.T) {
	documents := map[string]codecs.Document{
		"latin":    withForm(user("Benjamin Zhang", latin)),
		"cyrillic": withForm(user("Бенжамин Чжан", cyrillic)),
		"arabic":   withForm(user("بنيامين زانغ", arabic)),
		"hebrew":   withForm(user("בנימין ז׳אנג", hebrew)),
		"cjk":      withForm(user("张本杰明", han)),
		"indic":    user("Benjamin Zhang", indic),
		"others":   user("Benjamin Zhang", others),
		"emoji":    user("Benjamin Zhang", emojis),
		"hostile":  user("Ben", hostile),
		"long":     withForm(user("Benjamin Zhang", strings.Repeat("A long comment, of very many words. ", 112))),
		"problem":  problem(),
	}
	for name, doc := range documents {
		t.Run(name, func(t *testing.T) {
			file, err := pdf.New().Encode(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			checkGolden(t, name, file)
		})
	}
	lists := map[string]codecs.Listing{"history": history(25), "users": users(5), "none": {Name: "users"}}
	for name, list := range lists {
		t.Run(name, func(t *testing.T) {
			file, err := pdf.New().EncodeList(nil, list)
			if err != nil {
				t.Fatal(err)
			}
			checkGolden(t, name, file)
		})
	}
}

func checkGolden(t *testing.T, name string, file []byte) {
	path := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	checkWellFormed(t, path)
	golden := filepath.Join("testdata", "pages", name)
	compare(t, golden+".txt", run(t, "pdftotext", "-layout", path, "-"))
	compare(t, golden+".fields", run(t, "pdftk", path, "dump_data_fields_utf8"))
	comparePicture(t, golden+".png", run(t, "pdftoppm", "-png", "-gray", "-r", "60", "-singlefile", path))
}

// checkWellFormed looks for faults that qpdf finds, and for fonts that are not
// embedded or do not tell their text.
func checkWellFormed(t *testing.T, path string) {
	t.Helper()
	run(t, "qpdf", "--check", path)
	for _, line := range strings.Split(strings.TrimSpace(string(run(t, "pdffonts", path))), "\n")[2:] {
		if columns := strings.Fields(line); len(columns) < 7 || strings.Join(columns[len(columns)-5:len(columns)-2], " ") != "yes yes yes" {
			t.Errorf("a font is not embedded, no subset, or without its text: %s", line)
		}
	}
}

// run runs one of the tools that the tests need.
func run(t *testing.T, tool string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Fatalf("%s is missing (Debian: apt-get install poppler-utils pdftk-java qpdf)", tool)
	}
	var out, errs bytes.Buffer
	c := exec.Command(tool, args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v: %s%s", tool, err, out.Bytes(), errs.Bytes())
	}
	return out.Bytes()
}

func compare(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		rewrite(t, golden, got)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", golden, got, want)
	}
}

func rewrite(t *testing.T, golden string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(golden, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// mostDifference is how much pictures may differ in the mean, of 255: versions
// of pdftoppm smooth the edges of letters differently. A line of text that is
// not where it was makes more.
const mostDifference = 1.0

func comparePicture(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		rewrite(t, golden, got)
	}
	file, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	a, b := decodePicture(t, got), decodePicture(t, file)
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%s: the page has the size %v; want %v", golden, a.Bounds(), b.Bounds())
	}
	if d := difference(a, b); d > mostDifference {
		t.Errorf("%s: the page looks different, by %.2f", golden, d)
	}
}

func decodePicture(t *testing.T, data []byte) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func difference(a, b image.Image) float64 {
	var sum float64
	size := a.Bounds()
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			p, q := color.GrayModel.Convert(a.At(x, y)).(color.Gray), color.GrayModel.Convert(b.At(x, y)).(color.Gray)
			sum += max(float64(p.Y)-float64(q.Y), float64(q.Y)-float64(p.Y))
		}
	}
	return sum / float64(size.Dx()*size.Dy())
}
