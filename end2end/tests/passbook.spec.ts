import { expect, live, passbook, preview, rows, saveDraw, signIn, state, test, typeDraw, visit } from "../fixtures.ts";
import { dayAfter, german, today } from "../rest.ts";
import { say } from "../words.ts";

/** The first and the last day of this month. */
function month(): [string, string] {
  const first = `${today().slice(0, 8)}01`;
  return [first, dayAfter(`${dayAfter(first, 31).slice(0, 8)}01`, -1)];
}

test("accounting signs in, opens a passbook, draws from it and takes a draw back", async ({ page, rest }) => {
  const name = `Salon Morgentau ${Date.now()}`;
  await page.goto("/customers");
  await expect(page).toHaveURL(/\/sign-in\?next=\/customers/);
  await signIn(page, "accounting");
  await expect(page).toHaveURL(/\/customers$/);

  // A customer.
  await page.getByRole("link", { name: say("customer_new") }).click();
  await expect(page).toHaveURL(/\/customers\/new$/);
  await live(page.locator("#customer-name"));
  await page.locator("#customer-name").fill(name);
  await page.locator("#customer-city").fill("Münster");
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/);
  await expect(page.locator("h1")).toHaveText(name);

  // An account.
  await page.getByRole("link", { name: say("account_new") }).click();
  await live(page.locator("#account-name"));
  await page.locator("#account-name").fill("Wartung 4 h");
  await page.getByRole("button", { name: say("account_open") }).click();
  await expect(page).toHaveURL(/\/accounts\/[0-9a-f-]{36}$/);
  const account = page.url().split("/").pop()!;
  await expect(page.locator("h1")).toHaveText("Wartung 4 h");
  await expect(page.locator(".opened")).toContainText(new RegExp(`^${say("account_opened", { name: ".+", at: "\\d" })}`));

  // Four hours for this month, with a reason.
  const [first, last] = month();
  await page.locator(".grant-panel summary").click();
  await live(page.locator("#grant-amount"));
  await page.locator("#grant-amount").fill("4:00");
  await page.locator("#grant-from").fill(first);
  await page.locator("#grant-last").fill(last);
  await page.locator("#grant-reason").fill("Vertrag 4711");
  await expect(page.locator(".grant-panel .preview")).toContainText("4:00 h");
  await page.getByRole("button", { name: say("grant_save", { amount: "4:00 h" }) }).click();
  await expect(page.locator(".grant-panel .notice-good")).toHaveText(say("grant_done", { amount: "4:00 h" }));
  await expect(rows(page).first()).toContainText("Vertrag 4711");
  await expect(page.locator(".standing")).toContainText(say("balance_left_of", { left: "4:00 h", granted: "4:00 h" }));

  // 1:30 h: the preview stands there while typing.
  await typeDraw(page, { amount: "1:30", text: "Serverupdate" });
  await expect(preview(page)).toContainText(say("draw_left"));
  await expect(preview(page).locator(".sum-parts li")).toContainText("1:30 h");
  await expect(preview(page).locator(".sum-line")).toContainText("2:30 h");
  await expect(page.locator(".lot .bar-planned").first()).toHaveAttribute("width", "375");
  await saveDraw(page).click();
  await expect(page.locator(".draw-panel .notice-good")).toContainText(say("draw_done", { amount: "1:30 h", left: "2:30 h" }));
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("Serverupdate");
  await expect(rows(page).first().locator(".movement")).toHaveText("−1:30 h");
  await expect(page.locator(".balance-row").first()).toContainText("2:30 h");
  await expect(page.locator(".standing")).toContainText(say("balance_left_of", { left: "2:30 h", granted: "4:00 h" }));

  // 3:00 h: only 2:30 are there, and the preview said so.
  await typeDraw(page, { amount: "3", text: "Migration" });
  await expect(preview(page)).toContainText(say("draw_not_drawn", { amount: "0:30 h" }));
  await expect(preview(page).locator(".sum-line")).toContainText("0:00 h");
  await saveDraw(page).click();
  await expect(page.locator(".draw-panel .notice")).toContainText(say("draw_done", { amount: "2:30 h", left: "0:00 h" }));
  await expect(page.locator(".draw-panel .notice")).toContainText(say("draw_done_not_drawn", { amount: "0:30 h" }));
  await expect(page.locator(".differences")).toHaveCount(0);
  await expect(rows(page)).toHaveCount(3);
  await expect(page.locator(".balance-row").first()).toContainText("0:00 h");

  // The first draw is taken back: its plan first.
  const drawn = rows(page).filter({ hasText: "Serverupdate" });
  await drawn.hover();
  await drawn.getByRole("link", { name: say("release"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Serverupdate");
  await expect(dialog.locator(".sum-parts")).toContainText("+1:30 h");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(rows(page)).toHaveCount(3);
  await drawn.hover();
  await drawn.getByRole("link", { name: say("release"), exact: true }).click();
  await dialog.getByRole("button", { name: say("release_save", { amount: "1:30 h" }) }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".toast")).toHaveText(say("release_done", { amount: "1:30 h" }));
  await expect(rows(page)).toHaveCount(4);
  await expect(rows(page).filter({ has: page.locator(".tag") })).toHaveCount(1);
  await expect(page.locator(".balance-row").first()).toContainText("1:30 h");

  // The books say the same.
  expect((await rest.show(account)).standing).toMatchObject({ granted: "PT4H", used: "PT2H30M", left: "PT1H30M", deficit: "PT0S" });
  expect((await rest.entries(account)).map((entry) => entry.kind)).toEqual(["grant", "draw", "draw", "release"]);
});

test.describe("with somebody signed in", () => {
  test.use({ storageState: async ({}, use) => use(state("accounting")) });

  test("an edited customer has a history of what changed", async ({ page, rest }) => {
    const customer = await rest.customer();
    await visit(page, `/customers/${customer.id}`);
    await page.getByRole("link", { name: say("edit") }).click();
    await live(page.locator("#customer-city"));
    await expect(page.locator("#customer-city")).toHaveValue("Musterstadt");
    await page.locator("#customer-city").fill("Gießen");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}$`));
    const history = page.locator(".history");
    await expect(history).toContainText(say("history_changed", { field: say("customer_city"), before: "Musterstadt", after: "Gießen" }));
    await expect(history.locator("ol > li")).toHaveCount(2);
  });

  // Red when: mending one field hides what is wrong at another.
  test("a customer that is wrong at several fields is mended field by field", async ({ page, allowed }) => {
    allowed.status(422);
    await visit(page, "/customers/new");
    await live(page.locator("#customer-name"));
    await expect(page.locator("#customer-name-problem")).toHaveText("");
    await page.locator("#customer-email").fill("falsch");
    await page.locator("#customer-vat_id").fill("XX???");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    const problem = (field: string) => expect(page.locator(`#customer-${field}-problem`));
    await problem("name").toHaveText(say("field_missing"));
    await problem("email").toHaveText(say("field_not_an_address"));
    await problem("vat_id").toHaveText(say("field_not_a_vat_id"));
    await page.locator("#customer-name").fill(`Optik Lindner ${Date.now()}`);
    await problem("name").toHaveText("");
    await problem("email").toHaveText(say("field_not_an_address"));
    await page.locator("#customer-email").fill("post@lindner.example");
    await page.locator("#customer-vat_id").fill("DE 123 456 789");
    await problem("vat_id").toHaveText("");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/);
  });

  test("two people edit one customer: the second is told and loses nothing typed", async ({ page, rest, allowed }) => {
    allowed.status(409);
    const customer = await rest.customer();
    await visit(page, `/customers/${customer.id}/edit`);
    await live(page.locator("#customer-city"));
    await rest.call("PUT", `/customers/${customer.id}`, { version: customer.version, number: customer.number, name: customer.name, country: "DE", city: "Jena" });
    await page.locator("#customer-city").fill("Gera");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page.getByTestId("overtaken")).toBeVisible();
    await expect(page.locator("#customer-city")).toHaveValue("Gera");
    expect(await rest.call("GET", `/customers/${customer.id}`)).toMatchObject({ city: "Jena" });
  });

  test("wrong input is named at its field, changes nothing and is kept", async ({ page, rest, allowed }) => {
    allowed.status(422);
    const { account } = await rest.accountWith(120);
    await passbook(page, account);
    const cases: [{ amount?: string; date?: string; text?: string }, string, RegExp | string][] = [
      [{ amount: "", date: today(), text: "Wartung" }, "amount", say("field_missing")],
      [{ amount: "abc" }, "amount", say("field_not_a_time")],
      [{ amount: "1:75" }, "amount", say("field_not_a_time")],
      [{ amount: "-1" }, "amount", say("quota_not_positive", { amount: "−1:00 h" })],
      [{ amount: "0" }, "amount", say("quota_not_positive", { amount: "0:00 h" })],
      [{ amount: "99999999999999999999" }, "amount", say("field_too_large")],
      [{ amount: "1:00", date: "1800-01-01" }, "date", /01\.01\.1800/],
      [{ amount: "1:00", date: "" }, "date", say("field_missing")],
      [{ amount: "1:00", date: dayAfter(today(), -40) }, "amount", /0:00\sh/],
      [{ amount: "1:00", date: today(), text: "" }, "text", say("field_missing")],
      [{ text: "x".repeat(201) }, "text", say("field_too_long", { found: 201, most: 200 })],
    ];
    for (const [typed, field, problem] of cases) {
      await typeDraw(page, typed);
      const answer = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.status() === 422);
      await saveDraw(page).click();
      await answer;
      await expect(page.locator(`#draw-${field}-problem`), JSON.stringify(typed)).toHaveText(problem);
      await expect(page.locator(`#draw-${field}`)).toHaveAttribute("aria-invalid", "true");
      for (const [name, value] of Object.entries(typed)) await expect(page.locator(`#draw-${name}`)).toHaveValue(value);
    }
    // What is wrong twice is told twice.
    await typeDraw(page, { amount: "-1", date: today(), text: "" });
    await saveDraw(page).click();
    await expect(page.locator("#draw-text-problem")).toHaveText(say("field_missing"));
    await expect(page.locator("#draw-amount-problem")).toHaveText(say("quota_not_positive", { amount: "−1:00 h" }));
    // Also what only the books tell, which lie in the browser: nothing is there on that day.
    await typeDraw(page, { amount: "1:00", date: dayAfter(today(), -40) });
    await saveDraw(page).click();
    await expect(page.locator("#draw-text-problem")).toHaveText(say("field_missing"));
    await expect(page.locator("#draw-amount-problem")).toHaveText(/0:00\sh/);
    // What was wrong and is right now is no longer called wrong.
    await typeDraw(page, { amount: "1:00", text: "Wartung", date: today() });
    await expect(page.locator("#draw-text-problem")).toHaveText("");
    await expect(page.locator("#draw-amount-problem")).toHaveText("");

    await page.locator(".grant-panel summary").click();
    await page.locator("#grant-amount").fill("2:00");
    await page.locator("#grant-from").fill(today());
    await page.locator("#grant-last").fill(dayAfter(today(), -1));
    const order = say("quota_empty_validity", { last: german(dayAfter(today(), -1)), from: german(today()) });
    await expect(page.locator("#grant-last-problem")).toHaveText(order);
    await page.locator(".grant-panel button[type=submit]").click();
    await expect(page.locator("#grant-reason-problem")).toHaveText(say("field_missing"));
    await expect(page.locator("#grant-last-problem")).toHaveText(order);
    await page.locator("#grant-reason").fill("Kulanz");
    await page.locator("#grant-amount").fill("0");
    await page.locator(".grant-panel button[type=submit]").click();
    await expect(page.locator("#grant-amount-problem")).toHaveText(say("quota_not_positive", { amount: "0:00 h" }));
    await expect(page.locator("#grant-last-problem")).toHaveText(order);
    await expect(page.locator("#grant-reason")).toHaveValue("Kulanz");
    expect(await rest.entries(account)).toHaveLength(1);
  });

  // Red when: a refusal of the books stands on beside a preview that offers the draw, once they have changed.
  test("a refusal is forgotten once another command has given what was missing", async ({ page, rest, allowed }) => {
    const { account } = await rest.accountWith(60);
    await rest.draw(account, "PT1H", today(), "Wartung");
    allowed.status(422);
    await passbook(page, account);
    await typeDraw(page, { amount: "1:00", text: "Noch eine" });
    const refusal = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.status() === 422);
    await saveDraw(page).click();
    await refusal;
    await expect(page.locator("#draw-amount-problem")).toHaveText(/0:00\sh/);
    const drawn = rows(page).filter({ hasText: "Wartung" });
    await drawn.hover();
    await drawn.getByRole("link", { name: say("release"), exact: true }).click();
    await page.locator("dialog").getByRole("button", { name: say("release_save", { amount: "1:00 h" }) }).click();
    await expect(page.getByTestId("draw-preview").locator(".sum-line")).toContainText("0:00 h");
    await expect(page.locator("#draw-amount-problem")).toHaveText("");
    await saveDraw(page).click();
    await expect(page.locator(".draw-panel .notice-good")).toBeVisible();
  });

  // Red when: the plan of an old draw opens nothing, because its address asks for the usual days.
  test("an old draw is taken back from the days that were chosen, and they stay", async ({ page, rest }) => {
    const account = await rest.account((await rest.customer()).id);
    await rest.grant(account, "PT1H", dayAfter(today(), -900));
    await rest.draw(account, "PT40M", dayAfter(today(), -800), "Damals");
    const days = `?from=${dayAfter(today(), -900)}&to=${dayAfter(today(), -700)}`;
    await passbook(page, account, days);
    const drawn = rows(page).filter({ hasText: "Damals" });
    const plan = async () => {
      await drawn.hover();
      await drawn.getByRole("link", { name: say("release"), exact: true }).click();
    };
    await plan();
    await page.locator("dialog").getByRole("link", { name: say("close") }).click();
    await expect(page).toHaveURL(`/accounts/${account}${days}`);
    await plan();
    await page.locator("dialog").getByRole("button", { name: say("release_save", { amount: "0:40 h" }) }).click();
    await expect(drawn.getByText(say("entry_released"))).toBeVisible();
    await expect(page).toHaveURL(`/accounts/${account}${days}`);
  });

  // Red when: days that cannot be pass for the usual ones, and somebody reads other entries than were asked for.
  test("days of a passbook that cannot be are told where they were typed", async ({ page, rest }) => {
    const { account } = await rest.accountWith(120);
    await passbook(page, account);
    const [from, to] = [today(), dayAfter(today(), -1)];
    await page.locator("#range-from").fill(from);
    await page.locator("#range-to").fill(to);
    await page.getByRole("button", { name: say("passbook_show") }).click();
    await expect(page).toHaveURL(new RegExp(`from=${from}&to=${to}$`));
    await expect(page.locator("#range-to-problem")).toHaveText(say("quota_empty_validity", { last: german(to), from: german(from) }));
    await expect(page.locator("#range-from")).toHaveValue(from);
    await expect(page.locator("#range-to")).toHaveValue(to);
    await expect(page.locator("table.passbook")).toHaveCount(0);
    await live(page.locator("#draw-amount"));
    // The desk works all the same, and the days stay as they were typed.
    await typeDraw(page, { amount: "0:30", text: "Rückruf" });
    await saveDraw(page).click();
    await expect(page.locator(".draw-panel .notice-good")).toBeVisible();
    await expect(page.locator("#range-to")).toHaveValue(to);
    await page.locator("#range-to").fill(from);
    await page.getByRole("button", { name: say("passbook_show") }).click();
    await expect(rows(page).first()).toContainText("Rückruf");
    await expect(page.locator("#range-to-problem")).toHaveText("");
  });

  test("what was typed before the page was live is kept and previewed", async ({ page, rest }) => {
    const { account } = await rest.accountWith(120);
    let release = () => {};
    const held = new Promise<void>((resolve) => { release = resolve; });
    await page.route(/\.wasm/, async (route) => { await held; await route.continue(); });
    await page.goto(`/accounts/${account}`, { waitUntil: "commit" });
    await typeDraw(page, { amount: "0:45", text: "Früh getippt" });
    release();
    await live(page.locator("#draw-amount"));
    await expect(page.locator("#draw-amount")).toHaveValue("0:45");
    await expect(page.locator("#draw-text")).toHaveValue("Früh getippt");
    await expect(preview(page).locator(".sum-line")).toContainText("1:15 h");
  });
});
