// Cancelling what was billed and billing it again, each with its plan on screen first.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, rows, state, test, visit } from "../fixtures.ts";
import type { Rest } from "../rest.ts";
import { say } from "../words.ts";

const GAP = "[\\s\\u00a0]";
const hours = (figure: string) => new RegExp(`${figure}${GAP}h`);

type Given = { contract: string; number: string; account: string; note: string; run: string };

const terms = (quota: string) => ({
  term: 12, renewal: 12, notice: 3, currency: "EUR", billing: { interval: 1, time: "advance", automatic: true, lead_days: 2, payment_days: 14 },
  items: [{ text: "Monatsgebühr", quantity: "1", unit: "piece", price: "399.99", vat: "19" }], quota: { amount: quota },
});

/** The contract of the rules' example, billed for April to June, with a delivery note of 3 h in June; raised to 6 h afterwards. */
async function given(rest: Rest): Promise<Given> {
  const customer = await rest.customer();
  const group = await rest.call<{ id: string }>("POST", "/product-groups", { name: `Leistung ${customer.number}`, quota: "on" });
  const contract = await rest.call<{ id: string; number: string; version: number; account: { id: string } }>("POST", "/contracts", { customer: customer.id, start: "2026-04-01", terms: terms("PT4H") });
  const run = await rest.call<{ id: string }>("POST", "/billing-runs", { as_of: "2026-06-15", issue: true, contract: contract.id });
  await expect.poll(async () => (await rest.call<{ run: { ended_at: string | null } }>("GET", `/billing-runs/${run.id}`)).run.ended_at).not.toBeNull();
  const line = { group: group.id, text: "Serverumzug", quantity: "3", unit: "hour", price: "100.00", vat: "19" };
  const { document: draft } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "delivery_note", customer: customer.id, currency: "EUR", date: "2026-06-10", payment_days: 14, lines: [{ line, contract: contract.id }],
  });
  await rest.call("POST", `/documents/${draft.id}/issue`, {});
  await rest.call("PUT", `/contracts/${contract.id}`, { version: contract.version, number: contract.number, customer: customer.id, start: "2026-04-01", terms: terms("PT6H") });
  return { contract: contract.id, number: contract.number, account: contract.account.id, note: draft.id, run: run.id };
}

const claims = (page: Page) => page.getByTestId("claims").locator("tbody tr");
const dialog = (page: Page) => page.getByRole("dialog");
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

/** A picture of what is on screen, where somebody asked for pictures. */
async function picture(page: Page, name: string) {
  if (process.env.UNDO_PICTURES) await page.screenshot({ path: `${process.env.UNDO_PICTURES}/${name}.png`, animations: "disabled" });
}

/** Bills what the plan shows and waits for the end of the run. */
async function runIt(page: Page) {
  await live(page.locator(".plan-start"));
  await page.locator(".plan-start button[type=submit]").click();
  await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId("run")).toContainText(say("run_ended", { at: "" }).trim());
}

test.use({ storageState: async ({}, use) => use(state("accounting")) });

