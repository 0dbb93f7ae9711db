// Booking time on a telephone: three taps, the split before it is saved, the timer, and what becomes of other bookings.
import type { Page } from "@playwright/test";
import { axe, expect, state, test } from "../fixtures.ts";
import {
  ahead, answered, charged, chip, free, latest, me, open, PHONE, proper, save, splitted, take, without, yesterday,
} from "../phone.ts";
import { bookingsOf, FREE_THEN_EFFORT, newBooking, newProject, parts, type LineInput } from "../projects.ts";
import { dayAfter, german, minutes, today } from "../rest.ts";
import { say } from "../words.ts";

test.use({ ...PHONE, storageState: async ({}, use) => use(state("staff")) });

// Red when: a booking takes more than a recent task, a time and saving, or the split is not in sight before.
test("three taps from the first page to the saved booking", async ({ page, rest }) => {
  const [fifty, effort] = [{ ...FREE_THEN_EFFORT[0], most: "PT50M" }, FREE_THEN_EFFORT[1]];
  const project = await newProject(rest, { lines: [fifty, effort] });
  await newBooking(rest, project.tasks[0], await me(page), today(), "PT5M", { id: latest() });
  await open(page, "");
  await page.locator(".task").first().waitFor();
  await proper(page, "today with tasks");
  let taps = 0;
  const tap = async (target: ReturnType<Page["locator"]>) => { await target.tap(); taps += 1; };
  await tap(page.locator(".task", { hasText: project.name }));
  // The page before says what is left too: for each customer of the day.
  await expect(page.locator(".booking-on")).toContainText(project.name);
  await expect(page.getByTestId("left")).toContainText(say("balance_left_of", { left: "0:45 h", granted: "0:50 h" }));
  await tap(chip(page, "1:00"));
  await expect(splitted(page)).toHaveText([free("0:45"), charged("0:15", "25,00")]);
  await proper(page, "a new booking");
  await tap(save(page, "1:00"));
  await expect(answered(page)).toContainText(say("phone_saved", { time: "1:00 h", date: german(today()) }));
  expect(taps).toBe(3);
  await proper(page, "the answer");
  const booked = (await bookingsOf(rest, project.id)).find((booking) => booking.time === "PT1H")!;
  expect(parts(booked)).toEqual([["Freie Zeit", "PT45M", "0.00"], ["Support", "PT15M", "25.00"]]);
  await open(page, "");
  await expect(page.locator(".booked > li", { hasText: project.name }).filter({ hasText: "1:00 h" })).toHaveCount(1);
  await proper(page, "today");
});

// Red when: what was typed is lost to a task that is tapped, or a task that was only looked at stays in the way.
test("what was begun is gone on with, and what was only looked at is not", async ({ page, rest }) => {
  const project = await newProject(rest);
  await newBooking(rest, project.tasks[0], await me(page), today(), "PT5M", { id: latest() });
  await open(page, "");
  await page.locator(".task", { hasText: project.name }).tap();
  await expect(page.locator(".booking-on")).toContainText(project.name);
  await open(page, "");
  await expect(page.getByRole("link", { name: say("phone_new") })).toBeVisible();
  await page.locator(".task", { hasText: project.name }).tap();
  await chip(page, "0:15").tap();
  await expect(splitted(page)).toHaveText([free("0:15")]);
  await open(page, "");
  await expect(page.locator(".booked")).toBeVisible();
  await expect(page.locator(".task")).toHaveCount(0);
  await page.getByRole("link", { name: say("phone_go_on_with", { task: "Störung" }) }).tap();
  await expect(page.locator("#booking-time")).toHaveValue("0:15");
  await axe(page);
});

