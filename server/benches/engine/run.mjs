// Runs the engine in WebAssembly: `node run.mjs FILE FUNCTION TURNS` prints the nanoseconds of a turn and the checksum.
// With a fourth argument `chromium` the same happens in a page of that browser, started by what drives the browser tests.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const [file, name, turns, where] = process.argv.slice(2);

/** Stands alone, so that a page can run it too. The first run is as long as natively: then V8 has compiled it for good. */
async function measured({ bytes, name, turns }) {
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)));
  const run = instance.exports[name];
  run(turns);
  const start = performance.now();
  const sum = run(turns);
  return [((performance.now() - start) * 1e6) / turns, String(BigInt.asUintN(64, sum))];
}

const asked = { bytes: (await readFile(file)).toString("base64"), name, turns: Number(turns) };
if (where !== "chromium") {
  console.log((await measured(asked)).join(" "));
} else {
  const { chromium } = createRequire(new URL("../../../end2end/package.json", import.meta.url))("@playwright/test");
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
  try {
    const page = await browser.newPage();
    console.log((await page.evaluate(measured, asked)).join(" "));
  } finally {
    await browser.close();
  }
}
