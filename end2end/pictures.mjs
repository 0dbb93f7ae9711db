// Takes the screenshots of every page: 1440 and 390 px, light and dark, German and English.
// node pictures.mjs BINARY [NAME..]: starts it on a fresh demo company and writes to end2end/pictures, all pages or those.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "pictures");
const work = mkdtempSync(join(tmpdir(), "drawdown-pictures-"));
const base = "http://127.0.0.1:3999";
const server = spawn(process.argv[2], ["serve"], {
  // It signs in for every picture.
  env: { ...process.env, DRAWDOWN_DATABASE: `sqlite:${join(work, "books.db")}`, DRAWDOWN_ARCHIVE: "", DRAWDOWN_LISTEN: "127.0.0.1:3999", DRAWDOWN_SIGN_INS_PER_MINUTE: "6000", DRAWDOWN_SIGN_INS_PER_LOGIN: "6000", DRAWDOWN_SITE: process.env.DRAWDOWN_SITE ?? join(here, "..", "target", "site-release") },
  stdio: ["ignore", "pipe", "inherit"],
});
// It ends with this, however this ends.
process.on("exit", () => server.kill("SIGTERM"));
await new Promise((ready, failed) => {
  server.stdout.on("data", (text) => String(text).includes("listens") && ready());
  server.on("exit", () => failed(new Error("the server ended")));
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
/** The first day of the next month: something is always due then. */
const nextMonth = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth() + 1, 1)).toISOString().slice(0, 10);
};
const idle = (page) => page.waitForLoadState("networkidle");