// Red when: the split is not drawn anew with the time, or what is left afterwards is not said.
test("the split follows the time as it is stepped and typed", async ({ page, rest }) => {
  const project = await newProject(rest);
  await open(page, "new");
  await page.locator(".task").first().waitFor();
  await proper(page, "the tasks");
  await take(page, project);
  await chip(page, "0:30").tap();
  await expect(splitted(page)).toHaveText([free("0:30")]);
  await expect(page.getByTestId("split")).toContainText(ahead("0:15", "100,00"));
  await page.getByRole("button", { name: say("phone_more", { time: "0:15 h" }) }).tap();
  await expect(splitted(page)).toHaveText([free("0:45")]);
  await page.getByRole("button", { name: say("phone_more", { time: "0:05 h" }) }).tap();
  await expect(splitted(page)).toHaveText([free("0:45"), charged("0:05", "8,33")]);
  await page.locator("#booking-time").fill("2:00");
  await expect(splitted(page)).toHaveText([free("0:45"), charged("1:15", "125,00")]);
  await page.locator(".booking-more summary").tap();
  await page.locator("#booking-billable").uncheck();
  await expect(splitted(page)).toHaveText([free("0:45"), `1:15 h ${say("portion_not_billable")}`]);
  await page.locator("#booking-time").fill("25:00");
  await expect(page.locator("#booking-time-problem")).toContainText("25:00 h");
});

// Red when: the sentence about what comes next leaves a prepaid block out, or calls it free.
test("what comes next is told step by step", async ({ page, rest }) => {
  const customer = await rest.customer();
  const account = await rest.account(customer.id, { name: "Block" });
  await rest.grant(account, minutes(120), dayAfter(today(), -30));
  const lines: LineInput[] = [FREE_THEN_EFFORT[0], { name: "Block", kind: "prepaid", account }, FREE_THEN_EFFORT[1]];
  const project = await newProject(rest, { customer, lines });
  await open(page, "new");
  await take(page, project);
  await chip(page, "0:30").tap();
  const still = say("phone_still", { step: `0:15 h ${say("pays_free")}` });
  const block = say("phone_then", { before: still, step: `2:00 h ${say("pays_prepaid")}` });
  await expect(page.getByTestId("split")).toContainText(say("phone_then", { before: block, step: "100,00 €/h" }));
  await chip(page, "1:00").tap();
  await expect(splitted(page)).toHaveText([free("0:45"), `0:15 h Block ${say("pays_prepaid")}`]);
  await axe(page);
});

// Red when: more is billed than was worked and nobody says why.
test("what is rounded is said before it is saved", async ({ page, rest }) => {
  const project = await newProject(rest, { rounding: { minimum: minutes(30) } });
  await open(page, "new");
  await take(page, project);
  await chip(page, "0:15").tap();
  const why = say("project_rounds_minimum", { minimum: "0:30 h" });
  await expect(page.getByTestId("rounded")).toHaveText(say("booking_rounded", { real: "0:15 h", billed: "0:30 h", why }));
  await expect(splitted(page)).toHaveText([free("0:30")]);
  await axe(page);
  await chip(page, "0:45").tap();
  await expect(page.getByTestId("rounded")).toHaveCount(0);
});

// Red when: time that no lot covers looks free before it is saved, or afterwards.
test("what is overdrawn is said before it is saved", async ({ page, rest }) => {
  const project = await newProject(rest, { lines: [{ ...FREE_THEN_EFFORT[0], overbooking: true }] });
  await open(page, "new");
  await take(page, project);
  await chip(page, "1:00").tap();
  await expect(splitted(page)).toHaveText([`${free("1:00")}, ${say("pays_overdrawn_part", { amount: "0:15 h" })}`]);
  await expect(splitted(page)).toHaveClass(/split-over/);
  await axe(page);
  await save(page, "1:00").tap();
  await expect(answered(page).locator(".split-words li")).toHaveClass(/split-over/);
});

// Red when: what does not fit is refused without its figures, or is booked in part all the same.
test("with splitting off a booking fits whole or is refused with its figures", async ({ page, rest }) => {
  const project = await newProject(rest, { splitting: "off" });
  await open(page, "new");
  await take(page, project);
  await chip(page, "1:00").tap();
  await expect(page.locator("#booking-time-problem")).toHaveText(say("split_does_not_fit", { wanted: "1:00 h", left: "0:45 h", rest: "0:15 h" }));
  await axe(page);
  await chip(page, "0:45").tap();
  await expect(splitted(page)).toHaveText([free("0:45")]);
  await save(page, "0:45").tap();
  await expect(answered(page)).toBeVisible();
});

