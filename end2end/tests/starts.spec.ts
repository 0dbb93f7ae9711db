// Bookings that say when they began: they end on their day, at times that the clocks of the company show, and keep their start.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import { answered, me, open as show, PHONE, proper, take, yesterday } from "../phone.ts";
import { bookingsOf, newBooking, newProject, somebody, weekRows, type Project } from "../projects.ts";
import { dayAfter, german, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("projectmanager")) });

/** The last Sunday of March or October that is over: the clocks are put forward or back in its night. */
function changed(month: 3 | 10): string {
  const year = Number(today().slice(0, 4));
  const sundays = [year, year - 1].map((year) => {
    const last = new Date(Date.UTC(year, month, 0));
    last.setUTCDate(last.getUTCDate() - last.getUTCDay());
    return last.toISOString().slice(0, 10);
  });
  return sundays.find((sunday) => sunday < yesterday())!;
}

const problem = (page: Page, field: string) => page.locator(`#booking-${field}-problem`);
/** What a page says of a booking. */
const fact = (page: Page, name: string) => page.locator("dl.facts > div").filter({ has: page.getByText(say(name), { exact: true }) }).locator("dd");
/** Why time is refused that goes past midnight. */
const pastMidnight = (start: string, wanted: string, fits: string, rest: string) => say("split_past_midnight", { start, wanted, fits, rest });
/** What is kept of the bookings of a project. */
const kept = async (rest: Rest, of: Project) => (await bookingsOf(rest, of.id)).map(({ date, start, time, note }) => [date, start, time, note]);

/** A booking of somebody that began then. */
async function begun(rest: Rest, of: Project, day: string, start: string, time: string): Promise<string> {
  return (await newBooking(rest, of.tasks[0], (await somebody(rest)).id, day, time, { start })).id;
}

/** Opens the form of a booking. */
async function edit(page: Page, booking: string) {
  await visit(page, `/bookings/${booking}?do=edit`);
  await live(page.locator("#booking-time"));
}

const saveChange = (page: Page) => page.getByRole("button", { name: say("save"), exact: true });

/** Saves, and waits for the answer of the server. */
async function sent(page: Page): Promise<number> {
  const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && /save_booking/.test(answer.url()));
  await saveChange(page).click();
  return (await answer).status();
}

// Red when: what goes past midnight is booked on its first day, a figure is left out, or what was typed is gone with the refusal.
test("what would go past midnight is refused at its field with its figures, and nothing typed is lost", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const own = await newProject(rest);
  const booking = await begun(rest, own, yesterday(), "23:00:00", "PT30M");
  await edit(page, booking);
  await expect(fact(page, "booking_start")).toHaveText("23:00");
  await page.locator("#booking-time").fill("1:30");
  await page.locator("#booking-note").fill("Umzug der Server");
  const words = pastMidnight("23:00", "1:30 h", "1:00 h", "0:30 h");
  await expect(problem(page, "time")).toHaveText(words);
  await axe(page);
  expect(await sent(page)).toBe(422);
  await expect(problem(page, "time")).toHaveText(words);
  await expect(page.locator("#booking-time")).toHaveValue("1:30");
  await expect(page.locator("#booking-note")).toHaveValue("Umzug der Server");
  await expect(page.locator("#booking-date")).toHaveValue(yesterday());
  expect(await kept(rest, own), "nothing was saved").toEqual([[yesterday(), "23:00:00", "PT30M", ""]]);

  // Until midnight it fits.
  await page.locator("#booking-time").fill("1:00");
  await expect(problem(page, "time")).toHaveText("");
  expect(await sent(page)).toBe(200);
  await expect(page).toHaveURL(`/bookings/${booking}`);
  await expect(fact(page, "booking_start")).toHaveText("23:00");
  await expect(fact(page, "booking_time")).toHaveText("1:00 h");
  expect(await kept(rest, own)).toEqual([[yesterday(), "23:00:00", "PT1H", "Umzug der Server"]]);
});

