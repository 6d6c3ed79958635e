// jsforce logs in, says who it is, and logs in again.
import assert from "node:assert/strict";
import { createSign } from "node:crypto";
import { test } from "node:test";
import jsforce from "jsforce";
import { VERSION, logIn, org } from "./org.js";

/** An assertion as the org's application signs it. jsforce brings the grant, and leaves the signing to its user. */
function assertion({ seconds = 120, privateKey = org.signed.privateKey } = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const claims = { iss: org.signed.clientId, sub: org.signed.username, aud: org.url, exp };
  const signed = `${part({ alg: "RS256" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

const bearer = (assertion) => ({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion });

test("client credentials open a session", async () => {
  const connection = await logIn("portal");
  assert.equal(connection.instanceUrl, org.url);
  assert.match(connection.userInfo.organizationId, /^00D\w{15}$/);
  assert.match(connection.userInfo.id, /^005\w{15}$/);
  assert.equal(connection.accessToken.split("!")[0], connection.userInfo.organizationId.slice(0, 15));
});

test("a signed assertion opens one for the same user", async () => {
  const connection = new jsforce.Connection({ loginUrl: org.url, version: VERSION });
  const user = await connection.authorize(bearer(assertion()));
  assert.equal(user.id, (await logIn("portal")).userInfo.id);
  assert.ok((await connection.query("SELECT Id FROM Product2")).totalSize > 0);
});

test("refused log-ins carry the token endpoint's own code", async () => {
  const stranger = new jsforce.Connection({ oauth2: { loginUrl: org.url, clientId: "nobody", clientSecret: "x" } });
  await assert.rejects(stranger.authorize({ grant_type: "client_credentials" }), { name: "invalid_client_id" });
  const guesser = new jsforce.Connection({ oauth2: { loginUrl: org.url, ...org.portal, clientSecret: "x" } });
  await assert.rejects(guesser.authorize({ grant_type: "client_credentials" }), { name: "invalid_client" });
  const late = new jsforce.Connection({ loginUrl: org.url });
  await assert.rejects(late.authorize(bearer(assertion({ seconds: -1 }))), { name: "invalid_grant" });
});

test("it knows who it is, with or without a log-in of its own", async () => {
  const connection = await logIn("portal");
  const { id, organizationId } = connection.userInfo;
  const identity = await connection.identity();
  assert.equal(identity.user_id, id);
  assert.equal(identity.organization_id, organizationId);
  assert.equal(identity.username, org.signed.username);
  assert.deepEqual(connection.userInfo, { id, organizationId, url: identity.id });

  const { accessToken, instanceUrl } = connection;
  const given = new jsforce.Connection({ accessToken, instanceUrl, version: VERSION });
  assert.equal((await given.identity()).user_id, id);
});

test("a session that has ended is opened again by its own function, once", async () => {
  let times = 0;
  const refreshFn = (_, done) => {
    times += 1;
    logIn("portal").then(({ accessToken }) => done(null, accessToken), done);
  };
  const connection = await logIn("portal", { refreshFn });
  const dead = connection.accessToken;
  await connection.oauth2.revokeToken(dead);
  const both = await Promise.all(["Account", "Contact"].map((name) => connection.query(`SELECT Id FROM ${name}`)));
  assert.deepEqual(both.map((each) => each.done), [true, true]);
  assert.notEqual(connection.accessToken, dead);
  assert.equal(times, 1);
});

test("without such a function it is told that its session has ended", async () => {
  const { accessToken, instanceUrl, oauth2 } = await logIn("portal");
  const connection = new jsforce.Connection({ accessToken, instanceUrl, version: VERSION });
  await oauth2.revokeToken(accessToken);
  await assert.rejects(connection.query("SELECT Id FROM Account"), {
    name: "INVALID_SESSION_ID",
    errorCode: "INVALID_SESSION_ID",
  });
});

test("it leaves", async () => {
  const connection = await logIn("portal");
  const { accessToken, instanceUrl } = connection;
  await connection.logout();
  const left = new jsforce.Connection({ accessToken, instanceUrl, version: VERSION });
  await assert.rejects(left.limits(), { errorCode: "INVALID_SESSION_ID" });
});
