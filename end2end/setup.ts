// Before all tests: the servers, and a signed-in state per role. Afterwards the servers are ended.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "@playwright/test";
import { STATE, start } from "./servers.ts";

export const ROLES = ["admin", "sales", "accounting", "projectmanager", "payments", "staff", "customer"] as const;
export type Role = (typeof ROLES)[number];

export default async function setup() {
  const { houses, stop } = await start();
  try {
    for (const house of houses) {
      for (const role of ROLES) {
        const browser = await request.newContext({ baseURL: house.urls[0] });
        const answer = await browser.post("/sign-in", { form: { login: role, password: "drawdown" }, maxRedirects: 0 });
        if (answer.status() !== 303) throw new Error(`${role} cannot sign in: ${answer.status()}`);
        await browser.storageState({ path: join(STATE, `${house.engine}-${role}.json`) });
        await browser.dispose();
      }
    }
    writeFileSync(join(STATE, "houses.json"), JSON.stringify(houses));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
