"""fill_poppler.py IN OUT: fill the form in by poppler, as Evince does."""
import pathlib
import sys

import gi

gi.require_version("Poppler", "0.18")
from gi.repository import Poppler

source, target = (pathlib.Path(name).resolve().as_uri() for name in sys.argv[1:])
doc = Poppler.Document.new_from_file(source)
for mapping in doc.get_page(0).get_form_field_mapping():
    field = mapping.field
    if field.get_name() == "status":
        items = [field.choice_get_item(i) for i in range(field.choice_get_n_items())]
        field.choice_select_item(items.index("risky"))
    if field.get_name() == "review_comment":
        # For a character that the font of the form lacks it adds the whole of
        # another, half a megabyte.
        field.text_set_text("First line é €\nSecond")
doc.save(target)
