// Three taps on the telephone: the times, where the time goes and the button that saves are in one window.
import type { Locator, Page } from "@playwright/test";
import { axe, expect, state, test } from "../fixtures.ts";
import {
  answered, charged, chip, free, latest, left, lookAgain, me, open, PHONE, proper, save, sent, splitted, take, yesterday,
} from "../phone.ts";
import { bookingsOf, collecting, newBooking, newProject, parts, somebody } from "../projects.ts";
import { dayAfter, minutes, today } from "../rest.ts";
import { say } from "../words.ts";

test.use({ ...PHONE, storageState: async ({}, use) => use(state("staff")) });

/** The accounts that stay in sight, and what the others are folded into. */
const inSight = (page: Page) => page.locator(".left-for > .left-lines > li");
const more = (page: Page) => left(page).locator(".left-more");

const boxOf = async (part: Locator) => (await part.boundingBox())!;

/** Nothing lies over the middle of it. */
const bare = (part: Locator) => part.evaluate((node) => {
  const { left, top, width, height } = node.getBoundingClientRect();
  return node.contains(document.elementFromPoint(left + width / 2, top + height / 2));
});

/** The button is in the window above the tabs, and with what stands in its foot takes half of it at most. */
async function footed(page: Page) {
  const { height } = page.viewportSize()!;
  const [foot, button, tabs] = [
    await boxOf(page.locator(".booking-save")), await boxOf(page.locator(".booking-save > button")), await boxOf(page.locator(".phone-tabs")),
  ];
  expect(button.y + button.height, "the button is above the tabs").toBeLessThanOrEqual(tabs.y);
  expect(tabs.y, "the tabs are in the window").toBeLessThan(height);
  expect(height - foot.y, "half of the window is left to what is typed").toBeLessThanOrEqual(height / 2 + 1);
}

/** From the beginning of the page every time that a tap takes lies above the foot with the button that saves. */
async function atHand(page: Page) {
  await page.evaluate(() => window.scrollTo(0, 0));
  const [times, foot] = [await boxOf(page.locator(".chips")), await boxOf(page.locator(".booking-save"))];
  expect(times.y).toBeGreaterThan(0);
  expect(times.y + times.height, "the times are above the foot").toBeLessThanOrEqual(foot.y);
  await footed(page);
}

/** Without scrolling the whole split lies in the window, above the button, and nothing lies over it. */
async function splitAtHand(page: Page) {
  await page.evaluate(() => window.scrollTo(0, 0));
  const [split, seen, button] = [
    await boxOf(page.getByTestId("split")), await boxOf(page.locator(".booking-seen")), await boxOf(page.locator(".booking-save > button")),
  ];
  expect(split.y, "its beginning is in sight").toBeGreaterThanOrEqual(seen.y);
  expect(split.y + split.height, "its end is in sight").toBeLessThanOrEqual(seen.y + seen.height + 1);
  expect(seen.y + seen.height, "it is above the button").toBeLessThanOrEqual(button.y);
  expect(await bare(splitted(page).last()), "nothing lies over its last line").toBe(true);
  await footed(page);
}

/** A project as the phone offers it, and what it is told of a customer. */
type Offered = { project: { id: string; number: string; name: string }; customer: { id: string; name: string } };
type Told = { projects: { project: { id: string } }[]; accounts: unknown[] };

/** Of the projects that draw an account, that for whose customer the demo company has the most accounts, and how many. */
async function crowded(page: Page): Promise<{ of: Offered; accounts: number }> {
  const ask = async (path: string) => (await page.request.get(`/api/v1/phone${path}`)).json();
  // Those of the demo company have the first numbers.
  const offered: Offered[] = await ask("/bookable?q=");
  const found: { of: Offered; accounts: number }[] = [];
  for (const of of offered.filter(({ customer }) => !customer.name.startsWith("Prüfkunde"))) {
    const told: Told = await ask(`/left?customer=${of.customer.id}&date=${today()}`);
    const draws = told.projects.some(({ project }) => project.id === of.project.id);
    if (draws) found.push({ of, accounts: told.accounts.length });
  }
  return found.reduce((most, next) => next.accounts > most.accounts ? next : most);
}

