// Bookings of time in the office: the week by keyboard, the list, moving many, deleting with the plan first.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { GAP } from "../editor.ts";
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import { bookLine, bookingsOf, newBooking, newProject, noted, parts, somebody, weekRows as rows, type Project } from "../projects.ts";
import { dayAfter, today } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("projectmanager")) });

const euros = (figure: string) => new RegExp(`${figure.replace(/[.]/g, "\\.")}${GAP}€`);
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);
const cell = (page: Page, of: Project, day = today()) => page.locator(`#cell-${of.tasks[0]}-${day}`);
const preview = (page: Page) => page.getByTestId("cell-preview");

/** Opens the own week of a day and adds the tasks of a project as rows, below those that stand there already. */
async function weekWith(page: Page, of: Project, tasks = ["Störung"], day = today()) {
  await visit(page, `/bookings/week?week=${day}`);
  await live(page.locator("#week-q"));
  await page.locator("#week-q").fill(of.number);
  await page.locator("#week-q").press("Enter");
  const found = page.getByTestId("found-tasks").getByRole("button", { name: of.number });
  for (const [place, task] of tasks.entries()) {
    await found.filter({ hasText: task }).click();
    await live(page.locator(`#cell-${of.tasks[place]}-${day}`));
  }
}

test("time is booked in the grid with the keyboard, its split stands there before and after", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const own = await newProject(rest);
  await weekWith(page, own);
  await cell(page, own).focus();
  await page.keyboard.type("60 min");
  for (const figure of ["0:45", "0:15"]) await expect(preview(page)).toContainText(figure);
  await expect(preview(page)).toContainText(euros("25,00"));
  await axe(page);
  await page.keyboard.press("Enter");
  await expect(cell(page, own)).toHaveValue("1:00");
  await expect(cell(page, own)).toBeFocused();
  await expect(rows(page, own)).toHaveCount(1);
  await expect(rows(page, own)).toContainText(euros("25,00"));
  expect((await bookingsOf(rest, own.id)).map(parts)).toEqual([[["Freie Zeit", "PT45M", "0.00"], ["Support", "PT15M", "25.00"]]]);

  // The same cell again changes the booking, whose portions merge.
  await page.keyboard.type("0:30");
  await expect(preview(page)).not.toContainText("0:15");
  await page.keyboard.press("Enter");
  await expect(rows(page, own)).not.toContainText(euros("25,00"));
  expect((await bookingsOf(rest, own.id)).map(parts)).toEqual([[["Freie Zeit", "PT30M", "0.00"]]]);

  // What is wrong is told at the cell, and stays there; Escape takes it back.
  await cell(page, own).focus();
  await page.keyboard.type("viel");
  await page.keyboard.press("Enter");
  await expect(page.locator(`[id="cell-${own.tasks[0]}-${today()}-problem"]`)).toHaveText(say("field_not_a_time"));
  await expect(cell(page, own)).toHaveValue("viel");
  await page.keyboard.press("Escape");
  await expect(cell(page, own)).toHaveValue("0:30");
  // Where nothing is typed, Enter leads to what is booked.
  await page.keyboard.press("Enter");
  await expect(page.locator(".week-booked a").first()).toBeFocused();
});

// Red when: a key leads elsewhere, nowhere, or out of the grid; when one takes the cursor away from what is typed, or what
// is typed is lost; when Tab meets any other cell than the one with the cursor.
test("the arrows, Home and End lead through the grid", async ({ page, rest }) => {
  const tasks = ["Störung", "Einrichtung", "Beratung"];
  const own = await newProject(rest, { tasks });
  // Every day of the last week is one that can be typed into.
  await weekWith(page, own, tasks, dayAfter(today(), -7));
  const ids = await page.locator(".week-cell input").evaluateAll((fields) => fields.map((field) => field.id));
  const bottom = ids.length / 7 - 1;
  const middle = bottom - 1;
  const at = (row: number, day: number) => page.locator(`[id="${ids[row * 7 + day]}"]`);
  expect(ids.slice(-21).map((id) => id.slice("cell-".length, -"-2026-01-01".length)), "a row for each task")
    .toEqual(own.tasks.flatMap((task) => Array(7).fill(task)));
  const press = async (key: string, row: number, day: number, what: string) => {
    await page.keyboard.press(key);
    await expect(at(row, day), `${key}: ${what}`).toBeFocused();
    await expect(at(row, day), `${key}: ${what}`).toHaveAttribute("tabindex", "0");
    await expect(page.locator(".week-cell input[tabindex='0']"), `${key}: ${what}`).toHaveCount(1);
  };
  await at(middle, 3).focus();
  await press("ArrowLeft", middle, 2, "a day back");
  await press("ArrowUp", middle - 1, 2, "a row up");
  await press("ArrowRight", middle - 1, 3, "a day on");
  await press("ArrowDown", middle, 3, "a row down");
  await press("End", middle, 6, "to the last day");
  await press("ArrowRight", middle, 6, "there is no further day");
  await press("ArrowDown", bottom, 6, "to the last row");
  await press("ArrowDown", bottom, 6, "there is no further row");
  await press("Home", bottom, 0, "to the first day");
  await press("ArrowLeft", bottom, 0, "there is no day before");
  await at(0, 0).focus();
  await press("ArrowUp", 0, 0, "there is no row above");

  // Within what is typed they move the cursor there; up and down leave it as it stands.
  await at(middle, 3).focus();
  await page.keyboard.type("1:30");
  for (const key of ["ArrowLeft", "ArrowRight", "Home", "End"]) await press(key, middle, 3, "within what is typed");
  await press("ArrowDown", bottom, 3, "a row down");
  await press("ArrowUp", middle, 3, "back");
  await expect(at(middle, 3)).toHaveValue("1:30");
  await page.keyboard.press("Escape");
  await expect(at(middle, 3)).toHaveValue("");
  expect(await bookingsOf(rest, own.id), "moving books nothing").toEqual([]);
});

