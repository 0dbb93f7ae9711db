// The code of a page is fetched when somebody goes there.
import type { Page } from "@playwright/test";
import { expect, preview, routed, state, test, visit } from "../fixtures.ts";
import { newProject } from "../projects.ts";
import { dayAfter, german, today } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("accounting")) });

const DOCUMENTS = "**/split_documents.wasm";
const stays = (page: Page) => page.evaluate(() => (window as any).stays === true);
const go = (page: Page, path: string) => page.locator(`header nav a[href='${path}']`).click();

// Red when: a page is loaded as a whole, its code is there before somebody goes to it, or is fetched twice.
test("a page brings its code once, and nothing is loaded anew", async ({ page }) => {
  const fetched: string[] = [];
  page.on("request", (request) => { if (request.url().endsWith(".wasm")) fetched.push(request.url().split("/").at(-1)!); });
  await visit(page, "/customers");
  await page.evaluate(() => { (window as any).stays = true; });
  expect(fetched).toContain("split_customers.wasm");
  expect(fetched).not.toContain("split_documents.wasm");
  await go(page, "/documents");
  await expect(page.locator("h1")).toHaveText(say("nav_documents"));
  await go(page, "/customers");
  await expect(page.locator("h1")).toHaveText(say("customers_title"));
  await go(page, "/documents");
  await expect(page).toHaveURL(/\/documents$/);
  await expect(page.locator("h1")).toHaveText(say("nav_documents"));
  expect(await stays(page)).toBe(true);
  expect(new Set(fetched).size, fetched.join()).toBe(fetched.length);
});

// Red when: somebody whose page is older than the server stands before a link that does nothing.
test("a page whose code is not there any more is loaded as a whole, and works as the server has sent it", async ({ page, allowed, complaints }) => {
  allowed.status(404);
  await page.route(DOCUMENTS, (route) => route.fulfill({ status: 404, body: "" }));
  await visit(page, "/customers");
  await page.evaluate(() => { (window as any).stays = true; });
  await go(page, "/documents");
  await expect(page.locator("h1")).toHaveText(say("nav_documents"));
  expect(await stays(page)).toBe(false);
  // It tries once more, and not for ever: it stands there, and its filter is a form. Whoever is quicker leaves it before it
  // has tried.
  const missed = () => complaints.filter((text) => text.includes("'compile'")).length;
  await expect.poll(missed).toBeGreaterThan(1);
  await page.evaluate(() => { (window as any).stays = true; });
  await page.locator("main form input[name=q]").fill("gibtesnirgends");
  expect(await stays(page)).toBe(true);
  await page.locator("main form input[name=q]").press("Enter");
  await expect(page).toHaveURL(/q=gibtesnirgends/);
  expect(await stays(page)).toBe(false);
  await expect(page.locator(".empty")).toBeVisible();
  // The page that stands there now asks for its code too.
  await page.waitForLoadState("networkidle");
  // What was not found is named, and nothing else.
  await expect.poll(missed).toBeGreaterThan(2);
  const named = complaints.splice(0);
  expect(named.filter((text) => !text.includes("404") && !text.includes("wasm"))).toEqual([]);
});

/** Holds that file of code back until it is called. */
async function held(page: Page, file: string): Promise<() => void> {
  let arrive = () => {};
  const gate = new Promise<void>((open) => { arrive = open; });
  await page.route(`**/split_${file}.wasm`, async (route) => { await gate; await route.continue(); });
  return arrive;
}

/** Opens a page whose code is held back. */
async function early(page: Page, address: string, file: string) {
  const asked = page.waitForRequest(`**/split_${file}.wasm`);
  await page.goto(address);
  await asked;
}

const notLive = (page: Page) => expect(page.locator("body[data-live]")).toHaveCount(0);

// Red when: what was typed while the code was on its way is gone, or nobody listens to it.
test("what is typed while the code is on its way stays and is read", async ({ page, rest }) => {
  const { account } = await rest.accountWith(240);
  const arrive = await held(page, "customers");
  await early(page, `/accounts/${account}`, "customers");
  await page.locator("#draw-amount").fill("1:30");
  await notLive(page);
  arrive();
  await expect(preview(page).getByRole("listitem").first()).toBeVisible();
  await expect(page.locator("#draw-amount")).toHaveValue("1:30");
});

