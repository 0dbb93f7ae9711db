// What is left for a customer stays in sight on the telephone, and what cannot be booked is refused at its field.
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { axe, expect, live, state, test, visit } from "../fixtures.ts";
import {
  answered, charged, chip, free, latest, left, lookAgain, me, open, PHONE, proper, save, sent, splitted, take, without, yesterday,
} from "../phone.ts";
import { bookingsOf, collecting, newBooking, newProject, parts, somebody, type Project } from "../projects.ts";
import { dayAfter, german, minutes, Rest, today } from "../rest.ts";
import { alone, drawdown } from "../servers.ts";
import { say } from "../words.ts";

test.use({ ...PHONE, storageState: async ({}, use) => use(state("staff")) });

const problem = (page: Page, field: string) => page.locator(`#booking-${field}-problem`);

/** Types another day. */
async function on(page: Page, day: string) {
  await page.locator(".booking-more summary").tap();
  await page.locator("#booking-date").fill(day);
}

// Red when: free minutes cost something, or what is left is out of sight or not counted anew once they are saved.
test("free minutes are booked, and what is left stays in sight", async ({ page, rest }) => {
  const project = await newProject(rest);
  await open(page, "new");
  await take(page, project);
  await expect(left(page)).toContainText(say("balance_left_of", { left: "0:45 h", granted: "0:45 h" }));
  await chip(page, "0:30").tap();
  await expect(splitted(page)).toHaveText([free("0:30")]);
  expect(await sent(page, "0:30")).toBe(200);
  await expect(answered(page).getByTestId("left")).toContainText(say("phone_left_for", { customer: project.customer.name }));
  await expect(left(page)).toContainText(say("balance_left_of", { left: "0:15 h", granted: "0:45 h" }));
  const [booked] = await bookingsOf(rest, project.id);
  expect(parts(booked)).toEqual([["Freie Zeit", "PT30M", "0.00"]]);
  await proper(page, "the answer");

  await open(page, `booking/${today()}/${booked.id}`);
  await page.getByRole("button", { name: say("phone_delete_ask") }).tap();
  await page.getByRole("button", { name: say("phone_delete", { time: "0:30 h" }) }).tap();
  await expect(answered(page)).toContainText(say("phone_deleted"));
  await expect(left(page)).toContainText(say("balance_left_of", { left: "0:45 h", granted: "0:45 h" }));
});

// Red when: a quota that no project draws is not counted, or what is left is only said once a task is chosen.
test("what no project draws is in sight too, already where the task is chosen", async ({ page, rest }) => {
  const customer = await rest.customer();
  const account = await rest.account(customer.id, { name: "Kontingent" });
  const until = dayAfter(today(), 30);
  await rest.grant(account, minutes(240), dayAfter(today(), -30), until);
  const project = await newProject(rest, { customer, lines: [{ name: "Support", kind: "effort", rate: "100" }] });
  await open(page, "new");
  await page.locator("#task-q").fill(project.name);
  await expect(left(page)).toContainText(say("phone_left_for", { customer: customer.name }));
  await expect(left(page)).toContainText(say("balance_left_of", { left: "4:00 h", granted: "4:00 h" }));
  await expect(left(page)).toContainText(say("balance_lapses", { amount: "4:00 h", date: german(until) }));
  await proper(page, "the picker");
  await page.locator(".task", { hasText: project.name }).first().tap();
  await expect(page.locator("#booking-time")).toBeVisible();
  await expect(left(page)).toContainText("Kontingent");
});

