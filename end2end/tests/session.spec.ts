import { axe, expect, live, passbook, preview, routed, rows, saveDraw, signIn, test, typeDraw, visit } from "../fixtures.ts";
import { say } from "../words.ts";

test("a session that ends while a form is open is renewed in place, and nothing typed is lost", async ({ page, context, rest, allowed }) => {
  allowed.status(401);
  const { account } = await rest.accountWith(240);
  await page.goto(`/sign-in?next=/accounts/${account}`);
  await signIn(page, "accounting");
  await expect(page).toHaveURL(new RegExp(`/accounts/${account}$`));
  await live(page.locator("#draw-amount"));
  await typeDraw(page, { amount: "1:15", text: "Lange getippt" });
  await expect(preview(page).locator(".sum-line")).toContainText("2:45 h");

  // Signed out in another tab.
  const other = await context.newPage();
  await visit(other, "/customers");
  await other.getByRole("button", { name: say("sign_out") }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await other.close();

  await saveDraw(page).click();
  const again = page.locator(".session-ended");
  await expect(again).toContainText(say("session_ended"));
  await expect(page.locator("#again-login")).toHaveValue("accounting");
  await axe(page);
  await page.locator("#again-password").fill("falsch geraten");
  await again.getByRole("button").click();
  await expect(page.locator("#again-password-problem")).toHaveText(say("problem_wrong_credentials"));
  await page.locator("#again-password").fill("drawdown");
  await again.getByRole("button").click();
  await expect(page.locator(".draw-panel .notice-good")).toHaveText(say("session_renewed"));

  await expect(page).toHaveURL(new RegExp(`/accounts/${account}$`));
  await expect(page.locator("#draw-amount")).toHaveValue("1:15");
  await expect(page.locator("#draw-text")).toHaveValue("Lange getippt");
  await saveDraw(page).click();
  await expect(page.locator(".draw-panel .notice-good")).toContainText(say("draw_done", { amount: "1:15 h", left: "2:45 h" }));
  await expect(rows(page).first()).toContainText("Lange getippt");
  expect((await rest.entries(account)).map((entry) => entry.text)).toEqual(["Vorgabe", "Lange getippt"]);
  await axe(page);
});

test("a page that is reloaded without a session leads to signing in and back", async ({ page, rest }) => {
  const { account } = await rest.accountWith(60);
  await page.goto(`/accounts/${account}`);
  await expect(page).toHaveURL(new RegExp(`/sign-in\\?next=/accounts/${account}`));
  await signIn(page, "staff", "wrong password");
  await expect(page.locator(".notice-bad")).toHaveText(say("problem_wrong_credentials"));
  await expect(page.locator("#login")).toHaveValue("staff");
  await axe(page);
  await signIn(page, "staff");
  await expect(page).toHaveURL(new RegExp(`/accounts/${account}$`));
  await routed(page);
  // The service staff reads, and finds no desk.
  await expect(page.locator(".standing")).toContainText("1:00 h");
  await expect(page.locator(".desk")).toHaveCount(0);
  await axe(page);
});

test("a click on a demo login signs in as that role", async ({ page }) => {
  await visit(page, "/sign-in");
  await page.locator(".demo-login").filter({ hasText: "sales" }).click();
  await expect(page).toHaveURL(/\/today$/);
  await axe(page);
});

test("after signing in nobody is led to another site", async ({ page, baseURL }) => {
  for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example"]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await signIn(page, "accounting");
    await expect(page).toHaveURL(`${baseURL}/today`);
    await routed(page);
    await page.getByRole("button", { name: say("sign_out") }).click();
    await expect(page).toHaveURL(/\/sign-in/);
  }
  await axe(page);
});
