// Prints the content security policy of a built storefront as a line for nginx: everything comes from the shop's own
// origin, and of the inline scripts only those run that index.html holds, known by their hashes. The server computes the
// same when it serves the storefront itself (backend/src/http/spa.rs); a check compares the two.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const page = await readFile(join(process.argv[2], "index.html"), "utf8");
const scripts = [...page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
const hashes = scripts
  .filter(([, attributes]) => !attributes.includes(" src="))
  .map(([, , text]) => ` 'sha256-${createHash("sha256").update(text).digest("base64")}'`);

const policy = [
  "default-src 'self'",
  `script-src 'self' 'wasm-unsafe-eval'${hashes.join("")}`,
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");
console.log(`add_header Content-Security-Policy "${policy}" always;`);
