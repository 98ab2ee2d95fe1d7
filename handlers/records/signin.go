package records

import "github.com/parley-gateway/parley/codecs"

// The fields of a sign-in.
const (
	FieldToken = "token"
	FieldNext  = "next"
)

// SignIn is what a browser sends to sign in.
type SignIn struct {
	Token string
	Next  string // where to go on to, as it was sent; may be empty
}

// BindSignIn reads a record as a sign-in. All faults come back at once, as
// parley.CodeInvalid. None of them shows the value of a field.
func BindSignIn(d codecs.Decoded) (SignIn, error) {
	b := newBinder(d, FieldToken, FieldNext)
	b.require(FieldToken)
	token, _ := b.word(FieldToken)
	next, _ := b.word(FieldNext)
	return SignIn{Token: token, Next: next}, b.err()
}
