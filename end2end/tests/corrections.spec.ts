// What corrects an account: carry-over, taking grants back, covering deficits, ending it, and where it stands on any day.
import type { Page } from "@playwright/test";
import { axe, expect, live, passbook, rows, saveDraw, state, test, typeDraw, visit } from "../fixtures.ts";
import { dayAfter, german, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("accounting")) });

/** The first day of this month and of the next ones. */
function months(): [string, string, string] {
  const first = `${today().slice(0, 8)}01`;
  const next = `${dayAfter(first, 31).slice(0, 8)}01`;
  return [first, next, `${dayAfter(next, 31).slice(0, 8)}01`];
}

const asOf = (page: Page) => page.getByTestId("as-of");
const act = async (page: Page, row: string, action: string) => {
  const found = rows(page).filter({ hasText: row }).last();
  await found.hover();
  await found.getByRole("link", { name: say(action), exact: true }).click();
};

/** An account whose four hours were used in part. */
async function halfUsed(rest: Rest): Promise<{ account: string; lot: string; draw: string }> {
  const { account } = await rest.accountWith(0);
  const [first, next] = months();
  const lot = await rest.grant(account, "PT4H", first, next);
  const { draw } = await rest.draw(account, "PT1H30M", first, "Serverumzug");
  return { account, lot, draw };
}

test("a lot is carried over within its cap, and the page tells where the account stands on any day", async ({ page, rest }) => {
  const { account } = await rest.accountWith(0);
  const [first, next, last] = months();
  await passbook(page, account);
  await page.locator(".grant-panel summary").click();
  await live(page.locator("#grant-amount"));
  await page.locator("#grant-amount").fill("10:00");
  await page.locator("#grant-from").fill(first);
  await page.locator("#grant-last").fill(dayAfter(next, -1));
  await page.locator("#grant-reason").fill("Servicevertrag");
  await expect(page.locator("#grant-cap")).toBeHidden();
  await page.locator("#grant-carry").selectOption("on");
  await page.locator("#grant-periods").fill("ein");
  await expect(page.locator("#grant-periods-problem")).toHaveText(say("field_not_a_number"));
  await page.locator("#grant-periods").fill("1");
  await page.locator("#grant-cap").fill("0");
  await expect(page.locator("#grant-cap-problem")).toHaveText(say("quota_not_positive", { amount: "0:00 h" }));
  await page.locator("#grant-cap").fill("2:00");
  await page.getByRole("button", { name: say("grant_save", { amount: "10:00 h" }) }).click();
  await expect(page.locator(".grant-panel .notice-good")).toBeVisible();
  await expect(page.locator(".lot")).toContainText(say("lot_carried_until_capped", { last: german(dayAfter(last, -1)), cap: "2:00 h" }));
  await expect(page.locator(".lot")).toContainText(say("balance_lapses_over_cap", { amount: "8:00 h", date: german(next) }));
  await expect(page.locator(".lot")).toContainText(say("balance_lapses", { amount: "2:00 h", date: german(last) }));

  // Any day: what is available on it, and the balance at its end.
  const stands = async (day: string, left: string, balance: string) => {
    await page.locator("#as-of-day").fill(day);
    await page.locator("#as-of-day").blur();
    await expect(asOf(page).locator(".balance-figure")).toContainText(left);
    await expect(page.getByTestId("as-of-balance")).toHaveText(say("as_of_balance", { date: german(day), balance }));
  };
  await stands(dayAfter(next, -1), "10:00 h", "10:00 h");
  await stands(next, "2:00 h", "2:00 h");
  await stands(dayAfter(last, -1), "2:00 h", "2:00 h");
  await stands(last, "0:00 h", "0:00 h");
  // The slider goes a day at a time and takes the field along.
  await page.locator(".as-of-slider").press("ArrowLeft");
  await expect(page.locator("#as-of-day")).toHaveValue(dayAfter(last, -1));
  await expect(asOf(page).locator(".balance-figure")).toContainText("2:00 h");
  await page.getByRole("button", { name: say("as_of_today") }).click();
  await expect(page.locator("#as-of-day")).toHaveValue(today());
});

