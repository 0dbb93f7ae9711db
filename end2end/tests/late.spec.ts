// Late entries: what they change is said before they are saved, and is what is saved.
import type { Page } from "@playwright/test";
import { GAP, given, newDocument, save, typeLines } from "../editor.ts";
import { axe, expect, live, rows, state, test, visit } from "../fixtures.ts";
import { dayAfter, german, minutes, today } from "../rest.ts";
import { say } from "../words.ts";

const hours = (figure: string) => new RegExp(`${figure}${GAP}h`);
const late = (page: Page) => page.getByTestId("late");
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

/** A picture of what is on screen, where somebody asked for pictures. */
async function picture(page: Page, name: string) {
  if (process.env.BALANCING_PICTURES) await page.screenshot({ path: `${process.env.BALANCING_PICTURES}/${name}.png`, animations: "disabled", fullPage: true });
}

test.use({ storageState: async ({}, use) => use(state("accounting")) });

test("a late draw says which lapse becomes smaller and that today stays, and so it is", async ({ page, rest, open }) => {
  const customer = await rest.customer();
  const account = await rest.account(customer.id);
  const [first, border] = [dayAfter(today(), -40), dayAfter(today(), -10)];
  await rest.grant(account, minutes(240), first, border);
  await rest.grant(account, minutes(120), border);
  await visit(page, `/accounts/${account}`);
  await live(page.locator("#draw-amount"));
  await page.locator("#draw-amount").fill("1:30");
  await expect(late(page)).toHaveCount(0);
  await page.locator("#draw-date").fill(dayAfter(border, -3));
  await expect(late(page)).toContainText(say("late_lead", { date: german(dayAfter(border, -3)) }));
  await expect(late(page)).toContainText(new RegExp(`Verfall vom ${german(border)}.*2:30${GAP}h statt 4:00${GAP}h`));
  await expect(late(page)).toContainText(say("late_today_same"));
  await axe(page);
  await picture(page, "late-draw-1440");
  const narrow = await open("accounting", { viewport: { width: 390, height: 844 } });
  await visit(narrow, `/accounts/${account}`);
  await live(narrow.locator("#draw-amount"));
  await narrow.locator("#draw-date").fill(dayAfter(border, -3));
  await narrow.locator("#draw-amount").fill("1:30");
  await expect(late(narrow)).toBeVisible();
  await fits(narrow);
  await axe(narrow);

  await page.locator("#draw-text").fill("Nachgetragen");
  await page.locator(".draw-panel button[type=submit]").click();
  await expect(rows(page).filter({ hasText: "Nachgetragen" })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: say("kind_lapse") })).toContainText(hours("2:30"));
  expect((await rest.show(account)).standing.left).toBe("PT2H");
});

test("a late delivery note says in the editor what it changes", async ({ page, rest }) => {
  const of = await given(rest, { bill: "2026-06-15" });
  await newDocument(page, of, "2026-05-20");
  await typeLines(page, of, ["1,5"]);
  await expect(late(page)).toContainText(new RegExp(`Verfall vom 01\\.06\\.2026 \\(Mai 2026\\): 2:30${GAP}h statt 4:00${GAP}h`));
  await expect(late(page)).toContainText(say("late_today_same"));
  await axe(page);
  await picture(page, "late-note-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await save(page).click();
  await expect(page).toHaveURL(/\/documents\/[0-9a-f-]{36}$/);
  await visit(page, `/accounts/${of.account}?from=2026-04-01`);
  await expect(rows(page).filter({ hasText: say("kind_lapse") }).filter({ hasText: "Mai 2026" })).toContainText(hours("2:30"));
});
