package suites

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
)

// TestMsgpackTestSuite reads every encoding of every value of msgpack-test-suite
// as the value of a field. Extension types, the timestamp among them, are refused.
func TestMsgpackTestSuite(t *testing.T) {
	var suite map[string][]map[string]json.RawMessage
	suiteData(t, "msgpack-test-suite/dist/msgpack-test-suite.json", &suite)
	cases := 0
	for _, group := range suite {
		for _, value := range group {
			var encodings []string
			if err := json.Unmarshal(value["msgpack"], &encodings); err != nil {
				t.Fatal(err)
			}
			for _, encoding := range encodings {
				cases++
				checkMsgpack(t, encoding, value)
			}
		}
	}
	if cases < 200 {
		t.Errorf("%d cases", cases)
	}
}

func checkMsgpack(t *testing.T, encoding string, value map[string]json.RawMessage) {
	t.Helper()
	item, err := hex.DecodeString(strings.ReplaceAll(encoding, "-", ""))
	if err != nil {
		t.Fatal(err)
	}
	got := byParley(false)(t, []document{{append([]byte("\x81\xa1v"), item...), "application/vnd.msgpack"}})[0]
	if value["ext"] != nil || value["timestamp"] != nil {
		if got.refusal == "" {
			t.Errorf("%s is %s, an extension", encoding, got)
		}
		return
	}
	if want := msgpackValue(t, value); !got.equal(reading{value: map[string]any{"v": want}}) {
		t.Errorf("%s is %s, want %#v", encoding, got, want)
	}
}

// msgpackValue is the value that an entry of the suite describes: bytes in
// hexadecimal, large numbers as text.
func msgpackValue(t *testing.T, value map[string]json.RawMessage) any {
	t.Helper()
	var text string
	if err := json.Unmarshal(value["binary"], &text); err == nil {
		content, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
		if err != nil {
			t.Fatal(err)
		}
		return raw(content)
	}
	if err := json.Unmarshal(value["bignum"], &text); err == nil {
		return numberOf(text)
	}
	for name, content := range value {
		if name != "msgpack" {
			v, err := encodingJSON(document{Body: content})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatal("an entry without a value")
	return nil
}
