package codecs_test

const (
	absent = "(absent)" // no Accept at all
	none   = "406"
)

const (
	chrome     = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	firefox    = "text/html,application/xhtml+xml,application/xml;q=0.9,image/png,image/svg+xml,*/*;q=0.8"
	safari     = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	oldWebKit  = "application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5"
	ie8        = "image/jpeg, application/x-ms-application, image/gif, application/xaml+xml, image/pjpeg, application/x-ms-xbap, application/vnd.ms-excel, */*"
	ie11       = "text/html, application/xhtml+xml, image/jxr, */*"
	lynx       = "text/html, text/plain, text/sgml, text/css, */*;q=0.01"
	axios      = "application/json, text/plain, */*"
	jquery     = "application/json, text/javascript, */*; q=0.01"
	restSharp  = "application/json, text/json, text/x-json, text/javascript, application/xml, text/xml"
	spring     = "application/xml, text/xml, application/json, application/*+xml, application/*+json"
	feedReader = "application/atom+xml, application/rss+xml;q=0.9"
	java       = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
	newerJava  = "text/html, image/gif, image/jpeg, */*; q=0.2"
)

// negotiations says what is chosen for one record: an Accept field, its lines
// divided by line feeds; the media type of the request, if it has a body; and
// the media type of the answer.
var negotiations = []struct{ accept, spoken, want string }{
	// Nothing said.
	{absent, "", "application/json"},
	{"", "", "application/json"},
	{" \t ", "", "application/json"},
	{",, ,", "", "application/json"},
	{"*/*", "", "application/json"},
	{absent, "application/xml", "application/xml"},
	{"", "application/xml", "application/xml"},

	// One name.
	{"application/json", "", "application/json"},
	{"application/xml", "", "application/xml"},
	{"text/plain", "", "text/plain"},
	{"text/html", "", "text/html"},
	{"application/pdf", "", "application/pdf"},
	{"application/cbor", "", "application/cbor"},
	{"application/vnd.msgpack", "", "application/vnd.msgpack"},
	{"application/yaml", "", "application/yaml"},
	{"image/png", "", none},
	{"application/xm", "", none},
	{"application/xmll", "", none},
	{"application/jsonp", "", none},
	{"text/csv", "", none}, // lists only
	{"application/x-ndjson", "", none},
	{"application/xml", "application/json", "application/xml"}, // what is named outranks what is spoken
	{"image/png", "application/json", none},

	// Quality.
	{"application/json;q=0.5, application/xml;q=0.9", "", "application/xml"},
	{"application/json;q=0.999, application/xml", "", "application/xml"},
	{"application/json;q=0.001, application/xml;q=0.002", "", "application/xml"},
	{"application/json;q=1.000, application/xml;q=0.999", "", "application/json"},
	{"application/json;q=0., application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=0.1, application/xml;q=1.", "", "application/xml"},
	{"application/json ; q=0.5 , application/xml ; q=0.6", "", "application/xml"},
	{"application/json\t;\tq=0.5,\tapplication/xml", "", "application/xml"},
	{`application/json;q="0.5", application/xml;q=0.6`, "", "application/xml"},
	{"application/json;Q=0.5, application/xml;Q=0.6", "", "application/xml"},
	{"application/json;q=0.5;v=1, application/xml;v=1;q=0.6", "", "application/xml"}, // q need not be last

	// A quality of 0 excludes.
	{"application/json;q=0", "", none},
	{"application/json;q=0.000", "", none},
	{"*/*;q=0", "", none},
	{"application/json;q=0, */*", "", "application/xml"},
	{"*/*, application/json;q=0", "application/json", "application/xml"},
	{"application/*;q=0, */*", "", "text/plain"},
	{"application/*;q=0, */*", "application/xml", "text/plain"},
	{"application/*;q=0, application/cbor, */*;q=0.1", "", "application/cbor"},
	{"text/*;q=0, text/html;q=0.1", "", "text/html"},

	// The most specific range gives the quality, whatever its place.
	{"*/*;q=0.9, application/json;q=0.1", "", "application/xml"},
	{"application/json;q=0.1, */*;q=0.9", "", "application/xml"},
	{"application/*;q=0.1, */*;q=0.9", "", "text/plain"},
	{"text/*;q=0.3, text/html;q=0.7, */*;q=0.5", "", "text/html"},
	{"text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5", "", "text/plain"},
	{"text/*;q=0.9, text/html;q=0.1", "", "text/plain"},

	// Equal quality: the more specific range first, then the one named first.
	{"*/*, application/xml", "", "application/xml"},
	{"*/*, text/*", "", "text/plain"},
	{"text/*, application/pdf", "", "application/pdf"},
	{"application/xml, application/json", "", "application/xml"},
	{"application/json, application/xml", "", "application/json"},
	{"application/yaml, text/html, application/json", "application/json", "application/yaml"},
	{"text/*, application/*", "", "text/plain"},
	{"application/*, text/*", "", "application/json"},
	{"text/*;q=0.5, application/json;q=0.5", "", "application/json"},

	// Within one wildcard: the language of the request, then the order.
	{"*/*", "application/xml", "application/xml"},
	{"*/*", "application/cbor", "application/cbor"},
	{"*/*", "application/pdf", "application/pdf"},
	{"application/*", "application/yaml", "application/yaml"},
	{"application/*", "text/plain", "application/json"},
	{"text/*", "text/html", "text/html"},
	{"text/*", "application/xml", "text/plain"},
	{"image/png, */*;q=0.1", "application/xml", "application/xml"},
	{"text/html, */*;q=0.8", "application/xml", "text/html"}, // html is named
	{"text/*, */*", "application/xml", "text/plain"},         // xml is not within the winning wildcard
	{"application/xml;q=0.5, */*", "application/xml", "application/json"},
	{"*/*", "application/json-patch+json", "application/json"}, // cannot be answered
	{"*/*", "application/vnd.acme+xml", "application/xml"},
	{"*/*", "application/octet-stream", "application/json"}, // nobody's language
	{"*/*", "application/x-www-form-urlencoded", "application/json"},
	{"*/*", "multipart/form-data", "application/json"},
	{absent, "application/x-www-form-urlencoded", "application/json"},

	// What is answered only when it is named.
	{"application/x-www-form-urlencoded", "", "application/x-www-form-urlencoded"},
	{"multipart/form-data", "", "multipart/form-data"},
	{"application/octet-stream", "", "application/octet-stream"},
	{"multipart/*", "", "multipart/form-data"},
	{"multipart/*;q=0, */*", "", "application/json"},
	{"multipart/mixed", "", none},
	{"application/octet-stream, */*;q=0.9", "", "application/octet-stream"},
	{"application/octet-stream;q=0.5, */*", "", "application/json"},
	{"application/json;q=0, application/xml;q=0, application/pdf;q=0, application/cbor;q=0, application/vnd.msgpack;q=0, application/yaml;q=0, application/*", "", none},

	// Aliases are names of their own.
	{"text/xml", "", "text/xml"},
	{"text/json", "", "text/json"},
	{"application/x-msgpack", "", "application/x-msgpack"},
	{"application/xhtml+xml", "", "application/xhtml+xml"},
	{"text/xml, application/xml", "", "text/xml"},
	{"text/xml;q=0.5, application/xml;q=0.6", "", "application/xml"},
	{"text/xml;q=0.4, application/json;q=0.5", "", "application/json"},
	{"application/json;q=0, text/json", "", "text/json"},
	{"text/json;q=0, */*", "", "application/json"},
	{"text/*, text/csv;q=0", "", "text/plain"}, // not text/json, the first by order

	// The language under the name that the request used.
	{"*/*", "text/xml", "text/xml"},
	{absent, "text/xml", "text/xml"},
	{"*/*", "text/json", "text/json"},
	{"*/*", "application/x-msgpack", "application/x-msgpack"},
	{"application/*", "application/x-yaml", "application/x-yaml"},
	{"application/*", "text/yaml", "application/yaml"}, // text/yaml is not within it
	{"text/*", "text/xml", "text/plain"},               // a wildcard stands for first names
	{"*/*, text/xml;q=0", "text/xml", "application/xml"},
	{"*/*, text/xml;q=0.5", "text/xml", "application/xml"},
	{"*/*, application/xml;q=0", "text/xml", "application/json"},

	// Structured suffixes, where nothing else matches.
	{"application/vnd.acme+json", "", "application/json"},
	{"application/vnd.acme+xml", "", "application/xml"},
	{"application/vnd.acme+cbor", "", "application/cbor"},
	{"application/vnd.acme+yaml", "", "application/yaml"},
	{"application/vnd.acme+JSON", "", "application/json"},
	{"application/vnd.acme+zip", "", none},
	{"application/vnd.acme+", "", none},
	{"application/*+xml", "", "application/xml"},
	{"*/*+xml", "", "application/xml"},
	{"application/problem+json", "", "application/json"},
	{"application/problem+xml", "application/json", "application/xml"},
	{"application/vnd.acme+xml, application/json;q=0.1", "", "application/json"},
	{"application/vnd.acme+xml, */*;q=0.1", "", "application/json"},
	{"application/a+xml;q=0.5, application/b+json;q=0.6", "", "application/json"},
	{"application/a+xml, application/b+json", "", "application/xml"},
	{"image/png, application/vnd.acme+json", "", "application/json"},
	{"application/json;q=0, application/vnd.acme+json", "", none},
	{"application/a+xml;q=0", "", none},
	{"application/a+xml, application/xml;q=0", "", none},
	{"application/a+xml, text/html;q=0", "", "application/xml"},
	{"application/a+xml, */*;q=0", "", none},
	{"image/svg+xml, image/png", "", "application/xml"},

	// Malformed members are skipped, each by itself.
	{"*", "", "application/json"},
	{"json", "", "application/json"},
	{"json, application/xml", "", "application/xml"},
	{"application/json/x, application/xml", "", "application/xml"},
	{"/json, application/, /, application/xml", "", "application/xml"},
	{"*/html, application/xml", "", "application/xml"},
	{"*/html", "", "application/json"},
	{"text/ html, application/xml", "", "application/xml"},
	{"application/(json), application/xml", "", "application/xml"},
	{"application/jsön, application/xml", "", "application/xml"},
	{"application/json;, application/xml;q=0.5", "", "application/json"}, // an empty parameter is well-formed
	{"application/json;v, application/xml", "", "application/xml"},
	{"application/json;=1, application/xml", "", "application/xml"},
	{"application/json;v=, application/xml", "", "application/xml"},
	{"application/json; q = 1, application/xml", "", "application/xml"},
	{"application/json;q, application/xml", "", "application/xml"},
	{"application/json;q=, application/xml", "", "application/xml"},
	{"application/json;q=2, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=1.001, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=-1, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=+1, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=.5, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=1.0000, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=0.0001, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=00, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=0,5, application/xml;q=0.1", "", "application/xml"}, // a comma divides: q=0 and "5"
	{"application/json;q=1e0, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=0.1a, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=0.9-, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=1e309, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=inf, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=nan, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=high, application/xml;q=0.1", "", "application/xml"},
	{"application/json;q=0.1;q=1, application/xml;q=0.05", "", "application/xml"}, // twice
	{"application/json;q=2", "", "application/json"},                              // no well-formed member is */*
	{"application/xml;q=2", "", "application/json"},

	// The same range twice: the one named first counts.
	{"application/json;q=0.1, application/json;q=0.9, application/xml;q=0.5", "", "application/xml"},
	{"application/json;q=0.9, application/json;q=0.1, application/xml;q=0.5", "", "application/json"},
	{"application/json;q=0, application/json, application/xml;q=0.5", "", "application/xml"},
	{"*/*;q=0, */*", "", none},

	// Several lines are one list.
	{"application/json;q=0.5\napplication/xml", "", "application/xml"},
	{"\n\napplication/xml\n", "", "application/xml"},
	{"application/json;q=2\napplication/xml", "", "application/xml"},

	// Case.
	{"APPLICATION/XML", "", "application/xml"},
	{"Application/Xml;Q=0.5, TEXT/*;Q=0.6", "", "text/plain"},
	{"Text/XML", "", "text/xml"},

	// Parameters.
	{"application/xml;charset=utf-8", "", "application/xml"},
	{`application/xml;charset="UTF-8"`, "", "application/xml"},
	{"application/xml;charset=utf8", "", "application/xml"},
	{"application/xml;Charset=Utf-8;q=0.5, application/json;q=0.4", "", "application/xml"},
	{"application/xml;charset=iso-8859-1", "", none},
	{"application/xml;charset=iso-8859-1, application/json;q=0.1", "", "application/json"},
	{"application/xml;charset=iso-8859-1, application/xml;q=0.1", "", "application/xml"},
	{"application/xml;charset=utf-16, */*;q=0.1", "", "application/json"},
	{"application/a+xml;charset=utf-16", "", none},
	{"application/xml;version=2;profile=x", "", "application/xml"},
	{`application/xml;profile="a, b;c", application/json;q=0.9`, "", "application/xml"},
	{`application/xml;profile="a \", b", application/json;q=0.9`, "", "application/xml"},
	{`application/xml;q=0.5;profile="x;q=1", application/json;q=0.6`, "", "application/json"},
	{`image/png;a="application/xml, b", application/json`, "", "application/json"},
	{`image/png;a="b, application/xml`, "", "application/xml"}, // never closed: spoils its own member
	{`application/json;a="b, application/xml;q=0.1`, "", "application/xml"},
	{`application/json;a="b"c, application/xml`, "", "application/xml"},
	{`"application/json", application/xml`, "", "application/xml"},
	{`application/json", text/html", application/xml`, "", "application/xml"},

	// What is really sent.
	{chrome, "", "text/html"},
	{firefox, "", "text/html"},
	{safari, "", "text/html"},
	{chrome, "application/x-www-form-urlencoded", "text/html"},
	{oldWebKit, "", "application/xml"},
	{ie8, "", "application/json"},
	{ie8, "application/x-www-form-urlencoded", "application/json"},
	{ie11, "", "text/html"},
	{lynx, "", "text/html"},
	{axios, "", "application/json"},
	{axios, "application/xml", "application/json"},
	{jquery, "", "application/json"},
	{restSharp, "", "application/json"},
	{spring, "", "application/xml"},
	{feedReader, "", "application/xml"},
	{"text/plain, */*", "", "text/plain"},
	{"*/*", "text/plain", "text/plain"},              // curl, fetch, Python's requests
	{absent, "application/json", "application/json"}, // Go, .NET

	// Java's HttpURLConnection says nothing about its program.
	{java, "", "application/json"},
	{java, "application/xml", "application/xml"},
	{java, "text/xml", "text/xml"},
	{java, "text/html", "text/html"},
	{newerJava, "", "application/json"},
	{newerJava, "application/xml", "application/xml"},
	{"text/html, image/jpeg, *; q=.2, */*; q=.2", "application/xml", "text/html"}, // not Java's: image/gif is not there
	{"text/html, image/gif, *; q=.2, */*; q=.2", "application/xml", "text/html"},
	{"image/gif, image/jpeg, *; q=.2, */*; q=.2", "application/xml", none},
	{java + ", application/json", "application/xml", "text/html"}, // its program has said something
	{"text/html, image/gif, image/jpeg", "application/xml", "text/html"},
	{"text/html, image/gif, */*;q=0.2", "application/xml", "text/html"},
	{"text/html;level=1, image/gif, image/jpeg, */*;q=0.2", "application/xml", "text/html"},
}
