package codecs_test

import (
	"testing"

	"github.com/parley-gateway/parley/codecs"
)

func TestJSONPatchDecode(t *testing.T) {
	runUnpackCases(t, codecs.NewJSONPatch(), []unpackCase{
		{name: "replace and add", body: `[{"op":"replace","path":"/status","value":"risky"},{"op":"add","path":"/review_comment","value":"x"}]`,
			want: `{status: "risky", review_comment: "x"}`},
		{name: "empty", body: `[]`, want: `{}`},
		{name: "test in its place", body: `[{"op":"add","path":"/a","value":1},{"op":"test","path":"/a","value":1},{"op":"test","path":"/b","value":null}]`,
			want: `{a: 1, _test: {a: 1}, _test: {b: null}}`},
		{name: "a value set twice", body: `[{"op":"add","path":"/status","value":"active"},{"op":"replace","path":"/status","value":"risky"}]`,
			want: `{status: "active", status: "risky"}`},
		{name: "values keep their kind", body: `[{"op":"add","path":"/a","value":{"b":[1,null],"b":2}}]`, want: `{a: {b: [1, null], b: 2}}`},
		{name: "escapes of the pointer", body: `[{"op":"add","path":"/a~1b~0c~01","value":1}]`, want: `{a/b~c~1: 1}`},
		{name: "escapes of JSON", body: `[{"op":"\u0061dd","path":"\/status","value":1}]`, want: `{status: 1}`},
		{name: "the empty name", body: `[{"op":"add","path":"/","value":1}]`, want: `{: 1}`},
		{name: "members that mean nothing", body: `[{"op":"add","path":"/a","value":1,"from":5,"x":{}}]`, want: `{a: 1}`},

		{name: "other operations", body: `[{"op":"remove","path":"/status"},{"op":"move","from":"/a","path":"/b/c"},{"op":"copy","path":""},{"op":"Add","path":"/x","value":1}]`,
			want: `{status: <unsupported-operation: the operation "remove">, b: <unsupported-operation: the operation "move">, ` +
				`: <unsupported-operation: the operation "copy">, x: <unsupported-operation: the operation "Add">}`},
		{name: "other paths", body: `[{"op":"add","path":"/status/0","value":1},{"op":"replace","path":"","value":{}},{"op":"test","path":"/a~1b/","value":1}]`,
			want: `{/status/0: <unsupported-path: a value with the path "/status/0">, : <unsupported-path: a value with the path "">, ` +
				`/a~1b/: <unsupported-path: a value with the path "/a~1b/">}`},
		{name: "no field passes for a test", body: `[{"op":"add","path":"/_test","value":{"a":1}},{"op":"remove","path":"/_test"}]`,
			want: `{/_test: <unsupported-path: a value with the path "/_test">, /_test: <unsupported-operation: the operation "remove">}`},

		{name: "an object", body: `{"op":"add","path":"/a","value":1}`, fault: "this is a map"},
		{name: "text", body: `"x"`, fault: "this is text"},
		{name: "no operation", body: `[5]`, fault: "operation 0 is a number, not an object"},
		{name: "no op", body: `[{"op":"add","path":"/a","value":1},{"path":"/a","value":1}]`, fault: "operation 1 has no op"},
		{name: "no path", body: `[{"op":"add","value":1}]`, fault: "operation 0 has no path"},
		{name: "no value", body: `[{"op":"test","path":"/a"}]`, fault: "operation 0 has no value"},
		{name: "op is no text", body: `[{"op":null,"path":"/a","value":1}]`, fault: "operation 0 has null for its op, not text"},
		{name: "path is no text", body: `[{"op":"add","path":["a"],"value":1}]`, fault: "operation 0 has a list for its path, not text"},
		{name: "op twice", body: `[{"op":"add","op":"test","path":"/a","value":1}]`, fault: `operation 0 has the member "op" twice`},
		{name: "value twice", body: `[{"op":"add","path":"/a","value":1,"value":1}]`, fault: `operation 0 has the member "value" twice`},
		{name: "the empty name twice", body: `[{"op":"add","path":"/a","value":1,"":1,"":1}]`, fault: `operation 0 has the member "" twice`},
		{name: "no slash", body: `[{"op":"add","path":"status","value":1}]`, fault: `operation 0 has the path "status", which is no JSON Pointer`},
		{name: "fragment", body: `[{"op":"add","path":"#/status","value":1}]`, fault: "no JSON Pointer"},
		{name: "tilde at the end", body: `[{"op":"add","path":"/a~","value":1}]`, fault: "no JSON Pointer"},
		{name: "unknown escape", body: `[{"op":"remove","path":"/a/~2"}]`, fault: "no JSON Pointer"},
		{name: "not JSON", body: "[\n{\"op\":add}]", fault: "line 2, column 7: invalid character 'a'"},
	})
}

func FuzzJSONPatch(f *testing.F) {
	for _, body := range []string{
		`[{"op":"replace","path":"/status","value":"risky"},{"op":"test","path":"/a~1b","value":[1]}]`,
		`[{"op":"remove","path":"/a/b"}]`, `[{"op":"add","path":"","value":{}}]`, `[]`, `[{}]`, `{}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		record, err := codecs.NewJSONPatch().Decode(codecs.Input{Body: body})
		if err != nil {
			if !codecs.IsKind(err, codecs.SyntaxError) {
				t.Fatalf("an unexpected failure: %v", err)
			}
			return
		}
		for _, field := range record {
			if v := field.Value; field.Name == "_test" && (v.Kind() != codecs.Map || len(v.Members()) != 1) {
				t.Fatalf("a test of %s", notation(v))
			}
		}
	})
}
