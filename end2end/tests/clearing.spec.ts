// Delivery notes and invoices that draw the quota: typed line by line, explained, repaired, saved.
import { cell, cleared, GAP, given, line, lines, newDocument, outcomes, repair, save, saved, typeLines, why } from "../editor.ts";
import { axe, axePlain, expect, house, live, state, test, visit } from "../fixtures.ts";
import { Rest, seconds } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("accounting")) });

test("four lines against four hours: full, full, partly, used up; saved twice, issued, invoiced", async ({ page, rest, open }) => {
  test.slow();
  const of = await given(rest);
  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["1,50", "2", "1", "0,50"]);
  const full = say("clearing_full"), partly = say("clearing_partial"), gone = say("clearing_exhausted");
  await expect.poll(() => outcomes(page)).toEqual([full, full, partly, gone]);
  expect(await cleared(page)).toEqual(["−1:30 h", "−2:00 h", "−0:30 h", "0:00 h"]);
  await expect(page.getByTestId("preview-delivered")).toHaveText(new RegExp(`^500,00${GAP}€$`));
  await expect(page.getByTestId("preview-net")).toHaveText(new RegExp(`^100,00${GAP}€$`));
  await expect(page.getByTestId("left")).toContainText(of.number);
  await expect(page.getByTestId("left")).toContainText(new RegExp(`0:00${GAP}h von 4:00${GAP}h`));
  await expect(await why(line(page, 3))).toContainText(/April 2026 ist alles verbraucht/);
  await axe(page);

  // The second for nothing: the others move up.
  await cell(line(page, 1), "price").fill("0,00");
  await expect.poll(() => outcomes(page)).toEqual([full, say("clearing_price_not_positive"), full, full]);
  await cell(line(page, 1), "price").fill("100");
  // Moved to the top, the last line gets the quota first.
  const last = page.locator(`[data-line="${await line(page, 3).getAttribute("data-line")}"] [data-col=quantity]`);
  const move = async (key: string) => {
    for (let times = 0; times < 3; times += 1) {
      // A moved field gets the focus back with the next frame.
      await expect(last).toBeFocused();
      await page.keyboard.press(key);
    }
  };
  await last.focus();
  await move("Alt+ArrowUp");
  await expect(cell(line(page, 0), "quantity")).toHaveValue("0,50");
  await expect.poll(() => outcomes(page)).toEqual([full, full, full, gone]);
  await move("Alt+ArrowDown");
  await expect.poll(() => outcomes(page)).toEqual([full, full, partly, gone]);

  await saved(page);
  expect(await outcomes(page)).toEqual([full, full, partly, gone]);
  await expect(page.getByTestId("net")).toHaveText(new RegExp(`^100,00${GAP}€$`));
  await axe(page);
  const address = page.url();
  // The hold stands in the passbook and in the lot bar.
  const book = await open("accounting");
  await visit(book, `/accounts/${of.account}?from=2026-04-01`);
  await expect(book.locator("table.passbook")).toContainText(say("document_held"));
  await expect(book.locator("table.passbook").getByRole("link", { name: say("document_note_draft") })).toHaveCount(3);
  await axe(book);

  // Saved again: the same.
  await page.getByRole("link", { name: say("document_edit") }).click();
  await expect(lines(page)).toHaveCount(4);
  await expect.poll(() => outcomes(page)).toEqual([full, full, partly, gone]);
  await saved(page);
  expect(page.url()).toBe(address);
  expect(await outcomes(page)).toEqual([full, full, partly, gone]);
  expect((await rest.entries(of.account)).map((entry) => entry.kind).filter((kind) => kind !== "lapse")).toEqual(["grant", "draw", "draw", "draw"]);

  await live(page.locator(".issue").first());
  await page.getByRole("button", { name: say("document_issue_note") }).click();
  await expect(page.locator("h1")).toHaveText(/^Lieferschein LS-\d{4}-\d{5}$/);
  await book.reload();
  await expect(book.locator("table.passbook")).not.toContainText(say("document_held"));
  await expect(book.locator("table.passbook").getByRole("link", { name: /LS-/ })).toHaveCount(3);

  // Into an invoice: nothing is drawn twice.
  await page.getByRole("button", { name: say("document_to_invoice") }).click();
  await expect(page.locator("h1")).toHaveText(say("document_invoice_draft"));
  expect(await outcomes(page)).toEqual([full, full, partly, gone]);
  await expect(page.getByTestId("gross")).toHaveText(new RegExp(`^119,00${GAP}€$`));
  expect((await rest.entries(of.account)).map((entry) => entry.kind).filter((kind) => kind !== "lapse")).toEqual(["grant", "draw", "draw", "draw"]);
  await page.getByRole("link", { name: say("document_edit") }).click();
  await expect(page.locator(".doc-fixed")).toHaveCount(4);
});

