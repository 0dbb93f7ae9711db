// What a page shows before saving is what the server decides: 100 random draws on three accounts.
import type { Page } from "@playwright/test";
import { dice, SEED } from "../dice.ts";
import { expect, passbook, saveDraw, state, test, typeDraw } from "../fixtures.ts";
import { dayAfter, minutes, today, units, type Rest, type Volume } from "../rest.ts";

type Kind = { name: string; account: Record<string, unknown>; volume: (units: number) => Volume; typed: (units: number) => string; step: number };

const clock = (seconds: number) => `${Math.floor(seconds / 3600)}:${String((seconds % 3600) / 60).padStart(2, "0")}`;
const KINDS: Kind[] = [
  { name: "hours", account: {}, volume: (s) => minutes(s / 60), typed: clock, step: 300 },
  { name: "hours that may be overbooked", account: { overbooking: true, limit: "PT6H" }, volume: (s) => minutes(s / 60), typed: clock, step: 300 },
  {
    name: "euros that may be overbooked", account: { unit: "EUR", overbooking: true, limit: { amount: "250.00", currency: "EUR" } },
    volume: (cents) => ({ amount: (cents / 100).toFixed(2), currency: "EUR" }),
    typed: (cents) => `${(cents / 100).toFixed(2).replace(".", ",")}`, step: 73,
  },
];

/** Several lots, with and without end, so that any day of 28 months meets none, one or many. */
async function prepare(rest: Rest, kind: Kind, roll: (most: number) => number): Promise<string> {
  const account = await rest.account((await rest.customer()).id, kind.account);
  for (let lot = 0; lot < 16; lot += 1) {
    const from = dayAfter(today(), -420 + roll(760));
    const until = lot % 4 === 0 ? undefined : dayAfter(from, 30 + roll(270));
    await rest.grant(account, kind.volume(kind.step * (8 + roll(30))), from, until);
  }
  return account;
}

/** What the page shows for what is typed: a decision, or the reason against it. */
async function shown(page: Page, date: string, wanted: number) {
  let found: { decision?: any; problem?: string } = {};
  await expect.poll(async () => {
    const [text, problem] = await page.evaluate(() => [
      document.querySelector("[data-testid=draw-preview]")!.getAttribute("data-decision") ?? "",
      document.querySelector("#draw-amount-problem")!.textContent!.trim(),
    ]);
    const decision = text ? JSON.parse(text) : undefined;
    found = decision ? { decision } : { problem };
    const day = date.split("-").reverse().join(".");
    return decision ? decision.request.date === date && decision.request.wanted === wanted : problem.includes(day);
  }, { message: `the page says what a draw of ${wanted} on ${date} does`, intervals: [10, 20, 50] }).toBe(true);
  return found;
}

test.use({ storageState: async ({}, use) => use(state("accounting")) });

for (const [place, kind] of KINDS.entries()) {
  test(`the preview is what the server decides: ${kind.name}`, async ({ page, rest, allowed }) => {
    test.setTimeout(120_000);
    allowed.status(422);
    const seed = SEED + place;
    console.log(`preview of ${kind.name}: SEED=${seed - place}`);
    const roll = dice(seed);
    const account = await prepare(rest, kind, roll);
    await passbook(page, account, "?from=2000-01-01");
    const outcomes = { full: 0, partial: 0, overbooked: 0, refused: 0, several: 0, far: 0 };
    let sum = 0;
    for (let number = 0; number < 34; number += 1) {
      const wanted = kind.step * (1 + roll(roll(4) === 0 ? 90 : 22));
      // Every fifth lies after the year that the page has loaded.
      const away = number % 5 === 4 ? 370 + roll(55) : -425 + roll(850);
      const date = dayAfter(today(), away);
      await typeDraw(page, { date, amount: kind.typed(wanted), text: `Entwurf ${number}` });
      const before = await shown(page, date, wanted);
      const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && /\/call\/.*draw$/.test(new URL(answer.url()).pathname));
      await saveDraw(page).click();
      const got = await (await answer).json();
      const what = `draft ${number}: ${kind.typed(wanted)} on ${date}, SEED=${seed - place}`;
      if (Math.abs(away) > 366) outcomes.far += 1;
      if (before.decision) {
        expect(got.decision, what).toEqual(before.decision);
        expect(got.differences, what).toEqual([]);
        const { drawn, deficit, not_drawn, parts } = got.decision;
        expect(parts.reduce((sum: number, part: any) => sum + part.amount, 0), what).toBe(drawn);
        sum += drawn;
        outcomes[not_drawn > 0 ? "partial" : deficit > 0 ? "overbooked" : "full"] += 1;
        if (parts.length > 1) outcomes.several += 1;
        // The next draft is previewed on renewed facts only.
        await expect(page.locator(".entry-text").getByText(`Entwurf ${number}`, { exact: true })).toHaveCount(1);
        await expect(page.locator("#draw-amount")).toHaveValue("");
      } else {
        // In the same words: they name the day, what is there and what is wanted.
        expect(got.Refused.refusal.fields, what).toEqual([{ field: "amount", text: before.problem }]);
        outcomes.refused += 1;
        await expect(page.locator("#draw-amount"), what).toHaveValue(kind.typed(wanted));
      }
    }
    console.log(`preview of ${kind.name}:`, JSON.stringify(outcomes));
    expect(outcomes.full, "some drafts got everything").toBeGreaterThan(0);
    expect(outcomes.refused, "some drafts got nothing").toBeGreaterThan(0);
    expect(outcomes.partial + outcomes.overbooked, "some drafts got less than they wanted, or more than was there").toBeGreaterThan(0);
    expect(outcomes.several, "some drafts took several lots").toBeGreaterThan(0);
    expect(outcomes.far, "some drafts lay outside the loaded facts").toBeGreaterThan(0);
    const parts = (await rest.entries(account)).filter((entry) => entry.kind === "draw");
    const moved = parts.reduce((sum, entry: any) => sum + entry.parts.reduce((sum: number, part: any) => sum + units(part.amount), 0), 0);
    expect(moved, "REST has the same sum").toBe(sum);
  });
}
