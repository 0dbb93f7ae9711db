// What comes in for invoices: recorded until paid, too much only when that is meant, taken back; open items; bank files.
import type { Locator, Page } from "@playwright/test";
import { GAP } from "../editor.ts";
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import { dayAfter, german, today, type Rest } from "../rest.ts";
import { say } from "../words.ts";

const euros = (figure: string) => new RegExp(`${figure.replace(/[.]/g, "\\.")}${GAP}€`);
const section = (page: Page) => page.getByTestId("receipts");
const shown = (page: Page, name: "received" | "open" | "payment-state") => section(page).getByTestId(name);
const bank = (page: Page) => page.getByTestId("bank-line");
const save = (page: Page) => page.getByRole("button", { name: say("receipt_save") });
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);
const narrow = { viewport: { width: 390, height: 844 } };

type Invoice = { id: string; number: string; customer: { id: string; name: string; number: string } };

/** An issued invoice over 119.00 of a customer of its own, due a fortnight after its date. */
async function invoice(rest: Rest, date = "2026-04-10", of?: Invoice["customer"]): Promise<Invoice> {
  const customer = of ?? await rest.customer();
  const line = { text: "Serverumzug", quantity: "1", unit: "piece", price: "100.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "invoice", customer: customer.id, currency: "EUR", date, payment_days: 14, lines: [{ line }],
  });
  const issued = await rest.call<{ number: string }>("POST", `/documents/${document.id}/issue`, {});
  return { id: document.id, number: issued.number, customer };
}

const open = async (rest: Rest, of: Invoice) => (await rest.call<{ open: { amount: string } }>("GET", `/documents/${of.id}/receipts`)).open.amount;
const csv = (rows: [string, string, string][]) =>
  `Buchungstag;Betrag;Name Zahlungsbeteiligter;Verwendungszweck\n${rows.map(([amount, name, text]) => `12.04.2026;${amount};${name};${text}`).join("\n")}\n`;