// Red when: a task that is offered does not say what is left of what it draws, each is asked about by itself, or none is
// offered where that cannot be had.
test("each task that is offered says what is left of what it draws, asked for all at once", async ({ page, rest, allowed }) => {
  allowed.status(503);
  const project = await collecting(rest, { Block: 120 });
  await newBooking(rest, project.tasks[0], await me(page), today(), "PT30M", { id: latest() });
  const offered = page.locator(".task", { hasText: project.name });
  const still = offered.locator(".task-left");
  const words = say("phone_left_short", { left: "0:15 h Freie Zeit · 2:00 h Block" });
  const asked: string[] = [];
  page.on("request", (request) => { if (request.url().includes("/phone/left/projects?")) asked.push(request.url()); });
  await open(page, "");
  await expect(still).toHaveText(words);
  expect(asked).toHaveLength(1);
  await proper(page, "tasks with what is left");
  await open(page, "new");
  await page.locator("#task-q").fill(project.name);
  await expect(still).toHaveText(words);
  await newBooking(rest, project.tasks[0], (await somebody(rest)).id, today(), "PT30M");
  await lookAgain(page);
  await expect(still).toHaveText(say("phone_left_short", { left: "0:00 h Freie Zeit · 1:45 h Block" }));

  await page.route(/\/phone\/left\/projects\?/, (route) => route.fulfill({ status: 503, json: { title: "too_slow", detail: "" } }));
  await page.reload();
  const refused = page.waitForResponse((answer) => answer.status() === 503);
  await page.locator("#task-q").fill(project.name);
  await refused;
  await expect(offered).toBeVisible();
  await expect(still).toHaveText("");
});

// Red when: without a timer nothing of the customer of the newest booking is in sight, beside a timer theirs is not the first,
// or nothing is said of the other customers of today.
test("today shows what is left for the customer of the newest booking or of the timer, then for the others of today", async ({ open: as, rest }) => {
  // Nobody else books as this one on the telephone.
  const page = await as("admin", PHONE);
  const [newest, earlier, other] = [await newProject(rest), await newProject(rest), await newProject(rest)];
  await open(page, "");
  await newBooking(rest, earlier.tasks[0], await me(page), today(), "PT10M");
  // Of one day the largest id counts as the latest.
  await newBooking(rest, newest.tasks[0], await me(page), today(), "PT20M", { id: `ffffffff-ffff-4fff-bfff-${randomUUID().slice(-12)}` });
  const of = ({ customer }: Project) => left(page).filter({ hasText: customer.name });
  await page.reload();
  await expect(left(page).first()).toContainText(newest.customer.name);
  await expect(left(page).first()).toContainText(say("balance_left_of", { left: "0:25 h", granted: "0:45 h" }));
  await expect(of(earlier)).toContainText(say("balance_left_of", { left: "0:35 h", granted: "0:45 h" }));
  await expect(of(newest)).toHaveCount(1);
  await proper(page, "today");
  await open(page, "timer");
  await take(page, other);
  await expect(page.getByTestId("elapsed")).toBeVisible();
  await open(page, "");
  await expect(page.locator(".phone-head")).toBeVisible();
  await expect(page.locator(".timer-face").getByTestId("left")).toContainText(other.customer.name);
  await expect(of(other)).toHaveCount(1);
  await expect(of(newest)).toContainText(say("balance_left_of", { left: "0:25 h", granted: "0:45 h" }));
});

// Red when: on a day with several customers what is left is told for none or one of them, in another order, or what is folded
// is asked about before somebody wants it.
test("a day says for each of its customers what is left, the latest first", async ({ open: as, rest }) => {
  const page = await as("admin", PHONE);
  const day = dayAfter(today(), -45);
  const projects: Project[] = [];
  for (let number = 0; number < 5; number += 1) projects.push(await newProject(rest));
  const person = await me(page);
  for (const project of projects) await newBooking(rest, project.tasks[0], person, day, "PT15M");
  const latestFirst = [...projects].reverse().map(({ customer }) => say("phone_left_for", { customer: customer.name }));
  const asked: string[] = [];
  page.on("request", (request) => { if (request.url().includes("/phone/left?")) asked.push(request.url()); });
  await open(page, `week/${day}`);
  await expect(left(page).locator("h2")).toHaveText(latestFirst.slice(0, 3));
  await expect(left(page).first()).toContainText(say("balance_left_of", { left: "0:30 h", granted: "0:45 h" }));
  expect(asked).toHaveLength(3);
  await proper(page, "a day with several customers");
  const others = page.getByTestId("left-others");
  await others.locator("summary").first().tap();
  await expect(others.getByTestId("left").first()).toContainText(latestFirst[3]);
  await expect(others.getByTestId("left").nth(1)).toContainText(latestFirst[4]);
  await proper(page, "its other customers");
});