// Red when: what fits takes more than a tap, more or less than that is booked, or the rest is lost or booked by itself.
test("with splitting off one tap books what fits, and the rest is the next one", async ({ page, rest }) => {
  const project = await newProject(rest, { splitting: "off" });
  await open(page, "new");
  await take(page, project);
  await chip(page, "1:00").tap();
  await page.locator(".booking-more summary").tap();
  await page.locator("#booking-note").fill("Drucker");
  const fits = page.getByRole("button", { name: say("phone_book_part", { time: "0:45 h", rest: "0:15 h" }) });
  await expect(fits).toBeVisible();
  await proper(page, "what fits");
  await fits.tap();
  await expect(answered(page)).toContainText(say("phone_saved", { time: "0:45 h", date: german(today()) }));
  await expect(page.locator("#booking-time")).toHaveValue("0:15");
  await expect(splitted(page)).toHaveText([charged("0:15", "25,00")]);
  await expect(fits).toHaveCount(0);
  const [first, ...others] = await bookingsOf(rest, project.id);
  expect([parts(first), first.note, others]).toEqual([[["Freie Zeit", "PT45M", "0.00"]], "Drucker", []]);
  await save(page, "0:15").tap();
  await expect(answered(page)).toContainText(say("phone_saved", { time: "0:15 h", date: german(today()) }));
  const all = await bookingsOf(rest, project.id);
  expect(all.map((booking) => [booking.time, booking.note]).sort()).toEqual([["PT15M", "Drucker"], ["PT45M", "Drucker"]]);
  await axe(page);
});

// Red when: deleting does not say what becomes of others, or they do not become that.
test("deleting the first of two lets the second have the free time", async ({ page, rest }) => {
  const project = await newProject(rest);
  const [person, day] = [await me(page), yesterday()];
  const first = await newBooking(rest, project.tasks[0], person, day, "PT30M", { note: "Erste" });
  const second = await newBooking(rest, project.tasks[0], person, day, "PT30M", { note: "Zweite" });
  expect(parts(second)).toEqual([["Freie Zeit", "PT15M", "0.00"], ["Support", "PT15M", "25.00"]]);
  await open(page, `week/${day}`);
  await expect(page.locator(".week li")).toHaveCount(7);
  await expect(page.locator(".day[aria-current=date]")).toHaveAttribute("href", `#/week/${day}`);
  await proper(page, "the week");
  await page.locator(`a[href$="${first.id}"]`).tap();
  await page.getByRole("button", { name: say("phone_delete_ask") }).tap();
  const plan = page.getByTestId("delete-plan");
  await expect(plan).toContainText(say("phone_before_after", { name: "Freie Zeit", before: "0:15 h", after: "0:30 h" }));
  await expect(plan).toContainText(say("phone_before_after", { name: "Support", before: "0:15 h = 25,00 €", after: "–" }));
  await proper(page, "the plan of a deletion");
  await page.getByRole("button", { name: say("phone_delete", { time: "0:30 h" }) }).tap();
  await expect(answered(page)).toContainText(say("phone_deleted"));
  await proper(page, "the answer to a deletion");
  const left = await bookingsOf(rest, project.id);
  expect(left.map((booking) => [booking.id, parts(booking)])).toEqual([[second.id, [["Freie Zeit", "PT30M", "0.00"]]]]);
});

