// The list of bookings: its filters that name something, its orders and its pages stand in the address.
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, routed, state, test, visit } from "../fixtures.ts";
import { figure, money, plain } from "../figures.ts";
import { me } from "../phone.ts";
import { newBooking, newProject, somebody, type LineInput, type Project } from "../projects.ts";
import { minutes, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("projectmanager")) });

type Named = { id: string; name: string };
/** Two projects of the first customer, one of the second; two people, in the order in which people are listed. */
type Shop = { word: string; first: Named; second: Named; projects: Project[]; people: Named[] };

/** An hour costs 60.00, so that a minute costs 1.00. */
const EFFORT: LineInput[] = [{ name: "Support", kind: "effort", rate: "60" }];
const TASKS = ["Störung", "Einrichtung"];

/** On the first project so many bookings of one minute and more, one on each of the others; none is as long as another. */
async function shop(rest: Rest, count: number): Promise<Shop> {
  const word = `Q${randomUUID().replace(/[^a-f]/g, "").slice(0, 8)}x`;
  const [first, second] = [await rest.customer(`${word} Alfa`), await rest.customer(`${word} Bravo`)];
  const projects: Project[] = [];
  for (const customer of [first, first, second]) projects.push(await newProject(rest, { customer, tasks: TASKS, lines: EFFORT }));
  const everybody = await rest.call<{ people: Named[] }>("GET", "/people");
  const people = everybody.people.slice(-2);
  for (let place = 1; place <= count + 2; place += 1) {
    const project = projects[Math.max(0, place - count)];
    await newBooking(rest, project.tasks[place % 2], people[place % 3 ? 0 : 1].id, today(), minutes(place));
  }
  return { word, first, second, projects, people };
}

const rows = (page: Page) => page.locator("table.bookings tbody tr");
/** The cells of a column, each behind the box that selects its row and the day. */
const cells = (page: Page, column: "person" | "project" | "task" | "time") => rows(page).locator(`td:nth-child(${{ person: 3, project: 4, task: 5, time: 6 }[column]})`);
const clocks = (all: number[]) => all.map((count) => figure("de", minutes(count)));
const head = (page: Page, key: string) => page.locator("thead").getByRole("link", { name: say(key) });
const filter = (page: Page) => page.getByRole("button", { name: say("list_filter") }).click();
const choices = (page: Page, of: "customer" | "project" | "task") => page.locator(`#bookings-${of} option`);
const choice = (page: Page, of: "customer" | "project" | "task") => page.locator(`#bookings-${of}`);
const called = (project: Project) => `${project.number} ${project.name}`;
/** Every number from the one to the other. */
const range = (from: number, until: number) => Array.from({ length: until - from + 1 }, (_, place) => from + place);

/** Just the bookings of so many minutes each are found, on all pages together. */
async function comesTo(page: Page, all: number[]) {
  const sum = all.reduce((sum, count) => sum + count, 0);
  const amount = money("de", { amount: `${sum}.00`, currency: "EUR" });
  await expect(page.getByTestId("sums")).toContainText(say("times_sum", { time: figure("de", minutes(sum)), amount, rows: all.length }));
}

/** Just these stand on the page, in whatever order. */
async function shows(page: Page, all: number[]) {
  await expect.poll(async () => (await cells(page, "time").allTextContents()).map(plain).sort()).toEqual(clocks(all).sort());
}

