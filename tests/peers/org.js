// The org that this file's tests have to themselves, and a jsforce connection to it.
import assert from "node:assert/strict";
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

/** The error of a call that the org refuses, which jsforce names by the org's own code. */
export async function refused(call, errorCode) {
  let error;
  await assert.rejects(call, (thrown) => ((error = thrown), true));
  assert.equal(error.errorCode, errorCode, error.message);
  assert.equal(error.name, errorCode);
  return error;
}
