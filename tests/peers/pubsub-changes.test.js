// salesforce-pubsub-api-client hears of changes: which records, which fields, from where on.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ACCOUNTS, Heard, ORDERS, PEOPLE, connected, given, header, of } from "./events.js";
import { logIn } from "./org.js";

let portal, staff;
before(async () => {
  [portal, staff] = await Promise.all(["portal", "staff"].map((who) => logIn(who)));
});

/** A subscription to all that the topic still has. */
async function all(t, topic = ACCOUNTS) {
  const heard = new Heard();
  (await connected(t, await given())).subscribeFromEarliestEvent(topic, heard.callback);
  return heard;
}

test("a new record comes with what it was given", async (t) => {
  const values = { Name: "山田", Phone: "1", BillingCity: "港区", BillingCountry: "JP" };
  const { id } = await portal.create("Account", values);
  const [event] = await (await all(t)).heard(1, of(id));
  const { payload } = event;
  const head = header(event);
  assert.deepEqual([head.entityName, head.changeType, head.sequenceNumber], ["Account", "CREATE", 1]);
  assert.deepEqual([head.changedFields, head.nulledFields, head.diffFields], [[], [], []]);
  assert.equal(head.commitUser, portal.userInfo.id);
  assert.ok(Number.isSafeInteger(head.commitTimestamp) && Number.isSafeInteger(head.commitNumber));
  assert.deepEqual([payload.Name, payload.Phone, payload.WH_Account__c], ["山田", "1", null]);
  assert.deepEqual([payload.BillingAddress.City, payload.BillingAddress.Country], ["港区", "JP"]);
  const { CreatedDate } = await portal.sobject("Account").retrieve(id);
  assert.equal(payload.CreatedDate, Date.parse(CreatedDate.replace("+0000", "Z")));
  assert.ok(Number.isSafeInteger(event.replayId));
});

/** What a client reads of a change, beside the fields that were changed. */
async function change(t, object, topic, id, changed) {
  const heard = await all(t, topic);
  await staff.update(object, { Id: id, ...changed });
  const [event] = await heard.heard(1, (event) => of(id)(event) && header(event).changeType === "UPDATE");
  return event;
}

test("the fields that changed are the ones that are named", async (t) => {
  const { id } = await portal.create("Account", { Name: "A", Phone: "1", WH_Account__c: "7", BillingCity: "港区" });
  const event = await change(t, "Account", ACCOUNTS, id, {
    Internet_Eligibility__c: "Home 1G",
    Internet_Eligibility_Status__c: "Eligible",
    Phone: null,
    BillingCity: "渋谷区",
    BillingPostalCode: "150-0001",
    Name: "A", // as it was
  });
  assert.deepEqual(header(event).changedFields.sort(), [
    "BillingAddress.City",
    "BillingAddress.PostalCode",
    "Internet_Eligibility_Status__c",
    "Internet_Eligibility__c",
    "LastModifiedDate",
    "Phone",
  ]);
  assert.deepEqual(header(event).nulledFields, ["Phone"]);
  const { payload } = event;
  assert.deepEqual([payload.Internet_Eligibility__c, payload.Internet_Eligibility_Status__c], ["Home 1G", "Eligible"]);
  assert.deepEqual([payload.Phone, payload.Name, payload.WH_Account__c], [null, null, null]);
});

/** Something that a field can hold and does not hold yet. */
function another({ type, picklistValues }, held) {
  const values = {
    string: "x",
    textarea: "x",
    phone: "1",
    boolean: !held,
    double: 7,
    date: "2026-03-04",
    datetime: "2026-03-04T05:06:07.000+0000",
    picklist: picklistValues.map((each) => each.value).find((value) => value !== held),
  };
  return values[type];
}

/** The value as an event tells it. */
function told({ type }, value) {
  return type === "date" || type === "datetime" ? Date.parse(value.replace("+0000", "Z")) : value;
}

