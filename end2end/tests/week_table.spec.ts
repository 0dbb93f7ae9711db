// The table of the week: every booking is a line that is typed in with the keyboard, the last line books the next one.
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { GAP } from "../editor.ts";
import { axe, expect, live, state, test, visit } from "../fixtures.ts";
import { bookingsOf, newBooking, newProject, noted, parts, somebody, weekRows, type Project } from "../projects.ts";
import { dayAfter, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("projectmanager")) });

const euros = (figure: string) => new RegExp(`${figure}${GAP}€`);
const field = (page: Page, name: string) => page.locator(`#booking-${name}`);
const preview = (page: Page) => page.getByTestId("booking-preview");
const column = (page: Page, of: Project, note: string, name: string) => noted(page, of, note).locator(`[data-column=${name}]`);

/** The Monday of a week that lies so many weeks back; nobody else books in it. */
function monday(weeks: number): string {
  const day = dayAfter(today(), -7 * weeks);
  return dayAfter(day, -((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7));
}

/** Opens a week of somebody, with the tasks of a project to choose from. */
async function open(page: Page, rest: Rest, of: Project, day: string) {
  const { id: person } = await somebody(rest);
  await visit(page, `/bookings/week?person=${person}&week=${day}&q=${of.number}`);
  await live(field(page, "time"));
  return person;
}

/** Each booking of a project by its note, with its portions. */
const booked = async (rest: Rest, of: Project) => Object.fromEntries((await bookingsOf(rest, of.id)).map((booking) => [booking.note, parts(booking)]));

// Red when: a key does not save, save takes the cursor away or forgets day and task, or the split before it is not the one after.
test("three bookings are entered with the keyboard alone, and one of them is changed", async ({ page, rest }) => {
  const own = await newProject(rest);
  const day = monday(30);
  await open(page, rest, own, day);
  await field(page, "task").focus();
  await page.keyboard.type(own.number);
  await expect(field(page, "task")).toHaveValue(own.tasks[0]!);
  const next = async (time: string, note: string, figures: (string | RegExp)[]) => {
    await expect(field(page, "time")).toBeFocused();
    await page.keyboard.type(time);
    for (const figure of figures) await expect(preview(page)).toContainText(figure);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await expect(field(page, "note")).toBeFocused();
    await page.keyboard.type(note);
    await page.keyboard.press("Enter");
    await expect(noted(page, own, note)).toHaveCount(1);
    for (const figure of figures) await expect(noted(page, own, note)).toContainText(figure);
    await expect(field(page, "time")).toHaveValue("");
    await expect(field(page, "task")).toHaveValue(own.tasks[0]!);
    await expect(field(page, "date")).toHaveValue(day);
  };
  await page.keyboard.press("Tab");
  await next("1:00", "Eins", ["0:45", "0:15", euros("25,00")]);
  await next("30 min", "Zwei", ["0:30", euros("50,00")]);
  await next("0:15", "Drei", ["0:15", euros("25,00")]);
  await expect(weekRows(page, own)).toHaveCount(3);
  expect(await booked(rest, own)).toEqual({
    Eins: [["Freie Zeit", "PT45M", "0.00"], ["Support", "PT15M", "25.00"]],
    Zwei: [["Support", "PT30M", "50.00"]],
    Drei: [["Support", "PT15M", "25.00"]],
  });

  // A shorter time leaves some of what is free to the next one, which is told before and after.
  await column(page, own, "Eins", "time").focus();
  await page.keyboard.type("0:30");
  await expect(preview(page)).toContainText(say("times_others_one"));
  await expect(preview(page).getByTestId("others")).toContainText("Support");
  await axe(page);
  await page.keyboard.press("Enter");
  await expect(noted(page, own, "Eins")).not.toContainText("Support");
  await expect(noted(page, own, "Zwei")).toContainText(euros("25,00"));
  await expect(column(page, own, "Eins", "time")).toBeFocused();
  await expect(page.locator(".week-rows .notice")).toContainText(say("times_others_one"));
  expect((await booked(rest, own)).Zwei).toEqual([["Freie Zeit", "PT15M", "0.00"], ["Support", "PT15M", "25.00"]]);
  await axe(page);
});

// Red when: up and down leave the column or lead nowhere, or Escape keeps what was typed or saves it.
test("the arrows lead from line to line, Escape takes back what is typed", async ({ page, rest }) => {
  const own = await newProject(rest);
  const day = monday(34);
  const { id: person } = await somebody(rest);
  for (const note of ["Eins", "Zwei"]) await newBooking(rest, own.tasks[0]!, person, dayAfter(day, note === "Eins" ? 0 : 1), "PT30M", { note });
  await open(page, rest, own, day);
  await live(column(page, own, "Zwei", "time"));
  const ids = await page.locator(".week-table [data-column=note]").evaluateAll((fields) => fields.map((field) => field.id));
  const at = (place: number) => page.locator(`[id="${ids.at(place)}"]`);
  await expect(at(-1), "the last one is the new line").toHaveAttribute("id", "booking-note");
  await at(-1).focus();
  await page.keyboard.press("ArrowUp");
  await expect(at(-2)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(at(-1)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(at(-1), "there is no further line").toBeFocused();

  const time = column(page, own, "Zwei", "time");
  await time.focus();
  await page.keyboard.type("2:00");
  await column(page, own, "Zwei", "note").fill("Drei");
  // How much of it depends on whether the month ends between the two.
  await expect(preview(page)).toContainText("Support");
  await page.keyboard.press("Escape");
  await expect(time).toHaveValue("0:30");
  await expect(column(page, own, "Zwei", "note")).toHaveValue("Zwei");
  await expect(preview(page)).toHaveCount(0);
  expect((await bookingsOf(rest, own.id)).map((booking) => booking.time)).toEqual(["PT30M", "PT30M"]);
});

// Red when: what is refused is saved or lost, is not told at its field, or what is typed later gets in its way.
test("what is refused stays in its line with the reason at its field", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const own = await newProject(rest);
  await open(page, rest, own, monday(38));
  await page.getByTestId("week-new").getByRole("button").click();
  for (const name of ["task", "time"]) await expect(page.locator(`#booking-${name}-problem`), "nothing is typed").not.toHaveText("");
  await axe(page);
  await field(page, "task").selectOption(own.tasks[0]!);
  await field(page, "time").press("Enter");
  await expect(page.locator("#booking-time-problem")).not.toHaveText("");
  await field(page, "time").fill("25:00");
  await field(page, "note").fill("Zu lang");
  await expect(page.locator("#booking-time-problem")).toContainText("25:00 h");
  const answer = page.waitForResponse((answer) => answer.status() === 422);
  await page.keyboard.press("Enter");
  await answer;
  await expect(field(page, "time")).toHaveValue("25:00");
  await expect(field(page, "note")).toHaveValue("Zu lang");
  await expect(page.locator("#booking-time-problem")).toContainText("25:00 h");
  await expect(weekRows(page, own)).toHaveCount(0);
  expect(await bookingsOf(rest, own.id), "nothing is booked").toEqual([]);
  await axe(page);
  await field(page, "time").fill("0:30");
  await expect(page.locator("#booking-time-problem")).toHaveText("");
  await page.keyboard.press("Enter");
  await expect(noted(page, own, "Zu lang")).toContainText("Freie Zeit");
  await expect(field(page, "time")).toBeFocused();
});

// Red when: what was booked is gone once something is searched for, or the new line books on a task that it does not show.
test("what is booked and what is typed stay when other tasks are searched for", async ({ page, rest }) => {
  const [own, other] = [await newProject(rest), await newProject(rest)];
  await open(page, rest, own, monday(54));
  await field(page, "task").selectOption(own.tasks[0]!);
  await field(page, "time").fill("0:30");
  await field(page, "time").press("Enter");
  await expect(weekRows(page, own)).toHaveCount(1);
  await field(page, "time").fill("0:15");
  await page.locator("#week-q").fill(other.number);
  await page.locator("#week-q").press("Enter");
  await expect(field(page, "task").locator(`option[value="${other.tasks[0]}"]`)).toHaveCount(1);
  await live(field(page, "time"));
  await expect(weekRows(page, own)).toHaveCount(1);
  await expect(field(page, "task")).toHaveValue(own.tasks[0]!);
  await expect(preview(page)).toContainText("Freie Zeit");
  await field(page, "time").press("Enter");
  await expect(weekRows(page, own)).toHaveCount(2);
});

// Red when: what is booked is out of sight for whoever has left the week meanwhile, who would book it a second time.
test("what was on its way while the week was left and opened again is in sight", async ({ page, rest }) => {
  const own = await newProject(rest);
  await open(page, rest, own, monday(58));
  let arrive = () => {};
  const gate = new Promise<void>((opened) => { arrive = opened; });
  await page.route("**/save_booking*", async (route) => { await gate; await route.continue(); });
  await field(page, "task").selectOption(own.tasks[0]!);
  await field(page, "time").fill("0:30");
  const sent = page.waitForRequest("**/save_booking*");
  await field(page, "time").press("Enter");
  await sent;
  const title = page.locator("h1");
  const before = (await title.textContent())!;
  await page.locator("a[rel=prev]").click();
  await expect(title).not.toHaveText(before);
  await page.locator("a[rel=next]").click();
  await expect(title).toHaveText(before);
  await live(field(page, "time"));
  expect(await bookingsOf(rest, own.id)).toEqual([]);
  arrive();
  await expect(weekRows(page, own)).toHaveCount(1);
  await expect(weekRows(page, own)).toContainText("Freie Zeit");
  expect((await bookingsOf(rest, own.id)).map((booking) => booking.time)).toEqual(["PT30M"]);
});

// Red when: a line replaces what somebody else has saved meanwhile untold, or can never be saved again.
test("a line that was overtaken says who was faster, and goes on", async ({ page, rest, allowed }) => {
  allowed.status(409);
  const own = await newProject(rest);
  const day = monday(42);
  const { id: person } = await somebody(rest);
  const made = await newBooking(rest, own.tasks[0]!, person, day, "PT30M", { note: "Eins" });
  await open(page, rest, own, day);
  const time = page.locator(`[id="line-${made.id}-time"]`);
  await live(time);
  await rest.call("PUT", `/bookings/${made.id}`, { version: made.version, task: own.tasks[0], person, date: day, time: "PT40M", note: "Eins" });
  await time.fill("0:20");
  await time.press("Enter");
  const told = page.getByTestId("overtaken");
  await expect(told).toBeVisible();
  await expect(time).toHaveValue("0:20");
  await axe(page);
  await told.getByRole("button", { name: say("overtaken_take") }).click();
  await time.press("Enter");
  await expect(page.locator(".week-rows .notice-good")).toBeVisible();
  expect((await bookingsOf(rest, own.id)).map((booking) => booking.time)).toEqual(["PT20M"]);
});

// Red when: what is typed is lost with the session, or cannot be saved once it is renewed.
test("a session that has ended is renewed below the table", async ({ page, context, rest, allowed }) => {
  allowed.status(401);
  const own = await newProject(rest);
  await open(page, rest, own, monday(46));
  await field(page, "task").selectOption(own.tasks[0]!);
  await field(page, "time").fill("0:30");
  await expect(preview(page)).toContainText("Freie Zeit");
  await context.clearCookies();
  await field(page, "time").press("Enter");
  const again = page.locator(".session-ended");
  await expect(again).toHaveCount(1);
  await expect(field(page, "time")).toHaveValue("0:30");
  await page.locator("#again-password").fill("drawdown");
  await again.getByRole("button").click();
  await expect(page.getByText(say("session_renewed"))).toBeVisible();
  await field(page, "time").press("Enter");
  await expect(weekRows(page, own)).toHaveCount(1);
  await expect(page.getByText(say("session_renewed"))).toHaveCount(0);
});

// Red when: what is invoiced can be typed in, or the table does not fit a small screen.
test("a locked booking stays text, and all of it fits a phone", async ({ rest, open: as }) => {
  const own = await newProject(rest);
  const day = monday(50);
  const { id: person } = await somebody(rest);
  await newBooking(rest, own.tasks[0]!, person, day, "PT1H", { note: "Eins" });
  const [year, month] = day.split("-").map(Number);
  const first = (month: number) => new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
  await rest.call("POST", `/projects/${own.id}/invoices`, { id: randomUUID(), from: first(month), until: first(month + 1) });
  const page = await as("projectmanager", { viewport: { width: 390, height: 844 } });
  await open(page, rest, own, day);
  const row = weekRows(page, own);
  await expect(row).toContainText("Eins");
  await expect(row.locator(".booking-lock")).toBeVisible();
  await field(page, "task").selectOption(own.tasks[0]!);
  await field(page, "time").fill("0:30");
  await expect(preview(page)).toContainText("0:30");
  // By now the lines that can be typed in are fields.
  await expect(row.locator("input, select")).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await axe(page);
});
