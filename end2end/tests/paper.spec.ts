// The PDFs of documents: what a draft would become, what left the house and never changes, what the letterhead says.
import type { Page } from "@playwright/test";
import { expect, live, state, test, visit } from "../fixtures.ts";
import { pictureOf, textOf } from "../pdf.ts";
import { german, type Rest } from "../rest.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("accounting")) });

/** A draft of an ordinary invoice over 119.00. */
async function draft(rest: Rest): Promise<{ id: string; customer: { name: string } }> {
  const customer = await rest.customer();
  const line = { text: "Serverumzug *nachts* #sofort $x$ <b>fett</b>", quantity: "1", unit: "piece", price: "100.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "invoice", customer: customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14, lines: [{ line }],
  });
  return { id: document.id, customer };
}

const link = (page: Page) => page.locator("a[href$='/paper.pdf']");

async function paper(page: Page): Promise<Buffer> {
  const answer = await page.request.get((await link(page).getAttribute("href"))!);
  expect(answer.status()).toBe(200);
  expect(answer.headers()["content-type"]).toBe("application/pdf");
  return answer.body();
}

test("a draft is looked at as a PDF, issued, and its paper stays the same", async ({ page, rest }, info) => {
  const of = await draft(rest);
  await visit(page, `/documents/${of.id}`);
  await expect(link(page)).toHaveText(say("document_paper_preview"));
  await expect(page.getByTestId("paper-gaps")).toHaveCount(0);
  const before = textOf(await paper(page));
  expect(before).toContain(say("document_draft"));
  await page.getByRole("button", { name: say("document_issue") }).click();
  await expect(link(page)).toHaveText("PDF");
  const pdf = await paper(page);
  const text = textOf(pdf);
  const { number } = await rest.call<{ number: string }>("GET", `/documents/${of.id}`);
  for (const words of [number, of.customer.name, "119,00", "19,00", german("2026-04-10"), german("2026-04-24"), "DE89 3704 0044 0532 0130 00",
    "Serverumzug *nachts* #sofort $x$ <b>fett</b>"]) {
    expect(text.replace(/\s+/g, " ")).toContain(words);
  }
  expect(text).not.toContain(say("document_draft"));
  expect(Buffer.compare(pdf, await paper(page))).toBe(0);
  await info.attach("paper", { body: pictureOf(pdf), contentType: "image/png" });
});

test("the letterhead is set, and what is wrong is named at its field", async ({ page }) => {
  await visit(page, "/settings");
  await live(page.locator("#settings-iban"));
  const iban = page.locator("#settings-iban");
  await iban.fill("DE88 3704 0044 0532 0130 00");
  await expect(page.locator("#settings-iban-problem")).toHaveText(say("field_not_an_iban"));
  await iban.fill("DE89 3704 0044 0532 0130 00");
  await expect(page.locator("#settings-iban-problem")).toHaveText("");
});