// Red when: a change is booked as a new one, or does not show what becomes of the later booking.
test("a booking is changed, and shows what becomes of the later one", async ({ page, rest }) => {
  const project = await newProject(rest);
  const [person, day] = [await me(page), yesterday()];
  const first = await newBooking(rest, project.tasks[0], person, day, "PT30M");
  await newBooking(rest, project.tasks[0], person, day, "PT30M");
  await open(page, `booking/${day}/${first.id}`);
  await chip(page, "0:45").tap();
  await expect(splitted(page).first()).toHaveText(free("0:45"));
  await expect(page.getByTestId("split")).toContainText(say("phone_before_after", { name: "Freie Zeit", before: "0:15 h", after: "–" }));
  await proper(page, "a change");
  await page.getByRole("button", { name: say("phone_save_change", { time: "0:45 h" }) }).tap();
  await expect(answered(page)).toContainText(say("phone_others"));
  const changed = await bookingsOf(rest, project.id);
  expect(changed.map((booking) => booking.time).sort()).toEqual(["PT30M", "PT45M"]);
});

// Red when: what somebody else booked in the meantime is not told after saving.
test("what was booked in the meantime is shown in place", async ({ page, rest }) => {
  const project = await newProject(rest);
  const person = await me(page);
  await open(page, "new");
  await take(page, project);
  await chip(page, "0:45").tap();
  await expect(splitted(page)).toHaveText([free("0:45")]);
  await newBooking(rest, project.tasks[0], person, today(), "PT30M");
  await save(page, "0:45").tap();
  await expect(answered(page)).toContainText(say("phone_differs"));
  await expect(answered(page)).toContainText(say("phone_before_after", { name: "Freie Zeit", before: "0:45 h", after: "0:15 h" }));
});

// Red when: what was typed is gone after a failed save or a reload.
test("without a network nothing typed is lost", async ({ page, rest, context, complaints }) => {
  const project = await newProject(rest);
  await open(page, "new");
  await take(page, project);
  await chip(page, "1:30").tap();
  await page.locator(".booking-more summary").tap();
  await page.locator("#booking-note").fill("Unterwegs ohne Netz");
  await context.setOffline(true);
  await save(page, "1:30").tap();
  await expect(page.locator(".notice")).toContainText(say("phone_offline"));
  await context.setOffline(false);
  without(complaints, "ERR_INTERNET_DISCONNECTED");
  await page.reload();
  await page.locator("main.phone[data-ready] h1").waitFor();
  await expect(page.locator("#booking-time")).toHaveValue("1:30");
  await page.locator(".booking-more summary").tap();
  await expect(page.locator("#booking-note")).toHaveValue("Unterwegs ohne Netz");
  await save(page, "1:30").tap();
  await expect(answered(page)).toBeVisible();
  expect((await bookingsOf(rest, project.id)).map((booking) => booking.note)).toEqual(["Unterwegs ohne Netz"]);
});

