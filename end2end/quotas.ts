// A handful of customers whose contracts differ in all that decides what a line clears; nobody else has to do with them.
import type { Roll } from "./dice.ts";
import { expect } from "./fixtures.ts";
import { dayAfter, minutes, type Rest } from "./rest.ts";

export type Quotas = {
  articles: { id: string; unit: string; price: string }[];
  /** Each with the contracts that have a quota, and one that has none. */
  customers: { id: string; number: string; contracts: string[]; plain: string }[];
  /** What contracts are called. */
  numbers: Map<string, string>;
};

const pick = <T>(roll: Roll, from: readonly T[]) => from[roll(from.length)];

/** Articles in every unit and in groups that quotas are for, are not for, or are for in some contracts only. */
async function articles(rest: Rest, mark: string) {
  const group = async (name: string, quota: string, within = "") =>
    (await rest.call<{ id: string }>("POST", `/product-groups${within}`, { name: `${name} ${mark}`, quota })).id;
  const [on, off, some] = [await group("Im Kontingent", "on"), await group("Ohne", "off"), await group("Je nach Vertrag", "inherit")];
  const within = await group("Doch im Kontingent", "on", `/${off}/sub-groups`);
  const kinds: [string, string, string][] = [
    ["hour", "100", on], ["hour", "83.33", on], ["minute", "1.6667", on], ["day", "780", on], ["piece", "49.9", on], ["flat", "250", on],
    ["hour", "120", off], ["hour", "95", some], ["minute", "2", some], ["hour", "110", within],
  ];
  return Promise.all(kinds.map(async ([unit, price, group], place) => {
    const { id } = await rest.call<{ id: string }>("POST", "/articles", { number: `${mark}-${place}`, name: `Einsatz ${place}`, unit, price, vat: "19", group });
    return { id, unit, price, group };
  }));
}

export async function quotas(rest: Rest, roll: Roll): Promise<Quotas> {
  const customers: Quotas["customers"] = [];
  const numbers = new Map<string, string>();
  let sold: Awaited<ReturnType<typeof articles>> | undefined;
  for (let place = 0; place < 5; place += 1) {
    const customer = await rest.customer();
    sold ??= await articles(rest, customer.number);
    const [some, off] = [sold[7].group, sold[6].group];
    const contract = async (terms: Record<string, unknown>, vat: string, start: string, agreed_until?: string) => {
      const items = [{ text: "Gebühr", quantity: "1", unit: "piece", price: "100", vat }];
      const billing = { interval: 1, time: "advance", automatic: false, payment_days: 14 };
      const made = await rest.call<{ id: string; number: string; account: { id: string } | null }>("POST", "/contracts", {
        customer: customer.id, start, agreed_until, terms: { term: 12, renewal: 12, notice: 0, currency: "EUR", billing, items, ...terms },
      });
      numbers.set(made.id, made.number);
      return made;
    };
    const own: string[] = [];
    for (let which = 0; which < 4; which += 1) {
      const time = which !== 3;
      const volume = (hours: number) => time ? minutes(hours * 60) : { amount: `${hours * 100}.00`, currency: "EUR" };
      const start = dayAfter("2026-01-10", roll(60));
      const carry_over = pick(roll, [undefined, {}, { periods: 1 + roll(2) }, { periods: 1, cap: volume(1) }]);
      const overbooking = which === 1;
      const quota = {
        amount: volume(1 + roll(4)), interval: pick(roll, [undefined, undefined, 3]), carry_over, overbooking, limit: overbooking && roll(2) ? volume(3) : undefined,
        deficits: pick(roll, ["balance", "next_grant"]),
      };
      const groups = [{ group: some, quota: pick(roll, ["on", "inherit", "off"]) }, { group: off, quota: pick(roll, ["inherit", "inherit", "on"]) }];
      const made = await contract({ quota, groups }, which === 2 && place < 2 ? "7" : "19", start, roll(6) === 0 ? dayAfter("2026-05-01", roll(90)) : undefined);
      own.push(made.id);
      // Billed by hand up to some day: later periods are not.
      const run = await rest.call<{ id: string }>("POST", "/billing-runs", { as_of: dayAfter("2026-06-15", roll(90)), issue: false, contract: made.id });
      await expect.poll(async () => (await rest.call<{ run: { ended_at: string | null } }>("GET", `/billing-runs/${run.id}`)).run.ended_at, { intervals: [20, 50, 100] }).not.toBeNull();
      if (roll(3) === 0) await rest.grant(made.account!.id, volume(1), dayAfter("2026-05-01", roll(60)), dayAfter("2026-07-10", roll(60)));
    }
    const plain = await contract({}, "19", "2026-01-01");
    customers.push({ id: customer.id, number: customer.number, contracts: own, plain: plain.id });
  }
  return { articles: sold!, customers, numbers };
}
