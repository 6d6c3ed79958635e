// salesforce-pubsub-api-client hears the org's platform event, and publishes it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ACCOUNTS, Heard, UPDATES, connected, given } from "./events.js";
import { logIn } from "./org.js";

let portal, staff;
before(async () => {
  [portal, staff] = await Promise.all(["portal", "staff"].map((who) => logIn(who)));
});

const about = (id) => (event) => event.payload.AccountId__c === id;

/** An event as Avro wants it, each value beside its type. */
const update = (id, notes) => ({
  CreatedDate: Date.now(),
  CreatedById: staff.userInfo.id,
  AccountId__c: { string: id },
  Internet_Eligibility_Notes__c: { string: notes },
});

test("the answer of staff is told", async (t) => {
  const { id } = await portal.create("Account", { Name: "Mina" });
  const heard = new Heard();
  (await connected(t, await given())).subscribeFromEarliestEvent(UPDATES, heard.callback);
  const answer = { Internet_Eligibility__c: "Home 1G", Internet_Eligibility_Status__c: "Eligible" };
  await staff.update("Account", { Id: id, ...answer });
  const [{ payload }] = await heard.heard(1, about(id));
  assert.deepEqual({ ...payload, ...answer }, { ...payload });
  assert.equal(payload.CreatedById, staff.userInfo.id);
  assert.ok(Number.isSafeInteger(payload.CreatedDate));
  assert.equal(payload.Id_Verification_Rejection_Message__c, null);
});

test("what is published is heard", async (t) => {
  const client = await connected(t, await given("staff"));
  const heard = new Heard();
  client.subscribeFromEarliestEvent(UPDATES, heard.callback);
  const result = await client.publish(UPDATES, update("001", "一枚"), "key-1");
  assert.equal(result.correlationKey, "key-1");
  const [event] = await heard.heard(1, about("001"));
  assert.deepEqual([event.replayId, event.payload.Internet_Eligibility_Notes__c], [result.replayId, "一枚"]);
});

test("several are published in one stream", async (t) => {
  const client = await connected(t, await given("staff"));
  const [heard, told] = [new Heard(), new Heard()];
  client.subscribeFromEarliestEvent(UPDATES, heard.callback);
  for (const batch of [["a", "b"], ["c"]]) {
    const events = batch.map((id) => ({ id, payload: update("002", id) }));
    await client.publishBatch(UPDATES, events, told.callback);
  }
  const events = await heard.heard(3, about("002"));
  assert.deepEqual(events.map((event) => event.payload.Internet_Eligibility_Notes__c), ["a", "b", "c"]);
  const results = await told.published(3);
  assert.deepEqual(results.map((each) => each.correlationKey), ["a", "b", "c"]);
  assert.deepEqual(results.map((each) => each.replayId), events.map((event) => event.replayId));
});

test("nobody publishes changes", async (t) => {
  const client = await connected(t, await given("staff"));
  await assert.rejects(client.publish(ACCOUNTS, {}), (error) => Boolean(error.cause));
  await assert.rejects(client.publish("/event/Nothing__e", {}), (error) => error.cause.code === 5);
});
