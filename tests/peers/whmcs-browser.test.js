// A customer in a browser follows a single sign-on, adds a card and pays an invoice.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, beforeEach, test } from "node:test";
import { launch } from "puppeteer-core";
import { MINA, billing, clientOf, done } from "./billing.js";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
const chromium = PLACES.find((place) => place && existsSync(place));
const skip = chromium ? false : "Skipped, no Chromium: install it, or name one in CHROMIUM";

const portal = clientOf("portal");
const { clientid } = await done(portal, "customers", "createCustomer", MINA);
// the made-up systems are on this machine, whatever proxy the machine goes through
const options = { executablePath: chromium, args: ["--no-sandbox", "--no-proxy-server"] };
const browser = skip ? null : await launch(options);
const said = [];

after(() => browser?.close());
beforeEach(() => said.splice(0));

/** A tab of somebody who was never here before. */
async function tab() {
  const page = await (await browser.createBrowserContext()).newPage();
  page.on("console", (line) => said.push(line.text()));
  page.on("pageerror", (error) => said.push(error.message));
  return page;
}

/** What an action answers that the client knows no method for. */
async function called(action, more) {
  const [identifier, secret] = [billing.portal.username, billing.portal.password];
  const body = new URLSearchParams({ identifier, secret, action, responsetype: "json", ...more });
  return (await fetch(billing.url, { method: "POST", body })).json();
}

const link = async (more) => (await called("CreateSsoToken", { client_id: clientid, ...more })).redirect_url;

const shown = (page) => page.$eval("main", (main) => main.innerText);

/** Write over what stands in a field. */
async function typed(page, name, text) {
  await (await page.$(`[name=${name}]`)).click({ count: 3 });
  await page.keyboard.type(text);
}

/** Press what says so, and wait for the page that follows. */
async function press(page, label) {
  const button = await page.waitForSelector(`button::-p-text(${label})`);
  const [answer] = await Promise.all([page.waitForNavigation(), button.click()]);
  return answer.status();
}

test("a card is added", { skip }, async () => {
  const page = await tab();
  assert.equal((await page.goto(await link({ destination: "clientarea:billing_info" }))).status(), 200);
  assert.match(await shown(page), /There is none yet/);
  await typed(page, "ccnumber", "5555 5555 5555 4444");
  await typed(page, "ccexpirydate", "11/31");
  assert.equal(await press(page, "Add card"), 200);
  assert.match(await shown(page), /MasterCard 4444/);
  const { paymethods } = await called("GetPayMethods", { clientid });
  assert.deepEqual(paymethods.map((each) => each.card_last_four), ["4444"]);
  assert.deepEqual(said, []);
});

test("an invoice is paid", { skip }, async () => {
  const plan = { "pid[0]": 101, "billingcycle[0]": "monthly", paymentmethod: "stripe" };
  const { invoiceid } = await done(portal, "billing", "addOrder", clientid, plan);
  const there = { destination: "sso:custom_redirect", sso_redirect_path: `viewinvoice.php?id=${invoiceid}` };
  const page = await tab();
  assert.equal((await page.goto(await link(there))).status(), 200);
  assert.equal(await press(page, "Pay ¥5500"), 200);
  assert.match(await shown(page), /Paid/);
  assert.equal((await done(portal, "billing", "getInvoice", invoiceid)).status, "Paid");
  assert.deepEqual(said, []);
});

test("a link that was used leads nowhere in another browser", { skip }, async () => {
  const url = await link({ destination: "clientarea:billing_info" });
  assert.equal((await (await tab()).goto(url)).status(), 200);
  assert.equal((await (await tab()).goto(url)).status(), 403);
});