test("June is cancelled on its invoice and billed again with the raised quota, which covers the deficit", async ({ page, rest, open, allowed }) => {
  test.slow();
  allowed.status(422, 409);
  const of = await given(rest);
  await visit(page, `/contracts/${of.contract}`);
  await expect(claims(page)).toHaveCount(3);
  await expect(claims(page).first()).toContainText("Juni 2026");
  await claims(page).first().getByRole("link", { name: /^RE-/ }).click();
  await expect(page.locator("h1")).toHaveText(/^Rechnung RE-\d{4}-\d{5}$/);
  const title = (await page.locator("h1").textContent())!;
  const invoice = page.url();

  // The plan: the 4 h go, the 3 h that were drawn lose their cover, June becomes free.
  await page.getByRole("link", { name: say("document_cancel") }).click();
  await expect(dialog(page)).toContainText(say("document_cancel_title", { title }));
  await expect(page.locator("dialog:modal")).toBeVisible();
  await expect(page.getByTestId("undo-revokes").locator("li")).toHaveText(new RegExp(`^Juni 20264:00${GAP}h$`));
  await expect(page.getByTestId("undo-deficits").locator("li")).toHaveCount(1);
  await expect(page.getByTestId("undo-deficits")).toContainText(say("undo_draw_of", { date: "10.06.2026" }));
  await expect(page.getByTestId("undo-deficits")).toContainText(hours("3:00"));
  await expect(page.getByTestId("undo-deficits").getByRole("link", { name: /^Lieferschein LS-/ })).toHaveAttribute("href", `/documents/${of.note}`);
  await expect(page.getByTestId("undo-freed").locator("li")).toHaveText(`Juni 2026${say("contract_title", { number: of.number })}`);
  await axe(page);
  await picture(page, "document-1440");
  const narrow = await open("accounting", { viewport: { width: 390, height: 844 } });
  await visit(narrow, `${new URL(invoice).pathname}?undo=plan`);
  await expect(narrow.getByTestId("undo-freed")).toBeVisible();
  await fits(narrow);
  await axe(narrow);
  await picture(narrow, "document-390");

  // Without a reason nothing happens; the button names the thing.
  const button = dialog(page).getByRole("button", { name: say("document_cancel_save", { title }), exact: true });
  await button.click();
  await expect(page.locator("#cancel-reason-problem")).toHaveText(say("field_missing"));
  await page.locator("#cancel-reason").fill("Kontingent zu klein");
  await button.click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(invoice);
  await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
  await expect(page.getByTestId("document").getByRole("link", { name: /^ST/ })).toBeVisible();
  await expect(page.getByRole("link", { name: say("document_cancel") })).toHaveCount(0);
  await axe(page);
  // Whoever still had the plan on screen is told so, and may not do it again.
  await live(dialog(narrow).locator("form"));
  await narrow.locator("#cancel-reason").fill("Noch einmal");
  await dialog(narrow).getByRole("button", { name: say("document_cancel_save", { title }), exact: true }).click();
  await expect(dialog(narrow)).toContainText(say("obstacle_already_cancelled"));
  await expect(dialog(narrow).locator("form")).toHaveCount(0);

  // The deficit stands; the contract offers June again.
  expect((await rest.show(of.account)).standing).toMatchObject({ deficit: "PT3H" });
  await visit(page, `/contracts/${of.contract}`);
  await expect(claims(page).first()).toContainText(say("claim_free"));
  await expect(page.getByTestId("claims").locator(".claim-again")).toHaveCount(1);
  await axe(page);
  await picture(page, "contract-1440");
  // Somebody from sales sees it and cannot do it.
  const sales = await open("sales");
  await visit(sales, `/contracts/${of.contract}`);
  await expect(claims(sales).first()).toContainText(say("claim_free"));
  await expect(sales.locator(".claim-again")).toHaveCount(0);
  await visit(sales, new URL(invoice).pathname);
  await expect(sales.locator("h1")).toHaveText(title);
  await expect(sales.getByRole("link", { name: say("document_cancel") })).toHaveCount(0);

  await claims(page).first().getByRole("link", { name: say("claim_bill_again_title", { period: "Juni 2026" }) }).click();
  await expect(page.getByTestId("plan")).toContainText(say("rerun_lead"));
  await expect(page.getByTestId("run-items").locator("tbody tr")).toHaveCount(1);
  await expect(page.getByTestId("run-items")).toContainText(new RegExp(`6:00${GAP}h für Juni 2026`));
  const deficit = page.getByTestId("deficits").locator("tbody tr");
  await expect(deficit).toHaveCount(1);
  await expect(deficit.getByRole("link", { name: /^Lieferschein LS-/ })).toHaveAttribute("href", `/documents/${of.note}`);
  await expect(deficit.locator("td").nth(1)).toHaveText(hours("3:00"));
  await expect(deficit.locator("td").nth(2)).toHaveText(hours("0:00"));
  await axe(page);
  await picture(page, "rerun-1440");
  const again = page.url();
  await narrow.goto(new URL(again).pathname + new URL(again).search);
  await expect(narrow.getByTestId("deficits")).toBeVisible();
  await fits(narrow);
  await axe(narrow);
  await picture(narrow, "rerun-390");
  await runIt(page);
  await expect(page.getByTestId("run-items").getByRole("link", { name: /^RE-/ })).toHaveCount(1);

  // 6 h granted, 3 h left, no deficit.
  const account = await rest.show(of.account);
  expect(account.standing.deficit).toBe("PT0S");
  await visit(page, `/accounts/${of.account}?from=2026-06-01&to=2026-06-30`);
  await live(page.locator("#as-of-day"));
  await page.locator("#as-of-day").fill("2026-06-30");
  await page.locator("#as-of-day").blur();
  await expect(page.getByTestId("as-of").locator(".balance-figure")).toContainText(hours("3:00"));
  await expect(page.getByTestId("as-of")).not.toContainText(say("balance_deficit", { deficit: "" }).trim());
  await expect(page.locator(".lot").first()).toContainText(new RegExp(`3:00${GAP}h von 6:00${GAP}h übrig`));
  await expect(rows(page).filter({ hasText: "Kontingent zu klein" })).toHaveCount(1);

  // Nothing is free any more, neither here nor there.
  await visit(page, `/contracts/${of.contract}`);
  await expect(claims(page)).toHaveCount(4);
  await expect(page.getByTestId("claims").locator(".claim-again")).toHaveCount(0);
  await visit(page, new URL(again).pathname + new URL(again).search);
  await expect(page.getByTestId("plan")).toContainText(say("not_billed_not_freed"));
  await expect(page.locator(".plan-start")).toHaveCount(0);
  await visit(page, `${new URL(invoice).pathname}?undo=plan`);
  await expect(dialog(page)).toContainText(say("obstacle_already_cancelled"));
  await expect(dialog(page).locator("form")).toHaveCount(0);
});