/** Change each field that can be, one at a time, and see that an event names that one. */
async function eachField(t, object, topic, id, except) {
  const heard = await all(t, topic);
  const row = await staff.sobject(object).retrieve(id);
  const { fields } = await staff.describe(object);
  const canBe = (field) => field.updateable && another(field, row[field.name]) && !except.test(field.name);
  const tried = fields.filter(canBe);
  for (const [n, field] of tried.entries()) {
    const { name } = field;
    const value = another(field, row[name]);
    await staff.update(object, { Id: id, [name]: value });
    const { payload } = (await heard.heard(n + 2, of(id))).at(-1);
    const [, compound, part] = name.match(/^(Billing)([A-Z]\w+)$/) ?? [];
    const path = compound ? [`${compound}Address`, part] : [name];
    assert.deepEqual(payload.ChangeEventHeader.changedFields.sort(), ["LastModifiedDate", path.join(".")].sort());
    assert.deepEqual(path.reduce((held, key) => held[key], payload), told(field, value), name);
  }
  return tried.length;
}

test("every field of an account is named by itself", async (t) => {
  const { id } = await portal.create("Account", { Name: "Each" });
  assert.ok((await eachField(t, "Account", ACCOUNTS, id, /Id__c$/)) > 15);
});

async function order() {
  const { id: AccountId } = await portal.create("Account", { Name: "Buyer" });
  const [{ Id: Pricebook2Id }] = (await portal.query("SELECT Id FROM Pricebook2 WHERE IsActive = true")).records;
  const values = { AccountId, Pricebook2Id, EffectiveDate: "2026-01-20", Status: "Pending Review" };
  return (await portal.create("Order", values)).id;
}

test("orders tell theirs", async (t) => {
  const id = await order();
  const changed = { Status: "Approved", SIM_Shipped_At__c: "2026-01-21T00:00:00Z" };
  const event = await change(t, "Order", ORDERS, id, changed);
  assert.deepEqual(header(event).changedFields.sort(), ["LastModifiedDate", "SIM_Shipped_At__c", "Status"]);
  assert.deepEqual([event.payload.Status, event.payload.SIM_Shipped_At__c], ["Approved", Date.UTC(2026, 0, 21)]);
  assert.equal(header(event).commitUser, staff.userInfo.id);
});

test("every field of an order is named by itself", async (t) => {
  assert.ok((await eachField(t, "Order", ORDERS, await order(), /^Status$/)) > 20);
});

test("people tell theirs, their names in parts", async (t) => {
  const { id } = await portal.create("Contact", { FirstName: "Mina", LastName: "Mori", Birthdate: "1990-04-01" });
  const event = await change(t, "Contact", PEOPLE, id, { LastName: "Sato", Birthdate: null, MailingCity: "港区" });
  const { changedFields, nulledFields } = header(event);
  assert.deepEqual(changedFields.sort(), ["Birthdate", "LastModifiedDate", "MailingAddress.City", "Name.LastName"]);
  assert.deepEqual(nulledFields, ["Birthdate"]);
  assert.deepEqual([event.payload.Name.LastName, event.payload.Name.FirstName], ["Sato", null]);
});

test("all changes come in one stream, each by its own schema", async (t) => {
  const { id: account } = await portal.create("Account", { Name: "Family" });
  const { id: contact } = await portal.create("Contact", { LastName: "Mori", AccountId: account });
  const heard = await all(t, "/data/ChangeEvents");
  const events = await heard.heard(2, (event) => of(account)(event) || of(contact)(event));
  assert.deepEqual(events.map((event) => header(event).entityName), ["Account", "Contact"]);
  assert.deepEqual([events[0].payload.Name, events[1].payload.AccountId], ["Family", account]);
  assert.notEqual(events[0].schemaId, events[1].schemaId);
});

test("a change names the client that brought it, so that echoes are known", async (t) => {
  const peer = await logIn("portal", { callOptions: { client: "peer" } });
  const { id } = await peer.create("Account", { Name: "Echo" });
  await staff.update("Account", { Id: id, Phone: "1" });
  const events = await (await all(t)).heard(2, of(id));
  const api = "com/salesforce/api/rest/62.0";
  assert.deepEqual(events.map((event) => header(event).changeOrigin), [`${api};client=peer`, api]);
});

