// What a document is reconciled with is read while it is typed: answers come late, not at all, or for somebody else.
import { expect, test } from "../fixtures.ts";
import { cell, given, line, newDocument, outcome, outcomes, save, saved, typeLines } from "../editor.ts";
import { say } from "../words.ts";

const FACTS = /load_clearing_facts/;
const full = () => say("clearing_full");

test("quotas that cannot be read are said so and read again, and nothing typed is lost", async ({ open, rest, allowed }) => {
  const of = await given(rest);
  const page = await open("accounting");
  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["1,5"]);
  await expect(outcome(line(page, 0))).toHaveText(full());
  allowed.status(503);
  await page.route(FACTS, (route) => route.fulfill({ status: 503, body: "upstream" }));
  await page.locator("#document-date").fill("2026-04-11");
  const aside = page.getByTestId("aside");
  await expect(aside).toContainText(say("document_facts_unread"));
  await expect(page.locator(".notice-bad")).toBeVisible();
  await page.unroute(FACTS);
  await aside.getByRole("button", { name: say("document_facts_again") }).click();
  await expect(outcome(line(page, 0))).toHaveText(full());
  await expect(page.locator(".notice-bad")).toHaveCount(0);
  await expect(cell(line(page, 0), "quantity")).toHaveValue("1,5");
  await saved(page);
  expect(await outcomes(page)).toEqual([full()]);
});

test("an answer for a date that was typed over changes nothing", async ({ open, rest }) => {
  const of = await given(rest);
  const page = await open("accounting");
  await newDocument(page, of, "2026-04-10");
  await typeLines(page, of, ["1"]);
  await expect(outcome(line(page, 0))).toHaveText(full());
  // The answer for May is held back until the one for April is there.
  let letGo = () => {};
  const held = new Promise<void>((go) => { letGo = go; });
  let came: Promise<unknown> | undefined;
  await page.route(FACTS, async (route) => {
    if (came) return route.continue();
    const answer = await route.fetch();
    came = held.then(() => route.fulfill({ response: answer }));
    await came;
  });
  await page.locator("#document-date").fill("2026-05-10");
  await expect.poll(() => came !== undefined).toBe(true);
  await page.locator("#document-date").fill("2026-04-12");
  await expect(outcome(line(page, 0))).toHaveText(full());
  letGo();
  await came;
  await expect(page.getByTestId("aside")).toHaveAttribute("aria-busy", "false");
  await expect(outcome(line(page, 0))).toHaveText(full());
  await saved(page);
  expect(await outcomes(page)).toEqual([full()]);
});

test("another customer's document takes that customer's contract", async ({ open, rest }) => {
  const [first, second] = [await given(rest), await given(rest)];
  const page = await open("accounting");
  await newDocument(page, first, "2026-04-10");
  await typeLines(page, first, ["1"]);
  await expect(cell(line(page, 0), "contract")).toHaveValue(first.contract);
  await page.getByRole("button", { name: say("contract_customer_change") }).click();
  await page.locator("#contract-customer").fill(second.customer.name);
  await page.getByTestId("customers-found").getByRole("button").first().click();
  await expect(cell(line(page, 0), "contract")).toHaveValue(second.contract);
  await expect(outcome(line(page, 0))).toHaveText(full());
  await save(page).click();
  await expect(page).toHaveURL(/\/documents\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId("document")).toContainText(second.number);
  const kinds = async (account: string) => (await rest.entries(account)).map((entry) => entry.kind).filter((kind) => kind !== "lapse");
  expect([await kinds(first.account), await kinds(second.account)]).toEqual([["grant"], ["grant", "draw"]]);
});
