// What every test gets: watched pages that fail it on any console message or error, and on what axe finds where they stand
// open at its end; the houses, REST.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Locator, type Page, type TestInfo } from "@playwright/test";
import { Rest } from "./rest.ts";
import { STATE, type House } from "./servers.ts";
import type { Role } from "./setup.ts";

export { expect };
export type { House };

export function house(engine: House["engine"]): House {
  const houses: House[] = JSON.parse(readFileSync(join(STATE, "houses.json"), "utf8"));
  return houses.find((house) => house.engine === engine)!;
}

/** Where the signed-in state of a role lies. */
export const state = (role: Role, engine: House["engine"] = "sqlite") => join(STATE, `${engine}-${role}.json`);

/** What a test may do: answers that the browser reports in its console, and pages that axe does not look at. */
export class Allowed {
  statuses = new Set<number>();
  /** Why axe does not look at what stands open at the end. */
  unseen = "";
  /** Answers of that status are part of this test. */
  status(...statuses: number[]) {
    statuses.forEach((status) => this.statuses.add(status));
  }
  /** Axe does not look at what stands open at the end, for this reason. */
  unlooked(why: string) {
    this.unseen = why;
  }
}

type Open = (who: Role | "nobody", options?: BrowserContextOptions & { engine?: House["engine"]; process?: 0 | 1 }) => Promise<Page>;

export const test = base.extend<{ allowed: Allowed; complaints: string[]; rest: Rest; open: Open }>({
  allowed: async ({}, use) => use(new Allowed()),
  complaints: async ({}, use) => {
    const complaints: string[] = [];
    await use(complaints);
    expect(complaints, "nothing was complained about in the console").toEqual([]);
  },
  rest: async ({}, use) => use(new Rest(house("sqlite"))),
  baseURL: async ({}, use) => use(house("sqlite").urls[0]),
  context: async ({ context, allowed, complaints, javaScriptEnabled }, use, info) => {
    if (javaScriptEnabled !== false) await watch(context, allowed, complaints);
    await use(context);
    await look(context, allowed, info, javaScriptEnabled !== false);
  },
  // Further people, each with a browser of their own.
  open: async ({ browser, allowed, complaints, javaScriptEnabled }, use, info) => {
    const contexts: { context: BrowserContext; scripts: boolean }[] = [];
    await use(async (who, { engine = "sqlite", process = 0, ...options } = {}) => {
      const context = await browser.newContext({
        baseURL: house(engine).urls[process], locale: "de-DE", timezoneId: "Europe/Berlin",
        storageState: who === "nobody" ? undefined : state(who, engine), ...options,
      });
      contexts.push({ context, scripts: (options.javaScriptEnabled ?? javaScriptEnabled) !== false });
      if (options.javaScriptEnabled !== false) await watch(context, allowed, complaints);
      return context.newPage();
    });
    for (const { context, scripts } of contexts) {
      await look(context, allowed, info, scripts);
      await context.close();
    }
  },
});

/** Axe looks at every page that stands open when a test has passed, unless the test says why not. */
async function look(context: BrowserContext, allowed: Allowed, info: TestInfo, scripts: boolean) {
  if (allowed.unseen) info.annotations.push({ type: "no axe", description: allowed.unseen });
  if (allowed.unseen || info.status !== "passed") return;
  for (const page of context.pages()) {
    if (!page.url().startsWith("http")) continue;
    await page.waitForLoadState("domcontentloaded");
    // What the browser shows by itself, such as a PDF, is no page of ours.
    if (await page.evaluate(() => document.contentType) === "text/html") await (scripts ? axe(page) : axePlain(page));
  }
}

async function watch(context: BrowserContext, allowed: Allowed, complaints: string[]) {
  context.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    const status = /Failed to load resource: the server responded with a status of (\d+)/.exec(message.text());
    if (status && allowed.statuses.has(Number(status[1]))) return;
    complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complaints.push(`error: ${error.error().message}`));
  // Marks what listens: the one thing that tells a page that is live from one that only looks so.
  await context.addInitScript(() => {
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (this: EventTarget & { listens?: Set<string> }, type: string, ...rest: any[]) {
      // What drives the browser listens too, on the window and before everybody else; the program never does.
      if (!rest[1]?.capture) (this.listens ??= new Set()).add(type);
      return (add as any).call(this, type, ...rest);
    };
  });
}

/** Waits until that element has been made live by the browser's half of the program. */
export async function live(element: Locator) {
  await expect.poll(() => element.first().evaluate((node: any) => [...(node.listens ?? [])].some((type) => ["input", "change", "submit", "cancel"].includes(type))),
    { message: "the element is live", timeout: 20_000, intervals: [20, 50, 100] }).toBe(true);
}

/** Opens a page of the office or portal and waits until it is live. */
export async function visit(page: Page, address: string) {
  const answer = await page.goto(address);
  await routed(page);
  return answer;
}

/** Waits until the page is live: until then it is what the server has sent. */
export async function routed(page: Page) {
  await page.locator("body[data-live]").waitFor({ state: "attached", timeout: 20_000 });
}

/** Opens a passbook and waits until its desk is live. */
export async function passbook(page: Page, account: string, query = "") {
  await visit(page, `/accounts/${account}${query}`);
  await live(page.locator("#draw-amount"));
}

/** WCAG 2.2 AA, for a page without JavaScript: another page shows the same HTML, without what would make it live. */
export async function axePlain(page: Page) {
  const html = (await page.content()).replace(/<script\b[^>]*>[^<]*<\/script>/g, "");
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true, viewport: page.viewportSize(), baseURL: new URL(page.url()).origin });
  const twin = await context.newPage();
  await twin.route(page.url(), (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
  await twin.goto(page.url());
  await axe(twin);
  await context.close();
}

/** WCAG 2.2 AA, and no form within a form: what the inner one sends would send the outer one too. */
export async function axe(page: Page) {
  await expect(page.locator("form form")).toHaveCount(0);
  // On the phone the button that saves stays in sight, elsewhere the heads of a table: at the end of the page nothing lies half
  // behind the one, at its beginning nothing behind the others.
  await page.evaluate(() => window.scrollTo(0, document.querySelector("main.phone") ? document.documentElement.scrollHeight : 0));
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const faults = found.violations.map((fault) => `${fault.id}: ${fault.help}\n  ${fault.nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary}`).join("\n  ")}`);
  expect(faults, "axe finds nothing").toEqual([]);
}

/** Signs in through the form. */
export async function signIn(page: Page, login: string, password = "drawdown") {
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(password);
  await page.locator("form:has(#password) button[type=submit]").click();
}

/** The panel with what saving would do. */
export const preview = (page: Page) => page.getByTestId("draw-preview");

/** Types a draw. */
export async function typeDraw(page: Page, draw: { amount?: string; date?: string; text?: string }) {
  if (draw.date !== undefined) await page.locator("#draw-date").fill(draw.date);
  if (draw.amount !== undefined) await page.locator("#draw-amount").fill(draw.amount);
  if (draw.text !== undefined) await page.locator("#draw-text").fill(draw.text);
}

/** The button that saves the draw. */
export const saveDraw = (page: Page) => page.locator(".draw-panel button[type=submit]").first();

/** The rows of the passbook, newest first, without the two balances. */
export const rows = (page: Page) => page.locator(".passbook tbody tr:not(.balance-row)");