// Red when: something is saved before it was seen where its time goes, or never where that cannot be seen.
test("saving waits for the split, unless it cannot be had", async ({ page, rest, complaints }) => {
  const project = await newProject(rest);
  let send = () => {};
  const held = new Promise<void>((resolve) => { send = resolve; });
  const facts = /\/phone\/facts\?/;
  await page.route(facts, async (route) => { await held; await route.continue(); });
  await open(page, "new");
  await take(page, project);
  await chip(page, "1:00").tap();
  await expect(save(page, "1:00")).toBeDisabled();
  send();
  await expect(splitted(page)).toHaveText([free("0:45"), charged("0:15", "25,00")]);
  await expect(save(page, "1:00")).toBeEnabled();
  await page.unroute(facts);

  await page.route(facts, (route) => route.abort());
  await open(page, "timer");
  await open(page, "new");
  await expect(page.locator(".booking-seen .notice")).toHaveText(say("phone_offline"));
  await expect(splitted(page)).toHaveCount(0);
  expect(await sent(page, "1:00")).toBe(200);
  await expect(answered(page)).toBeVisible();
  await axe(page);
  without(complaints, "ERR_FAILED");
});

// Red when: a telephone that was in the pocket still shows what was there before.
test("what was booked in the meantime is in sight when the telephone is looked at again", async ({ page, rest }) => {
  const project = await newProject(rest);
  await open(page, "new");
  await take(page, project);
  await chip(page, "0:45").tap();
  await expect(splitted(page)).toHaveText([free("0:45")]);
  await newBooking(rest, project.tasks[0], (await somebody(rest)).id, today(), "PT30M");
  await lookAgain(page);
  await expect(splitted(page)).toHaveText([free("0:15"), charged("0:30", "50,00")]);
  await expect(left(page)).toContainText(say("balance_left_of", { left: "0:15 h", granted: "0:45 h" }));
  await expect(page.locator("#booking-time")).toHaveValue("0:45");
  await axe(page);
});

// Red when: what somebody else took in the meantime is overdrawn or split, or the typed time is gone with the refusal.
test("with splitting off what does not fit any more is refused when it is sent", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const project = await newProject(rest, { splitting: "off" });
  await open(page, "new");
  await take(page, project);
  await chip(page, "0:45").tap();
  await expect(splitted(page)).toHaveText([free("0:45")]);
  await newBooking(rest, project.tasks[0], (await somebody(rest)).id, today(), "PT30M");
  expect(await sent(page, "0:45")).toBe(422);
  await expect(problem(page, "time")).toHaveText(say("split_does_not_fit", { wanted: "0:45 h", left: "0:15 h", rest: "0:30 h" }));
  await expect(page.locator("#booking-time")).toHaveValue("0:45");
  await expect(page.getByRole("button", { name: say("phone_book_part", { time: "0:15 h", rest: "0:30 h" }) })).toBeVisible();
  await expect(answered(page)).toHaveCount(0);
  expect((await bookingsOf(rest, project.id)).map((booking) => booking.time)).toEqual(["PT30M"]);
});

