// The fields of a form that pdf.js finds, as Firefox shows them: those that are
// not empty, and each once that is shown in several places. It tells no field
// that has no value from one that is empty.
export async function pdfReader(load) {
  globalThis.DOMMatrix ??= class {}; // nothing is drawn
  const { getDocument, VerbosityLevel } = await load("pdfjs-dist/legacy/build/pdf.mjs");
  return async ({ body }) => {
    const task = getDocument({ data: body, verbosity: VerbosityLevel.ERRORS });
    try {
      return valuesOf(await (await task.promise).getFieldObjects());
    } finally {
      await task.destroy();
    }
  };
}

function valuesOf(fields) {
  const values = new Map();
  for (const [name, widgets] of Object.entries(fields ?? {})) {
    const held = new Set(widgets.map(valueOf).filter((value) => value && value !== "Off"));
    if (held.size > 1) throw new Error(`${name} has ${held.size} values`);
    for (const value of held) values.set(name, value);
  }
  return values;
}

// valueOf is the value of an item where a field holds what is shown for it: pdf.js
// marks as chosen whichever of the two it is.
function valueOf({ value, items = [] }) {
  const isValue = items.some(({ exportValue }) => exportValue === value);
  return isValue ? value : (items.find(({ displayValue }) => displayValue === value)?.exportValue ?? value);
}
