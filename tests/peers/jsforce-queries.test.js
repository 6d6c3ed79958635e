// jsforce asks questions, by text and by its own builder, and follows the pages.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import jsforce from "jsforce";
import { logIn, refused } from "./org.js";

const MANY = 2_450;
const SMALL_PAGES = { headers: { "Sforce-Query-Options": "batchSize=200" } };
let staff, account;

before(async () => {
  staff = await logIn("staff");
  const names = Array.from({ length: MANY }, (_, n) => `L${String(n).padStart(4, "0")}`);
  const leads = names.map((LastName) => ({ LastName, Company: "Many" }));
  await staff.create("Lead", leads, { allowRecursive: true, allOrNone: true });
  account = (await staff.create("Account", { Name: "O'Brien \\ Söhne", BillingCity: "港区" })).id;
  const contacts = ["Sato", "Mori", "Abe"].map((LastName) => ({ LastName, AccountId: account }));
  await staff.create("Contact", contacts, { allOrNone: true });
  await staff.create("Contact", { LastName: "Alone" });
});

test("pages are followed by hand", async () => {
  let page = await staff.query("SELECT LastName FROM Lead WHERE Company = 'Many' ORDER BY LastName", SMALL_PAGES);
  const sizes = [page.records.length];
  assert.deepEqual([page.totalSize, page.done], [MANY, false]);
  while (!page.done) {
    page = await staff.queryMore(page.nextRecordsUrl);
    assert.equal(page.totalSize, MANY);
    sizes.push(page.records.length);
  }
  assert.deepEqual(sizes, [...Array(12).fill(200), 50]);
  assert.equal(page.records.at(-1).LastName, "L2449");
  await refused(staff.queryMore("01g000000000000AAA-200"), "INVALID_QUERY_LOCATOR");
});

test("pages are followed by itself, as far as it may fetch", async () => {
  const all = await staff.query("SELECT Id FROM Lead WHERE Company = 'Many'", { autoFetch: true, ...SMALL_PAGES });
  assert.equal(new Set(all.records.map((each) => each.Id)).size, MANY);
  const some = await staff.query("SELECT Id FROM Lead", { autoFetch: true, maxFetch: 2_100 });
  assert.equal(some.records.length, 2_100);
  const streamed = [];
  for await (const record of staff.query("SELECT Id FROM Lead WHERE Company = 'Many'").stream("record")) {
    streamed.push(record.Id);
  }
  assert.equal(streamed.length, MANY);
});

test("the builder says what is sought, how sorted and how many", async () => {
  const leads = staff.sobject("Lead");
  const found = await leads
    .find({ $and: [{ LastName: { $gte: "L0010" } }, { LastName: { $lt: "L0020" } }] }, ["Id", "LastName"])
    .sort({ LastName: -1 })
    .limit(4)
    .skip(1);
  assert.deepEqual(found.map((each) => each.LastName), ["L0018", "L0017", "L0016", "L0015"]);
  const either = await leads.find({ $or: [{ LastName: "L0001" }, { LastName: { $like: "l000_" }, Company: "x" }] });
  assert.equal(either.length, 1);
  const not = await leads.find({ LastName: { $nlike: "L%" } });
  assert.equal(not.length, 0);
  const chosen = await leads.select("LastName").where({ LastName: ["L0003", "L0005"] }).orderby("LastName");
  assert.deepEqual(chosen.map((each) => each.LastName), ["L0003", "L0005"]);
  assert.equal((await leads.findOne({ LastName: "L0100" })).LastName, "L0100");
  assert.equal(await leads.findOne({ LastName: "nobody" }), null);
  assert.equal(await leads.count({ LastName: { $nin: ["L0000", "L0001"] }, Company: "Many" }), MANY - 2);
  assert.equal(await leads.count({ Phone: { $exists: true } }), 0);
  const stars = await leads.find({ LastName: "L0042" }, "*");
  assert.deepEqual([stars[0].Company, stars[0].Description], ["Many", null]);
});

test("dates and times are compared as such", async () => {
  const { SfDate } = jsforce;
  const leads = staff.sobject("Lead");
  const { CreatedDate } = await leads.findOne({ LastName: "L0000" });
  const first = new Date(CreatedDate); // the org's time is its own
  const [before, behind] = [-1_000, 60_000].map((more) => SfDate.toDateTimeLiteral(new Date(+first + more)));
  const between = [{ CreatedDate: { $gt: before } }, { CreatedDate: { $lt: behind } }, { Company: "Many" }];
  assert.equal(await leads.count({ $and: between }), MANY);
  assert.equal(await leads.count({ $and: between.slice(1).concat({ CreatedDate: { $lt: before } }) }), 0);
  assert.equal(await leads.count({ CreatedDate: SfDate.TODAY, Company: "Many" }), MANY);
  assert.equal(await leads.count({ CreatedDate: SfDate.LAST_N_DAYS(2), Company: "Many" }), MANY);
  assert.equal(await leads.count({ CreatedDate: SfDate.YESTERDAY, Company: "Many" }), 0);
});

