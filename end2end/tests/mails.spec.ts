// Mails: set up, sent with the paper once, the server down and back, refused, unclear; reminders; texts.
import { randomUUID } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { axe, axePlain, expect, house, live, state, test as base, visit } from "../fixtures.ts";
import { MailServer } from "../post.ts";
import { textOf } from "../pdf.ts";
import { Rest } from "../rest.ts";
import { say } from "../words.ts";

// The company in which other tests do little: what they issue would stand on Today too.
const engine = "postgres";
const test = base.extend({ rest: async ({}, use) => use(new Rest(house(engine))), baseURL: async ({}, use) => use(house(engine).urls[0]) });
// One mail server for the whole company: one after the other.
test.describe.configure({ mode: "serial" });
test.use({ storageState: async ({}, use) => use(state("accounting", engine)) });

const server = new MailServer();
const section = (page: Page) => page.getByTestId("mails");
const mail = (page: Page) => section(page).getByTestId("mail");
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()!.width);

test.beforeAll(async () => server.up());
test.afterAll(async () => server.down());

type Issued = { id: string; number: string; address: string; name: string };

/** An invoice over 119.00 that is issued by mail, for a customer of its own. */
async function issued(rest: Rest, { date = "2026-04-10", country = "DE", address = `kunde-${randomUUID().slice(0, 8)}@kunde.example` } = {}): Promise<Issued> {
  const customer = await rest.customer(undefined, { email: address, country });
  const line = { text: "Serverumzug", quantity: "1", unit: "piece", price: "100.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "invoice", customer: customer.id, currency: "EUR", date, payment_days: 14, delivery: "mail", lines: [{ line }],
  });
  const { number } = await rest.call<{ number: string }>("POST", `/documents/${document.id}/issue`, {});
  return { id: document.id, number, address, name: customer.name };
}

/** Types the mail server into the settings. */
async function typeServer(page: Page, password: string) {
  await visit(page, "/settings/mail");
  await live(page.locator("#mail-host"));
  await page.locator("#mail-host").fill("127.0.0.1");
  await page.locator("#mail-port").fill(String(server.port));
  await page.locator("#mail-security").selectOption("none");
  await page.locator("#mail-user").fill(server.user);
  await page.locator("#mail-password").fill(password);
  await page.locator("#mail-from").fill("buchhaltung@musterhaus.example");
}

const arrived = (address: string, count = 1) => expect.poll(() => server.for(address).length, { timeout: 40_000 }).toBe(count);
const stateOf = (of: Locator) => of.getByTestId("mail-state");

test("a mail waits until a server is set; it is tested, saved, and the mail leaves with its paper", async ({ page, rest }, info) => {
  test.slow();
  const of = await issued(rest);
  await visit(page, `/documents/${of.id}`);
  await expect(stateOf(mail(page))).toHaveText(say("mail_waiting"));
  await expect(mail(page)).toContainText(say("mail_no_server"));
  await axe(page);

  await typeServer(page, "falsch");
  await page.getByTestId("mail-test").click();
  await expect(page.locator(".notice-bad")).toContainText("535");
  await page.locator("#mail-password").fill(server.password);
  await page.getByTestId("mail-test").click();
  await expect(page.locator(".notice-good")).toContainText("250");
  await axe(page);
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page.locator(".form-actions .notice-good")).toHaveText(say("saved"));
  await expect(page.locator("#mail-password")).toHaveValue("");
  expect(await page.content()).not.toContain(server.password);
  await info.attach("settings", { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });

  await arrived(of.address);
  const [letter] = server.for(of.address);
  expect(letter.subject).toBe(say("mail_invoice_subject", { number: of.number, company: "Musterhaus Systeme GmbH" }));
  expect(letter.from?.text).toContain("buchhaltung@musterhaus.example");
  expect(letter.text).toContain(of.number);
  expect(letter.html).toContain("119,00");
  const [paper] = letter.attachments;
  expect(paper.contentType).toBe("application/pdf");
  expect(paper.filename).toContain(of.number);
  const kept = await page.request.get(`/documents/${of.id}/paper.pdf`);
  expect(Buffer.compare(paper.content, await kept.body())).toBe(0);
  expect(textOf(paper.content)).toContain(of.name);

  await visit(page, `/documents/${of.id}`);
  await expect(stateOf(mail(page))).toHaveText(say("mail_sent"));
  await expect(mail(page)).toContainText("OK: queued");
  await expect(mail(page)).toContainText(of.address);
  await expect(page.locator(".history")).toContainText(`${say("history_mail_sent")}: ${of.address}`);
  await axe(page);
  await info.attach("sent", { body: await section(page).screenshot(), contentType: "image/png" });
});

