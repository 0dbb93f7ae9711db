import { expect, passbook, rows, saveDraw, state, test, typeDraw } from "../fixtures.ts";
import { say } from "../words.ts";

test.use({ storageState: async ({}, use) => use(state("accounting")) });

test("a double click draws once", async ({ page, rest, allowed }) => {
  allowed.status(422);
  const { account } = await rest.accountWith(240);
  await passbook(page, account);
  await typeDraw(page, { amount: "0:30", text: "Doppelt geklickt" });
  await saveDraw(page).dblclick();
  await expect(rows(page)).toHaveCount(2);
  await expect(page.locator(".draw-panel .notice-good")).toContainText(say("draw_done", { amount: "0:30 h", left: "3:30 h" }));
  expect((await rest.entries(account)).map((entry) => entry.kind)).toEqual(["grant", "draw"]);
});

test("the same request again counts once and gets the same answer; other content is a problem", async ({ page, context, rest, baseURL }) => {
  const { account } = await rest.accountWith(240);
  await passbook(page, account);
  await typeDraw(page, { amount: "1:00", text: "Einmal" });
  const sent = page.waitForRequest((request) => request.method() === "POST" && /draw$/.test(request.url()));
  await saveDraw(page).click();
  const request = await sent;
  const first = await (await request.response())!.json();
  await expect(rows(page)).toHaveCount(2);

  const replay = (body: string) => context.request.post(request.url(), { data: body, headers: { "content-type": "application/x-www-form-urlencoded" } });
  const body = request.postData()!;
  const again = await replay(body);
  expect(again.status()).toBe(200);
  expect(await again.json()).toEqual(first);

  const other = new URLSearchParams(body);
  other.set("form[amount]", "2:00");
  const refused = await replay(other.toString());
  expect(refused.status()).toBe(409);
  expect((await refused.json()).Refused.refusal).toMatchObject({ code: "same_id" });
  expect((await rest.show(account)).standing).toMatchObject({ used: "PT1H", left: "PT3H" });
});

test("an answer that got lost is asked for again and counts once", async ({ page, rest, allowed }) => {
  allowed.status(0);
  const { account } = await rest.accountWith(240);
  await passbook(page, account);
  await typeDraw(page, { amount: "1:00", text: "Verbindung weg" });
  // The server draws, but its answer never arrives.
  await page.route(/\/call\/.*draw$/, async (route) => { await route.fetch(); await route.fulfill({ status: 200, contentType: "text/plain", body: "<html>proxy</html>" }); }, { times: 1 });
  await saveDraw(page).click();
  await expect(page.locator(".draw-panel .notice-bad")).toBeVisible();
  await expect(page.locator("#draw-amount")).toHaveValue("1:00");
  await saveDraw(page).click();
  await expect(page.locator(".draw-panel .notice").first()).toContainText(say("draw_done", { amount: "1:00 h", left: "3:00 h" }));
  expect((await rest.show(account)).standing).toMatchObject({ used: "PT1H", left: "PT3H" });
});
