// What was taken beyond a quota: open deficits, the balancing invoice with its plan first, undoing it; and what lapses when.
import type { Page } from "@playwright/test";
import { GAP, given, type Given } from "../editor.ts";
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import { dayAfter, german, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

const hours = (figure: string) => new RegExp(`${figure}${GAP}h`);
const euros = (figure: string) => new RegExp(`${figure.replace(".", "\\.")}${GAP}€`);
const dialog = (page: Page) => page.getByRole("dialog");
const preview = (page: Page, name: string) => page.getByTestId(`balancing-${name}`);
const deficits = (page: Page) => page.getByTestId("balancing-deficit");
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

/** A picture of what is on screen, where somebody asked for pictures. */
async function picture(page: Page, name: string) {
  if (process.env.BALANCING_PICTURES) await page.screenshot({ path: `${process.env.BALANCING_PICTURES}/${name}.png`, animations: "disabled", fullPage: true });
}

/** April's 4 h are overbooked by 1:20 on a delivery note and by 0:10 by hand, at 90.00 an hour. */
async function overbooked(rest: Rest, more: Record<string, unknown> = { overage_rate: "90.00" }): Promise<Given & { note: string }> {
  const of = await given(rest, { quota: { overbooking: true, ...more } });
  const group = await rest.call<{ id: string }>("POST", "/product-groups", { name: `Projekte ${of.customer.name}`, quota: "on" });
  const line = { group: group.id, text: "Serverumzug", quantity: "320", unit: "minute", price: "2.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "delivery_note", customer: of.customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14, lines: [{ line, contract: of.contract }],
  });
  await rest.call("POST", `/documents/${document.id}/issue`, {});
  await rest.draw(of.account, "PT10M", "2026-04-20", "Rückruf");
  return { ...of, note: document.id };
}

const open = async (rest: Rest, of: Given) => (await rest.call<{ open: string }>("GET", `/contracts/${of.contract}/deficits`)).open;

test.use({ storageState: async ({}, use) => use(state("accounting")) });

