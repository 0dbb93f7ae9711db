// The settings of the company: wrong input at its field, history, and closed books at once.
import { axe, expect, live, passbook, state, test, typeDraw, visit } from "../fixtures.ts";
import { german } from "../rest.ts";
import { say } from "../words.ts";

// One after the other: there is one company.
test.describe.configure({ mode: "serial" });

test.describe("accounting", () => {
  test.use({ storageState: async ({}, use) => use(state("accounting")) });

  test("changes settings; what is wrong is named at its field, and what changed stands in the history", async ({ page }) => {
    await visit(page, "/settings");
    await live(page.locator("#settings-city"));
    await expect(page.locator("#settings-time_zone")).toHaveValue("Europe/Berlin");
    const wrong: [string, string, string][] = [
      ["vat_rates", "neunzehn", "field_not_a_rate"], ["vat_rates", "-1", "field_not_a_rate"], ["vat_rates", "100", "field_not_a_rate"],
      ["vat_rates", "", "field_missing"], ["hours_per_day", "25:00", "field_not_a_day"], ["hours_per_day", "0", "field_not_a_day"],
      ["company", "", "field_missing"],
    ];
    for (const [field, typed, problem] of wrong) {
      const input = page.locator(`#settings-${field}`);
      const before = await input.inputValue();
      await input.fill(typed);
      await expect(page.locator(`#settings-${field}-problem`)).toHaveText(say(problem));
      await input.fill(before);
      await expect(page.locator(`#settings-${field}-problem`)).toHaveText("");
    }
    const city = `Bad Prüfungen ${Date.now() % 10_000}`;
    await page.locator("#settings-city").fill(city);
    await page.locator("#settings-vat_rates").fill("7 19; 5,5; 0");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page.locator(".notice-good")).toHaveText(say("saved"));
    await expect(page.locator("#settings-vat_rates")).toHaveValue("19; 7; 5,5; 0");
    const newest = page.locator(".history ol > li").first();
    await expect(newest).toContainText(city);
    await expect(newest).toContainText("Ulrike Maier");
    await axe(page);
    await page.reload();
    await expect(page.locator("#settings-city")).toHaveValue(city);
  });

  test("two people change them: the second is told and loses nothing typed", async ({ page, open, allowed }) => {
    allowed.status(409);
    const other = await open("admin");
    for (const each of [page, other]) {
      await visit(each, "/settings");
      await live(each.locator("#settings-city"));
    }
    await other.locator("#settings-street").fill(`Ring ${Date.now() % 10_000}`);
    await other.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(other.locator(".notice-good")).toBeVisible();
    await page.locator("#settings-street").fill("Allee 1");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page.locator(".notice-bad")).toHaveText(say("problem_changed"));
    await expect(page.locator("#settings-street")).toHaveValue("Allee 1");
  });

  test("closes the books: nothing is drawn for those days any more, in the preview and on the server", async ({ page, rest, allowed }) => {
    allowed.status(422);
    // Long ago, so that no other test draws there.
    const last = "1999-12-31";
    await visit(page, "/settings");
    await live(page.locator("#settings-books_closed_last"));
    await page.locator("#settings-books_closed_last").fill(last);
    await expect(page.getByTestId("closes")).toContainText(german(last));
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page.locator(".notice-good")).toBeVisible();
    const customer = await rest.customer();
    const account = await rest.account(customer.id);
    await rest.grant(account, "PT2H", "1999-12-01");
    await rest.call("POST", `/accounts/${account}/draws`, { amount: "PT1H", date: last, text: "Nachtrag" }, [422]);
    await rest.draw(account, "PT1H", "2000-01-01");
    await passbook(page, account);
    await typeDraw(page, { amount: "0:30", date: last, text: "Nachtrag" });
    await expect(page.locator("#draw-date-problem")).toHaveText(say("quota_books_closed", { last: german(last), date: german(last) }));
    await axe(page);
  });
});

test("sales and the portal have no settings", async ({ open, allowed }) => {
  allowed.status(403);
  for (const role of ["sales", "projectmanager"] as const) {
    const page = await open(role);
    await visit(page, "/settings");
    await expect(page.locator("main")).toContainText(say("problem_forbidden"));
    await expect(page.locator("#settings-city")).toHaveCount(0);
    await expect(page.locator("nav a[href='/settings']")).toHaveCount(0);
  }
});
