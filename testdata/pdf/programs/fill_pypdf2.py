"""fill_pypdf2.py IN OUT: fill the form in by PyPDF2."""
import sys

from PyPDF2 import PdfReader, PdfWriter

source, target = sys.argv[1:]
writer = PdfWriter()
writer.clone_document_from_reader(PdfReader(source))
writer.update_page_form_field_values(
    writer.pages[0], {"status": "risky", "review_comment": "First line é €\nВторая 😀"})
with open(target, "wb") as out:
    writer.write(out)
