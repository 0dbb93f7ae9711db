// What holds on every page: languages, looks, security, completeness.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { given } from "../editor.ts";
import { axe, expect, house, passbook, routed, state, test, visit } from "../fixtures.ts";
import { newBooking, newProject, somebody, type LineInput } from "../projects.ts";
import { dayAfter, today, type Rest } from "../rest.ts";
import { ROOT } from "../servers.ts";
import { all, say } from "../words.ts";

/** A page to its end. What the renderer keeps for the browser stands behind it. */
const WHOLE = /<\/html>(<!>|<script[^>]*>[^<]*<\/script>)*\s*$/;

/** The pages that people are on most, for a customer of its own. */
async function usual(rest: Rest): Promise<string[]> {
  const { customer, account } = await rest.accountWith(240);
  const drawn = await rest.draw(account, "PT45M");
  // What others call their lines may be a text of the program in the other language: only the own bookings are shown.
  const project = await newProject(rest, { customer: { id: customer, name: "" }, lines: [{ name: "Support", kind: "effort", rate: "100" }] });
  await newBooking(rest, project.tasks[0]!, (await somebody(rest)).id, today(), "PT45M");
  return [
    "/sign-in", "/customers", "/customers?q=gibtesnirgends", "/customers/new", `/customers/${customer}`, `/customers/${customer}/edit`,
    `/customers/${customer}/accounts/new`, `/accounts/${account}`, `/accounts/${account}?release=${drawn.draw}`,
    "/today", "/contracts", "/contracts?q=gibtesnirgends", `/contracts/new?customer=${customer}`, "/contract-types", "/contract-types/new",
    "/articles", "/articles?group=new", "/articles?article=new", "/billing", "/documents", "/documents?q=gibtesnirgends", "/documents/new", `/documents/new?customer=${customer}&kind=invoice`,
    "/projects", "/projects?q=gibtesnirgends", `/bookings?customer=${customer}`, "/bookings?q=gibtesnirgends",
  ];
}

/** The other pages, for a contract, a project and documents of their own; their names are no words of the pages. */
async function further(rest: Rest): Promise<string[]> {
  const of = await given(rest);
  await rest.grant(of.account, "PT2H", today(), dayAfter(today(), 20));
  const lines: LineInput[] = [
    { name: "Kulanz im Monat", kind: "allowance", most: "PT45M", start: "2020-01-01" }, { name: "Technik", kind: "effort", rate: "100" },
  ];
  const project = await newProject(rest, { customer: of.customer, tasks: ["Vor Ort"], lines });
  const booked = await newBooking(rest, project.tasks[0]!, (await somebody(rest)).id, today(), "PT1H");
  const first = async (path: string, name: string) => (await rest.call<Record<string, { id: string }[]>>("GET", path))[name][0].id;
  const type = await first("/contract-types", "contract_types");
  const run = await first("/billing-runs?state=done", "billing_runs");
  const invoice = await first(`/documents?customer=${of.customer.id}`, "documents");
  const line = { text: "Serverumzug", quantity: "1", unit: "piece", price: "100.00", vat: "19" };
  const { document: { id: draft } } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "invoice", customer: of.customer.id, currency: "EUR", date: today(), payment_days: 14, lines: [{ line }],
  });
  const text = "Buchungstag;Betrag;Name Zahlungsbeteiligter;Verwendungszweck\n12.04.2026;7,00;Jemand;Spende\n";
  const { id: file } = await rest.call<{ id: string }>("POST", "/receipts/import", { text });
  const template = await rest.call<{ id: string }>("POST", "/project-templates", { name: `Muster ${project.number}`, project: project.id });
  const own = `q=${encodeURIComponent(of.customer.name)}`;
  return [
    `/contract-types/${type}`, `/contract-types/${type}/apply`, `/contracts/${of.contract}`, `/contracts/${of.contract}/edit`,
    "/billing/runs", `/billing/${run}`, "/calendar", "/deficits", "/open-items", `/to-dos?${own}`, `/lapses?${own}`, "/receipts/import", `/receipts/import/${file}`,
    `/documents/bulk?do=issue&d=${draft}`, `/documents/${invoice}`, `/documents/${draft}/edit`,
    `/bookings?project=${project.id}`, `/bookings/week?q=${project.number}`, `/bookings/move?b=${booked.id}`, `/bookings/${booked.id}`,
    `/projects?q=${project.number}`, "/projects/new", `/projects/${project.id}`, `/projects/${project.id}/edit`,
    "/projects/templates", `/projects/templates/new?project=${project.id}`, `/projects/templates/${template.id}`, "/settings", "/settings/mail",
  ];
}