test("forty minutes are left: one hour is cleared to the minute and charged to the cent", async ({ page, rest }) => {
  const of = await given(rest);
  await rest.draw(of.account, "PT3H20M", "2026-04-02");
  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["1"]);
  await expect.poll(() => cleared(page)).toEqual(["−0:40 h"]);
  await expect(page.getByTestId("item-total")).toHaveText(new RegExp(`^−66,67${GAP}€$`));
  await expect(page.getByTestId("preview-net")).toHaveText(new RegExp(`^33,33${GAP}€$`));
  await saved(page);
  await expect(page.getByTestId("net")).toHaveText(new RegExp(`^33,33${GAP}€$`));
});

test("why is the quota not the expected one: it was raised after the billing; what is missing is granted, the next billing grants more", async ({ page, open, rest }) => {
  test.slow();
  const of = await given(rest);
  // Raised too late: the billed period keeps what the contract said at that time, and says so.
  const sales = await open("sales");
  await visit(sales, `/contracts/${of.contract}/edit`);
  await live(sales.locator("#terms-amount"));
  await sales.locator("#terms-amount").fill("6");
  await sales.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(sales).toHaveURL(new RegExp(`/contracts/${of.contract}$`));
  const april = sales.getByTestId("claims").locator("tbody tr");
  await expect(april).toHaveCount(1);
  await expect(april).toContainText(new RegExp(`4:00${GAP}h April 2026`));
  await april.getByText(say("claim_why", { amount: "4:00\u00a0h" })).click();
  await expect(april.locator("details.why p")).toContainText(/Damals standen 4:00\sh im Vertrag.*ab der nächsten Abrechnung.*Positionen der Rechnung haben darauf keinen Einfluss/);
  await axe(sales);

  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["5"]);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_partial")]);
  expect(await cleared(page)).toEqual(["−4:00 h"]);
  await expect(await why(line(page, 0))).toContainText(new RegExp(`braucht 5:00${GAP}h, verfügbar waren nur 4:00${GAP}h: 4:00${GAP}h sind gedeckt, 1:00${GAP}h werden berechnet`));
  await repair(line(page, 0), say("repair_grant", { amount: "1:00\u00a0h" }), new RegExp(`4:00${GAP}h → 5:00${GAP}h gedeckt.*100,00${GAP}€ → 0,00`), "Erhöhung galt schon ab April");
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_full")]);
  await axe(page);
  await saved(page);
  expect(await cleared(page)).toEqual(["−5:00 h"]);
  await expect(page.getByTestId("net")).toHaveText(new RegExp(`^0,00${GAP}€$`));
  const entries = (await rest.entries(of.account)).filter((entry) => entry.kind !== "lapse");
  expect(entries.map((entry) => [entry.kind, entry.amount])).toEqual([["grant", "PT4H"], ["grant", "PT1H"], ["draw", "-PT5H"]]);

  // The next billing grants the six hours.
  await newDocument(page, of, "2026-05-10");
  await typeLines(page, of, ["5"]);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_period_not_billed")]);
  await why(line(page, 0));
  await repair(line(page, 0), say("repair_bill", { number: of.number, date: "01.05.2026" }), new RegExp(`5:00${GAP}h gedeckt`));
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_full")]);
  await expect(page.getByTestId("left")).toContainText(new RegExp(`1:00${GAP}h von 6:00${GAP}h`));
});

test("why is the quota not the expected one: it is for three months, though billed each month", async ({ page, rest }) => {
  const of = await given(rest, { quota: { interval: 3 }, bill: "2026-05-01" });
  await visit(page, `/contracts/${of.contract}`);
  const claims = page.getByTestId("claims").locator("tbody tr");
  await expect(claims).toHaveCount(2);
  await expect(claims.nth(0)).toContainText(say("outlook_no_quota"));
  await expect(claims.nth(1)).toContainText(new RegExp(`4:00${GAP}h`));
  await newDocument(page, of, "2026-05-10");
  await typeLines(page, of, ["3", "2"]);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_full"), say("clearing_partial")]);
  await expect(await why(line(page, 1))).toContainText(new RegExp(`verfügbar waren nur 1:00${GAP}h`));
  await expect(page.getByTestId("left")).toContainText(/April.*Juni 2026|01\.04\.2026.*30\.06\.2026/);
});