// Red when: only what is typed into a line of text is kept.
test("what is chosen while the code is on its way stays and is read", async ({ page, rest }) => {
  const { account } = await rest.accountWith(240);
  const arrive = await held(page, "customers");
  await early(page, `/accounts/${account}`, "customers");
  const open = () => page.locator(".grant-panel").evaluate((panel: HTMLDetailsElement) => { panel.open = true; });
  await open();
  await page.locator("#grant-carry").selectOption("on");
  await notLive(page);
  arrive();
  await routed(page);
  await expect(page.locator("#grant-carry")).toHaveValue("on");
  await expect(page.locator("#grant-origin"), "what nobody touched is what the server has sent").toHaveValue("free_quota");
  // A page that has heard of it shows for how long.
  await open();
  await expect(page.locator("#grant-periods")).toBeVisible();
  await page.locator("#grant-carry").selectOption("off");
  await expect(page.locator("#grant-periods")).toBeHidden();
});

test("a long text and a tick stay and are read too", async ({ page, open, rest }) => {
  const arrive = await held(page, "customers");
  await early(page, "/settings/mail", "customers");
  await page.getByTestId("text-delivery_note").locator("summary").click();
  const security = page.locator("#mail-security");
  const other = await security.inputValue() === "tls" ? "start_tls" : "tls";
  await security.selectOption(other);
  await page.locator("#text-delivery_note_de-body").fill("Früh getippt,\nund lang.");
  await notLive(page);
  arrive();
  await expect(page.getByTestId("preview-delivery_note_de")).toContainText("Früh getippt,");
  await expect(page.locator("#text-delivery_note_de-body")).toHaveValue("Früh getippt,\nund lang.");
  await expect(security).toHaveValue(other);

  const project = await newProject(rest);
  const manager = await open("projectmanager");
  const arrived = await held(manager, "projects");
  await early(manager, `/projects/${project.id}/edit`, "projects");
  const people = manager.locator("details.line-tasks").filter({ hasText: say("project_people_some", { count: 0 }) }).first();
  await people.locator("summary").click();
  const name = await people.getByRole("checkbox").first().evaluate((box: HTMLInputElement) => box.labels![0].textContent!);
  await people.getByRole("checkbox").first().check();
  await manager.locator("#project-closed").check();
  await notLive(manager);
  arrived();
  await expect(manager.getByText(say("project_people_some", { count: 1 }))).toBeVisible();
  await expect(manager.getByRole("checkbox", { name: name.trim(), exact: true }).first()).toBeChecked();
  await expect(manager.locator("#project-closed")).toBeChecked();
});

test.describe("a passbook of the portal", () => {
  test.use({ storageState: async ({}, use) => use(state("customer")) });
  const first = (page: Page) => page.locator(".account-sheets a").first();

  // Red when: the accounts wait for the code of a passbook, or a day that was chosen while it was on its way is gone.
  test("brings its code with it, and keeps what was chosen meanwhile", async ({ page }) => {
    const fetched: string[] = [];
    page.on("request", (request) => { if (request.url().endsWith(".wasm")) fetched.push(request.url().split("/").at(-1)!); });
    await visit(page, "/portal");
    expect(fetched).toContain("portal.wasm");
    expect(fetched).not.toContain("split_passbook.wasm");
    const address = (await first(page).getAttribute("href"))!;
    const arrive = await held(page, "passbook");
    await early(page, address, "passbook");
    await page.locator("#as-of-day").fill(dayAfter(today(), -1));
    await notLive(page);
    arrive();
    await expect(page.getByTestId("as-of-balance")).toContainText(german(dayAfter(today(), -1)));
    await expect(page.locator("#as-of-day")).toHaveValue(dayAfter(today(), -1));
  });

  // Red when: a page whose code cannot be had is emptied, or does less than the server's.
  test("is read without its code, as the server has sent it", async ({ page, allowed, complaints }) => {
    allowed.status(404);
    await page.route("**/split_passbook.wasm", (route) => route.fulfill({ status: 404, body: "" }));
    await visit(page, "/portal");
    await first(page).click();
    await expect(page.locator(".passbook")).toBeVisible();
    await page.waitForLoadState("networkidle");
    const from = dayAfter(today(), -30);
    await page.locator(".range input[name=from]").fill(from);
    await page.getByRole("button", { name: say("passbook_show") }).click();
    await expect(page).toHaveURL(new RegExp(`from=${from}`));
    await expect(page.locator(".range input[name=from]")).toHaveValue(from);
    await page.waitForLoadState("networkidle");
    await notLive(page);
    // What was not found is named, and nothing else.
    await expect.poll(() => complaints.filter((text) => text.includes("'compile'")).length).toBeGreaterThan(1);
    expect(complaints.splice(0).filter((text) => !text.includes("404") && !text.includes("wasm"))).toEqual([]);
  });
});