// Red when: time is booked that the clocks never showed, nobody is told why not, or the typed day is gone with the refusal.
test("what would begin in the hour that the clocks skip is refused", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const own = await newProject(rest);
  const skips = changed(3);
  const booking = await begun(rest, own, dayAfter(skips, -1), "02:30:00", "PT1H");
  await edit(page, booking);
  await page.locator("#booking-date").fill(skips);
  await page.locator("#booking-note").fill("Nachtdienst");
  // The form has no field for the start: it is told below the fields.
  const told = page.locator(".booking-form .notice-bad");
  const words = say("split_no_such_time", { time: "02:30", date: german(skips) });
  await expect(told).toHaveText(words);
  await axe(page);
  expect(await sent(page)).toBe(422);
  await expect(told).toHaveText(words);
  await expect(page.locator("#booking-date")).toHaveValue(skips);
  await expect(page.locator("#booking-note")).toHaveValue("Nachtdienst");
  expect(await kept(rest, own), "nothing was saved").toEqual([[dayAfter(skips, -1), "02:30:00", "PT1H", ""]]);

  // A day later there is such a time again.
  await page.locator("#booking-date").fill(dayAfter(skips, 1));
  await expect(told).toHaveCount(0);
  await expect(page.getByTestId("booking-preview")).toContainText("Freie Zeit");
  expect(await sent(page)).toBe(200);
  await expect(page).toHaveURL(`/bookings/${booking}`);
  await expect(fact(page, "booking_date")).toHaveText(german(dayAfter(skips, 1)));
  await expect(fact(page, "booking_start")).toHaveText("02:30");
});

// Red when: an hour that the clocks show twice is refused, or the day on which they do is taken for one of 24 hours.
test("what begins in the hour that the clocks show twice is taken, and its day is an hour longer", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const own = await newProject(rest);
  const twice = changed(10);
  const booking = await begun(rest, own, dayAfter(twice, -1), "02:30:00", "PT1H");
  await edit(page, booking);
  // Too long for the day before.
  await page.locator("#booking-time").fill("22:00");
  await expect(problem(page, "time")).toHaveText(pastMidnight("02:30", "22:00 h", "21:30 h", "0:30 h"));
  await page.locator("#booking-date").fill(twice);
  await expect(problem(page, "time")).toHaveText("");
  await expect(page.getByTestId("booking-preview")).toContainText("Freie Zeit");
  // Also there midnight is the end.
  await page.locator("#booking-time").fill("23:00");
  await expect(problem(page, "time")).toHaveText(pastMidnight("02:30", "23:00 h", "22:30 h", "0:30 h"));
  await page.locator("#booking-time").fill("22:00");
  await expect(problem(page, "time")).toHaveText("");
  expect(await sent(page)).toBe(200);
  await expect(page).toHaveURL(`/bookings/${booking}`);
  await expect(fact(page, "booking_date")).toHaveText(german(twice));
  await expect(fact(page, "booking_start")).toHaveText("02:30");
  await expect(fact(page, "booking_time")).toHaveText("22:00 h");
  expect(await kept(rest, own)).toEqual([[twice, "02:30:00", "PT22H", ""]]);
});

