// Copies what the pages need from npm packages into public/: fonts, and one sprite with the icons that are used.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const out = join(here, "..", "public");

const fonts = [
  ["ibm-plex-sans", ["400", "500", "600"]],
  ["ibm-plex-serif", ["500"]],
];
mkdirSync(join(out, "fonts"), { recursive: true });
for (const [family, weights] of fonts) {
  for (const weight of weights) {
    for (const subset of ["latin", "latin-ext"]) {
      const file = `${family}-${subset}-${weight}-normal.woff2`;
      copyFileSync(join(modules, "@fontsource", family, "files", file), join(out, "fonts", file));
    }
  }
}

const icons = [
  "arrow-down", "arrow-up", "calendar-check", "calendar-days", "chevron-down", "chevron-left", "chevron-right", "clock", "coins", "copy", "download", "file-text", "files", "grip-vertical",
  "hourglass", "languages", "life-buoy", "list-checks", "lock", "log-out", "monitor", "moon", "package", "pencil", "play", "plus", "receipt", "search", "settings", "smartphone", "square", "sun",
  "timer", "trash-2", "triangle-alert", "undo-2", "users", "waypoints", "x",
];
const symbols = icons.map((name) => {
  const svg = readFileSync(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
});
writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
