// What the phone shows before saving is what the server decides: 100 random bookings on several projects, field by field.
import type { Locator, Page } from "@playwright/test";
import { dice, SEED, type Roll } from "../dice.ts";
import { expect, state, test } from "../fixtures.ts";
import { answered, open, PHONE, take } from "../phone.ts";
import { bookingsOf, newProject, type LineInput, type Wanted } from "../projects.ts";
import { dayAfter, minutes, today } from "../rest.ts";
import { say } from "../words.ts";

test.use({ ...PHONE, storageState: async ({}, use) => use(state("staff")) });

type Kind = { name: string; lines: (account: string, tasks: string[]) => LineInput[]; money?: boolean; more?: Wanted };

const freeTime = (most: string, more: Partial<LineInput> = {}): LineInput => ({ name: "Freie Zeit", kind: "allowance", most, start: "2020-01-01", ...more });
const block = (account: string, more: Partial<LineInput> = {}): LineInput => ({ name: "Block", kind: "prepaid", account, ...more });
const effort = (rate: string, more: Partial<LineInput> = {}): LineInput => ({ name: "Support", kind: "effort", rate, ...more });
const flat = (more: Partial<LineInput> = {}): LineInput => ({ name: "Pauschale", kind: "flat_rate", ...more });

const KINDS: Kind[] = [
  { name: "free time, a block for billable time, effort", lines: (account) => [freeTime("PT45M"), block(account, { collects: "billable" }), effort("97.35")] },
  {
    name: "rounded up, and lines for one of two tasks",
    lines: (account, [first, second]) => [freeTime("PT1H", { tasks: [first] }), block(account, { tasks: [second] }), effort("80", { name: "Technik", tasks: [first] }), effort("97.35")],
    more: { tasks: ["Störung", "Einrichtung"], rounding: { minimum: "PT15M", step: "PT10M" } },
  },
  {
    name: "nothing is split, and rounded up", lines: (account) => [freeTime("PT2H"), block(account), effort("97.35")],
    // All that is there is a multiple of this step: what is left fits a booking.
    more: { splitting: "off", rounding: { step: "PT5M" } },
  },
  { name: "an account that counts money", lines: (account) => [freeTime("PT45M"), block(account, { rate: "97.35" }), effort("120")], money: true },
  {
    name: "a flat rate for one of two tasks", lines: (_, [first]) => [freeTime("PT1H"), flat({ tasks: [first] }), effort("97.35")],
    more: { tasks: ["Störung", "Einrichtung"] },
  },
  { name: "free time that is overdrawn up to a limit", lines: (account) => [freeTime("PT45M", { overbooking: true, limit: "PT2H" }), block(account)] },
];

/** How many are saved and compared of each kind, so that there are 100; deletions and what is refused come on top. */
const EACH = Math.ceil(100 / KINDS.length);

/** Types over what a booking is. */
async function typeBooking(page: Page, roll: Roll, note: string) {
  await page.locator("#booking-date").fill(dayAfter(today(), -roll(60)));
  await page.locator("#booking-note").fill(note);
  await page.locator("#booking-billable").setChecked(roll(4) > 0);
  const length = 1 + roll(120);
  await page.locator("#booking-time").fill(`${Math.floor(length / 60)}:${String(length % 60).padStart(2, "0")}`);
  await expect(page.locator("[data-testid=split] li, form.booking .field-problem:not(:empty), form.booking .notice").first()).toBeVisible();
}

/** What a plan posts, without the ids that are only made up before it is carried out. */
const figures = (plan: any) => plan.postings.map(({ posting, account, decision }: any) =>
  [posting, account, decision.drawn ?? decision.amount ?? null, decision.deficit ?? null, decision.parts ?? null, decision.available_after ?? null]);

/** Sends what the page shows, and compares that with what the server decides. Gives its answer; none where both refuse it. */
async function sent(page: Page, path: string, button: Locator, within: Locator, what: string): Promise<any> {
  const refused = await within.locator(".field-problem:not(:empty), .notice p").allTextContents();
  const asked = page.waitForRequest((request) => request.method() === "POST" && new URL(request.url()).pathname === `/api/v1/phone/${path}`);
  await button.tap();
  const request = await asked;
  const response = (await request.response())!;
  const answer = await response.json();
  if (response.status() === 422) {
    const words = [answer.detail, ...(answer.errors ?? []).map((error: { detail: string }) => error.detail)];
    expect(refused.length, `${what}: the page refused it too`).toBeGreaterThan(0);
    expect(refused.filter((text) => !words.includes(text)), `${what}: in the same words`).toEqual([]);
    return undefined;
  }
  expect(response.status(), what).toBe(200);
  expect(refused, what).toEqual([]);
  const preview = JSON.parse(request.postDataJSON().seen);
  expect(answer.differences, what).toEqual([]);
  expect(answer.plan.booking, what).toEqual(preview.booking);
  expect(answer.plan.others, what).toEqual(preview.others);
  expect(figures(answer.plan), what).toEqual(figures(preview));
  await expect(answered(page), what).toBeVisible();
  return answer;
}

