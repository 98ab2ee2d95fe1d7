#!/bin/sh
# Takes the form out of user/response.http, which `make golden` writes, and has it
# filled in by as many programs as there are on this machine: into the folder
# filled, and as requests into folders named after the programs. What is missing
# is named, and its files stay as they are. Run `make golden` afterwards.
#
#   Debian: pdftk-java qpdf mupdf-tools python3-pypdf2 libpdfbox2-java default-jdk-headless
#           python3-gi gir1.2-poppler-0.18 ghostscript chromium nodejs
#   npm:    pdf-lib pdfjs-dist, in a folder that NODE_MODULES names
#   Go:     the module programs/pdfium, which fetches what it needs
set -eu

here=$(cd "$(dirname "$0")" && pwd)
programs=$here/programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
out=$here/filled
mkdir -p "$out"
python=${PYTHON:-/usr/bin/python3}
modules=${NODE_MODULES:-$programs/node_modules}
jars=/usr/share/java/pdfbox2.jar:/usr/share/java/fontbox2.jar:/usr/share/java/commons-logging.jar

have() {
	command -v "$1" >/dev/null 2>&1 || { echo "missing: $1" >&2; return 1; }
}

# try runs a command that makes filled/NAME.pdf in place of OUT.
try() {
	name=$1
	shift
	if "$@" "$name.pdf" >"$name.log" 2>&1; then
		cp "$name.pdf" "$out/$name.pdf"
	else
		echo "failed: $name" >&2
		cat "$name.log" >&2
	fi
}

have "$python" || exit 1
"$python" "$programs/body.py" "$here/user/response.http" >base.pdf
cp base.pdf "$out/base.pdf"

pdftk_fill() { pdftk base.pdf fill_form "$programs/$1" output "$3" $2; }
if have pdftk; then
	try pdftk-fdf pdftk_fill fill.fdf ''
	try pdftk-xfdf pdftk_fill fill.xfdf ''
	try pdftk-need-appearances pdftk_fill fill.fdf need_appearances
	try pdftk-flatten pdftk_fill fill.fdf flatten
	try pdftk-encrypted pdftk_fill fill.fdf 'user_pw secret'
fi

qpdf_fill() {
	qpdf --json-output --json-stream-data=none base.pdf form.json
	"$python" "$programs/fill_json.py" form.json
	qpdf base.pdf --update-from-json=form.json "$1"
}
# rewrite is given options of qpdf, for the file that qpdf filled in.
rewrite() { qpdf "$out/qpdf.pdf" "$@"; }
if have qpdf; then
	try qpdf qpdf_fill
	try qpdf-object-streams rewrite --object-streams=generate
	try qpdf-linearized rewrite --linearize
	try qpdf-linearized-object-streams rewrite --linearize --object-streams=generate
	try qpdf-uncompressed rewrite --qdf
	try qpdf-encrypted rewrite --encrypt secret secret 256 --
fi

mutool_fill() { mutool run "$programs/fill_mutool.js" base.pdf "$2" "$1"; }
mutool_clean() { mutool clean -gggg -z "$out/mutool.pdf" "$1"; }
if have mutool; then
	try mutool mutool_fill ''
	try mutool-incremental mutool_fill incremental
	try mutool-clean mutool_clean
fi

if "$python" -c 'import PyPDF2' 2>/dev/null; then
	try pypdf2 "$python" "$programs/fill_pypdf2.py" base.pdf
else
	echo 'missing: PyPDF2' >&2
fi

if "$python" -c 'import gi; gi.require_version("Poppler", "0.18")' 2>/dev/null; then
	try poppler "$python" "$programs/fill_poppler.py" base.pdf
else
	echo 'missing: the GLib bindings of poppler' >&2
fi

pdfbox_fill() { java -cp "$jars" "$programs/Fill.java" base.pdf "$2" "$1"; }
if have java && [ -e /usr/share/java/pdfbox2.jar ]; then
	try pdfbox pdfbox_fill full
	try pdfbox-incremental pdfbox_fill incremental
else
	echo 'missing: PDFBox 2' >&2
fi

node_fill() { NODE_PATH=$modules node "$programs/$1" base.pdf "$2"; }
if have node && [ -d "$modules/pdf-lib" ] && [ -d "$modules/pdfjs-dist" ]; then
	try pdf-lib node_fill fill_pdflib.js
	try pdfjs node_fill fill_pdfjs.js
else
	echo 'missing: pdf-lib and pdfjs-dist' >&2
fi

pdfium_fill() { (cd "$programs/pdfium" && go run . "$work/base.pdf" "$work/$1"); }
if have go; then
	try pdfium pdfium_fill
fi

ghostscript_print() { gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o "$1" "$out/pdftk-fdf.pdf"; }
if have gs; then
	try ghostscript ghostscript_print
fi

chromium_print() { chromium --headless --no-sandbox --disable-gpu --print-to-pdf="$1" "$programs/page.html"; }
if have chromium; then
	try chromium chromium_print
fi

# What these make of it is sent to the server as well.
request() {
	folder=$here/$1
	shift
	mkdir -p "$folder"
	"$python" "$programs/request.py" "$@" >"$folder/request.http"
}
for name in pdftk-fdf pdftk-xfdf qpdf-object-streams qpdf-linearized mutool-incremental pypdf2 poppler pdfbox-incremental pdfjs \
	pdftk-flatten pdftk-encrypted; do
	request "$name" "$out/$name.pdf"
done
head -c 20000 "$out/pdftk-fdf.pdf" >truncated.pdf
request truncated truncated.pdf
request ../octets/pdf "$out/pdftk-fdf.pdf" octets
request ../multipart/file-of-pdf "$out/pdftk-fdf.pdf" multipart