// Red when: the grid forgets when a booking began: then anything fits, and the start is gone once it is saved.
test("a cell of the week refuses what would go past midnight, and a shorter time keeps its start", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const own = await newProject(rest);
  const [{ id: person }, day] = [await somebody(rest), dayAfter(today(), -20)];
  await begun(rest, own, day, "23:00:00", "PT30M");
  await visit(page, `/bookings/week?person=${person}&week=${day}`);
  const cell = page.locator(`#cell-${own.tasks[0]}-${day}`);
  await live(cell);
  await expect(cell).toHaveValue("0:30");
  await cell.fill("1:30");
  const words = pastMidnight("23:00", "1:30 h", "1:00 h", "0:30 h");
  await expect(page.getByTestId("cell-preview")).toContainText(words);
  await cell.press("Enter");
  await expect(page.locator(`[id="cell-${own.tasks[0]}-${day}-problem"]`)).toHaveText(words);
  await expect(cell).toHaveValue("1:30");
  await axe(page);
  await cell.press("Escape");
  await expect(cell).toHaveValue("0:30");
  await cell.fill("1:00");
  await cell.press("Enter");
  const row = weekRows(page, own);
  await expect(row.locator("[data-column=time]")).toHaveValue("1:00");
  await expect(cell).toHaveValue("1:00");
  expect(await kept(rest, own)).toEqual([[day, "23:00:00", "PT1H", ""]]);
  await row.getByRole("link", { name: new RegExp(`${german(day)}$`) }).click();
  await expect(fact(page, "booking_start")).toHaveText("23:00");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  // Red when: the plain form does not send when the booking began, or a refusal comes back without what was typed.
  test("a refusal comes back with its figures and with what was typed", async ({ page, rest }) => {
    const own = await newProject(rest);
    const skips = changed(3);
    const booking = await begun(rest, own, dayAfter(skips, -1), "02:30:00", "PT1H");
    await page.goto(`/bookings/${booking}?do=edit`);
    await page.locator("#booking-time").fill("22:00");
    await page.locator("#booking-note").fill("Nachtdienst");
    await saveChange(page).click();
    await expect(problem(page, "time")).toHaveText(pastMidnight("02:30", "22:00 h", "21:30 h", "0:30 h"));
    await expect(page.locator("#booking-time")).toHaveValue("22:00");
    await expect(page.locator("#booking-note")).toHaveValue("Nachtdienst");
    await axePlain(page);
    await page.goto(`/bookings/${booking}?do=edit`);
    await page.locator("#booking-time").fill("2:00");
    await page.locator("#booking-date").fill(skips);
    await page.locator("#booking-note").fill("Nachtdienst");
    await saveChange(page).click();
    await expect(page.locator(".booking-form .notice-bad")).toHaveText(say("split_no_such_time", { time: "02:30", date: german(skips) }));
    await expect(page.locator("#booking-date")).toHaveValue(skips);
    await expect(page.locator("#booking-note")).toHaveValue("Nachtdienst");
    await axePlain(page);
    expect(await kept(rest, own), "nothing was saved").toEqual([[dayAfter(skips, -1), "02:30:00", "PT1H", ""]]);
    await page.locator("#booking-date").fill(dayAfter(skips, -1));
    await saveChange(page).click();
    await expect(fact(page, "booking_time")).toHaveText("2:00 h");
    await expect(fact(page, "booking_start")).toHaveText("02:30");
    expect(await kept(rest, own)).toEqual([[dayAfter(skips, -1), "02:30:00", "PT2H", "Nachtdienst"]]);
  });
});