async function account(page) {
  await page.goto(`${base}/customers?q=nordlicht`);
  return page.getByRole("link", { name: "Supportblock" }).first().getAttribute("href");
}
async function customer(page) {
  await page.goto(`${base}/customers?q=nordlicht`);
  return page.getByRole("link", { name: "Nordlicht" }).first().getAttribute("href");
}
/** The first link of a list that leads to one of its things. */
const firstOf = (list, path) => async (page) => {
  await page.goto(base + list);
  return page.locator(`main a[href^='${path}']:not([href$='/new']):not([href*='export'])`).first().getAttribute("href");
};
const contract = async (page) => {
  await page.goto(`${base}/contracts?q=nordlicht`);
  return page.getByRole("row").filter({ hasText: "Kontingentvertrag" }).getByRole("link").first().getAttribute("href");
};
/** 45 minutes a month are free, what goes beyond costs 100.00 an hour. */
const maintenance = async (page) => {
  await page.goto(`${base}/projects?q=Wartung mit`);
  return page.locator("main table a[href^='/projects/']").first().getAttribute("href");
};
const pages = [
  ["sign-in", null, () => "/sign-in"],
  ["customers", "accounting", () => "/customers"],
  ["customer", "admin", customer],
  ["customer-new", "accounting", () => "/customers/new"],
  ["customer-edit", "accounting", async (page) => `${await customer(page)}/edit`],
  ["account-new", "accounting", async (page) => `${await customer(page)}/accounts/new`],
  ["passbook", "accounting", account, async (page) => {
    await page.fill("#draw-amount", "1:30");
    await page.getByTestId("draw-preview").getByRole("listitem").first().waitFor();
  }],
  ["release", "accounting", async (page) => {
    await page.goto(base + (await account(page)));
    return page.locator(".row-action").first().getAttribute("href");
  }],
  ["revoke", "accounting", async (page) => {
    await page.goto(base + (await account(page)) + "?from=2020-01-01");
    return page.locator(".row-grant .row-action").first().getAttribute("href");
  }],
  ["settings", "accounting", () => "/settings"],
  ["today", "accounting", () => "/today"],
  ["articles", "sales", () => "/articles"],
  ["contract-types", "sales", () => "/contract-types"],
  ["contract-type", "sales", firstOf("/contract-types", "/contract-types/")],
  ["contract-type-apply", "sales", async (page) => `${await firstOf("/contract-types", "/contract-types/")(page)}/apply`],
  ["contracts", "sales", () => "/contracts"],
  ["contract", "admin", contract],
  ["contract-edit", "sales", async (page) => `${await contract(page)}/edit`],
  ["contract-new", "sales", () => "/contracts/new"],
  ["billing", "accounting", () => `/billing?as_of=${nextMonth()}`],
  ["run", "accounting", firstOf("/billing", "/billing/")],
  ["runs", "accounting", () => "/billing/runs"],
  ["calendar", "accounting", () => "/calendar"],
  ["to-dos", "accounting", () => "/to-dos"],
  ["documents", "accounting", () => "/documents"],
  ["documents-bulk", "accounting", async (page) => {
    await page.goto(`${base}/documents?state=draft`);
    return `/documents/bulk?do=issue&d=${await page.locator("main input[name=d]").first().getAttribute("value")}`;
  }],
  ["document", "accounting", firstOf("/documents", "/documents/")],
  ["document-edit", "admin", async (page) => `/documents/new?customer=${(await customer(page)).split("/").pop()}`, async (page) => {
    const lines = page.getByTestId("line");
    for (const [place, quantity] of ["1,5", "2", "1", "0,5"].entries()) {
      if ((await lines.count()) <= place) await page.locator(".doc-keys button").click();
      const line = lines.nth(place);
      await line.locator("[data-col=article]").selectOption({ index: 1 });
      await line.locator("[data-col=quantity]").fill(quantity);
    }
    await lines.nth(3).locator("button[aria-expanded]").click();
  }],
  ["open-items", "accounting", () => "/open-items?kind=overdue"],
  ["receipts-import", "accounting", () => "/receipts/import"],
  ["deficits", "accounting", () => "/deficits"],
  ["lapses", "accounting", () => "/lapses"],
  ["contract-balance", "accounting", async (page) => {
    await page.goto(`${base}/deficits?q=voss`);
    return `${await page.locator("main a[href^='/contracts/']").first().getAttribute("href")}?balance=plan`;
  }],
  ["document-mails", "accounting", firstOf("/open-items?kind=overdue", "/documents/"), (page) => page.getByTestId("mails").scrollIntoViewIfNeeded()],
  ["settings-mail", "accounting", () => "/settings/mail", (page) => page.getByTestId("text-reminder").locator("summary").click()],
  ["projects", "projectmanager", () => "/projects"],
  ["project", "projectmanager", maintenance, (page) => page.getByTestId("try-outcome").waitFor()],
  ["project-edit", "projectmanager", async (page) => `${await maintenance(page)}/edit`],
  ["project-invoice", "accounting", maintenance, (page) => page.getByTestId("invoicing").scrollIntoViewIfNeeded()],
  ["bookings", "projectmanager", () => "/bookings"],
  ["booking", "projectmanager", firstOf("/bookings", "/bookings/0")],
  ["bookings-move", "projectmanager", async (page) => `/bookings/move?b=${(await firstOf("/bookings", "/bookings/0")(page)).split("/")[2]}`],
  ["week", "staff", () => "/bookings/week"],
  ["week-typed", "staff", () => "/bookings/week", async (page) => {
    const line = page.getByTestId("week-new");
    await line.locator("select").first().selectOption({ index: 1 });
    await line.locator("[data-column=time]").fill("1:30");
    await page.locator(".week-below .split").waitFor();
    await line.scrollIntoViewIfNeeded();
  }],
  ["templates", "projectmanager", () => "/projects/templates"],
  ["template", "projectmanager", firstOf("/projects/templates", "/projects/templates/")],
  ["project-new", "projectmanager", () => "/projects/new"],
  ["phone-today", "staff", () => "/phone#/", (page) => page.locator(".booked > li").first().waitFor()],
  ["phone-new", "staff", () => "/phone#/new", async (page) => {
    await page.locator(".task").first().click();
    await page.getByRole("button", { name: "1:00", exact: true }).click();
    await page.getByTestId("split").waitFor();
  }],
  ["phone-week", "staff", () => "/phone#/week", (page) => page.locator(".day").first().waitFor()],
  ["portal", "customer", () => "/portal"],
  ["portal-passbook", "customer", firstOf("/portal", "/portal/accounts/")],
  ["phone", "staff", () => "/phone#/customers", async (page) => {
    await page.fill("#phone-q", "nord");
    await page.getByRole("heading", { name: "Nordlicht" }).waitFor();
  }],
];

const wanted = process.argv.slice(3);
mkdirSync(out, { recursive: true });
for (const [locale, lang] of [["de-DE", "de"], ["en-GB", "en"]]) {
  for (const scheme of ["light", "dark"]) {
    for (const [width, height] of [[1440, 1000], [390, 844]]) {
      for (const [name, login, where, act] of pages) {
        if (wanted.length && !wanted.includes(name)) continue;
        const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale });
        const page = await context.newPage();
        if (login) {
          await page.goto(`${base}/sign-in`);
          await page.fill("#login", login);
          await page.fill("#password", "drawdown");
          await page.keyboard.press("Enter");
          await idle(page);
        }
        await page.goto(base + (await where(page)));
        await idle(page);
        if (act) await act(page);
        await page.screenshot({ path: join(out, `${name}-${width}-${scheme}-${lang}.png`) });
        await context.close();
      }
    }
  }
}
await browser.close();
server.kill("SIGTERM");
rmSync(work, { recursive: true, force: true });
