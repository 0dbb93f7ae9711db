// A telephone held upright.
import type { Page } from "@playwright/test";
import { axe, expect, live, passbook, preview, rows, saveDraw, state, test, typeDraw, visit } from "../fixtures.ts";
import { say } from "../words.ts";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

/** Nothing stands out to the right. */
async function fits(page: Page, what: string) {
  const wide = await page.evaluate(() => {
    const width = window.innerWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")].filter((node) => node.getBoundingClientRect().right > width + 1)
      .map((node) => `${node.tagName}.${node.getAttribute("class") ?? ""} ends at ${Math.round(node.getBoundingClientRect().right)}`);
  });
  expect(wide, `${what} fits into the width`).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), what).toBeLessThanOrEqual(0);
}

/** A thumb hits every target. */
async function thumbs(page: Page, what: string) {
  const small = await page.locator("a, button, input, select, summary").evaluateAll((nodes) => nodes
    .filter((node) => node.getClientRects().length > 0 && !node.matches("[type=hidden]"))
    .map((node) => ({ what: node.outerHTML.slice(0, 80), box: node.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 44 || box.height < 44)
    .map(({ what, box }) => `${what} ${box.width} x ${box.height}`));
  expect(small, `${what}: every target is 44 px wide and high`).toEqual([]);
}

test.describe("office", () => {
  test.use({ storageState: async ({}, use) => use(state("accounting")) });

  test("no page of the office is wider than the telephone", async ({ page, rest, allowed }) => {
    allowed.status(404);
    const long = await rest.customer(`Donaudampfschifffahrtsgesellschaftskapitänsverein ${"Unterabteilung".repeat(4)}`, { city: "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" });
    const account = await rest.account(long.id, { name: "Rahmenvertragswartungskontingentsverlängerung mit Zusatz", overbooking: true });
    await rest.grant(account, "PT100000H", "2026-01-01");
    await rest.draw(account, "PT99999H59M59S", "2026-02-01", `Datensicherungswiederherstellungsprobe ${"a".repeat(120)}`);
    const pages = [
      "/sign-in", "/customers", `/customers?q=${long.number}`, "/customers?q=gibtesnirgends", "/customers/new", `/customers/${long.id}`,
      `/customers/${long.id}/edit`, `/customers/${long.id}/accounts/new`, `/accounts/${account}?from=2026-01-01`, "/gibt-es-nicht",
    ];
    for (const address of pages) {
      await visit(page, address);
      await fits(page, address);
      await axe(page);
    }
  });

  test("the passbook is usable on a telephone", async ({ page, rest }) => {
    const { account } = await rest.accountWith(150);
    await passbook(page, account);
    // The form comes before the long list of entries.
    const [form, entries] = await Promise.all([page.locator(".draw-panel").boundingBox(), page.locator(".entries").boundingBox()]);
    expect(form!.y).toBeLessThan(entries!.y);
    await typeDraw(page, { amount: "0:25", text: "Unterwegs" });
    await expect(preview(page).locator(".sum-line")).toContainText("2:05 h");
    await saveDraw(page).tap();
    await expect(page.locator(".draw-panel .notice-good")).toContainText(say("draw_done", { amount: "0:25 h", left: "2:05 h" }));
    await fits(page, "with the answer");
    const release = rows(page).first().getByRole("link", { name: say("release"), exact: true });
    const box = await release.boundingBox();
    expect(Math.min(box!.height, box!.width), "a thumb hits it").toBeGreaterThanOrEqual(44);
    await release.tap();
    await expect(page.getByRole("dialog")).toContainText("+0:25 h");
    await fits(page, "with the plan");
    await axe(page);
    await page.getByRole("dialog").getByRole("button", { name: say("release_save", { amount: "0:25 h" }) }).tap();
    await expect(page.locator(".balance-row").first()).toContainText("2:30 h");
  });
});

test.describe("phone front", () => {
  test.use({ storageState: async ({}, use) => use(state("staff")) });

  test("the search shows what is left, with targets for thumbs", async ({ page, rest }) => {
    const name = `Zwergenreich ${Date.now()}`;
    const customer = await rest.customer(name);
    const account = await rest.account(customer.id);
    await rest.grant(account, "PT8H");
    await rest.draw(account, "PT3H30M");
    await page.goto("/phone#/customers");
    await live(page.locator("#phone-q"));
    await page.locator("#phone-q").fill(name);
    const found = page.locator(".phone-list > li");
    await expect(found).toHaveCount(1);
    await expect(found).toContainText("4:30 h");
    await expect(found).toContainText(say("balance_left_of", { left: "4:30 h", granted: "8:00 h" }));
    await thumbs(page, "customers");
    await fits(page, "/phone");
    await page.locator("#phone-q").fill("gibtesnirgends");
    await expect(page.locator(".empty")).toHaveText(say("phone_nothing"));
  });

  test("what was typed last is what is shown, whichever answer comes first", async ({ page, rest }) => {
    const [first, second] = [`Alfa${Date.now()}`, `Bravo${Date.now()}`];
    await rest.customer(first);
    await rest.customer(second);
    await page.goto("/phone#/customers");
    await live(page.locator("#phone-q"));
    let answer = () => {};
    const late = new Promise<void>((resolve) => { answer = resolve; });
    await page.route(`**/phone/customers?q=${first}`, async (route) => { await late; await route.continue(); });
    const asked = page.waitForRequest((request) => request.url().endsWith(first));
    await page.locator("#phone-q").fill(first);
    await asked;
    await page.locator("#phone-q").fill(second);
    const found = page.locator(".phone-list > li h2");
    await expect(found).toHaveCount(1);
    await expect(found).toHaveText(second);
    const arrived = page.waitForResponse((response) => response.url().endsWith(first));
    answer();
    await (await arrived).finished();
    await expect(found).toHaveText(second);
  });
});

test("the phone front without a session says where to sign in, and knows nobody", async ({ page, allowed }) => {
  allowed.status(401);
  await page.goto("/phone");
  await expect(page.getByRole("link", { name: say("sign_in") })).toHaveAttribute("href", /\/sign-in\?next=\/phone/);
  await fits(page, "/phone");
  await thumbs(page, "/phone without a session");
});

// Red when: whoever signs in on a telephone misses a target.
test("the page to sign in fits on a telephone, with targets for thumbs", async ({ page }) => {
  await visit(page, "/sign-in?next=/phone");
  await fits(page, "/sign-in");
  await thumbs(page, "/sign-in");
});

// Red when: the browser finds something in the manifest or the icons for which it does not offer to install the phone.
test("the browser can install the phone", async ({ open }) => {
  const page = await open("staff", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await visit(page, "/phone");
  const browser = await page.context().newCDPSession(page);
  const { url, errors } = await browser.send("Page.getAppManifest");
  expect(new URL(url).pathname).toBe("/manifest.webmanifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
  // A test has a profile of its own, which the browser treats as a private window.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((error) => error !== "in-incognito")).toEqual([]);
});

test("no page of the portal is wider than the telephone", async ({ open }) => {
  const page = await open("customer", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await visit(page, "/portal");
  await fits(page, "/portal");
  await axe(page);
  await page.locator(".account-sheets a").first().click();
  await expect(page.locator(".passbook")).toBeVisible();
  await fits(page, "a passbook");
});
