// Who books on a project: everybody who books time, or only those whom it names.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import { chip, free, me, open as show, PHONE, save as savePhone, splitted, take } from "../phone.ts";
import { bookLine, bookingsOf, newProject, parts, somebody, weekRows, type Project } from "../projects.ts";
import type { Rest } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("projectmanager")) });

type Named = { id: string; name: string };

const bookers = (page: Page, key: "project_people_everybody" | "project_people_only") => page.getByTestId("bookers").getByRole("radio", { name: say(key) });
const box = (page: Page, person: Named) => page.getByRole("checkbox", { name: person.name, exact: true });
const chosen = (page: Page, count: number) => page.getByText(say("project_people_some", { count }));
const facts = (page: Page) => page.getByTestId("project-facts");
const save = (page: Page) => page.getByRole("button", { name: say("save"), exact: true });
const tasks = (page: Page, of: Project) => page.locator("#booking-task option").filter({ hasText: of.number });
const missing = (page: Page) => page.getByRole("alert").filter({ hasText: say("field_missing") });

/** Opens the editor of a project. */
async function edit(page: Page, of: Project) {
  await visit(page, `/projects/${of.id}/edit`);
  await live(page.locator("#project-name"));
}

/** Saves it, and waits for its page. */
async function saved(page: Page, of: Project) {
  await save(page).click();
  await expect(page).toHaveURL(`/projects/${of.id}`);
}

/** Looks for a project to book on in the own week. */
async function seek(page: Page, of: Project) {
  await visit(page, `/bookings/week?q=${of.number}`);
  await live(page.locator("#booking-time"));
}

/** The project is not offered, neither to book on nor to filter by. */
async function notOffered(page: Page, of: Project) {
  await seek(page, of);
  await expect(page.getByText(say("times_no_task"))).toBeVisible();
  await expect(tasks(page, of)).toHaveCount(0);
  await visit(page, `/bookings?q=${of.number}`);
  await expect(page.locator("#bookings-project option")).toHaveText([say("list_any")]);
}

/** Types a booking of half an hour. */
async function typed(page: Page, of: Project) {
  await page.locator("#booking-task").selectOption(of.tasks[0]);
  await page.locator("#booking-time").fill("0:30");
  await page.locator("#booking-note").fill("Drucker");
  await expect(page.getByTestId("booking-preview")).toContainText("Freie Zeit");
}

/** The project is offered, and half an hour is booked on it. */
async function books(page: Page, rest: Rest, of: Project) {
  await seek(page, of);
  await expect(tasks(page, of)).toHaveCount(1);
  await typed(page, of);
  await bookLine(page).click();
  await expect(weekRows(page, of)).toHaveCount(1);
  expect((await bookingsOf(rest, of.id)).map(parts)).toEqual([[["Freie Zeit", "PT30M", "0.00"]]]);
}

/** Who books only the own time, as the company lists them. */
async function staff(page: Page, rest: Rest): Promise<Named> {
  const [id, { people }] = [await me(page), await rest.call<{ people: Named[] }>("GET", "/people")];
  return people.find((person) => person.id === id)!;
}