test("the cell says what is billed of a short time, and why", async ({ page, rest }) => {
  const own = await newProject(rest, { rounding: { minimum: "PT30M" } });
  await weekWith(page, own);
  await cell(page, own).focus();
  await page.keyboard.type("0:10");
  const why = say("project_rounds_minimum", { minimum: "0:30 h" });
  await expect(preview(page)).toContainText(say("booking_rounded", { real: "0:10 h", billed: "0:30 h", why }));
  await axe(page);
});

test("a booking that is deleted leaves its free time to a later one, as the plan says", async ({ page, rest }) => {
  const own = await newProject(rest);
  await weekWith(page, own);
  await cell(page, own).focus();
  await page.keyboard.type("0:30");
  await page.keyboard.press("Enter");
  await expect(rows(page, own)).toHaveCount(1);
  // A second one, in the last line of the table.
  await page.locator("#booking-task").selectOption(own.tasks[0]!);
  await page.locator("#booking-time").fill("0:30");
  await page.locator("#booking-note").fill("Später");
  await expect(page.getByTestId("booking-preview")).toContainText(euros("25,00"));
  await bookLine(page).click();
  await expect(noted(page, own, "Später")).toHaveCount(1);
  await expect(rows(page, own)).toHaveCount(2);
  await expect(page.locator("#booking-time")).toHaveValue("");
  // Several in one cell are changed each on its own.
  await expect(cell(page, own)).toHaveAttribute("readonly", "");
  const first = rows(page, own).filter({ hasNotText: "Support" });
  await first.getByRole("link", { name: /löschen$/ }).click();
  const plan = page.getByTestId("delete-plan");
  await expect(plan).toContainText(say("times_others_one"));
  await expect(plan.getByTestId("others")).toContainText("Support");
  await axe(page);
  await page.getByRole("button", { name: /löschen$/ }).click();
  await expect(page).toHaveURL(/\/bookings\/week\?person=/);
  await expect(rows(page, own)).toHaveCount(1);
  await expect(rows(page, own)).not.toContainText(euros("25,00"));
  expect((await bookingsOf(rest, own.id)).map(parts)).toEqual([[["Freie Zeit", "PT30M", "0.00"]]]);
});

test("a booking has a page that tells where its time went, and is changed there", async ({ page, rest }) => {
  const own = await newProject(rest);
  const booked = await newBooking(rest, own.tasks[0]!, (await somebody(rest)).id, today(), "PT1H");
  await visit(page, `/bookings/${booked.id}`);
  await expect(page.locator(".booking-lines tbody tr")).toHaveCount(2);
  await expect(page.locator(".booking-lines").getByRole("link", { name: "Freie Zeit" })).toHaveAttribute("href", /^\/accounts\//);
  await axe(page);
  await page.getByRole("link", { name: say("edit"), exact: true }).click();
  await live(page.locator("#booking-time"));
  await expect(page.locator("#booking-time")).toHaveValue("1:00");
  await page.locator("#booking-time").fill("45 min");
  await expect(page.getByTestId("booking-preview")).not.toContainText("Support");
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page).toHaveURL(`/bookings/${booked.id}`);
  await expect(page.locator(".booking-lines tbody tr")).toHaveCount(1);
  await expect(page.locator(".history")).toContainText("0:45");
});

