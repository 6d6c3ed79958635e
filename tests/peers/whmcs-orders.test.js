// npm's whmcs orders, accepts, invoices and takes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MINA, clientOf, done, refused } from "./billing.js";

const portal = clientOf("portal");
const staff = clientOf("staff");
const PLAN = { "pid[0]": 101, "billingcycle[0]": "monthly", "domain[0]": "801A", paymentmethod: "stripe" };

const { clientid } = await done(portal, "customers", "createCustomer", MINA);

test("an order is added, accepted, and its service told", async () => {
  const order = await done(portal, "billing", "addOrder", clientid, PLAN);
  assert.match(order.serviceids, /^\d+$/);
  await done(portal, "billing", "acceptOrder", order.orderid, { autosetup: 1 });
  const told = await done(portal, "customers", "getCustomerProducts", clientid);
  assert.deepEqual(told.products.product.map(({ status, domain }) => [status, domain]), [["Active", "801A"]]);
  await done(portal, "customers", "updateCustomerProduct", order.serviceids, { notes: "by hand" });
  const { orders } = await done(portal, "products", "getOrders", "id", order.orderid);
  assert.equal(orders.order[0].lineitems.lineitem[0].status, "Active");
  await refused(done(portal, "billing", "acceptOrder", order.orderid), [
    200,
    "Order ID not found or Status not Pending",
  ]);
});

test("two orders are two, and each goes away in two steps", async () => {
  const orders = [await done(portal, "billing", "addOrder", clientid, PLAN)];
  orders.push(await done(portal, "billing", "addOrder", clientid, PLAN));
  assert.notEqual(orders[0].orderid, orders[1].orderid);
  for (const { orderid } of orders) {
    await refused(done(portal, "billing", "deleteOrder", orderid), [
      200,
      "The order status must be in Cancelled or Fraud to be deleted",
    ]);
    await done(portal, "billing", "cancelOrder", orderid);
    await done(portal, "billing", "deleteOrder", orderid);
  }
});

test("without an index an array is none", async () => {
  const order = { pid: [101], billingcycle: ["monthly"], paymentmethod: "stripe" };
  await refused(done(portal, "billing", "addOrder", clientid, order), [
    200,
    "Expecting parameter 'pid' to be an array",
  ]);
});

test("an invoice is made, charged only with a card, and cancelled", async () => {
  const lines = { itemdescription1: "test item", itemamount1: 1, duedate: "20261230", paymentmethod: "stripe" };
  const { invoiceid } = await done(staff, "billing", "createInvoice", clientid, lines);
  await refused(done(staff, "billing", "capturePayment", invoiceid, {}), [200, "Payment Attempt Failed"]);
  await done(portal, "billing", "updateInvoice", invoiceid, { status: "Cancelled" });
  const told = await done(portal, "billing", "getInvoice", invoiceid);
  assert.deepEqual([told.status, told.total, told.duedate], ["Cancelled", "1.00", "2026-12-30"]);
  const { invoices } = await done(portal, "billing", "getInvoices", { userid: clientid, status: "Cancelled" });
  assert.ok(invoices.invoice.some((each) => String(each.id) === String(invoiceid)));
});

test("products bear their prices", async () => {
  const { products } = await done(portal, "products", "getProductsByType", "product", 101);
  assert.equal(products.product[0].pricing.JPY.monthly, "5500.00");
  assert.equal(products.product[0].pricing.JPY.annually, "-1.00");
});

test("a ticket and a mail are sent", async () => {
  const ticket = await done(staff, "support", "openTicket", clientid, 1, "Hello", "There", {});
  assert.match(ticket.tid, /^\d{6}$/);
  await done(staff, "customers", "sendEmail", clientid, { messagename: "Client Signup Email" });
});
