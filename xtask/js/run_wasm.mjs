// Runs a WebAssembly program that needs nothing from its host. A panic in it is a trap, which ends this with an error.
import { readFile } from "node:fs/promises";

const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]), {});
instance.exports.main(0, 0);