/** An address of every route of the office, as the program has them: one that has none here is named. The usual ones too. */
async function office(rest: Rest): Promise<{ all: string[]; often: string[] }> {
  const source = readFileSync(join(ROOT, "app/src/office.rs"), "utf8");
  const routes = [...source.matchAll(/<Route path=path!\("([^"]+)"\)/g)].map(([, route]) => route);
  expect(routes, "all routes were read").toHaveLength(source.split("<Route ").length - 1);
  const often = await usual(rest);
  const all = [...often, ...await further(rest)];
  // What is spelled out comes before what has a place for an id.
  const routeOf = (path: string) => routes.includes(path) ? path : routes.find((route) => new RegExp(`^${route.replace(/:\w+/g, "[^/]+")}$`).test(path));
  const seen = new Set(all.map((address) => routeOf(address.split("?")[0])));
  expect(routes.filter((route) => !seen.has(route)), "every route of the office has an address here").toEqual([]);
  return { all, often };
}

/** Waits until the page is live: its links, or on the phone everything that is made in the browser. */
async function ready(page: Page, address: string) {
  await page.goto(address);
  if (address === "/phone") await page.locator("main.phone[data-ready] h1").waitFor();
  else await routed(page);
}

for (const lang of ["de", "en"] as const) {
  test(`every page speaks the language of its reader: ${lang}`, async ({ open, rest }) => {
    test.setTimeout(120_000);
    const other = lang === "de" ? "en" : "de";
    const own = new Set([...all.values()].map((text) => text[lang]));
    const foreign = new Set([...all].filter(([key, text]) => !own.has(text[other]) && !text[other].includes("{") && key !== "language_other").map(([, text]) => text[other]));
    const staff = await open("admin", { locale: lang === "de" ? "de-AT" : "en-GB" });
    const customer = await open("customer", { locale: lang === "de" ? "de" : "en-US" });
    const { all: pages } = await office(rest);
    for (const [page, address] of [...pages.map((address) => [staff, address] as const), [staff, "/phone"] as const, [customer, "/portal"] as const]) {
      await ready(page, address);
      await expect(page.locator("html")).toHaveAttribute("lang", lang);
      const texts = await page.evaluate(() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = new Set<string>();
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          // Time zones have the names of the database of zones, in every language.
          if (!node.parentElement!.closest("script, [lang]:not(html), #settings-time_zone")) found.add(node.textContent!.trim());
        }
        for (const name of ["aria-label", "title", "placeholder", "alt"]) {
          document.querySelectorAll(`[${name}]`).forEach((node) => found.add(node.getAttribute(name)!));
        }
        found.add(document.title);
        return [...found];
      });
      expect(texts.filter((text) => foreign.has(text)), `${address} is untranslated in part`).toEqual([]);
      // Numbers and the texts of mails have places where something is filled in.
      if (!address.startsWith("/settings")) expect(texts.filter((text) => /\{\w+\}/.test(text)), `${address} has a text with a gap`).toEqual([]);
    }
  });
}

