// The WHMCS that this file's tests have to themselves, and npm's client of it.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { promisify } from "node:util";
import WHMCS from "whmcs";

export const billing = JSON.parse(process.env.PEER_ORGS)[basename(process.argv[1])];

export const MINA = {
  firstname: "Mina",
  lastname: "Sato",
  email: "mina@example.com",
  address1: "神宮前1-2-3",
  city: "渋谷区",
  state: "東京都",
  postcode: "150-0001",
  country: "JP",
  phonenumber: "+81.9012345678",
  password2: "random and forgotten",
};

/** A client with the credentials of "portal" or "staff", or with its own. */
export function clientOf(who, more = {}) {
  const credentials = typeof who === "string" ? billing[who] : who;
  return new WHMCS({ serverUrl: billing.url, ...credentials, ...more });
}

/** Call a method of the client, which answers by a callback. */
export function done(client, module, method, ...args) {
  return promisify(client[module][method].bind(client[module]))(...args);
}

/** The words of a refusal, which the client puts behind the HTTP status. */
export async function refused(call, words) {
  await assert.rejects(call, { message: `WHMCS Error (${words[0]}): ${words[1]}` });
}
