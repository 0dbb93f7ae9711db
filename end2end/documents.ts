// Whole documents in the editor: filled in at once through its fields, and everything that it and the page then show.
import type { Page } from "@playwright/test";
import { save } from "./editor.ts";
import { expect } from "./fixtures.ts";
import { plain } from "./figures.ts";
import { say } from "./words.ts";

/** A line as it is typed. */
export type Typed = {
  article: string; text: string; quantity: string; unit: string; price: string; discount: string; vat: string;
  /** `undefined` leaves what the editor proposes. */
  contract: string | undefined; off: boolean;
};

/** What is shown of a line. */
export type ShownLine = { total: string; outcome: string; cleared: string; item: string; why: string };
export type Shown = { lines: ShownLine[]; net: string; gross: string; rates: string[] };
/** And what only the editor shows. */
export type Preview = Shown & { delivered: string; cleared: string; left: { name: string; words: string }[] };

/** Follows a link inside the program, without loading the page anew. */
export async function follow(page: Page, address: string) {
  await page.evaluate((address) => {
    const link = document.body.appendChild(document.createElement("a"));
    link.href = address;
    link.click();
    link.remove();
  }, address);
  await expect(page).toHaveURL(address);
}

/** Waits until what was typed is worked off and the facts for it are there. */
export async function settled(page: Page) {
  await page.evaluate(async () => {
    // What a change leads to is done before the next task.
    const task = () => new Promise((next) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = next; port2.postMessage(0); });
    await task();
    await task();
    while (document.querySelector("[data-testid=aside]")?.getAttribute("aria-busy") !== "false") await new Promise((next) => requestAnimationFrame(next));
    await task();
  });
}

/** Fills in date and lines of an editor; lines that are there already are typed over, more are added, the rest removed. */
export async function fill(page: Page, date: string, lines: Typed[]) {
  await page.locator("#document-date").fill(date);
  await settled(page);
  await page.evaluate(async ({ lines, add }) => {
    const task = () => new Promise((next) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = next; port2.postMessage(0); });
    const rows = () => [...document.querySelectorAll<HTMLElement>("[data-testid=line]")];
    const buttons = [...document.querySelectorAll<HTMLButtonElement>(".doc-keys button")];
    while (rows().length > lines.length) {
      rows().at(-1)!.querySelector<HTMLButtonElement>(".doc-buttons button:last-child")!.click();
      await task();
    }
    while (rows().length < lines.length) {
      buttons.find((button) => button.textContent!.trim() === add)!.click();
      await task();
    }
    const set = (field: HTMLInputElement | HTMLSelectElement, value: string, event: "input" | "change") => {
      const kind = field instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
      Object.getOwnPropertyDescriptor(kind.prototype, "value")!.set!.call(field, value);
      field.dispatchEvent(new Event(event, { bubbles: true }));
    };
    for (const [place, line] of lines.entries()) {
      const cell = (column: string) => rows()[place].querySelector<HTMLInputElement | HTMLSelectElement>(`[data-col=${column}]`)!;
      // An article fills in the rest of its line.
      if (cell("article").value !== line.article) set(cell("article"), line.article, "change");
      await task();
      for (const column of ["text", "quantity", "price", "discount"] as const) set(cell(column), line[column], "input");
      for (const column of ["unit", "vat"] as const) set(cell(column), line[column], "change");
      if (line.contract !== undefined) set(cell("contract"), line.contract, "change");
      const box = rows()[place].querySelector<HTMLInputElement>(".doc-off input")!;
      if (box.checked !== line.off) box.click();
    }
  }, { lines, add: say("document_line_add", {}, await lang(page)) });
  await settled(page);
}

/** The language of the page. */
export const lang = (page: Page) => page.evaluate(() => document.documentElement.lang as "de" | "en");

