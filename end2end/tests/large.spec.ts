// Documents as long as nobody types them: they are opened, previewed at each keystroke, and saved like a short one.
import { given, line, lines, outcome } from "../editor.ts";
import { axe, expect, state, test } from "../fixtures.ts";
import { figure, money, plain } from "../figures.ts";
import { minutes } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("accounting")) });

const euros = (cents: number) => money("de", { amount: (cents / 100).toFixed(2), currency: "EUR" });
const round = (time: number) => `${Math.round(time)} ms`;

// How many lines: LINES=1000,2000 measures longer ones.
const counts = (process.env.LINES ?? "300").split(",").map(Number);

for (const count of counts) {
  test(`a document with ${count} lines is opened, typed in and saved`, async ({ page, rest }) => {
    test.setTimeout(300_000);
    const of = await given(rest, { quota: { amount: minutes(count * 15) } });
    const { articles } = await rest.call<{ articles: { id: string; number: string }[] }>("GET", "/articles");
    const article = articles.find(({ number }) => of.article.startsWith(`${number} `))!.id;
    const body = (quantities: number) => ({
      kind: "delivery_note", customer: of.customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14,
      lines: Array.from({ length: quantities }, (_, place) => ({
        line: { article, text: `Viertelstunde ${place + 1}`, quantity: "0.25", unit: "hour", price: "100", vat: "19" }, contract: of.contract,
      })),
    });
    const { document } = await rest.call<{ document: { id: string; version: number } }>("POST", "/documents", body(1));
    let since = performance.now();
    await rest.call("PUT", `/documents/${document.id}`, { ...body(count), version: document.version });
    const figures: Record<string, string> = { "saved by REST": round(performance.now() - since) };

    since = performance.now();
    await page.goto(`/documents/${document.id}/edit`, { timeout: 120_000 });
    figures["page loaded"] = round(performance.now() - since);
    const last = line(page, count - 1);
    // The first field of all tells: while a long document is made live, the browser answers nothing else.
    await page.waitForFunction(() => (document.querySelector("#document-date") as any)?.listens?.has("input"), undefined, { timeout: 200_000 });
    figures["until live"] = round(performance.now() - since);
    await expect(lines(page)).toHaveCount(count);
    const sum = async (name: string) => plain(await page.getByTestId(`preview-${name}`).textContent());
    expect([await sum("delivered"), await sum("cleared"), await sum("net")]).toEqual([euros(2500 * count), euros(-2500 * count), euros(0)]);
    await expect(outcome(last)).toHaveText(say("clearing_full"));
    await expect(outcome(line(page, 0))).toHaveText(say("clearing_full"));

    // The first line takes a quarter of an hour more: nothing is left for the last.
    const timed = (typed: string, expected: string) => page.evaluate(async ({ typed, expected }) => {
      const rows = [...document.querySelectorAll("[data-testid=line]")];
      const field = rows[0].querySelector<HTMLInputElement>("[data-col=quantity]")!;
      const told = () => rows.at(-1)!.querySelector("[data-testid=outcome]")?.textContent === expected;
      const done = new Promise<number>((resolve) => {
        const watch = new MutationObserver(() => { if (told()) { watch.disconnect(); resolve(performance.now()); } });
        watch.observe(rows.at(-1)!, { subtree: true, childList: true, characterData: true });
      });
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(field, typed);
      const since = performance.now();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      const changed = await done;
      await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      return { changed: changed - since, painted: performance.now() - since };
    }, { typed, expected });
    for (const time of ["first", "second", "third"]) {
      const { changed, painted } = await timed("0,5", say("clearing_exhausted"));
      figures[`${time} keystroke until the last outcome`] = round(changed);
      figures[`${time} keystroke until painted`] = round(painted);
      expect(await sum("net")).toBe(euros(2500));
      await timed("0,25", say("clearing_full"));
      expect(await sum("net")).toBe(euros(0));
    }

    await timed("0,5", say("clearing_exhausted"));
    expect([await sum("delivered"), await sum("cleared"), await sum("net"), await sum("gross")])
      .toEqual([euros(2500 * (count + 1)), euros(-2500 * count), euros(2500), euros(2975)]);
    since = performance.now();
    // On a page of this size it takes minutes to look for names, as expecting what is not there yet does too.
    await page.locator(".form-actions button[type=submit]").click();
    await page.getByTestId("document").waitFor({ timeout: 120_000 });
    figures["saved and shown"] = round(performance.now() - since);
    console.log(`${count} lines:`, JSON.stringify(figures));
    await expect(page.getByTestId("item")).toHaveCount(count);
    await expect(page.getByTestId("differences")).toHaveCount(0);
    expect(plain(await page.getByTestId("gross").textContent())).toBe(euros(2975));
    const cleared = page.getByTestId("cleared");
    expect(plain(await cleared.first().textContent())).toBe(`−${figure("de", "PT30M")}`);
    expect(plain(await cleared.last().textContent())).toBe(figure("de", "PT0S"));
    if (count < 500) await axe(page);
  });
}
