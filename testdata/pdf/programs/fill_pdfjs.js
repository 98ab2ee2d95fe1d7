// node fill_pdfjs.js IN OUT: fill the form in by pdf.js, as Firefox does.
const fs = require('fs')

const [source, target] = process.argv.slice(2)
const values = { status: 'risky', review_comment: 'First line é €\nВторая 😀' }

async function fill() {
  const { getDocument } = await import(require.resolve('pdfjs-dist/legacy/build/pdf.mjs'))
  const doc = await getDocument({ data: new Uint8Array(fs.readFileSync(source)) }).promise
  const page = await doc.getPage(1)
  for (const annotation of await page.getAnnotations()) {
    const value = values[annotation.fieldName]
    if (value !== undefined) doc.annotationStorage.setValue(annotation.id, { value })
  }
  fs.writeFileSync(target, await doc.saveDocument())
}

fill()