test("a long text comes as its difference", async (t) => {
  const before = Array.from({ length: 60 }, (_, n) => `Line ${n}: NTT was asked`).join("\n");
  const { id } = await portal.create("Account", { Name: "Long" });
  await staff.update("Account", { Id: id, Internet_Eligibility_Notes__c: before });
  const heard = await all(t);
  await heard.heard(2, of(id));
  await staff.update("Account", { Id: id, Internet_Eligibility_Notes__c: `${before}\nNTT said yes` });
  const event = (await heard.heard(3, of(id))).at(-1);
  assert.deepEqual(header(event).diffFields, ["Internet_Eligibility_Notes__c"]);
  assert.match(event.payload.Internet_Eligibility_Notes__c, /^\+NTT said yes$/m);
  assert.ok(event.payload.Internet_Eligibility_Notes__c.length < 300);
});

test("a deletion comes with its header alone", async (t) => {
  const { id } = await portal.create("Account", { Name: "Gone" });
  await staff.destroy("Account", id);
  const [, event] = await (await all(t)).heard(2, of(id));
  assert.deepEqual([header(event).changeType, header(event).changedFields, event.payload.Name], ["DELETE", [], null]);
});

test("records that are written at once share their transaction", async (t) => {
  const made = await portal.create("Account", ["One", "Two"].map((Name) => ({ Name })), { allOrNone: true });
  const ids = made.map((each) => each.id);
  const heard = await all(t);
  const events = await heard.heard(2, (event) => ids.some((id) => of(id)(event)));
  assert.deepEqual(events.map((event) => header(event).sequenceNumber), [1, 2]);
  assert.equal(header(events[0]).transactionKey, header(events[1]).transactionKey);
});

test("the latest begins with what comes", async (t) => {
  const { id: old } = await portal.create("Account", { Name: "Old" });
  const heard = new Heard();
  (await connected(t, await given())).subscribe(ACCOUNTS, heard.callback);
  // nothing tells when the org has begun to listen
  while (!heard.events.length) {
    await portal.create("Account", { Name: "Now" });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { id } = await portal.create("Account", { Name: "New" });
  await heard.heard(1, of(id));
  assert.ok(!heard.events.some(of(old)));
});

test("a replay id begins behind its event", async (t) => {
  const ids = [];
  for (const Name of ["First", "Second", "Third"]) ids.push((await portal.create("Account", { Name })).id);
  const [first] = await (await all(t)).heard(1, of(ids[0]));
  const heard = new Heard();
  const client = await connected(t, await given());
  client.subscribeFromReplayId(ACCOUNTS, heard.callback, null, first.replayId);
  const events = await heard.heard(2);
  assert.deepEqual(events.map((event) => header(event).recordIds), [[ids[1]], [ids[2]]]);
});

test("a replay id that never was is refused", async (t) => {
  const heard = new Heard();
  (await connected(t, await given())).subscribeFromReplayId(ACCOUNTS, heard.callback, null, 1);
  const { data } = await heard.called("error");
  assert.equal(data.code, 3);
  assert.match(data.metadata.get("error-code")[0], /subscription\.fetch\.replayid\.corrupted$/);
});

test("more come than can be asked for at once", async (t) => {
  const Names = Array.from({ length: 350 }, (_, n) => `Flow ${n}`);
  const heard = await all(t);
  await portal.create("Account", Names.map((Name) => ({ Name })), { allowRecursive: true });
  const events = await heard.heard(350, (event) => event.payload.Name?.startsWith("Flow"));
  assert.deepEqual(events.map((event) => event.payload.Name), Names);
  const ids = heard.events.map((event) => event.replayId);
  assert.deepEqual(ids, [...new Set(ids)].sort((one, other) => one - other));
});

test("no more come than were asked for", async (t) => {
  await portal.create("Account", Array.from({ length: 8 }, (_, n) => ({ Name: `Few ${n}` })));
  const heard = new Heard();
  const client = await connected(t, await given());
  client.subscribeFromEarliestEvent(ACCOUNTS, heard.callback, 3);
  await heard.called("lastEvent");
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(heard.events.length, 3);
  client.requestAdditionalEvents(ACCOUNTS, 2);
  await heard.heard(5);
});
