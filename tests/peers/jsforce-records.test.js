// jsforce makes, reads, changes and deletes records, one at a time and many at once.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { logIn, refused } from "./org.js";

let portal, staff;
before(async () => {
  [portal, staff] = await Promise.all(["portal", "staff"].map((who) => logIn(who)));
});

test("a record is made, read, changed and deleted", async () => {
  const accounts = staff.sobject("Account");
  const made = await accounts.create({ Name: "山田 みな", Phone: "+81312345678", BillingCity: "港区" });
  assert.deepEqual({ ...made, id: "" }, { id: "", success: true, errors: [] });
  assert.match(made.id, /^001\w{15}$/);

  const read = await accounts.retrieve(made.id);
  assert.equal(read.Name, "山田 みな");
  assert.equal(read.attributes.url, `/services/data/v62.0/sobjects/Account/${made.id}`);
  assert.equal(read.WH_Account__c, null);
  assert.match(read.CreatedDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  assert.equal((await accounts.retrieve(made.id.slice(0, 15))).Id, made.id);

  const changed = await accounts.update({ Id: made.id, Phone: "", WH_Account__c: "7" });
  assert.deepEqual(changed, { id: made.id, success: true, errors: [] });
  const again = await accounts.retrieve(made.id, { fields: ["Phone", "WH_Account__c"] });
  assert.deepEqual([again.Phone, again.WH_Account__c, "Name" in again], [null, "7", false]);

  assert.deepEqual(await accounts.destroy(made.id), { id: made.id, success: true, errors: [] });
  await refused(accounts.retrieve(made.id), "NOT_FOUND");
  await refused(accounts.update({ Id: made.id, Phone: "1" }), "ENTITY_IS_DELETED");
});

test("a record is referred to by its id alone", async () => {
  const { id } = await staff.create("Lead", { LastName: "García", Company: "C" });
  const lead = staff.sobject("Lead").record(id);
  await lead.update({ Description: "Asked for fibre" });
  assert.equal((await lead.retrieve()).Description, "Asked for fibre");
});

test("an external key makes a record once and changes it afterwards", async () => {
  const key = "peer/山 1";
  const field = "Portal_Request_Key__c";
  const inPath = { [field]: encodeURIComponent(key) }; // which jsforce leaves to its user
  const first = await portal.upsert("Account", { ...inPath, Name: "Mina" }, field);
  assert.deepEqual([first.success, first.created], [true, true]);
  const second = await portal.upsert("Account", { ...inPath, Phone: "1" }, field);
  assert.deepEqual([second.id, second.created], [first.id, false]);
  const read = await portal.sobject("Account").retrieve(first.id);
  assert.deepEqual([read.Portal_Request_Key__c, read.Name, read.Phone], [key, "Mina", "1"]);

  const two = [{ [field]: key, Phone: "2" }, { [field]: "peer-2", Name: "Kenji" }];
  const many = await portal.upsert("Account", two, field);
  assert.deepEqual(many.map((each) => [each.success, each.created]), [[true, false], [true, true]]);
  assert.equal(many[0].id, first.id);
});

test("a key that others took is told with who took it", async () => {
  const taken = { Portal_Request_Key__c: "taken" };
  const { id } = await portal.create("Account", { Name: "A", ...taken });
  const error = await refused(portal.create("Account", { Name: "B", ...taken }), "DUPLICATE_VALUE");
  assert.match(error.message, new RegExp(id.slice(0, 15)));
  assert.deepEqual(error.data.fields, ["Portal_Request_Key__c"]);
});

test("what is wrong with a record is told by its code and its fields", async () => {
  const missing = await refused(portal.create("Opportunity", { Name: "Sale" }), "REQUIRED_FIELD_MISSING");
  assert.deepEqual(missing.data.fields.sort(), ["CloseDate", "StageName"]);
  await refused(portal.create("Account", { Name: "A", Colour__c: "red" }), "INVALID_FIELD");
  await refused(portal.create("Account", { Name: "A", CreatedDate: "2026-01-01" }), "INVALID_FIELD_FOR_INSERT_UPDATE");
  const word = { Name: "A", Portal_Status__c: "Asleep" };
  const listed = await refused(portal.create("Account", word), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
  assert.deepEqual(listed.data.fields, ["Portal_Status__c"]);
  await refused(portal.create("Account", { Name: "x".repeat(256) }), "STRING_TOO_LONG");
  await refused(portal.create("Contact", { LastName: "K", Email: "nobody" }), "INVALID_EMAIL_ADDRESS");
  await refused(portal.create("Nothing__c", { Name: "A" }), "NOT_FOUND");
  await refused(portal.sobject("Account").retrieve("001"), "NOT_FOUND");
});

test("many are made at once, each with its own outcome", async () => {
  const records = Array.from({ length: 200 }, (_, n) => ({ LastName: `L${n}`, Company: "Many" }));
  records[7] = { LastName: "L7" };
  const results = await portal.sobject("Lead").create(records);
  assert.equal(results.filter((each) => each.success).length, 199);
  assert.equal(results[7].success, false);
  const [{ statusCode, fields }] = results[7].errors;
  assert.deepEqual([statusCode, fields], ["REQUIRED_FIELD_MISSING", ["Company"]]);
  assert.equal(await portal.sobject("Lead").count({ Company: "Many" }), 199);
});

test("all or none of them are made", async () => {
  const records = [{ LastName: "A", Company: "None" }, { LastName: "B" }, { LastName: "C", Company: "None" }];
  const results = await portal.create("Lead", records, { allOrNone: true });
  const codes = results.map((each) => each.errors[0].statusCode);
  const innocent = "ALL_OR_NONE_OPERATION_ROLLED_BACK";
  assert.deepEqual(codes, [innocent, "REQUIRED_FIELD_MISSING", innocent]);
  assert.equal(await portal.sobject("Lead").count({ Company: "None" }), 0);
});

test("more than a call can hold go in several", async () => {
  const records = Array.from({ length: 250 }, (_, n) => ({ LastName: `L${n}`, Company: "More" }));
  await refused(staff.create("Lead", records), "EXCEEDED_ID_LIMIT");
  const made = await staff.create("Lead", records, { allowRecursive: true });
  const ids = made.map((each) => each.id);
  assert.equal(new Set(ids).size, 250);
  const renamed = await staff.update("Lead", ids.slice(0, 3).map((Id) => ({ Id, Company: "Fewer" })));
  assert.ok(renamed.every((each) => each.success));
  const read = await staff.retrieve("Lead", [ids[0], "00Q000000000000AAA", ids[1]], { fields: ["Company"] });
  assert.deepEqual(read.map((each) => each?.Company), ["Fewer", undefined, "Fewer"]);
  const whole = await staff.retrieve("Lead", [ids[0]]);
  assert.equal(whole[0].LastName, "L0");
  const gone = await staff.destroy("Lead", ids, { allowRecursive: true, allOrNone: true });
  assert.ok(gone.every((each) => each.success));
  assert.equal(await staff.sobject("Lead").count({ Company: ["More", "Fewer"] }), 0);
});

test("what a query found is changed and deleted", async () => {
  await staff.create("Lead", [1, 2, 3].map((n) => ({ LastName: `Q${n}`, Company: "Found" })));
  const found = () => staff.sobject("Lead").find({ Company: "Found" });
  const updated = await found().update({ Description: "of ${LastName}" });
  assert.equal(updated.length, 3);
  assert.deepEqual((await found().sort("LastName")).map((each) => each.Description), ["of Q1", "of Q2", "of Q3"]);
  assert.equal((await found().destroy()).length, 3);
  assert.equal(await staff.sobject("Lead").count({ Company: "Found" }), 0);
});

test("an order goes with its lines, or not at all", async () => {
  const rows = "/services/data/v62.0/sobjects";
  const { id: AccountId } = await portal.create("Account", { Name: "Buyer" });
  const priced = "SELECT Id, Pricebook2Id, UnitPrice FROM PricebookEntry WHERE Pricebook2.IsStandard = false LIMIT 1";
  const [{ Id: PricebookEntryId, Pricebook2Id, UnitPrice }] = (await portal.query(priced)).records;
  const order = { AccountId, Pricebook2Id, EffectiveDate: "2026-01-20", Status: "Pending Review" };
  const line = { OrderId: "@{order.id}", PricebookEntryId, UnitPrice, Quantity: 1 };
  const submit = (...lines) =>
    portal.requestPost("/composite", {
      allOrNone: true,
      compositeRequest: [
        { method: "POST", url: `${rows}/Order`, referenceId: "order", body: order },
        ...lines.map((body, n) => ({ method: "POST", url: `${rows}/OrderItem`, referenceId: `line${n}`, body })),
      ],
    });

  const none = await submit(line, { ...line, Quantity: 0 });
  const codes = none.compositeResponse.map((each) => [each.httpStatusCode, each.body[0].errorCode]);
  assert.deepEqual(codes[0], [400, "PROCESSING_HALTED"]);
  assert.deepEqual(codes[1], [400, "PROCESSING_HALTED"]);
  assert.notEqual(codes[2][1], "PROCESSING_HALTED");
  assert.equal(await portal.sobject("Order").count({ AccountId }), 0);

  const whole = await submit(line, line);
  assert.deepEqual(whole.compositeResponse.map((each) => each.httpStatusCode), [201, 201, 201]);
  const [read] = await portal
    .sobject("Order")
    .find({ AccountId }, "Id, Status, TotalAmount, Account.Name")
    .include("OrderItems", null, "Quantity, UnitPrice, PricebookEntry.Product2.Name")
    .end();
  assert.deepEqual([read.Account.Name, read.OrderItems.totalSize, read.TotalAmount], ["Buyer", 2, 2 * UnitPrice]);
  assert.ok(read.OrderItems.records[0].PricebookEntry.Product2.Name);
});

test("several calls go as one", async () => {
  const rows = "/services/data/v62.0/sobjects";
  const contact = { LastName: "K", AccountId: "@{account.id}" };
  const told = await portal.requestPost("/composite", {
    allOrNone: true,
    compositeRequest: [
      { method: "POST", url: `${rows}/Account`, referenceId: "account", body: { Name: "Mina" } },
      { method: "POST", url: `${rows}/Contact`, referenceId: "contact", body: contact },
      { method: "GET", url: `${rows}/Contact/@{contact.id}`, referenceId: "read" },
    ],
  });
  assert.deepEqual(told.compositeResponse.map((each) => each.httpStatusCode), [201, 201, 200]);
  assert.equal(told.compositeResponse[2].body.AccountId, told.compositeResponse[0].body.id);
});
