import { axe, expect, routed, state, test, visit } from "../fixtures.ts";
import { dayAfter, today } from "../rest.ts";
import { say } from "../words.ts";

test.describe("a customer", () => {
  test.use({ storageState: async ({}, use) => use(state("customer")) });

  test("sees the own accounts and reads their passbooks", async ({ page }) => {
    await page.goto("/");
    await expect(page).toHaveURL("/portal");
    await visit(page, "/portal");
    await expect(page.locator("h1")).toHaveText(say("portal_title"));
    const sheets = page.locator(".account-sheets > li");
    // The first of the demo's customers: three accounts, and one for each contract with a quota.
    expect(await sheets.count()).toBeGreaterThan(3);
    const name = await sheets.first().locator("h2").textContent();
    await axe(page);
    await sheets.first().getByRole("link").click();
    await expect(page).toHaveURL(/\/portal\/accounts\/[0-9a-f-]{36}$/);
    await expect(page.locator("h1")).toHaveText(name!);
    await expect(page.locator(".passbook tbody tr").first()).toBeVisible();
    // Nothing to draw with, nothing to take back, no way into the office.
    await expect(page.locator("form[action^='/call']")).toHaveCount(0);
    await expect(page.locator("a[href*='release='], a[href^='/customers'], a[href^='/accounts']")).toHaveCount(0);
    await axe(page);
    await page.reload();
    await expect(page.locator("h1")).toHaveText(name!);
    await page.getByRole("navigation").getByRole("link", { name: say("nav_accounts") }).click();
    await expect(page).toHaveURL("/portal");
    await expect(page.locator("h1")).toHaveText(say("portal_title"));
  });

  // Red when: the page that is made live shows other days than the server has read in the address.
  test("chooses the days of a passbook in the address", async ({ page }) => {
    await visit(page, "/portal");
    await page.locator(".account-sheets a").first().click();
    await page.locator(".range").waitFor();
    await routed(page);
    const [from, to, on] = [-60, -30, -40].map((days) => dayAfter(today(), days));
    await page.locator(".range input[name=from]").fill(from);
    await page.locator(".range input[name=to]").fill(to);
    await page.getByRole("button", { name: say("passbook_show") }).click();
    await expect(page).toHaveURL(new RegExp(`from=${from}&to=${to}$`));
    await routed(page);
    await visit(page, `${page.url()}&on=${on}`);
    await expect(page.locator(".range input[name=from]")).toHaveValue(from);
    await expect(page.locator(".range input[name=to]")).toHaveValue(to);
    await expect(page.locator("#as-of-day")).toHaveValue(on);
    await expect(page.locator("nav a[aria-current=page]")).toHaveText(say("nav_accounts"));
  });

  test("is told at an address that there is not, and led back", async ({ page, allowed }) => {
    allowed.status(404);
    expect((await visit(page, "/portal/nothing"))!.status()).toBe(404);
    await expect(page.locator("h1")).toHaveText(say("page_not_found"));
    await axe(page);
    await page.locator("main").getByRole("link", { name: say("portal_title") }).click();
    await expect(page.locator(".account-sheets > li").first()).toBeVisible();
  });

  test("finds nothing under the addresses of others", async ({ page, rest, allowed }) => {
    allowed.status(404, 403);
    const { account, customer } = await rest.accountWith(60);
    for (const address of [`/portal/accounts/${account}`, `/accounts/${account}`, `/customers/${customer}`, "/portal/accounts/00000000-0000-7000-8000-000000000000", "/portal/accounts/unsinn"]) {
      expect((await visit(page, address))!.status(), address).toBe(404);
      await expect(page.locator("main"), address).toContainText(say("problem_not_found"));
      await expect(page.locator("main")).not.toContainText("1:00 h");
    }
    await visit(page, "/customers");
    await expect(page.locator("main")).toContainText(say("problem_forbidden"));
    await expect(page.locator("table")).toHaveCount(0);
  });

  test("reaches no command of the office with the own session", async ({ context, open, rest }) => {
    const { account } = await rest.accountWith(60);
    const office = await open("accounting");
    await office.goto(`/accounts/${account}`);
    const command = await office.locator(".draw-panel form").first().evaluate((form: HTMLFormElement) => form.action);
    const form = { "form[account]": account, "form[draw]": "00000000-0000-7000-8000-000000000001", "form[date]": "2026-04-01", "form[amount]": "1:00", "form[text]": "x", "form[seen]": "" };
    const page = await context.newPage();
    await page.goto("/portal");
    const answer = await context.request.post(command, { form });
    expect(answer.status()).toBe(404);
    expect((await answer.json()).Refused.refusal).toMatchObject({ code: "not_found" });
    expect(await rest.entries(account)).toHaveLength(1);
  });
});

test("a role without a page of its own is told so", async ({ open }) => {
  const page = await open("payments");
  await visit(page, "/");
  await expect(page.locator(".notice-warn")).toHaveText(say("nothing_for_role"));
});