/** What stands in the fields of the editor. */
export function typedLines(page: Page): Promise<Typed[]> {
  return page.getByTestId("line").evaluateAll((rows) => rows.map((row) => {
    const cell = (column: string) => row.querySelector<HTMLInputElement>(`[data-col=${column}]`)!.value;
    return {
      article: cell("article"), text: cell("text"), quantity: cell("quantity"), unit: cell("unit"), price: cell("price"),
      discount: cell("discount"), vat: cell("vat"), contract: cell("contract"), off: row.querySelector<HTMLInputElement>(".doc-off input")!.checked,
    };
  }));
}

/** Everything that the editor shows of what saving will do, with the why of each line opened. */
export async function preview(page: Page): Promise<Preview> {
  await page.evaluate(() => document.querySelectorAll<HTMLElement>("[data-testid=line] .doc-more button[aria-expanded=false]").forEach((button) => button.click()));
  await settled(page);
  const found = await page.evaluate(() => {
    const text = (of: ParentNode, selector: string) => of.querySelector(selector)?.textContent ?? "";
    const own = (of: ParentNode, name: string) => text(of, `[data-testid=${name}]`);
    const lines = [...document.querySelectorAll("[data-testid=line]")].map((row) => {
      const total = row.querySelector("[data-testid=line-total]")!.cloneNode(true) as HTMLElement;
      total.querySelector(".cell-label")!.remove();
      return { total: total.textContent ?? "", outcome: own(row, "outcome"), cleared: own(row, "cleared"), item: own(row, "item-total"), why: text(row, ".why-text") };
    });
    const rates = [...document.querySelectorAll("[data-testid=preview-totals] > div")].filter((row) => !row.querySelector("[data-testid]"));
    const left = [...document.querySelectorAll("[data-testid=left] > li")].map((row) => ({ name: text(row, ".left-name strong"), words: text(row, ".lot-words") }));
    const of = (name: string) => own(document, `preview-${name}`);
    return { lines, delivered: of("delivered"), cleared: of("cleared"), net: of("net"), gross: of("gross"), rates: rates.map((row) => row.textContent ?? ""), left };
  });
  return neat(found);
}

/** Everything that the page of a saved document shows of what was decided. */
export async function decided(page: Page): Promise<Shown> {
  await expect(page.getByTestId("document")).toBeVisible();
  const found = await page.evaluate(() => {
    const text = (of: ParentNode, selector: string) => of.querySelector(selector)?.textContent ?? "";
    const own = (of: ParentNode, name: string) => text(of, `[data-testid=${name}]`);
    const items = [...document.querySelectorAll("[data-testid=item]")];
    const lines = items.map((item) => ({
      total: text(item.previousElementSibling!, "td:last-child"), outcome: own(item, "outcome"), cleared: own(item, "cleared"), item: own(item, "item-total"), why: text(item, ".why-text"),
    }));
    const rates = [...document.querySelectorAll("[data-testid=totals] > div")].filter((row) => !row.querySelector("[data-testid]"));
    return { lines, net: own(document, "net"), gross: own(document, "gross"), rates: rates.map((row) => row.textContent ?? "") };
  });
  return neat(found);
}

/** The same with one space for every gap. */
function neat<T>(of: T): T {
  if (typeof of === "string") return plain(of) as T;
  if (Array.isArray(of)) return of.map(neat) as T;
  if (of && typeof of === "object") return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, neat(value)])) as T;
  return of;
}

/** Saves, and gives what was sent along as seen, and what was answered. */
export async function saveAs(page: Page): Promise<{ status: number; seen: { line: string; outcome: string }[]; document?: string; differences: unknown[] }> {
  const answered = page.waitForResponse((answer) => answer.request().method() === "POST" && /save_document/.test(answer.url()));
  await save(page, await lang(page)).click();
  const answer = await answered;
  const seen = JSON.parse(new URLSearchParams(answer.request().postData() ?? "").get("form[seen]") || "[]");
  const said = await answer.json();
  return { status: answer.status(), seen, document: said.page?.row.id, differences: said.differences ?? [] };
}
