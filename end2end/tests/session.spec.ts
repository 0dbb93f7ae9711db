import { cell, given, line, lines, outcomes, save, saved, typeLines } from "../editor.ts";
import { axe, expect, live, preview, routed, rows, saveDraw, signIn, test, typeDraw, visit } from "../fixtures.ts";
import { say } from "../words.ts";

test("a session that ends while a form is open is renewed in place, and nothing typed is lost", async ({ page, context, rest, allowed }) => {
  allowed.status(401);
  const { account } = await rest.accountWith(240);
  await page.goto(`/sign-in?next=/accounts/${account}`);
  await signIn(page, "accounting");
  await expect(page).toHaveURL(new RegExp(`/accounts/${account}$`));
  await live(page.locator("#draw-amount"));
  await typeDraw(page, { amount: "1:15", text: "Lange getippt" });
  await expect(preview(page).locator(".sum-line")).toContainText("2:45 h");

  // Signed out in another tab.
  const other = await context.newPage();
  await visit(other, "/customers");
  await other.getByRole("button", { name: say("sign_out") }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await other.close();

  await saveDraw(page).click();
  const again = page.locator(".session-ended");
  await expect(again).toContainText(say("session_ended"));
  await expect(page.locator("#again-login")).toHaveValue("accounting");
  await axe(page);
  await page.locator("#again-password").fill("falsch geraten");
  await again.getByRole("button").click();
  await expect(page.locator("#again-password-problem")).toHaveText(say("problem_wrong_credentials"));
  await page.locator("#again-password").fill("drawdown");
  await again.getByRole("button").click();
  await expect(page.locator(".draw-panel .notice-good")).toHaveText(say("session_renewed"));

  await expect(page).toHaveURL(new RegExp(`/accounts/${account}$`));
  await expect(page.locator("#draw-amount")).toHaveValue("1:15");
  await expect(page.locator("#draw-text")).toHaveValue("Lange getippt");
  await saveDraw(page).click();
  await expect(page.locator(".draw-panel .notice-good")).toContainText(say("draw_done", { amount: "1:15 h", left: "2:45 h" }));
  await expect(rows(page).first()).toContainText("Lange getippt");
  expect((await rest.entries(account)).map((entry) => entry.text)).toEqual(["Vorgabe", "Lange getippt"]);
});

test("a session that ends while a document is typed is renewed beside the form, and the document is saved once, with all that was typed", async ({ page, context, rest, allowed }) => {
  allowed.status(401);
  const of = await given(rest);
  await page.goto(`/sign-in?next=${encodeURIComponent(`/documents/new?customer=${of.customer.id}`)}`);
  await signIn(page, "accounting");
  await expect(page).toHaveURL(/\/documents\/new\?customer=/);
  await live(page.locator("#document-date"));
  await page.locator("#document-date").fill("2026-04-10");
  await expect(page.getByTestId("aside")).toHaveAttribute("aria-busy", "false");
  await typeLines(page, of, ["1,5", "2"]);
  const [full, partly, gone] = [say("clearing_full"), say("clearing_partial"), say("clearing_exhausted")];
  await expect.poll(() => outcomes(page)).toEqual([full, full]);

  const other = await context.newPage();
  await visit(other, "/customers");
  await other.getByRole("button", { name: say("sign_out") }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await other.close();

  // Typed on: the preview needs nobody.
  await cell(line(page, 1), "quantity").fill("3");
  await page.getByRole("button", { name: say("document_line_add") }).click();
  await cell(line(page, 2), "article").selectOption({ label: of.article });
  await cell(line(page, 2), "text").fill("Nachtrag am Abend");
  await cell(line(page, 2), "quantity").fill("0,25");
  await expect.poll(() => outcomes(page)).toEqual([full, partly, gone]);
  const typed = () => page.locator("[data-col]").evaluateAll((cells: HTMLInputElement[]) => cells.map((cell) => cell.value));
  const before = await typed();

  await save(page).click();
  const again = page.locator(".session-ended");
  await expect(again).toContainText(say("session_ended"));
  await expect(page.locator("#again-login")).toHaveValue("accounting");
  await axe(page);
  await page.locator("#again-password").fill("falsch geraten");
  await again.getByRole("button").click();
  await expect(page.locator("#again-password-problem")).toHaveText(say("problem_wrong_credentials"));
  await page.locator("#again-password").fill("drawdown");
  await again.getByRole("button").click();
  await expect(page.locator(".notice-good")).toHaveText(say("session_renewed"));
  const documents = () => rest.call<{ documents: { id: string }[] }>("GET", `/documents?customer=${of.customer.id}&drafts=true`);
  expect((await documents()).documents, "nothing was saved without a session").toEqual([]);

  await expect(page).toHaveURL(/\/documents\/new\?customer=/);
  await expect(page.locator("#document-date")).toHaveValue("2026-04-10");
  await expect(lines(page)).toHaveCount(3);
  expect(await typed()).toEqual(before);
  expect(await outcomes(page)).toEqual([full, partly, gone]);
  await saved(page);
  expect(await outcomes(page)).toEqual([full, partly, gone]);
  const made = (await documents()).documents;
  expect(made).toHaveLength(1);
  const kept = await rest.call<{ date: string; lines: { line: { text: string; quantity: string }; clearing: { cleared: string } }[] }>("GET", `/documents/${made[0].id}`);
  expect(kept.date).toBe("2026-04-10");
  expect(kept.lines.map(({ line, clearing }) => [line.quantity, clearing.cleared])).toEqual([["1.5", "PT1H30M"], ["3", "PT2H30M"], ["0.25", "PT0S"]]);
  expect(kept.lines[2].line.text).toBe("Nachtrag am Abend");
  const entries = (await rest.entries(of.account)).filter((entry) => entry.kind !== "lapse");
  expect(entries.map((entry) => [entry.kind, entry.amount])).toEqual([["grant", "PT4H"], ["draw", "-PT1H30M"], ["draw", "-PT2H30M"]]);
});

test("signing in again within a form sends that form neither by the key nor by the button", async ({ page, context, rest, allowed }) => {
  allowed.status(401);
  const customer = await rest.customer();
  await page.goto(`/sign-in?next=/customers/${customer.id}/edit`);
  await signIn(page, "accounting");
  await live(page.locator("#customer-street"));
  await page.locator("#customer-street").fill("Lange Gasse 7");
  const other = await context.newPage();
  await visit(other, "/customers");
  await other.getByRole("button", { name: say("sign_out") }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await other.close();

  let sent = 0;
  page.on("request", (request) => sent += /\/call\/.*save_customer$/.test(request.url()) ? 1 : 0);
  const save = page.getByRole("button", { name: say("save"), exact: true });
  await save.click();
  const again = page.locator("form .session-ended");
  await expect(again).toContainText(say("session_ended"));
  await axe(page);
  await page.locator("#again-password").fill("falsch geraten");
  await page.locator("#again-password").press("Enter");
  await expect(page.locator("#again-password-problem")).toHaveText(say("problem_wrong_credentials"));
  await page.locator("#again-password").fill("drawdown");
  await again.getByRole("button").click();
  await expect(page.locator("form .notice-good")).toHaveText(say("session_renewed"));
  expect(sent, "only what was clicked was sent").toBe(1);
  const stored = () => rest.call<{ version: number; street: string }>("GET", `/customers/${customer.id}`);
  expect((await stored()).version).toBe(customer.version);

  await save.click();
  await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}$`));
  expect(await stored()).toMatchObject({ street: "Lange Gasse 7", version: customer.version + 1 });
});

test("a page that is reloaded without a session leads to signing in and back", async ({ page, rest }) => {
  const { account } = await rest.accountWith(60);
  await page.goto(`/accounts/${account}`);
  await expect(page).toHaveURL(new RegExp(`/sign-in\\?next=/accounts/${account}`));
  await signIn(page, "staff", "wrong password");
  await expect(page.locator(".notice-bad")).toHaveText(say("problem_wrong_credentials"));
  await expect(page.locator("#login")).toHaveValue("staff");
  await axe(page);
  await signIn(page, "staff");
  await expect(page).toHaveURL(new RegExp(`/accounts/${account}$`));
  await routed(page);
  // The service staff reads, and finds no desk.
  await expect(page.locator(".standing")).toContainText("1:00 h");
  await expect(page.locator(".desk")).toHaveCount(0);
});

test("a click on a demo login signs in as that role", async ({ page }) => {
  await visit(page, "/sign-in");
  await page.locator(".demo-login").filter({ hasText: "sales" }).click();
  await expect(page).toHaveURL(/\/today$/);
});

test("after signing in nobody is led to another site", async ({ page, baseURL }) => {
  for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example"]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await signIn(page, "accounting");
    await expect(page).toHaveURL(`${baseURL}/today`);
    await routed(page);
    await page.getByRole("button", { name: say("sign_out") }).click();
    await expect(page).toHaveURL(/\/sign-in/);
  }
});