for (const look of ["light", "dark"] as const) {
  test(`every page is readable in ${look}`, async ({ open, rest, baseURL }) => {
    test.setTimeout(240_000);
    // Once as the device wants it, once as the person chose against the device.
    const byDevice = await open("admin", { colorScheme: look });
    const byChoice = await open("customer", { colorScheme: look === "dark" ? "light" : "dark" });
    await byChoice.context().addCookies([{ name: "theme", value: look, url: baseURL! }]);
    const dark = (page: Page) => page.evaluate(() => {
      const [r, g, b] = getComputedStyle(document.documentElement).backgroundColor.match(/[\d.]+/g)!.map(Number);
      return (r + g + b) / 3 < 128;
    });
    const { all, often } = await office(rest);
    for (const address of [...all, "/phone"]) {
      await ready(byDevice, address);
      expect(await dark(byDevice), address).toBe(look === "dark");
      // The other pages are looked at in the light by the tests that are about them.
      if (look === "dark" || often.includes(address)) await axe(byDevice);
    }
    await ready(byChoice, "/portal");
    expect(await dark(byChoice)).toBe(look === "dark");
    await axe(byChoice);
    await byChoice.locator(".account-sheets a").first().click();
    await expect(byChoice.locator(".passbook")).toBeVisible();
  });
}

test.describe("hostile names", () => {
  test.use({ storageState: async ({}, use) => use(state("accounting")) });
  const NAMES = [
    "</title><script>window.harmed=1</script>",
    "\"><img src=x onerror=window.harmed=1>",
    "'-window.harmed=1-'<svg/onload=window.harmed=1>",
    "</script><script>window.harmed=1</script><!--",
    "\\u003c/script>{{7*7}}${7*7}&lt;b&gt;",
    "</textarea></option></select><iframe srcdoc='<script>parent.harmed=1</script>'>",
  ];

  for (const name of NAMES) {
    test(`stay words: ${name}`, async ({ page, rest }) => {
      const customer = await rest.customer(name, { city: name.slice(0, 80), street: name });
      const account = await rest.account(customer.id, { name: name.slice(0, 80) });
      await rest.grant(account, "PT2H");
      const drawn = await rest.draw(account, "PT1H", undefined, name);
      const addresses = [
        `/customers?q=${customer.number}`, `/customers/${customer.id}`, `/customers/${customer.id}/edit`, `/accounts/${account}`,
        `/accounts/${account}?release=${drawn.draw}`, `/customers?q=${encodeURIComponent(name)}zz`, `/sign-in?login=${encodeURIComponent(name)}&next=${encodeURIComponent(name)}&error=${encodeURIComponent(name)}`,
      ];
      for (const address of addresses) {
        const answer = await visit(page, address);
        const html = await answer!.text();
        expect(html, address).toMatch(WHOLE);
        const found = await page.evaluate(() => ({
          harmed: (window as any).harmed ?? (window as any).parent.harmed,
          foreign: document.querySelectorAll("img, iframe, svg[onload], [onerror]").length,
          title: document.title,
          body: document.body.innerText,
          scripts: [...document.querySelectorAll("script")].filter((script) => script.textContent!.startsWith("window.harmed")).length,
        }));
        expect({ harmed: found.harmed, foreign: found.foreign, scripts: found.scripts }, address).toEqual({ harmed: undefined, foreign: 0, scripts: 0 });
        if (!address.startsWith("/sign-in")) {
          const field = address.endsWith("/edit") ? "#customer-name" : address.includes("zz") ? "#customers-q" : undefined;
          const shown = field ? await page.locator(field).inputValue() : found.body;
          expect(shown.replace(/\s+/g, " "), address).toContain(address.includes("zz") ? name : name.slice(0, 80));
        }
      }
      // Written by the browser's half too.
      await visit(page, `/customers?q=${customer.number}`);
      await page.locator("table.customers tbody th a").click();
      await expect(page.locator("h1")).toHaveText(name);
      await page.locator(".account-sheets a").click();
      await expect(page.locator("h1")).toHaveText(name.slice(0, 80));
      await expect(page.locator(".passbook")).toContainText(name);
      expect(await page.evaluate(() => (window as any).harmed)).toBeUndefined();
    });
  }

  test("an error that somebody else wrote into the address shows nothing but words", async ({ page, rest }) => {
    const { account } = await rest.accountWith(60);
    await passbook(page, account);
    const path = await page.locator(".draw-panel form").first().getAttribute("action");
    const typed = JSON.stringify({ account, draw: "x", date: NAMES[1], amount: NAMES[0], text: NAMES[3], seen: NAMES[2] });
    const errors = [
      JSON.stringify({ Refused: { refusal: { code: NAMES[0], text: NAMES[3], fields: [] }, typed } }),
      JSON.stringify({ Transport: NAMES[1] }),
      "kein JSON </script><script>window.harmed=1</script>",
    ];
    for (const error of errors) {
      for (const encoded of [Buffer.from(error).toString("base64url"), encodeURIComponent(error)]) {
        const answer = await visit(page, `/accounts/${account}?__path=${encodeURIComponent(path!)}&__err=${encoded}`);
        expect(answer!.status()).toBe(200);
        await expect(page.locator(".passbook")).toBeVisible();
        expect(await page.evaluate(() => [(window as any).harmed, document.querySelectorAll("img, iframe").length])).toEqual([undefined, 0]);
      }
    }
  });
});

