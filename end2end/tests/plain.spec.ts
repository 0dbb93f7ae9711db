// Without JavaScript: reading and the plain forms do everything.
import type { Page } from "@playwright/test";
import { axePlain as axe, expect, rows, saveDraw, signIn, test, typeDraw } from "../fixtures.ts";
import { dayAfter, today } from "../rest.ts";
import { say } from "../words.ts";

test.use({ javaScriptEnabled: false });

const enter = async (page: Page, login = "accounting") => {
  await page.goto("/sign-in");
  await signIn(page, login);
  await expect(page).toHaveURL(/\/today$/);
  await page.goto("/customers");
};

test("a person signs in, finds a customer and reads the passbook", async ({ page, rest }) => {
  const customer = await rest.customer(`Plaintext ${Date.now()} GmbH`);
  const account = await rest.account(customer.id);
  await rest.grant(account, "PT5H");
  await rest.draw(account, "PT20M", today(), "Rückruf");
  await page.goto("/customers");
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, "accounting", "falsch");
  await expect(page.locator(".notice-bad")).toHaveText(say("problem_wrong_credentials"));
  await signIn(page, "accounting");
  await expect(page).toHaveURL(/\/customers$/);
  await page.locator("#customers-q").fill(customer.name);
  await page.getByRole("button", { name: say("list_filter") }).click();
  await expect(page.locator("table.customers tbody tr")).toHaveCount(1);
  await page.getByRole("link", { name: customer.name }).click();
  await expect(page.locator(".account-sheets")).toContainText(say("balance_left_of", { left: "4:40 h", granted: "5:00 h" }));
  await page.getByRole("link", { name: "Wartung" }).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("Rückruf");
  await expect(rows(page).first()).toContainText("−0:20 h");
  await expect(page.locator(".lot .bar-used").first()).toHaveAttribute("width", "66");
  // Another range.
  await page.locator(".range input[name=from]").fill(dayAfter(today(), -60));
  await page.locator(".range input[name=to]").fill(dayAfter(today(), -30));
  await page.getByRole("button", { name: say("passbook_show") }).click();
  await expect(page.locator(".passbook")).toContainText(say("passbook_empty"));
  // Days that cannot be are told where they were typed.
  await page.locator(".range input[name=to]").fill(dayAfter(today(), -61));
  await page.getByRole("button", { name: say("passbook_show") }).click();
  await expect(page.locator("#range-to-problem")).not.toHaveText("");
  await expect(page.locator("#range-to")).toHaveValue(dayAfter(today(), -61));
  await expect(page.locator(".passbook")).toHaveCount(0);
});

test("a customer is created, an account opened, a lot granted", async ({ page, rest }) => {
  await enter(page);
  await page.getByRole("link", { name: say("customer_new") }).click();
  await page.locator("#customer-name").fill("");
  await page.locator("#customer-city").fill("Celle");
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page.locator("#customer-name-problem")).toHaveText(say("field_missing"));
  await expect(page.locator("#customer-city")).toHaveValue("Celle");
  await page.locator("#customer-name").fill("Formular & Sohn");
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page.locator("h1")).toHaveText("Formular & Sohn");
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/);
  await page.getByRole("link", { name: say("account_new") }).click();
  await page.locator("#account-name").fill("Stunden");
  await page.locator("#account-overbooking").selectOption("yes");
  await page.locator("#account-limit").fill("viel");
  await page.getByRole("button", { name: say("account_open") }).click();
  await expect(page.locator("#account-limit-problem")).toHaveText(say("field_not_a_time"));
  await expect(page.locator("#account-limit")).toHaveValue("viel");
  await expect(page.locator("#account-overbooking")).toHaveValue("yes");
  await page.locator("#account-limit").fill("2:00");
  await page.getByRole("button", { name: say("account_open") }).click();
  await expect(page).toHaveURL(/\/accounts\/[0-9a-f-]{36}$/);
  await page.locator(".grant-panel summary").click();
  await page.locator("#grant-amount").fill("3:00");
  await page.locator("#grant-reason").fill("Auftrag 12");
  await page.locator(".grant-panel button[type=submit]").click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText("Auftrag 12");
  const account = page.url().split("/").pop()!.split("?")[0];
  expect((await rest.show(account)).standing).toMatchObject({ granted: "PT3H" });
});