test("somebody sends it again, to others; a wrong address is named at its field", async ({ page, rest, allowed }) => {
  test.slow();
  allowed.status(422);
  const of = await issued(rest);
  await arrived(of.address);
  await visit(page, `/documents/${of.id}`);
  const way = section(page).locator(".mail-way").first();
  await way.locator("summary").click();
  await live(page.locator("#mail-to"));
  await expect(page.locator("#mail-to")).toHaveValue(of.address);
  await page.locator("#mail-to").fill("nobody");
  await way.getByRole("button").click();
  await expect(page.locator("#mail-to-problem")).toHaveText(say("field_not_an_address"));
  const other = `chef-${of.address}`;
  await page.locator("#mail-to").fill(`${other}; ${of.address}`);
  await way.getByRole("button").click();
  await expect(mail(page)).toHaveCount(2);
  await arrived(other);
  // The page follows what is leaving.
  await expect(stateOf(mail(page).first())).toHaveText(say("mail_sent"), { timeout: 20_000 });
  expect(server.for(of.address)).toHaveLength(2);
  // Who asked for it, and to whom; then that it has left.
  const newest = page.locator(".history ol > li");
  await expect(newest.first()).toContainText(`${say("history_mail_sent")}: ${other}, ${of.address}`);
  await expect(newest.nth(1)).toContainText(`${say("history_mail")}: ${other}, ${of.address}`);
});