test("what a grant covered is told where somebody drew meanwhile, and an id that is taken is refused where it can be read", async ({ page, rest, allowed }) => {
  allowed.status(409, 422);
  const account = await rest.account((await rest.customer()).id, { overbooking: true });
  await rest.draw(account, "PT1H");
  await passbook(page, account);
  await page.locator(".grant-panel summary").click();
  await live(page.locator("#grant-amount"));
  await page.locator("#grant-amount").fill("4:00");
  await page.locator("#grant-reason").fill("Nachkauf");
  await expect(page.locator(".grant-panel .preview")).toContainText(say("grant_covers", { amount: "1:00 h" }));
  await expect(page.locator(".grant-panel .sum-line")).toContainText("3:00 h");
  await rest.draw(account, "PT30M");
  await page.locator(".grant-panel button[type=submit]").click();
  const warned = page.locator(".grant-panel .notice-warn");
  await expect(warned).toContainText(say("draw_differs"));
  await expect(warned).toContainText(`${say("grant_done", { amount: "4:00 h" })} ${say("grant_differs", { covered: "1:30 h", left: "2:30 h" })}`);
  expect((await rest.show(account)).standing).toMatchObject({ granted: "PT4H", left: "PT2H30M", deficit: "PT0S" });
  await axe(page);

  // The lot's id is no field that is seen: what is wrong with it is said below the form, and what was typed stays.
  const lot = await rest.grant(account, "PT1H");
  await page.route(/\/call\/.*grant$/, (route) => {
    const body = new URLSearchParams(route.request().postData()!);
    body.set("form[lot]", lot);
    return route.continue({ postData: body.toString() });
  });
  await page.locator("#grant-amount").fill("2:00");
  await page.locator("#grant-reason").fill("Zweimal");
  await page.locator(".grant-panel button[type=submit]").click();
  await expect(page.locator(".grant-panel .notice-bad")).toHaveText(say("problem_same_id"));
  await expect(page.locator("#grant-reason")).toHaveValue("Zweimal");
});

test("a grant is taken back: the plan names who loses cover, and a later lot covers it by hand", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const { account } = await halfUsed(rest);
  const [first, next] = months();
  await passbook(page, account);
  await act(page, "Vorgabe", "revoke");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(say("revoke_plan_deficit", { deficit: "1:30 h" }));
  await expect(dialog.locator(".sum-parts li")).toContainText(say("revoke_loses", { date: german(first) }));
  await axe(page);
  // Without a reason nothing happens.
  await dialog.getByRole("button", { name: say("revoke_save", { amount: "4:00 h" }) }).click();
  await expect(page.locator("#revoke-reason-problem")).toHaveText(say("field_missing"));
  expect(await rest.entries(account)).toHaveLength(2);
  await page.locator("#revoke-reason").fill("Falsche Rechnung");
  await dialog.getByRole("button", { name: say("revoke_save", { amount: "4:00 h" }) }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".toast").first()).toHaveText(say("revoke_done", { granted: "4:00 h", deficit: "1:30 h" }));
  await expect(rows(page).filter({ hasText: "Falsche Rechnung" })).toContainText(say("entry_lost", { amount: "1:30 h", date: german(first) }));
  await expect(rows(page).filter({ hasText: "Serverumzug" })).toContainText(say("entry_deficit_open", { amount: "1:30 h" }));
  await expect(rows(page).filter({ has: page.locator(".tag", { hasText: say("entry_revoked") }) })).toHaveCount(1);
  await expect(asOf(page)).toContainText(say("balance_deficit", { deficit: "1:30 h" }));

  // Nobody can pay yet.
  await act(page, "Serverumzug", "cover");
  await expect(dialog).toContainText(say("cover_nobody"));
  await page.keyboard.press("Escape");
  // The next month's lot begins too late to cover it by itself; a person decides.
  await rest.grant(account, "PT1H", next);
  await passbook(page, account, "?from=2020-01-01");
  await act(page, "Serverumzug", "cover");
  await expect(page.locator("#cover-amount")).toHaveValue("1:30");
  await expect(page.locator("#cover-amount-problem")).toHaveText(say("quota_cover_too_large", { left: "1:00 h", wanted: "1:30 h" }));
  await page.locator("#cover-amount").fill("2:00");
  await expect(page.locator("#cover-amount-problem")).toHaveText(say("quota_deficit_out_of_bounds", { deficit: "1:30 h", covered: "2:00 h" }));
  await page.locator("#cover-amount").fill("0:45");
  await expect(dialog).toContainText(say("cover_leaves", { left: "0:15 h", deficit: "0:45 h" }));
  await axe(page);
  await dialog.getByRole("button", { name: say("cover"), exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".toast").last()).toHaveText(say("cover_done", { amount: "0:45 h" }));
  expect((await rest.show(account)).standing).toMatchObject({ deficit: "PT45M" });
  expect((await rest.entries(account)).map((entry) => entry.kind).sort()).toEqual(["cover", "draw", "grant", "grant", "revoke"]);
});