test("parents and children come along", async () => {
  const contacts = await staff
    .sobject("Contact")
    .find({ LastName: ["Abe", "Alone"] }, "LastName, Account.Name, Account.BillingCity")
    .sort("LastName");
  assert.deepEqual(contacts.map((each) => each.Account?.BillingCity ?? null), ["港区", null]);
  assert.equal(contacts[0].Account.attributes.type, "Account");

  const [found] = await staff
    .sobject("Account")
    .find({ Id: account }, "Id, Name")
    .include("Contacts")
    .select("LastName, Account.Name")
    .where({ LastName: { $ne: "Mori" } })
    .orderby("LastName", "DESC")
    .end();
  assert.deepEqual([found.Contacts.totalSize, found.Contacts.done], [2, true]);
  assert.deepEqual(found.Contacts.records.map((each) => each.LastName), ["Sato", "Abe"]);

  const children = "(SELECT Id FROM Orders), (SELECT Id FROM Contacts)";
  const none = await staff.query(`SELECT Id, ${children} FROM Account WHERE Id = '${account}'`);
  assert.equal(none.records[0].Orders, null);
  assert.equal(none.records[0].Contacts.totalSize, 3);
  const whole = await staff.sobject("Account").find({ Id: account }).include("Contacts", null, "*").end();
  assert.equal(whole[0].Contacts.records.length, 3);
});

test("children that fill pages of their own are fetched as well", async () => {
  const { id } = await staff.create("Account", { Name: "Family" });
  const people = Array.from({ length: 450 }, (_, n) => ({ LastName: `P${n}`, AccountId: id }));
  await staff.create("Contact", people, { allowRecursive: true, allOrNone: true });
  const soql = `SELECT Id, (SELECT LastName FROM Contacts) FROM Account WHERE Id = '${id}'`;
  const [first] = (await staff.query(soql, SMALL_PAGES)).records;
  assert.deepEqual([first.Contacts.totalSize, first.Contacts.done, first.Contacts.records.length], [450, false, 200]);
  const [all] = (await staff.query(soql, { autoFetch: true, ...SMALL_PAGES })).records;
  assert.equal(new Set(all.Contacts.records.map((each) => each.LastName)).size, 450);
});

test("texts with quotes are found; one that ends in a backslash is refused, not read on", async () => {
  const contacts = await staff.query("SELECT Id FROM Contact WHERE Account.Name = 'o\\'brien \\\\ söhne'");
  assert.equal(contacts.totalSize, 3);
  assert.equal(await staff.sobject("Account").count({ Name: { $like: "O'Brien%" } }), 1);
  await refused(staff.sobject("Account").find({ Name: "\\" }).execute(), "MALFORMED_QUERY");
});

test("counts and sums", async () => {
  assert.equal((await staff.query("SELECT COUNT() FROM Lead WHERE Company = 'Many'")).totalSize, MANY);
  const { records } = await staff.query(
    "SELECT AccountId, COUNT(Id) people, MIN(LastName) FROM Contact WHERE AccountId != null GROUP BY AccountId",
  );
  assert.equal(records[0].attributes.type, "AggregateResult");
  assert.deepEqual([records[0].AccountId, records[0].people, records[0].expr0], [account, 3, "Abe"]);
});

test("deleted records are told to who asks for them", async () => {
  const { id } = await staff.create("Lead", { LastName: "Gone", Company: "Bin" });
  await staff.destroy("Lead", id);
  const soql = "SELECT Id, IsDeleted FROM Lead WHERE Company = 'Bin'";
  assert.equal((await staff.query(soql)).totalSize, 0);
  const all = await staff.query(soql, { scanAll: true });
  assert.deepEqual(all.records.map((each) => [each.Id, each.IsDeleted]), [[id, true]]);
});

test("a wrong question is refused by its code", async () => {
  await refused(staff.query("SELECT Id FROM Account WHERE").execute(), "MALFORMED_QUERY");
  await refused(staff.query("SELECT Colour__c FROM Account").execute(), "INVALID_FIELD");
  await refused(staff.query("SELECT Id FROM Lead WHERE Description = 'long'").execute(), "INVALID_FIELD");
  await refused(staff.query("SELECT Id FROM Nothing__c").execute(), "INVALID_TYPE");
  await refused(staff.query("SELECT Id FROM Account WHERE CreatedDate > '2026-01-01'").execute(), "INVALID_FIELD");
});

test("words are searched for", async () => {
  const sosl = await staff.search("FIND {brien} IN ALL FIELDS RETURNING Account(Id, Name), Contact(Id)");
  assert.deepEqual(sosl.searchRecords.map((each) => [each.Id, each.Name]), [[account, "O'Brien \\ Söhne"]]);
  const asked = new URLSearchParams({ q: "brien", sobject: "Account", "Account.fields": "Id,BillingCity" });
  const byParameters = await staff.request(`/parameterizedSearch?${asked}`);
  assert.deepEqual(byParameters.searchRecords.map((each) => each.BillingCity), ["港区"]);
  const byBody = await staff.requestPost("/parameterizedSearch", {
    q: "brien",
    sobjects: [{ name: "Account", fields: ["Name"], limit: 5 }],
    overallLimit: 10,
  });
  assert.equal(byBody.searchRecords[0].Id, account);
});
