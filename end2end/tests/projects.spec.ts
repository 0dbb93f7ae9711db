// Projects in the office: made from a template, read as a waterfall, tried, put into another order.
import { randomUUID } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { axe, expect, live, routed, test, visit } from "../fixtures.ts";
import { newBooking, newProject, somebody, type LineInput } from "../projects.ts";
import { today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

/** A project with one task and these lines. */
const made = (rest: Rest, customer: { id: string; name: string }, lines: LineInput[]) => newProject(rest, { customer, name: "Wartung", tasks: ["Reparatur"], lines });

const free = (name = "Freie Zeit"): LineInput => ({ name, kind: "allowance", most: "PT45M", start: `${today().slice(0, 8)}01` });
const effort = (name: string, rate = "100"): LineInput => ({ name, kind: "effort", rate });

const falls = (page: Page) => page.getByTestId("fall");
const lines = (page: Page) => page.getByTestId("line");
const titles = (page: Page) => lines(page).locator("h3");
const save = (page: Page) => page.getByRole("button", { name: say("save"), exact: true });

/** Opens the editor and waits until it is live. */
async function edit(page: Page, project: string) {
  await visit(page, `/projects/${project}/edit`);
  await live(page.locator("#project-name"));
}

/** Drags a row by its handle to the upper edge of another. */
async function drag(page: Page, grip: Locator, to: Locator) {
  await grip.hover();
  await page.mouse.down();
  const box = (await to.boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 4, { steps: 10 });
  await page.mouse.up();
}

/** The same with a finger. */
async function dragByTouch(page: Page, grip: Locator, to: Locator) {
  const [from, over] = [(await grip.boundingBox())!, (await to.boundingBox())!];
  const [start, end] = [{ x: from.x + from.width / 2, y: from.y + from.height / 2 }, { x: over.x + 20, y: over.y + 4 }];
  const finger = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
    finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [start]);
  for (let step = 1; step <= 10; step++) {
    await touch("touchMove", [{ x: start.x + (end.x - start.x) * step / 10, y: start.y + (end.y - start.y) * step / 10 }]);
  }
  await touch("touchEnd", []);
}

/** Red when: the template, the waterfall or what is tried disagree with the classic example: 45 minutes free, then 100.00 an hour. */
test("a project is made from a template, and an hour that is tried is 45 minutes free and 25.00", async ({ open, rest }) => {
  const customer = await rest.customer();
  const page = await open("projectmanager");
  await visit(page, `/projects/new?customer=${customer.id}`);
  await live(page.locator("#project-name"));
  await page.locator("#project-name").fill("Wartung mit 45 Minuten");
  await page.getByTestId("template-free").click();
  await expect(lines(page)).toHaveCount(2);
  await expect(page.locator("#project-name")).toHaveValue("Wartung mit 45 Minuten");
  await axe(page);
  await save(page).click();
  await expect(page).toHaveURL(/\/projects\/[0-9a-f-]{36}$/);
  await expect(page.locator("h1")).toContainText("Wartung mit 45 Minuten");

  await expect(falls(page)).toHaveCount(2);
  await expect(falls(page).nth(0)).toContainText(say("template_line_free"));
  await expect(falls(page).nth(0).locator(".balance")).toContainText(/0:45\sh/);
  await expect(falls(page).nth(1)).toContainText(/100,00\s€/);
  // Nothing is typed yet: an hour of today.
  await expect(falls(page).nth(0).getByTestId("fall-takes")).toContainText(/0:45\sh/);
  await expect(falls(page).nth(1).getByTestId("fall-takes")).toContainText(/0:15\sh/);
  await expect(page.getByTestId("try-outcome")).toContainText(/25,00\s€/);

  await live(page.locator("#try-time"));
  await page.locator("#try-time").fill("0:30");
  await expect(falls(page).nth(0).getByTestId("fall-takes")).toContainText(/0:30\sh/);
  await expect(falls(page).nth(1).getByTestId("fall-takes")).toHaveCount(0);
  await page.locator("#try-time").fill("1:45");
  await expect(falls(page).nth(1).getByTestId("fall-cost")).toHaveText(/100,00\s€/);
  await axe(page);

  await visit(page, `/customers/${customer.id}`);
  await expect(page.getByTestId("customer-projects")).toContainText("Wartung mit 45 Minuten");
  await expect(page.getByTestId("customer-projects")).toContainText(/0:45\sh/);
});

