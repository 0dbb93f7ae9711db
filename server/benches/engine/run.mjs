// Runs the engine in WebAssembly: `node run.mjs FILE FUNCTION TURNS` prints the nanoseconds of a turn and the checksum.
import { readFile } from "node:fs/promises";

const [file, name, turns] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(file));
const run = instance.exports[name];
// As often as natively: then V8 has compiled it for good.
run(Number(turns));
const start = process.hrtime.bigint();
const sum = run(Number(turns));
const took = process.hrtime.bigint() - start;
console.log(`${Number(took) / Number(turns)} ${BigInt.asUintN(64, sum)}`);
