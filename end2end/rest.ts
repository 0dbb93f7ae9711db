// What tests are given: customers, accounts and lots of their own, made over REST.
import { randomUUID } from "node:crypto";
import type { House } from "./servers.ts";

export type Volume = string | { amount: string; currency: string };
export type Account = { id: string; name: string; unit: string; standing: Record<"granted" | "used" | "left" | "deficit", Volume> };
export type Entry = { seq: number | null; kind: string; date: string; text: string; by: string; amount: Volume; balance: Volume; draw: string | null };
export type Drawn = { draw: string; wanted: Volume; drawn: Volume; deficit: Volume; not_drawn: Volume; available_after: Volume };

/** Whole minutes or hours as REST writes them: 90 becomes PT1H30M. */
export function minutes(count: number): string {
  const [hours, rest] = [Math.floor(count / 60), count % 60];
  return `PT${hours ? `${hours}H` : ""}${rest || !hours ? (rest ? `${rest}M` : "0S") : ""}`;
}

/** PT1H30M and -PT5M10S in seconds. */
export function seconds(volume: Volume): number {
  const found = /^(-?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(volume as string);
  if (!found) throw new Error(`not a time: ${JSON.stringify(volume)}`);
  const [, sign, h = 0, m = 0, s = 0] = found;
  return (sign ? -1 : 1) * (Number(h) * 3600 + Number(m) * 60 + Number(s));
}

/** An amount of either kind in whole units: seconds or cents. */
export const units = (volume: Volume) => typeof volume === "string" ? seconds(volume) : Math.round(Number(volume.amount) * 100);

/** Today where the company is. */
export const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(new Date());

/** The day that lies so many days from another. */
export function dayAfter(day: string, days: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** `2026-04-01` as the German pages write it. */
export const german = (day: string) => day.split("-").reverse().join(".");

export class Rest {
  constructor(readonly house: House) {}

  async call<T>(method: string, path: string, body?: unknown, expected = [200, 201]): Promise<T> {
    const answer = await fetch(`${this.house.urls[0]}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.house.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!expected.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  async customer(name = `Prüfkunde ${randomUUID().slice(0, 8)}`, more: Record<string, string> = {}): Promise<{ id: string; name: string; number: string; version: number }> {
    return this.call("POST", "/customers", { name, country: "DE", city: "Musterstadt", ...more });
  }

  async account(customer: string, more: Record<string, unknown> = {}): Promise<string> {
    const opened = await this.call<Account>("POST", "/accounts", { customer, name: "Wartung", unit: "time", ...more });
    return opened.id;
  }

  async grant(account: string, amount: Volume, valid_from = today(), valid_until?: string): Promise<string> {
    const granted = await this.call<{ lot: string }>("POST", `/accounts/${account}/grants`, { amount, valid_from, valid_until, reason: "Vorgabe" });
    return granted.lot;
  }

  async draw(account: string, amount: Volume, date = today(), text = "Vorgabe"): Promise<Drawn> {
    return this.call("POST", `/accounts/${account}/draws`, { amount, date, text });
  }

  /** A customer of its own with a time account that holds so many minutes, without end. */
  async accountWith(count: number): Promise<{ customer: string; account: string }> {
    const customer = await this.customer();
    const account = await this.account(customer.id);
    if (count > 0) await this.grant(account, minutes(count), dayAfter(today(), -30));
    return { customer: customer.id, account };
  }

  show(account: string): Promise<Account> {
    return this.call("GET", `/accounts/${account}`);
  }

  async entries(account: string): Promise<Entry[]> {
    const book = await this.call<{ entries: Entry[] }>("GET", `/accounts/${account}/entries?from=2000-01-01`);
    return book.entries;
  }
}