/** Red when: an order is shown and not saved, or a row loses what was typed when it moves. */
test("lines are put into another order with the keyboard and by dragging", async ({ open, rest }) => {
  const customer = await rest.customer();
  const project = await made(rest, customer, [free(), effort("Erste"), effort("Zweite", "80")]);
  // High enough for every line: what is dragged stays in sight.
  const page = await open("projectmanager", { viewport: { width: 1440, height: 2600 } });
  await edit(page, project.id);
  await page.locator("#lines-2-rate").fill("85");
  await page.getByRole("button", { name: say("row_up", { name: "Zweite" }) }).focus();
  await page.keyboard.press("Enter");
  await expect(titles(page)).toHaveText(["1. Freie Zeit", "2. Zweite", "3. Erste"]);
  await expect(page.getByTestId("moved").filter({ hasText: say("row_moved", { name: "Zweite", place: 2, count: 3 }) })).toHaveCount(1);
  await expect(page.getByRole("button", { name: say("row_up", { name: "Zweite" }) })).toBeFocused();

  await drag(page, page.getByTestId("lines").getByTestId("grip").nth(2), lines(page).nth(0));
  await expect(titles(page)).toHaveText(["1. Erste", "2. Freie Zeit", "3. Zweite"]);
  await expect(page.locator("#lines-2-rate")).toHaveValue("85");
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${project.id}$`));
  await expect(falls(page).locator("h3")).toContainText(["Erste", "Freie Zeit", "Zweite"]);
  await expect(falls(page).nth(2)).toContainText(/85,00\s€/);
  await edit(page, project.id);
  await expect(titles(page)).toHaveText(["1. Erste", "2. Freie Zeit", "3. Zweite"]);
});

/** Red when: a finger on a handle scrolls the page, or loses its row once that has moved. */
test("lines are put into another order with a finger", async ({ open, rest }) => {
  const project = await made(rest, await rest.customer(), [free(), effort("Erste"), effort("Zweite", "80")]);
  const page = await open("projectmanager", { viewport: { width: 1440, height: 2600 }, hasTouch: true });
  await edit(page, project.id);
  const grip = (place: number) => page.getByTestId("lines").getByTestId("grip").nth(place);
  await dragByTouch(page, grip(2), lines(page).nth(0));
  await expect(titles(page)).toHaveText(["1. Zweite", "2. Freie Zeit", "3. Erste"]);
  await expect(page.locator(".ordered-dragged")).toHaveCount(0);
  // A second one begins where the first one has ended.
  await dragByTouch(page, grip(2), lines(page).nth(1));
  await expect(titles(page)).toHaveText(["1. Zweite", "2. Erste", "3. Freie Zeit"]);
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${project.id}$`));
  await expect(falls(page).locator("h3")).toContainText(["Zweite", "Erste", "Freie Zeit"]);
});

/** Red when: what is wrong is told somewhere else, or what was typed is gone. */
test("a wrong rate is told at its field, while typing and by the server, and nothing is lost", async ({ open, rest, allowed }) => {
  allowed.status(422);
  const customer = await rest.customer();
  const page = await open("projectmanager");
  await visit(page, `/projects/new?customer=${customer.id}&template=free`);
  await live(page.locator("#project-name"));
  await page.locator("#project-name").fill("Wartung");
  await page.locator("#lines-1-rate").fill("abc");
  await expect(page.locator("#lines-1-rate-problem")).not.toHaveText("");
  await expect(page.locator("#lines-0-most-problem")).toHaveText("");
  // Only the server knows that an hour cannot cost less than nothing.
  await page.locator("#lines-1-rate").fill("-5");
  await expect(page.locator("#lines-1-rate-problem")).toHaveText("");
  const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.status() === 422);
  await save(page).click();
  await answer;
  await expect(page.locator("#lines-1-rate-problem")).not.toHaveText("");
  await expect(page.locator("#project-name")).toHaveValue("Wartung");
  await expect(page.locator("#lines-1-rate")).toHaveValue("-5");
  await axe(page);
  await page.locator("#lines-1-rate").fill("90");
  await expect(page.locator("#lines-1-rate-problem")).toHaveText("");
  await save(page).click();
  await expect(page).toHaveURL(/\/projects\/[0-9a-f-]{36}$/);
  await expect(falls(page).nth(1)).toContainText(/90,00\s€/);
});

