package suites

import (
	"strings"
	"testing"
)

// multipartExamples are what RFC 7578 and RFC 2046 show, with other words for their
// texts: what is read, or nothing for what is refused.
var multipartExamples = []struct {
	section, contentType, body string
	fields                     fields
}{
	{"RFC 7578 section 4.2, a name", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\nContent-Disposition: form-data; name=\"user\"\n\nJoe\n--AaB03x--\n", fields{{"user", "Joe"}}},
	{"RFC 7578 section 4.2, a name outside of ASCII", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\nContent-Disposition: form-data; name=\"\u540d\"\n\nJoe\n--AaB03x--\n", fields{{"\u540d", "Joe"}}},
	{"RFC 7578 section 4.5, a charset parameter", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\ncontent-disposition: form-data; name=\"field1\"\ncontent-type: text/plain;charset=UTF-8\n\nJoe owes \u20ac100.\n--AaB03x--",
		fields{{"field1", "Joe owes \u20ac100."}}},
	{"RFC 7578 section 4.5, windows-1250", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\ncontent-disposition: form-data; name=\"field1\"\ncontent-type: text/plain;charset=windows-1250\n\nJoe owes \x80100.\n--AaB03x--",
		fields{{"field1", "Joe owes \u20ac100."}}},
	{"RFC 7578 section 4.6, _charset_", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\ncontent-disposition: form-data; name=\"_charset_\"\n\niso-8859-1\n--AaB03x\ncontent-disposition: form-data; name=\"field1\"\n\n\xe9\n--AaB03x--",
		fields{{"_charset_", "iso-8859-1"}, {"field1", "\u00e9"}}},
	{"RFC 7578 section 4.6, _charset_ as it is printed, with the last boundary in the middle", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\ncontent-disposition: form-data; name=\"_charset_\"\n\niso-8859-1\n--AaB03x--\ncontent-disposition: form-data; name=\"field1\"\n\nx\nAaB03x--", nil},
	{"RFC 7578 section 4.7, Content-Transfer-Encoding", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\ncontent-disposition: form-data; name=\"field1\"\ncontent-type: text/plain;charset=UTF-8\n" +
			"content-transfer-encoding: quoted-printable\n\nJoe owes =E2=82=AC100.\n--AaB03x--", nil},
	{"RFC 7578 section 4.8, filename*", `multipart/form-data; boundary=AaB03x`,
		"--AaB03x\nContent-Disposition: form-data; name=a; filename*=utf-8''b\n\nx\n--AaB03x--", nil},

	{"RFC 2046 section 5.1.1, a preamble and an epilogue", `multipart/form-data; boundary="simple boundary"`,
		"Before.\n\n--simple boundary\nContent-Disposition: form-data; name=a\n\nx\n--simple boundary--\n\nAfter.", nil},
	{"RFC 2046 section 5.1.1, a preamble", `multipart/form-data; boundary="simple boundary"`,
		"Before.\n\n--simple boundary\nContent-Disposition: form-data; name=a\n\nx\n--simple boundary--\n", nil},
	{"RFC 2046 section 5.1.1, an epilogue", `multipart/form-data; boundary="simple boundary"`,
		"--simple boundary\nContent-Disposition: form-data; name=a\n\nx\n--simple boundary--\n\nAfter.", nil},
	{"RFC 2046 section 5.1.1, a part without and one with a line break at its end", `multipart/form-data; boundary="simple boundary"`,
		"--simple boundary\nContent-Disposition: form-data; name=a\n\nNone.\n--simple boundary\n" +
			"Content-Disposition: form-data; name=b\nContent-type: text/plain; charset=us-ascii\n\nOne.\n\n--simple boundary--\n",
		fields{{"a", "None."}, {"b", "One.\r\n"}}},
	{"RFC 2046 section 5.1.1, no header fields", `multipart/form-data; boundary="simple boundary"`, "--simple boundary\n\nx\n--simple boundary--\n", nil},
	{"RFC 2046 section 5.1.1, neither an empty line nor content", `multipart/form-data; boundary=b`,
		"--b\nContent-Disposition: form-data; name=a\n\n--b--\n", nil},
	{"RFC 2046 section 5.1.1, a colon in quotation marks", `multipart/form-data; boundary="gc0pJq0M:08jU534c0p"`,
		"--gc0pJq0M:08jU534c0p\nContent-Disposition: form-data; name=a\n\nx\n--gc0pJq0M:08jU534c0p--", fields{{"a", "x"}}},
	{"RFC 2046 section 5.1.1, a colon without", `multipart/form-data; boundary=gc0pJq0M:08jU534c0p`,
		"--gc0pJq0M:08jU534c0p\nContent-Disposition: form-data; name=a\n\nx\n--gc0pJq0M:08jU534c0p--", nil},
	{"RFC 2046 section 5.1.1, white space after a boundary", `multipart/form-data; boundary=b`,
		"--b \t\nContent-Disposition: form-data; name=a\n\nx\n--b-- \t\n", fields{{"a", "x"}}},
	{"RFC 2046 section 5.1.1, 70 characters", `multipart/form-data; boundary=` + strings.Repeat("b", 70),
		"--" + strings.Repeat("b", 70) + "\nContent-Disposition: form-data; name=a\n\nx\n--" + strings.Repeat("b", 70) + "--", fields{{"a", "x"}}},
	{"RFC 2046 section 5.1.1, 71 characters", `multipart/form-data; boundary=` + strings.Repeat("b", 71),
		"--" + strings.Repeat("b", 71) + "\nContent-Disposition: form-data; name=a\n\nx\n--" + strings.Repeat("b", 71) + "--", nil},
	{"RFC 2046 section 5.1.1, a boundary that ends with a space", `multipart/form-data; boundary="b "`,
		"--b \nContent-Disposition: form-data; name=a\n\nx\n--b --", nil},
	{"RFC 2046 section 5.1.2, the last boundary is missing", `multipart/form-data; boundary=b`,
		"--b\nContent-Disposition: form-data; name=a\n\nx\n", nil},
}

// TestMultipartExamples reads the examples with CRLF at the end of each line.
func TestMultipartExamples(t *testing.T) {
	for _, example := range multipartExamples {
		body := strings.ReplaceAll(example.body, "\n", "\r\n")
		got := byParley(true)(t, []document{{[]byte(body), example.contentType}})[0]
		switch {
		case example.fields == nil && got.refusal == "":
			t.Errorf("%s is %s, want a refusal", example.section, got)
		case example.fields != nil && !got.equal(reading{value: example.fields}):
			t.Errorf("%s is %s, want %#v", example.section, got, example.fields)
		}
	}
}
