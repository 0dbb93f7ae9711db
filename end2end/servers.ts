// The processes that the tests talk to: two on one SQLite file, two on one PostgreSQL database. Each engine gets the
// demo company once.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(homedir(), ".cache/drawdown/target");
const BINARY = process.env.DRAWDOWN_BINARY ?? join(TARGET, "debug/drawdown");
export const STATE = join(import.meta.dirname, ".state");

/** One engine: the addresses of its two processes, its database, and a token for REST. */
export type House = { engine: "sqlite" | "postgres"; database: string; urls: [string, string]; token: string };

/** Settings that a test adds: `DRAWDOWN_*` and what else a process reads of its environment. */
export type Settings = Record<string, string>;

const environment = (database: string, more: Settings = {}) => ({
  ...process.env,
  DRAWDOWN_DATABASE: database,
  // Nobody files what tests issue, but where a test is about that.
  DRAWDOWN_ARCHIVE: "",
  DRAWDOWN_LISTEN: "127.0.0.1:0",
  DRAWDOWN_SITE: process.env.DRAWDOWN_SITE ?? join(ROOT, "target/site"),
  DRAWDOWN_TIME_ZONE: "Europe/Berlin",
  // All tests sign in from one address.
  DRAWDOWN_SIGN_INS_PER_MINUTE: "60000",
  DRAWDOWN_SIGN_INS_PER_LOGIN: "60000",
  ...more,
});

/** Runs the command line on that database and returns what it printed. */
export function drawdown(database: string, args: string[], input = "", more: Settings = {}): string {
  return execFileSync(BINARY, args, { env: environment(database, more), input, encoding: "utf8" }).trim();
}

const children: ChildProcess[] = [];
const end = () => children.forEach((child) => child.kill("SIGKILL"));
process.on("exit", end);
// Told to end, the process would not say so first.
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => { end(); process.exit(1); });

/** Starts a process and waits until it says that it is ready. */
async function serve(database: string, log: string, more: Settings = {}): Promise<string> {
  const child = spawn(BINARY, ["serve"], { env: environment(database, more), stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const file = createWriteStream(join(STATE, log));
  child.stderr!.pipe(file);
  const url = await new Promise<string>((found, failed) => {
    let said = "";
    child.stdout!.on("data", (piece) => {
      said += piece;
      const at = /listens on (http:\/\/[0-9.:]+)\s/.exec(said);
      if (at) found(at[1]);
    });
    child.on("error", failed);
    child.on("exit", (code) => failed(new Error(`the server ended with ${code}, see end2end/.state/${log}`)));
  });
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return url;
    if (Date.now() > deadline) throw new Error(`${url} does not get ready`);
    await new Promise((later) => setTimeout(later, 50));
  }
}

/** A company of its own for one test, empty and on SQLite: its address, its database, and how it ends. */
export async function alone(name: string, more: Settings): Promise<{ url: string; database: string; end: () => Promise<void> }> {
  const folder = join(tmpdir(), "drawdown-tests");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `dd_${process.pid}_${name}.db`);
  const remove = () => ["", "-wal", "-shm"].forEach((suffix) => rmSync(`${file}${suffix}`, { force: true }));
  remove();
  const database = `sqlite:${file}`;
  const started = serve(database, `${name}.log`, { DRAWDOWN_DEMO: "false", ...more });
  const child = children.at(-1)!;
  const url = await started;
  const end = async () => {
    const ended = new Promise((ended) => child.removeAllListeners("exit").on("exit", ended));
    if (child.kill("SIGKILL")) await ended;
    remove();
  };
  return { url, database, end };
}

function psql(server: string, sql: string) {
  // Debian keeps one beside the other; elsewhere there is one on the way.
  const debian = "/usr/lib/postgresql";
  const [version] = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  execFileSync(version ? `${debian}/${version}/bin/psql` : "psql", ["-qX", `${server}/postgres`, "-c", sql], { stdio: ["ignore", "ignore", "inherit"] });
}

/** Starts everything. The databases carry our process id, by which a later run knows what to sweep away. */
export async function start(): Promise<{ houses: House[]; stop: () => Promise<void> }> {
  rmSync(STATE, { recursive: true, force: true });
  mkdirSync(STATE, { recursive: true });
  const folder = join(tmpdir(), "drawdown-tests");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `dd_${process.pid}_browser.db`);
  const name = `dd_${process.pid}_browser`;
  const postgres = execFileSync(join(ROOT, ".ci/postgres"), ["start"], { encoding: "utf8" }).trim();
  psql(postgres, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  psql(postgres, `CREATE DATABASE ${name}`);
  const house = async (engine: House["engine"], database: string): Promise<House> => {
    const first = await serve(database, `${engine}-1.log`);
    const second = await serve(database, `${engine}-2.log`);
    const token = drawdown(database, ["token", "add", "browser tests", "--role", "admin"]);
    return { engine, database, urls: [first, second], token };
  };
  const houses = await Promise.all([house("sqlite", `sqlite:${file}`), house("postgres", `${postgres}/${name}`)]);
  const stop = async () => {
    await Promise.all(children.map((child) => new Promise<void>((ended) => {
      if (child.exitCode !== null || child.signalCode !== null) return ended();
      const hard = setTimeout(() => child.kill("SIGKILL"), 5_000);
      child.removeAllListeners("exit").on("exit", () => { clearTimeout(hard); ended(); });
      child.kill("SIGTERM");
    })));
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    psql(postgres, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { houses, stop };
}
