// The words of the pages, read from where the program reads them: a test says which text, not how it is put.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./servers.ts";

const folder = join(ROOT, "app/texts/words");
const words = new Map<string, { de: string; en: string }>();
for (const file of readdirSync(folder).filter((file) => file.endsWith(".toml"))) {
  const text = readFileSync(join(folder, file), "utf8");
  for (const [, key, de, en] of text.matchAll(/^(\w+) = \{ de = ("(?:[^"\\]|\\.)*"), en = ("(?:[^"\\]|\\.)*") \}$/gm)) {
    words.set(key, { de: JSON.parse(de), en: JSON.parse(en) });
  }
}

/** All texts with their keys. */
export const all = words;

/** A text with its figures filled in. */
export function say(key: string, figures: Record<string, string | number> = {}, lang: "de" | "en" = "de"): string {
  const text = words.get(key)?.[lang];
  if (text === undefined) throw new Error(`there is no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in figures)) throw new Error(`${key} needs ${name}`);
    return String(figures[name]);
  });
}
