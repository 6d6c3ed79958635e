// salesforce-pubsub-api-client while nothing happens: signs of life, and streams that end for want of a request.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ACCOUNTS, Heard, connected, given, of } from "./events.js";
import { logIn } from "./org.js";

let portal;
before(async () => (portal = await logIn("portal")));
const make = async (Name) => (await portal.create("Account", { Name })).id;

test("a sign of life tells where to go on from", async (t) => {
  const client = await connected(t, await given());
  const quiet = new Heard();
  await make("Before");
  client.subscribe(ACCOUNTS, quiet.callback);
  const { info } = await quiet.called("grpcKeepAlive");
  assert.ok(Number.isSafeInteger(info.lastReplayId));
  const id = await make("Behind");
  await quiet.heard(1, of(id)); // the stream is still the same

  const later = new Heard();
  const other = await connected(t, await given());
  other.subscribeFromReplayId(ACCOUNTS, later.callback, null, info.lastReplayId);
  const [event] = await later.heard(1);
  assert.ok(of(id)(event));
});

test("a stream that owes nothing ends, and another goes on behind it", async (t) => {
  const [first, second] = [await make("First"), await make("Second")];
  const client = await connected(t, await given());
  const heard = new Heard();
  client.subscribeFromEarliestEvent(ACCOUNTS, heard.callback, 1);
  await heard.called("end");
  assert.equal((await heard.called("grpcStatus")).data.code, 0);
  assert.equal(heard.events.length, 1);

  const again = new Heard();
  client.subscribeFromReplayId(ACCOUNTS, again.callback, null, heard.events[0].replayId);
  const events = await again.heard(2, (event) => of(first)(event) || of(second)(event));
  assert.deepEqual(events.map((event) => event.payload.Name), ["First", "Second"]);
  assert.ok(again.events.every((event) => event.replayId > heard.events[0].replayId));
});
