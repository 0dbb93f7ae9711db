// From contract type to billed quota: configured by a person in sales, billed by a person in accounting.
import type { Page } from "@playwright/test";
import { axe, expect, live, routed, state, test, visit } from "../fixtures.ts";
import { today } from "../rest.ts";
import { say } from "../words.ts";

const contractId = (page: Page) => page.url().split("/").pop()!;

/** Chooses and types the fields of terms, by their names. */
async function typeTerms(page: Page, terms: Record<string, string>) {
  for (const [field, value] of Object.entries(terms)) {
    const input = page.locator(`#terms-${field}`);
    if ((await input.evaluate((node) => node.tagName)) === "SELECT") await input.selectOption(value);
    else await input.fill(value);
  }
}

async function typeItem(page: Page, item: Record<string, string>, place = 0) {
  for (const [field, value] of Object.entries(item)) {
    const input = page.locator(`#items-${place}-${field}`);
    if ((await input.evaluate((node) => node.tagName)) === "SELECT") await input.selectOption(value);
    else await input.fill(value);
  }
}

/** A new contract for a customer, typed field by field and saved. */
async function newContract(page: Page, customer: string, start: string, terms: Record<string, string>, price = "399,99") {
  await visit(page, `/contracts/new?customer=${customer}`);
  await live(page.locator("#contract-start"));
  await page.locator("#contract-start").fill(start);
  await typeItem(page, { text: "Kontingent", price });
  await typeTerms(page, terms);
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page).toHaveURL(/\/contracts\/[0-9a-f-]{36}$/);
  return contractId(page);
}

/** Opens the plan of one contract as of a day. */
async function plan(page: Page, contract: string, asOf: string) {
  await visit(page, `/billing?contract=${contract}&as_of=${asOf}`);
  await expect(page.getByTestId("plan")).toBeVisible();
}

/** Bills what the plan shows and waits for the end of the run. */
async function run(page: Page, result: "issue" | "draft" = "issue") {
  const start = page.locator(".plan-start button[type=submit]");
  await live(page.locator(".plan-start"));
  if (result === "draft") await page.getByLabel(say("billing_draft")).check();
  await start.click();
  await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId("run")).toContainText(say("run_ended", { at: "" }).trim());
}

const totals = (page: Page) => page.getByTestId("run-totals");
const claims = (page: Page) => page.getByTestId("claims").locator("tbody tr");

