// Two people at two processes on one database.
import { expect, house, passbook, preview, rows, saveDraw, test, typeDraw, type House } from "../fixtures.ts";
import { minutes, Rest, seconds } from "../rest.ts";
import { drawdown } from "../servers.ts";
import { say } from "../words.ts";

/** Lets nobody through before all have come. */
function barrier(missing: number) {
  let open!: () => void;
  const all = new Promise<void>((resolve) => { open = resolve; });
  return () => {
    missing -= 1;
    if (missing === 0) open();
    return all;
  };
}

for (const engine of ["sqlite", "postgres"] as House["engine"][]) {
  test(`two people draw the last hour at the same moment: one gets it (${engine})`, async ({ open, allowed }) => {
    allowed.status(422);
    const rest = new Rest(house(engine));
    const { account } = await rest.accountWith(180);
    await rest.draw(account, minutes(120));
    const people = [
      { page: await open("accounting", { engine, process: 0 }), text: "Anruf der Filiale" },
      { page: await open("projectmanager", { engine, process: 1 }), text: "Ausfall am Abend" },
    ];
    await Promise.all(people.map(async ({ page, text }) => {
      await passbook(page, account);
      await typeDraw(page, { amount: "1:00", text });
    }));
    // Nobody saves before both have seen the last hour.
    for (const { page } of people) {
      await expect(preview(page).locator(".sum").first()).toContainText("1:00 h");
      await expect(preview(page).locator(".sum-line")).toContainText("0:00 h");
      await expect(saveDraw(page)).toHaveText(say("draw_save", { amount: "1:00 h" }));
    }
    // Both requests are on their way before either reaches the server.
    const together = barrier(people.length);
    for (const { page } of people) {
      await page.route(/\/call\/(.*\/)?draw$/, async (route) => {
        await together();
        await route.continue();
      });
    }
    const answers = people.map(({ page }) => page.waitForResponse(/\/call\/(.*\/)?draw$/));
    await Promise.all(people.map(({ page }) => saveDraw(page).click()));
    const statuses = (await Promise.all(answers)).map((answer) => answer.status());
    expect([...statuses].sort()).toEqual([200, 422]);

    const winner = people[statuses.indexOf(200)];
    const loser = people[statuses.indexOf(422)];
    await expect(winner.page.locator(".draw-panel .notice-good")).toContainText(say("draw_done", { amount: "1:00 h", left: "0:00 h" }));
    await expect(rows(winner.page).first()).toContainText(winner.text);
    // The other is told with figures, at the field, and nothing typed is lost.
    const problem = loser.page.locator("#draw-amount-problem");
    await expect(problem).toContainText("0:00 h");
    await expect(problem).toContainText("1:00 h");
    await expect(loser.page.locator("#draw-amount")).toHaveValue("1:00");
    await expect(loser.page.locator("#draw-text")).toHaveValue(loser.text);
    // The page around it says the same.
    await expect(rows(loser.page).first()).toContainText(winner.text);
    await expect(preview(loser.page)).not.toContainText("1:00 h");
    await expect(saveDraw(loser.page)).toHaveText(say("draw"));

    const { standing } = await rest.show(account);
    expect(standing).toMatchObject({ granted: "PT3H", used: "PT3H", left: "PT0S", deficit: "PT0S" });
    const entries = await rest.entries(account);
    expect(entries.map((entry) => entry.kind)).toEqual(["grant", "draw", "draw"]);
    expect(entries.reduce((sum, entry) => sum + seconds(entry.amount), 0)).toBe(0);
    expect(entries.at(-1)!.text).toBe(winner.text);
    expect(JSON.parse(drawdown(rest.house.database, ["verify", "--json"])).faults).toEqual([]);
  });
}

test("somebody was faster: what is there is drawn, and every figure that differs is shown", async ({ open, rest }) => {
  const { account } = await rest.accountWith(120);
  const [slow, fast] = [await open("accounting"), await open("projectmanager", { process: 1 })];
  await passbook(slow, account);
  await typeDraw(slow, { amount: "2:00", text: "Umzug" });
  await expect(preview(slow).locator(".sum-line")).toContainText("0:00 h");

  await passbook(fast, account);
  await typeDraw(fast, { amount: "1:00", text: "Notfall" });
  await saveDraw(fast).click();
  await expect(fast.locator(".draw-panel .notice-good")).toContainText(say("draw_done", { amount: "1:00 h", left: "1:00 h" }));

  await expect(preview(slow).locator(".sum-line")).toContainText("0:00 h");
  await saveDraw(slow).click();
  const notice = slow.locator(".draw-panel .notice-warn");
  await expect(notice).toContainText(say("draw_differs"));
  await expect(notice).toContainText(say("draw_done", { amount: "1:00 h", left: "0:00 h" }));
  await expect(notice).toContainText(say("draw_done_not_drawn", { amount: "1:00 h" }));
  const lines = await notice.locator(".differences tbody tr").evaluateAll((lines) =>
    lines.map((line) => [...line.children].map((cell) => cell.textContent!.replace(/\s+/g, " "))));
  const lot = lines.at(-1)![0];
  expect(lot).not.toBe(say("figure_lot", { lot: "" }));
  expect(lines).toEqual([
    [say("figure_available_before"), "2:00 h", "1:00 h"],
    [say("figure_drawn"), "2:00 h", "1:00 h"],
    [say("figure_not_drawn"), "0:00 h", "1:00 h"],
    [lot, "2:00 h", "1:00 h"],
  ]);
  await expect(rows(slow)).toHaveCount(3);
  expect((await rest.show(account)).standing).toMatchObject({ used: "PT2H", left: "PT0S" });
});
