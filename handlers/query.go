package handlers

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-gateway/parley"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// query are the parameters of the request. Most requests have none, and pay
// nothing for it.
func (x *exchange) query() url.Values {
	if x.c.Request.URL.RawQuery == "" {
		return nil
	}
	return x.c.Request.URL.Query()
}

// checkQuery refuses a parameter that is unknown, comes twice or cannot be read: a
// list that ignores a misspelt filter would be misread.
func (x *exchange) checkQuery(known ...string) error {
	if _, err := url.ParseQuery(x.c.Request.URL.RawQuery); err != nil {
		return parley.NewError(parley.CodeInvalidQuery, "The query cannot be read: & separates parameters, ; does not, and % begins two hexadecimal digits.")
	}
	for name, values := range x.query() {
		if name != "format" && !slices.Contains(known, name) {
			return invalidQuery(name, "There is no such parameter. There are: "+strings.Join(append(known, "format"), ", ")+".")
		}
		if len(values) > 1 {
			return invalidQuery(name, "The parameter is given more than once.")
		}
	}
	return nil
}

// invalidQuery refuses a query for one parameter of it.
func invalidQuery(parameter, detail string, allowed ...string) error {
	return &parley.Error{
		Code:   parley.CodeInvalidQuery,
		Detail: "The query cannot be answered as it stands.",
		Faults: []parley.Fault{{Field: parameter, Code: "invalid-value", Detail: detail, Allowed: allowed}},
	}
}

// page reads which page of a list is asked for.
func (x *exchange) page() (parley.Page, error) {
	page := parley.Page{Limit: defaultLimit, Cursor: x.c.Query("cursor")}
	value, given := x.c.GetQuery("limit")
	if !given {
		return page, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxLimit {
		return page, invalidQuery("limit", fmt.Sprintf("The limit is a number from 1 to %d.", maxLimit))
	}
	page.Limit = n
	return page, nil
}

// filterBy reads a parameter that is one of a few values. Empty, as a form sends
// what nothing was chosen for, it stands for none.
func filterBy[S ~string](x *exchange, name string, allowed []S) (S, error) {
	value := x.c.Query(name)
	if value == "" || slices.Contains(allowed, S(value)) {
		return S(value), nil
	}
	return "", invalidQuery(name, "This is none of the allowed values.", parley.Names(allowed)...)
}
