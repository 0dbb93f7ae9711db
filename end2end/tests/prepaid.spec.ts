// A prepaid block whose account is opened with its project: all of it or nothing, seen at the customer, and drawn by bookings.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, passbook, rows, state, test, visit } from "../fixtures.ts";
import { bookLine, bookingsOf, noted, parts } from "../projects.ts";
import type { Rest, Volume } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("admin")) });

type Customer = { id: string; name: string };
/** A project as REST tells it, with the account of its first line. */
type Made = { id: string; number: string; task: string; account: string; called: string };

const BLOCK = say("template_line_block");
const lines = (page: Page) => page.getByTestId("line");
const falls = (page: Page) => page.getByTestId("fall");
const sheets = (page: Page) => page.locator(".account-sheets > li");
const save = (page: Page) => page.getByRole("button", { name: say("save"), exact: true });

/** A new project of that customer with a prepaid block before the effort, as the template has it. */
async function begin(page: Page, customer: Customer, name: string) {
  await visit(page, `/projects/new?customer=${customer.id}&template=block`);
  await live(page.locator("#project-name"));
  await page.locator("#project-name").fill(name);
  await expect(lines(page)).toHaveCount(2);
  await expect(page.locator("#lines-0-kind")).toHaveValue("prepaid");
}

/** Saves, and waits for the answer of the server. */
async function sent(page: Page): Promise<number> {
  const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && /save_project/.test(answer.url()));
  await save(page).click();
  return (await answer).status();
}

async function saved(page: Page) {
  await save(page).click();
  await expect(page).toHaveURL(/\/projects\/[0-9a-f-]{36}$/);
}

const accountsOf = async (rest: Rest, customer: Customer) => (await rest.call<{ accounts: { id: string; name: string; unit: string }[] }>("GET", `/accounts?customer=${customer.id}`)).accounts;
const projectsOf = async (rest: Rest, customer: Customer) => (await rest.call<{ projects: { id: string; number: string }[] }>("GET", `/projects?customer=${customer.id}`)).projects;

/** The one project of a customer. */
async function made(rest: Rest, customer: Customer): Promise<Made> {
  const [{ id, number }] = await projectsOf(rest, customer);
  type Body = { tasks: { id: string }[]; lines: { account: string; account_name: string }[] };
  const { tasks, lines: [block] } = await rest.call<Body>("GET", `/projects/${id}`);
  return { id, number, task: tasks[0].id, account: block.account, called: block.account_name };
}

/** Books time in the own week; before, these words stand there. */
async function book(page: Page, of: Made, time: string, note: string, before: string[]) {
  await visit(page, `/bookings/week?q=${of.number}`);
  await live(page.locator("#booking-time"));
  await page.locator("#booking-task").selectOption(of.task);
  await page.locator("#booking-time").fill(time);
  await page.locator("#booking-note").fill(note);
  for (const words of before) await expect(page.getByTestId("booking-preview")).toContainText(words);
  await bookLine(page).click();
  await expect(noted(page, of, note)).toHaveCount(1);
}

/** The portions of the booking of that note. */
const portions = async (rest: Rest, of: Made, note: string) => (await bookingsOf(rest, of.id)).filter((booking) => booking.note === note).map(parts);
/** Where an account stands. */
const stands = async (rest: Rest, account: string) => {
  const { granted, used, left } = (await rest.show(account)).standing;
  return [granted, used, left];
};

// Red when: an account is opened without its project, or none with it; it is not seen at the customer; or bookings do not draw it.
test("a prepaid block opens its account with the project, and bookings draw it", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const customer = await rest.customer();
  await begin(page, customer, "Wartung mit Block");
  await expect(lines(page).nth(0)).toContainText(say("line_account_hint"));
  await page.locator("#lines-0-opens").selectOption("time");
  await expect(page.locator("#lines-0-account")).toBeHidden();
  await expect(page.locator("#lines-0-rate"), "hours have no price").toBeHidden();
  await axe(page);
  // Only the server knows that an hour cannot cost less than nothing: then nothing is opened.
  await page.locator("#lines-1-rate").fill("-5");
  expect(await sent(page)).toBe(422);
  await expect(page.locator("#lines-1-rate-problem")).not.toHaveText("");
  await expect(page.locator("#lines-0-opens")).toHaveValue("time");
  expect([await projectsOf(rest, customer), await accountsOf(rest, customer)]).toEqual([[], []]);
  await page.locator("#lines-1-rate").fill("100");
  await saved(page);
  const own = await made(rest, customer);
  expect(own.called).toBe(`${own.number} ${BLOCK}`);
  expect((await accountsOf(rest, customer)).map(({ id, name, unit }) => [id, name, unit])).toEqual([[own.account, own.called, "time"]]);
  await expect(falls(page).nth(0)).toHaveAttribute("data-kind", "prepaid");
  await expect(falls(page).nth(0).locator(".balance")).toContainText(say("balance_nothing"));

  // At the customer; there somebody fills it.
  await visit(page, `/customers/${customer.id}`);
  await expect(sheets(page)).toHaveCount(1);
  await expect(sheets(page)).toContainText(say("balance_nothing"));
  await sheets(page).getByRole("link", { name: own.called, exact: true }).click();
  await expect(page).toHaveURL(`/accounts/${own.account}`);
  await expect(page.locator("h1")).toHaveText(own.called);
  await page.locator(".grant-panel summary").click();
  await live(page.locator("#grant-amount"));
  await page.locator("#grant-amount").fill("4:00");
  await page.locator("#grant-reason").fill("Rechnung bezahlt");
  await page.getByRole("button", { name: say("grant_save", { amount: "4:00 h" }) }).click();
  await expect(page.locator(".grant-panel .notice-good")).toHaveText(say("grant_done", { amount: "4:00 h" }));

  await book(page, own, "1:00", "Serverumzug", ["1:00", BLOCK, say("pays_prepaid")]);
  expect(await portions(rest, own, "Serverumzug")).toEqual([[[BLOCK, "PT1H", "0.00"]]]);
  await passbook(page, own.account);
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("Serverumzug");
  await expect(rows(page).first()).toContainText("−1:00 h");
  await expect(page.locator(".standing")).toContainText(say("balance_left_of", { left: "3:00 h", granted: "4:00 h" }));

  // What the block does not hold is charged.
  await book(page, own, "4:00", "Schulung", ["3:00", BLOCK, "1:00", say("pays_charged"), "100,00 €"]);
  expect(await portions(rest, own, "Schulung")).toEqual([[[BLOCK, "PT3H", "0.00"], [say("template_line_effort"), "PT1H", "100.00"]]]);
  expect(await stands(rest, own.account)).toEqual(["PT4H", "PT4H", "PT0S"]);
  await visit(page, `/customers/${customer.id}`);
  await expect(sheets(page)).toContainText(say("balance_left_of", { left: "0:00 h", granted: "4:00 h" }));
  await expect(page.getByTestId("customer-projects")).toContainText(say("line_left", { left: "0:00 h" }));
  await visit(page, `/projects/${own.id}`);
  await falls(page).nth(0).getByRole("link", { name: say("falls_passbook") }).click();
  await expect(page).toHaveURL(`/accounts/${own.account}`);
});