// Red when: a filter is not in the address, is lost by a reload or the back button, finds something else, or offers what the filters before it leave out.
test("customer, project and task are chosen one after the other, and stand in the address", async ({ page, rest }) => {
  const { word, first, second, projects: [one, other, third] } = await shop(rest, 6);
  await visit(page, "/bookings");
  await live(page.locator("#bookings-q"));
  await page.locator("#bookings-q").fill(word);
  await filter(page);
  await expect(page).toHaveURL(`/bookings?q=${word}`);
  await shows(page, range(1, 8));
  await expect(choices(page, "customer")).toHaveText([say("list_any"), first.name, second.name]);
  await expect(choices(page, "project")).toHaveText([say("list_any"), called(one), called(other), called(third)]);
  await expect(choice(page, "task"), "of no project").toHaveCount(0);

  await choice(page, "customer").selectOption(first.id);
  await filter(page);
  await expect(page).toHaveURL(`/bookings?q=${word}&customer=${first.id}`);
  await expect(choices(page, "project")).toHaveText([say("list_any"), called(one), called(other)]);
  await shows(page, range(1, 7));
  await comesTo(page, range(1, 7));
  await expect(page.locator(".page-lead")).toHaveText(say("times_only", { what: first.name }));

  await choice(page, "project").selectOption(one.id);
  await filter(page);
  await expect(page).toHaveURL(`/bookings?q=${word}&project=${one.id}&customer=${first.id}`);
  await expect(choices(page, "task")).toHaveText([say("list_any"), ...TASKS]);
  await shows(page, range(1, 6));

  await choice(page, "task").selectOption(one.tasks[1]);
  await filter(page);
  const address = `/bookings?q=${word}&project=${one.id}&task=${one.tasks[1]}&customer=${first.id}`;
  const found = async () => {
    await expect(page).toHaveURL(address);
    await shows(page, [1, 3, 5]);
    await comesTo(page, [1, 3, 5]);
    await expect(cells(page, "task")).toHaveText(["Einrichtung", "Einrichtung", "Einrichtung"]);
    await expect(choice(page, "customer")).toHaveValue(first.id);
    await expect(choice(page, "project")).toHaveValue(one.id);
    await expect(choice(page, "task")).toHaveValue(one.tasks[1]);
  };
  await found();
  await axe(page);
  await page.reload();
  await routed(page);
  await found();

  // Another customer has other projects and other tasks.
  await live(choice(page, "customer"));
  await choice(page, "customer").selectOption(second.id);
  await expect(choice(page, "project")).toHaveValue("");
  await expect(choice(page, "task")).toHaveValue("");
  await filter(page);
  await expect(page).toHaveURL(`/bookings?q=${word}&customer=${second.id}`);
  await shows(page, [8]);
  await expect(choices(page, "project")).toHaveText([say("list_any"), called(third)]);
  await page.goBack();
  await found();
  await page.getByRole("link", { name: say("list_clear") }).click();
  await expect(page).toHaveURL("/bookings");
  await expect(page.locator("#bookings-q")).toHaveValue("");
  await expect(choice(page, "customer")).toHaveValue("");
});

// Red when: a heading sorts by something else, forgets the filter, or the second page is that of another order.
test("the list is sorted by person, project and time, also on its second page", async ({ page, rest }) => {
  test.slow();
  const { word, second, projects, people } = await shop(rest, 53);
  await visit(page, `/bookings?q=${word}`);
  await expect(rows(page)).toHaveCount(50);
  const next = page.getByRole("link", { name: say("page_next") });
  const ordered = async (query: string, key: string, desc = false) => {
    await expect(page).toHaveURL(`/bookings?q=${word}&sort=${query}`);
    await expect(page.locator(`thead [aria-sort=${desc ? "descending" : "ascending"}]`)).toHaveText(say(key));
    await comesTo(page, range(1, 55));
  };

  // Every third is of the second person.
  const names = range(1, 55).map((place) => people[place % 3 ? 0 : 1].name).sort((one, other) => Number(one === people[1].name) - Number(other === people[1].name));
  await head(page, "booking_person").click();
  await ordered("person", "booking_person");
  await expect(cells(page, "person")).toHaveText(names.slice(0, 50));
  await head(page, "booking_person").click();
  await ordered("person&desc=1", "booking_person", true);
  const turned = [...names].reverse();
  await expect(cells(page, "person")).toHaveText(turned.slice(0, 50));
  await next.click();
  await ordered("person&desc=1&page=2", "booking_person", true);
  await expect(cells(page, "person")).toHaveText(turned.slice(50));
  await expect(next).toHaveCount(0);

  // Another order begins with its first page.
  const numbers = range(1, 55).map((place) => projects[Math.max(0, place - 53)].number).sort((one, other) => one < other ? -1 : Number(one !== other));
  await head(page, "project").click();
  await ordered("project", "project");
  await expect(cells(page, "project")).toContainText(numbers.slice(0, 50));
  await next.click();
  await ordered("project&page=2", "project");
  await expect(rows(page)).toHaveCount(5);
  await expect(cells(page, "project")).toContainText(numbers.slice(50));
  await head(page, "project").click();
  await ordered("project&desc=1", "project", true);
  await expect(cells(page, "project")).toContainText([...numbers].reverse().slice(0, 50));

  await head(page, "booking_time").click();
  await ordered("time", "booking_time");
  await expect(cells(page, "time")).toHaveText(clocks(range(1, 50)));
  await next.click();
  await ordered("time&page=2", "booking_time");
  await expect(cells(page, "time")).toHaveText(clocks(range(51, 55)));
  await axe(page);
  await page.reload();
  await routed(page);
  await ordered("time&page=2", "booking_time");
  await expect(cells(page, "time")).toHaveText(clocks(range(51, 55)));
  await head(page, "booking_time").click();
  await ordered("time&desc=1", "booking_time", true);
  await expect(cells(page, "time")).toHaveText(clocks(range(6, 55).reverse()));
  await next.click();
  await expect(cells(page, "time")).toHaveText(clocks(range(1, 5).reverse()));

  // A filter keeps the order, and begins with the first page.
  await live(choice(page, "customer"));
  await choice(page, "customer").selectOption(second.id);
  await filter(page);
  await expect(page).toHaveURL(`/bookings?q=${word}&customer=${second.id}&sort=time&desc=1`);
  await expect(cells(page, "time")).toHaveText(clocks([55]));
});