test.describe("on the telephone", () => {
  test.use({ ...PHONE, storageState: async ({}, use) => use(state("staff")) });

  const listed = (page: Page, of: Project) => page.locator(".booked > li", { hasText: of.name });

  /** Saves a change of so much time, and waits for the answer of the server. */
  async function changes(page: Page, time: string): Promise<number> {
    const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/phone/bookings"));
    await page.getByRole("button", { name: say("phone_save_change", { time: `${time} h` }) }).tap();
    return (await answer).status();
  }

  // Red when: the list of a day does not say when a booking began, or a change past midnight is saved or lost with its refusal.
  test("the day says when time began, and what would go past midnight is refused at its field", async ({ page, rest, allowed }) => {
    allowed.status(422);
    const own = await newProject(rest);
    const day = yesterday();
    const booked = await newBooking(rest, own.tasks[0], await me(page), day, "PT30M", { start: "23:00:00" });
    await show(page, `week/${day}`);
    await expect(listed(page, own)).toHaveCount(1);
    await expect(listed(page, own).locator(".task-of")).toHaveText(`23:00 · ${own.name} · ${own.customer.name}`);
    await page.locator(`a[href$="${booked.id}"]`).tap();
    await page.locator("#booking-time").fill("1:30");
    await page.locator("#booking-note").fill("Umzug der Server");
    const words = pastMidnight("23:00", "1:30 h", "1:00 h", "0:30 h");
    await expect(problem(page, "time")).toHaveText(words);
    await proper(page, "what goes past midnight");
    expect(await changes(page, "1:30")).toBe(422);
    await expect(problem(page, "time")).toHaveText(words);
    await page.reload();
    await page.locator("main.phone[data-ready] h1").waitFor();
    await expect(page.locator("#booking-time")).toHaveValue("1:30");
    await expect(page.locator("#booking-note")).toHaveValue("Umzug der Server");
    await expect(problem(page, "time")).toHaveText(words);
    await page.locator("#booking-time").fill("1:00");
    await expect(problem(page, "time")).toHaveText("");
    expect(await changes(page, "1:00")).toBe(200);
    await expect(answered(page)).toBeVisible();
    await show(page, `week/${day}`);
    await expect(listed(page, own)).toContainText("1:00 h");
    await expect(listed(page, own).locator(".task-of")).toContainText(`23:00 · ${own.name}`);
    expect(await kept(rest, own)).toEqual([[day, "23:00:00", "PT1H", "Umzug der Server"]]);
  });

  // Red when: the telephone takes a time that the clocks skip, or refuses one that they show twice.
  test("a time that the clocks skip is refused, one that they show twice is taken", async ({ page, rest, allowed }) => {
    allowed.status(422);
    const own = await newProject(rest);
    const [skips, twice] = [changed(3), changed(10)];
    const before = dayAfter(skips, -1);
    const booked = await newBooking(rest, own.tasks[0], await me(page), before, "PT1H", { start: "02:30:00" });
    await show(page, `booking/${before}/${booked.id}`);
    await page.locator("#booking-date").fill(skips);
    const told = page.locator("form.booking .notice-bad");
    const words = say("split_no_such_time", { time: "02:30", date: german(skips) });
    await expect(told).toHaveText(words);
    await proper(page, "a time that the clocks skip");
    expect(await changes(page, "1:00")).toBe(422);
    await expect(told).toHaveText(words);
    await expect(page.locator("#booking-date")).toHaveValue(skips);
    await page.locator("#booking-date").fill(twice);
    await expect(told).toHaveCount(0);
    await page.locator("#booking-time").fill("22:00");
    await expect(page.getByTestId("split")).toContainText("Freie Zeit");
    await expect(problem(page, "time")).toHaveText("");
    expect(await changes(page, "22:00")).toBe(200);
    await expect(answered(page)).toContainText(say("phone_saved", { time: "22:00 h", date: german(twice) }));
    await show(page, `week/${twice}`);
    await expect(listed(page, own)).toContainText("22:00 h");
    await expect(listed(page, own).locator(".task-of")).toContainText(`02:30 · ${own.name}`);
    expect(await kept(rest, own)).toEqual([[twice, "02:30:00", "PT22H", ""]]);
  });

  // Red when: what a timer noted is not in sight once it is booked, or is the time of another place.
  test("what a timer measured says when it began", async ({ page, rest, open }) => {
    const own = await newProject(rest);
    const begins = new Date(`${yesterday()}T08:00:00Z`);
    await page.clock.install({ time: begins });
    await show(page, "timer");
    await take(page, own);
    await expect(page.getByTestId("elapsed")).toBeVisible();
    await page.clock.fastForward("24:10");
    await page.getByRole("button", { name: say("phone_stop") }).tap();
    await page.getByRole("button", { name: /^0:2[45]:\d\d h buchen$/ }).tap();
    await expect(answered(page)).toBeVisible();
    const [hour] = new Intl.DateTimeFormat("de-DE", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" }).format(begins).split(":");
    await show(page, `week/${yesterday()}`);
    await expect(listed(page, own).locator(".task-of")).toContainText(new RegExp(`^${hour}:0\\d · ${own.name} · `));
    const office = await open("projectmanager", { viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false });
    const [booked] = await bookingsOf(rest, own.id);
    await visit(office, `/bookings/${booked.id}`);
    await expect(fact(office, "booking_start")).toHaveText(new RegExp(`^${hour}:0\\d$`));
  });
});