test.describe("the timer", () => {
  /** A clock that stands at that hour of yesterday where the company is, and goes on from there. */
  async function at(page: Page, hour: string) {
    await page.clock.install({ time: new Date(`${yesterday()}T${hour}:00Z`) });
  }

  const figure = (page: Page) => page.getByTestId("elapsed");

  // Red when: the timer counts instead of knowing when it began, or its split is only seen after it was booked.
  test("survives a reload and shows its split while it runs", async ({ page, rest }) => {
    const project = await newProject(rest);
    await at(page, "08:00");
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("24:10");
    await expect(figure(page)).toContainText("0:24:");
    await expect(splitted(page)).toHaveText([free("0:24")]);
    await expect(page.getByTestId("split")).toContainText(ahead("0:21", "100,00"));
    await page.reload();
    await page.locator("main.phone[data-ready] h1").waitFor();
    await expect(figure(page)).toContainText(/0:2[45]:/);
    await proper(page, "the timer");
    await open(page, "");
    await expect(figure(page)).toContainText(/0:2[45]:/);
    await expect(page.locator(".timer-face").getByTestId("left")).toContainText(project.customer.name);
    await axe(page);
    await open(page, "timer");
    await page.getByRole("button", { name: say("phone_stop") }).tap();
    expect(await bookingsOf(rest, project.id), "stopping books nothing yet").toEqual([]);
    await proper(page, "a stopped timer");
    // It runs on as if nobody had stopped it.
    await page.getByRole("button", { name: say("phone_go_on") }).tap();
    await page.getByRole("button", { name: say("phone_stop") }).tap();
    await page.getByRole("button", { name: /^0:2[45]:\d\d h buchen$/ }).tap();
    await expect(answered(page)).toBeVisible();
    const [booked] = await bookingsOf(rest, project.id);
    expect(booked.date).toBe(yesterday());
    expect(parts(booked).map(([name]) => name)).toEqual(["Freie Zeit"]);
  });

  // Red when: with splitting off a timer cannot be booked, or what fits is booked with the rest.
  test("with splitting off one tap books what fits, and the rest stays stopped", async ({ page, rest }) => {
    const project = await newProject(rest, { splitting: "off" });
    await at(page, "08:00");
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("01:00:30");
    await page.getByRole("button", { name: say("phone_stop") }).tap();
    await expect(page.locator(".notice-bad")).toContainText("0:45 h");
    await page.getByRole("button", { name: /^0:45 h buchen, 0:15:\d\d h als Nächstes$/ }).tap();
    await expect(answered(page)).toContainText("0:45 h");
    await expect(splitted(page)).toHaveText([/Support/]);
    expect((await bookingsOf(rest, project.id)).map((booking) => booking.time)).toEqual(["PT45M"]);
    await page.getByRole("button", { name: /^0:15:\d\d h buchen$/ }).tap();
    await expect(figure(page)).toHaveCount(0);
    expect((await bookingsOf(rest, project.id)).map((booking) => parts(booking)[0][0]).sort()).toEqual(["Freie Zeit", "Support"]);
    await axe(page);
  });

  // Red when: switching loses the first, or books it twice.
  test("switches to another task: the first is booked, the second runs", async ({ page, rest }) => {
    const [first, second] = [await newProject(rest), await newProject(rest)];
    await at(page, "08:00");
    await open(page, "timer");
    await take(page, first);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("01:00:30");
    await expect(splitted(page)).toHaveText([free("0:45"), charged("0:15", "25,00")]);
    await take(page, second);
    await expect(answered(page)).toContainText(first.name);
    await expect(page.locator(".timer-face")).toContainText(second.name);
    const [booked] = await bookingsOf(rest, first.id);
    expect(parts(booked).map(([name]) => name)).toEqual(["Freie Zeit", "Support"]);
    expect(await bookingsOf(rest, second.id)).toEqual([]);
  });

  // Red when: a timer that nobody stopped is booked by itself, or for longer than was said.
  test("asks when it was forgotten, and books nothing by itself", async ({ page, rest }) => {
    const project = await newProject(rest);
    await at(page, "05:00");
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("11:00:00");
    const question = page.getByTestId("forgotten");
    await expect(question).toContainText(say("phone_forgotten"));
    await expect(page.locator(".task")).toHaveCount(0);
    await proper(page, "the question");
    await page.locator("#timer-end").fill("3:00");
    await page.getByRole("button", { name: say("phone_end_take") }).tap();
    await expect(page.locator("#timer-end-problem")).toHaveText(say("phone_end_wrong"));
    await question.getByRole("button", { name: /\(10:00 h\)$/ }).tap();
    expect(await bookingsOf(rest, project.id)).toEqual([]);
    await expect(splitted(page)).toHaveText([free("0:45"), charged("9:15", "925,00")]);
    await save(page, "10:00").tap();
    await expect(answered(page)).toBeVisible();
    expect((await bookingsOf(rest, project.id)).map((booking) => booking.time)).toEqual(["PT10H"]);
  });

  // Red when: a forgotten timer cannot go on, is not asked about again, goes with one tap, or comes back.
  test("that was forgotten goes on, and is thrown away with a second tap", async ({ page, rest }) => {
    const project = await newProject(rest);
    await at(page, "05:00");
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("11:00:00");
    const question = page.getByTestId("forgotten");
    await question.getByRole("button", { name: /^Bis jetzt \(11:00/ }).tap();
    await expect(question).toHaveCount(0);
    await page.getByRole("button", { name: say("phone_go_on") }).tap();
    await expect(question).toContainText("11:00");
    await page.clock.fastForward("01:00:00");
    await expect(question).toContainText("12:00");
    await question.getByRole("button", { name: /verwerfen …$/ }).tap();
    await expect(figure(page)).toContainText("12:00");
    await proper(page, "the second tap");
    await question.getByRole("button", { name: /wirklich verwerfen$/ }).tap();
    await expect(figure(page)).toHaveCount(0);
    await page.reload();
    await expect(page.locator("#task-q")).toBeVisible();
    await expect(figure(page)).toHaveCount(0);
    expect(await bookingsOf(rest, project.id)).toEqual([]);
    await axe(page);
  });

  // Red when: an end is offered that is refused once it is taken, is not offered any more though it could be booked, or
  // nobody says why it is not.
  test("that ran for more than a day is not offered until now, which nobody can book", async ({ page, rest }) => {
    const project = await newProject(rest);
    await page.clock.install({ time: new Date(`${dayAfter(today(), -3)}T05:00:00Z`) });
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("23:00:00");
    const question = page.getByTestId("forgotten");
    const untilNow = question.getByRole("button", { name: /^Bis jetzt/ });
    await expect(untilNow).toContainText("23:00");
    await page.clock.fastForward("02:00:00");
    await expect(question).toContainText(/Bis jetzt geht nicht: 25:00(:\d\d)?\sh sind mehr als 24:00\sh\./);
    await expect(untilNow).toHaveCount(0);
    await proper(page, "the question after a day");
    await question.getByRole("button", { name: /\(10:00 h\)$/ }).tap();
    await save(page, "10:00").tap();
    await expect(answered(page)).toBeVisible();
    expect((await bookingsOf(rest, project.id)).map((booking) => booking.time)).toEqual(["PT10H"]);
  });

  // Red when: a timer past midnight is one booking, or shows its days only afterwards.
  test("past midnight shows each day before it is booked", async ({ page, rest }) => {
    const project = await newProject(rest);
    await page.clock.install({ time: new Date(`${dayAfter(today(), -2)}T20:00:00Z`) });
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("05:00:00");
    await page.getByRole("button", { name: say("phone_stop") }).tap();
    await expect(page.getByTestId("split").locator("h3")).toHaveText([german(dayAfter(today(), -2)), german(yesterday())]);
    // Whole seconds: just five hours have none.
    await page.getByRole("button", { name: /^5:00(:\d\d)? h buchen$/ }).tap();
    await expect(answered(page)).toHaveCount(2);
    expect((await bookingsOf(rest, project.id)).map((booking) => booking.date)).toEqual([yesterday(), dayAfter(today(), -2)]);
  });

  // Red when: what was fetched before midnight decides after it, or is fetched once while the server's day has not turned.
  test("shows its split also when midnight passes while somebody looks", async ({ page, rest }) => {
    const project = await newProject(rest);
    const [before, after] = [dayAfter(today(), -2), yesterday()];
    // A server that lives in the time of the page.
    let day = before;
    await page.route(/\/phone\/facts\?/, async (route) => {
      const answer = await route.fetch();
      const found = await answer.json();
      await route.fulfill({ response: answer, json: { ...found, facts: { ...found.facts, today: day } } });
    });
    await page.clock.install({ time: new Date(`${before}T20:00:00Z`) });
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("01:00:30");
    await expect(splitted(page)).toHaveText([free("0:45"), charged("0:15", "25,00")]);
    const early = page.waitForResponse(/\/phone\/facts\?/);
    await page.clock.fastForward("04:00:00");
    await early;
    const words = say("split_in_future", { date: german(after), today: german(before) });
    await expect(page.locator(".notice-bad")).toHaveText(words);
    day = after;
    await page.clock.fastForward("01:00");
    await expect(page.getByTestId("split").locator("h3")).toHaveText([german(before), german(after)]);
    await axe(page);
  });
});
