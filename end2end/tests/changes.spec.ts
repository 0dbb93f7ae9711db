// Changing contracts: which terms billed what, a type applied to many contracts, and ends, each with its preview first.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import { dayAfter, german, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

const GAP = "[\\s\\u00a0]";
const hours = (figure: string) => new RegExp(`${figure}${GAP}h`);
const terms = (quota: string, price = "399.99") => ({
  term: 12, renewal: 12, notice: 3, currency: "EUR",
  billing: { interval: 1, time: "advance", automatic: true, lead_days: 2, payment_days: 14, proration: "daily" },
  items: [{ text: "Monatsgebühr", quantity: "1", unit: "piece", price, vat: "19" }], quota: { amount: quota },
});

type Contract = { id: string; number: string; version: number; until: string | null; terms: Record<string, any>; account: { id: string } };
type Given = { customer: string; contract: Contract };

async function bill(rest: Rest, contract: string, as_of: string) {
  const run = await rest.call<{ id: string }>("POST", "/billing-runs", { as_of, issue: true, contract });
  await expect.poll(async () => (await rest.call<{ run: { ended_at: string | null } }>("GET", `/billing-runs/${run.id}`)).run.ended_at).not.toBeNull();
}

/** The contract of the rules' example, billed for April to June. */
async function given(rest: Rest, more: Record<string, unknown> = {}): Promise<Given> {
  const customer = await rest.customer();
  const contract = await rest.call<Contract>("POST", "/contracts", { customer: customer.id, start: "2026-04-01", terms: terms("PT4H"), ...more });
  await bill(rest, contract.id, "2026-06-15");
  return { customer: customer.id, contract };
}

const dialog = (page: Page) => page.getByRole("dialog");
const plan = (page: Page) => page.getByTestId("end-plan");
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

/** A picture of what is on screen, where somebody asked for pictures. */
async function picture(page: Page, name: string) {
  if (process.env.CHANGE_PICTURES) await page.screenshot({ path: `${process.env.CHANGE_PICTURES}/${name}.png`, animations: "disabled", fullPage: true });
}

test.use({ storageState: async ({}, use) => use(state("admin")) });

