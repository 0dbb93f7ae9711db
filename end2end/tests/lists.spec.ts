import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, routed, state, test, visit } from "../fixtures.ts";
import { dayAfter, german, minutes, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("accounting")) });

/** A word that no other customer has. */
const word = () => `Q${randomUUID().replace(/[^a-f]/g, "").slice(0, 8)}x`;

const terms = (more: Record<string, unknown> = {}) => ({
  term: 12, renewal: 12, notice: 3, currency: "EUR",
  billing: { interval: 1, time: "advance", automatic: true, invoice: "own", delivery: "mail", lead_days: 5, proration: "none", payment_days: 14 },
  items: [{ text: "Wartung", quantity: "1", unit: "piece", price: "100.00", vat: "19" }],
  ...more,
});

async function contract(rest: Rest, customer: string, start: string, more: Record<string, unknown> = {}): Promise<{ id: string; number: string }> {
  return rest.call("POST", "/contracts", { customer, start, terms: terms(), ...more });
}

async function note(rest: Rest, customer: string, lines: number): Promise<string> {
  const line = { text: "Einsatz", quantity: "1", unit: "hour", price: "100.00", vat: "19" };
  const saved = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "delivery_note", customer, currency: "EUR", date: today(), delivery: "mail", payment_days: 14, lines: Array(lines).fill({ line }),
  });
  return saved.document.id;
}

/** The file behind a link, as lines of cells. */
async function taken(page: Page, name: string): Promise<string[][]> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name, exact: true }).click()]);
  expect(download.suggestedFilename()).toMatch(/-\d{4}-\d\d-\d\d\.csv$/);
  const text = readFileSync((await download.path())!, "utf8");
  expect(text.charCodeAt(0)).toBe(0xfeff);
  return text.slice(1).trimEnd().split("\r\n").map((line) => line.split(";"));
}

test("filters, order and page of the contracts stand in the address and survive a reload, and the file has the same rows", async ({ page, rest }) => {
  const own = word();
  const customer = await rest.customer(`${own} GmbH`);
  const starts = Array.from({ length: 28 }, (_, place) => dayAfter("2026-01-01", place));
  for (const start of starts) await contract(rest, customer.id, start);
  const ended = await contract(rest, customer.id, "2025-01-01", { agreed_until: "2025-06-01" });
  await visit(page, "/contracts");
  await live(page.locator("#contracts-q"));
  await page.locator("#contracts-q").fill(own);
  await page.locator("#contracts-state").selectOption("active");
  await page.getByRole("button", { name: say("list_filter") }).click();
  await expect(page).toHaveURL(`/contracts?q=${own}&state=active`);
  const rows = page.locator("table.contracts tbody tr");
  await expect(rows).toHaveCount(25);
  await page.locator("thead").getByRole("link", { name: say("list_start") }).click();
  await expect(page).toHaveURL(`/contracts?q=${own}&state=active&sort=start`);
  await expect(rows.first()).toContainText(german(starts[0]!));
  await page.locator("thead").getByRole("link", { name: say("list_start") }).click();
  await expect(rows.first()).toContainText(german(starts[27]!));
  await page.getByRole("link", { name: say("page_next") }).click();
  const address = `/contracts?q=${own}&state=active&sort=start&desc=1&page=2`;
  await expect(page).toHaveURL(address);
  await expect(rows).toHaveCount(3);
  await page.reload();
  await routed(page);
  await expect(page).toHaveURL(address);
  await expect(rows).toHaveCount(3);
  await expect(page.locator("#contracts-state")).toHaveValue("active");
  await expect(page.locator("#contracts-q")).toHaveValue(own);
  await expect(page.locator("thead [aria-sort=descending]")).toHaveText(say("list_start"));
  const file = await taken(page, say("export_csv"));
  expect(file).toHaveLength(29);
  expect(file.slice(26).map((line) => line[0])).toEqual(await rows.locator("th").allTextContents());
  await axe(page);

  await page.locator("#contracts-state").selectOption("ended");
  await page.getByRole("button", { name: say("list_filter") }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(ended.number);
  await page.getByRole("link", { name: say("list_clear") }).click();
  await expect(page).toHaveURL("/contracts");
  await expect(page.locator("#contracts-q")).toHaveValue("");
});

test("chosen contracts are billed, with their plan first, and no other", async ({ page, rest }) => {
  const own = word();
  const customer = await rest.customer(`${own} GmbH`);
  const start = dayAfter(today(), -3);
  const numbers: string[] = [];
  for (let place = 0; place < 3; place += 1) numbers.push((await contract(rest, customer.id, start)).number);
  await visit(page, `/contracts?q=${own}`);
  // With the keyboard alone.
  for (const number of numbers.slice(0, 2)) {
    await page.getByRole("checkbox", { name: say("bulk_select", { name: number }) }).focus();
    await page.keyboard.press("Space");
  }
  await page.getByRole("button", { name: say("bulk_bill") }).focus();
  await page.keyboard.press("Enter");
  const plan = page.getByTestId("plan");
  await expect(plan).toContainText(say("billing_plan_chosen", { count: 2 }));
  await expect(plan.locator("tbody tr")).toHaveCount(2);
  await live(page.locator(".plan-start"));
  await plan.locator(".plan-start button[type=submit]").click();
  await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId("run-items").locator("tbody tr")).toHaveCount(2);
  await expect(page.getByTestId("run-items")).not.toContainText(numbers[2]!);
  await axe(page);
  await visit(page, "/billing?chosen=1");
  await expect(page.locator("main")).toContainText(say("bulk_no_contracts"));
});

