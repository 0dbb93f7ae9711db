// Whoever was overtaken is told who has saved, and goes on with what was typed. The settings have theirs in settings.spec.ts,
// beside the other tests of the one company.
import type { Page } from "@playwright/test";
import { axe, axePlain, expect, live, test, visit } from "../fixtures.ts";
import { say } from "../words.ts";

type Lang = "de" | "en";

const LOCALES = { de: "de-DE", en: "en-GB" } as const;

const save = (page: Page, lang: Lang = "de") => page.getByRole("button", { name: say("save", {}, lang), exact: true });
const told = (page: Page) => page.getByTestId("overtaken");
const differences = (page: Page) => page.getByTestId("overtaken-differences").locator("tbody tr");

/** The sentence that names who was faster, up to when it was. */
const who = (name: string, lang: Lang = "de") => say("overtaken_by", { who: name, at: "" }, lang).split("(")[0];

for (const lang of ["de", "en"] as const) {
  // Red when: the second to save is refused for ever, or replaces what the first one has saved without being told of it.
  test(`two people edit one customer: the second sees what differs and goes on: ${lang}`, async ({ open, rest, allowed }) => {
    allowed.status(409);
    const customer = await rest.customer();
    const page = await open("accounting", { locale: LOCALES[lang] });
    const other = await open("admin");
    for (const each of [page, other]) {
      await visit(each, `/customers/${customer.id}/edit`);
      await live(each.locator("#customer-city"));
    }
    await other.locator("#customer-city").fill("Jena");
    await save(other).click();
    await expect(other).toHaveURL(new RegExp(`/customers/${customer.id}$`));

    await page.locator("#customer-street").fill("Allee 1");
    await page.locator("#customer-city").fill("Gera");
    await save(page, lang).click();
    await expect(told(page)).toContainText(who("Anna Berger", lang));
    await expect(differences(page).locator("th")).toHaveText([say("customer_street", {}, lang), say("customer_city", {}, lang)]);
    await expect(differences(page).locator("td")).toHaveText([say("overtaken_empty", {}, lang), "Allee 1", "Jena", "Gera"]);
    await expect(page.locator("#customer-street")).toHaveValue("Allee 1");
    await axe(page);
    // What the other one has saved is right: typed here too, it differs no more.
    await page.locator("#customer-city").fill("Jena");
    await expect(differences(page).locator("th")).toHaveText([say("customer_street", {}, lang)]);
    await told(page).getByRole("button", { name: say("overtaken_take", {}, lang) }).click();
    await expect(told(page)).toContainText(say("overtaken_taken", {}, lang));
    await axe(page);
    await save(page, lang).click();
    await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}$`));
    expect(await rest.call("GET", `/customers/${customer.id}`)).toMatchObject({ city: "Jena", street: "Allee 1" });
    await expect(page.locator(".history ol > li")).toHaveCount(3);
  });
}

// Red when: somebody who goes on is refused by what a third one has saved meanwhile and is not told of that.
test("whoever goes on and is overtaken again is told again", async ({ open, rest, allowed }) => {
  allowed.status(409);
  const customer = await rest.customer();
  const page = await open("accounting");
  await visit(page, `/customers/${customer.id}/edit`);
  await live(page.locator("#customer-city"));
  const meanwhile = (version: number, city: string) =>
    rest.call("PUT", `/customers/${customer.id}`, { version, number: customer.number, name: customer.name, country: "DE", city });
  await meanwhile(1, "Jena");
  await page.locator("#customer-city").fill("Gera");
  await save(page).click();
  await expect(differences(page).locator("td")).toHaveText(["Jena", "Gera"]);
  await told(page).getByRole("button", { name: say("overtaken_take") }).click();
  await expect(told(page)).toContainText(say("overtaken_taken"));
  await meanwhile(2, "Weimar");
  await save(page).click();
  await expect(differences(page).locator("td")).toHaveText(["Weimar", "Gera"]);
  await told(page).getByRole("button", { name: say("overtaken_take") }).click();
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}$`));
  expect(await rest.call("GET", `/customers/${customer.id}`)).toMatchObject({ city: "Gera", version: 4 });
});

test("two people edit one contract: the second looks at what is stored and goes on", async ({ open, rest, allowed }) => {
  allowed.status(409);
  const customer = await rest.customer();
  const contract = await rest.call<{ id: string }>("POST", "/contracts", {
    customer: customer.id, start: "2026-04-01",
    terms: {
      term: 12, renewal: 12, notice: 3, currency: "EUR",
      billing: { interval: 1, time: "advance", automatic: true, lead_days: 2, payment_days: 14, proration: "daily" },
      items: [{ text: "Monatsgebühr", quantity: "1", unit: "piece", price: "399.99", vat: "19" }], quota: { amount: "PT4H" },
    },
  });
  const [page, other] = [await open("sales"), await open("admin")];
  for (const each of [page, other]) {
    await visit(each, `/contracts/${contract.id}/edit`);
    await live(each.locator("#contract-reference"));
  }
  await other.locator("#contract-reference").fill("A-1");
  await save(other).click();
  await expect(other).toHaveURL(new RegExp(`/contracts/${contract.id}$`));
  await page.locator("#contract-reference").fill("B-2");
  await save(page).click();
  await expect(told(page)).toContainText(who("Anna Berger"));
  const look = told(page).getByRole("link", { name: say("overtaken_look") });
  await expect(look).toHaveAttribute("href", `/contracts/${contract.id}`);
  await expect(look).toHaveAttribute("target", "_blank");
  await axe(page);
  await told(page).getByRole("button", { name: say("overtaken_take") }).click();
  await expect(told(page)).toContainText(say("overtaken_taken"));
  await expect(page.locator("#contract-reference")).toHaveValue("B-2");
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/contracts/${contract.id}$`));
  expect(await rest.call("GET", `/contracts/${contract.id}`)).toMatchObject({ reference: "B-2" });
});

test("without JavaScript the form that comes back says so and goes through", async ({ open, rest }) => {
  const customer = await rest.customer();
  const page = await open("accounting", { javaScriptEnabled: false });
  const other = await open("admin", { javaScriptEnabled: false });
  for (const each of [page, other]) await each.goto(`/customers/${customer.id}/edit`);
  await other.locator("#customer-city").fill("Jena");
  await save(other).click();
  await expect(other).toHaveURL(new RegExp(`/customers/${customer.id}$`));
  await page.locator("#customer-city").fill("Gera");
  await save(page).click();
  await expect(told(page)).toContainText(who("Anna Berger"));
  await expect(told(page)).toContainText(say("overtaken_taken"));
  await expect(differences(page).locator("td")).toHaveText(["Jena", "Gera"]);
  await expect(told(page).getByRole("button")).toHaveCount(0);
  await expect(page.locator("#customer-city")).toHaveValue("Gera");
  await axePlain(page);
  await save(page).click();
  await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}$`));
  expect(await rest.call("GET", `/customers/${customer.id}`)).toMatchObject({ city: "Gera", version: 3 });
});