/** Red when: what is chosen is not saved, shown otherwise than it was saved, or not counted in what is tried. */
test("a project says how its bookings are rounded, and that they are not", async ({ open, rest }) => {
  const project = await made(rest, await rest.customer(), [effort("Aufwand")]);
  const page = await open("projectmanager");
  await edit(page, project.id);
  await expect(page.locator("#project-rounding")).toHaveValue("contract");
  await expect(page.locator("#project-minimum")).toBeHidden();
  await page.locator("#project-rounding").selectOption("own");
  await page.locator("#project-minimum").fill("0:30");
  await page.locator("#project-step").fill("0:15");
  await axe(page);
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${project.id}$`));
  await expect(page.getByTestId("project-facts")).toContainText(/mindestens 0:30\sh, aufgerundet auf 0:15\sh/);
  await live(page.locator("#try-time"));
  await page.locator("#try-time").fill("0:31");
  await expect(falls(page).nth(0).getByTestId("fall-takes")).toContainText(/0:45\sh/);

  await edit(page, project.id);
  await expect(page.locator("#project-rounding")).toHaveValue("own");
  await expect(page.locator("#project-minimum")).toHaveValue("0:30");
  await page.locator("#project-rounding").selectOption("none");
  await expect(page.locator("#project-minimum")).toBeHidden();
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${project.id}$`));
  await expect(page.getByTestId("project-facts")).toContainText(say("project_rounds_not"));
  await edit(page, project.id);
  await expect(page.locator("#project-rounding")).toHaveValue("none");
});

/** Red when: a task is deleted on which time was booked. */
test("a task on which time is booked can be closed and not be removed", async ({ open, rest, allowed }) => {
  allowed.status(422);
  const customer = await rest.customer();
  const project = await made(rest, customer, [effort("Aufwand")]);
  await newBooking(rest, project.tasks[0], (await somebody(rest)).id, today(), "PT30M", { note: "Drucker" });
  const page = await open("projectmanager");
  await edit(page, project.id);
  await page.getByRole("button", { name: say("row_remove", { name: "Reparatur" }) }).click();
  await save(page).click();
  await expect(page.locator("#tasks-problem")).toHaveText(say("task_booked"));
  await edit(page, project.id);
  await page.getByTestId("task").getByLabel(say("task_closed")).check();
  await save(page).click();
  await expect(page.getByTestId("project-tasks")).toContainText(say("task_closed"));
  await expect(page.getByTestId("latest")).toContainText("Drucker");
});

test("a copy has the same lines, and nothing that was booked", async ({ open, rest }) => {
  const customer = await rest.customer();
  const project = await made(rest, customer, [free(), effort("Aufwand")]);
  const page = await open("projectmanager");
  await visit(page, `/projects/${project.id}`);
  await page.getByRole("link", { name: say("project_copy") }).click();
  await live(page.locator("#project-name"));
  await page.locator("#project-name").fill("Zweites Projekt");
  await save(page).click();
  await expect(page.locator("h1")).toContainText("Zweites Projekt");
  await expect(falls(page).locator("h3")).toContainText(["Freie Zeit", "Aufwand"]);
  expect(page.url()).not.toContain(project.id);
});

