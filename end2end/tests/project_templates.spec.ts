// Templates of projects: kept of a project, chosen for a new one, called otherwise, deleted.
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { axe, expect, live, test, visit } from "../fixtures.ts";
import { bookingsOf, FREE_THEN_EFFORT, newBooking, newProject, parts, somebody, type Project } from "../projects.ts";
import { today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

type Template = { id: string; version: number; name: string; description: string; lines: { name: string }[] };

const LIST = /\/projects\/templates$/;
const falls = (page: Page) => page.getByTestId("fall");
const save = (page: Page) => page.getByRole("button", { name: say("save"), exact: true });
/** The card of a template of the company on the page of a new project, and its sheet in the list of them. */
const card = (page: Page, name: string) => page.locator(".templates .template").filter({ hasText: name });
const sheet = (page: Page, name: string) => page.getByTestId("template").filter({ hasText: name });
const fresh = () => `Pflege ${randomUUID().slice(0, 8)}`;

/** A template of such a project. */
async function kept(rest: Rest, project: Project, name = fresh()): Promise<Template> {
  return rest.call<Template>("POST", "/project-templates", { name, description: "45 Minuten frei", project: project.id });
}

const named = async (rest: Rest, name: string) =>
  (await rest.call<{ project_templates: Template[] }>("GET", "/project-templates")).project_templates.find((one) => one.name === name);

/** Red when: a project that begins with a template lacks a task or a line, or an hour on it is split otherwise. */
test("a project is kept as a template, and a new one for another customer begins with it", async ({ open, rest }) => {
  const project = await newProject(rest, { tasks: ["Störung", "Beratung"] });
  const other = await rest.customer();
  const page = await open("projectmanager");
  await visit(page, `/projects/${project.id}`);
  await page.getByRole("link", { name: say("template_keep") }).click();
  await live(page.locator("#template-name"));
  await expect(page.locator("#template-name")).toHaveValue(project.name);
  const name = fresh();
  await page.locator("#template-name").fill(name);
  await page.locator("#template-lead").fill("45 Minuten im Monat sind frei.");
  await axe(page);
  await save(page).click();
  await expect(page).toHaveURL(LIST);
  await expect(sheet(page, name)).toContainText(say("template_tasks", { tasks: "Störung, Beratung" }));
  await expect(sheet(page, name)).toContainText(say("template_lines", { lines: "Freie Zeit, Support" }));
  await axe(page);

  await visit(page, `/projects/new?customer=${other.id}`);
  await live(page.locator("#project-name"));
  await page.locator("#project-name").fill("Aus der Vorlage");
  await expect(card(page, name)).toContainText("45 Minuten im Monat sind frei.");
  // Those of the company come first.
  const cards = await page.locator(".templates .template").evaluateAll((all) => all.map((one) => one.getAttribute("data-testid")!));
  expect(cards.slice(-4)).toEqual(["free", "block", "flat", "effort"].map((usual) => `template-${usual}`));
  await card(page, name).click();
  await expect(card(page, name)).toHaveAttribute("aria-current", "true");
  await expect(page.getByTestId("line").locator("h3")).toHaveText(["1. Freie Zeit", "2. Support"]);
  await expect(page.locator("#project-splitting")).toHaveValue("on");
  await expect(page.locator("#project-name")).toHaveValue("Aus der Vorlage");
  await axe(page);
  await save(page).click();
  await expect(page).toHaveURL(/\/projects\/[0-9a-f-]{36}$/);
  await expect(page.locator("h1")).toContainText("Aus der Vorlage");
  await expect(falls(page).locator("h3")).toContainText(["Freie Zeit", "Support"]);
  await expect(page.getByTestId("project-tasks")).toContainText("Beratung");

  const made = page.url().split("/").at(-1)!;
  const { tasks, customer } = await rest.call<{ tasks: { id: string }[]; customer: { id: string } }>("GET", `/projects/${made}`);
  expect(customer.id).toBe(other.id);
  await newBooking(rest, tasks[0].id, (await somebody(rest)).id, today(), "PT1H");
  expect(parts((await bookingsOf(rest, made))[0])).toEqual([["Freie Zeit", "PT45M", "0.00"], ["Support", "PT15M", "25.00"]]);
  expect(await bookingsOf(rest, project.id)).toEqual([]);
});

/** Red when: what one template has set stays when another one is chosen after it. */
test("whatever is chosen after a template of the company takes back what that has set", async ({ open, rest }) => {
  const template = await kept(rest, await newProject(rest, { splitting: "off", rounding: { step: "PT15M" } }));
  const page = await open("projectmanager");
  await visit(page, `/projects/new?template=${template.id}`);
  await live(page.locator("#project-name"));
  await expect(page.locator("#project-splitting")).toHaveValue("off");
  await expect(page.locator("#project-step")).toHaveValue("0:15");
  await page.getByTestId("template-effort").click();
  await expect(page.locator("#project-splitting")).toHaveValue("company");
  await expect(page.locator("#project-rounding")).toHaveValue("contract");
  await expect(page.getByTestId("line")).toHaveCount(1);
});

/** Red when: a template is deleted without asking, or a project goes with it; when a taken name is told elsewhere. */
test("a template is called otherwise and deleted, and projects stay as they are", async ({ open, rest, allowed }) => {
  allowed.status(422);
  const project = await newProject(rest);
  const [template, taken] = [await kept(rest, project), await kept(rest, project)];
  const page = await open("projectmanager");
  await visit(page, `/projects/templates/${template.id}`);
  await live(page.locator("#template-name"));
  await page.locator("#template-name").fill(taken.name);
  await save(page).click();
  await expect(page.locator("#template-name-problem")).toHaveText(say("field_taken"));
  await expect(page.locator("#template-name")).toHaveValue(taken.name);
  const name = fresh();
  await page.locator("#template-name").fill(name);
  await save(page).click();
  await expect(page).toHaveURL(LIST);
  await expect(sheet(page, name)).toHaveCount(1);
  await expect(sheet(page, template.name)).toHaveCount(0);

  await sheet(page, name).getByRole("link", { name, exact: true }).click();
  await expect(page.locator("h1")).toHaveText(name);
  await page.getByRole("link", { name: say("template_delete") }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(say("template_delete_lead"));
  await axe(page);
  await dialog.getByRole("link", { name: say("close") }).click();
  await expect(dialog).toHaveCount(0);
  expect(await named(rest, name)).toBeDefined();
  await page.getByRole("link", { name: say("template_delete") }).click();
  await dialog.getByRole("button", { name: say("template_delete") }).click();
  await expect(page).toHaveURL(LIST);
  await expect(sheet(page, taken.name)).toHaveCount(1);
  await expect(sheet(page, name)).toHaveCount(0);
  await visit(page, `/projects/${project.id}`);
  await expect(falls(page)).toHaveCount(FREE_THEN_EFFORT.length);
});

test("without JavaScript a template is kept, used and deleted, and what was typed comes back", async ({ open, rest }) => {
  const project = await newProject(rest);
  const customer = await rest.customer();
  const page = await open("projectmanager", { javaScriptEnabled: false });
  await page.goto(`/projects/templates/new?project=${project.id}`);
  await page.locator("#template-name").fill("");
  await page.locator("#template-lead").fill("Ohne Skript");
  await save(page).click();
  await expect(page.locator("#template-name-problem")).toHaveText(say("field_missing"));
  await expect(page.locator("#template-lead")).toHaveValue("Ohne Skript");
  const name = fresh();
  await page.locator("#template-name").fill(name);
  await save(page).click();
  await expect(page).toHaveURL(LIST);
  await expect(sheet(page, name)).toContainText("Ohne Skript");

  await page.goto(`/projects/new?customer=${customer.id}`);
  await card(page, name).click();
  await expect(page.getByTestId("line")).toHaveCount(2);
  await page.locator("#project-name").fill("Aus der Vorlage");
  await save(page).click();
  await expect(page.locator("h1")).toContainText("Aus der Vorlage");
  await expect(falls(page)).toHaveCount(2);
  await expect(page.getByTestId("try-outcome")).toContainText(/25,00\s€/);

  const { id } = (await named(rest, name))!;
  await page.goto(`/projects/templates/${id}`);
  await page.getByRole("link", { name: say("template_delete") }).click();
  await page.getByRole("button", { name: say("template_delete") }).click();
  await expect(page).toHaveURL(LIST);
  await expect(sheet(page, name)).toHaveCount(0);
});

test("sales reads templates and changes none", async ({ open, rest }) => {
  const template = await kept(rest, await newProject(rest));
  const page = await open("sales");
  await visit(page, "/projects");
  await page.getByRole("link", { name: say("templates_own") }).click();
  await sheet(page, template.name).getByRole("link", { name: template.name, exact: true }).click();
  await expect(page.getByTestId("template-facts")).toContainText("Freie Zeit, Support");
  await expect(page.locator("#template-name")).toHaveCount(0);
  await expect(page.getByRole("link", { name: say("template_delete") })).toHaveCount(0);
});

for (const [width, colorScheme] of [[390, "dark"], [1440, "light"]] as const) test(`the pages of templates are read at ${width} px, ${colorScheme}`, async ({ open, rest }) => {
  const project = await newProject(rest);
  const template = await kept(rest, project, `Wartungsvertragsvorlage für große Anlagen mit allem, was dazugehört ${randomUUID().slice(0, 8)}`);
  const page = await open("admin", { viewport: { width, height: 900 }, colorScheme });
  const own = `/projects/templates/${template.id}`;
  for (const address of ["/projects/templates", `/projects/templates/new?project=${project.id}`, own, `${own}?do=delete`, `/projects/new?template=${template.id}`]) {
    await visit(page, address);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${address} is no wider than ${width}`).toBeLessThanOrEqual(width);
    await axe(page);
  }
});
