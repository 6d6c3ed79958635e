// npm's whmcs adds customers, finds them, and is refused.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { MINA, billing, clientOf, done, refused } from "./billing.js";

const portal = clientOf("portal");
const staff = clientOf("staff");
const md5 = (text) => createHash("md5").update(text).digest("hex");

test("a customer is added, found by id and by address, changed, and deleted", async () => {
  const { clientid } = await done(portal, "customers", "createCustomer", MINA);
  const { client } = await done(portal, "customers", "getCustomer", clientid);
  assert.equal(String(client.id), clientid);
  assert.equal(client.city, "渋谷区");
  const found = await done(portal, "customers", "getCustomerByEmail", MINA.email);
  assert.equal(String(found.client.id), clientid);
  await done(portal, "customers", "updateCustomer", clientid, { companyname: "Kobo & Co" });
  const changed = await done(portal, "customers", "getCustomer", clientid);
  assert.equal(changed.client.companyname, "Kobo &amp; Co");
  await done(staff, "customers", "deleteCustomer", clientid);
  await refused(done(portal, "customers", "getCustomer", clientid), [200, "Client Not Found"]);
});

test("custom fields go as base64 of PHP's own serialisation", async () => {
  const customfields = Buffer.from(`a:1:{i:${billing.customerNumber};s:8:"P1000001";}`).toString("base64");
  const customer = { ...MINA, email: "ken@example.com", customfields };
  const { clientid } = await done(portal, "customers", "createCustomer", customer);
  const { client } = await done(portal, "customers", "getCustomer", clientid);
  assert.deepEqual(client.customfields.map((field) => field.value), ["P1000001"]);
  await refused(done(portal, "customers", "createCustomer", customer), [
    200,
    "A user already exists with that email address",
  ]);
});

test("a role's limit and wrong credentials are told with a 403", async () => {
  await refused(done(portal, "customers", "deleteCustomer", 1), [
    403,
    'Invalid Permissions: API action "deleteclient" is not allowed',
  ]);
  const stranger = clientOf({ username: "nobody", password: "nothing" });
  await refused(done(stranger, "customers", "getCustomer", 1), [403, "Authentication Failed"]);
});

test("an administrator's name goes with the hash of the password, and an access key may", async () => {
  const { username, clear } = billing.admin;
  const admin = clientOf({ username, password: md5(clear), apiKey: billing.accessKey });
  assert.equal((await done(admin, "utilities", "getModuleQueue", "", "", "", "")).result, "success");
  await refused(done(clientOf({ username, password: clear }), "customers", "getCustomer", 1), [
    403,
    "Authentication Failed",
  ]);
});
