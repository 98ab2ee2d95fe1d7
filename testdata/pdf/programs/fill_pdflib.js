// node fill_pdflib.js IN OUT: fill the form in by pdf-lib.
const fs = require('fs')
const { PDFDocument } = require('pdf-lib')

const [source, target] = process.argv.slice(2)

PDFDocument.load(fs.readFileSync(source)).then(async (doc) => {
  const form = doc.getForm()
  form.getDropdown('status').select('risky')
  form.getTextField('review_comment').setText('First line é €\nВторая 😀')
  // Its own font has no Cyrillic to make an appearance with.
  fs.writeFileSync(target, await doc.save({ updateFieldAppearances: false }))
})
