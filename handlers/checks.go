package handlers

import (
	"net/http"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// version is the one version of the API there is.
const version = "v1"

// authenticate finds out who is calling (RFC 6750 section 2.1). A header that is
// there is judged alone, without a look at cookies.
func (x *exchange) authenticate() error {
	if x.route.open {
		x.recognize()
		return nil
	}
	lines := x.sent("Authorization")
	if len(lines) == 0 {
		return x.authenticateSession()
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	if len(lines) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return x.unauthorized("The Authorization header must hold one bearer token.", "")
	}
	hash, err := x.hashToken(token)
	if err != nil {
		return err
	}
	x.caller, err = x.Store.Authenticate(x.ctx, hash)
	return x.refuseToken(err)
}

func (x *exchange) hashToken(token string) (parley.TokenHash, error) {
	hash, ok := parley.HashToken(strings.Trim(token, " "))
	if !ok {
		return hash, x.wrongToken("This is no token of Parley, or it was not copied whole.")
	}
	return hash, nil
}

// refuseToken challenges the client where the store does not know the token. Any
// other error, or none, stays what it is.
func (x *exchange) refuseToken(err error) error {
	if err != nil && parley.HasCode(err, parley.CodeUnauthorized) {
		return x.wrongToken("The token is unknown, expired or revoked.")
	}
	return err
}

// wrongToken challenges a client whose token is not valid, or tells it that there
// were too many of those.
func (x *exchange) wrongToken(detail string) error {
	if err := x.chargeWrongToken(); err != nil {
		return err
	}
	return x.unauthorized(detail, "invalid_token")
}

// unauthorized challenges the client. It names an error only where a token
// was sent (RFC 6750 section 3.1).
func (x *exchange) unauthorized(detail, code string) error {
	challenge := `Bearer realm="parley"`
	if code != "" {
		challenge += `, error="` + code + `"`
	}
	x.header("Www-Authenticate", challenge)
	return parley.NewError(parley.CodeUnauthorized, detail)
}

func (x *exchange) checkVersion() error {
	for _, asked := range x.sent("X-Api-Version") {
		if asked != version {
			return &parley.Error{
				Code:      parley.CodeUnsupportedVersion,
				Detail:    "There is no such version of this API.",
				Supported: []string{version},
			}
		}
	}
	return nil
}

// checkMethod lets a POST stand for PATCH where a header or a field of a form
// says so, for those who cannot send PATCH. A body that cannot be read is
// judged later, as that of a PATCH would be.
func (x *exchange) checkMethod() error {
	if x.route.notAllowed {
		return parley.NewError(parley.CodeMethodNotAllowed, "This method is not allowed here.")
	}
	if !x.route.override {
		return nil
	}
	asked := x.sent("X-Http-Method-Override")
	if x.speaksForm() {
		if x.decode() != nil && len(asked) == 0 {
			return nil
		}
		asked = append(asked, x.methodFields()...)
	}
	if len(asked) == 0 {
		return x.refuseMethod("A POST here must say that it stands for PATCH: by the header X-HTTP-Method-Override, or by the field _method of a form.")
	}
	for _, method := range asked {
		if !strings.EqualFold(method, http.MethodPatch) {
			return x.refuseMethod("A POST here can stand for PATCH and for nothing else.")
		}
	}
	return nil
}

// methodFields are the methods that the fields of a form name.
func (x *exchange) methodFields() []string {
	if x.decoded.Codec == nil {
		return nil
	}
	return records.Methods(x.decoded)
}

func (x *exchange) refuseMethod(detail string) error {
	x.header("Allow", "GET, HEAD, PATCH, OPTIONS")
	return parley.NewError(parley.CodeMethodNotAllowed, detail)
}

// speaksForm reports whether the body is of a format in which the field
// _method counts: those that a browser's form can send.
func (x *exchange) speaksForm() bool {
	if x.declared.codec == nil {
		return false
	}
	switch x.declared.codec.Name() {
	case "form", "multipart", "text":
		return true
	}
	return false
}

func (x *exchange) checkPermission() error {
	need := x.route.permission
	if need == "" || x.caller.May(need) {
		return nil
	}
	x.header("Www-Authenticate", `Bearer realm="parley", error="insufficient_scope", scope="`+string(need)+`"`)
	return parley.NewError(parley.CodeForbidden, "The token lacks the permission "+string(need)+".")
}

// negotiate chooses the format of the answer by ?format= or Accept.
func (x *exchange) negotiate() error {
	accept := x.sent("Accept")
	if err := x.checkAccept(accept); err != nil {
		return err
	}
	choice, ok := x.chooseFormat(accept, x.route.shape)
	if !ok {
		return x.notAcceptable(x.route.shape)
	}
	x.choice = choice
	return nil
}

func (a *api) notAcceptable(shape codecs.Shape) error {
	return &parley.Error{
		Code:      parley.CodeNotAcceptable,
		Detail:    "The answer cannot be had in any format that was asked for.",
		Supported: a.Formats.Writable(shape),
	}
}

func (x *exchange) chooseFormat(accept []string, shape codecs.Shape) (codecs.Choice, bool) {
	switch names := x.query()["format"]; len(names) {
	case 0:
		return x.Formats.Negotiate(accept, shape)
	case 1:
		return x.Formats.Named(names[0], shape)
	}
	return codecs.Choice{}, false
}