// Red when: an account that counts money is opened though nobody says what an hour draws, counts hours, or bookings draw something else.
test("a block of money says what an hour draws of it", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const customer = await rest.customer();
  await begin(page, customer, "Wartung mit Guthaben");
  await page.locator("#lines-0-opens").selectOption("money");
  await expect(page.locator("#lines-0-rate")).toBeVisible();
  await expect(page.locator("#lines-0-account")).toBeHidden();
  expect(await sent(page)).toBe(422);
  await expect(page.locator("#lines-0-rate-problem")).toHaveText(say("split_wrong_account"));
  expect([await projectsOf(rest, customer), await accountsOf(rest, customer)]).toEqual([[], []]);
  await axe(page);
  await page.locator("#lines-0-rate").fill("120");
  await expect(page.locator("#lines-0-rate-problem")).toHaveText("");
  await saved(page);
  const own = await made(rest, customer);
  expect((await accountsOf(rest, customer)).map(({ id, unit }) => [id, unit])).toEqual([[own.account, "EUR"]]);
  const euros = (amount: string): Volume => ({ amount, currency: "EUR" });
  await rest.grant(own.account, euros("600.00"));
  await book(page, own, "0:30", "Serverumzug", [BLOCK, say("pays_taken", { amount: "60,00 €" })]);
  expect(await stands(rest, own.account)).toEqual([euros("600.00"), euros("60.00"), euros("540.00")]);
  await visit(page, `/customers/${customer.id}`);
  await expect(sheets(page)).toContainText(say("balance_left_of", { left: "540,00 €", granted: "600,00 €" }));
  await passbook(page, own.account);
  await expect(rows(page).first()).toContainText("Serverumzug");
  await expect(rows(page).first()).toContainText("−60,00 €");
});

// Red when: whoever may open no accounts is offered to, or does it with a form that was changed on its way.
test("whoever may open no accounts opens none with a project", async ({ rest, open, allowed }) => {
  allowed.status(403);
  const customer = await rest.customer();
  const page = await open("projectmanager");
  await begin(page, customer, "Wartung mit Block");
  await expect(page.locator("#lines-0-opens")).toHaveCount(0);
  await expect(page.locator("#lines-0-account")).toBeVisible();
  await expect(lines(page).nth(0)).toContainText(say("line_account_rights"));
  await page.route(/save_project/, async (route) => {
    const form = new URLSearchParams(route.request().postData() ?? "");
    form.set("form[lines][0][opens]", "time");
    await route.continue({ postData: form.toString() });
  });
  expect(await sent(page)).toBe(403);
  await expect(page.locator(".notice-bad")).toHaveText(say("problem_forbidden"));
  await expect(page.locator("#project-name")).toHaveValue("Wartung mit Block");
  expect([await projectsOf(rest, customer), await accountsOf(rest, customer)]).toEqual([[], []]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  // Red when: the plain form has no choice of opening an account, or it is not sent.
  test("a prepaid block opens its account with the project", async ({ page, rest }) => {
    const customer = await rest.customer();
    await page.goto(`/projects/new?customer=${customer.id}&template=block`);
    await page.locator("#project-name").fill("Ohne Skript");
    await page.locator("#lines-0-opens").selectOption("time");
    await axePlain(page);
    await save(page).click();
    await expect(page.locator("h1")).toContainText("Ohne Skript");
    const own = await made(rest, customer);
    await page.goto(`/customers/${customer.id}`);
    await expect(sheets(page)).toHaveCount(1);
    await sheets(page).getByRole("link", { name: own.called, exact: true }).click();
    await expect(page).toHaveURL(`/accounts/${own.account}`);
    await expect(page.locator(".standing")).toContainText(say("balance_nothing"));
  });
});
