// The editor of documents: a customer with a quota to clear, and what a person does line by line.
import type { Locator, Page } from "@playwright/test";
import { expect, live, visit } from "./fixtures.ts";
import type { Rest } from "./rest.ts";
import { say } from "./words.ts";

export const GAP = "[\\s\\u00a0]";

export type Given = { customer: { id: string; name: string }; contract: string; number: string; article: string; group: string; account: string };
export type More = { quota?: Record<string, unknown>; bill?: string | null; group?: "on" | "off" };

const id = (of: { id: string }) => of.id;

/** A customer with the contract of the rules' example: 4 h a month from April 2026 on, billed as of a day. */
export async function given(rest: Rest, { quota = {}, bill = "2026-04-01", group: on = "on" }: More = {}): Promise<Given> {
  const customer = await rest.customer();
  const mark = `${customer.number}`;
  const group = await rest.call<{ id: string }>("POST", "/product-groups", { name: `Leistung ${mark}`, quota: on });
  const article = { number: `L-${mark}`, name: `Einsatz ${mark}`, unit: "hour", price: "100.00", vat: "19", group: group.id };
  await rest.call("POST", "/articles", article);
  const terms = {
    term: 12, renewal: 12, notice: 3, currency: "EUR", billing: { interval: 1, time: "advance", automatic: true, lead_days: 2, payment_days: 14 },
    items: [{ text: "Monatsgebühr", quantity: "1", unit: "piece", price: "399.99", vat: "19" }], quota: { amount: "PT4H", ...quota },
  };
  const contract = await rest.call<{ id: string; number: string; account: { id: string } }>("POST", "/contracts", { customer: customer.id, start: "2026-04-01", terms });
  if (bill) {
    const run = await rest.call<{ id: string }>("POST", "/billing-runs", { as_of: bill, issue: true, contract: contract.id });
    await expect.poll(async () => (await rest.call<{ run: { ended_at: string | null } }>("GET", `/billing-runs/${run.id}`)).run.ended_at).not.toBeNull();
  }
  return { customer, contract: contract.id, number: contract.number, article: `L-${mark} Einsatz ${mark}`, group: `Leistung ${mark}`, account: id(contract.account) };
}

export const lines = (page: Page) => page.getByTestId("line");
export const line = (page: Page, place: number) => lines(page).nth(place);
export const cell = (of: Locator, column: string) => of.locator(`[data-col=${column}]`);
export const outcome = (of: Locator) => of.getByTestId("outcome");

/** Opens the editor of a new document. */
export async function newDocument(page: Page, given: Given, date: string, kind = "delivery_note") {
  await visit(page, `/documents/new?customer=${given.customer.id}&kind=${kind}`);
  await live(page.locator("#document-date"));
  await page.locator("#document-date").fill(date);
  await expect(page.getByTestId("aside")).toHaveAttribute("aria-busy", "false");
}

/** Types lines of the article, one quantity each, with the keyboard alone from the second on. */
export async function typeLines(page: Page, given: Given, quantities: string[]) {
  for (const [place, quantity] of quantities.entries()) {
    if ((await lines(page).count()) <= place) await page.getByRole("button", { name: say("document_line_add") }).click();
    await cell(line(page, place), "article").selectOption({ label: given.article });
    await cell(line(page, place), "quantity").fill(quantity);
  }
  while ((await lines(page).count()) > quantities.length) {
    await page.getByRole("button", { name: say("document_line_remove", { place: quantities.length + 1 }) }).click();
  }
}

export const outcomes = (page: Page) => page.getByTestId("outcome").allTextContents();
export const cleared = (page: Page) => page.getByTestId("cleared").evaluateAll((all) => all.map((one) => one.textContent!.replace(/\u00a0/g, " ")));
export const save = (page: Page, lang: "de" | "en" = "de") => page.getByRole("button", { name: say("document_save", {}, lang) });

export async function saved(page: Page) {
  await save(page).click();
  await expect(page).toHaveURL(/\/documents\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId("document")).toBeVisible();
}

/** Opens the why of a line in the editor. */
export async function why(of: Locator) {
  await of.getByRole("button", { name: say("clearing_why") }).click();
  return of.getByTestId("why");
}

/** Chooses a repair, reads its effect, and does it. */
export async function repair(of: Locator, name: string, effect: RegExp, reason?: string) {
  await of.getByTestId("repairs").getByRole("button", { name }).first().click();
  const plan = of.getByTestId("repair-plan");
  await expect(plan).toContainText(effect);
  if (reason) await plan.getByLabel(say("repair_reason")).fill(reason);
  await plan.getByRole("button", { name }).click();
}