// Red when: with rounding a part is offered that is billed with more than is left, or none where one can be booked.
test("with splitting off and rounding the part that is offered can be booked, and none is where none can", async ({ page, rest }) => {
  const project = await newProject(rest, { splitting: "off", rounding: { minimum: "PT30M", step: "PT15M" } });
  const advice = { wanted: "1:00 h", left: "0:45 h", first: "0:45 h", then: "0:05 h" };
  const part = (time: string, left: string) => page.getByRole("button", { name: say("phone_book_part", { time, rest: left }) });
  await open(page, "new");
  await take(page, project);
  await page.locator("#booking-time").fill("0:50");
  await expect(problem(page, "time")).toHaveText(say("split_does_not_fit_rounded", advice));
  await expect(part("0:45 h", "0:05 h")).toBeVisible();

  await newBooking(rest, project.tasks[0], (await somebody(rest)).id, today(), "PT30M");
  await lookAgain(page);
  await expect(problem(page, "time")).toHaveText(say("split_never_fits", { wanted: "1:00 h", left: "0:15 h" }));
  await expect(part("0:15 h", "0:35 h")).toHaveCount(0);
});

// Red when: two portions stay apart, or still cost something, after a change has left enough free time for one.
test("a change that leaves free time makes one portion of the two of a later booking", async ({ page, rest }) => {
  const project = await newProject(rest);
  const [person, day] = [await me(page), yesterday()];
  const first = await newBooking(rest, project.tasks[0], person, day, "PT30M");
  const second = await newBooking(rest, project.tasks[0], person, day, "PT30M");
  expect(parts(second)).toEqual([["Freie Zeit", "PT15M", "0.00"], ["Support", "PT15M", "25.00"]]);
  await open(page, `booking/${day}/${first.id}`);
  await chip(page, "0:15").tap();
  const split = page.getByTestId("split");
  await expect(split).toContainText(say("phone_before_after", { name: "Freie Zeit", before: "0:15 h", after: "0:30 h" }));
  await expect(split).toContainText(say("phone_before_after", { name: "Support", before: "0:15 h = 25,00 €", after: "–" }));
  await page.getByRole("button", { name: say("phone_save_change", { time: "0:15 h" }) }).tap();
  await expect(answered(page)).toContainText(say("phone_others"));
  const changed = (await bookingsOf(rest, project.id)).find((booking) => booking.id === second.id)!;
  expect(parts(changed)).toEqual([["Freie Zeit", "PT30M", "0.00"]]);
});

// Red when: time is booked for a day that has not come, or the refusal does not stand at the day.
test("a day that has not come is refused at its field", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const project = await newProject(rest);
  const tomorrow = dayAfter(today(), 1);
  await open(page, "new");
  await take(page, project);
  await chip(page, "0:30").tap();
  await on(page, tomorrow);
  const words = say("split_in_future", { date: german(tomorrow), today: german(today()) });
  await expect(problem(page, "date")).toHaveText(words);
  expect(await sent(page, "0:30")).toBe(422);
  await expect(problem(page, "date")).toHaveText(words);
  expect(await bookingsOf(rest, project.id)).toEqual([]);
});

// Red when: a task on which nothing is booked any more is offered.
test("a closed task is not offered", async ({ page, rest }) => {
  const project = await newProject(rest, { tasks: ["Störung", "Einrichtung"] });
  const tasks = project.tasks.map((id, place) => ({ id, name: ["Störung", "Einrichtung"][place], closed: place === 1 }));
  await rest.call("PUT", `/projects/${project.id}/tasks`, { version: project.version, tasks });
  await open(page, "new");
  await page.locator("#task-q").fill(project.name);
  const offered = page.locator(".task", { hasText: project.name });
  await expect(offered).toHaveCount(1);
  await expect(offered).toContainText("Störung");
});

// Red when: time on an issued document can be changed or deleted, or nobody is told why not.
test("a booking on an issued document says why it stays as it is", async ({ page, rest }) => {
  const project = await newProject(rest);
  const [year, month] = today().split("-").map(Number);
  const of = (month: number, day: number) => new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
  const day = of(month - 1, 10);
  const booked = await newBooking(rest, project.tasks[0], await me(page), day, "PT1H");
  const id = randomUUID();
  await rest.call("POST", `/projects/${project.id}/invoices`, { id, from: of(month - 1, 1), until: of(month, 1) });
  await rest.call("POST", `/documents/${id}/issue`, {});
  await open(page, `booking/${day}/${booked.id}`);
  await expect(page.locator(".booking .notice-warn")).toHaveText(say("split_locked_document"));
  await expect(left(page)).toContainText(say("phone_left_for", { customer: project.customer.name }));
  await expect(page.locator("#booking-time")).toHaveCount(0);
  await expect(page.getByRole("button", { name: say("phone_delete_ask") })).toHaveCount(0);
  await proper(page, "a locked booking");
});