/** Red when: an article forgets how it is billed, or the line that is made from it gives, costs or shows something else. */
test("a line is made from an article, with its free time, its fee and what is shown", async ({ open, rest, allowed }) => {
  allowed.status(422);
  const customer = await rest.customer();
  const [number, name] = [`W-${randomUUID().slice(0, 8)}`, `Wartung ${customer.number}`];
  const page = await open("admin");
  await visit(page, "/articles?article=new");
  await live(page.locator("#article-number"));
  await expect(page.locator("#article-most")).toBeHidden();
  await page.locator("#article-number").fill(number);
  await page.locator("#article-name").fill(name);
  await page.locator("#article-price").fill("150");
  await page.locator("#article-billing").selectOption("duration");
  await expect(page.locator("#article-most")).toBeVisible();
  await page.locator("#article-collects").selectOption("billable");
  await page.locator("#article-reported").check();
  // The price of a month is none of an hour, and nothing is said of how much is free.
  const article = page.getByRole("dialog");
  await article.getByRole("button", { name: say("save") }).click();
  await expect(page.locator("#article-most-problem")).toHaveText(say("field_missing"));
  await page.locator("#article-most").fill("0:45");
  await article.getByRole("button", { name: say("save") }).click();
  await expect(page.locator("#article-unit-problem")).toHaveText(say("field_unit_counts_time"));
  await axe(page);
  await page.locator("#article-unit").selectOption("flat");
  await article.getByRole("button", { name: say("save") }).click();
  await expect(article).toHaveCount(0);
  await expect(page.getByRole("row", { name })).toContainText(/0:45\sh/);
  await page.getByRole("link", { name }).click();
  await expect(page.locator("#article-billing")).toHaveValue("duration");
  await expect(page.locator("#article-most")).toHaveValue("0:45");
  await expect(page.locator("#article-most_every")).toHaveValue("1");
  await expect(page.locator("#article-collects")).toHaveValue("billable");
  await expect(page.locator("#article-reported")).toBeChecked();

  await visit(page, `/projects/new?customer=${customer.id}`);
  await live(page.locator("#project-name"));
  await page.locator("#project-name").fill("Wartung aus Artikel");
  await page.locator("#tasks-0-name").fill("Support");
  await page.locator("#line-article").selectOption({ label: `${number} ${name}` });
  await page.getByRole("button", { name: say("line_from_article") }).click();
  await expect(titles(page)).toHaveText([`1. ${name}`]);
  await expect(page.locator("#lines-0-kind")).toHaveValue("allowance");
  await expect(page.locator("#lines-0-most")).toHaveValue("0:45");
  await expect(page.locator("#lines-0-collects")).toHaveValue("billable");
  await expect(page.locator("#lines-0-fee_price")).toHaveValue("150,00");
  await expect(page.locator("#lines-0-fee_vat")).toHaveValue("19");
  await expect(lines(page).getByLabel(say("line_reported"))).toBeChecked();
  await axe(page);
  // It is a line like any other. Runs of other tests bill what is due today: this fee begins later.
  await page.locator("#lines-0-name").fill("Support + 45");
  await page.locator("#lines-0-fee_start").fill("2090-04-01");
  await save(page).click();
  await expect(page).toHaveURL(/\/projects\/[0-9a-f-]{36}$/);
  await expect(falls(page)).toHaveCount(1);
  await expect(falls(page).nth(0)).toContainText("Support + 45");
  await expect(falls(page).nth(0).locator(".balance")).toContainText(/0:45\sh/);
  await expect(falls(page).nth(0).getByTestId("fall-takes")).toContainText(/0:45\sh/);
});