const prepaid = (time: string, name: string) => `${time} h ${name} ${say("pays_prepaid")}`;

// Red when: the split of a task that draws several accounts lies behind the button, has to be scrolled to, or is another one
// than what is saved.
for (const { blocks, portions, booked } of [
  {
    blocks: { Block: 120 },
    portions: [free("0:45"), prepaid("2:00", "Block"), charged("1:15", "125,00")],
    booked: [["Freie Zeit", "PT45M", "0.00"], ["Block", "PT2H", "0.00"], ["Support", "PT1H15M", "125.00"]],
  },
  {
    blocks: { Block: 120, Reserve: 60 },
    portions: [free("0:45"), prepaid("2:00", "Block"), prepaid("1:00", "Reserve"), charged("0:15", "25,00")],
    booked: [["Freie Zeit", "PT45M", "0.00"], ["Block", "PT2H", "0.00"], ["Reserve", "PT1H", "0.00"], ["Support", "PT15M", "25.00"]],
  },
]) {
  const draws = portions.length - 1;
  test(`three taps show the whole split of a task that draws ${draws} accounts, without scrolling`, async ({ page, rest }) => {
    const project = await collecting(rest, blocks, "PT50M");
    await newBooking(rest, project.tasks[0], await me(page), today(), "PT5M", { id: latest() });
    await open(page, "");
    await page.locator(".task", { hasText: project.name }).tap();
    await expect(inSight(page)).toHaveCount(draws);
    await expect(inSight(page).first()).toContainText(say("balance_left_of", { left: "0:45 h", granted: "0:50 h" }));
    await atHand(page);
    await chip(page, "4:00").tap();
    await expect(splitted(page)).toHaveText(portions);
    await splitAtHand(page);
    await proper(page, "a long split");
    expect(await sent(page, "4:00")).toBe(200);
    await expect(answered(page)).toBeVisible();
    const saved = (await bookingsOf(rest, project.id)).find((booking) => booking.time === "PT4H")!;
    expect(parts(saved)).toEqual(booked);

    await open(page, `booking/${today()}/${saved.id}`);
    await expect(splitted(page)).toHaveText(portions);
    await splitAtHand(page);
  });
}

// Red when: with large text a part of the desk cannot be reached, or the foot takes more than half of the window.
test("with text twice as large everything of a booking can be reached", async ({ page, rest }) => {
  const project = await collecting(rest, { Block: 120 });
  await open(page, "new");
  await take(page, project);
  await chip(page, "4:00").tap();
  await expect(splitted(page)).toHaveCount(3);
  await page.evaluate(() => { document.documentElement.style.fontSize = "30px"; });
  await footed(page);
  const targets = [
    chip(page, "0:15"), page.locator(".step").last(), page.locator("#booking-time"), page.locator(".booking-more summary"),
    splitted(page).last(), page.getByRole("button", { name: say("phone_throw") }), save(page, "4:00"),
  ];
  // Playwright scrolls to each as a person would, and looks whether something lies over it.
  for (const target of targets) await target.tap({ trial: true });
  await axe(page);
});

// Red when: the split of the timer is not in one window with what stops it and with what books it.
test("the timer shows the whole split above what stops and what books it, without scrolling", async ({ page, rest }) => {
  const project = await collecting(rest, { Block: 120 });
  await page.clock.install({ time: new Date(`${yesterday()}T08:00:00Z`) });
  await open(page, "timer");
  await take(page, project);
  await expect(page.getByTestId("elapsed")).toBeVisible();
  await page.clock.fastForward("04:00:30");
  await expect(splitted(page)).toHaveText([free("0:45"), prepaid("2:00", "Block"), charged("1:15", "125,00")]);
  const above = async (button: Locator) => {
    await page.evaluate(() => window.scrollTo(0, 0));
    const [split, below, tabs] = [await boxOf(page.getByTestId("split")), await boxOf(button), await boxOf(page.locator(".phone-tabs"))];
    expect(split.y + split.height, "the split is above it").toBeLessThanOrEqual(below.y);
    expect(below.y + below.height, "it is above the tabs").toBeLessThanOrEqual(tabs.y);
    expect(await bare(splitted(page).last()), "nothing lies over its last line").toBe(true);
  };
  const stop = page.getByRole("button", { name: say("phone_stop") });
  await above(stop);
  await stop.tap();
  await above(page.getByRole("button", { name: /^4:00(:\d\d)? h buchen$/ }));
});

