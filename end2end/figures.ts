// Figures as the pages write them, put together from what REST says: by other means than the program's own.
import { seconds, type Volume } from "./rest.ts";

export type Lang = "de" | "en";
type Money = { amount: string; currency: string };

const MINUS = "\u2212";

/** One space for every gap, so that a figure and its unit compare. */
export const plain = (text: string | null | undefined) => (text ?? "").replace(/[\s\u00a0\u202f]+/g, " ").trim();

/** `−1.234,50 €` and `−€1,234.50`. */
export function money(lang: Lang, { amount }: Money): string {
  const [whole, part] = amount.replace("-", "").split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, lang === "de" ? "." : ",") + (lang === "de" ? "," : ".") + part;
  const sign = amount.startsWith("-") ? MINUS : "";
  return lang === "de" ? `${sign}${digits} €` : `${sign}€${digits}`;
}

/** `1:30 h`, `0:00:36 h`, or money. */
export function figure(lang: Lang, volume: Volume): string {
  if (typeof volume !== "string") return money(lang, volume);
  const time = Math.abs(seconds(volume));
  const two = (count: number) => String(count).padStart(2, "0");
  const clock = `${Math.floor(time / 3600)}:${two(Math.floor(time / 60) % 60)}${time % 60 ? `:${two(time % 60)}` : ""}`;
  return `${seconds(volume) < 0 ? MINUS : ""}${clock} h`;
}

/** `01.04.2026` and `1 Apr 2026`. */
export function date(lang: Lang, day: string): string {
  const [year, month, of] = day.split("-");
  return lang === "de" ? `${of}.${month}.${year}` : `${Number(of)} ${"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")[Number(month) - 1]} ${year}`;
}

/** A number as it is typed: `1.5` becomes `1,5` in German. */
export const typed = (lang: Lang, number: string) => lang === "de" ? number.replace(".", ",") : number;