test("why is nothing cleared: each answer of the second question stands on the screen, with its repair", async ({ open, rest }) => {
  test.slow();
  const of = await given(rest, { group: "off" });
  const page = await open("admin");
  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["1", "1"]);

  // Nothing is proposed for a group that is not enabled.
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_no_contract"), say("clearing_no_contract")]);
  await expect(await why(line(page, 0))).toContainText(say("clearing_says_no_contract"));
  await cell(line(page, 0), "contract").selectOption(of.contract);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_group_not_eligible"), say("clearing_no_contract")]);
  await expect(line(page, 0).getByTestId("why")).toContainText(say("clearing_says_group"));
  await axe(page);
  await repair(line(page, 0), say("repair_enable_group", { group: of.group, number: of.number }), new RegExp(`1:00${GAP}h gedeckt.*200,00${GAP}€ → 100,00`));
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_full"), say("clearing_no_contract")]);

  // Now the contract is offered for the other line.
  await why(line(page, 1));
  await repair(line(page, 1), say("repair_assign", { number: of.number }), new RegExp(`1:00${GAP}h gedeckt`));
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_full"), say("clearing_full")]);

  await cell(line(page, 0), "quantity").fill("0");
  await cell(line(page, 1), "price").fill("0");
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_quantity_not_positive"), say("clearing_price_not_positive")]);
  await cell(line(page, 0), "quantity").fill("1");
  await cell(line(page, 1), "price").fill("100");
  await cell(line(page, 0), "vat").selectOption("7");
  await cell(line(page, 1), "unit").selectOption("piece");
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_vat_rate_mismatch"), say("clearing_unit_mismatch")]);
  await line(page, 0).getByLabel(say("clearing_switch_off")).check();
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_switched_off"), say("clearing_unit_mismatch")]);
  await repair(line(page, 0), say("repair_switch_on"), /./).catch(() => undefined);
  await saved(page);
  await page.locator("details.why summary").first().click();
  await expect(page.locator("details.why").first()).toContainText(say("clearing_recorded"));
});

test("why is it zero: a period that is not billed is billed from here; what is used up is granted or overbooked", async ({ open, rest }) => {
  test.slow();
  const of = await given(rest);
  const page = await open("admin");
  await newDocument(page, of, "2026-05-10");
  await typeLines(page, of, ["3", "3"]);
  const missing = say("clearing_period_not_billed"), partly = say("clearing_partial"), full = say("clearing_full");
  await expect.poll(() => outcomes(page)).toEqual([missing, missing]);
  await expect(await why(line(page, 0))).toContainText(/Mai 2026 ist noch nicht abgerechnet/);
  await repair(line(page, 0), say("repair_bill", { number: of.number, date: "01.05.2026" }), new RegExp(`3:00${GAP}h gedeckt`));
  await expect.poll(() => outcomes(page)).toEqual([full, partly]);

  // What lapsed in April because nothing is carried over is named once May is used up.
  await cell(line(page, 0), "quantity").fill("5");
  await expect.poll(() => outcomes(page)).toEqual([partly, say("clearing_exhausted")]);
  await expect(await why(line(page, 1))).toContainText(new RegExp(`4:00${GAP}h aus April 2026 sind verfallen`));
  await repair(line(page, 1), say("repair_grant", { amount: "4:00\u00a0h" }), new RegExp(`3:00${GAP}h gedeckt`), "Kulanz nach Absprache");
  await expect.poll(() => outcomes(page)).toEqual([full, full]);
  await cell(line(page, 1), "quantity").fill("4");
  await expect.poll(() => outcomes(page)).toEqual([full, partly]);
  await repair(line(page, 1), say("repair_overbook", { number: of.number }), new RegExp(`4:00${GAP}h gedeckt`));
  await expect.poll(() => outcomes(page)).toEqual([full, say("clearing_overbooked")]);
  await axe(page);
  await saved(page);
  expect(await outcomes(page)).toEqual([full, say("clearing_overbooked")]);
});

// Red when: whoever changes no contract is offered to, or is not told who does.
test("accounting is told who changes the contract, and bills and grants itself", async ({ page, rest }) => {
  const of = await given(rest, { group: "off" });
  const theirs = say("repair_not_yours", { roles: `${say("role_admin")}, ${say("role_sales")}` });
  const refused = async (name: string) => {
    const repairs = line(page, 0).getByTestId("repairs");
    await expect(repairs).toContainText(`${name}: ${theirs}`);
    await expect(repairs.getByRole("button", { name })).toHaveCount(0);
  };
  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["1"]);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_no_contract")]);
  await why(line(page, 0));
  await cell(line(page, 0), "contract").selectOption(of.contract);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_group_not_eligible")]);
  await refused(say("repair_enable_group", { group: of.group, number: of.number }));

  const other = await given(rest);
  await newDocument(page, other, "2026-05-10");
  await typeLines(page, other, ["5"]);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_period_not_billed")]);
  await why(line(page, 0));
  await repair(line(page, 0), say("repair_bill", { number: other.number, date: "01.05.2026" }), new RegExp(`4:00${GAP}h gedeckt`));
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_partial")]);
  await refused(say("repair_overbook", { number: other.number }));
  await repair(line(page, 0), say("repair_grant", { amount: "1:00\u00a0h" }), new RegExp(`5:00${GAP}h gedeckt`), "Kulanz");
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_full")]);
});