test("an overbooked month is balanced: the preview is the invoice, and cancelling it opens the deficits again", async ({ page, rest, open: as, allowed }) => {
  test.slow();
  allowed.status(422);
  const of = await overbooked(rest);
  await visit(page, `/contracts/${of.contract}`);
  const listed = page.getByTestId("deficits");
  await expect(listed.locator("tbody tr")).toHaveCount(2);
  await expect(listed).toContainText(hours("1:30"));
  await expect(listed).toContainText("Serverumzug");
  await expect(listed.getByRole("link", { name: /^Lieferschein LS-/ })).toHaveAttribute("href", `/documents/${of.note}`);
  await expect(listed).toContainText(say("deficit_policy_balance"));
  await expect(listed.locator("tbody tr").first()).toContainText(say("deficit_next_nothing"));
  await axe(page);
  await picture(page, "contract-1440");

  await listed.getByRole("link", { name: say("balancing"), exact: true }).click();
  await expect(page.locator("dialog:modal")).toBeVisible();
  await expect(preview(page, "net")).toHaveText(euros("135,00"));
  await expect(preview(page, "gross")).toHaveText(euros("160,65"));
  await expect(preview(page, "covered")).toHaveText(hours("1:30"));
  await expect(preview(page, "left")).toHaveText(hours("0:00"));
  await axe(page);
  await picture(page, "plan-1440");
  const narrow = await as("accounting", { viewport: { width: 390, height: 844 } });
  await visit(narrow, `/contracts/${of.contract}?balance=plan`);
  await expect(preview(narrow, "net")).toHaveText(euros("135,00"));
  await fits(narrow);
  await axe(narrow);
  await picture(narrow, "plan-390");

  // Every tick and every part is decided at once; too much is refused with figures at its field.
  await live(deficits(page).first().locator("input[type=checkbox]"));
  await deficits(page).nth(1).locator("input[type=checkbox]").uncheck();
  await expect(preview(page, "net")).toHaveText(euros("120,00"));
  await expect(preview(page, "left")).toHaveText(hours("0:10"));
  const part = deficits(page).first().locator("input[type=text]");
  await part.fill("2:00");
  await expect(deficits(page).first().locator(".field-problem")).toHaveText(new RegExp(`1:20${GAP}h.*2:00${GAP}h`));
  await expect(preview(page, "net")).toHaveCount(0);
  await part.fill("0:50");
  await expect(preview(page, "net")).toHaveText(euros("75,00"));
  await expect(preview(page, "left")).toHaveText(hours("0:40"));
  await deficits(page).first().locator("input[type=checkbox]").uncheck();
  await expect(dialog(page)).toContainText(new RegExp(`1:30${GAP}h`));
  await expect(preview(page, "net")).toHaveCount(0);
  await deficits(page).first().locator("input[type=checkbox]").check();
  await deficits(page).nth(1).locator("input[type=checkbox]").check();
  await part.fill("1:20");
  await expect(preview(page, "gross")).toHaveText(euros("160,65"));
  await dialog(page).locator("button[type=submit]").click();

  // The invoice says what the preview said.
  await expect(page.locator("h1")).toHaveText(/^Ausgleichsrechnung RE-\d{4}-\d{5}$/);
  const [title, invoice] = [(await page.locator("h1").textContent())!, new URL(page.url()).pathname];
  await expect(page.getByTestId("net")).toHaveText(euros("135,00"));
  await expect(page.getByTestId("gross")).toHaveText(euros("160,65"));
  await expect(page.getByTestId("document")).toContainText(new RegExp(`April 2026: 1:30${GAP}h zu 90,00${GAP}€ je Stunde`));
  await expect(page.getByTestId("document")).toContainText(/10\.04\.2026 · LS-\d{4}-\d{5} · Serverumzug/);
  await page.getByTestId("balanced").locator("summary").click();
  await expect(page.getByTestId("balanced").getByRole("link", { name: /^Lieferschein LS-/ })).toHaveAttribute("href", `/documents/${of.note}`);
  await axe(page);
  await picture(page, "invoice-1440");
  expect(await open(rest, of)).toBe("PT0S");
  await visit(page, `/contracts/${of.contract}`);
  await expect(page.getByTestId("deficits")).toHaveCount(0);
  await visit(page, `/documents?q=${encodeURIComponent(title.split(" ")[1])}`);
  await expect(page.locator(".documents tbody tr")).toContainText(say("document_kind_balancing"));
  // Whoever still has the plan on screen is told with figures that it is billed.
  await live(deficits(narrow).first().locator("input[type=checkbox]"));
  await dialog(narrow).locator("button[type=submit]").click();
  await expect(dialog(narrow)).toContainText(say("balancing_none"));

  // Cancelled: both draws owe again, and the contract says so.
  await visit(page, `${invoice}?undo=plan`);
  await expect(page.getByTestId("undo-deficits").locator("li")).toHaveCount(2);
  await expect(page.getByTestId("undo-freed")).toHaveCount(0);
  await page.locator("#cancel-reason").fill("Doch nicht");
  await dialog(page).getByRole("button", { name: say("document_cancel_save", { title }), exact: true }).click();
  await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
  expect(await open(rest, of)).toBe("PT1H30M");
  await visit(page, `/contracts/${of.contract}`);
  await expect(page.getByTestId("deficits").locator("tbody tr")).toHaveCount(2);
});

test("without an overage rate the plan says so at its place, and leads whoever changes contracts to this one", async ({ page, rest, open: as }) => {
  const of = await overbooked(rest, {});
  await visit(page, `/contracts/${of.contract}?balance=plan`);
  await expect(dialog(page)).toContainText(new RegExp(`1:30${GAP}h sind offen`));
  await expect(preview(page, "net")).toHaveCount(0);
  await expect(dialog(page)).toContainText(say("balancing_rate_not_yours", { roles: `${say("role_admin")}, ${say("role_sales")}` }));
  await expect(dialog(page).getByRole("link", { name: say("balancing_rate_edit") })).toHaveCount(0);
  await axe(page);
  const admin = await as("admin");
  await visit(admin, `/contracts/${of.contract}?balance=plan`);
  await dialog(admin).getByRole("link", { name: say("balancing_rate_edit") }).click();
  await expect(admin).toHaveURL(new RegExp(`/contracts/${of.contract}/edit$`));
});

test("a draft is left, and deleting it opens the deficits again", async ({ page, rest }) => {
  const of = await overbooked(rest);
  await visit(page, `/contracts/${of.contract}?balance=plan`);
  await live(page.locator("#balancing-result"));
  await page.locator("#balancing-result").selectOption("draft");
  await dialog(page).locator("button[type=submit]").click();
  await expect(page.locator("h1")).toHaveText(say("document_balancing_draft"));
  expect(await open(rest, of)).toBe("PT0S");
  await page.getByRole("link", { name: `${say("document_delete")} …` }).click();
  await expect(page.getByTestId("undo-deficits").locator("li")).toHaveCount(2);
  await dialog(page).getByRole("button", { name: say("document_delete") }).click();
  await expect(page).toHaveURL(/\/documents$/);
  expect(await open(rest, of)).toBe("PT1H30M");
});

