// Projects that tests are given, each with its own customer, made over REST.
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { dayAfter, minutes, today, type Rest, type Volume } from "./rest.ts";
import { say } from "./words.ts";

/** A billing line as REST takes it. */
export type LineInput = {
  name: string;
  kind: "allowance" | "prepaid" | "effort" | "flat_rate";
  most?: Volume; every?: number; unit?: "months" | "weeks" | "days"; start?: string; overbooking?: boolean; limit?: Volume;
  account?: string; rate?: string; collects?: "all" | "billable"; reported?: boolean; tasks?: string[];
};

export type Project = {
  id: string; number: string; name: string; version: number;
  customer: { id: string; name: string };
  /** The ids of its tasks and lines, in their order. */
  tasks: string[]; lines: string[];
};

/** 45 minutes a month are free, then an hour costs 100.00. */
export const FREE_THEN_EFFORT: LineInput[] = [
  { name: "Freie Zeit", kind: "allowance", most: "PT45M", start: "2020-01-01" },
  { name: "Support", kind: "effort", rate: "100" },
];

export type Wanted = {
  customer?: { id: string; name: string }; name?: string; splitting?: "on" | "off" | "company"; tasks?: string[]; people?: string[];
  /** Made of the ids of the tasks, where some are for these only. */
  lines?: LineInput[] | ((tasks: string[]) => LineInput[]);
  rounding?: { minimum?: Volume; step?: Volume };
};

/** A project with tasks and lines; its customer is a new one unless one is given. */
export async function newProject(rest: Rest, wanted: Wanted = {}): Promise<Project> {
  const customer = wanted.customer ?? await rest.customer();
  const name = wanted.name ?? `Pflege ${randomUUID().slice(0, 8)}`;
  type Body = { id: string; number: string; version: number; tasks: { id: string }[]; lines: { id: string }[] };
  const { splitting = "on", people = [], rounding = {} } = wanted;
  const made = await rest.call<Body>("POST", "/projects", { name, customer: customer.id, currency: "EUR", splitting, people, ...rounding });
  const tasks = (wanted.tasks ?? ["Störung"]).map((name) => ({ id: randomUUID(), name }));
  const tasked = await rest.call<Body>("PUT", `/projects/${made.id}/tasks`, { version: made.version, tasks });
  const { lines: asked = FREE_THEN_EFFORT } = wanted;
  const lines = Array.isArray(asked) ? asked : asked(tasks.map((task) => task.id));
  const saved = await rest.call<Body>("PUT", `/projects/${made.id}/lines`, { version: tasked.version, lines });
  return {
    id: made.id, number: made.number, name, version: saved.version, customer: { id: customer.id, name: customer.name },
    tasks: saved.tasks.map((task) => task.id), lines: saved.lines.map((line) => line.id),
  };
}

/** A project whose task draws so much free time and then these prepaid blocks, of so many minutes each. */
export async function collecting(rest: Rest, blocks: Record<string, number>, most = "PT45M"): Promise<Project> {
  const customer = await rest.customer();
  const prepaid: LineInput[] = [];
  for (const [name, count] of Object.entries(blocks)) {
    const account = await rest.account(customer.id, { name });
    await rest.grant(account, minutes(count), dayAfter(today(), -30));
    prepaid.push({ name, kind: "prepaid", account });
  }
  const [freeTime, effort] = FREE_THEN_EFFORT;
  return newProject(rest, { customer, lines: [{ ...freeTime, most }, ...prepaid, effort] });
}

/** Somebody who works here and signs in nowhere: what is booked for them stands on no page that another test opens for itself. */
export async function somebody(rest: Rest): Promise<{ id: string; name: string }> {
  const { people } = await rest.call<{ people: { id: string; name: string }[] }>("GET", "/people");
  // By login: the demo's own logins are names of roles, and come before the last of the team.
  return people.at(-1)!;
}

export type Portion = { target: string; line: string | null; name: string | null; time: string; amount: { amount: string; currency: string } };
export type Booking = { id: string; version: number; date: string; start: string | null; time: string; billed: string; billable: boolean; note: string; portions: Portion[] };

/** Books time of somebody. */
export async function newBooking(rest: Rest, task: string, person: string, date: string, time: string, more: Record<string, unknown> = {}): Promise<Booking> {
  const saved = await rest.call<{ booking: Booking }>("POST", "/bookings", { task, person, date, time, ...more });
  return saved.booking;
}

/** The bookings of a project, the latest day first. */
export async function bookingsOf(rest: Rest, project: string): Promise<Booking[]> {
  return (await rest.call<{ bookings: Booking[] }>("GET", `/bookings?project=${project}`)).bookings;
}

/** The lines of a project in the table of the week. One that is on its way is none yet: its choice of tasks names every project. */
export const weekRows = (page: Page, of: { number: string }) => page.locator('[data-testid="week-row"]:not([aria-busy])').filter({ hasText: of.number });

/** Those among them that say so in their note. */
export const noted = (page: Page, of: { number: string }, note: string) => weekRows(page, of).filter({ has: page.locator(`[data-column=note][value="${note}"]`) });

/** The button that books the last line of that table. */
export const bookLine = (page: Page) => page.getByTestId("week-new").getByRole("button", { name: say("times_book"), exact: true });

/** Each portion as its line, its time and what it costs. */
export const parts = (booking: Booking) => booking.portions.map((portion) => [portion.name ?? portion.target, portion.time, portion.amount.amount]);