/** A statement in XML, in the encoding of older banks, with an entry that is not booked yet. */
function statement(entries: [amount: string, name: string, text: string, reference: string][]): Buffer {
  const entry = ([amount, name, text, reference]: (typeof entries)[number], status = "BOOK") => `
      <Ntry>
        <Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>${status}</Cd></Sts>
        <BookgDt><Dt>2026-04-12</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef>
        <NtryDtls><TxDtls>
          <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
          <RltdPties><Dbtr><Pty><Nm>${name}</Nm></Pty></Dbtr></RltdPties>
          <RmtInf><Ustrd>${text}</Ustrd></RmtInf>
        </TxDtls></NtryDtls>
      </Ntry>`;
  return Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <Stmt>
      <Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>${entries.map((of) => entry(of)).join("")}
      ${entry(["1.00", "Nina", "Vormerkung", "P1"], "PDNG")}
    </Stmt>
  </BkToCstmrStmt>
</Document>
`, "latin1");
}

test.use({ storageState: async ({}, use) => use(state("accounting")) });

async function amount(page: Page, typed: string, text = "") {
  await live(page.locator("#receipt-amount"));
  await page.locator("#receipt-amount").fill(typed);
  await page.locator("#receipt-text").fill(text);
}

test("an invoice is paid in parts; too much has to be meant; a receipt is taken back", async ({ page, rest, open: as, allowed }) => {
  test.slow();
  allowed.status(422);
  const of = await invoice(rest);
  await visit(page, `/documents/${of.id}`);
  await expect(shown(page, "payment-state")).toHaveText(say("payment_overdue"));
  await expect(shown(page, "open")).toHaveText(euros("119,00"));
  await expect(page.locator("#receipt-amount")).toHaveValue("119,00");
  await expect(page.getByTestId("receipt-after")).toHaveText(say("receipt_after_paid"));
  await axe(page);
  await amount(page, "19,00", "Anzahlung");
  await expect(page.getByTestId("receipt-after")).toHaveText(euros("100,00"));
  await save(page).click();
  await expect(shown(page, "received")).toHaveText(euros("19,00"));
  await expect(section(page).getByTestId("receipt")).toContainText("Anzahlung");
  await expect(page.locator("#receipt-amount")).toHaveValue("100,00");

  // Too much is refused with its figures, and taken once that is meant.
  await amount(page, "120,00");
  await expect(page.locator("#receipt-amount-problem")).toHaveText(new RegExp(`100,00${GAP}€.*120,00${GAP}€.*20,00${GAP}€`));
  await save(page).click();
  await expect(page.locator("#receipt-amount-problem")).toHaveText(new RegExp(`20,00${GAP}€`));
  expect(await open(rest, of)).toBe("100.00");
  await live(page.locator("#receipt-over"));
  await page.locator("#receipt-over").check();
  await expect(page.getByTestId("receipt-after")).toHaveText(euros("20,00"));
  await save(page).click();
  await expect(shown(page, "payment-state")).toHaveText(say("payment_credit"));
  await expect(shown(page, "open")).toHaveText(euros("20,00"));
  await expect(page.locator("#receipt-amount")).toHaveValue("");
  await expect(page.locator("#receipt-over")).not.toBeChecked();
  await amount(page, "-20,00", "Rücküberweisung");
  await save(page).click();
  await expect(shown(page, "payment-state")).toHaveText(say("payment_paid"));
  await axe(page);

  // The part of 19.00 belongs elsewhere.
  const part = section(page).getByTestId("receipt").filter({ hasText: "Anzahlung" });
  await part.locator("summary").click();
  await live(part.locator("input[type=text]"));
  await part.getByRole("button", { name: say("receipt_take_back") }).click();
  await expect(part.locator(".field-problem")).toHaveText(say("field_missing"));
  await part.locator("input[type=text]").fill("Andere Rechnung");
  await part.getByRole("button", { name: say("receipt_take_back") }).click();
  await expect(shown(page, "open")).toHaveText(euros("19,00"));
  await expect(section(page).getByTestId("receipt").filter({ hasText: "Andere Rechnung" })).toBeVisible();
  const phone = await as("accounting", narrow);
  await visit(phone, `/documents/${of.id}`);
  await expect(shown(phone, "open")).toHaveText(euros("19,00"));
  await fits(phone);
});

test("two record the same payment: the second sees what is open by then", async ({ page, rest, open: as, allowed }) => {
  allowed.status(422);
  const of = await invoice(rest);
  const other = await as("accounting");
  for (const who of [page, other]) {
    await visit(who, `/documents/${of.id}`);
    await live(who.locator("#receipt-amount"));
  }
  await save(page).click();
  await expect(shown(page, "payment-state")).toHaveText(say("payment_paid"));
  await save(other).click();
  await expect(other.locator("#receipt-amount-problem")).toHaveText(new RegExp(`119,00${GAP}€`));
  await expect(shown(other, "open")).toHaveText(euros("0,00"));
  expect(await open(rest, of)).toBe("0.00");
});

test("a paid invoice that is cancelled is a credit until it is paid back", async ({ page, rest }) => {
  const of = await invoice(rest);
  await rest.call("POST", "/receipts", { document: of.id, date: "2026-04-12", amount: { amount: "119.00", currency: "EUR" } });
  await visit(page, `/documents/${of.id}?undo=plan`);
  await expect(page.getByTestId("undo-credit")).toHaveText(euros("119,00"));
  await page.locator("#cancel-reason").fill("Doppelt");
  await page.getByRole("dialog").locator("button[type=submit]").click();
  await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
  await visit(page, `/open-items?kind=credit&q=${of.number}`);
  await expect(page.locator(".open-items tbody tr")).toContainText(say("payment_credit"));
  await visit(page, `/documents/${of.id}`);
  await amount(page, "-119,00");
  await save(page).click();
  await expect(shown(page, "open")).toHaveText(euros("0,00"));
  await visit(page, `/open-items?kind=credit&q=${of.number}`);
  await expect(page.locator(".empty")).toContainText(say("list_none_found"));
});

test("open items: what is overdue, sorted and found, in both languages and on the phone", async ({ page, rest, open: as }) => {
  const customer = await rest.customer();
  const late = await invoice(rest, "2026-04-10", customer);
  const fresh = await invoice(rest, today(), customer);
  await visit(page, `/open-items?customer=${customer.id}`);
  const rows = page.locator(".open-items tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(late.number);
  await expect(rows.first()).toContainText(german("2026-04-24"));
  await expect(rows.nth(1)).toContainText(german(dayAfter(today(), 14)));
  await expect(page.getByTestId("sums")).toHaveText(euros("238,00"));
  await axe(page);
  await visit(page, `/open-items?customer=${customer.id}&kind=overdue`);
  await expect(rows).toHaveCount(1);
  await visit(page, `/open-items?q=${fresh.number}`);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(say("payment_open"));
  const phone = await as("sales", narrow);
  await visit(phone, `/open-items?customer=${customer.id}`);
  await expect(phone.getByRole("link", { name: say("open_items_import") })).toHaveCount(0);
  await fits(phone);
  await axe(phone);
  await visit(page, "/today");
  await page.getByTestId("overdue").first().click();
  await expect(page).toHaveURL(/\/open-items\?kind=overdue$/);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("h1")).toHaveText(say("open_items_title", {}, "en"));
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.locator("h1")).toHaveText(say("open_items_title"));
});

test("chosen open items are recorded as paid on a day, each on its own", async ({ page, rest }) => {
  const customer = await rest.customer();
  const [one, two] = [await invoice(rest, "2026-04-10", customer), await invoice(rest, "2026-04-11", customer)];
  await rest.call("POST", "/receipts", { document: two.id, date: "2026-04-12", amount: { amount: "19.00", currency: "EUR" } });
  await visit(page, `/open-items?customer=${customer.id}`);
  await expect(page.locator(".open-items tbody tr")).toHaveCount(2);
  await live(page.locator("thead input[type=checkbox]"));
  await page.locator("thead input[type=checkbox]").check();
  await page.getByRole("button", { name: say("bulk_settle") }).click();
  const plan = page.getByTestId("bulk-plan");
  await expect(plan.locator("tbody tr")).toHaveCount(2);
  await expect(plan.locator("tbody tr").filter({ hasText: one.number })).toContainText(euros("119,00"));
  await expect(plan.locator("tbody tr").filter({ hasText: two.number })).toContainText(euros("100,00"));
  await expect(page.locator("#bulk-date")).toHaveValue(today());
  await axe(page);
  await live(page.locator("#bulk-date"));
  await page.locator("#bulk-date").fill("2026-05-02");
  await page.getByRole("button", { name: say("bulk_settle_save", { count: 2 }) }).click();
  await expect(page.getByTestId("bulk-result")).toContainText(say("bulk_result_some", { done: 2, failed: 0 }));
  expect(await Promise.all([one, two].map((of) => open(rest, of)))).toEqual(["0.00", "0.00"]);
  await visit(page, `/documents/${two.id}`);
  await expect(section(page).getByTestId("receipt").filter({ hasText: german("2026-05-02") })).toContainText(euros("100,00"));
  await visit(page, `/open-items?customer=${customer.id}`);
  await expect(page.locator(".empty")).toBeVisible();
});

const select = (of: Locator) => of.locator("select");

test("a bank file: what is sure is chosen, the rest is looked at, one save for all of it", async ({ page, rest, open: as, allowed }) => {
  test.slow();
  allowed.status(422);
  const [one, two, three] = [await invoice(rest), await invoice(rest), await invoice(rest)];
  await visit(page, "/receipts/import");
  await live(page.locator("#bank-text"));
  // A broken file says where, and records nothing.
  await page.locator("#bank-text").fill("Buchungstag;Betrag\n32.04.2026;1,00\n");
  await page.getByRole("button", { name: say("import_read"), exact: true }).click();
  await expect(page.locator("#bank-text-problem")).toHaveText(say("bank_not_a_day", { line: 2, found: "32.04.2026" }));
  await axe(page);
  // An older file, in the encoding of older banks.
  const rows: [string, string, string][] = [
    ["119,00", "Müller", one.number], ["50,00", two.customer.name, two.number], ["119,00", three.customer.name, "Danke"],
    ["7,00", "Jemand", "Spende"], ["-3,90", "Bank", "Gebühr"],
  ];
  await page.locator("#bank-file").setInputFiles({ name: "umsatz.csv", mimeType: "text/csv", buffer: Buffer.from(csv(rows), "latin1") });
  await expect(page.locator("#bank-text")).toHaveValue(/Müller.*Gebühr/s);
  await page.getByRole("button", { name: say("import_read"), exact: true }).click();
  await expect(bank(page)).toHaveCount(5);
  await expect(select(bank(page).first())).not.toHaveValue("");
  await expect(select(bank(page).first()).locator("option:checked")).toContainText(say("proposal_number"));
  await expect(select(bank(page).nth(1))).toHaveValue("");
  await expect(select(bank(page).nth(2))).toHaveValue("");
  await expect(bank(page).nth(3)).toContainText(say("import_unknown"));
  await expect(bank(page).nth(4)).toContainText(say("import_outgoing"));
  await axe(page);
  const phone = await as("accounting", narrow);
  await visit(phone, new URL(page.url()).pathname);
  await expect(bank(phone)).toHaveCount(5);
  await fits(phone);
  await axe(phone);
  await live(select(bank(page).nth(1)));
  await select(bank(page).nth(1)).selectOption({ index: 1 });
  await select(bank(page).nth(2)).selectOption({ index: 1 });
  await bank(page).nth(3).locator("input[type=text]").fill("RE-1900-00001");
  await page.getByRole("button", { name: say("import_save") }).click();
  await expect(bank(page).nth(3)).toContainText(say("import_no_such_number", { number: "RE-1900-00001" }));
  expect([await open(rest, one), await open(rest, two)]).toEqual(["119.00", "119.00"]);
  await live(bank(page).nth(3).locator("input[type=text]"));
  await bank(page).nth(3).locator("input[type=text]").fill(two.number);
  await page.getByRole("button", { name: say("import_save") }).click();
  await expect(bank(page).first()).toContainText(say("import_before"));
  expect(await Promise.all([one, two, three].map((of) => open(rest, of)))).toEqual(["0.00", "62.00", "0.00"]);
  await bank(page).first().getByRole("link", { name: one.number }).click();
  await expect(section(page).getByTestId("receipt")).toContainText(say("receipt_from_bank"));
  // Once more from another file: it is not offered again.
  await visit(page, "/receipts/import");
  await live(page.locator("#bank-text"));
  await page.locator("#bank-text").fill(csv(rows));
  await page.getByRole("button", { name: say("import_read"), exact: true }).click();
  await expect(bank(page).first()).toContainText(say("import_before"));
  await expect(select(bank(page).first())).toHaveCount(0);
});

test("a statement in XML: one of two transfers names an invoice and pays it; a zip has to be unpacked", async ({ page, rest }) => {
  const of = await invoice(rest);
  const xml = {
    name: "umsatz.xml", mimeType: "text/xml",
    buffer: statement([["119.00", "Müller &amp; Söhne", of.number, `${of.number}/1`], ["7.00", "Jemand", "Spende", `${of.number}/2`]]),
  };
  await visit(page, "/receipts/import");
  await live(page.locator("#bank-text"));
  await page.locator("#bank-file").setInputFiles({ name: "umsatz.zip", mimeType: "application/zip", buffer: Buffer.from("PK\x03\x04\x14\x00", "latin1") });
  await expect(page.locator("#bank-text-problem")).toHaveText(say("bank_zip"));
  await axe(page);
  await page.locator("#bank-file").setInputFiles(xml);
  await expect(page.locator("#bank-text")).toHaveValue(/Müller &amp; Söhne/);
  await expect(page.locator("#bank-text-problem")).toHaveText("");
  await page.getByRole("button", { name: say("import_read"), exact: true }).click();
  await expect(bank(page)).toHaveCount(2);
  await expect(page.getByTestId("bank-pending")).toHaveText(say("bank_pending_one"));
  await expect(bank(page).first()).toContainText("Müller & Söhne");
  await expect(bank(page).first()).toContainText(euros("119,00"));
  await expect(select(bank(page).first()).locator("option:checked")).toContainText(say("proposal_number"));
  await expect(bank(page).nth(1)).toContainText(say("import_unknown"));
  await axe(page);
  await live(select(bank(page).first()));
  await page.getByRole("button", { name: say("import_save") }).click();
  await expect(bank(page).first()).toContainText(say("import_before"));
  expect(await open(rest, of)).toBe("0.00");
  await bank(page).first().getByRole("link", { name: of.number }).click();
  await expect(shown(page, "payment-state")).toHaveText(say("payment_paid"));
  await expect(section(page).getByTestId("receipt")).toContainText(say("receipt_from_bank"));
  await visit(page, "/receipts/import");
  await live(page.locator("#bank-text"));
  await page.locator("#bank-file").setInputFiles(xml);
  await expect(page.locator("#bank-text")).toHaveValue(/Müller/);
  await page.getByRole("button", { name: say("import_read"), exact: true }).click();
  await expect(bank(page).first()).toContainText(say("import_before"));
});

test("who may not record sees what came in and no form", async ({ rest, open: as }) => {
  const of = await invoice(rest);
  const sales = await as("sales");
  await visit(sales, `/documents/${of.id}`);
  await expect(shown(sales, "open")).toHaveText(euros("119,00"));
  await expect(sales.locator("#receipt-amount")).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a receipt is recorded and taken back, and a mistake comes back with what was typed", async ({ page, rest }) => {
    const of = await invoice(rest);
    await page.goto(`/documents/${of.id}`);
    await page.locator("#receipt-amount").fill("120,00");
    await page.locator("#receipt-text").fill("Überweisung");
    await save(page).click();
    await expect(page.locator("#receipt-amount-problem")).toHaveText(new RegExp(`1,00${GAP}€`));
    await expect(page.locator("#receipt-text")).toHaveValue("Überweisung");
    await axePlain(page);
    await page.locator("#receipt-over").check();
    await save(page).click();
    await expect(shown(page, "payment-state")).toHaveText(say("payment_credit"));
    const own = section(page).getByTestId("receipt");
    await own.locator("summary").click();
    await own.locator("input[type=text]").fill("Irrtum");
    await own.getByRole("button", { name: say("receipt_take_back") }).click();
    await expect(shown(page, "open")).toHaveText(euros("119,00"));
  });

  test("a pasted file is read, assigned and saved", async ({ page, rest }) => {
    const of = await invoice(rest);
    await page.goto("/receipts/import");
    await page.locator("#bank-text").fill("Nichts davon <b> ist & bleibt ein Umsatz");
    await page.getByRole("button", { name: say("import_read"), exact: true }).click();
    await expect(page.locator("#bank-text-problem")).toHaveText(say("bank_no_heading"));
    await expect(page.locator("#bank-text")).toHaveValue("Nichts davon <b> ist & bleibt ein Umsatz");
    await page.locator("#bank-text").fill(csv([["119,00", "X", of.number], ["5,00", "Y", "Spende"]]));
    await page.getByRole("button", { name: say("import_read"), exact: true }).click();
    await expect(bank(page)).toHaveCount(2);
    await axePlain(page);
    await page.getByRole("button", { name: say("import_save") }).click();
    await expect(bank(page).first()).toContainText(say("import_before"));
    expect(await open(rest, of)).toBe("0.00");
  });
});
