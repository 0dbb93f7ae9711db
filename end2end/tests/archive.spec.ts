// The archive: papers are filed in a bucket. One that is gone stops nobody, is shown on Today, and gets what waits once it is back.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { axe, expect, live, test, visit } from "../fixtures.ts";
import { Rest } from "../rest.ts";
import { alone, drawdown } from "../servers.ts";
import { say } from "../words.ts";

const [BUCKET, PREFIX] = ["ablage", "musterhaus"];
// It looks at no key; but whoever shows none is one of the public.
const HEADERS = { authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0" };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** An S3 with one bucket. It forgets everything when it ends. */
class S3 {
  private child?: ChildProcess;
  readonly endpoint: string;

  constructor(private readonly port: number) {
    this.endpoint = `http://127.0.0.1:${port}`;
    process.once("exit", () => this.child?.kill("SIGKILL"));
  }

  async start() {
    const program = process.env.MOTO_SERVER;
    if (!program) throw new Error("MOTO_SERVER names the program: .ci/setup installs it, .ci/env says where");
    this.child = spawn(program, ["-H", "127.0.0.1", "-p", String(this.port)], { stdio: "ignore" });
    const made = () => fetch(`${this.endpoint}/${BUCKET}`, { method: "PUT", headers: HEADERS }).then((answer) => answer.status, String);
    await expect.poll(made, { message: "there is a bucket", timeout: 60_000, intervals: [100] }).toBe(200);
  }

  async stop() {
    const child = this.child;
    this.child = undefined;
    if (child?.kill("SIGKILL")) await once(child, "exit");
  }

  /** What lies there of the paper with that hash; an empty text when nothing does. */
  async filed(hash: string, ending = "pdf"): Promise<string> {
    const answer = await fetch(`${this.endpoint}/${BUCKET}/${PREFIX}/papers/${hash.slice(0, 2)}/${hash}.${ending}`, { headers: HEADERS });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()).toString("latin1") : "";
  }
}

/** An invoice over 119.00 that is issued, with its paper as it is downloaded. */
async function issued(rest: Rest) {
  const customer = await rest.customer();
  const line = { text: "Serverumzug", quantity: "1", unit: "piece", price: "100.00", vat: "19" };
  const { document } = await rest.call<{ document: { id: string } }>("POST", "/documents", {
    kind: "invoice", customer: customer.id, currency: "EUR", date: "2026-04-10", payment_days: 14, lines: [{ line }],
  });
  const { number } = await rest.call<{ number: string }>("POST", `/documents/${document.id}/issue`, {});
  const paper = await fetch(`${rest.house.urls[0]}/api/v1/documents/${document.id}/paper`, { headers: { authorization: `Bearer ${rest.house.token}` } });
  expect(paper.status).toBe(200);
  const [hash, pdf] = [paper.headers.get("etag")!.replaceAll('"', ""), Buffer.from(await paper.arrayBuffer()).toString("latin1")];
  return { number, customer, hash, pdf };
}

test("papers are filed in a bucket; one that is gone stops nobody, and gets what waits once it is back", async ({ page, allowed }) => {
  test.setTimeout(180_000);
  allowed.unlooked("the server of its page has ended");
  const s3 = new S3(await freePort());
  await s3.start();
  const settings = {
    DRAWDOWN_ARCHIVE: `s3://${BUCKET}/${PREFIX}`, AWS_ENDPOINT_URL: s3.endpoint, AWS_ALLOW_HTTP: "true", AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1",
  };
  const company = await alone("archive", settings);
  try {
    const { url, database } = company;
    drawdown(database, ["user", "add", "erika", "--role", "accounting"], "ein langes Passwort");
    const token = drawdown(database, ["token", "add", "archive", "--role", "accounting"]);
    const rest = new Rest({ engine: "sqlite", database, urls: [url, url], token });
    const audit = () => {
      try {
        return drawdown(database, ["verify"], "", settings);
      } catch (error: any) {
        return String(error.stdout);
      }
    };
    const wait = { timeout: 30_000 };

    const first = await issued(rest);
    await expect.poll(async () => (await s3.filed(first.hash)) === first.pdf, { ...wait, message: "the bytes that are downloaded" }).toBe(true);
    await expect.poll(() => s3.filed(first.hash, "json"), wait).not.toBe("");
    expect(JSON.parse(Buffer.from(await s3.filed(first.hash, "json"), "latin1").toString())).toMatchObject({
      number: first.number, kind: "invoice", customer_number: first.customer.number, customer: first.customer.name,
      date: "2026-04-10", gross: "119.00", currency: "EUR", hash: first.hash,
    });
    expect(audit()).toContain("the books are good");

    await s3.stop();
    const second = await issued(rest);
    const signedIn = await page.request.post(`${url}/sign-in`, { form: { login: "erika", password: "ein langes Passwort" }, maxRedirects: 0 });
    expect(signedIn.status()).toBe(303);
    const unfiled = page.getByTestId("unfiled");
    await expect(async () => {
      await visit(page, `${url}/today`);
      await expect(unfiled).toBeVisible({ timeout: 1_000 });
    }).toPass(wait);
    await expect(unfiled).toContainText(say("archive_unfiled_one"));
    await expect(unfiled, "it says who does not answer").toContainText(s3.endpoint);
    await axe(page);
    expect(audit()).toContain("the archive does not say what it has");

    await s3.start();
    await live(unfiled.locator("form"));
    await unfiled.getByRole("button", { name: say("archive_now") }).click();
    await expect(unfiled.locator(".notice")).toHaveText(say("archive_trying_one"));
    await expect.poll(async () => (await s3.filed(second.hash)) === second.pdf, { ...wait, message: "the bytes that are downloaded" }).toBe(true);
    await expect(async () => {
      await visit(page, `${url}/today`);
      await expect(page.getByTestId("today")).toBeVisible();
      await expect(unfiled).toHaveCount(0, { timeout: 1_000 });
    }).toPass(wait);
    // The first one went with the bucket.
    const faults = audit();
    expect(faults).toContain("it was filed and is not in the archive");
    expect(faults.match(/the paper of document/g)).toHaveLength(1);
  } finally {
    await company.end();
    await s3.stop();
  }
});