for (const [place, kind] of KINDS.entries()) {
  // Red when: the browser decides otherwise than the server, in any figure, whatever is added, changed or deleted.
  test(`the preview is what the server decides: ${kind.name}`, async ({ page, rest, allowed }) => {
    test.setTimeout(240_000);
    allowed.status(422);
    console.log(`preview of bookings, ${kind.name}: SEED=${SEED}`);
    const roll = dice(SEED + place);
    const customer = await rest.customer();
    const account = await rest.account(customer.id, { name: "Block", unit: kind.money ? "EUR" : "time" });
    for (let lot = 0; lot < 6; lot += 1) {
      const units = 60 + 5 * roll(20);
      const amount = kind.money ? { amount: `${units}.00`, currency: "EUR" } : minutes(units);
      await rest.grant(account, amount, dayAfter(today(), -200 + roll(190)), lot % 2 ? dayAfter(today(), -9 + roll(60)) : undefined);
    }
    const project = await newProject(rest, { customer, ...kind.more, lines: (tasks) => kind.lines(account, tasks) });
    const names = kind.more?.tasks ?? [""];
    const known: { id: string; date: string }[] = [];
    const count = { added: 0, changed: 0, deleted: 0, refused: 0, others: 0, split: 0 };
    const form = page.locator("form.booking");
    const booked = () => count.added + count.changed;
    const rarest = () => {
      const { added, changed, deleted, refused, others, split } = count;
      return Math.min(...(kind.more?.splitting === "off" ? [added, changed, deleted, refused] : [added, changed, deleted, others, split]));
    };
    for (let number = 0; number < 5 * EACH && (booked() < EACH || rarest() === 0); number += 1) {
      const what = `step ${number}, SEED=${SEED}`;
      const act = known.length < 4 ? 0 : roll(10);
      // A page of its own each time, also for the booking of a moment ago.
      await open(page, "customers");
      await page.locator("#phone-q").waitFor();
      let answer: any;
      if (act < 5) {
        await open(page, "new");
        await page.locator("#task-q, form.booking").first().waitFor();
        // What was refused is kept and typed over.
        if (await form.count()) await page.getByRole("button", { name: say("phone_other_task") }).tap();
        await take(page, project, names[roll(names.length)]);
        await page.locator(".booking-more summary").tap();
        await typeBooking(page, roll, `Neu ${number}`);
        answer = await sent(page, "bookings", page.locator(".booking-save > button"), form, what);
        if (answer) known.push({ id: answer.row.id, date: answer.row.date });
        count.added += answer ? 1 : 0;
      } else {
        const at = roll(known.length);
        await open(page, `booking/${known[at].date}/${known[at].id}`);
        if (act < 8) {
          await typeBooking(page, roll, `Geändert ${number}`);
          answer = await sent(page, "bookings", page.locator(".booking-save > button"), form, what);
          if (answer) known[at].date = answer.row.date;
          count.changed += answer ? 1 : 0;
        } else {
          await page.getByRole("button", { name: say("phone_delete_ask") }).tap();
          await expect(page.getByTestId("delete-plan").locator("p").first()).toBeVisible();
          answer = await sent(page, "bookings/delete", page.locator(".deleting .button-danger"), page.getByTestId("delete-plan"), what);
          if (answer) known.splice(at, 1);
          count.deleted += answer ? 1 : 0;
        }
      }
      if (!answer) count.refused += 1;
      if (answer?.plan.others.length) count.others += 1;
      if (answer?.plan.booking.portions.length > 1) count.split += 1;
    }
    console.log(`preview of bookings, ${kind.name}:`, JSON.stringify(count));
    expect(booked(), "so many were saved and compared").toBeGreaterThanOrEqual(EACH);
    expect(rarest(), "the dice met every case").toBeGreaterThan(0);
    expect((await bookingsOf(rest, project.id)).map((booking) => booking.id).sort(), "what is there").toEqual(known.map((booking) => booking.id).sort());
  });
}
