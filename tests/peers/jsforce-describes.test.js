// jsforce asks what the org has and what is left of its allowances.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import jsforce from "jsforce";
import { logIn, org, refused } from "./org.js";

let portal;
before(async () => (portal = await logIn("portal")));

test("the org tells its objects", async () => {
  const { sobjects, maxBatchSize } = await portal.describeGlobal();
  assert.equal(maxBatchSize, 200);
  const account = sobjects.find((each) => each.name === "Account");
  assert.deepEqual([account.keyPrefix, account.createable, account.custom], ["001", true, false]);
  for (const name of ["Contact", "Opportunity", "Order", "OrderItem", "Case", "ContentVersion"]) {
    assert.ok(sobjects.some((each) => each.name === name), name);
  }
});

test("an object tells its fields as far as its user may use them", async () => {
  const account = await portal.describe("Account");
  const field = (name) => account.fields.find((each) => each.name === name);
  const key = field("Portal_Request_Key__c");
  assert.deepEqual([key.type, key.externalId, key.unique, key.nillable], ["string", true, true, true]);
  assert.deepEqual([field("Name").nillable, field("Name").createable], [false, true]);
  assert.deepEqual([field("CreatedDate").type, field("CreatedDate").updateable], ["datetime", false]);
  const status = field("Internet_Eligibility_Status__c");
  const words = status.picklistValues.filter((each) => each.active).map((each) => each.value);
  assert.deepEqual([status.type, status.restrictedPicklist], ["picklist", true]);
  assert.deepEqual(words, ["Not Requested", "Pending", "Eligible", "Ineligible"]);
  assert.ok(account.childRelationships.some((each) => each.relationshipName === "Contacts"));
  const contact = await portal.describe("Contact");
  const parent = contact.fields.find((each) => each.name === "AccountId");
  assert.deepEqual([parent.relationshipName, parent.referenceTo], ["Account", ["Account"]]);
  await refused(portal.describe("Nothing__c"), "NOT_FOUND");
});

test("descriptions are kept, and serve its objects by name", async () => {
  await portal.describeGlobal();
  assert.ok(portal.sobjects.Opportunity);
  const first = await portal.describe$("Order");
  assert.equal(await portal.describe$("Order"), first);
});

test("each answer says what is used of the day", async () => {
  const limits = await portal.limits();
  const { Max, Remaining } = limits.DailyApiRequests;
  assert.ok(Remaining < Max);
  const { used, limit } = portal.limitInfo.apiUsage;
  assert.deepEqual([limit, used], [Max, Max - Remaining]);
  await portal.query("SELECT Id FROM Account");
  assert.equal(portal.limitInfo.apiUsage.used, used + 1);
});

test("a version of jsforce's own choice is spoken", async () => {
  const { accessToken, instanceUrl } = portal;
  const connection = new jsforce.Connection({ accessToken, instanceUrl });
  const { Id } = (await connection.query("SELECT Id FROM Product2 LIMIT 1")).records[0];
  const read = await connection.sobject("Product2").retrieve(Id);
  assert.match(read.attributes.url, new RegExp(`/v${connection.version}/`));
  const versions = await (await fetch(`${org.url}/services/data/`)).json();
  assert.ok(versions.some((each) => each.version === connection.version));
});
