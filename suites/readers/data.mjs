// Writes what a module exports as JSON: data.mjs FOLDER MODULE.
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const [folder, name] = process.argv.slice(2);
const file = createRequire(folder + "/").resolve("./" + name);
const module = file.endsWith(".json")
  ? createRequire(import.meta.url)(file)
  : await import(pathToFileURL(file));
process.stdout.write(JSON.stringify(module.default ?? module));