test("the passbook shows what is open and what lapses when; a free quota comes with its period and needs a reason", async ({ page, rest, open: as, allowed }) => {
  allowed.status(422);
  const month = today().slice(0, 8);
  const of = await given(rest, { bill: today(), quota: { overbooking: true, deficits: "next_grant" } });
  await rest.draw(of.account, "PT5H", today(), "Umzug");
  await visit(page, `/accounts/${of.account}`);
  await expect(page.getByTestId("deficits")).toContainText(say("deficit_policy_next_grant"));
  await expect(page.getByTestId("deficits").locator("tbody tr")).toContainText("Umzug");
  await axe(page);
  await picture(page, "passbook-1440");
  await page.getByTestId("deficits").getByRole("link", { name: say("deficit_free_quota") }).click();
  await expect(page.locator("#grant-from")).toHaveValue(`${month}01`);
  const last = dayAfter(`${dayAfter(`${month}28`, 4).slice(0, 8)}01`, -1);
  await expect(page.locator("#grant-last")).toHaveValue(last);
  await live(page.locator("#grant-reason"));
  await page.locator("#grant-amount").fill("3:00");
  const grant = page.locator("form:has(#grant-amount) button[type=submit]");
  await grant.click();
  await expect(page.locator("#grant-reason-problem")).toHaveText(say("field_missing"));
  await page.locator("#grant-reason").fill("Kulanz für den Umzug");
  await grant.click();
  await expect(page.getByTestId("deficits")).toHaveCount(0);
  // It covers the hour that was open; the rest lapses with the month.
  await expect(page.getByTestId("lapses")).toContainText(hours("2:00"));
  await expect(page.getByTestId("lapses")).toContainText(german(dayAfter(last, 1)));
  await expect(page.getByTestId("lapses")).toContainText(say("lapse_not_carried"));
  await visit(page, `/contracts/${of.contract}`);
  await expect(page.getByTestId("free-quotas")).toContainText("Kulanz für den Umzug");
  await expect(page.getByTestId("lapses")).toContainText(hours("2:00"));
  await axe(page);
  const narrow = await as("accounting", { viewport: { width: 390, height: 844 } });
  for (const path of [`/contracts/${of.contract}`, `/accounts/${of.account}`]) {
    await visit(narrow, path);
    await expect(narrow.getByTestId("lapses")).toBeVisible();
    await fits(narrow);
    await axe(narrow);
  }
  await picture(narrow, "passbook-390");
});

test("who may not bill sees the deficits and no plan", async ({ rest, open: as }) => {
  const of = await overbooked(rest);
  const sales = await as("sales");
  await visit(sales, `/contracts/${of.contract}?balance=plan`);
  await expect(sales.getByTestId("deficits").locator("tbody tr")).toHaveCount(2);
  await expect(sales.getByRole("link", { name: say("balancing"), exact: true })).toHaveCount(0);
  await expect(dialog(sales)).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("what is ticked is billed, and a mistake comes back with what was typed", async ({ page, rest }) => {
    const of = await overbooked(rest);
    await page.goto(`/contracts/${of.contract}`);
    await page.getByTestId("deficits").getByRole("link", { name: say("balancing"), exact: true }).click();
    await expect(preview(page, "net")).toHaveText(euros("135,00"));
    await axePlain(page);
    await deficits(page).nth(1).locator("input[type=checkbox]").uncheck();
    await deficits(page).first().locator("input[type=text]").fill("3:00");
    await dialog(page).locator("button[type=submit]").click();
    await expect(deficits(page).first().locator("input[type=text]")).toHaveValue("3:00");
    await expect(deficits(page).first().locator(".field-problem")).toHaveText(new RegExp(`1:20${GAP}h.*3:00${GAP}h`));
    await expect(deficits(page).nth(1).locator("input[type=checkbox]")).not.toBeChecked();
    await deficits(page).first().locator("input[type=text]").fill("1:00");
    await dialog(page).locator("button[type=submit]").click();
    await expect(page.locator("h1")).toHaveText(/^Ausgleichsrechnung RE-/);
    await expect(page.getByTestId("net")).toHaveText(euros("90,00"));
    expect(await open(rest, of)).toBe("PT30M");
  });
});
