package codectest

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"github.com/parley-gateway/parley/codecs"
)

// checkListReading writes lists and reads them back, and then what is wrong
// with them.
func (k *kit) checkListReading() {
	for _, records := range listsToRead() {
		k.checkListRoundTrip(listOf(records...))
	}
	k.checkPageRefused()
	k.checkListTruncation()
	k.checkListLimits()
	k.checkListMutations()
}

// listsToRead are no record, one, two, and one of each hostile text.
func listsToRead() [][]codecs.Record {
	lists := [][]codecs.Record{nil, {command("review")}, {command("review"), answer()}}
	for _, text := range hostileTexts {
		lists = append(lists, []codecs.Record{append(command(text), codecs.Field{Name: "last", Value: codecs.TextValue("end")}), command(text)})
	}
	return lists
}

func listOf(records ...codecs.Record) codecs.Listing {
	return codecs.Listing{Name: "users", Item: "user", Records: records}
}

// checkListRoundTrip passes over what the format refuses to write, and over an
// empty body, which may be read as no list at all.
func (k *kit) checkListRoundTrip(l codecs.Listing) {
	written, err := k.encodeList(nil, l)
	if err != nil {
		return
	}
	got, err := k.decodeList(written, codecs.Limits{})
	if err != nil {
		k.fault("a list of %d is written as %s, which is refused: %v", len(l.Records), show(written), err)
		return
	}
	if want := k.rows(l.Records); !slices.EqualFunc(want, got, same) {
		k.fault("the list %s comes back as %s, written as %s", showList(want), showList(got), show(written))
	}
}

func showList(records []codecs.Record) string { return show(listOf(records...).Record()) }

// rows are what records are after they were written to a list and read.
func (k *kit) rows(records []codecs.Record) []codecs.Record {
	rows := make([]codecs.Record, len(records))
	for i, r := range records {
		rows[i] = k.opts.Row(mapRecord(r, k.heldText))
	}
	return rows
}

// decodeList reads a copy of a list up to its first error, and looks for what
// no call may do.
func (k *kit) decodeList(body []byte, limits codecs.Limits) ([]codecs.Record, error) {
	given := bytes.Clone(body)
	in := codecs.ListInput{Body: bytes.NewReader(given), Name: "users", Item: "user", Limits: limits}
	var records []codecs.Record
	for item, err := range k.listDecoder.DecodeList(in) {
		if err != nil {
			k.checkError(body, err)
			return records, err
		}
		if text, ok := invalidText(item.Record); ok {
			k.faultOnce("utf8", "reading %s gives the text %q", show(body), text)
		}
		records = append(records, item.Record)
	}
	return records, nil
}

// checkPageRefused demands that a page is not taken for the whole list, where
// a format tells one from the other.
func (k *kit) checkPageRefused() {
	page := listing("review")
	whole, errWhole := k.encodeList(nil, listOf(page.Records...))
	part, errPart := k.encodeList(nil, page)
	if errWhole != nil || errPart != nil || bytes.Equal(whole, part) {
		return
	}
	if _, err := k.decodeList(part, codecs.Limits{}); err == nil {
		k.fault("%s is read as if no more pages followed", show(part))
	}
}

// checkListTruncation lets what was cut off be shorter, but not the same.
func (k *kit) checkListTruncation() {
	whole, err := k.encodeList(nil, listOf(command("first"), command("second")))
	if err != nil {
		return
	}
	want := k.rows([]codecs.Record{command("first"), command("second")})
	for end := range whole {
		if k.meansNothing(whole[end:]) {
			return
		}
		if got, err := k.decodeList(whole[:end], codecs.Limits{}); err == nil && slices.EqualFunc(want, got, same) {
			k.fault("the first %d bytes of %s are read as the whole list", end, show(whole))
			return
		}
	}
}

// checkListLimits holds each record to the limits, and not the list around it.
func (k *kit) checkListLimits() {
	const most = 5
	k.checkListLimit(wideRecord, codecs.Limits{Fields: most}, most, "fields")
	if !k.opts.Flat {
		k.checkListLimit(deepRecord, codecs.Limits{Depth: most}, most, "levels")
	}
}

func (k *kit) checkListLimit(generate func(int) codecs.Record, limits codecs.Limits, most int, of string) {
	within, errWithin := k.encodeList(nil, listOf(generate(most), generate(most)))
	beyond, errBeyond := k.encodeList(nil, listOf(generate(most+1)))
	if errWithin != nil || errBeyond != nil {
		return
	}
	if _, err := k.decodeList(within, limits); err != nil {
		k.fault("records with %d %s are refused where so many are allowed: %v", most, of, err)
	}
	if _, err := k.decodeList(beyond, limits); !codecs.IsKind(err, codecs.SyntaxError) {
		k.fault("a record with %d %s is not refused as a SyntaxError where %d are allowed but with: %v", most+1, of, most, err)
	}
}

// checkListMutations reads lists with faults that nobody thought of, for the
// rules of every call.
func (k *kit) checkListMutations() {
	random := rand.New(rand.NewPCG(k.opts.Seed, 1))
	whole, err := k.encodeList(nil, listOf(command("review"), answer()))
	if err != nil {
		return
	}
	for range mutations {
		mutated := mutate(random, bytes.Clone(whole))
		k.readAnyList(mutate(random, mutated))
	}
}

// readAnyList names the list that a panic is about.
func (k *kit) readAnyList(body []byte) {
	defer func() {
		if cause := recover(); cause != nil {
			k.faultOnce("panics", "reading the list %s: %v", show(body), cause)
		}
	}()
	_, _ = k.decodeList(body, codecs.Limits{})
}

// checkStreams compares what is written piece by piece with what is written at
// once.
func (k *kit) checkStreams() {
	for _, records := range [][]codecs.Record{nil, {answer()}, {command("first"), command("second"), command("third")}} {
		want, err := k.encodeList(nil, listOf(records...))
		if err != nil {
			continue
		}
		if got, err := k.stream(records); err != nil || !bytes.Equal(want, got) {
			k.fault("a list of %d is streamed as %s, %v, and written at once as %s", len(records), show(got), err, show(want))
		}
	}
	if got, err := k.stream([]codecs.Record{{{Name: "value", Value: codecs.UnfitValue("wrong-type", "nothing")}}}); err == nil {
		k.fault("what is unfit is streamed as %s", show(got))
	}
}

func (k *kit) stream(records []codecs.Record) ([]byte, error) {
	list := k.streamer.StreamList("users", "user")
	var written []byte
	for _, r := range records {
		var err error
		if written, err = list.Append(written, cloneRecord(r)); err != nil {
			k.checkWriteError(err)
			return nil, err
		}
	}
	return list.End(written), nil
}