test("selected drafts are issued each on its own: one that cannot be does not stop the others", async ({ page, rest }) => {
  const own = word();
  const customer = await rest.customer(`${own} GmbH`);
  await note(rest, customer.id, 1);
  await note(rest, customer.id, 0);
  await note(rest, customer.id, 1);
  await visit(page, `/documents?q=${own}&state=draft`);
  await live(page.getByRole("checkbox", { name: say("bulk_all") }));
  await page.getByRole("checkbox", { name: say("bulk_all") }).check();
  await page.getByRole("button", { name: say("bulk_issue") }).click();
  const plan = page.getByTestId("bulk-plan");
  await expect(plan.locator("tbody tr")).toHaveCount(3);
  await expect(plan.getByText(say("bulk_no_lines"))).toHaveCount(1);
  await expect(plan.getByText(say("bulk_will_issue"))).toHaveCount(2);
  await axe(page);
  await live(plan.locator("form"));
  await plan.getByRole("button", { name: say("bulk_issue_save", { count: 2 }) }).click();
  const result = page.getByTestId("bulk-result");
  await expect(result).toContainText(say("bulk_result_some", { done: 2, failed: 1 }));
  await expect(result.getByText(say("bulk_no_lines"))).toHaveCount(1);
  await expect(result.getByText(/^ausgestellt als LS-/)).toHaveCount(2);
  await axe(page);
  await visit(page, `/documents?q=${own}&state=draft`);
  await expect(page.locator("table.documents tbody tr")).toHaveCount(1);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("lists are filtered, drafts deleted and documents cancelled by plain forms", async ({ page, rest }) => {
    const own = word();
    const customer = await rest.customer(`${own} GmbH`);
    await note(rest, customer.id, 1);
    await note(rest, customer.id, 1);
    await page.goto("/documents");
    await page.locator("#documents-q").fill(own);
    await page.locator("#documents-state").selectOption("draft");
    await page.getByRole("button", { name: say("list_filter") }).click();
    const rows = page.locator("table.documents tbody tr");
    await expect(rows).toHaveCount(2);
    await axePlain(page);
    await rows.first().getByRole("checkbox").check();
    await page.getByRole("button", { name: say("bulk_delete") }).click();
    await page.getByRole("button", { name: say("bulk_delete_save", { count: 1 }) }).click();
    await expect(page.getByTestId("bulk-result")).toBeVisible();
    await page.goto(`/documents?q=${own}`);
    await expect(rows).toHaveCount(1);
    await rows.first().getByRole("checkbox").check();
    await page.getByRole("button", { name: say("bulk_issue") }).click();
    await page.getByRole("button", { name: say("bulk_issue_save", { count: 1 }) }).click();
    await expect(page.getByTestId("bulk-result")).toContainText("LS-");
    await page.goto(`/documents?q=${own}`);
    await rows.first().getByRole("checkbox").check();
    await page.getByRole("button", { name: say("bulk_cancel") }).click();
    await page.getByRole("button", { name: say("bulk_cancel_save", { count: 1 }) }).click();
    await expect(page.locator("#bulk-reason-problem")).toHaveText(say("field_missing"));
    await page.locator("#bulk-reason").fill("Falscher Kunde");
    await page.getByRole("button", { name: say("bulk_cancel_save", { count: 1 }) }).click();
    await expect(page.getByTestId("bulk-result")).toContainText(say("bulk_result_some", { done: 1, failed: 0 }));
    await page.goto("/lapses");
    await expect(page.locator("table.lapses, .empty")).toBeVisible();
  });

  test("a calendar is subscribed to by plain forms, and its address is told once", async ({ page, request }) => {
    await page.goto("/calendar");
    await page.getByRole("button", { name: new RegExp(`${say("calendar_make")}|${say("calendar_renew")}`) }).click();
    const address = await page.getByTestId("calendar-address").getAttribute("href");
    expect(address).toMatch(/^\/calendar\/[\w-]{43}\.ics$/);
    const feed = await request.get(address!);
    expect(feed.headers()["content-type"]).toContain("text/calendar");
    expect(await feed.text()).toMatch(/^BEGIN:VCALENDAR\r\n/);
    await page.goto("/calendar");
    await expect(page.getByTestId("calendar-address")).toHaveCount(0);
    await page.getByRole("button", { name: say("calendar_stop") }).click();
    await expect(page.getByTestId("calendar-state")).toHaveText(say("calendar_none"));
    expect((await request.get(address!)).status()).toBe(404);
  });
});

