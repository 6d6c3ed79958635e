// The org that this file's tests have to themselves, and a jsforce connection to it.
import { basename } from "node:path";
import jsforce from "jsforce";

export const org = JSON.parse(process.env.PEER_ORGS)[basename(process.argv[1])];
export const VERSION = "62.0";

/** A connection that is logged in as one of the org's applications: "portal" or "staff". */
export async function logIn(who, more = {}) {
  const oauth2 = { loginUrl: org.url, ...org[who] };
  const connection = new jsforce.Connection({ version: VERSION, oauth2, ...more });
  await connection.authorize({ grant_type: "client_credentials" });
  return connection;
}
