// mutool run fill.js IN OUT OPTIONS: fill the form in by MuPDF.
var doc = new PDFDocument(scriptArgs[0])
var page = doc.loadPage(0)
var multiline = 1 << 12

page.getWidgets().forEach(function (widget) {
	if (widget.getFieldType() === "combobox") widget.setChoiceValue("risky")
	if (widget.getFieldFlags() & multiline) widget.setTextValue("First line é €\nВторая 😀")
	widget.update()
})
doc.save(scriptArgs[1], scriptArgs[2])