test("what rests on a delivery note stands in the way, in words and with a link", async ({ page, rest }) => {
  const of = await given(rest);
  const invoice = await rest.call<{ id: string }>("POST", `/documents/${of.note}/invoice`, {});
  await rest.call("POST", `/documents/${invoice.id}/issue`, {});
  await visit(page, `/documents/${of.note}`);
  await page.getByRole("link", { name: say("document_cancel") }).click();
  await expect(dialog(page)).toContainText(say("undo_not_now"));
  await expect(dialog(page).locator("form")).toHaveCount(0);
  await axe(page);
  await picture(page, "obstacle-1440");
  await dialog(page).getByRole("link", { name: /^Rechnung RE-/ }).click();
  await expect(page).toHaveURL(new RegExp(`/documents/${invoice.id}$`));
  await expect(dialog(page)).toHaveCount(0);
});

test("a run is cancelled as a whole, with the plan of all its documents, and billed again", async ({ page, rest }) => {
  const of = await given(rest);
  await visit(page, `/billing/${of.run}`);
  await page.getByRole("link", { name: say("run_cancel") }).click();
  const plan = page.getByTestId("run-undo-plan");
  await expect(plan.locator(".undo-documents > li")).toHaveCount(3);
  await expect(plan).toContainText(new RegExp(`3:00${GAP}h werden Fehlbetrag`));
  await axe(page);
  // Each document says what it takes back, and whose draw loses its cover.
  const june = plan.locator(".undo-documents > li").filter({ hasText: "Juni 2026" });
  await expect(june.getByTestId("undo-deficits")).toBeHidden();
  await june.locator("summary").click();
  await expect(june.getByTestId("undo-revokes").locator("li")).toHaveText(new RegExp(`^Juni 20264:00${GAP}h$`));
  await expect(june.getByTestId("undo-deficits").getByRole("link", { name: /^Lieferschein LS-/ })).toHaveAttribute("href", `/documents/${of.note}`);
  await axe(page);
  await picture(page, "run-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await picture(page, "run-390");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator("#run-cancel-reason").fill("Falscher Stichtag");
  await dialog(page).getByRole("button", { name: say("run_cancel_save", { count: 3 }) }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByTestId("run-undone").locator("li")).toHaveCount(3);
  await expect(page.getByTestId("run-undone").getByRole("link", { name: /^Storno / })).toHaveCount(3);
  await expect(page.getByTestId("since-seen")).toHaveCount(0);
  await axe(page);
  // What came of it stays.
  await page.reload();
  await expect(page.getByTestId("run-undone").locator("li")).toHaveCount(3);
  await expect(page.getByTestId("run-undo-ended")).toContainText(`Falscher Stichtag ${say("run_undo_ended_all", { done: 3 })}`);
  await picture(page, "run-undone-1440");
  await page.getByRole("link", { name: say("run_bill_again") }).click();
  await expect(page.getByTestId("run-items").locator("tbody tr")).toHaveCount(3);
  await runIt(page);
  await expect(page.getByTestId("run-items").getByRole("link", { name: /^RE-/ })).toHaveCount(3);
  expect((await rest.show(of.account)).standing.deficit).toBe("PT0S");
  await visit(page, `/billing/${of.run}?undo=plan`);
  await expect(dialog(page)).toContainText(say("run_cancel_nothing"));
});

test("what of a run changed since its plan is told in place", async ({ page, rest }) => {
  const of = await given(rest);
  await visit(page, `/billing/${of.run}?undo=plan`);
  await expect(page.getByTestId("run-undo-plan").locator(".undo-documents > li")).toHaveCount(3);
  // Meanwhile somebody cancels one of its invoices.
  const { documents } = await rest.call<{ documents: { document: { id: string; number: string } }[] }>("GET", `/billing-runs/${of.run}/cancel`);
  const { id, number } = documents[1].document;
  const { version } = await rest.call<{ version: number }>("GET", `/documents/${id}/cancel`);
  await rest.call("POST", `/documents/${id}/cancel`, { reason: "Schneller", version });
  await live(dialog(page).locator("form"));
  await page.locator("#run-cancel-reason").fill("Falscher Stichtag");
  await dialog(page).getByRole("button", { name: say("run_cancel_save", { count: 3 }) }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByTestId("run-undone").locator("li")).toHaveCount(3);
  // What was different comes first.
  await expect(page.getByTestId("run-undone").locator("li").first()).toContainText(number);
  await expect(page.getByTestId("run-undone").locator("li").first()).toContainText(say("since_seen_cancelled"));
  await expect(page.getByTestId("since-seen")).toHaveCount(1);
});

test("a draft that billing made is deleted with the plan of what becomes free", async ({ page, rest }) => {
  const of = await given(rest);
  const run = await rest.call<{ id: string }>("POST", "/billing-runs", { as_of: "2026-07-01", issue: false, contract: of.contract });
  await visit(page, `/billing/${run.id}`);
  await expect(page.getByTestId("run")).toContainText(say("run_ended", { at: "" }).trim());
  await page.getByTestId("run-items").getByRole("link", { name: say("document_draft") }).click();
  await page.getByRole("link", { name: `${say("document_delete")} …` }).click();
  await expect(page.getByTestId("undo-revokes")).toContainText(hours("6:00"));
  await expect(page.getByTestId("undo-plan")).toContainText(say("undo_deficits_none"));
  await picture(page, "draft-1440");
  await dialog(page).getByRole("button", { name: say("document_delete") }).click();
  await expect(page).toHaveURL(/\/documents$/);
  await visit(page, `/contracts/${of.contract}`);
  await expect(claims(page).first()).toContainText(say("claim_free"));
});

// Red when: what was seen is not sent, or the new plan is not shown with what was typed.
test("what others have drawn since is shown before anything is cancelled", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const of = await given(rest);
  await visit(page, `/contracts/${of.contract}`);
  await claims(page).first().getByRole("link", { name: /^RE-/ }).click();
  await page.getByRole("link", { name: say("document_cancel") }).click();
  await expect(page.getByTestId("undo-deficits")).toContainText(hours("3:00"));
  await live(dialog(page).locator("form"));
  await rest.draw(of.account, "PT1H", "2026-06-11", "Notfall");
  await page.locator("#cancel-reason").fill("Kontingent zu klein");
  await dialog(page).locator("button[type=submit]").click();
  await expect(dialog(page)).toContainText(say("undo_differs", { decided: "4:00 h", seen: "3:00 h" }));
  await expect(page.getByTestId("undo-deficits").locator("li")).toHaveCount(2);
  await expect(page.getByTestId("document")).not.toContainText(say("document_cancelled"));
  await axe(page);
  await expect(page.locator("#cancel-reason")).toHaveValue("Kontingent zu klein");
  await dialog(page).locator("button[type=submit]").click();
  await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
  expect((await rest.show(of.account)).standing).toMatchObject({ deficit: "PT4H" });
});