test("the contract of the rules' example, from its type to the raised quota", async ({ open, rest }) => {
  const customer = await rest.customer();
  const sales = await open("sales");
  const name = `Kontingentvertrag ${customer.number}`;

  // The type, field by field.
  await visit(sales, "/contract-types/new");
  await live(sales.locator("#type-name"));
  await sales.locator("#type-name").fill(name);
  await typeTerms(sales, {
    term: "12", renewal: "12", notice: "3", interval: "1", time: "advance", automatic: "on", invoice: "own", delivery: "mail", lead_days: "2",
    quota: "time", amount: "4:00", overbooking: "no", carry: "off", minimum: "0:30", step: "0:15",
  });
  await typeItem(sales, { text: "Stundenkontingent 4 h", quantity: "1", price: "400" });
  await expect(sales.getByTestId("outlook").locator("tbody tr")).toHaveCount(12);
  await axe(sales);
  await sales.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(sales).toHaveURL(/\/contract-types$/);
  await expect(sales.locator("main")).toContainText(name);

  // The contract, from the customer's page. The price is changed; the preview follows each keystroke.
  await visit(sales, `/customers/${customer.id}`);
  await sales.getByRole("link", { name: say("contract_new") }).click();
  await live(sales.locator("#contract-start"));
  await expect(sales.getByTestId("customer")).toContainText(customer.name);
  await sales.locator("#contract-contract_type").selectOption({ label: name });
  await expect(sales.locator("#terms-amount")).toHaveValue("4:00");
  await expect(sales.locator("#terms-minimum")).toHaveValue("0:30");
  await sales.locator("#contract-start").fill("2026-04-01");
  await expect(sales.locator("#contract-billing_start")).toHaveValue("2026-04-01");
  await typeItem(sales, { price: "399,99" });
  const outlook = sales.getByTestId("outlook");
  await expect(outlook.locator("tbody tr")).toHaveCount(12);
  await expect(outlook.locator("tbody tr").first()).toContainText("April 2026");
  await expect(outlook.locator("tbody tr").first()).toContainText(/399,99\s€/);
  await expect(outlook.locator("tbody tr").first()).toContainText(/4:00\sh am 01\.05\.2026/);
  await expect(sales.getByTestId("outlook-facts")).toContainText("01.04.2026");
  await expect(sales.getByTestId("outlook-facts")).toContainText("30.03.2026");
  await sales.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(sales).toHaveURL(/\/contracts\/[0-9a-f-]{36}$/);
  const contract = contractId(sales);
  await expect(sales.getByTestId("terms")).toContainText(/Zeitbuchungen mindestens 0:30\sh, aufgerundet auf 0:15\sh/);
  await expect(sales.getByTestId("claims")).toContainText(say("claims_empty"));
  await expect(sales.getByRole("link", { name: say("contract_bill") })).toHaveCount(0);

  // Accounting bills April: one invoice, one lot.
  const accounting = await open("accounting");
  await plan(accounting, contract, "2026-04-01");
  await expect(accounting.getByTestId("run-items").locator("tbody tr")).toHaveCount(1);
  await expect(accounting.getByTestId("run-items")).toContainText(/4:00\sh für April 2026/);
  await axe(accounting);
  await run(accounting);
  await expect(totals(accounting)).toContainText(/475,99\s€/);
  await accounting.getByTestId("run-items").getByRole("link", { name: /^RE-/ }).click();
  await expect(accounting.getByTestId("net")).toHaveText(/^399,99\s€$/);
  await expect(accounting.getByTestId("totals")).toContainText(/76,00\s€/);
  await expect(accounting.getByTestId("gross")).toHaveText(/^475,99\s€$/);
  await axe(accounting);
  await visit(accounting, `/contracts/${contract}`);
  await expect(claims(accounting)).toHaveCount(1);
  await expect(claims(accounting).first()).toContainText(/4:00\sh April 2026/);
  // What was agreed, sales changes.
  for (const name of [say("edit"), say("ending_contract")]) await expect(accounting.getByRole("link", { name, exact: true })).toHaveCount(0);

  // Again: nothing.
  await plan(accounting, contract, "2026-04-01");
  await expect(accounting.getByTestId("plan")).toContainText(say("not_billed_already"));
  await expect(accounting.locator(".plan-start")).toHaveCount(0);

  // As of the middle of June: May and June.
  await plan(accounting, contract, "2026-06-15");
  await run(accounting);
  await expect(accounting.getByTestId("run-items").locator("tbody tr")).toHaveCount(2);

  // Raised: June stays, July gets more; and the page says why.
  await visit(sales, `/contracts/${contract}/edit`);
  await live(sales.locator("#terms-amount"));
  await expect(sales.getByTestId("outlook").locator("tbody tr").first()).toContainText("Juli 2026");
  await sales.locator("#terms-amount").fill("6");
  await expect(sales.getByTestId("outlook").locator("tbody tr").first()).toContainText(/6:00\sh/);
  await sales.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(sales).toHaveURL(new RegExp(`/contracts/${contract}$`));
  await plan(accounting, contract, "2026-07-01");
  await run(accounting);
  await visit(accounting, `/contracts/${contract}`);
  await expect(claims(accounting)).toHaveCount(4);
  await expect(claims(accounting).nth(0)).toContainText(/6:00\sh Juli 2026/);
  await expect(claims(accounting).nth(1)).toContainText(/4:00\sh Juni 2026/);
  await claims(accounting).nth(1).locator("summary").click();
  await expect(claims(accounting).nth(1).locator(".why p")).toContainText(/standen 4:00\sh im Vertrag/);
  await expect(accounting.getByTestId("lot-strip").locator("li")).toHaveCount(4);
  await axe(accounting);

  // A free quota is for the quota period of today.
  await accounting.getByRole("link", { name: say("contract_free_quota") }).click();
  await live(accounting.locator("#grant-amount"));
  await expect(accounting.locator("#grant-from")).toHaveValue(`${today().slice(0, 8)}01`);
  await accounting.locator("#grant-amount").fill("1");
  await accounting.locator("#grant-reason").fill("Kulanz");
  await accounting.locator(".grant-panel button[type=submit]").click();
  await expect(accounting.locator(".grant-panel .notice-good")).toBeVisible();
});

