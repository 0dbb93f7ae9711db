// What stands on a PDF, and how it looks: read by the tools of poppler, not by what wrote it.
import { execFileSync } from "node:child_process";

/** The text of all pages, in reading order. Spaces that keep figures together are spaces like any other. */
export const textOf = (pdf: Buffer): string =>
  execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf, encoding: "utf8", maxBuffer: 64 << 20 }).replace(/[\u00a0\u202f]/g, " ");

/** The first page as a picture. */
export const pictureOf = (pdf: Buffer): Buffer =>
  execFileSync("pdftoppm", ["-png", "-r", "80", "-f", "1", "-l", "1", "-"], { input: pdf, maxBuffer: 64 << 20 });

/** The pictures of pixels in it, each as "wide x high". */
export const imagesOf = (pdf: Buffer): string[] =>
  execFileSync("pdfimages", ["-list", "-"], { input: pdf, encoding: "utf8", maxBuffer: 64 << 20 })
    .split("\n").slice(2).filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/)).map(([, , , wide, high]) => `${wide} x ${high}`);
