"""fill_json.py FILE: fill the form in within the JSON that qpdf makes of it."""
import json
import sys

values = {"u:status": "u:risky", "u:review_comment": "u:First line é €\nВторая 😀"}

with open(sys.argv[1]) as file:
    form = json.load(file)
for thing in form["qpdf"][1].values():
    fields = thing.get("value")
    if isinstance(fields, dict) and fields.get("/T") in values:
        fields["/V"] = values[fields["/T"]]
with open(sys.argv[1], "w") as file:
    json.dump(form, file)
