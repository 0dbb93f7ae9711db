// The code of an office page is fetched when somebody goes there.
import type { Page } from "@playwright/test";
import { expect, preview, state, test, visit } from "../fixtures.ts";
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
  // It does not try for ever: it stands there, and its filter is a form.
  await page.evaluate(() => { (window as any).stays = true; });
  await page.locator("main form input[name=q]").fill("gibtesnirgends");
  expect(await stays(page)).toBe(true);
  await page.locator("main form input[name=q]").press("Enter");
  await expect(page).toHaveURL(/q=gibtesnirgends/);
  expect(await stays(page)).toBe(false);
  await expect(page.locator(".empty")).toBeVisible();
  // What was not found is named, and nothing else.
  const named = complaints.splice(0);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((text) => !text.includes("404") && !text.includes("wasm"))).toEqual([]);
});

// Red when: what was typed while the code was on its way is gone, or nobody listens to it.
test("what is typed while the code is on its way stays and is read", async ({ page, rest }) => {
  const { account } = await rest.accountWith(240);
  let arrive = () => {};
  const gate = new Promise<void>((open) => { arrive = open; });
  await page.route("**/split_customers.wasm", async (route) => { await gate; await route.continue(); });
  const asked = page.waitForRequest("**/split_customers.wasm");
  await page.goto(`/accounts/${account}`);
  await asked;
  await page.locator("#draw-amount").fill("1:30");
  await expect(page.locator("body[data-live]")).toHaveCount(0);
  arrive();
  await expect(preview(page).getByRole("listitem").first()).toBeVisible();
  await expect(page.locator("#draw-amount")).toHaveValue("1:30");
});