test("what lapses and what is not covered is listed for the whole company, with its sums", async ({ page, rest }) => {
  const own = word();
  const customer = await rest.customer(`${own} GmbH`);
  const account = await rest.account(customer.id);
  await rest.grant(account, minutes(90), dayAfter(today(), -10), dayAfter(today(), 10));
  await visit(page, `/lapses?q=${own}`);
  const rows = page.locator("table.lapses tbody tr");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(german(dayAfter(today(), 10)));
  await expect(rows).toContainText(say("list_lapse_not_carried"));
  await expect(page.getByTestId("sums")).toContainText("1:30");
  await axe(page);
  await live(page.locator("#lapses-q"));
  await page.locator("#lapses-cause").selectOption("over_cap");
  await page.getByRole("button", { name: say("list_filter") }).click();
  await expect(page.locator(".empty")).toContainText(say("list_none_found"));

  const overdrawn = await rest.account(customer.id, { overbooking: true });
  await rest.draw(overdrawn, minutes(45));
  await visit(page, `/deficits?q=${own}`);
  const deficits = page.locator("table.deficits tbody tr");
  await expect(deficits).toHaveCount(1);
  await expect(deficits).toContainText("0:45");
  await expect(deficits).toContainText(say("list_by_hand"));
  const file = await taken(page, say("export_csv"));
  expect(file).toHaveLength(2);
  expect(file[1]).toContain("0:45");
});

test("to-dos and runs are lists too, and today leads to them", async ({ page, rest }) => {
  const own = word();
  const customer = await rest.customer(`${own} GmbH`);
  const { number } = await contract(rest, customer.id, dayAfter(today(), 3));
  await visit(page, `/to-dos?q=${own}`);
  const rows = page.locator("table.to-dos tbody tr");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(number);
  await axe(page);
  await visit(page, `/to-dos?q=${own}&time=overdue`);
  await expect(page.locator(".empty")).toBeVisible();
  await visit(page, `/to-dos?q=${own}&kind=fee`);
  await expect(page.locator(".empty")).toBeVisible();
  await visit(page, "/billing/runs?state=done&sort=as_of");
  await expect(page.locator("table.run-list tbody tr").first()).toBeVisible();
  await axe(page);
  await visit(page, "/today");
  const lapses = page.locator("nav").getByRole("link", { name: say("nav_lapses") });
  await expect(lapses).toBeHidden();
  await page.locator("nav summary").click();
  await lapses.click();
  await expect(page).toHaveURL("/lapses");
  await expect(lapses).toBeHidden();
});

