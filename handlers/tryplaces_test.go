package handlers_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestTryPlacesOfFaults looks for the names of the fields at fault in the body. A
// place that is not certain is none.
func TestTryPlacesOfFaults(t *testing.T) {
	const (
		jsonType = "application/json"
		xmlType  = "application/xml"
		formType = "application/x-www-form-urlencoded"
		yamlType = "application/yaml"
	)
	s := newServer(t)
	for _, c := range []struct{ name, contentType, body, want string }{
		{"json", jsonType, "{\n  \"status\": 5\n}", `status wrong-type 2:3 "status"`},
		{"json, nested before", jsonType, `{"x": {"status": 1}, "status": 5}`, `x unknown-field 1:2 "x", status wrong-type 1:22 "status"`},
		{"json, in a text before", jsonType, `{"review_comment": "\"status\":", "status": "x"}`, `status unknown-value 1:35 "status"`},
		{"json, escaped", jsonType, `{"stat\u0075s": 5}`, `status wrong-type 1:2 "stat\u0075s"`},
		{"json, twice", jsonType, `{"status": "risky", "ü": 1, "status": "x"}`, `ü unknown-field 1:21 "ü", status duplicate-field 1:29 "status"`},
		{"json, three times", jsonType, `{"status":"risky","status":1,"status":2}`, `status duplicate-field 1:19 "status", status duplicate-field 1:30 "status"`},
		{"json, unknown twice", jsonType, `{"status":"risky","x":1,"x":2}`, `x unknown-field 1:19 "x", x unknown-field 1:25 "x"`},
		{"json, missing", jsonType, `{}`, `status required`},
		{"json, with a mark", jsonType, "\ufeff{\"status\": 5}", `status wrong-type 1:2 "status"`},
		{"json in UTF-16", jsonType, "\xfe\xff\x00{\x00\"\x00x\x00\"\x00:\x001\x00}", `x unknown-field 1:2 "x", status required`},
		{"json recognised", "application/octet-stream", `{"status": 5}`, `status wrong-type 1:2 "status"`},
		{"json patch", "application/json-patch+json", `[{"op":"add","path":"/status","value":5}]`, `status wrong-type`},

		{"xml", xmlType, "<user>\r\n  <status>banned</status>\r\n</user>", `status unknown-value 2:3 <status>`},
		{"xml, nested before", xmlType, `<u><a><status/></a><p:status xmlns:p="p">x</p:status></u>`, `a unknown-field 1:4 <a>, status unknown-value 1:20 <p:status xmlns:p="p">`},
		{"xml, in CDATA and comments", xmlType, `<u><!-- <status> --><review_comment><![CDATA[<status>]]></review_comment><status>x</status></u>`, `status unknown-value 1:74 <status>`},
		{"xml, an attribute", xmlType, `<u xmlns="n" status="x"/>`, `status unknown-value`},
		{"xml, an attribute and an element", xmlType, `<u status="risky"><status>x</status></u>`, `status duplicate-field 1:19 <status>`},
		{"xml, that says its encoding", xmlType, `<?xml version="1.0" encoding="ISO-8859-1"?><u><status>x</status></u>`, `status unknown-value 1:47 <status>`},

		{"form", formType, "review_comment=status%3D&&status=x", `status unknown-value 1:27 status`},
		{"form, escaped", formType, "st%61tus=x", `status unknown-value 1:1 st%61tus`},
		{"form, steering", formType, "status=risky&_if_match=*&_if_match=*", `_if_match duplicate-field 1:26 _if_match`},

		{"text, a word", "text/plain", "  banned\n", `status unknown-value 1:3 banned`},
		{"text, lines", "text/plain", "x: y\n status: z\nstatus: banned\n\nstatus: w", `x unknown-field 1:1 x, status unknown-value 3:1 status`},
		{"text, a comment twice", "text/plain", "status: risky\r\nreview_comment: x\r\n\r\nagain\r\nstatus: x", `review_comment duplicate-field 4:1 again`},
		{"text, of a browser", "text/plain", "status=x\r\nreview_comment=y\r\nstatus=z\r\n", `status unknown-value 1:1 status`},
		{"text, lines of another platform", "text/plain", "review_comment: y\rstatus: x", `status unknown-value`},

		{"yaml", yamlType, "# status: x\nreview_comment: |\n  status: y\nstatus: 5\n", `status wrong-type 4:1 status`},
		{"yaml in brackets", yamlType, "{\nx: {\nstatus: a}, status: b}", `x unknown-field 2:1 x, status unknown-value 3:13 status`},
		{"yaml in quotation marks", yamlType, "---\n\"status\": 5\n'x': 1", `x unknown-field 3:1 'x', status wrong-type 2:1 "status"`},
		{"yaml, escaped", yamlType, `"stat\x75s": 5`, `status wrong-type`},
		{"yaml, a text over lines", yamlType, "review_comment: \"a\n status: b\"\nstatus: c", `status unknown-value 3:1 status`},

		{"html", "text/html", "<!DOCTYPE html><form><input name='status' value='x'></form>", `status unknown-value`},
		{"multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nx\r\n--b--\r\n", `status unknown-value`},
		{"a file", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n", `status unknown-value`},
		{"cbor", "application/cbor", "\xa1fstatusax", `status unknown-value`},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := s.try(c.contentType, "", []byte(c.body))
			list := make([]string, len(told.Faults))
			for i, f := range told.Faults {
				list[i] = strings.TrimSpace(f.Field + " " + f.Code + " " + placeOf(f))
			}
			if got := strings.Join(list, ", "); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

// placeOf is the place of a fault, and what is marked there.
func placeOf(f tryFault) string {
	if f.Line == 0 {
		return ""
	}
	return fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Marked)
}

// TestTryPlacesOfErrors looks at what is shown around a place where a body cannot be
// read.
func TestTryPlacesOfErrors(t *testing.T) {
	s := newServer(t)
	long := strings.Repeat("é", 100)
	file := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\nContent-Type: application/json\r\n\r\n}\r\n--b--\r\n"
	for _, c := range []struct{ name, contentType, body, place, around string }{
		{"json", "application/json", "{\n  \"a\": risky,\r\n}", "2:8", `  "a": |r|isky,`},
		{"a long line", "application/json", `{"a":"` + long + `" x "` + long + `"}`, "1:109", "…" + strings.Repeat("é", 58) + "\" |x| \"" + strings.Repeat("é", 58) + "…"},
		{"the end", "application/json", "{\"a\"", "1:4", `{"a|"|`},
		{"xml with CRLF", "application/xml", "<u>\r\n<a>ü</b>\r\n</u>", "2:7", "<a>ü</|b|>"},
		{"xml that says its encoding", "application/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><u>ü</b>", "1:51", ""},
		{"yaml", "application/yaml", "a: &x 1\nb: *x", "1:4", "a: |&|x 1"},
		{"form", "application/x-www-form-urlencoded", "a=b&c=%zz", "1:7", "a=b&c=|%|zz"},
		{"multipart", "multipart/form-data; boundary=b", "--b\r\nX\r\n\r\n--b--", "2:1", "|X|"},
		{"a file, which is read as its own", "multipart/form-data; boundary=b", file, "1:1", ""},
		{"not in its encoding", "text/plain", "status: \xff", "1:9", ""},
		{"UTF-16", "application/json", "\xff\xfe{\x00\n\x00x\x00", "2:1", "|x|"},
		{"cbor", "application/cbor", "\xa1\xff", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := s.try(c.contentType, "", []byte(c.body))
			if told.Status != 400 || told.NotRead == nil {
				t.Fatalf("%d, %+v", told.Status, told.Record)
			}
			e := told.NotRead
			place, around := "", ""
			if e.Line > 0 {
				place = fmt.Sprintf("%d:%d", e.Line, e.Column)
			}
			if e.Before+e.Marked+e.After != "" {
				around = e.Before + "|" + e.Marked + "|" + e.After
			}
			if e.Offset == nil || place != c.place || around != c.around {
				t.Errorf("%s\n%s: %s\nwant %s: %s", e.Detail, place, around, c.place, c.around)
			}
		})
	}
}
