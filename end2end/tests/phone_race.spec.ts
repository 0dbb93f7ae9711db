// Two telephones at two processes on one database.
import { expect, house, test, type House } from "../fixtures.ts";
import { answered, chip, free, open as show, PHONE, save, splitted, take } from "../phone.ts";
import { bookingsOf, newBooking, newProject, parts, somebody } from "../projects.ts";
import { Rest, seconds, today } from "../rest.ts";
import { drawdown } from "../servers.ts";
import { say } from "../words.ts";

/** Lets nobody through before so many have come. */
function barrier(count: number): () => Promise<void> {
  let raise = () => {};
  const raised = new Promise<void>((resolve) => { raise = resolve; });
  return () => {
    count -= 1;
    if (count === 0) raise();
    return raised;
  };
}

for (const engine of ["sqlite", "postgres"] as House["engine"][]) {
  // Red when: both get the free time, one of them is not saved, or whoever came second is not told what came otherwise.
  test(`two people book the last free minutes at the same moment: one gets them, both are saved (${engine})`, async ({ open }) => {
    const rest = new Rest(house(engine));
    const project = await newProject(rest);
    await newBooking(rest, project.tasks[0], (await somebody(rest)).id, today(), "PT15M");
    const people = [
      await open("staff", { ...PHONE, engine, process: 0 }),
      await open("projectmanager", { ...PHONE, engine, process: 1 }),
    ];
    const both = barrier(people.length);
    for (const page of people) {
      await page.route("**/api/v1/phone/bookings", async (route) => { await both(); await route.continue(); });
      await show(page, "new");
      await take(page, project);
      await chip(page, "0:30").tap();
      // Nobody saves before both have seen the last free minutes.
      await expect(splitted(page)).toHaveText([free("0:30")]);
    }
    const answers = people.map((page) => page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/phone/bookings")));
    await Promise.all(people.map((page) => save(page, "0:30").tap()));
    expect((await Promise.all(answers)).map((answer) => answer.status())).toEqual([200, 200]);
    for (const page of people) await expect(answered(page)).toBeVisible();

    const told = await Promise.all(people.map((page) => answered(page).locator(".notice-warn").count()));
    expect([...told].sort(), "one of them is told").toEqual([0, 1]);
    const [winner, loser] = told[0] === 0 ? people : [people[1], people[0]];
    await expect(answered(winner)).toContainText(free("0:30"));
    await expect(answered(loser)).toContainText(say("phone_differs"));
    await expect(answered(loser)).toContainText(say("phone_before_after", { name: "Freie Zeit", before: "0:30 h", after: "–" }));
    await expect(answered(loser)).toContainText(say("phone_before_after", { name: "Support", before: "–", after: "0:30 h = 50,00 €" }));

    const booked = (await bookingsOf(rest, project.id)).map(parts);
    expect(booked.map((one) => JSON.stringify(one)).sort()).toEqual([
      [["Freie Zeit", "PT15M", "0.00"]], [["Freie Zeit", "PT30M", "0.00"]], [["Support", "PT30M", "50.00"]],
    ].map((one) => JSON.stringify(one)));
    const { lines } = await rest.call<{ lines: { account: string; left: string }[] }>("GET", `/projects/${project.id}`);
    expect(lines[0].left).toBe("PT0S");
    const entries = await rest.entries(lines[0].account);
    const sum = (kind: string) => entries.filter((entry) => entry.kind === kind).reduce((sum, entry) => sum + seconds(entry.amount), 0);
    expect([sum("grant"), sum("draw")]).toEqual([2_700, -2_700]);
    expect(JSON.parse(drawdown(rest.house.database, ["verify", "--json"])).faults).toEqual([]);
  });
}