for (const engine of ["sqlite", "postgres"] as const) {
  test(`two people save the last hours at once: never more than four together (${engine})`, async ({ open }) => {
    const rest = new Rest(house(engine));
    const of = await given(rest);
    const people = [await open("accounting", { engine, process: 0 }), await open("sales", { engine, process: 1 })];
    for (const page of people) {
      await newDocument(page, of, "2026-04-10");
      await typeLines(page, of, ["2", "1"]);
      // Nobody saves before both have seen the four hours.
      await expect.poll(() => outcomes(page)).toEqual([say("clearing_full"), say("clearing_full")]);
    }
    const answers = people.map((page) => page.waitForResponse((answer) => answer.request().method() === "POST" && /save_document/.test(answer.url())));
    await Promise.all(people.map((page) => save(page).click()));
    expect((await Promise.all(answers)).map((answer) => answer.status())).toEqual([200, 200]);
    // One of them had it all; the other stays in the editor and is told line by line.
    const loser = (await Promise.race(people.map(async (page) => { await expect(page.getByTestId("differences")).toBeVisible(); return page; })));
    await expect(loser.getByTestId("differences").locator("li")).toHaveCount(2);
    await expect(loser.locator(".doc-differs")).toHaveCount(2);
    await expect.poll(() => outcomes(loser)).toEqual([say("clearing_partial"), say("clearing_exhausted")]);
    await expect(cell(line(loser, 0), "quantity")).toHaveValue("2");
    const entries = (await rest.entries(of.account)).filter((entry) => entry.kind !== "lapse");
    expect(entries.reduce((sum, entry) => sum + seconds(entry.amount), 0), "four hours were granted, four drawn").toBe(0);
  });
}

test("on a phone a document is typed and read", async ({ open, rest }) => {
  const of = await given(rest);
  const page = await open("sales", { viewport: { width: 390, height: 844 } });
  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["1,5"]);
  await expect.poll(() => outcomes(page)).toEqual([say("clearing_full")]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await axe(page);
  // What comes of the line and what is left stays in sight, wherever the page stands.
  const glance = page.getByTestId("glance");
  await cell(line(page, 0), "quantity").focus();
  await expect(glance).toBeInViewport({ ratio: 1 });
  await expect(glance).toContainText(new RegExp(`${say("document_line", { place: 1 })}.*${say("clearing_full")}.*−1:30${GAP}h.*2:30${GAP}h von 4:00${GAP}h.*0,00${GAP}€`));
  await page.evaluate(() => scrollTo(0, 0));
  await expect(glance).toBeInViewport({ ratio: 1 });
  await cell(line(page, 0), "quantity").fill("5");
  await expect(glance).toContainText(new RegExp(`${say("clearing_partial")}.*−4:00${GAP}h.*0:00${GAP}h von 4:00${GAP}h.*100,00${GAP}€`));
  await cell(line(page, 0), "quantity").fill("1,5");
  await saved(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await axe(page);
  await page.getByText(`${say("document_delete")} …`).click();
  await expect(page.locator("details.below")).toContainText(new RegExp(`1:30${GAP}h`));
  await page.getByRole("button", { name: say("document_delete"), exact: true }).click();
  await expect(page).toHaveURL(/\/documents$/);
  const entries = await rest.entries(of.account);
  expect(entries.filter((entry) => entry.kind !== "lapse").map((entry) => [entry.kind, entry.amount])).toEqual([["grant", "PT4H"], ["draw", "-PT1H30M"], ["release", "PT1H30M"]]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a plain form saves a document, and its page says why", async ({ page, rest }) => {
    const of = await given(rest);
    await page.goto(`/documents/new?customer=${of.customer.id}`);
    await page.locator("#document-date").fill("2026-04-10");
    await cell(line(page, 0), "article").selectOption({ label: of.article });
    await cell(line(page, 0), "text").fill("Einsatz vor Ort");
    await cell(line(page, 0), "quantity").fill("1,5");
    await cell(line(page, 0), "price").fill("100");
    await cell(line(page, 0), "contract").selectOption(of.contract);
    await axePlain(page);
    await save(page).click();
    await expect(page).toHaveURL(/\/documents\/[0-9a-f-]{36}$/);
    await expect(page.getByTestId("document")).toContainText("Einsatz vor Ort");
    // Without the program nobody fills in the group of the article: the page says so.
    await expect(page.getByTestId("outcome")).toHaveText(say("clearing_full"));
  });
});
