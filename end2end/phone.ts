// What tests do on a telephone: opening its pages, choosing a task, and saving.
import type { Page } from "@playwright/test";
import { axe, expect } from "./fixtures.ts";
import type { Project } from "./projects.ts";
import { dayAfter, today } from "./rest.ts";
import { say } from "./words.ts";

/** A telephone held upright. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export const yesterday = () => dayAfter(today(), -1);
export const splitted = (page: Page) => page.getByTestId("split").locator("li");
/** How free time, and time that is charged, stands in a split. */
export const free = (time: string) => `${time} h Freie Zeit ${say("pays_free")}`;
export const charged = (time: string, euros: string) => `${time} h Support ${say("pays_charged")} ${euros} €`;
/** What stands below a split: so much is free yet, then an hour costs that. */
export const ahead = (time: string, euros: string) => say("phone_then", { before: say("phone_still", { step: `${time} h ${say("pays_free")}` }), step: `${euros} €/h` });
export const answered = (page: Page) => page.getByTestId("answer");

/** Opens a page of the phone and waits until it was made in the browser. */
export async function open(page: Page, place: string) {
  await page.goto(`/phone#/${place}`);
  await page.locator("main.phone[data-ready] h1").waitFor();
}

/** Whose phone it is. */
export async function me(page: Page): Promise<string> {
  const answer = await page.request.get("/api/v1/phone/me");
  return (await answer.json()).person;
}

/** Takes out of the complaints what the browser reports by itself of a connection that a test cuts. */
export function without(complaints: string[], what: string) {
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes(what)));
}

/** The telephone is taken out of the pocket again. */
export const lookAgain = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));

/** Finds a task of a project by its name, the first one unless it is named, takes it, and waits for what is left. */
export async function take(page: Page, project: Project, task = "") {
  await page.locator("#task-q").fill(project.name);
  await page.locator(".task", { hasText: project.name }).filter({ hasText: task }).first().tap();
  // What stands below it moves when that comes.
  await page.getByTestId("left").locator("li, p").first().waitFor();
}

/** An id for a booking that is to be the latest of its day: of one day the largest counts as that. */
export const latest = () => `ffffffff-ffff-4fff-bfff-${Date.now().toString(16).padStart(12, "0")}`;

export const chip = (page: Page, time: string) => page.getByRole("button", { name: time, exact: true });
export const save = (page: Page, time: string) => page.getByRole("button", { name: say("phone_save", { time: `${time} h` }) });

/** What is left for a customer. */
export const left = (page: Page) => page.getByTestId("left");

/** Saves, and waits for the answer of the server. */
export async function sent(page: Page, time: string): Promise<number> {
  const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/phone/bookings"));
  await save(page, time).tap();
  return (await answer).status();
}

/** Nothing stands out to the right, a thumb hits every target, and axe finds nothing. */
export async function proper(page: Page, what: string) {
  const found = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - window.innerWidth,
    small: [...document.querySelectorAll("a, button, input, select, summary")]
      .filter((node) => node.getClientRects().length > 0)
      .map((node) => ({ what: node.outerHTML.slice(0, 80), box: node.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 44 || box.height < 44)
      .map(({ what, box }) => `${what} ${box.width} x ${box.height}`),
  }));
  expect(found.wide, `${what} fits`).toBeLessThanOrEqual(0);
  expect(found.small, `${what}: every target is 44 px`).toEqual([]);
  await axe(page);
}