// Red when: the phone splits although the company does not, or books in closed books.
test("what the company has set holds on the phone: nothing is split, and closed books stay closed", async ({ open: as, allowed }) => {
  test.slow();
  allowed.status(422);
  allowed.unlooked("the server of its page has ended");
  const company = await alone("phone", {});
  try {
    const { url, database } = company;
    drawdown(database, ["user", "add", "erika", "--role", "admin"], "ein langes Passwort");
    const token = drawdown(database, ["token", "add", "phone", "--role", "admin"]);
    const rest = new Rest({ engine: "sqlite", database, urls: [url, url], token });
    const page = await as("nobody", { ...PHONE, baseURL: url });
    const signedIn = await page.request.post("/sign-in", { form: { login: "erika", password: "ein langes Passwort" }, maxRedirects: 0 });
    expect(signedIn.status()).toBe(303);
    const [last, closed] = [dayAfter(today(), -3), dayAfter(today(), -5)];
    await visit(page, "/settings");
    await live(page.locator("#settings-company"));
    await page.locator("#settings-company").fill("Musterhaus");
    await page.locator("#settings-splitting").selectOption("off");
    await page.locator("#settings-books_closed_last").fill(last);
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page.locator(".notice-good")).toHaveText(say("saved"));

    const project = await newProject(rest, { splitting: "company" });
    await open(page, "new");
    await take(page, project);
    await chip(page, "1:00").tap();
    const words = say("split_does_not_fit", { wanted: "1:00 h", left: "0:45 h", rest: "0:15 h" });
    await expect(problem(page, "time")).toHaveText(words);
    expect(await sent(page, "1:00")).toBe(422);
    await expect(problem(page, "time")).toHaveText(words);

    await chip(page, "0:30").tap();
    await expect(splitted(page)).toHaveText([free("0:30")]);
    await on(page, closed);
    const shut = say("quota_books_closed", { last: german(last), date: german(closed) });
    await expect(problem(page, "date")).toHaveText(shut);
    expect(await sent(page, "0:30")).toBe(422);
    await expect(problem(page, "date")).toHaveText(shut);
    expect(await bookingsOf(rest, project.id)).toEqual([]);
    await axe(page);
  } finally {
    await company.end();
  }
});

// Red when: somebody without a network stands before an empty page, it stays empty when the network is back, or the code of
// the other pages is not on the phone by the time that today is read.
test("pages whose code is not there say so, and come once it is", async ({ open: as, complaints }) => {
  const page = await as("staff", PHONE);
  let away = true;
  const desk = "**/split_desk.wasm";
  await page.route(desk, (route) => away ? route.abort() : route.continue());
  await page.goto("/phone");
  await expect(page.locator("main[data-ready=yes]")).toBeVisible();
  await page.locator(".phone-tabs").getByRole("link", { name: say("phone_timer") }).tap();
  await expect(page.locator("h1")).toHaveText(say("phone_not_there"));
  await axe(page);
  away = false;
  await page.locator(".phone-tabs").getByRole("link", { name: say("phone_today") }).tap();
  const arrived = page.waitForResponse(desk);
  await page.locator(".phone-tabs").getByRole("link", { name: say("phone_timer") }).tap();
  expect((await arrived).status()).toBe(200);
  await expect(page.locator("h1")).toHaveText(say("phone_timer"));
  // What was not reached is named, and nothing else.
  const named = complaints.splice(0);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((text) => !/ERR_FAILED|wasm|Failed to fetch/.test(text))).toEqual([]);
});
