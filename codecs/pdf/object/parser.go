package object

import (
	"bytes"
	"strconv"
)

// A parser reads objects.
type parser struct {
	lexer
	budget *budget
}

// object reads the object that comes next. Were it an array or a dictionary,
// it would be level depth.
func (p *parser) object(depth int) (Object, error) {
	p.skipSpace()
	if p.at == len(p.data) {
		return nil, p.failAtEnd()
	}
	if err := p.budget.spendValue(); err != nil {
		return nil, err
	}
	switch c := p.data[p.at]; {
	case c == '/':
		return p.name()
	case c == '(':
		return p.literal()
	case c == '[':
		return p.array(depth)
	case p.startsWith("<<"):
		return p.dict(depth)
	case c == '<':
		return p.hexadecimal()
	case isDigit(c):
		return p.numberOrReference()
	}
	return p.numberOrKeyword()
}

func (p *parser) array(depth int) (Object, error) {
	if err := p.checkDepth(depth); err != nil {
		return nil, err
	}
	p.at++
	array := Array{}
	for {
		p.skipSpace()
		if p.startsWith("]") {
			p.at++
			return array, nil
		}
		o, err := p.object(depth + 1)
		if err != nil {
			return nil, err
		}
		array = append(array, o)
	}
}

func (p *parser) checkDepth(depth int) error {
	if depth > maxDepth {
		return p.fail(p.at, "objects are nested deeper than %d levels", maxDepth)
	}
	return nil
}

// dict reads a dictionary. A key that stands in it twice is refused, since
// readers do not agree which of its values counts.
func (p *parser) dict(depth int) (Object, error) {
	if err := p.checkDepth(depth); err != nil {
		return nil, err
	}
	p.at += len("<<")
	dict := Dict{}
	for {
		p.skipSpace()
		if p.startsWith(">>") {
			p.at += len(">>")
			return dict, nil
		}
		if err := p.entry(dict, depth); err != nil {
			return nil, err
		}
	}
}

func (p *parser) entry(dict Dict, depth int) error {
	at := p.at
	switch {
	case at == len(p.data):
		return p.failAtEnd()
	case p.data[at] != '/':
		return p.fail(at, "the key of a dictionary is no name")
	}
	key, err := p.name()
	if err != nil {
		return err
	}
	if _, again := dict[key]; again {
		return p.fail(at, "a dictionary has the key %q twice", clip(key))
	}
	dict[key], err = p.object(depth + 1)
	return err
}

// clip shortens what a file says, to be shown in a message.
func clip[S ~string | ~[]byte](s S) string { return string(s[:min(len(s), 32)]) }

func (p *parser) numberOrReference() (Object, error) {
	start := p.at
	if r, ok := p.reference(); ok {
		return r, nil
	}
	p.at = start
	return p.numberOrKeyword()
}

// reference takes an indirect reference (section 7.3.10), if one comes next.
func (p *parser) reference() (r Reference, ok bool) {
	if r.Number, ok = parseNatural(p.word()); !ok {
		return r, false
	}
	p.skipSpace()
	if r.Generation, ok = parseNatural(p.word()); !ok {
		return r, false
	}
	p.skipSpace()
	return r, p.startsWith("R") && string(p.word()) == "R"
}

// numberOrKeyword reads what begins with a regular character (sections 7.3.2,
// 7.3.3 and 7.3.9).
func (p *parser) numberOrKeyword() (Object, error) {
	start := p.at
	word := p.word()
	switch string(word) {
	case "true":
		return Boolean(true), nil
	case "false":
		return Boolean(false), nil
	case "null":
		return nil, nil
	}
	if !isNumber(word) {
		return nil, p.fail(start, "%q begins no object", clip(p.data[start:max(p.at, start+1)]))
	}
	if bytes.IndexByte(word, '.') < 0 {
		n, err := strconv.ParseInt(string(word), 10, 64)
		if err != nil {
			return nil, p.fail(start, "the number %s is too large", clip(word))
		}
		return Integer(n), nil
	}
	x, err := strconv.ParseFloat(string(word), 64)
	if err != nil {
		return nil, p.fail(start, "the number %s is too large", clip(word))
	}
	return Real(x), nil
}

// isNumber reports a number by section 7.3.3, which has no exponents.
func isNumber(word []byte) bool {
	if len(word) > 0 && (word[0] == '+' || word[0] == '-') {
		word = word[1:]
	}
	whole, fraction, _ := bytes.Cut(word, []byte("."))
	return len(whole)+len(fraction) > 0 && isDigits(whole) && isDigits(fraction)
}

func isDigits(word []byte) bool {
	for _, c := range word {
		if !isDigit(c) {
			return false
		}
	}
	return true
}