// Red when: a project is limited to nobody, is still offered to whom it does not name, takes what they had begun, or loses what they typed.
test("a project that only others book on is not offered any more, and refuses what was begun before", async ({ page, rest, open, allowed }) => {
  // What nobody may book on any more is not found, either.
  allowed.status(404, 422);
  const [own, other] = [await newProject(rest), await somebody(rest)];
  const desk = await open("staff");
  await seek(desk, own);
  await typed(desk, own);
  const phone = await open("staff", PHONE);
  await show(phone, "new");
  await take(phone, own);
  await chip(phone, "0:30").tap();
  await expect(splitted(phone)).toHaveText([free("0:30")]);

  await edit(page, own);
  await expect(bookers(page, "project_people_everybody")).toBeChecked();
  await expect(box(page, other)).toBeHidden();
  await bookers(page, "project_people_only").check();
  await expect(chosen(page, 0)).toBeVisible();
  await save(page).click();
  await expect(missing(page)).toHaveCount(1);
  await expect(bookers(page, "project_people_only")).toBeChecked();
  await axe(page);
  await box(page, other).check();
  await expect(chosen(page, 1)).toBeVisible();
  await expect(missing(page)).toHaveCount(0);
  await saved(page, own);
  await expect(facts(page)).toContainText(other.name);
  await expect(facts(page)).not.toContainText(say("project_people_all"));

  await bookLine(desk).click();
  await expect(desk.locator("#booking-task-problem")).toHaveText(say("split_not_assigned"));
  await expect(desk.locator("#booking-time")).toHaveValue("0:30");
  await expect(desk.locator("#booking-note")).toHaveValue("Drucker");
  await axe(desk);
  const answer = phone.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/phone/bookings"));
  await savePhone(phone, "0:30").tap();
  expect((await answer).status()).toBe(422);
  await expect(phone.locator(".notice-bad", { hasText: say("split_not_assigned") })).toHaveCount(1);
  await expect(phone.locator("#booking-time")).toHaveValue("0:30");
  expect(await bookingsOf(rest, own.id), "nothing is booked").toEqual([]);

  await notOffered(desk, own);
  await phone.getByRole("button", { name: say("phone_other_task") }).tap();
  await phone.locator("#task-q").fill(own.name);
  await expect(phone.locator(".empty")).toHaveText(say("phone_no_task"));
});

// Red when: who is named is not kept or shown, or may not book, or those who were named before still are.
test("whoever is named books on the project", async ({ page, rest, open }) => {
  const other = await somebody(rest);
  const own = await newProject(rest, { people: [other.id] });
  const desk = await open("staff");
  const person = await staff(desk, rest);
  await notOffered(desk, own);

  await edit(page, own);
  await expect(bookers(page, "project_people_only")).toBeChecked();
  await expect(box(page, other)).toBeChecked();
  await expect(box(page, person)).not.toBeChecked();
  await box(page, person).check();
  await box(page, other).uncheck();
  await expect(chosen(page, 1)).toBeVisible();
  await saved(page, own);
  await expect(facts(page)).toContainText(person.name);
  await expect(facts(page)).not.toContainText(other.name);
  await edit(page, own);
  await expect(box(page, person)).toBeChecked();
  await expect(box(page, other)).not.toBeChecked();

  await books(desk, rest, own);
  const phone = await open("staff", PHONE);
  await show(phone, "new");
  await take(phone, own);
  await expect(phone.locator(".booking-on")).toContainText(own.name);
});

// Red when: a project stays limited although it says that everybody may book, or keeps those whom it named.
test("a project that only others booked on is everybody's again", async ({ page, rest, open }) => {
  const other = await somebody(rest);
  const own = await newProject(rest, { people: [other.id] });
  const desk = await open("staff");
  await notOffered(desk, own);
  await edit(page, own);
  await bookers(page, "project_people_everybody").check();
  await expect(box(page, other)).toBeHidden();
  await saved(page, own);
  await expect(facts(page)).toContainText(say("project_people_all"));
  await expect(facts(page)).not.toContainText(other.name);
  await edit(page, own);
  await expect(bookers(page, "project_people_everybody")).toBeChecked();
  await expect(chosen(page, 0)).toBeVisible();
  await books(desk, rest, own);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  // Red when: the plain form does not say who is chosen, or comes back without what was chosen.
  test("people are named, and everybody may book again", async ({ page, rest }) => {
    const [own, other] = [await newProject(rest), await somebody(rest)];
    await page.goto(`/projects/${own.id}/edit`);
    await bookers(page, "project_people_only").check();
    await save(page).click();
    await expect(missing(page)).toHaveCount(1);
    await expect(bookers(page, "project_people_only")).toBeChecked();
    await axePlain(page);
    await box(page, other).check();
    await save(page).click();
    await expect(page).toHaveURL(`/projects/${own.id}`);
    await expect(facts(page)).toContainText(other.name);
    await page.goto(`/projects/${own.id}/edit`);
    await expect(box(page, other)).toBeChecked();
    await bookers(page, "project_people_everybody").check();
    await save(page).click();
    await expect(page).toHaveURL(`/projects/${own.id}`);
    await expect(facts(page)).toContainText(say("project_people_all"));
    await expect(facts(page)).not.toContainText(other.name);
  });
});
