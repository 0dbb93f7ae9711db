// The fee of a project: on the plan of the billing page, in the run, and on the invoice that the run makes.
import { axe, axePlain, expect, live, state, test, visit } from "../fixtures.ts";
import type { Rest } from "../rest.ts";
import { say } from "../words.ts";

// Runs of other tests bill what is due today; this is due when none of them looks.
const [START, DUE] = ["2090-04-01", "2090-05-20"];

/** A project whose free time costs 150.00 a month. */
async function paid(rest: Rest): Promise<{ customer: string; project: string; number: string }> {
  const customer = await rest.customer();
  const made = await rest.call<{ id: string; number: string; version: number }>("POST", "/projects", { name: "Wartung", customer: customer.id, currency: "EUR" });
  await rest.call("PUT", `/projects/${made.id}/lines`, {
    version: made.version,
    lines: [{ name: "Freie Zeit", kind: "allowance", most: "PT45M", start: START, fee: { price: "150.00", vat: "19", start: START, end: "2090-05-15" } }],
  });
  return { customer: customer.name, project: made.id, number: made.number };
}

test.use({ storageState: async ({}, use) => use(state("accounting")) });

// Red when: the plan leaves fees out, the last period is billed whole, or the invoice does not lead to its project.
test("a fee stands on the plan, is billed once, and its invoice leads to the project", async ({ page, rest }) => {
  test.slow();
  const of = await paid(rest);
  const address = `/billing?project=${of.project}&as_of=${DUE}`;
  await visit(page, address);
  const plan = page.getByTestId("plan");
  await expect(plan).toContainText(say("billing_plan_for_project", { number: of.number }));
  const rows = page.getByTestId("run-items").locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("Freie Zeit");
  await expect(rows.first()).toContainText(of.customer);
  await expect(rows.first()).toContainText("150,00");
  // 15 of the 31 days of May.
  await expect(rows.nth(1)).toContainText("72,58");
  await expect(rows.first().getByRole("link", { name: of.number })).toHaveAttribute("href", `/projects/${of.project}`);
  await axe(page);

  await live(page.locator(".plan-start"));
  await page.locator(".plan-start button[type=submit]").click();
  await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}$/);
  await expect(page.getByTestId("run")).toContainText(say("run_ended", { at: "" }).trim());
  await expect(rows).toHaveCount(2);
  await rows.first().getByRole("link", { name: /^RE-/ }).click();
  await expect(page.locator("h1")).toHaveText(/^Rechnung RE-\d{4}-\d{5}$/);
  const lines = page.getByTestId("document").locator(".lines tbody tr");
  await expect(lines).toHaveCount(2);
  await expect(lines.first()).toContainText("150,00");
  await expect(page.getByTestId("net")).toContainText("222,58");
  await expect(page.getByTestId("project").getByRole("link")).toHaveAttribute("href", `/projects/${of.project}`);
  await axe(page);

  await visit(page, address);
  await expect(page.getByTestId("nothing-due")).toBeVisible();
});

// Red when: the plan to cancel does not say which fee becomes free, or a freed period is not offered again.
test("a cancelled invoice of fees names what becomes free, and that is billed again", async ({ page, rest }) => {
  test.slow();
  const of = await paid(rest);
  const run = await rest.call<{ id: string }>("POST", "/billing-runs", { as_of: DUE, issue: true, project: of.project });
  type Run = { run: { ended_at: string | null }; items: { document: string }[] };
  const done = () => rest.call<Run>("GET", `/billing-runs/${run.id}`);
  await expect.poll(async () => (await done()).run.ended_at).not.toBeNull();
  const [item] = (await done()).items;
  await visit(page, `/documents/${item.document}?undo=plan`);
  await expect(page.getByTestId("undo-freed")).toContainText(`${of.number} · Freie Zeit`);
  await live(page.locator("#cancel-reason"));
  await page.locator("#cancel-reason").fill("Falscher Tag");
  await page.getByRole("dialog").locator("button[type=submit]").click();
  await expect(page.getByTestId("document")).toContainText(say("document_cancelled"));
  await visit(page, `/billing?freed_project=${of.project}&as_of=${DUE}`);
  await expect(page.getByTestId("run-items").locator("tbody tr")).toHaveCount(2);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the plan of a project's fees is read and carried out", async ({ page, rest }) => {
    test.slow();
    const of = await paid(rest);
    await page.goto(`/billing?project=${of.project}&as_of=${DUE}`);
    await expect(page.getByTestId("run-items").locator("tbody tr")).toHaveCount(2);
    await axePlain(page);
    await page.locator(".plan-start button[type=submit]").click();
    await expect(page).toHaveURL(/\/billing\/[0-9a-f-]{36}$/);
    await expect(page.getByTestId("run")).toBeVisible();
  });
});
