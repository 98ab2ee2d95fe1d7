package handlers

import (
	"net/url"
	"path"
	"strings"

	"github.com/parley-gateway/parley"
	"github.com/parley-gateway/parley/codecs"
	"github.com/parley-gateway/parley/handlers/records"
)

// showSignIn shows the form to sign in.
func (a *api) showSignIn(x *exchange) (answer, error) {
	if err := x.checkQuery(records.FieldNext); err != nil {
		return answer{}, err
	}
	x.next = x.c.Query(records.FieldNext)
	return answer{document: &codecs.Document{
		Name: "sign_in",
		Record: codecs.Record{{
			Name:  "what_to_do",
			Value: codecs.TextValue("Send your token as the field token. Programs need no session: they send theirs in the header Authorization."),
		}},
		Page: codecs.Page{Title: "Sign in", Form: x.signInForm()},
	}}, nil
}

// signIn takes a token and gives a session, which holds nothing of it.
func (a *api) signIn(x *exchange) (answer, error) {
	// Another site could sign somebody in as somebody else.
	if crossOrigin.Check(x.c.Request) != nil {
		return answer{}, crossSite()
	}
	if err := x.decode(); err != nil {
		return answer{}, err
	}
	sent, err := records.BindSignIn(x.decoded)
	x.next = sent.Next
	if err != nil {
		return answer{}, err
	}
	if err := x.beginSession(sent.Token); err != nil {
		return answer{}, err
	}
	return x.seeOther(ownPath(sent.Next)), nil
}

func (x *exchange) beginSession(token string) error {
	hash, err := x.hashToken(token)
	if err != nil {
		return err
	}
	session := parley.GenerateSession()
	made := parley.NewSession{Token: hash, Lifetime: x.SessionLifetime}
	made.Hash, _ = parley.HashSession(session)
	if x.caller, err = x.Store.SignIn(x.ctx, made); err != nil {
		return x.refuseToken(err)
	}
	x.setSession(session, x.SessionLifetime)
	return nil
}

// signOut ends the session. Who has sent a token in the header has none.
func (a *api) signOut(x *exchange) (answer, error) {
	if x.session != nil {
		if err := a.Store.SignOut(x.ctx, *x.session); err != nil {
			return answer{}, err
		}
		x.forgetSession()
	}
	return x.seeOther(signInPath), nil
}

// signInForm asks for a token, and leads on to where the browser wanted to go.
func (x *exchange) signInForm() *codecs.Form {
	return &codecs.Form{
		Action:   signInPath,
		Submit:   "Sign in",
		Hidden:   codecs.Record{{Name: records.FieldNext, Value: codecs.TextValue(ownPath(x.wanted()))}},
		Controls: []codecs.Control{{Name: records.FieldToken, Label: "Token", Secret: true}},
	}
}

// wanted is where the browser goes on to once it is signed in. What it posted is
// not posted again: it sees what it wanted to change.
func (x *exchange) wanted() string {
	switch {
	case x.route.path == signInPath:
		return x.next
	case x.isSafe():
		return x.c.Request.URL.RequestURI()
	case x.route.path == userPath:
		return x.c.Request.URL.EscapedPath()
	}
	return usersPath
}

// maxNext is how long a path may be that is gone on to, in bytes.
const maxNext = 4 << 10

// ownPath is a path of this host's own, cleaned, with its query. Whatever could
// lead to another site becomes the list of users: a URL with a scheme or a host,
// also one that only browsers see, who take a backslash for a slash
// (https://url.spec.whatwg.org/#path-start-state).
func ownPath(next string) string {
	if !isVisible(next, maxNext) || next[0] != '/' || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return usersPath
	}
	u, err := url.Parse(next)
	if err != nil {
		return usersPath
	}
	own := path.Clean(u.EscapedPath())
	if u.RawQuery != "" {
		own += "?" + u.RawQuery
	}
	return own
}