test("billed yearly with a monthly quota it is one invoice and twelve lots; with a quarterly quota every third billing grants", async ({ open, rest }) => {
  const customer = await rest.customer();
  const [sales, page] = [await open("sales"), await open("accounting")];
  const yearly = await newContract(sales, customer.id, "2026-01-01", { quota: "time", amount: "2", interval: "12", quota_interval: "1" }, "1200");
  await plan(page, yearly, "2026-01-01");
  await run(page);
  await visit(page, `/contracts/${yearly}`);
  await expect(claims(page)).toHaveCount(1);
  await expect(claims(page).first().locator(".claim-lot")).toHaveCount(12);

  const quarterly = await newContract(sales, customer.id, "2026-01-01", { quota: "time", amount: "6", interval: "1", quota_interval: "3" }, "100");
  await plan(page, quarterly, "2026-04-01");
  await run(page);
  await visit(page, `/contracts/${quarterly}`);
  await expect(claims(page)).toHaveCount(4);
  expect(await Promise.all([0, 1, 2, 3].map((row) => claims(page).nth(row).locator(".claim-lot").count()))).toEqual([1, 0, 0, 1]);
});

test("a draft is looked at first and then issued", async ({ open, rest }) => {
  const customer = await rest.customer();
  const [sales, page] = [await open("sales"), await open("accounting")];
  const contract = await newContract(sales, customer.id, "2026-05-31", { quota: "none", interval: "1", automatic: "off" }, "50");
  await plan(page, contract, "2026-06-30");
  await run(page, "draft");
  // From the last day of a month: May 31, June 30.
  await expect(page.getByTestId("run-items").locator("tbody tr")).toHaveCount(2);
  await visit(page, "/documents?drafts=1");
  await expect(page.locator("main")).toContainText(customer.name);
  await page.getByRole("row", { name: customer.name }).first().getByRole("link", { name: say("document_invoice_draft") }).click();
  await expect(page.locator("h1")).toHaveText(say("document_invoice_draft"));
  await live(page.locator(".issue"));
  await page.getByRole("button", { name: say("document_issue") }).click();
  await expect(page.locator("h1")).toHaveText(/^Rechnung RE-\d{4}-\d{5}$/);
  await expect(page.locator(".issue")).toHaveCount(0);
  await axe(page);

  // Sales sees drafts and cannot issue them.
  await visit(sales, "/documents?drafts=1");
  await sales.getByRole("row", { name: customer.name }).first().getByRole("link", { name: say("document_invoice_draft") }).click();
  await expect(sales.locator("h1")).toHaveText(say("document_invoice_draft"));
  await expect(sales.locator(".issue")).toHaveCount(0);
});

for (const engine of ["sqlite", "postgres"] as const) {
  test(`two people bill the same period at once: ${engine}`, async ({ open, rest }) => {
    const { Rest } = await import("../rest.ts");
    const { house } = await import("../fixtures.ts");
    const books = engine === "sqlite" ? rest : new Rest(house(engine));
    const customer = await books.customer();
    const one = await open("accounting", { engine, process: 0 });
    const other = await open("accounting", { engine, process: 1 });
    const contract = await newContract(await open("sales", { engine }), customer.id, "2026-03-01", { quota: "time", amount: "4" });
    // Both have the plan before them before either begins.
    for (const page of [one, other]) {
      await plan(page, contract, "2026-03-01");
      await live(page.locator(".plan-start"));
    }
    await Promise.all([run(one), run(other)]);
    await visit(one, `/contracts/${contract}`);
    await expect(claims(one)).toHaveCount(1);
    await expect(claims(one).first().locator(".claim-lot")).toHaveCount(1);
    await expect(one.getByTestId("contract-balance")).toBeVisible();
  });
}