test("every page is whole and carries the security headers, and a nonce of its own", async ({ rest }) => {
  const { url, cookies } = fetcher("admin");
  const nonces = new Set<string>();
  const lost = "/gibt-es-nicht-hier";
  for (const address of [...(await office(rest)).all, "/phone", lost]) {
    const answer = await fetch(`${url}${address}`, { headers: { cookie: cookies } });
    const html = await answer.text();
    expect(answer.status, address).toBe(address === lost ? 404 : 200);
    if (address !== lost) {
      expect(WHOLE.test(html), `${address} ends: ${html.slice(-80)}`).toBe(true);
      expect(html, `${address} waited for its data`).not.toContain(say("loading"));
    }
    if (!answer.headers.get("content-type")?.startsWith("text/html")) continue;
    const policy = answer.headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(nonce, `${address}: ${policy}`).toBeTruthy();
    nonces.add(nonce!);
    expect(policy, address).not.toContain("unsafe-inline");
    for (const [script] of html.matchAll(/<script\b[^>]*>/g)) expect(script, address).toContain(`nonce="${nonce}"`);
    expect(html, address).not.toMatch(/<[a-z][^>]*\son[a-z]+=/);
    expect(html, address).not.toMatch(/<[a-z][^>]*\sstyle=/);
    expect(answer.headers.get("x-content-type-options"), address).toBe("nosniff");
    expect(answer.headers.get("referrer-policy"), address).toBe("same-origin");
    expect(answer.headers.get("cache-control"), address).toContain("no-store");
  }
  expect(nonces.size).toBeGreaterThanOrEqual(10);
});

function fetcher(role: "admin" | "customer") {
  const saved = JSON.parse(readFileSync(state(role), "utf8"));
  return { url: house("sqlite").urls[0], cookies: saved.cookies.map((cookie: any) => `${cookie.name}=${cookie.value}`).join("; ") };
}

test("the usual pages are complete when twenty people fetch them at once", async ({ rest }) => {
  test.setTimeout(120_000);
  const staff = fetcher("admin");
  const customer = fetcher("customer");
  const all = [...(await usual(rest)).map((address) => [staff, address] as const), [staff, "/phone"] as const, [customer, "/portal"] as const];
  for (const [{ url, cookies }, address] of all) {
    const pages = await Promise.all(Array.from({ length: 20 }, async () => {
      const answer = await fetch(`${url}${address}`, { headers: { cookie: cookies } });
      return { status: answer.status, html: await answer.text() };
    }));
    for (const { status, html } of pages) {
      expect(status, address).toBe(200);
      expect(WHOLE.test(html), `${address} ends: ${html.slice(-80)}`).toBe(true);
      expect(html, `${address} waited for its data`).not.toContain(say("loading"));
    }
  }
});
