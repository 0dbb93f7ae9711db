import { randomUUID } from "node:crypto";
import { axe, expect, live, routed, state, test, visit } from "../fixtures.ts";
import { say } from "../words.ts";

/** A word that no other customer has. */
const word = () => `Q${randomUUID().replace(/[^a-f]/g, "").slice(0, 8)}x`;

test.use({ storageState: async ({}, use) => use(state("sales")) });

test("filter, order and page stand in the address, and the back button goes through them", async ({ page, rest }) => {
  const own = word();
  await Promise.all(Array.from({ length: 28 }, (_, place) =>
    rest.customer(`${own} ${String(place).padStart(2, "0")}`, { city: place % 2 ? "Zwickau" : "Aachen" })));
  await visit(page, "/customers");
  await live(page.locator("#customers-q"));
  const lines = page.locator("table.customers tbody tr");
  await expect(lines).toHaveCount(25);
  await page.locator("#customers-q").fill(own);
  await page.locator("#customers-q").press("Enter");
  await expect(page).toHaveURL(`/customers?q=${own}`);
  await expect(page.locator("#customers-q")).toHaveValue(own);
  await expect(lines).toHaveCount(25);
  await expect(lines.first()).toContainText(`${own} 00`);
  await routed(page);

  // The name is the order already: once more turns it round.
  const head = (key: string) => page.locator("thead").getByRole("link", { name: say(key) });
  await head("customer_name").click();
  await expect(page).toHaveURL(`/customers?q=${own}&desc=1`);
  await expect(lines.first()).toContainText(`${own} 27`);
  await expect(page.locator("thead [aria-sort=descending]")).toHaveText(say("customer_name"));
  await head("customer_city").click();
  await expect(page).toHaveURL(`/customers?q=${own}&sort=city`);
  await expect(lines.first()).toContainText("Aachen");
  await page.getByRole("link", { name: say("page_next") }).click();
  await expect(page).toHaveURL(`/customers?q=${own}&sort=city&page=2`);
  await expect(lines).toHaveCount(3);
  await expect(lines.first()).toContainText("Zwickau");
  await expect(page.getByRole("link", { name: say("page_next") })).toHaveCount(0);

  await page.goBack();
  await expect(page).toHaveURL(`/customers?q=${own}&sort=city`);
  await expect(lines).toHaveCount(25);
  await page.goBack();
  await expect(lines.first()).toContainText(`${own} 27`);
  await page.goForward();
  await expect(lines.first()).toContainText("Aachen");

  // The address alone shows the same.
  await visit(page, `/customers?q=${own}&sort=city&desc=1&page=2`);
  await expect(lines).toHaveCount(3);
  await expect(lines.last()).toContainText("Aachen");
});

test("customers are found by the beginnings of words, with and without umlauts", async ({ page, rest }) => {
  const own = word();
  await rest.customer(`Gebrüder Müller ${own}`, { city: "Köln" });
  await rest.customer(`Bäckerei Özdemir ${own}`, { city: "Straßburg" });
  const found = async (words: string) => {
    await page.goto(`/customers?q=${encodeURIComponent(`${words} ${own}`)}`);
    return (await page.locator("table.customers tbody th").allTextContents()).map((name) => name.replace(` ${own}`, ""));
  };
  for (const words of ["muell", "müll", "MÜLLER", "gebr müller", "gebrueder", "mull", "koel", "kol"]) {
    expect(await found(words), words).toEqual(["Gebrüder Müller"]);
  }
  for (const words of ["bäck", "baeck", "back", "oezd", "ozd", "Özd", "strass", "straß"]) {
    expect(await found(words), words).toEqual(["Bäckerei Özdemir"]);
  }
  expect(await found("üller"), "not the middle of a word").toEqual([]);
  expect(await found("%"), "no wildcard").toHaveLength(2);
  await visit(page, "/customers?q=b%C3%A4ck");
  await expect(page.locator("table.customers tbody tr").filter({ hasText: "Bäckerei Özdemir" }).first()).toBeVisible();
});

test("an empty result says what to do next", async ({ page }) => {
  await visit(page, "/customers?q=gibtesnirgends");
  await expect(page.locator(".empty")).toContainText(say("list_none_found"));
  await axe(page);
  await page.locator(".empty").getByRole("link", { name: say("list_clear") }).click();
  await expect(page).toHaveURL("/customers");
  await expect(page.locator("table.customers tbody tr")).toHaveCount(25);
});

test("nonsense in the address is the first page", async ({ page }) => {
  for (const query of ["?page=-7", "?page=99999999999999999999", "?sort=%00&desc=&page=x", "?q=%E0%A4%A", "?q=%22%27%3B--"]) {
    const answer = await page.goto(`/customers${query}`);
    expect(answer!.status(), query).toBe(200);
  }
  await visit(page, "/customers?page=abc&sort=constructor");
  await expect(page.locator("table.customers tbody tr")).toHaveCount(25);
});

test("the list is usable with the keyboard alone", async ({ page }) => {
  await visit(page, "/customers");
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#content$/);
  const reached: string[] = [];
  // However long the navigation grows: on to the last of the headings, and not in a circle.
  while (!reached.includes(say("customer_city")) && reached.length < 60) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const node = document.activeElement as HTMLElement;
      const style = getComputedStyle(node);
      return { name: node.id || node.textContent!.trim(), outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
    });
    expect(focus.outlined, `focus on ${focus.name} is visible`).toBe(true);
    reached.push(focus.name);
  }
  expect(reached).toContain("customers-q");
  expect(reached).toContain(say("customer_number"));
  expect(reached).toContain(say("customer_city"));
  const first = page.locator("table.customers tbody th a").first();
  const name = await first.textContent();
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText(name!);
});