test("a server that is down takes it when it is back, once, and Today shows it meanwhile", async ({ page, rest }, info) => {
  test.slow();
  await server.down();
  const of = await issued(rest);
  await visit(page, `/documents/${of.id}`);
  await expect(mail(page).getByTestId("mail-why")).toBeVisible({ timeout: 20_000 });
  await expect(stateOf(mail(page))).toHaveText(say("mail_waiting"));
  await visit(page, "/today");
  const waiting = page.getByTestId("mails-waiting");
  await expect(waiting.getByTestId("mail-why")).toBeVisible();
  await axe(page);
  await info.attach("today", { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
  await server.up();
  await live(waiting.locator("form"));
  await waiting.getByRole("button", { name: say("mail_retry_all") }).click();
  await arrived(of.address);
  await visit(page, `/documents/${of.id}`);
  await expect(stateOf(mail(page))).toHaveText(say("mail_sent"));
  expect(server.for(of.address)).toHaveLength(1);
});

test("a refused address is mended on Today, at phone size", async ({ open, rest }, info) => {
  test.slow();
  const of = await issued(rest);
  const wrong = await issued(rest, { address: `falsch-${randomUUID().slice(0, 8)}@kunde.example` });
  server.refuses.push({ to: wrong.address, code: 550, answer: "5.1.1 mailbox unknown" });
  await arrived(of.address);
  const page = await open("accounting", { engine, viewport: { width: 390, height: 844 } });
  const again = await issued(rest, { address: wrong.address });
  const row = page.getByTestId("mail-failed").filter({ hasText: again.name });
  await expect.poll(async () => { await visit(page, "/today"); return row.count(); }, { timeout: 40_000 }).toBe(1);
  await expect(row.getByTestId("mail-why")).toContainText("550");
  await expect(row.getByTestId("mail-why")).toContainText("mailbox unknown");
  await fits(page);
  await axe(page);
  await info.attach("phone", { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
  const field = row.locator("input[type=text]");
  await live(field);
  const right = `richtig-${wrong.address}`;
  await field.fill(right);
  await row.getByRole("button", { name: say("mail_retry"), exact: true }).click();
  await expect(row).toBeHidden();
  await arrived(right);
});

test("a mail that may have arrived is not sent again by itself", async ({ page, rest }) => {
  test.slow();
  const address = `bruch-${randomUUID().slice(0, 8)}@kunde.example`;
  server.breaksFor.add(address);
  const of = await issued(rest, { address });
  await visit(page, `/documents/${of.id}`);
  await expect(stateOf(mail(page))).toHaveText(say("mail_unclear"), { timeout: 30_000 });
  // What comes later passes it by.
  const next = await issued(rest);
  await arrived(next.address);
  expect(server.for(of.address)).toHaveLength(0);
  await live(mail(page).locator("input[type=text]"));
  await mail(page).getByRole("button", { name: say("mail_drop") }).click();
  await expect(stateOf(mail(page))).toHaveText(say("mail_dropped"));
  await expect(page.locator(".history ol > li").first()).toContainText(`${say("history_mail_dropped")}: ${of.address}`);
});

test("a mail that is too large for the server waits for a person", async ({ page, rest }) => {
  test.slow();
  await server.down();
  server.size = 4_000;
  await server.up();
  try {
    const of = await issued(rest);
    await visit(page, `/documents/${of.id}`);
    await expect(stateOf(mail(page))).toHaveText(say("mail_failed"), { timeout: 30_000 });
    await expect(mail(page).getByTestId("mail-why")).toHaveText(new RegExp(say("mail_why_too_large", { size: "[0-9.]+", most: "4" })));
    expect(server.for(of.address)).toHaveLength(0);
    await server.down();
    server.size = 0;
    await server.up();
    await live(mail(page).locator("input[type=text]"));
    await mail(page).getByRole("button", { name: say("mail_retry"), exact: true }).click();
    await arrived(of.address);
  } finally {
    await server.down();
    server.size = 0;
    await server.up();
  }
});

test("a customer without an address, and one abroad, without JavaScript", async ({ open, rest }) => {
  test.slow();
  const nobody = await issued(rest, { address: "" });
  const page = await open("accounting", { engine, javaScriptEnabled: false });
  await page.goto(`/documents/${nobody.id}`);
  await expect(mail(page)).toContainText(say("mail_why_no_address"));
  const address = `plain-${randomUUID().slice(0, 8)}@kunde.example`;
  await mail(page).locator("input[type=text]").fill(address);
  await mail(page).getByRole("button", { name: say("mail_retry"), exact: true }).click();
  await arrived(address);
  await expect.poll(async () => { await page.goto(`/documents/${nobody.id}`); return stateOf(mail(page)).textContent(); }, { timeout: 20_000 }).toBe(say("mail_sent"));
  await axePlain(page);
  const abroad = await issued(rest, { country: "FR" });
  await arrived(abroad.address);
  expect(server.for(abroad.address)[0].subject).toBe(say("mail_invoice_subject", { number: abroad.number, company: "Musterhaus Systeme GmbH" }, "en"));
});

test("a customer is reminded of an overdue invoice, alone and with others", async ({ page, rest }, info) => {
  test.slow();
  const of = await issued(rest, { date: "2026-03-02" });
  await arrived(of.address);
  await visit(page, `/documents/${of.id}`);
  const way = section(page).locator(".mail-way").nth(1);
  await expect(way.locator("summary")).toContainText(say("reminder_send_nth", { times: 1 }));
  await way.locator("summary").click();
  await live(page.locator("#reminder-to"));
  await way.getByRole("button").click();
  await expect(mail(page)).toHaveCount(2);
  await arrived(of.address, 2);
  const reminder = server.for(of.address)[1];
  expect(reminder.subject).toBe(say("mail_reminder_subject", { number: of.number }));
  expect(reminder.text).toContain("119,00");
  expect(reminder.attachments).toHaveLength(1);
  await expect(page.getByTestId("not-reminded")).toBeVisible();
  // Within the week nobody is reminded again; the others are.
  const other = await issued(rest, { date: "2026-03-03" });
  await arrived(other.address);
  await visit(page, `/documents/bulk?do=remind&d=${of.id},${other.id}`);
  const plan = page.getByTestId("bulk-plan");
  await expect(plan).toContainText(say("bulk_will_remind", { times: 1 }));
  await live(plan.locator("form"));
  await plan.getByRole("button", { name: say("bulk_remind_save", { count: 1 }) }).click();
  await expect(page.getByTestId("bulk-result")).toContainText(say("bulk_done_remind", { times: 1 }));
  await arrived(other.address, 2);
  await visit(page, `/open-items?q=${other.number}`);
  await expect(page.getByTestId("reminded")).toBeVisible();
  await axe(page);
  await info.attach("open items", { body: await page.screenshot(), contentType: "image/png" });
});

test("a text is written beside what it will say, and used", async ({ page, rest }, info) => {
  test.slow();
  await visit(page, "/settings/mail");
  const text = page.getByTestId("text-delivery_note");
  await text.locator("summary").click();
  await live(page.locator("#text-delivery_note_de-subject"));
  await page.locator("#text-delivery_note_de-subject").fill("Geliefert: {nummer}");
  await expect(page.locator("#text-delivery_note_de-subject-problem")).toContainText("{nummer}");
  await page.locator("#text-delivery_note_de-subject").fill("Geliefert: {number} <b>für {customer}</b>");
  await expect(page.locator("#text-delivery_note_de-subject-problem")).toHaveText("");
  const body = "Hallo {customer},\n\nhier ist der {number}.\n\n</textarea><b id=evil>&amp;</b>";
  await page.locator("#text-delivery_note_de-body").fill(body);
  const preview = page.getByTestId("preview-delivery_note_de");
  await expect(preview).toContainText(`Hallo ${say("mail_sample_customer")},`);
  await preview.getByRole("button").click();
  const frame = page.frameLocator(".mail-frame").first();
  await expect(frame.locator("body")).toContainText(`Hallo ${say("mail_sample_customer")},`);
  await axe(page);
  await info.attach("texts", { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
  await page.getByRole("button", { name: say("save"), exact: true }).click();
  await expect(page.locator(".form-actions .notice-good")).toHaveText(say("saved"));
  // What was typed is a text and stays one.
  await visit(page, "/settings/mail");
  await expect(page.locator("#text-delivery_note_de-body")).toHaveValue(body);
  await expect(page.locator("#evil")).toHaveCount(0);
  const address = `note-${randomUUID().slice(0, 8)}@kunde.example`;
  const customer = await rest.customer("R&D <i>Kunde</i>", { email: address });
  const line = { text: "Kabel", quantity: "1", unit: "piece", price: "10.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "delivery_note", customer: customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14, delivery: "mail", lines: [{ line }],
  });
  const { number } = await rest.call<{ number: string }>("POST", `/documents/${document.id}/issue`, {});
  await arrived(address);
  const [letter] = server.for(address);
  expect(letter.subject).toBe(`Geliefert: ${number} <b>für R&D <i>Kunde</i></b>`);
  expect(letter.html).not.toContain("<i>Kunde</i>");
  expect(letter.text).toContain("Hallo R&D <i>Kunde</i>,");
});

test("the settings of mail are looked at small, dark and in English", async ({ open }, info) => {
  const page = await open("accounting", { engine, viewport: { width: 390, height: 844 }, colorScheme: "dark", locale: "en-GB" });
  await visit(page, "/settings/mail");
  await live(page.locator("#mail-host"));
  await fits(page);
  await axe(page);
  await info.attach("small", { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
  // Whoever comes next finds no mail server.
  await page.locator("#mail-host").fill("");
  await page.locator("form.mail-form .form-actions button").click();
  await expect(page.locator(".form-actions .notice-good")).toBeVisible();
});
