// Two years of a contract, told by the rules with all figures, as the demo company shows them: every row of the passbook,
// every period, and the way from one document to the other.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { axe, expect, rows, state, test, visit } from "../fixtures.ts";
import { date, plain } from "../figures.ts";
import { today } from "../rest.ts";
import { ROOT } from "../servers.ts";
import { say } from "../words.ts";

const CONTRACT = "01950000-0000-7000-8000-000000070000";
const CUSTOMER = "Uhrmacherei Zeitlauf";
/** The first month of the story; here it lies 23 months before this one. */
const FIRST = 2026 * 12 + 3;

type Row = { day: string; text: string; amount: string; balance: string };

/** The day of the story as the demo company has it. */
function mapped(day: string): string {
  const [year, month, of] = day.split("-").map(Number);
  const [now, current] = today().split("-").map(Number);
  const at = year * 12 + month - 1 - FIRST + now * 12 + current - 1 - 23;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}-${String(of).padStart(2, "0")}`;
}

/** All of the passbook, as the story has it in the last month. */
function told(): Row[] {
  const text = readFileSync(join(ROOT, "app/domain/tests/stories/200-two-years.contract"), "utf8");
  const table = text.slice(text.search(/^passbook /m)).split("\n").slice(1);
  return table.slice(0, table.indexOf("")).map((line) => {
    const [, day, text, amount, balance] = /^(\S+)\s+(.*?)\s+(\S+)\s+(\S+)$/.exec(line)!;
    return { day: mapped(day), text, amount, balance };
  });
}

const written = (figure: string) => `${figure.replace("-", "\u2212")} h`;
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);
const claims = (page: Page) => page.getByTestId("claims").locator("tbody tr");

async function picture(page: Page, name: string) {
  if (process.env.LIFE_PICTURES) await page.screenshot({ path: `${process.env.LIFE_PICTURES}/${name}.png`, fullPage: true, animations: "disabled" });
}

/** The kind of a row: what stands in front of it, by the words of the story. */
function kind(text: string): string {
  if (text.includes(" pays ")) return "row-cover";
  if (text.includes(" lapses")) return "row-lapse";
  if (text.endsWith(" taken back")) return text.startsWith("end") ? "row-end" : "row-revoke";
  if (text.endsWith(" given back")) return "row-release";
  if (text === "end") return "row-end";
  return text.startsWith("note ") ? "row-draw" : "row-grant";
}

test.use({ storageState: async ({}, use) => use(state("accounting")) });

test("the passbook of two years is the table of the rules, row by row", async ({ page }) => {
  await visit(page, "/customers?q=Zeitlauf");
  await page.getByRole("link", { name: CUSTOMER }).first().click();
  await expect(page.locator("h1")).toHaveText(CUSTOMER);
  await visit(page, `/contracts/${CONTRACT}`);
  await expect(page.locator("main")).toContainText("Zwei Jahre");
  const account = await page.getByTestId("contract-balance").locator("a[href^='/accounts/']").first().getAttribute("href");
  const table = told();
  expect(table.length).toBeGreaterThan(80);
  await visit(page, `${account!.split(/[?#]/)[0]}?from=${table[0].day}`);
  await expect(rows(page)).toHaveCount(table.length);
  // Newest first on the page.
  const shown = await rows(page).evaluateAll((all) => all.map((row) => ({
    cells: [...row.querySelectorAll("td, th")].map((cell) => cell.textContent ?? ""), kind: row.className,
  })));
  const found = shown.reverse().map(({ cells, kind }) => [plain(cells[0]), plain(cells[2]), plain(cells[3]), kind.split(" ")[0]]);
  const expected = table.map((row) => {
    const end = kind(row.text) === "row-end";
    return [date("de", row.day), end ? "" : written(row.amount), written(row.balance), kind(row.text)];
  });
  expect(found).toEqual(expected);
  await axe(page);
  await picture(page, "passbook-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await axe(page);
  await picture(page, "passbook-390");
});

test("the periods say what was billed, cancelled and billed again, and the documents lead to each other", async ({ page }) => {
  await visit(page, `/contracts/${CONTRACT}`);
  await page.getByTestId("claims").locator(".earlier > summary").click();
  // 24 months, one of them billed twice.
  await expect(claims(page)).toHaveCount(25);
  const june = claims(page).filter({ hasText: new RegExp(`${new Intl.DateTimeFormat("de-DE", { month: "long", year: "numeric" }).format(new Date(`${mapped("2026-06-15")}T12:00:00Z`))}`) });
  await expect(june).toHaveCount(2);
  await expect(june.filter({ hasText: say("claim_cancelled") })).toHaveCount(1);
  await expect(june.filter({ hasText: say("claim_cancelled") })).toContainText("4:00");
  await expect(june.filter({ hasNotText: say("claim_cancelled") })).toContainText("6:00");
  await expect(page.getByTestId("claims").locator(".claim-again")).toHaveCount(0);
  await axe(page);
  await picture(page, "contract-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await axe(page);
  await picture(page, "contract-390");
  await page.setViewportSize({ width: 1440, height: 900 });

  // From the cancelled invoice to its cancellation and back.
  await june.filter({ hasText: say("claim_cancelled") }).getByRole("link", { name: /^RE-/ }).click();
  await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
  const invoice = new URL(page.url()).pathname;
  await page.getByTestId("document").getByRole("link", { name: /^ST/ }).click();
  await expect(page).not.toHaveURL(new RegExp(invoice));
  await expect(page.locator("h1")).toContainText("ST-");
  await page.getByTestId("document").getByRole("link", { name: /^RE-/ }).click();
  await expect(page).toHaveURL(new RegExp(`${invoice}$`));

  // From a row of the passbook to the delivery note, and from there to the contract.
  await visit(page, `/contracts/${CONTRACT}`);
  const account = await page.getByTestId("contract-balance").locator("a[href^='/accounts/']").first().getAttribute("href");
  await visit(page, `${account!.split(/[?#]/)[0]}?from=${mapped("2026-06-01")}&to=${mapped("2026-06-28")}`);
  await rows(page).getByRole("link", { name: /LS-/ }).first().click();
  await expect(page.locator("h1")).toContainText("LS-");
  await expect(page.locator(`main a[href='/contracts/${CONTRACT}']`).first()).toBeVisible();
});