test("a raised quota works from the next billing on: previewed while typing, told afterwards", async ({ page, rest, open }) => {
  const { contract } = await given(rest);
  await visit(page, `/contracts/${contract.id}/edit`);
  const effect = page.getByTestId("effect");
  await expect(effect).toContainText(say("effect_nothing"));
  await live(page.locator("#terms-amount"));
  await page.locator("#terms-amount").fill("6:00");
  await expect(effect).toContainText(say("effect_from", { from: "01.07.2026", due: "01.07.2026" }));
  await expect(effect).toContainText(new RegExp(`4:00${GAP}h → 6:00${GAP}h`));
  await expect(effect).toContainText("Juni 2026 bleibt wie abgerechnet");
  await expect(effect).toContainText(new RegExp(`Storniert und erneut abgerechnet wären es 399,99${GAP}€ und 6:00${GAP}h`));
  await expect(effect.getByRole("link", { name: say("timeline_cancel_title", { period: "Juni 2026" }) })).toHaveAttribute("href", /\/documents\/[0-9a-f-]{36}\?undo=plan$/);
  // The notice works as soon as it is saved, and is told so beside what waits for the next billing.
  await page.locator("#terms-notice").fill("6");
  await expect(effect).toContainText(say("effect_at_once", { what: say("effect_ending") }));
  await page.locator("#terms-notice").fill("3");
  await expect(effect).not.toContainText(say("effect_at_once", { what: say("effect_ending") }));
  await axe(page);
  await picture(page, "effect-1440");
  // What is fixed is told at its field while typing, with what to do instead; nothing can be saved like that.
  await page.locator("#terms-interval").fill("3");
  await expect(page.locator("#terms-interval-problem")).toHaveText(say("terms_fixed"));
  await page.locator("#terms-interval").fill("1");
  await page.locator("#contract-billing_start").fill("2026-05-01");
  await expect(page.locator("#contract-billing_start-problem")).toHaveText(say("terms_fixed"));
  await page.locator("#contract-billing_start").fill("2026-04-01");
  await page.locator("#terms-quota").selectOption("money");
  await page.locator("#terms-amount").fill("400,00");
  await expect(page.locator("#terms-quota-problem")).toHaveText(say("terms_other_unit"));
  await page.locator("#terms-quota").selectOption("time");
  await page.locator("#terms-amount").fill("6:00");
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/contracts/${contract.id}$`));

  const timeline = page.getByTestId("timeline");
  const steps = timeline.locator(".steps > li");
  await expect(steps).toHaveCount(2);
  await expect(steps.first()).toContainText(say("timeline_from", { from: "01.07.2026" }));
  await expect(steps.first()).toContainText(new RegExp(`4:00${GAP}h → 6:00${GAP}h`));
  await expect(steps.last()).toContainText("3 Zeiträume abgerechnet");
  await steps.last().locator("summary").click();
  await expect(steps.last().locator(".sum-parts li")).toHaveCount(3);
  await expect(steps.last().locator(".sum-parts li").first()).toContainText("Juni 2026");
  await axe(page);
  await picture(page, "timeline-1440");
  const narrow = await open("sales", { viewport: { width: 390, height: 844 } });
  await visit(narrow, `/contracts/${contract.id}`);
  await expect(narrow.getByTestId("timeline").locator(".steps > li")).toHaveCount(2);
  await fits(narrow);
  await axe(narrow);
  await picture(narrow, "timeline-390");
  // Sales sees what it would give and has no way to cancel.
  await narrow.getByTestId("timeline").locator("summary").click();
  await expect(narrow.getByTestId("timeline").locator(".claim-again")).toHaveCount(0);

  // The way leads to the plan of the cancellation; cancelled and billed again, June has terms of its own.
  await steps.last().getByRole("link", { name: say("timeline_cancel_title", { period: "Juni 2026" }) }).click();
  await expect(page.getByTestId("undo-freed")).toContainText("Juni 2026");
  await page.locator("#cancel-reason").fill("Kontingent zu klein");
  await dialog(page).locator("button[type=submit]").click();
  await expect(dialog(page)).toHaveCount(0);
  await visit(page, `/contracts/${contract.id}`);
  await expect(timeline).toContainText(say("timeline_free", { period: "Juni 2026" }));
  const run = await rest.call<{ id: string }>("POST", "/billing-runs", { as_of: "2026-06-20", issue: true, freed_of_contract: contract.id });
  await expect.poll(async () => (await rest.call<{ run: { ended_at: string | null } }>("GET", `/billing-runs/${run.id}`)).run.ended_at).not.toBeNull();
  await visit(page, `/contracts/${contract.id}`);
  await expect(steps).toHaveCount(3);
  await expect(steps.nth(1)).toContainText("Juni 2026");
  await expect(steps.nth(1)).toContainText(new RegExp(`4:00${GAP}h → 6:00${GAP}h`));
  await expect(steps.first()).toContainText(say("timeline_goes_on"));
});

test("an end is planned while its day is typed, and does what the plan says", async ({ page, rest, open, allowed }) => {
  allowed.status(409);
  const { customer, contract } = await given(rest);
  const group = await rest.call<{ id: string }>("POST", "/product-groups", { name: `Leistung ${contract.number} ${Date.now()}`, quota: "on" });
  const note = async (date: string, quantity: string, issue: boolean) => {
    const line = { group: group.id, text: "Wartung", quantity, unit: "hour", price: "100.00", vat: "19" };
    const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
      kind: "delivery_note", customer, currency: "EUR", date, payment_days: 14, lines: [{ line, contract: contract.id }],
    });
    if (issue) await rest.call("POST", `/documents/${document.id}/issue`, {});
    return document.id;
  };
  await note("2026-06-10", "1", true);
  const later = await note("2026-06-20", "0.5", true);
  const draft = await note("2026-06-22", "0.25", false);

  await visit(page, `/contracts/${contract.id}`);
  await page.getByRole("link", { name: say("ending_contract") }).click();
  await expect(page.locator("dialog:modal")).toBeVisible();
  await live(page.locator("#end-on"));
  // Notice: the first term boundary that it allows.
  await page.locator("#end-on").fill("2026-12-24");
  await expect(plan(page)).toContainText(say("ending_reach", { on: "24.12.2026", notice: say("months_many", { months: 3 }), over: "24.03.2027", boundary: "01.04.2027" }));
  await expect(page.getByTestId("end-facts")).toContainText("31.03.2027");
  await page.locator("#end-on").fill("2027-01-02");
  await expect(page.getByTestId("end-facts")).toContainText("31.03.2028");
  await axe(page);
  await picture(page, "end-notice-1440");
  // An agreed end in the middle of June.
  await dialog(page).getByLabel(say("ending_agreed")).check();
  await expect(plan(page)).toContainText(say("ending_wait"));
  await page.locator("#end-last").fill("2026-03-31");
  await expect(page.locator("#end-last-problem")).toContainText(say("terms_ends_before_start", { last: "31.03.2026", start: "01.04.2026" }));
  await page.locator("#end-last").fill("2026-06-15");
  await expect(page.getByTestId("end-last")).toContainText(new RegExp(`200,00${GAP}€`));
  await expect(page.getByTestId("end-last")).toContainText(new RegExp(`15 von 30 Tagen; der ganze Zeitraum kostet 399,99${GAP}€`));
  await expect(page.getByTestId("end-last")).toContainText("Das bleibt so");
  await expect(page.getByTestId("end-lots").locator("li")).toHaveCount(1);
  await expect(page.getByTestId("end-lots")).toContainText(hours("2:15"));
  await expect(page.getByTestId("end-beyond").locator("li")).toHaveCount(1);
  await expect(page.getByTestId("end-beyond").getByRole("link", { name: /^RE-/ })).toBeVisible();
  await expect(page.getByTestId("end-drawn").locator("li")).toHaveCount(2);
  await expect(page.getByTestId("end-drawn").getByRole("link", { name: /^Lieferschein LS-/ })).toHaveAttribute("href", `/documents/${later}`);
  await expect(page.getByTestId("end-documents").locator("li")).toHaveCount(2);
  await expect(page.getByTestId("end-documents").locator(`a[href="/documents/${draft}"]`)).toBeVisible();
  await axe(page);
  await picture(page, "end-agreed-1440");
  const narrow = await open("admin", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await visit(narrow, `/contracts/${contract.id}?end=plan&form[how]=agreed&form[last]=2026-06-15`);
  await expect(narrow.getByTestId("end-lots")).toContainText(hours("2:15"));
  await fits(narrow);
  await axe(narrow);
  await picture(narrow, "end-agreed-390");

  await dialog(page).getByRole("button", { name: say("ending_save", { number: contract.number, last: "15.06.2026" }) }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`/contracts/${contract.id}$`));
  await expect(page.getByTestId("outlook-facts")).toContainText("15.06.2026");
  await expect(page.getByTestId("timeline").locator(".steps > li").first()).toContainText(say("timeline_over"));
  const ended = await rest.call<Contract>("GET", `/contracts/${contract.id}`);
  expect([ended.until, ended.version]).toEqual(["2026-06-16", contract.version + 1]);
  const account = await rest.call<{ until?: string; standing: { left: string } }>("GET", `/accounts/${contract.account.id}`);
  expect(account.standing.left).toBe("PT0S");
  // Whoever still had the plan on screen is told.
  await live(dialog(narrow).locator("form"));
  await narrow.locator("#end-last").fill("2026-06-20");
  await dialog(narrow).locator(".end-actions .button").click();
  await expect(narrow.getByTestId("overtaken")).toBeVisible();

  // Taken back, it goes on.
  await page.getByRole("link", { name: say("ending_contract") }).click();
  await live(page.locator("#end-on"));
  await dialog(page).getByLabel(say("ending_take_back")).check();
  await expect(page.getByTestId("end-facts")).toContainText(say("ending_open"));
  await dialog(page).getByRole("button", { name: say("ending_save_take_back", { number: contract.number }) }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByTestId("outlook-facts")).toContainText(/verlängert sich am .* um 12 Monate/);
  expect((await rest.call<Contract>("GET", `/contracts/${contract.id}`)).until).toBeNull();
});

test("what an earlier end had cut is named when the end is taken back", async ({ page, rest }) => {
  const { contract } = await given(rest, { agreed_until: "2026-06-15" });
  await visit(page, `/contracts/${contract.id}?end=plan&form[how]=taken_back`);
  const short = plan(page).getByTestId("end-short");
  await expect(short).toContainText(say("ending_short_lead"));
  await expect(short).toContainText(new RegExp(`186,66${GAP}€`));
  await expect(short).toContainText(new RegExp(`erneut abgerechnet wären es 399,99${GAP}€`));
  await expect(short.getByRole("link", { name: /^Storno planen/ })).toHaveAttribute("href", /\/documents\/[0-9a-f-]{36}\?undo=plan$/);
});

test("a type is applied to chosen contracts exactly as previewed", async ({ page, rest, open, allowed }) => {
  test.slow();
  allowed.status(409);
  const name = `Vertragsart ${Date.now()}`;
  const type = await rest.call<{ id: string; version: number }>("POST", "/contract-types", { name, terms: terms("PT4H") });
  const all = [await given(rest, { contract_type: type.id, terms: undefined }), await given(rest, { contract_type: type.id, terms: undefined })];
  for (const start of ["2026-09-01", "2026-10-01"]) {
    const customer = await rest.customer();
    all.push({ customer: customer.id, contract: await rest.call<Contract>("POST", "/contracts", { customer: customer.id, start, contract_type: type.id }) });
  }
  const raised = terms("PT6H", "499.99");
  raised.billing.interval = 3;
  await rest.call("PUT", `/contract-types/${type.id}`, { version: type.version, name, terms: raised });

  await visit(page, `/contract-types/${type.id}`);
  await page.getByRole("link", { name: say("apply_type") }).click();
  await expect(page.locator("h1")).toHaveText(say("apply_title", { name }));
  const rows = page.getByTestId("apply-contracts").locator("tbody tr");
  await expect(rows).toHaveCount(4);
  await live(page.locator(".apply"));
  await expect(rows.nth(0)).toContainText(new RegExp(`4:00${GAP}h → 6:00${GAP}h`));
  await expect(rows.nth(0)).toContainText(say("apply_kept", { field: say("field_interval"), reason: say("terms_fixed") }));
  await expect(rows.nth(0)).toContainText("Juli 2026");
  await expect(rows.nth(2)).toContainText(new RegExp(`${say("field_interval")}: 1 → 3`));
  await expect(rows.nth(2)).toContainText("01.09.2026");
  await axe(page);
  await picture(page, "apply-1440");
  const narrow = await open("sales", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await visit(narrow, `/contract-types/${type.id}/apply`);
  await expect(narrow.getByTestId("apply-contracts").locator("tbody tr")).toHaveCount(4);
  await fits(narrow);
  await axe(narrow);
  await picture(narrow, "apply-390");

  // Only items and quota, and not the last contract; the first one changes behind the preview.
  await page.getByTestId("apply-sections").getByLabel(say("section_billing"), { exact: true }).uncheck();
  await expect(rows.nth(2)).not.toContainText(say("field_interval"));
  await rows.nth(3).getByRole("checkbox").uncheck();
  await expect(page.getByRole("button", { name: say("apply_save", { count: 3 }) })).toBeEnabled();
  const changed = await rest.call<Contract>("GET", `/contracts/${all[0].contract.id}`);
  await rest.call("PUT", `/contracts/${changed.id}`, { version: changed.version, number: changed.number, customer: all[0].customer, contract_type: type.id, start: "2026-04-01", terms: terms("PT5H") });
  const asked = `/contract-types/${type.id}/apply?sections=items,quota`;
  const previewed = (await rest.call<{ contracts: { contract: string; after: unknown }[] }>("GET", asked)).contracts;
  const before = await Promise.all(all.map(({ contract }) => rest.call<Contract>("GET", `/contracts/${contract.id}`)));
  await page.getByRole("button", { name: say("apply_save", { count: 3 }) }).click();
  const done = page.getByTestId("apply-done").locator("> ul > li");
  await expect(done).toHaveCount(3);
  await expect(done.nth(0)).toContainText(say("apply_changed"));
  await expect(done.nth(1)).toContainText(say("apply_applied"));
  await expect(done.nth(1)).toContainText(new RegExp(`4:00${GAP}h → 6:00${GAP}h`));
  await axe(page);
  await picture(page, "apply-done-1440");
  const after = await Promise.all(all.map(({ contract }) => rest.call<Contract>("GET", `/contracts/${contract.id}`)));
  for (const place of [1, 2]) {
    // Field by field what the preview said, and nothing else.
    expect(after[place].terms).toEqual(previewed.find((one) => one.contract === after[place].id)!.after);
    expect(after[place].version).toBe(before[place].version + 1);
    expect(after[place].terms.billing).toEqual(before[place].terms.billing);
  }
  for (const place of [0, 3]) expect(after[place]).toEqual(before[place]);
  // Those that have it all are no longer to choose; a second time there is the one that was left alone, and the fourth.
  await expect(rows.nth(1)).toContainText(say("apply_nothing"));
  await expect(page.getByTestId("apply-contracts").getByRole("checkbox")).toHaveCount(2);
  // The history of a contract says what changed.
  await visit(page, `/contracts/${all[1].contract.id}`);
  await expect(page.locator(".history li").first()).toContainText(new RegExp(`4:00${GAP}h → 6:00${GAP}h`));
  await expect(page.getByTestId("timeline").locator(".steps > li").first()).toContainText(say("timeline_from", { from: "01.07.2026" }));
});

test("deviating intervals show on the contract, in its outlook and on its timeline", async ({ page, rest }) => {
  const yearly = terms("PT4H");
  yearly.billing.interval = 12;
  const customer = await rest.customer();
  const start = `${today().slice(0, 4)}-01-01`;
  const contract = await rest.call<Contract>("POST", "/contracts", { customer: customer.id, start, terms: { ...yearly, quota: { amount: "PT4H", interval: 1 } } });
  await bill(rest, contract.id, start);
  await visit(page, `/contracts/${contract.id}`);
  await expect(page.getByTestId("terms")).toContainText(new RegExp(`4:00${GAP}h ${say("contract_monthly")}`));
  await expect(page.getByTestId("terms")).toContainText(`${say("contract_yearly")}, ${say("time_advance")}`);
  await expect(page.getByTestId("lot-strip").locator("li")).toHaveCount(12);
  await expect(page.getByTestId("outlook").locator("tbody tr").first().locator(".outlook-lot")).toHaveCount(12);
  await expect(page.getByTestId("timeline").locator(".steps > li").last()).toContainText(new RegExp(`4:00${GAP}h ${say("contract_monthly")}`));
  await expect(page.getByTestId("timeline").locator(".steps > li").last()).toContainText(german(start));
  // An end in the middle: the lots after it are lost, the one that runs is cut.
  const last = dayAfter(start, 45);
  await visit(page, `/contracts/${contract.id}?end=plan&form[how]=agreed&form[last]=${last}`);
  await expect(page.getByTestId("end-lots").locator("li")).toHaveCount(11);
  await expect(page.getByTestId("end-lots").locator("li").first()).toContainText(say("ending_lot_cut", { last: german(dayAfter(`${start.slice(0, 4)}-03-01`, -1)) }));
  await expect(page.getByTestId("end-lots").locator("li").last()).toContainText(say("ending_lot_beyond"));
  await axe(page);
  await picture(page, "end-yearly-1440");
});

test("contracts of the demo company tell their terms, and their types their contracts", async ({ page, rest }) => {
  const { contract_types: types } = await rest.call<{ contract_types: { id: string }[] }>("GET", "/contract-types");
  let found = 0;
  for (const { id } of types.slice(0, 4)) {
    await visit(page, `/contract-types/${id}/apply`);
    const rows = page.getByTestId("apply-contracts").locator("tbody tr");
    found += await rows.count();
    await axe(page);
  }
  expect(found).toBeGreaterThan(0);
  const { contracts } = await rest.call<{ contracts: { id: string }[] }>("GET", "/contracts");
  for (const { id } of contracts.slice(0, 5)) {
    await visit(page, `/contracts/${id}?end=plan`);
    await expect(page.getByTestId("end-facts")).toBeVisible();
    await expect(page.getByTestId("timeline").locator(".steps > li").first()).toBeVisible();
    await axe(page);
  }
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a contract is ended and its end taken back", async ({ page, rest }) => {
    const { contract } = await given(rest);
    await page.goto(`/contracts/${contract.id}`);
    await expect(page.getByTestId("timeline").locator(".steps > li")).toHaveCount(2);
    await page.getByRole("link", { name: say("ending_contract") }).click();
    await page.getByLabel(say("ending_agreed")).check();
    await page.locator("#end-last").fill("2026-06-15");
    await page.getByRole("button", { name: say("ending_preview") }).click();
    await expect(page.getByTestId("end-lots")).toContainText(hours("4:00"));
    await axePlain(page);
    await page.locator("#end-last").fill("2026-03-01");
    await page.locator(".end-actions .button").click();
    await expect(page.locator("#end-last-problem")).toContainText("01.04.2026");
    await expect(page.locator("#end-last")).toHaveValue("2026-03-01");
    await page.locator("#end-last").fill("2026-06-15");
    await page.locator(".end-actions .button").click();
    await expect(page).toHaveURL(new RegExp(`/contracts/${contract.id}$`));
    await expect(page.getByTestId("outlook-facts")).toContainText("15.06.2026");
    await page.goto(`/contracts/${contract.id}?end=plan`);
    await page.getByLabel(say("ending_take_back")).check();
    await page.locator(".end-actions .button").click();
    await expect(page.getByTestId("outlook-facts")).toContainText("verlängert sich");
  });

  test("a type is applied to one of two contracts", async ({ page, rest }) => {
    const name = `Vertragsart ohne Skript ${Date.now()}`;
    const type = await rest.call<{ id: string; version: number }>("POST", "/contract-types", { name, terms: terms("PT4H") });
    const both = [await given(rest, { contract_type: type.id, terms: undefined }), await given(rest, { contract_type: type.id, terms: undefined })];
    await rest.call("PUT", `/contract-types/${type.id}`, { version: type.version, name, terms: { ...terms("PT6H"), notice: 6 } });
    await page.goto(`/contract-types/${type.id}/apply`);
    for (const section of ["section_term", "section_billing", "section_items", "section_groups"]) {
      await page.getByTestId("apply-sections").getByLabel(say(section), { exact: true }).uncheck();
    }
    await page.getByRole("button", { name: say("apply_show") }).click();
    const rows = page.getByTestId("apply-contracts").locator("tbody tr");
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).not.toContainText(say("field_notice"));
    await axePlain(page);
    await rows.first().getByRole("checkbox").uncheck();
    await page.getByRole("button", { name: say("apply_save_none") }).click();
    await expect(page).toHaveURL(new RegExp(`/contract-types/${type.id}/apply$`));
    const [first, second] = await Promise.all(both.map(({ contract }) => rest.call<Contract>("GET", `/contracts/${contract.id}`)));
    expect([first.terms.quota.amount, second.terms.quota.amount, second.terms.notice]).toEqual(["PT4H", "PT6H", 3]);
  });
});