test("an account ends: the preview names what lapses, nothing is drawn afterwards, and the end can be taken back", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const { account } = await rest.accountWith(180);
  const end = dayAfter(today(), 9);
  await passbook(page, account);
  await page.locator(".end-panel summary").click();
  await live(page.locator("#end-last"));
  await page.locator("#end-last").fill(end);
  await expect(page.getByTestId("end-preview")).toContainText("3:00 h");
  await page.locator(".end-panel").getByRole("button", { name: say("end_save") }).click();
  await expect(page.locator("#end-reason-problem")).toHaveText(say("field_missing"));
  await page.locator("#end-reason").fill("Gekündigt");
  await page.locator(".end-panel").getByRole("button", { name: say("end_save") }).click();
  await expect(page.locator(".end-panel .notice-good")).toHaveText(say("account_ends", { last: german(end) }));
  await expect(page.locator(".book-pages > .notice")).toHaveText(say("account_ends", { last: german(end) }));
  await expect(rows(page).filter({ hasText: "Gekündigt" })).toContainText(say("entry_end", { last: german(end) }));
  await expect(page.locator(".lot")).toContainText(say("balance_lapses", { amount: "3:00 h", date: german(dayAfter(end, 1)) }));

  await typeDraw(page, { amount: "1:00", date: dayAfter(end, 1), text: "Zu spät" });
  const ended = say("quota_ended", { last: german(end), date: german(dayAfter(end, 1)) });
  await expect(page.locator("#draw-date-problem")).toHaveText(ended);
  await saveDraw(page).click();
  await expect(page.locator("#draw-date-problem")).toHaveText(ended);
  await expect(page.locator("#draw-text")).toHaveValue("Zu spät");
  await typeDraw(page, { date: end });
  await saveDraw(page).click();
  await expect(page.locator(".draw-panel .notice-good")).toBeVisible();
  await axe(page);

  await page.locator("#end-reason").fill("Doch verlängert");
  await page.locator(".end-panel").getByRole("button", { name: say("end_take_back") }).click();
  await expect(page.locator(".end-panel .notice-good")).toHaveText(say("entry_end_taken_back"));
  await expect(page.locator(".book-pages > .notice")).toHaveCount(0);
  expect((await rest.entries(account)).filter((entry) => entry.kind === "end")).toHaveLength(2);
});

test("a passbook is printed like a statement", async ({ page, rest, allowed }) => {
  allowed.unlooked("what stands there is read on paper");
  const { account } = await halfUsed(rest);
  await passbook(page, account);
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".print-head")).toBeVisible();
  await expect(page.locator(".print-head")).toContainText(german(today()));
  for (const gone of [".frame", ".desk", ".range", ".as-of", ".row-actions"]) await expect(page.locator(gone).first()).toBeHidden();
  await expect(page.locator(".passbook")).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a grant is taken back, an account ended, and any day looked up", async ({ page, rest }) => {
    const { account, lot } = await halfUsed(rest);
    const [first] = months();
    await page.goto(`/accounts/${account}`);
    await page.locator("#as-of-day").fill(first);
    await page.getByRole("button", { name: say("as_of_show") }).click();
    await expect(page.getByTestId("as-of-balance")).toHaveText(say("as_of_balance", { date: german(first), balance: "2:30 h" }));
    await page.goto(`/accounts/${account}?revoke=${lot}`);
    await page.locator("#revoke-reason").fill("Storniert");
    await page.getByRole("button", { name: say("revoke_save", { amount: "4:00 h" }) }).click();
    await expect(rows(page).filter({ hasText: "Storniert" })).toHaveCount(1);
    await page.locator(".end-panel summary").click();
    await page.locator("#end-last").fill(today());
    await page.locator("#end-reason").fill("Schluss");
    await page.locator(".end-panel button[type=submit]").click();
    await expect(rows(page).filter({ hasText: "Schluss" })).toHaveCount(1);
  });
});

test.describe("a customer in the portal", () => {
  test.use({ storageState: async ({}, use) => use(state("customer")) });

  test("looks up any day and finds nothing to change", async ({ page }) => {
    await visit(page, "/portal");
    await page.locator(".account-sheets > li").first().getByRole("link").click();
    await live(page.locator("#as-of-day"));
    const before = await page.getByTestId("as-of-balance").textContent();
    await page.locator(".as-of-slider").press("ArrowLeft");
    await expect(page.locator("#as-of-day")).toHaveValue(dayAfter(today(), -1));
    await expect(page.getByTestId("as-of-balance")).not.toHaveText(before!);
    await expect(page.locator(".row-actions, .desk")).toHaveCount(0);
  });
});