/** Red when: a field of a line is not saved, or is shown otherwise than it was saved. */
test("every field of a prepaid line with a fee is seen again after saving", async ({ open, rest }) => {
  const customer = await rest.customer();
  const account = await rest.account(customer.id, { name: "Stundenblock" });
  const project = await newProject(rest, { customer, name: "Wartung", tasks: ["Reparatur", "Beratung"], lines: [] });
  const page = await open("projectmanager");
  await edit(page, project.id);
  await page.getByRole("button", { name: say("line_add"), exact: true }).click();
  const line = lines(page).nth(0);
  await page.locator("#lines-0-name").fill("Vorausbezahlt");
  await page.locator("#lines-0-kind").selectOption("prepaid");
  await page.locator("#lines-0-account").selectOption(account);
  await page.locator("#lines-0-collects").selectOption("billable");
  await page.locator("#lines-0-fee_price").fill("49,90");
  await page.locator("#lines-0-fee_every").fill("3");
  await page.locator("#lines-0-fee_vat").fill("19");
  await page.locator("#lines-0-fee_start").fill("2090-04-01");
  await page.locator("#lines-0-fee_end").fill("2091-03-31");
  await line.getByLabel(say("line_reported")).check();
  await line.locator(".line-tasks summary").click();
  await line.getByLabel("Beratung").check();
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/projects/${project.id}$`));
  await expect(falls(page)).toHaveCount(1);

  await edit(page, project.id);
  await expect(titles(page)).toHaveText(["1. Vorausbezahlt"]);
  await expect(line.locator(".chosen")).toContainText([say("line_kind_prepaid"), "Stundenblock"]);
  await expect(page.locator("#lines-0-collects")).toHaveValue("billable");
  await expect(page.locator("#lines-0-fee_price")).toHaveValue("49,9");
  await expect(page.locator("#lines-0-fee_every")).toHaveValue("3");
  await expect(page.locator("#lines-0-fee_unit")).toHaveValue("months");
  await expect(page.locator("#lines-0-fee_vat")).toHaveValue("19");
  await expect(page.locator("#lines-0-fee_start")).toHaveValue("2090-04-01");
  await expect(page.locator("#lines-0-fee_end")).toHaveValue("2091-03-31");
  await expect(line.getByLabel(say("line_reported"))).toBeChecked();
  await expect(line.locator(".line-tasks summary")).toHaveText(say("line_tasks_some", { count: 1 }));
  await expect(line.getByLabel("Beratung")).toBeChecked();
  await expect(line.getByLabel("Reparatur")).not.toBeChecked();
});

test("projects are found, filtered and taken away", async ({ open, rest }) => {
  const customer = await rest.customer();
  const project = await made(rest, customer, []);
  const page = await open("sales");
  await visit(page, `/projects?customer=${customer.id}`);
  const rows = page.locator(".projects tbody tr");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(project.number);
  await visit(page, `/projects?customer=${customer.id}&state=closed`);
  await expect(page.locator(".empty")).toContainText(say("list_none_found"));
  await visit(page, `/projects?q=${project.number}&sort=name`);
  await expect(rows).toHaveCount(1);
  const file = await page.request.get(`/projects/export.csv?q=${project.number}`);
  expect(await file.text()).toContain(project.number);
  // Sales reads projects and changes none.
  await expect(page.getByRole("link", { name: say("project_new") })).toHaveCount(0);
});

test("without JavaScript a project is made from a template and read", async ({ open, rest }) => {
  const customer = await rest.customer();
  const page = await open("projectmanager", { javaScriptEnabled: false });
  await page.goto(`/projects/new?customer=${customer.id}&template=free`);
  await page.locator("#project-name").fill("Ohne Skript");
  await save(page).click();
  await expect(page.locator("h1")).toContainText("Ohne Skript");
  await expect(falls(page)).toHaveCount(2);
  await expect(page.getByTestId("try-outcome")).toContainText(/25,00\s€/);
});

for (const [width, colorScheme] of [[390, "dark"], [1440, "light"]] as const) test(`the pages of projects are read at ${width} px, ${colorScheme}`, async ({ open, rest }) => {
  const customer = await rest.customer();
  const project = await made(rest, customer, [free(), effort("Aufwand")]);
  const page = await open("admin", { viewport: { width, height: 900 }, colorScheme });
  for (const address of ["/projects", "/projects?q=gibtesnirgends", "/projects/new", `/projects/${project.id}`, `/projects/${project.id}/edit`, `/customers/${customer.id}`]) {
    await visit(page, address);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${address} is no wider than ${width}`).toBeLessThanOrEqual(width);
    await axe(page);
  }
});

test("those who may not see projects find no way to them", async ({ open, allowed }) => {
  allowed.status(403);
  for (const role of ["staff", "payments", "customer"] as const) {
    const page = await open(role);
    await page.goto("/projects");
    await routed(page);
    await expect(page.locator("main"), role).toContainText(say("problem_forbidden"));
    await expect(page.locator("nav a[href='/projects']")).toHaveCount(0);
  }
});
