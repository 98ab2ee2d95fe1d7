package codecs

import "time"

// A Format has a name and media types. What can be done with it, it says by
// the other interfaces of this file that it satisfies. Formats are safe for
// concurrent use.
type Format interface {
	// Name is the short name that people use: json.
	Name() string
	// MediaTypes are the format's media types in lower case, without
	// parameters. The first is the one that is sent; the others are aliases.
	MediaTypes() []string
}

// A Codec is a Format that can be read.
type Codec interface {
	Format
	// Decode reads one record. It keeps nothing of the input and writes
	// nothing to it. Its failures are an *Error.
	Decode(in Input) (Record, error)
}

// Input is a body and what is known of it.
type Input struct {
	Body   []byte
	Type   MediaType // as the sender declared it
	Limits Limits
}

// An Encoder is a Format that one record can be written in.
type Encoder interface {
	Format
	// Encode appends a document to dst, which it may grow, and returns it. It
	// fails with an *Error of kind Unencodable, or not at all.
	Encode(dst []byte, doc Document) ([]byte, error)
}

// A ListEncoder is a Format that a list of records can be written in.
type ListEncoder interface {
	Format
	// EncodeList is Encode for lists.
	EncodeList(dst []byte, list Listing) ([]byte, error)
}

// A Sniffer recognises its format by how a body begins.
type Sniffer interface {
	Format
	// Sniff reports whether a body is of this format.
	Sniff(body []byte) bool
	// Signatures shows what Sniff looks for, to be listed in a message.
	Signatures() []string
}

// A ProblemEncoder has a media type of its own for problems (RFC 9457
// section 3).
type ProblemEncoder interface {
	Encoder
	ProblemMediaType() string
}

// A Suffixer reads and writes every media type with its structured syntax
// suffix (RFC 6838 section 4.2.8).
type Suffixer interface {
	Format
	// Suffix is the suffix with its plus sign: "+json".
	Suffix() string
}

// A Container is a Codec for bodies that hold a body of another format.
type Container interface {
	Codec
	// DecodeInside decodes what is inside, and says as what. A body that
	// holds none is decoded as the container's own.
	DecodeInside(in Input) (Decoded, error)
}

// A Steerer is a Codec in which fields of these names steer the request and
// are no part of what it says.
type Steerer interface {
	Codec
	Steering() []string
}

// A Padder is a Codec of a format in which white space around a word is
// layout.
type Padder interface {
	Codec
	Padded()
}

// A NamedOnly format is answered to clients that name it, and never stands
// for */* or application/*. Nobody is taken to speak it, either: a request
// in it says nothing about the answer.
type NamedOnly interface {
	Format
	NamedOnly()
}

// An Attacher is a Format whose answers are files to be saved rather than
// shown (RFC 6266).
type Attacher interface {
	Format
	// Filename names the file for a document of this name.
	Filename(name string) string
}

// A PageEncoder writes for people: it shows the Page of a document, and is
// the only one for whom that is made.
type PageEncoder interface {
	Encoder
	EncodesPage()
}

// A BrowsedEncoder is a PageEncoder whose pages are looked at in a browser: they
// lead on to others, and are made for who is looking. A page on paper has a title,
// a text and a form alone.
type BrowsedEncoder interface {
	PageEncoder
	IsBrowsed()
}

// A ContentTyper is a Format whose Content-Type depends on the encoded body,
// such as one with a boundary.
type ContentTyper interface {
	Format
	ContentType(body []byte) string
}

// Document is one record to be encoded, and what some formats want beside.
type Document struct {
	Name      string // what the record is, "user": an element's name, a file's name
	Namespace string // of XML; may be empty
	Record    Record
	Page      Page
}

// Listing is a list of records to be encoded.
type Listing struct {
	Name    string // what the records are, "users"
	Item    string // what one of them is, "user"
	Records []Record
	Next    string // the cursor of the next page; empty on the last
	Page    Page
}

// Record holds the list as one record: the records under the list's name,
// and next_cursor where there is a next page.
func (l Listing) Record() Record {
	items := make(Record, len(l.Records))
	for i, r := range l.Records {
		items[i].Value = MapValue(r)
	}
	r := Record{{Name: l.Name, Value: Value{kind: List, members: items}}}
	if l.Next != "" {
		r = append(r, Field{Name: NextCursor, Value: TextValue(l.Next)})
	}
	return r
}

// NextCursor is the name of the field that leads to the next page of a list.
const NextCursor = "next_cursor"

// Page is what people need beside a record. Only a PageEncoder shows it.
type Page struct {
	Title   string
	Text    string            // a paragraph that explains the record; may be empty
	Notice  string            // what was done just now; empty for nothing
	Viewer  *Viewer           // who is looking; nil for nobody in particular
	Search  *Form             // how a list is searched; nil where it cannot be
	Counts  []Count           // how a list is divided
	Columns []Column          // by what a list can be sorted
	Items   []string          // the URL of each record of a list; may be nil
	Form    *Form             // what can be done; nil for nothing
	Lists   []Listing         // what belongs to the record
	Names   map[string]string // what people call those whose ids are shown; may be nil
	Links   []Link
	Command string // the same request for a shell; may be empty

	Made      time.Time // when; zero where that is not said
	RequestID string    // of the request that it answers; may be empty
}

// Viewer is who a page was made for.
type Viewer struct {
	Name    string
	SignOut *Form // nil for who has not signed in
}

// Form is something that can be sent back.
type Form struct {
	Title    string // what it is for; may be empty
	Action   string // a URL
	Query    bool   // it asks for something, as the query of its URL, and changes nothing
	Submit   string // what the button says
	Hidden   Record // fields that are sent along, before the others
	Controls []Control
}

// Control is one field of a form.
type Control struct {
	Name        string
	Label       string
	Value       string
	Options     []string // the values to choose from, the empty one for any; none for free text
	Current     string   // the option that holds already; empty where none does
	Fault       string   // what is wrong with the value; empty for nothing
	Line        bool     // free text is one line
	MaxLength   int      // of free text, in code points
	Suggestions []string // values that free text of one line may have; none where there are none to suggest
	Secret      bool     // free text of one line that is not shown: a password or a token
}

// Count is how many records of a list a link leads to.
type Count struct {
	Link
	Value   string // of the field that the list is divided by; empty for all
	Number  int64
	Current bool // these are the ones that are shown
}

// Column is a field that a list can be sorted by.
type Column struct {
	Name  string // of the field
	URL   string // of the list in the order of the field, or the other way round where it is in that order
	Order Order
}

// Order is how a list is sorted by a field.
type Order string

const (
	Unordered  Order = ""
	Ascending  Order = "ascending"
	Descending Order = "descending"
)

// Link leads to something related.
type Link struct {
	URL   string
	Label string
	Rel   string // RFC 8288 section 2.1.1; may be empty
}
