// What is kept on a telephone: whose it is, and what becomes of it when an answer is lost on the way.
import type { Page } from "@playwright/test";
import { axe, expect, state, test } from "../fixtures.ts";
import {
  answered, charged, chip, free, lookAgain, open, PHONE, proper, save, splitted, take, without, yesterday,
} from "../phone.ts";
import { bookingsOf, newProject, type Project } from "../projects.ts";
import { seconds, type Rest } from "../rest.ts";
import { say } from "../words.ts";

/** Signs in on that telephone. The session is its own: it ends with the next one. */
async function signIn(page: Page, login: string) {
  const answer = await page.request.post("/sign-in", { form: { login, password: "drawdown" }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
}

// Red when: somebody else sees or books what was begun on the telephone, or it is gone for whose it is.
test("what is kept belongs to the person", async ({ open: as, rest }) => {
  const [timed, typed] = [await newProject(rest), await newProject(rest)];
  const page = await as("nobody", PHONE);
  await signIn(page, "staff");
  await open(page, "new");
  await take(page, typed);
  await chip(page, "1:00").tap();
  await expect(splitted(page).first()).toBeVisible();
  await open(page, "timer");
  await take(page, timed);
  await expect(page.locator(".timer-face")).toContainText(timed.name);

  await signIn(page, "projectmanager");
  await lookAgain(page);
  await expect(page.getByTestId("elapsed")).toHaveCount(0);
  await expect(page.locator("#task-q")).toBeVisible();
  await page.reload();
  await page.locator("main.phone[data-ready] h1").waitFor();
  await expect(page.locator("#task-q")).toBeVisible();
  await expect(page.getByTestId("elapsed")).toHaveCount(0);
  await open(page, "");
  await expect(page.getByRole("link", { name: say("phone_new") })).toBeVisible();
  await expect(page.locator(".timer-face")).toHaveCount(0);
  await open(page, "new");
  await expect(page.locator("#task-q")).toBeVisible();
  await expect(page.locator("#booking-time")).toHaveCount(0);
  await axe(page);

  await signIn(page, "staff");
  await page.reload();
  await page.locator("main.phone[data-ready] h1").waitFor();
  await expect(page.locator("#booking-time")).toHaveValue("1:00");
  await expect(page.locator(".booking-on")).toContainText(typed.name);
  await open(page, "timer");
  await expect(page.locator(".timer-face")).toContainText(timed.name);
  await expect(page.getByTestId("elapsed")).toBeVisible();
  expect([await bookingsOf(rest, timed.id), await bookingsOf(rest, typed.id)]).toEqual([[], []]);
  await axe(page);
});

// Red when: what one has begun is booked by whoever has signed in since, in another tab, before the page knows.
test("what is sent says whose it is", async ({ open: as, rest, allowed }) => {
  allowed.status(403);
  const project = await newProject(rest);
  const page = await as("nobody", PHONE);
  await signIn(page, "projectmanager");
  await open(page, "new");
  await take(page, project);
  await chip(page, "1:00").tap();
  await expect(splitted(page).first()).toBeVisible();
  await signIn(page, "staff");
  await page.locator(".booking-save > button").tap();
  await expect(page.locator(".notice-bad")).toBeVisible();
  expect(await bookingsOf(rest, project.id)).toEqual([]);
  await axe(page);
});

test.describe("a lost answer", () => {
  test.use({ ...PHONE, storageState: async ({}, use) => use(state("staff")) });

  const earlier = (page: Page) => page.getByTestId("earlier");
  const figure = (page: Page) => page.getByTestId("elapsed");
  const offline = (page: Page) => expect(page.locator(".notice", { hasText: say("phone_offline") })).toBeVisible();

  /** The next that is sent there is saved, and its answer is lost. */
  const lose = (page: Page, path: "bookings" | "timer") =>
    page.route(`**/api/v1/phone/${path}`, async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });

  /** How long the bookings of a project are, in seconds. */
  const times = async (rest: Rest, project: Project) => (await bookingsOf(rest, project.id)).map((booking) => seconds(booking.time)).sort((a, b) => a - b);

  async function runs(page: Page, project: Project) {
    await page.clock.install({ time: new Date(`${yesterday()}T08:00:00Z`) });
    await open(page, "timer");
    await take(page, project);
    await expect(figure(page)).toBeVisible();
    await page.clock.fastForward("01:00:30");
    await expect(splitted(page)).toHaveText([free("0:45"), charged("0:15", "25,00")]);
  }

  // Red when: what is sent once more is saved once more, or refused.
  test("is asked for by saving once more: a booking is saved once", async ({ page, rest, complaints }) => {
    const project = await newProject(rest);
    await open(page, "new");
    await take(page, project);
    await chip(page, "1:00").tap();
    await lose(page, "bookings");
    await save(page, "1:00").tap();
    await offline(page);
    expect(await times(rest, project)).toEqual([3_600]);
    await save(page, "1:00").tap();
    await expect(answered(page)).toBeVisible();
    expect(await times(rest, project)).toEqual([3_600]);
    await axe(page);
    without(complaints, "ERR_FAILED");
  });

  // Red when: whoever changes something in between is stuck, is not told what was saved, or books it without a tap.
  test("is told when something was changed in between, and the rest has a tap of its own", async ({ page, rest, allowed, complaints }) => {
    allowed.status(409);
    const project = await newProject(rest);
    await open(page, "new");
    await take(page, project);
    await chip(page, "1:00").tap();
    await lose(page, "bookings");
    await save(page, "1:00").tap();
    await offline(page);
    await chip(page, "0:30").tap();
    await save(page, "0:30").tap();
    await expect(earlier(page)).toContainText(say("phone_saved_before"));
    await expect(earlier(page).locator(".booked > li")).toContainText("1:00 h");
    // Of the free time nothing is left.
    await expect(splitted(page)).toHaveText([charged("0:30", "50,00")]);
    expect(await times(rest, project)).toEqual([3_600]);
    await proper(page, "what was saved before");
    await save(page, "0:30").tap();
    await expect(answered(page)).toBeVisible();
    expect(await times(rest, project)).toEqual([1_800, 3_600]);
    await axe(page);
    without(complaints, "ERR_FAILED");
  });

  // Red when: "book and switch" goes on counting on the first task, is booked twice, or the second loses its time.
  test("of book and switch: the first is booked once, and the second has run since", async ({ page, rest, complaints }) => {
    const [first, second] = [await newProject(rest), await newProject(rest)];
    await runs(page, first);
    await lose(page, "timer");
    await take(page, second);
    await offline(page);
    await expect(page.locator("main")).toContainText(say("phone_then_timer", { task: "Störung", project: second.name }));
    await proper(page, "a timer that waits for its answer");
    const [sent] = await times(rest, first);
    await page.reload();
    await page.locator("main.phone[data-ready] h1").waitFor();
    await page.clock.fastForward("10:00");
    await page.getByRole("button", { name: /^1:00:\d\d h buchen$/ }).tap();
    await expect(answered(page)).toContainText(first.name);
    await expect(page.locator(".timer-face")).toContainText(second.name);
    await expect(figure(page)).toContainText(/0:1\d/);
    expect(await times(rest, first)).toEqual([sent]);
    expect(await times(rest, second)).toEqual([]);
    await axe(page);
    without(complaints, "ERR_FAILED");
  });

  // Red when: a timer that was let run on is stuck, or books its first hour once more.
  test("of a timer that was let run on: what was saved is taken off it", async ({ page, rest, allowed, complaints }) => {
    allowed.status(409);
    const project = await newProject(rest);
    await runs(page, project);
    const stop = page.getByRole("button", { name: say("phone_stop") });
    const book = page.getByRole("button", { name: / buchen$/ });
    await stop.tap();
    await lose(page, "timer");
    await book.tap();
    await offline(page);
    const [sent] = await times(rest, project);
    await page.getByRole("button", { name: say("phone_go_on") }).tap();
    await page.clock.fastForward("30:00");
    await stop.tap();
    await book.tap();
    await expect(earlier(page)).toContainText(say("phone_saved_before"));
    expect(await times(rest, project)).toEqual([sent]);
    await expect(figure(page)).toContainText(/0:3\d/);
    await book.tap();
    await expect(answered(page)).toBeVisible();
    const [more, whole] = await times(rest, project);
    expect(whole).toBe(sent);
    expect(Math.floor(more / 600), "about half an hour").toBe(3);
    await axe(page);
    without(complaints, "ERR_FAILED");
  });

  // Red when: what was begun cannot be thrown away, goes with one tap, or comes back.
  test("leaves nothing behind that cannot be thrown away", async ({ page, rest }) => {
    const project = await newProject(rest);
    await open(page, "new");
    await take(page, project);
    await chip(page, "1:00").tap();
    await page.getByRole("button", { name: say("phone_throw"), exact: true }).tap();
    await expect(page.locator("#booking-time")).toHaveValue("1:00");
    await page.getByRole("button", { name: say("phone_throw_sure") }).tap();
    await expect(page.locator("#task-q")).toBeVisible();
    await page.reload();
    await page.locator("main.phone[data-ready] h1").waitFor();
    await expect(page.locator("#task-q")).toBeVisible();
    await expect(page.locator("#booking-time")).toHaveCount(0);
    expect(await bookingsOf(rest, project.id)).toEqual([]);
    await axe(page);
  });
});