test("the plain form draws, and a wrong one comes back with the reason and what was typed", async ({ page, rest }) => {
  const { account } = await rest.accountWith(120);
  await enter(page);
  await page.goto(`/accounts/${account}`);
  await typeDraw(page, { amount: "anderthalb", text: "Vor Ort & \"mehr\" <b>" });
  await saveDraw(page).click();
  await expect(page.locator("#draw-amount-problem")).toHaveText(say("field_not_a_time"));
  await expect(page.locator("#draw-amount")).toHaveValue("anderthalb");
  await expect(page.locator("#draw-text")).toHaveValue("Vor Ort & \"mehr\" <b>");
  await axe(page);
  await typeDraw(page, { amount: "-1", text: "" });
  await saveDraw(page).click();
  await expect(page.locator("#draw-amount-problem")).toHaveText(say("quota_not_positive", { amount: "−1:00 h" }));
  await expect(page.locator("#draw-text-problem")).toHaveText(say("field_missing"));
  await typeDraw(page, { amount: "5:00", text: "Vor Ort & \"mehr\" <b>" });
  await saveDraw(page).click();
  await expect(page.locator(".balance-row").first()).toContainText("0:00 h");
  // What was decided is said in the same words as with JavaScript: less than was asked for.
  await expect(page).toHaveURL(new RegExp(`/accounts/${account}\\?drawn=[0-9a-f-]{36}$`));
  const told = page.locator(".draw-panel .notice-good");
  await expect(told).toContainText(say("draw_done", { amount: "2:00 h", left: "0:00 h" }));
  await expect(told).toContainText(say("draw_done_not_drawn", { amount: "3:00 h" }));
  await axe(page);
  await expect(rows(page).first()).toContainText("Vor Ort & \"mehr\" <b>");
  await expect(page.locator("#draw-amount-problem")).toHaveText("");
  // Nothing is left: the second is refused with its figures.
  await typeDraw(page, { amount: "1:00", text: "Noch mehr" });
  await saveDraw(page).click();
  await expect(page.locator("#draw-amount-problem")).toContainText("0:00 h");
  await expect(page.locator("#draw-text")).toHaveValue("Noch mehr");
  await expect(told).toHaveCount(0);
  expect((await rest.entries(account)).map((entry) => entry.kind)).toEqual(["grant", "draw"]);
});

// Red when: what somebody typed for an hour is gone because the session has ended meanwhile.
test("a form that is sent after the session has ended is kept while one signs in, and saved once", async ({ page, context, rest }) => {
  const { account } = await rest.accountWith(240);
  await enter(page);
  await page.goto(`/accounts/${account}?from=${dayAfter(today(), -60)}`);
  await typeDraw(page, { amount: "1:15", text: "Lange \"getippt\" & <b>" });
  await context.clearCookies();
  await saveDraw(page).click();
  await expect(page.locator("h1")).toHaveText(say("session_ended"));
  await axe(page);
  await signIn(page, "accounting", "falsch geraten");
  await expect(page.locator(".notice-bad")).toHaveText(say("problem_wrong_credentials"));
  await expect(page.locator("#login")).toHaveValue("accounting");
  await signIn(page, "accounting");
  await expect(page.locator("h1")).toHaveText(say("posted_title"));
  await axe(page);
  expect((await rest.entries(account)).map((entry) => entry.kind), "nobody has said that it is saved").toEqual(["grant"]);
  await page.getByRole("button", { name: say("posted_send") }).click();
  await expect(rows(page).first()).toContainText("Lange \"getippt\" & <b>");
  await expect(rows(page).first()).toContainText("−1:15 h");
  await expect(page).toHaveURL(new RegExp(`/accounts/${account}\\?`));
  expect((await rest.entries(account)).map((entry) => entry.kind)).toEqual(["grant", "draw"]);
  // What is wrong with it is said where it was typed.
  await typeDraw(page, { amount: "anderthalb", text: "Vor Ort" });
  await context.clearCookies();
  await saveDraw(page).click();
  await signIn(page, "accounting");
  await page.getByRole("button", { name: say("posted_send") }).click();
  await expect(page.locator("#draw-amount-problem")).toHaveText(say("field_not_a_time"));
  await expect(page.locator("#draw-amount")).toHaveValue("anderthalb");
  await expect(page.locator("#draw-text")).toHaveValue("Vor Ort");
});