test("chosen to-dos are billed, and a fee leads to its project and to its billing", async ({ page, rest }) => {
  const own = word();
  const customer = await rest.customer(`${own} GmbH`);
  const start = dayAfter(today(), -3);
  const [first, second] = [await contract(rest, customer.id, start), await contract(rest, customer.id, start)];
  const project = await rest.call<{ id: string; version: number; number: string }>("POST", "/projects", { name: "Wartung", customer: customer.id, currency: "EUR" });
  const fee = { price: "150", vat: "19", start };
  await rest.call("PUT", `/projects/${project.id}/lines`, { version: project.version, lines: [{ id: randomUUID(), name: "Grundgebühr", kind: "allowance", most: "PT45M", start, fee }] });
  await visit(page, `/to-dos?q=${own}`);
  const rows = page.locator("table.to-dos tbody tr");
  await expect(rows).toHaveCount(3);
  const due = rows.filter({ hasText: "Grundgebühr" });
  await expect(due.getByRole("link", { name: project.number, exact: true })).toHaveAttribute("href", `/projects/${project.id}`);
  await expect(due.getByRole("link", { name: say("to_do_bill_fee", { number: project.number }) })).toHaveAttribute("href", `/billing?project=${project.id}`);
  await axe(page);
  await page.getByRole("checkbox", { name: say("bulk_select", { name: first.number }) }).check();
  await page.getByRole("button", { name: say("bulk_bill") }).click();
  const plan = page.getByTestId("plan");
  await expect(plan).toContainText(say("billing_plan_chosen", { count: 1 }));
  await expect(plan).toContainText(first.number);
  await expect(plan).not.toContainText(second.number);
  await live(page.locator(".plan-start"));
  await plan.locator(".plan-start button[type=submit]").click();
  // The plan has items of the same kind: those of the run stand on its own page.
  await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId("run-items").locator("tbody tr")).toHaveCount(1);
  await visit(page, `/to-dos?q=${own}`);
  await expect(rows).toHaveCount(2);
});

test("nonsense in the address does no harm", async ({ page }) => {
  for (const list of ["/contracts", "/documents", "/to-dos", "/deficits", "/lapses", "/billing/runs", "/documents/bulk", "/projects", "/bookings"]) {
    for (const query of ["?page=-7", "?page=9999", "?sort=%00&desc=&state=x&from=2026-99-99", "?q=%E0%A4%A", "?q=%22%27%3B--&customer=1", "?do=x&d=1&d=%00"]) {
      const answer = await page.goto(`${list}${query}`);
      expect(answer!.status(), `${list}${query}`).toBe(200);
    }
  }
  await visit(page, "/contracts?page=9999");
  await expect(page.locator(".empty")).toContainText(say("list_beyond"));
  await page.getByRole("link", { name: say("list_first_page") }).click();
  await expect(page).toHaveURL("/contracts");
});

test("every list fits the phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  for (const list of ["/contracts", "/documents", "/to-dos", "/deficits", "/lapses", "/billing/runs", "/calendar", "/projects", "/bookings"]) {
    await visit(page, list);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), list).toBeLessThanOrEqual(390);
    await axe(page);
  }
});

test("sales sees the lists and cannot bill, issue or cancel", async ({ open }) => {
  const page = await open("sales");
  await visit(page, "/contracts");
  await expect(page.locator("td.select")).toHaveCount(0);
  await visit(page, "/documents");
  await expect(page.getByRole("button", { name: say("bulk_delete") })).toBeVisible();
  await expect(page.getByRole("button", { name: say("bulk_issue") })).toHaveCount(0);
  await expect(page.getByRole("button", { name: say("bulk_cancel") })).toHaveCount(0);
});
