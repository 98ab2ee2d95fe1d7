package pdf

import (
	"encoding/xml"
	"time"
)

const (
	author   = "Parley"
	producer = "Parley"
)

// writeInfo writes the document information dictionary (ISO 32000-1 section
// 14.3.3). It says what the metadata says (ISO 19005-2 section 6.6.3).
func (d *document) writeInfo() ref {
	info := d.w.reserve()
	b := d.w.object(info).add("<</Title").text(d.title).add("/Author(" + author + ")/Producer(" + producer + ")")
	if made := d.about.Made; !made.IsZero() {
		b.add("/CreationDate").add(made.UTC().Format("(D:20060102150405Z)"))
	}
	b.add(">>")
	return info
}

// xmp is the metadata (ISO 16684-1) that claims PDF/A-2u and PDF/UA-1.
func (d *document) xmp() (b buffer) {
	b.add("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"` +
		` xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"` +
		` xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"` +
		` xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">` +
		`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">`)
	// A buffer takes every write.
	_ = xml.EscapeText(&b, []byte(d.title))
	b.add(`</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>` + author + `</rdf:li></rdf:Seq></dc:creator>` +
		`<pdf:Producer>` + producer + `</pdf:Producer>`)
	if made := d.about.Made; !made.IsZero() {
		b.add("<xmp:CreateDate>").add(made.UTC().Format(time.RFC3339)).add("</xmp:CreateDate>")
	}
	return *b.add(`<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>` +
		uaSchema + `</rdf:Description></rdf:RDF></x:xmpmeta>` + "\n<?xpacket end=\"r\"?>")
}

// uaSchema describes pdfuaid, which PDF/A does not know (ISO 19005-2 section
// 6.6.2.3).
const uaSchema = `<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>` +
	`<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>` +
	`<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>` +
	`<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>` +
	`<pdfaProperty:description>The part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>`