// Red when: a link with a filter leads to the whole list, because somebody had to sign in first.
test("a link with a filter holds it while one signs in", async ({ page }) => {
  await page.goto("/customers?q=M%26S%20%2B1&sort=city");
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, "anna.brandt", "falsch");
  await expect(page.locator("#login")).toHaveValue("anna.brandt");
  await signIn(page, "accounting");
  await expect(page).toHaveURL("/customers?q=M%26S%20%2B1&sort=city");
  await expect(page.locator("#customers-q")).toHaveValue("M&S +1");
});

test("a draw is taken back by its plan", async ({ page, rest }) => {
  const { account } = await rest.accountWith(120);
  await rest.draw(account, "PT50M", today(), "Versehen");
  await enter(page);
  await page.goto(`/accounts/${account}`);
  await rows(page).first().hover();
  await rows(page).first().getByRole("link", { name: say("release"), exact: true }).click();
  await expect(page).toHaveURL(/\?release=/);
  const plan = page.locator("dialog[open]");
  await expect(plan).toContainText("+0:50 h");
  await plan.getByRole("link", { name: say("close") }).click();
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  await rows(page).first().hover();
  await rows(page).first().getByRole("link", { name: say("release"), exact: true }).click();
  await plan.getByRole("button", { name: say("release_save", { amount: "0:50 h" }) }).click();
  await expect(page).toHaveURL(new RegExp(`/accounts/${account}$`));
  await expect(rows(page)).toHaveCount(3);
  await expect(page.locator(".balance-row").first()).toContainText("2:00 h");
  expect((await rest.show(account)).standing).toMatchObject({ used: "PT0S" });
});

// Red when: who takes back an old entry is led to the usual days, in which it is not seen.
test("days that were chosen stay when a draw is taken back", async ({ page, rest }) => {
  const account = await rest.account((await rest.customer()).id);
  await rest.grant(account, "PT1H", dayAfter(today(), -900));
  await rest.draw(account, "PT40M", dayAfter(today(), -800), "Damals");
  await enter(page);
  const days = `/accounts/${account}?from=${dayAfter(today(), -900)}&to=${dayAfter(today(), -700)}`;
  await page.goto(days);
  const drawn = rows(page).filter({ hasText: "Damals" });
  await drawn.hover();
  await drawn.getByRole("link", { name: say("release"), exact: true }).click();
  await page.locator("dialog[open]").getByRole("button", { name: say("release_save", { amount: "0:40 h" }) }).click();
  await expect(page).toHaveURL(days);
  await expect(drawn.getByText(say("entry_released"))).toBeVisible();
});

test("language and look are buttons that stay where one is", async ({ page }) => {
  await enter(page);
  await page.goto("/customers?q=b&sort=city");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page).toHaveURL("/customers?q=b&sort=city");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("h1")).toHaveText(say("customers_title", {}, "en"));
  await page.getByRole("button", { name: say("theme_dark", {}, "en") }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await axe(page);
  await page.getByRole("button", { name: say("theme_light", {}, "en") }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.getByRole("button", { name: say("sign_out") }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/customers");
  await expect(page).toHaveURL(/\/sign-in/);
});
