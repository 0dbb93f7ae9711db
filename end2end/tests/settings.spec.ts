// The settings of the company: wrong input at its field, history, the logo, and closed books at once.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, passbook, state, test, typeDraw, visit } from "../fixtures.ts";
import { imagesOf } from "../pdf.ts";
import { png } from "../png.ts";
import { german, type Rest } from "../rest.ts";
import { say } from "../words.ts";

// One after the other: there is one company.
test.describe.configure({ mode: "serial" });

const picture = (page: Page) => page.getByTestId("logo-picture");
const button = (page: Page, key: string) => page.getByRole("button", { name: say(key), exact: true });

/** The pictures on the paper of a new draft of an invoice. */
async function printed(page: Page, rest: Rest): Promise<string[]> {
  const customer = await rest.customer();
  const line = { text: "Serverumzug", quantity: "1", unit: "piece", price: "100.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "invoice", customer: customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14, lines: [{ line }],
  });
  const answer = await page.request.get(`/documents/${document.id}/paper.pdf`);
  expect(answer.status()).toBe(200);
  return imagesOf(await answer.body());
}

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

  test("two people change them: the second is told who it was and what differs, and goes on with what was typed", async ({ page, open, allowed }) => {
    allowed.status(409);
    const other = await open("admin");
    for (const each of [page, other]) {
      await visit(each, "/settings");
      await live(each.locator("#settings-city"));
    }
    const street = `Ring ${Date.now() % 10_000}`;
    await other.locator("#settings-street").fill(street);
    await other.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(other.locator(".notice-good")).toBeVisible();
    await page.locator("#settings-street").fill("Allee 1");
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    const told = page.getByTestId("overtaken");
    await expect(told).toContainText(/^Inzwischen hat .+ gespeichert \(/);
    const row = told.getByTestId("overtaken-differences").locator("tbody tr");
    await expect(row).toHaveCount(1);
    await expect(row.locator("th")).toHaveText(say("customer_street"));
    await expect(row.locator("td")).toHaveText([street, "Allee 1"]);
    await expect(page.locator("#settings-street")).toHaveValue("Allee 1");
    await axe(page);
    // Saved once more, it is refused once more, until somebody says that it may be replaced.
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(told).toBeVisible();
    await told.getByRole("button", { name: say("overtaken_take") }).click();
    await expect(told).toContainText(say("overtaken_taken"));
    await page.getByRole("button", { name: say("save"), exact: true }).click();
    await expect(page.locator(".notice-good")).toHaveText(say("saved"));
    await expect(told).toHaveCount(0);
    await page.reload();
    await expect(page.locator("#settings-street")).toHaveValue("Allee 1");
  });

  test("chooses a logo: it is seen, printed, told in the history and taken away again", async ({ page, rest, allowed, open }) => {
    test.slow();
    allowed.status(422);
    await visit(page, "/settings");
    await live(page.locator("#logo-file"));
    await expect(picture(page)).toHaveCount(0);
    await expect(page.getByTestId("logo")).toContainText(say("settings_logo_none"));
    const file = page.locator("#logo-file");
    const problem = page.locator("#logo-problem");
    const choose = (buffer: Buffer) => file.setInputFiles({ name: "logo.png", mimeType: "image/png", buffer });
    const good = png(60, 20, [15, 92, 77]);
    // What the browser can tell by itself is told at once, and not sent.
    await choose(Buffer.from("GIF89a"));
    await expect(problem).toHaveText(say("logo_not_a_picture"));
    await choose(Buffer.concat([good, Buffer.alloc(256 * 1024)]));
    await expect(problem).toHaveText(say("logo_too_large", { found: "256,2\u00a0kB", most: "256\u00a0kB" }));
    await choose(png(4_001, 1, [0, 0, 0]));
    await expect(problem).toHaveText(say("logo_pixels", { wide: 4001, high: 1, most: 4000 }));
    await axe(page);
    // A damaged one is found when it is tried.
    await choose(good.subarray(0, 40));
    await expect(problem).toHaveText("");
    await button(page, "settings_logo_save").click();
    await expect(problem).toHaveText(say("logo_broken"));
    await expect(picture(page)).toHaveCount(0);

    // What is typed beside it stays.
    await page.locator("#settings-closing").fill("Noch nicht gespeichert");
    await choose(good);
    await expect(problem).toHaveText("");
    await button(page, "settings_logo_save").click();
    await expect(picture(page)).toBeVisible();
    await expect.poll(() => picture(page).evaluate((image: any) => image.naturalWidth)).toBe(60);
    await expect(page.locator("#settings-closing")).toHaveValue("Noch nicht gespeichert");
    await expect(page.getByTestId("logo").locator(".notice-good")).toHaveText(say("saved"));
    const newest = page.locator(".history ol > li").first();
    await expect(newest).toContainText(/Logo.*PNG, 0,\d\u00a0kB/);
    await axe(page);
    expect(await printed(page, rest)).toEqual(["60 x 20"]);
    const answer = await page.request.get((await picture(page).getAttribute("src"))!);
    expect(answer.headers()["content-security-policy"]).toContain("sandbox");
    expect(Buffer.compare(await answer.body(), good)).toBe(0);
    const phone = await open("accounting", { viewport: { width: 390, height: 844 } });
    await visit(phone, "/settings");
    await expect(picture(phone)).toBeVisible();
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await axe(phone);

    await button(page, "settings_logo_remove").click();
    await expect(picture(page)).toHaveCount(0);
    await expect(button(page, "settings_logo_remove")).toHaveCount(0);
    await expect(page.locator(".history ol > li").first()).toContainText("Logo");
    expect(await printed(page, rest)).toEqual([]);
    await page.reload();
    await expect(picture(page)).toHaveCount(0);
  });

  // Red when: a logo that is there already lets a form replace what somebody else has saved.
  test("chooses the logo that somebody else has chosen: what they saved beside it is not replaced unseen", async ({ page, open, allowed }) => {
    allowed.status(409);
    const other = await open("admin");
    for (const each of [page, other]) {
      await visit(each, "/settings");
      await live(each.locator("#logo-file"));
    }
    const buffer = png(60, 20, [15, 92, 77]);
    const choose = async (each: Page) => {
      await each.locator("#logo-file").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer });
      await button(each, "settings_logo_save").click();
      await expect(picture(each)).toBeVisible();
    };
    const street = `Gasse ${Date.now() % 10_000}`;
    await choose(other);
    await other.locator("#settings-street").fill(street);
    await button(other, "save").click();
    await expect(other.locator(".history ol > li").first()).toContainText(street);

    await choose(page);
    await page.locator("#settings-closing").fill("Vielen Dank");
    await button(page, "save").click();
    const told = page.getByTestId("overtaken");
    await expect(told.getByTestId("overtaken-differences").locator("th")).toContainText([say("customer_street")]);
    await axe(page);
    await page.reload();
    await live(page.locator("#logo-file"));
    await expect(page.locator("#settings-street")).toHaveValue(street);
    await button(page, "settings_logo_remove").click();
    await expect(picture(page)).toHaveCount(0);
  });

  test("chooses a logo without JavaScript", async ({ open }) => {
    const page = await open("accounting", { javaScriptEnabled: false });
    await page.goto("/settings");
    await expect(page.locator("#logo-file")).toBeHidden();
    await page.locator("#logo-text").fill("kein Bild");
    await button(page, "settings_logo_save").click();
    await expect(page.locator("#logo-problem")).toHaveText(say("logo_not_a_picture"));
    await page.locator("#logo-text").fill(`<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20">\n<rect width="60" height="20" fill="#0f5c4d"/>\n</svg>`);
    await button(page, "settings_logo_save").click();
    await expect(picture(page)).toBeVisible();
    await axePlain(page);
    await button(page, "settings_logo_remove").click();
    await expect(picture(page)).toHaveCount(0);
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
