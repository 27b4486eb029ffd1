// Compiles a WebAssembly module as a browser would, and ends with an error when its encoding is not understood.
import { readFile } from "node:fs/promises";

await WebAssembly.compile(await readFile(process.argv[2]));
