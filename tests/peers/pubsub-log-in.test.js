// salesforce-pubsub-api-client logs in in each of its ways, and is told why it may not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNTS, Heard, connected, given, of } from "./events.js";
import { logIn, org } from "./org.js";

const CREDENTIALS = { authType: "oauth-client-credentials", loginUrl: org.url, ...org.portal };
const ASSERTION = { authType: "oauth-jwt-bearer", loginUrl: org.url, ...org.signed };
const WAYS = [
  ["with a token it was given", given],
  ["with a token whose organisation it reads from it", async () => ({ ...(await given()), organizationId: undefined })],
  ["with client credentials", () => CREDENTIALS],
  ["with a signed assertion", () => ASSERTION],
];

for (const [name, how] of WAYS) {
  test(`it is let in ${name}`, async (t) => {
    const { id } = await (await logIn("staff")).create("Account", { Name: name });
    const client = await connected(t, await how());
    const heard = new Heard();
    client.subscribeFromEarliestEvent(ACCOUNTS, heard.callback);
    const [event] = await heard.heard(1, of(id));
    assert.equal(event.payload.Name, name);
  });
}

test("a log-in that is refused says why", async (t) => {
  const wrong = connected(t, { ...CREDENTIALS, clientSecret: "guessed" });
  await assert.rejects(wrong, (error) => /invalid_client/.test(error.cause.message));
  const stranger = connected(t, { ...ASSERTION, username: "nobody@genkan.example" });
  await assert.rejects(stranger, (error) => /invalid_grant/.test(error.cause.message));
});

/** How the org ends a subscription. */
async function ending(t, how, topic = ACCOUNTS) {
  const heard = new Heard();
  (await connected(t, how)).subscribe(topic, heard.callback);
  const { data } = await heard.called("error");
  return [data.code, data.metadata?.get("error-code")[0]];
}

const PREFIX = "sfdc.platform.eventbus.grpc.";

test("a dead token ends a subscription", async (t) => {
  const how = await given();
  const dead = { ...how, accessToken: how.accessToken.replace(/.$/, "_") };
  assert.deepEqual(await ending(t, dead), [16, `${PREFIX}service.auth.error`]);
  const elsewhere = { ...how, organizationId: "00D000000000001EAA" };
  assert.deepEqual(await ending(t, elsewhere), [16, `${PREFIX}service.auth.error`]);
});

test("a topic that is not there ends a subscription", async (t) => {
  assert.deepEqual(await ending(t, await given(), "/data/NothingChangeEvent"), [5, `${PREFIX}topic.not.found`]);
});

test("a session that ends, ends its subscriptions", async (t) => {
  const connection = await logIn("portal");
  const staff = await logIn("staff");
  const { accessToken, userInfo } = connection;
  const client = await connected(t, { ...(await given()), accessToken, organizationId: userInfo.organizationId });
  const heard = new Heard();
  client.subscribeFromEarliestEvent(ACCOUNTS, heard.callback);
  await heard.heard(1, of((await staff.create("Account", { Name: "Before" })).id));
  await connection.oauth2.revokeToken(accessToken);
  await staff.create("Account", { Name: "Behind" });
  assert.equal((await heard.called("error")).data.code, 16);
  assert.ok(heard.events.every((event) => event.payload.Name !== "Behind"));
});

test("it speaks TLS, and trusts nobody whom it does not know", async (t) => {
  const client = await connected(t, await given(), { rejectUnauthorizedSsl: true });
  const heard = new Heard();
  client.subscribe(ACCOUNTS, heard.callback);
  const { data } = await heard.called("error");
  assert.equal(data.code, 14);
  assert.match(data.details, /certificate/);
});