test.describe("with somebody from sales signed in", () => {
  test.use({ storageState: async ({}, use) => use(state("sales")) });

  test("what cannot be is named at its field, while typing and by the server, and nothing is lost", async ({ page, rest, allowed }) => {
    allowed.status(422);
    const customer = await rest.customer();
    await visit(page, `/contracts/new?customer=${customer.id}`);
    await live(page.locator("#contract-start"));
    await page.locator("#contract-start").fill("2026-04-01");
    await typeItem(page, { text: "Wartung", price: "100" });
    await expect(page.getByTestId("outlook").locator("tbody tr")).toHaveCount(12);
    const wrong: [Record<string, string>, string, string, Record<string, string>][] = [
      [{ term: "0" }, "terms-term", say("terms_not_months", { most: 1200 }), { term: "12" }],
      [{ interval: "0" }, "terms-interval", say("terms_not_months", { most: 1200 }), { interval: "1" }],
      [{ interval: "-1" }, "terms-interval", say("field_not_a_number"), { interval: "1" }],
      [{ quota: "time", amount: "4", time: "arrears" }, "terms-time", say("terms_quota_in_arrears"), { time: "advance" }],
      [{ amount: "0" }, "terms-amount", say("quota_not_positive", { amount: "0:00\u00a0h" }), { amount: "4" }],
    ];
    for (const [typed, field, problem, mended] of wrong) {
      await typeTerms(page, typed);
      await expect(page.locator(`#${field}-problem`), JSON.stringify(typed)).toHaveText(problem);
      await typeTerms(page, mended);
      await expect(page.locator(`#${field}-problem`)).toHaveText("");
    }
    await page.locator("#contract-agreed_last").fill("2026-03-31");
    await expect(page.locator("#contract-agreed_last-problem")).not.toHaveText("");
    await page.locator("#contract-agreed_last").fill("");
    await page.locator("#contract-billing_start").fill("2026-03-01");
    await expect(page.locator("#contract-billing_start-problem")).toHaveText(say("terms_billed_before_start", { billing_start: "01.03.2026", start: "01.04.2026" }));
    await page.locator("#contract-billing_start").fill("2026-04-01");
    // Items of two rates.
    await page.getByRole("button", { name: say("item_add") }).click();
    await typeItem(page, { text: "Buch", price: "10", vat: "7" }, 1);
    await expect(page.locator("#terms-items-problem")).toHaveText(say("terms_two_vat_rates", { one: 7, other: 19 }));
    const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.status() === 422);
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await answer;
    await expect(page.locator("#items-1-text")).toHaveValue("Buch");
    await expect(page.locator("#contract-start")).toHaveValue("2026-04-01");
    await axe(page);
    await page.getByRole("button", { name: say("item_remove", { place: 2 }) }).click();
    await expect(page.locator("#terms-items-problem")).toHaveText("");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page).toHaveURL(/\/contracts\/[0-9a-f-]{36}$/);
  });

  test("a customer is found by a few letters, and a contract with Ctrl+K", async ({ page, rest }) => {
    const customer = await rest.customer(`Zwiebelturm Bau ${Date.now() % 100_000}`);
    await visit(page, "/contracts/new");
    await live(page.locator("#contract-customer"));
    await page.locator("#contract-customer").pressSequentially("zwiebelt");
    await page.getByTestId("customers-found").getByRole("button", { name: customer.name }).click();
    await page.locator("#contract-start").fill("2026-06-01");
    await typeItem(page, { text: "Miete", price: "20" });
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page).toHaveURL(/\/contracts\/[0-9a-f-]{36}$/);
    const number = (await page.locator("h1").textContent())!.replace(say("contract_title", { number: "" }), "");
    await visit(page, "/articles");
    // The finder listens once the page is live.
    await page.waitForFunction(() => (window as any).listens?.has("keydown"), undefined, { polling: 50 });
    await page.keyboard.press("Control+k");
    await expect(page.locator("#finder-q")).toBeVisible();
    await page.locator("#finder-q").fill(number);
    await expect(page.locator(".found li")).toHaveCount(1);
    await axe(page);
    await page.keyboard.press("Enter");
    await expect(page.locator("h1")).toHaveText(say("contract_title", { number }));
  });

  test("groups and articles: a switch of the contract decides before the global one", async ({ page }) => {
    const mark = `${Date.now() % 1_000_000}`;
    await visit(page, "/articles?group=new");
    await live(page.locator("#group-name"));
    await page.locator("#group-name").fill(`Dienste ${mark}`);
    await page.locator("#group-quota").selectOption("on");
    await page.getByRole("dialog").getByRole("button", { name: say("save") }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByRole("row", { name: `Dienste ${mark}` })).toContainText(say("switch_on"));
    await visit(page, "/articles?article=new");
    await live(page.locator("#article-number"));
    await page.locator("#article-number").fill(`D-${mark}`);
    await page.locator("#article-name").fill(`Fernwartung ${mark}`);
    await page.locator("#article-group").selectOption({ label: `Dienste ${mark}` });
    await page.locator("#article-price").fill("105");
    await page.getByRole("dialog").getByRole("button", { name: say("save") }).click();
    await expect(page.getByRole("row", { name: `Fernwartung ${mark}` })).toContainText("105,00");
    await axe(page);
    await visit(page, "/contract-types/new");
    await live(page.locator("#terms-quota"));
    await page.locator("#terms-quota").selectOption("time");
    const row = page.getByTestId("switches").locator("li", { hasText: `Dienste ${mark}` });
    await expect(row.locator(".switch-result")).toHaveText(say("switch_on"));
    await row.locator("select").selectOption("off");
    await expect(row.locator(".switch-result")).toHaveText(say("switch_off"));
    await page.locator("#items-0-article").selectOption({ label: `D-${mark} Fernwartung ${mark}` });
    await expect(page.locator("#items-0-price")).toHaveValue("105,00");
    await expect(page.getByTestId("item-total")).toHaveText(/^105,00\s€$/);
  });
});

