// What is kept on a telephone: whose it is.
import type { Page } from "@playwright/test";
import { axe, expect, test } from "../fixtures.ts";
import { chip, lookAgain, open, PHONE, splitted, take } from "../phone.ts";
import { bookingsOf, newProject } from "../projects.ts";
import { say } from "../words.ts";

/** Signs in on that telephone. The session is its own: it ends with the next one. */
async function signIn(page: Page, login: string) {
  const answer = await page.request.post("/sign-in", { form: { login, password: "drawdown" }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
}

// Red when: somebody else sees or books what was begun on the telephone, or it is gone for whose it is.
test("what is kept belongs to the person", async ({ open: as, rest }) => {
  const [timed, typed] = [await newProject(rest), await newProject(rest)];
  const page = await as("nobody", PHONE);
  await signIn(page, "staff");
  await open(page, "new");
  await take(page, typed);
  await chip(page, "1:00").tap();
  await expect(splitted(page).first()).toBeVisible();
  await open(page, "timer");
  await take(page, timed);
  await expect(page.locator(".timer-face")).toContainText(timed.name);

  await signIn(page, "projectmanager");
  await lookAgain(page);
  await expect(page.getByTestId("elapsed")).toHaveCount(0);
  await expect(page.locator("#task-q")).toBeVisible();
  await page.reload();
  await page.locator("main.phone[data-ready] h1").waitFor();
  await expect(page.locator("#task-q")).toBeVisible();
  await expect(page.getByTestId("elapsed")).toHaveCount(0);
  await open(page, "");
  await expect(page.getByRole("link", { name: say("phone_new") })).toBeVisible();
  await expect(page.locator(".timer-face")).toHaveCount(0);
  await open(page, "new");
  await expect(page.locator("#task-q")).toBeVisible();
  await expect(page.locator("#booking-time")).toHaveCount(0);
  await axe(page);

  await signIn(page, "staff");
  await page.reload();
  await page.locator("main.phone[data-ready] h1").waitFor();
  await expect(page.locator("#booking-time")).toHaveValue("1:00");
  await expect(page.locator(".booking-on")).toContainText(typed.name);
  await open(page, "timer");
  await expect(page.locator(".timer-face")).toContainText(timed.name);
  await expect(page.getByTestId("elapsed")).toBeVisible();
  expect([await bookingsOf(rest, timed.id), await bookingsOf(rest, typed.id)]).toEqual([[], []]);
  await axe(page);
});

// Red when: what one has begun is booked by whoever has signed in since, in another tab, before the page knows.
test("what is sent says whose it is", async ({ open: as, rest, allowed }) => {
  allowed.status(403);
  const project = await newProject(rest);
  const page = await as("nobody", PHONE);
  await signIn(page, "projectmanager");
  await open(page, "new");
  await take(page, project);
  await chip(page, "1:00").tap();
  await expect(splitted(page).first()).toBeVisible();
  await signIn(page, "staff");
  await page.locator(".booking-save button").tap();
  await expect(page.locator(".notice-bad")).toBeVisible();
  expect(await bookingsOf(rest, project.id)).toEqual([]);
  await axe(page);
});
