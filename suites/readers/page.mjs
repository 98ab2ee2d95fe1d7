// The fields that a browser would send of the form with the control "status", as
// the HTML standard says (section 4.10.21.4), found in the tree that parse5 builds.
export function fieldsOfPage(root) {
  const controls = [...walk(root)].filter(({ node }) => ["input", "select", "textarea"].includes(node.tagName));
  const anchor = controls.find(({ node, form }) => form && attribute(node, "name") === "status");
  if (!anchor) throw new Error("no form with status");
  return controls.filter(({ form, disabled }) => form === anchor.form && !disabled).flatMap(({ node }) => fieldsOf(node));
}

// itemsOfPage are the texts of the elements with an itemprop.
export function itemsOfPage(root) {
  const items = [...walk(root)].filter(({ node }) => has(node, "itemprop"));
  return new Map(items.map(({ node }) => [attribute(node, "itemprop"), text(node)]));
}

// walk finds every element, with its form and whether a fieldset disables it.
function* walk(node, form, disabled = false) {
  if (node.tagName === "form") form = node;
  if (node.tagName === "fieldset") disabled ||= has(node, "disabled");
  yield { node, form, disabled: disabled || has(node, "disabled") };
  for (const child of node.childNodes ?? []) yield* walk(child, form, disabled);
}

function fieldsOf(control) {
  const name = attribute(control, "name");
  if (!name) return [];
  return valuesOf(control).map((value) => [name, value]);
}

function valuesOf(control) {
  if (control.tagName === "textarea") return [text(control)];
  if (control.tagName === "select") return chosen(control);
  const type = (attribute(control, "type") ?? "").toLowerCase();
  if (["submit", "button", "reset", "image", "file"].includes(type)) return [];
  if (!["checkbox", "radio"].includes(type)) return [attribute(control, "value") ?? ""];
  return has(control, "checked") ? [attribute(control, "value") ?? "on"] : [];
}

function chosen(select) {
  const options = [...walk(select)].filter(({ node }) => node.tagName === "option");
  const selected = options.filter(({ node }) => has(node, "selected"));
  const counts = has(select, "multiple")
    ? selected
    : [selected.at(-1) ?? options.find(({ disabled }) => !disabled)].filter(Boolean);
  return counts.filter(({ disabled }) => !disabled).map(({ node }) => attribute(node, "value") ?? collapse(text(node)));
}

const collapse = (text) => text.replace(/[\t\n\f\r ]+/g, " ").trim();
const text = (node) => (node.nodeName === "#text" ? node.value : (node.childNodes ?? []).map(text).join(""));
const attribute = (node, name) => node.attrs?.find((a) => a.name === name)?.value;
const has = (node, name) => attribute(node, name) !== undefined;
