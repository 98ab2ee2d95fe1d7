package codectest

import (
	"bytes"
	"strings"

	"github.com/parley-gateway/parley/codecs"
)

// A writer is Encode or EncodeList, given something to write.
type writer struct {
	what  string
	write func(dst []byte) ([]byte, error)
}

func (k *kit) writers() []writer {
	var all []writer
	if k.encoder != nil {
		for _, r := range []codecs.Record{command("review"), answer(), twice()} {
			all = append(all, writer{"Encode", func(dst []byte) ([]byte, error) { return k.encode(dst, r) }})
		}
	}
	if k.lists != nil {
		for _, l := range []codecs.Listing{listing("review"), {Name: "users", Item: "user"}} {
			all = append(all, writer{"EncodeList", func(dst []byte) ([]byte, error) { return k.encodeList(dst, l) }})
		}
	}
	return all
}

// checkAppend writes into what is full, and into what has room with something
// else in it.
func (k *kit) checkAppend() {
	full := []byte("kept")
	roomy := []byte("kept" + strings.Repeat("#", 1<<14))[:len(full)]
	for _, w := range k.writers() {
		alone, err := w.write(nil)
		if err != nil {
			continue
		}
		for _, dst := range [][]byte{full[:len(full):len(full)], roomy} {
			written, err := w.write(dst)
			rest, kept := bytes.CutPrefix(written, full)
			if err != nil || !kept || !k.sameMeaning(alone, rest) {
				k.fault("%s makes %s of dst %q, and %s of an empty one", w.what, show(written), full, show(alone))
			}
		}
	}
}

// sameWrites is how often a record is written the same: often enough for the
// order of a Go map to show.
const sameWrites = 12

func (k *kit) checkDeterminism() {
	for _, w := range k.writers() {
		first, err := w.write(nil)
		if err != nil {
			continue
		}
		for range sameWrites {
			if again, err := w.write(nil); err != nil || !bytes.Equal(first, again) {
				k.fault("%s writes %s and then %s of the same", w.what, show(first), show(again))
				break
			}
		}
	}
}

func (k *kit) checkUnfit() {
	unfit := codecs.UnfitValue("wrong-type", "a value that nothing can hold")
	for _, v := range []codecs.Value{unfit, codecs.ListValue(unfit), codecs.MapValue(codecs.Record{{Name: "in", Value: codecs.ListValue(unfit)}})} {
		r := append(command("review"), codecs.Field{Name: "value", Value: v})
		if k.encoder != nil {
			written, err := k.encode(nil, r)
			k.checkRefused(r, written, err)
		}
		if k.lists != nil {
			written, err := k.encodeList(nil, codecs.Listing{Name: "users", Item: "user", Records: []codecs.Record{command("first"), r}})
			k.checkRefused(r, written, err)
		}
	}
}

func (k *kit) checkRefused(r codecs.Record, written []byte, err error) {
	if err == nil {
		k.fault("%s is written as %s", show(r), show(written))
	}
}

// checkLists writes no record, one, and two with a next page.
func (k *kit) checkLists() {
	page := listing("review")
	for _, l := range []codecs.Listing{
		{Name: page.Name, Item: page.Item},
		{Name: page.Name, Item: page.Item, Records: page.Records[:1]},
		page,
	} {
		written, err := k.encodeList(nil, l)
		if err != nil {
			k.fault("a list of %d is not written: %v", len(l.Records), err)
			continue
		}
		if k.codec != nil && k.opts.Listing != nil {
			k.checkListing(l, written)
		}
	}
}

func (k *kit) checkListing(l codecs.Listing, written []byte) {
	got, err := k.decode(written, k.mediaOf(written), codecs.Limits{})
	if err != nil {
		k.fault("a list of %d is written as %s, which is refused: %v", len(l.Records), show(written), err)
		return
	}
	if want := k.back(k.opts.Listing(l)); !same(want, got) {
		k.fault("the list %s comes back as %s", show(want), show(got))
	}
}
