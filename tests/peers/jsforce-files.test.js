// jsforce uploads files in either way, and gets them back byte by byte.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { logIn, org, refused } from "./org.js";

const BYTES = Buffer.concat([Buffer.from([0, 255, 13, 10, 45, 45]), randomBytes(300_000)]);
let portal, staff, account;

before(async () => {
  [portal, staff] = await Promise.all(["portal", "staff"].map((who) => logIn(who)));
  account = (await portal.create("Account", { Name: "Mina" })).id;
});

/** The bytes of a file. jsforce makes texts of what it reads, so they are read with its token alone. */
async function contents(version) {
  const path = `/services/data/v62.0/sobjects/ContentVersion/${version}/VersionData`;
  const answer = await fetch(org.url + path, { headers: { Authorization: `Bearer ${portal.accessToken}` } });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /octet-stream/);
  return Buffer.from(await answer.arrayBuffer());
}

async function check(version, title) {
  const read = await portal.sobject("ContentVersion").retrieve(version);
  assert.match(version, /^068\w{15}$/);
  assert.match(read.ContentDocumentId, /^069\w{15}$/);
  assert.equal(read.VersionData, `/services/data/v62.0/sobjects/ContentVersion/${version}/VersionData`);
  const checksum = createHash("md5").update(BYTES).digest("hex");
  assert.deepEqual([read.Title, read.ContentSize, read.Checksum], [title, BYTES.length, checksum]);
  assert.deepEqual([read.FileExtension, read.IsLatest, read.VersionNumber], ["png", true, "1"]);
  const where = `ContentDocumentId = '${read.ContentDocumentId}'`;
  const links = await portal.query(`SELECT LinkedEntityId FROM ContentDocumentLink WHERE ${where}`);
  assert.ok(links.records.some((each) => each.LinkedEntityId === account));
  assert.ok(BYTES.equals(await contents(version)));
  return read.ContentDocumentId;
}

test("a file goes up within the record", async () => {
  const made = await portal.create("ContentVersion", {
    PathOnClient: "在留カード.png",
    FirstPublishLocationId: account,
    VersionData: BYTES.toString("base64"),
  });
  await check(made.id, "在留カード");
});

test("a file goes up as a part of its own", async () => {
  const record = {
    PathOnClient: "card.png",
    Title: "カード",
    FirstPublishLocationId: account,
    VersionData: BYTES.toString("base64"), // which jsforce decodes for the part
  };
  const multipartFileFields = { VersionData: { filename: "card.png", contentType: "image/png" } };
  const made = await portal.create("ContentVersion", record, { multipartFileFields });
  const document = await check(made.id, "カード");
  await staff.destroy("ContentDocument", document);
  await refused(portal.sobject("ContentVersion").retrieve(made.id), "NOT_FOUND");
});

test("a text comes back as jsforce reads it", async () => {
  const VersionData = Buffer.from("こんにちは").toString("base64");
  const { id } = await portal.create("ContentVersion", { PathOnClient: "a.txt", VersionData });
  const read = await portal.request(`/sobjects/ContentVersion/${id}/VersionData`);
  assert.equal(Buffer.from(read, "utf8").toString(), "こんにちは");
});

test("a file without a name or without bytes is refused", async () => {
  const nameless = { VersionData: BYTES.toString("base64") };
  await refused(portal.create("ContentVersion", nameless), "REQUIRED_FIELD_MISSING");
  await refused(portal.create("ContentVersion", { PathOnClient: "a.png" }), "REQUIRED_FIELD_MISSING");
});
