// Documents as long as nobody types them: they are opened, previewed at each keystroke, and saved like a short one.
import { cell, given, line, lines, outcome } from "../editor.ts";
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
  test(`a document with ${count} lines is opened, typed in and saved`, async ({ page, rest, allowed }) => {
    test.setTimeout(300_000);
    if (count >= 500) allowed.unlooked("axe takes minutes for a page of this size");
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
    // The lines near the end become fields when they come into sight: until then the button below them may still move.
    await page.locator(".doc-keys").scrollIntoViewIfNeeded();
    await expect.poll(() => cell(last, "quantity").evaluate((field: any) => Boolean(field.listens?.has("input")))).toBe(true);
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
  });
}

test("only the lines near the window are fields; whoever comes near another can type in it", async ({ page, rest }) => {
  test.setTimeout(120_000);
  const of = await given(rest, { quota: { amount: minutes(200 * 15) } });
  const { articles } = await rest.call<{ articles: { id: string; number: string }[] }>("GET", "/articles");
  const article = articles.find(({ number }) => of.article.startsWith(`${number} `))!.id;
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "delivery_note", customer: of.customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14,
    lines: Array.from({ length: 200 }, (_, place) => ({
      line: { article, text: `Viertelstunde ${place + 1}`, quantity: "0.25", unit: "hour", price: "100", vat: "19" }, contract: of.contract,
    })),
  });
  const address = `/documents/${document.id}/edit`;
  await page.goto(address);
  const typed = () => page.locator("[data-testid=line] [data-col=quantity]").evaluateAll((all: any[]) => all.filter((field) => field.listens?.has("input")).length);
  await expect.poll(typed).toBeGreaterThan(0);
  expect(await typed()).toBeLessThan(100);

  // Scrolled to the end, the last line is a field; what is typed in it counts, and the next is opened by Enter.
  await page.locator(".doc-keys").scrollIntoViewIfNeeded();
  const last = cell(line(page, 199), "quantity");
  await expect.poll(() => last.evaluate((field: any) => Boolean(field.listens?.has("input")))).toBe(true);
  expect(await typed()).toBeLessThan(150);
  await last.fill("0,5");
  await expect(outcome(line(page, 199))).toHaveText(say("clearing_partial"));
  await expect(cell(line(page, 199), "article").locator("option")).not.toHaveCount(2);
  await expect(cell(line(page, 199), "article")).toHaveValue(article);
  await last.press("Enter");
  await expect(cell(line(page, 200), "quantity")).toBeFocused();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(cell(line(page, 200), "text")).toHaveValue("Viertelstunde 200");

  // The line with the focus stays a field, however far somebody scrolls; the others say what comes of them.
  await page.evaluate(() => scrollTo(0, 0));
  await expect(line(page, 198).locator("input")).toHaveCount(0);
  await expect(line(page, 198)).toContainText("Viertelstunde 199");
  await expect(line(page, 198)).toContainText("Stunden");
  await expect(outcome(line(page, 198))).toHaveText(say("clearing_full"));
  await expect(cell(line(page, 199), "quantity")).toBeFocused();
  await cell(line(page, 0), "quantity").fill("0,75");
  await expect(outcome(line(page, 198))).toHaveText(say("clearing_exhausted"));
  // A line that was never near is the server's until something else comes of it.
  await cell(line(page, 0), "quantity").fill("25,5");
  await expect(outcome(line(page, 100))).toHaveText(say("clearing_exhausted"));
  await axe(page);

  // What is wrong far down is told there, and stays.
  await line(page, 150).scrollIntoViewIfNeeded();
  await cell(line(page, 150), "quantity").fill("nichts");
  await page.evaluate(() => scrollTo(0, 0));
  await cell(line(page, 1), "quantity").focus();
  await expect(line(page, 150).locator("input")).toHaveCount(0);
  await expect(line(page, 150).locator(".field-problem")).not.toBeEmpty();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a long document is a plain form with all its lines", async ({ page, rest }) => {
    const of = await given(rest, { quota: { amount: minutes(60 * 15) } });
    const { articles } = await rest.call<{ articles: { id: string; number: string }[] }>("GET", "/articles");
    const article = articles.find(({ number }) => of.article.startsWith(`${number} `))!.id;
    const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
      kind: "delivery_note", customer: of.customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14,
      lines: Array.from({ length: 60 }, (_, place) => ({
        line: { article, text: `Viertelstunde ${place + 1}`, quantity: "0.25", unit: "hour", price: "100", vat: "19" }, contract: of.contract,
      })),
    });
    await page.goto(`/documents/${document.id}/edit`);
    await expect(lines(page)).toHaveCount(60);
    await cell(line(page, 59), "quantity").fill("0,5");
    await cell(line(page, 59), "contract").selectOption("");
    await page.locator(".form-actions button[type=submit]").click();
    await expect(page.getByTestId("document")).toBeVisible();
    await expect(page.getByTestId("outcome")).toHaveCount(60);
    await expect(page.getByTestId("outcome").last()).toHaveText(say("clearing_no_contract"));
    await expect(page.getByTestId("outcome").nth(58)).toHaveText(say("clearing_full"));
    await expect(page.getByTestId("document")).toContainText("0,5 Stunden");
  });
});