test("the list is filtered and added up, can be taken away, and many are moved as their plan says", async ({ page, rest, open }) => {
  const from = await newProject(rest);
  const to = await newProject(rest, { customer: from.customer, lines: [{ name: "Vor Ort", kind: "effort", rate: "80" }] });
  const { id: person } = await somebody(rest);
  for (const time of ["PT1H", "PT30M"]) await newBooking(rest, from.tasks[0]!, person, today(), time);
  await visit(page, `/bookings?project=${from.id}`);
  const listed = page.locator("table.bookings tbody tr");
  await expect(listed).toHaveCount(2);
  await expect(page.getByTestId("sums")).toContainText(/1:30/);
  await expect(page.getByTestId("sums")).toContainText(euros("75,00"));
  await axe(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: say("export_csv"), exact: true }).click()]);
  const file = readFileSync((await download.path())!, "utf8").trimEnd().split("\r\n");
  expect(file).toHaveLength(3);
  expect(file[1]).toContain(from.number);
  await live(page.locator("#bookings-q"));
  await page.locator("[name=unassigned]").check();
  await page.getByRole("button", { name: say("list_filter") }).click();
  await expect(page).toHaveURL(`/bookings?project=${from.id}&unassigned=1`);
  await expect(page.locator(".empty")).toBeVisible();

  await visit(page, `/bookings?q=${from.number}`);
  await expect(listed).toHaveCount(2);
  await live(page.getByRole("checkbox", { name: say("bulk_all") }));
  await page.getByRole("checkbox", { name: say("bulk_all") }).check();
  await page.getByRole("button", { name: say("times_move_selected") }).click();
  // Each of these forms leads to a page of its own.
  await expect(page).toHaveURL(/\/bookings\/move\?b=/);
  await live(page.locator("#move-q"));
  await page.locator("#move-q").fill(to.number);
  await page.getByRole("button", { name: say("times_move_show") }).click();
  await expect(page).toHaveURL(new RegExp(`q=${to.number}`));
  await live(page.locator("#move-task"));
  await page.locator("#move-task").selectOption(to.tasks[0]!);
  await page.getByRole("button", { name: say("times_move_show") }).click();
  const effect = page.getByTestId("move-effect");
  await expect(effect).toContainText(say("times_move_count", { count: 2 }));
  await expect(effect).toContainText(euros("75,00"));
  await expect(effect).toContainText(euros("120,00"));
  await axe(page);
  expect(await bookingsOf(rest, to.id), "a plan moves nothing").toHaveLength(0);
  await page.getByRole("button", { name: say("times_move_save", { count: 2, task: `${to.number} · Störung` }) }).click();
  await expect(page.getByTestId("move-result")).toContainText(say("times_moved", { count: 2 }));
  expect([await bookingsOf(rest, to.id), await bookingsOf(rest, from.id)].map((all) => all.length)).toEqual([2, 0]);

  const phone = await open("projectmanager", { viewport: { width: 390, height: 844 } });
  for (const path of [`/bookings?project=${to.id}`, "/bookings/week"]) {
    await visit(phone, path);
    await fits(phone);
    await axe(phone);
  }
});

test("whoever books only the own time sees that only", async ({ rest, open }) => {
  const own = await newProject(rest);
  const staff = await open("staff");
  await weekWith(staff, own);
  await expect(staff.locator("#week-person")).toHaveCount(0);
  await visit(staff, `/bookings?project=${own.id}`);
  await expect(staff.locator(".empty")).toBeVisible();
  await expect(staff.getByRole("link", { name: say("export_csv"), exact: true })).toHaveCount(0);
  const sales = await open("sales");
  await visit(sales, "/bookings/week");
  await expect(sales.locator("#booking-time")).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the week can be read, time is booked, and a mistake comes back with what was typed", async ({ page, rest }) => {
    const own = await newProject(rest);
    await page.goto(`/bookings/week?q=${own.number}`);
    await page.locator("#booking-task").selectOption(own.tasks[0]!);
    await page.locator("#booking-time").fill("viel");
    await page.locator("#booking-note").fill("Drucker");
    const book = bookLine(page);
    await book.click();
    await expect(page.locator("#booking-time-problem")).toHaveText(say("field_not_a_time"));
    await expect(page.locator("#booking-note")).toHaveValue("Drucker");
    await expect(page.locator("#booking-task")).toHaveValue(own.tasks[0]!);
    await axePlain(page);
    await page.locator("#booking-time").fill("1:00");
    await book.click();
    await expect(rows(page, own)).toHaveCount(1);
    await expect(rows(page, own)).toContainText("Drucker");
    expect((await bookingsOf(rest, own.id)).map(parts)).toEqual([[["Freie Zeit", "PT45M", "0.00"], ["Support", "PT15M", "25.00"]]]);
    await expect(cell(page, own)).toHaveValue("1:00");
    await rows(page, own).getByRole("link", { name: /löschen$/ }).click();
    await expect(page.getByTestId("delete-plan")).toContainText(say("times_others_none"));
    await page.getByRole("button", { name: /löschen$/ }).click();
    await expect(page).toHaveURL(/\/bookings\/week\?/);
    expect(await bookingsOf(rest, own.id)).toHaveLength(0);
  });
});