// Red when: the version that was seen is not sent, or the page does not show what a colleague has typed since.
test("whoever would delete what a colleague has typed since is told so and shown it first", async ({ page, rest, open, allowed }) => {
  allowed.status(409);
  const { id: customer } = await rest.customer();
  const line = { text: "Serverumzug", quantity: "3", unit: "hour", price: "100.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "delivery_note", customer, currency: "EUR", date: "2026-06-10", payment_days: 14, lines: [{ line }],
  });
  const remove = page.locator("details.below");
  const button = remove.getByRole("button", { name: say("document_delete"), exact: true });
  await visit(page, `/documents/${document.id}`);
  await remove.locator("summary").click();
  await expect(button).toBeVisible();

  const colleague = await open("sales", { process: 1 });
  await visit(colleague, `/documents/${document.id}/edit`);
  await live(colleague.locator("#document-date"));
  await colleague.locator("[data-col=text]").first().fill("Serverumzug mit Abnahme");
  await colleague.getByRole("button", { name: say("document_save") }).click();
  await expect(colleague).toHaveURL(new RegExp(`/documents/${document.id}$`));

  await live(remove.locator("form"));
  await button.click();
  await expect(remove).toContainText(say("problem_changed"));
  await expect(page.getByTestId("document")).toContainText("Serverumzug mit Abnahme");
  await axe(page);
  // Now it was seen.
  await button.click();
  await expect(page).toHaveURL(/\/documents$/);
  await rest.call("GET", `/documents/${document.id}`, undefined, [404]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("an invoice is cancelled and its period billed again", async ({ page, rest }) => {
    const of = await given(rest);
    await page.goto(`/contracts/${of.contract}`);
    await claims(page).first().getByRole("link", { name: /^RE-/ }).click();
    await page.getByRole("link", { name: say("document_cancel") }).click();
    await expect(page.getByTestId("undo-revokes")).toContainText(hours("4:00"));
    await axePlain(page);
    await page.locator(".dialog button[type=submit]").click();
    await expect(page.locator("#cancel-reason-problem")).toHaveText(say("field_missing"));
    await page.locator("#cancel-reason").fill("Storniert");
    await page.locator(".dialog button[type=submit]").click();
    await expect(page).toHaveURL(/\/documents\/[0-9a-f-]{36}$/);
    await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
    await page.goto(`/contracts/${of.contract}`);
    await page.getByTestId("claims").locator(".claim-again").click();
    await expect(page.getByTestId("deficits")).toContainText(hours("3:00"));
    await page.locator(".plan-start button").click();
    await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}/);
    await expect.poll(async () => (await rest.show(of.account)).standing.deficit).toBe("PT0S");
  });
});