// Red when: whoever books only the own time finds time or projects of others by an order or a filter.
test("whoever books only the own time filters and sorts that", async ({ rest, open }) => {
  const own = await newProject(rest, { tasks: TASKS, lines: EFFORT });
  const page = await open("staff");
  const [staff, { id: other }] = [await me(page), await somebody(rest)];
  for (const [person, time] of [[staff, 3], [other, 2], [staff, 1]] as const) await newBooking(rest, own.tasks[time % 2], person, today(), minutes(time));
  await visit(page, `/bookings?q=${own.number}&project=${own.id}&sort=time`);
  // Nobody else is there: no column says who it was.
  const times = rows(page).locator("td:nth-child(5)");
  await expect(times).toHaveText(clocks([1, 3]));
  await comesTo(page, [1, 3]);
  await expect(page.locator("#bookings-person")).toHaveCount(0);
  await expect(head(page, "booking_person")).toHaveCount(0);
  await expect(choices(page, "project")).toHaveText([say("list_any"), called(own)]);
  await expect(choices(page, "task")).toHaveText([say("list_any"), ...TASKS]);
  await head(page, "booking_time").click();
  await expect(page).toHaveURL(/&sort=time&desc=1$/);
  await expect(times).toHaveText(clocks([3, 1]));
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  // Red when: the plain form loses a filter or the order, or offers other projects and tasks than those of what was chosen.
  test("the form filters, and the headings sort what it has found, page by page", async ({ page, rest }) => {
    test.slow();
    const { word, first, projects: [one, other] } = await shop(rest, 53);
    await page.goto(`/bookings?q=${word}`);
    await choice(page, "customer").selectOption(first.id);
    await filter(page);
    await expect(page).toHaveURL(new RegExp(`[?&]customer=${first.id}(&|$)`));
    await expect(choice(page, "customer")).toHaveValue(first.id);
    await expect(choices(page, "project")).toHaveText([say("list_any"), called(one), called(other)]);
    await comesTo(page, range(1, 54));
    await choice(page, "project").selectOption(one.id);
    await filter(page);
    await expect(choices(page, "task")).toHaveText([say("list_any"), ...TASKS]);
    await choice(page, "task").selectOption(one.tasks[0]);
    await filter(page);
    const even = range(1, 53).filter((count) => count % 2 === 0);
    await expect(rows(page)).toHaveCount(even.length);
    await comesTo(page, even);
    await expect(choice(page, "task")).toHaveValue(one.tasks[0]);
    await axePlain(page);
    await head(page, "booking_time").click();
    await expect(page).toHaveURL(`/bookings?q=${word}&project=${one.id}&task=${one.tasks[0]}&customer=${first.id}&sort=time`);
    await expect(cells(page, "time")).toHaveText(clocks(even));

    // All tasks again, in the same order.
    await choice(page, "task").selectOption("");
    await filter(page);
    await expect(cells(page, "time")).toHaveText(clocks(range(1, 50)));
    await page.getByRole("link", { name: say("page_next") }).click();
    await expect(page).toHaveURL(`/bookings?q=${word}&project=${one.id}&customer=${first.id}&sort=time&page=2`);
    await expect(cells(page, "time")).toHaveText(clocks([51, 52, 53]));
    await comesTo(page, range(1, 53));
    await expect(choice(page, "project")).toHaveValue(one.id);
  });
});
