// A month of a project on an invoice: the plan first, the draft with its activity report, and cancelling it frees the times.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import { textOf } from "../pdf.ts";
import { somebody } from "../projects.ts";
import { german, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

const GAP = "[\\s\\u00a0]";
const euros = (figure: string) => new RegExp(`${figure}${GAP}€`);
const section = (page: Page) => page.getByTestId("invoicing");
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

/** A day of the month before this one. */
function lastMonth(day: number): string {
  const [year, month] = today().split("-").map(Number);
  return new Date(Date.UTC(year, month - 2, day)).toISOString().slice(0, 10);
}

type Given = { project: string; number: string; task: string; person: string; booking: string; customer: string };

/** 45 minutes a month are free and shown on reports or not, then an hour costs 100.00; an hour was booked last month. */
async function given(rest: Rest, reported = true): Promise<Given> {
  const customer = await rest.customer();
  const project = await rest.call<{ id: string; number: string }>("POST", "/projects", { name: "Betreuung", customer: customer.id, currency: "EUR" });
  const tasks = await rest.call<{ version: number; tasks: { id: string }[] }>("PUT", `/projects/${project.id}/tasks`, { version: 1, tasks: [{ name: "Fernwartung" }] });
  await rest.call("PUT", `/projects/${project.id}/lines`, {
    version: tasks.version,
    lines: [
      { name: "Freie Zeit", kind: "allowance", most: "PT45M", start: "2026-01-01", reported },
      { name: "Aufwand", kind: "effort", rate: "100" },
    ],
  });
  const person = await somebody(rest);
  const task = tasks.tasks[0].id;
  const { booking } = await rest.call<{ booking: { id: string } }>("POST", "/bookings", {
    task, person: person.id, date: lastMonth(10), time: "PT1H", note: "Drucker eingerichtet",
  });
  return { project: project.id, number: project.number, task, person: person.name, booking: booking.id, customer: customer.name };
}

const lock = async (rest: Rest, of: Given) => (await rest.call<{ lock: string | null }>("GET", `/bookings/${of.booking}`)).lock;

test.use({ storageState: async ({}, use) => use(state("accounting")) });

test("a month is invoiced with its activity report, cancelled, and its times are free again", async ({ page, rest, open: as }) => {
  test.slow();
  const of = await given(rest);
  await visit(page, `/projects/${of.project}`);
  await live(page.locator("#invoicing-from"));
  // Last month is proposed, and its plan stands there already.
  await expect(page.getByTestId("invoicing-net")).toHaveText(euros("25,00"));
  await expect(page.getByTestId("invoicing-bookings")).toHaveText(say("invoicing_one_booking"));
  const lines = page.getByTestId("invoicing-lines").locator("li");
  await expect(lines).toHaveCount(2);
  await expect(lines.first()).toContainText(new RegExp(`Freie Zeit.*0:45${GAP}h.*0,00${GAP}€`));
  await expect(lines.nth(1)).toContainText(new RegExp(`Aufwand.*0:15${GAP}h.*25,00${GAP}€`));
  await axe(page);
  const narrow = await as("accounting", { viewport: { width: 390, height: 844 } });
  await visit(narrow, `/projects/${of.project}`);
  await expect(narrow.getByTestId("invoicing-net")).toHaveText(euros("25,00"));
  await fits(narrow);

  // Other days, another plan, at once.
  await page.locator("#invoicing-last").fill(lastMonth(9));
  await expect(page.getByTestId("invoicing-nothing")).toHaveText(say("invoicing_nothing"));
  await page.locator("#invoicing-last").fill(lastMonth(10));
  await expect(page.getByTestId("invoicing-net")).toHaveText(euros("25,00"));
  await page.locator("#invoicing-vat").selectOption({ index: 1 });
  await expect(page.getByTestId("invoicing-gross")).toHaveText(euros("26,75"));
  await page.locator("#invoicing-vat").selectOption({ index: 0 });
  await expect(page.getByTestId("invoicing-gross")).toHaveText(euros("29,75"));
  await section(page).getByRole("button", { name: say("invoicing_create") }).click();

  await expect(page.getByTestId("document")).toContainText("Aufwand");
  await expect(page.getByTestId("net")).toHaveText(euros("25,00"));
  await expect(page.getByTestId("document")).toContainText(new RegExp(`0,75${GAP}Stunden`));
  await expect(page.getByTestId("invoiced").getByRole("link")).toHaveAttribute("href", `/bookings?project=${of.project}&from=${lastMonth(1)}&until=${lastMonth(10)}`);
  expect(await lock(rest, of)).toBe("document");
  await axe(page);
  const address = new URL(page.url()).pathname;
  await page.getByRole("button", { name: say("document_issue") }).click();
  await expect(page.locator("h1")).toHaveText(/RE-\d{4}-\d{5}$/);
  const title = (await page.locator("h1").textContent())!;
  const answer = await page.request.get(`${address}/paper.pdf`);
  const text = textOf(await answer.body()).replace(/\s+/g, " ");
  for (const words of [say("report_title"), `${of.number} Betreuung`, german(lastMonth(10)), of.person, "Drucker eingerichtet", "0:45 h", "0:15 h", "25,00"]) {
    expect(text).toContain(words);
  }

  // The project says where they are now; cancelled, they can be invoiced again.
  await visit(page, `/projects/${of.project}`);
  await expect(page.getByTestId("invoicing-left-out")).toContainText(say("invoicing_left_document"));
  await visit(page, `${address}?undo=plan`);
  await expect(page.getByTestId("undo-bookings")).toHaveText(say("invoicing_cancel_frees", { count: 1 }));
  await live(page.locator("#cancel-reason"));
  await page.locator("#cancel-reason").fill("Doch nicht");
  await page.getByRole("dialog").getByRole("button", { name: say("document_cancel_save", { title }), exact: true }).click();
  await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
  expect(await lock(rest, of)).toBeNull();
  await visit(page, `/projects/${of.project}`);
  await expect(page.getByTestId("invoicing-net")).toHaveText(euros("25,00"));
});

// Red when: time that is not to be shown stands on the invoice or its report, or the real time of the booking tells it.
test("free time that is not shown stands neither on the invoice nor on its activity report", async ({ page, rest }) => {
  const of = await given(rest, false);
  await visit(page, `/projects/${of.project}`);
  await live(page.locator("#invoicing-from"));
  const lines = page.getByTestId("invoicing-lines").locator("li");
  await expect(lines).toHaveCount(1);
  await expect(lines).toContainText(new RegExp(`Aufwand.*0:15${GAP}h.*25,00${GAP}€`));
  await section(page).getByRole("button", { name: say("invoicing_create") }).click();
  await expect(page.getByTestId("net")).toHaveText(euros("25,00"));
  await expect(page.getByTestId("document")).not.toContainText("Freie Zeit");
  const address = new URL(page.url()).pathname;
  await page.getByRole("button", { name: say("document_issue") }).click();
  await expect(page.locator("h1")).toHaveText(/RE-\d{4}-\d{5}$/);
  const answer = await page.request.get(`${address}/paper.pdf`);
  const text = textOf(await answer.body()).replace(/\s+/g, " ");
  for (const words of [say("report_title"), german(lastMonth(10)), of.person, "Drucker eingerichtet", "0:15 h", "25,00"]) expect(text).toContain(words);
  for (const words of ["Freie Zeit", "0:45 h", "1:00 h"]) expect(text).not.toContain(words);
});

test("without JavaScript a period is chosen and its draft made", async ({ rest, open: as }) => {
  const of = await given(rest);
  const page = await as("accounting", { javaScriptEnabled: false });
  await page.goto(`/projects/${of.project}`);
  await page.locator("#invoicing-last").fill(lastMonth(10));
  await section(page).getByRole("button", { name: say("invoicing_show") }).click();
  await expect(page).toHaveURL(new RegExp(`invoice_last=${lastMonth(10)}`));
  await expect(page.getByTestId("invoicing-net")).toHaveText(euros("25,00"));
  await axePlain(page);
  await section(page).getByRole("button", { name: say("invoicing_create") }).click();
  await expect(page.getByTestId("net")).toHaveText(euros("25,00"));
  expect(await lock(rest, of)).toBe("document");
});