for (const [width, colorScheme] of [[390, "dark"], [1440, "light"]] as const) test(`every new page is read at ${width} px, ${colorScheme}`, async ({ open, rest }) => {
  test.slow();
  const customer = await rest.customer();
  const first = await open("admin");
  const contract = await newContract(first, customer.id, "2026-04-01", { quota: "time", amount: "4" });
  await plan(first, contract, "2026-05-01");
  await run(first);
  const billed = first.url();
  await visit(first, `/contracts/${contract}`);
  const invoice = await first.getByTestId("claims").getByRole("link", { name: /^RE-/ }).first().getAttribute("href");
  const pages = ["/today", "/contracts", "/contracts?sort=due", `/contracts/${contract}`, `/contracts/${contract}/edit`, "/contract-types", "/articles", "/billing", new URL(billed).pathname, "/documents", invoice!];
  const page = await open("admin", { viewport: { width, height: 900 }, colorScheme });
  for (const address of pages) {
    await visit(page, address);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${address} is no wider than ${width}`).toBeLessThanOrEqual(width);
    await axe(page);
  }
});

test("without JavaScript a contract is typed, billed and read", async ({ open, rest }) => {
  const customer = await rest.customer();
  const page = await open("admin", { javaScriptEnabled: false });
  await page.goto(`/contracts/new?customer=${customer.id}`);
  await page.locator("#contract-start").fill("2026-04-01");
  await page.locator("#contract-billing_start").fill("2026-04-01");
  await page.locator("#items-0-text").fill("Wartung");
  await page.locator("#items-0-price").fill("99,90");
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page.locator("h1")).toContainText(say("contract_title", { number: "" }).trim());
  const contract = new URL(page.url()).pathname.split("/").pop()!;
  await page.goto(`/billing?contract=${contract}&as_of=2026-04-01`);
  await page.locator(".plan-start button").click();
  await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}/);
  // It goes on by itself; the page says so whenever it is asked.
  await expect(async () => {
    await page.reload();
    await expect(page.locator(".progress")).toHaveCount(0, { timeout: 100 });
  }).toPass();
  await expect(page.getByTestId("run-items")).toContainText("RE-");
});

test("those who may not see contracts find no way to them", async ({ open, allowed }) => {
  allowed.status(403);
  for (const role of ["staff", "payments", "customer"] as const) {
    const page = await open(role);
    for (const address of ["/contracts", "/billing", "/documents", "/today", "/articles"]) {
      await page.goto(address);
      await routed(page);
      await expect(page.locator("main"), `${role} at ${address}`).toContainText(say("problem_forbidden"));
    }
    await expect(page.locator("nav a[href='/contracts']")).toHaveCount(0);
  }
});

// Red when: accounting is led to what it may not change, or kept from what it types itself.
test("accounting finds no way to change contracts and projects", async ({ open, rest, allowed }) => {
  allowed.status(403);
  const customer = await rest.customer();
  const page = await open("accounting");
  for (const address of ["/contracts/new", "/projects/new"]) {
    await page.goto(address);
    await routed(page);
    await expect(page.locator("main"), address).toContainText(say("problem_forbidden"));
  }
  await visit(page, `/customers/${customer.id}`);
  await expect(page.getByRole("link", { name: say("document_new_note"), exact: true })).toBeVisible();
  for (const name of [say("contract_new"), say("project_new")]) await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0);
});
