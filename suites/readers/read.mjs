// Reads documents with a parser that is not Parley's: read.mjs FOLDER PARSER.
// It gets a list of {body, type}, the body in base64, and answers with a list of
// {refusal} or {value}, each value with its kind: ["text", "a"].
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";
import { fieldsOfPage, itemsOfPage } from "./page.mjs";
import { pdfReader } from "./pdf.mjs";

const [folder, parser] = process.argv.slice(2);
const find = createRequire(folder + "/");
const load = (file) => import(pathToFileURL(find.resolve("./" + file)));

const utf8 = new TextDecoder("utf-8", { fatal: true });

const readers = {
  "JSON.parse": async () => ({ body }) => tagged(JSON.parse(utf8.decode(body))),

  "js-yaml": async () => {
    const yaml = await load("js-yaml/dist/js-yaml.mjs");
    return ({ body }) => tagged(yaml.load(utf8.decode(body), { schema: yaml.CORE_SCHEMA }));
  },

  yaml: async () => {
    const yaml = await load("yaml/dist/index.js");
    return ({ body }) => {
      const document = yaml.parseDocument(utf8.decode(body), { version: "1.2" });
      if (document.errors.length > 0) throw document.errors[0];
      return tagged(document.toJS({ mapAsMap: true }));
    };
  },

  cborg: async () => {
    const cbor = await load("cborg/cborg.js");
    const options = { useMaps: true, rejectDuplicateMapKeys: true, allowInfinity: true, allowNaN: true };
    return ({ body }) => tagged(cbor.decode(body, options));
  },

  "@msgpack/msgpack": async () => {
    const { decode } = await load("@msgpack/msgpack/dist.esm/index.mjs");
    return ({ body }) => tagged(decode(body, { useBigInt64: true }));
  },

  URLSearchParams: async () => ({ body }) => pairs(new URLSearchParams(escaped(body))),

  busboy: async () => {
    const { default: busboy } = await load("busboy");
    return ({ body, type }) => new Promise((resolve, reject) => {
      const fields = [];
      const parser = busboy({ headers: { "content-type": type }, defParamCharset: "utf8" });
      parser.on("field", (name, value) => fields.push([name, value]));
      parser.on("file", (name, content) => (fields.push([name, null]), content.resume()));
      parser.on("error", reject).on("close", () => resolve(pairs(fields)));
      parser.end(body);
    });
  },

  parse5: async () => {
    const { parse } = await load("parse5/dist/index.js");
    return ({ body }) => pairs(fieldsOfPage(parse(utf8.decode(body))));
  },

  itemprop: async () => {
    const { parse } = await load("parse5/dist/index.js");
    return ({ body }) => tagged(itemsOfPage(parse(utf8.decode(body))));
  },

  "pdf.js": async () => {
    const read = await pdfReader(load);
    return async (document) => tagged(await read(document));
  },
};

// escaped has every byte that is no ASCII percent-encoded.
const escaped = (body) => [...body].map((b) => (b < 0x80 ? String.fromCharCode(b) : "%" + b.toString(16))).join("");

function tagged(value) {
  if (value === null) return ["null"];
  if (typeof value === "string") return ["text", value];
  if (typeof value === "number" || typeof value === "bigint") return ["number", Object.is(value, -0) ? "-0" : String(value)];
  if (typeof value === "boolean") return ["boolean", value];
  if (value instanceof Uint8Array) return ["bytes", Buffer.from(value).toString("hex")];
  if (Array.isArray(value)) return ["list", value.map(tagged)];
  if (value instanceof Map) return taggedMap([...value]);
  if (Object.getPrototypeOf(value) === Object.prototype) return taggedMap(Object.entries(value));
  return ["other", value?.constructor?.name ?? typeof value];
}

function taggedMap(entries) {
  return ["map", entries.map(([name, value]) => [tagged(name), tagged(value)])];
}

// pairs are fields of text, in order, each as often as it was sent.
function pairs(fields) {
  return ["fields", [...fields].map(([name, value]) => [name, typeof value === "string" ? value : null])];
}

async function readAll() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const documents = JSON.parse(Buffer.concat(chunks).toString());
  const read = await readers[parser]();
  const readings = [];
  for (const { body, type } of documents) {
    try {
      readings.push({ value: await read({ body: new Uint8Array(Buffer.from(body, "base64")), type }) });
    } catch (error) {
      readings.push({ refusal: String(error.message || error).split("\n")[0] || "refused" });
    }
  }
  process.stdout.write(JSON.stringify(readings));
}

await readAll();
