// Writes file.br and file.gz beside every text or WebAssembly file below a folder: compressed once here, at the highest
// level, instead of once per visitor. Prints what the first visit costs.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const COMPRESSIBLE = new Set([".html", ".css", ".js", ".mjs", ".json", ".svg", ".txt", ".wasm", ".webmanifest", ".xml"]);
// Below this size a compressed form saves less than its own headers cost.
const MINIMUM = 512;

const folder = process.argv[2];
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));

await Promise.all(files.filter((file) => [".br", ".gz"].includes(extname(file))).map((file) => rm(file)));
const sums = { plain: 0, brotli: 0 };
await Promise.all(
  files
    .filter((file) => COMPRESSIBLE.has(extname(file)))
    .map(async (file) => {
      const plain = await readFile(file);
      if (plain.length < MINIMUM) return;
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      };
      const [brotli, zipped] = await Promise.all([
        promisify(brotliCompress)(plain, { params }),
        promisify(gzip)(plain, { level: 9 }),
      ]);
      await Promise.all([writeFile(`${file}.br`, brotli), writeFile(`${file}.gz`, zipped)]);
      if ([".html", ".css", ".js", ".wasm"].includes(extname(file))) {
        sums.plain += plain.length;
        sums.brotli += brotli.length;
      }
    }),
);
console.log(`HTML, CSS, JS and WebAssembly: ${Math.round(sums.plain / 1000)} KB, ${Math.round(sums.brotli / 1000)} KB as brotli`);