// Red when: an account that the task draws is not the first, others are not folded, or what is folded cannot be had.
test("what the task draws stays in sight, and the other accounts are folded", async ({ page, rest }) => {
  const customer = await rest.customer();
  const accounts: string[] = [];
  for (const name of ["Archiv", "Beratung", "Drucker", "Netzwerk", "Schulung"]) {
    const account = await rest.account(customer.id, { name });
    await rest.grant(account, minutes(60), dayAfter(today(), -30));
    accounts.push(account);
  }
  const other = await newProject(rest, { customer });
  const project = await newProject(rest, {
    customer, tasks: ["Störung", "Einrichtung"],
    lines: (tasks) => [
      { name: "Block", kind: "prepaid", account: accounts[4], tasks: [tasks[0]] },
      { name: "Support", kind: "effort", rate: "100" },
    ],
  });
  await open(page, "new");
  await take(page, project, "Störung");
  await expect(page.locator("form.booking")).toBeVisible();
  await expect(inSight(page)).toContainText(["Block"]);
  await expect(inSight(page)).toHaveCount(1);
  await expect(more(page).locator("summary")).toHaveText(say("phone_left_more", { count: 5 }));
  await expect(more(page).getByText("Freie Zeit")).toBeHidden();
  await atHand(page);
  await more(page).locator("summary").tap();
  await expect(more(page).getByText("Freie Zeit")).toBeVisible();
  await expect(more(page).locator("li")).toHaveCount(5);
  await proper(page, "the other accounts");
  await newBooking(rest, other.tasks[0], (await somebody(rest)).id, today(), "PT30M");
  await lookAgain(page);
  await expect(more(page)).toContainText(say("balance_left_of", { left: "0:15 h", granted: "0:45 h" }));
  await expect(more(page).getByText("Freie Zeit"), "it stays open when it is loaded again").toBeVisible();

  // No line draws anything for this one: one stays in sight.
  await page.getByRole("button", { name: say("phone_other_task") }).tap();
  await take(page, project, "Einrichtung");
  await expect(page.locator("form.booking")).toBeVisible();
  await expect(inSight(page)).toContainText(["Freie Zeit"]);
  await expect(inSight(page)).toHaveCount(1);
  await expect(more(page).locator("summary")).toHaveText(say("phone_left_more", { count: 5 }));
  await atHand(page);
});

// Red when: for a customer with many accounts a time, or the button that saves, is only reached by scrolling.
test("for the customer of the demo company with the most accounts three taps need no scrolling", async ({ page }) => {
  const { of: { project, customer }, accounts } = await crowded(page);
  expect(accounts, "accounts of that customer").toBeGreaterThan(3);
  await open(page, "new");
  await page.locator("#task-q").fill(project.number);
  await page.locator(".task", { hasText: project.name }).filter({ hasText: customer.name }).first().tap();
  await expect(page.locator("form.booking")).toBeVisible();
  await expect(more(page)).toBeVisible();
  await atHand(page);
  await chip(page, "0:15").tap();
  await expect(splitted(page).first()).toBeVisible();
  await splitAtHand(page);
  const folded = accounts - await inSight(page).count();
  const words = folded === 1 ? say("phone_left_more_one") : say("phone_left_more", { count: folded });
  await expect(more(page).locator("summary")).toHaveText(words);
  await more(page).locator("summary").tap();
  await expect(more(page).locator("li")).toHaveCount(folded);
  await expect(more(page).locator("li").last()).toBeVisible();
  await proper(page, "many accounts");
});
