"""Invoices and payments."""

import pytest

from tests.wire.whmcs.conftest import PLAN, Caller


@pytest.fixture
async def client(portal: Caller) -> str:
    return await portal.add_client()


async def test_an_invoice_is_told_in_full_by_its_id_alone(portal: Caller, client: str) -> None:
    added = await portal.add_order(client, PLAN)
    (listed,) = (await portal("GetInvoices", userid=client))["invoices"]["invoice"]
    assert (listed["total"], listed["status"], listed["duedate"]) == ("5500.00", "Unpaid", "2026-01-20")
    assert listed["datepaid"] == "0000-00-00 00:00:00"
    assert "balance" not in listed
    told = await portal("GetInvoice", invoiceid=added["invoiceid"])
    assert (str(told["userid"]), told["balance"], told["taxrate"]) == (client, "5500.00", "0.000")
    (item,) = told["items"]["item"]
    assert (item["type"], str(item["relid"]), item["amount"]) == ("Hosting", added["serviceids"], "5500.00")
    assert told["transactions"] == ""


async def test_invoices_are_filtered_and_ordered(portal: Caller, staff: Caller, client: str) -> None:
    for amount, due in (("300", "2026-01-10"), ("100", "2026-02-10"), ("200", "2026-03-10")):
        line = {"itemdescription1": "By hand", "itemamount1": amount}
        await staff("CreateInvoice", userid=client, duedate=due, **line)
    overdue = (await portal("GetInvoices", status="Overdue"))["invoices"]["invoice"]
    assert [(each["total"], each["status"]) for each in overdue] == [("300.00", "Unpaid")]
    by_total = await portal("GetInvoices", orderby="total", order="desc")
    assert [each["total"] for each in by_total["invoices"]["invoice"]] == ["300.00", "200.00", "100.00"]
    assert (await portal("GetInvoices", status="Paid"))["numreturned"] == 0


async def test_a_payment_in_full_settles_and_its_id_serves_once(portal: Caller, staff: Caller, client: str) -> None:
    invoice = (await portal.add_order(client))["invoiceid"]
    part = {"invoiceid": invoice, "transid": "t-1", "gateway": "stripe", "date": "2026-01-21 09:30:00"}
    await staff("AddInvoicePayment", **part, amount="500.00")
    assert (await portal("GetInvoice", invoiceid=invoice))["balance"] == "5000.00"
    assert await staff.refused("AddInvoicePayment", **part) == "Transaction ID must be Unique"
    await staff("AddTransaction", userid=client, invoiceid=invoice, paymentmethod="stripe", transid="t-2")
    told = await portal("GetInvoice", invoiceid=invoice)
    assert (told["status"], told["balance"]) == ("Paid", "0.00")
    assert [each["transid"] for each in told["transactions"]["transaction"]] == ["t-1", "t-2"]
    assert told["transactions"]["transaction"][0]["date"] == "2026-01-21 09:30:00"
    assert await staff.refused("AddTransaction", paymentmethod="stripe", userid="999") == "Client ID Not Found"
    assert await staff.refused("AddTransaction", paymentmethod="stripe", transid="t-2") == (
        "Transaction ID must be Unique"
    )


@pytest.mark.parametrize("date", ["0001-01-01 00:00:00", "0999-12-31 23:59:59", "２０26-01-05 00:00:00", "2026-01-05"])
async def test_a_payment_at_no_time_that_is_kept_is_refused(
    portal: Caller, staff: Caller, client: str, date: str
) -> None:
    invoice = (await portal.add_order(client))["invoiceid"]
    payment = {"invoiceid": invoice, "transid": "t-1", "gateway": "stripe", "date": date}
    assert await staff.refused("AddInvoicePayment", **payment) == "Invalid Date Format"
    assert (await portal("GetInvoice", invoiceid=invoice))["status"] == "Unpaid"


@pytest.mark.parametrize("amount", ["nan", "inf", "1e3", "1_0", "１０", "+5", "0.5", "word", "9" * 15, "9" * 4_000])
async def test_an_amount_that_is_none_is_refused(portal: Caller, staff: Caller, client: str, amount: str) -> None:
    invoice = (await portal.add_order(client))["invoiceid"]
    payment = {"invoiceid": invoice, "transid": "t-1", "gateway": "stripe", "amount": amount}
    assert await staff.refused("AddInvoicePayment", **payment) == "Invalid Amount"
    line = {"itemdescription1": "By hand", "itemamount1": amount}
    assert await staff.refused("CreateInvoice", userid=client, **line) == "Invalid Amount"


async def test_a_transaction_of_no_invoice_is_entered_once_too(portal: Caller, staff: Caller, client: str) -> None:
    entry = {"userid": client, "paymentmethod": "stripe", "transid": "t-1", "amountin": "10.00"}
    await staff("AddTransaction", **entry)
    taken = "Transaction ID must be Unique"
    invoice = (await portal.add_order(client))["invoiceid"]
    payment = {"invoiceid": invoice, "transid": "t-1", "gateway": "stripe"}
    assert await staff.refused("AddTransaction", **entry) == taken
    assert await staff.refused("AddTransaction", **entry, invoiceid=invoice) == taken
    assert await staff.refused("AddInvoicePayment", **payment) == taken
    assert await staff.refused("AddTransaction", **(entry | {"transid": "t-2", "amountin": "word"})) == "Invalid Amount"
    await staff("AddTransaction", **entry, allowduplicatetransid="1")
    await staff("AddTransaction", **entry, invoiceid=invoice, allowduplicatetransid="1")
    assert (await portal("GetInvoice", invoiceid=invoice))["balance"] == "5490.00"


async def test_a_card_is_charged_if_there_is_one(portal: Caller, staff: Caller, client: str) -> None:
    invoice = (await portal.add_order(client))["invoiceid"]
    assert await staff.refused("CapturePayment", invoiceid=invoice) == "Payment Attempt Failed"
    await staff("AddPayMethod", clientid=client, card_number="4242424242424242", card_expiry="1230")
    await staff("CapturePayment", invoiceid=invoice)
    assert (await portal("GetInvoice", invoiceid=invoice))["status"] == "Paid"


async def test_a_status_is_written_and_nothing_follows(portal: Caller, client: str) -> None:
    added = await portal.add_order(client)
    await portal("UpdateInvoice", invoiceid=added["invoiceid"], status="Cancelled")
    assert (await portal("GetInvoice", invoiceid=added["invoiceid"]))["status"] == "Cancelled"
    (service,) = (await portal("GetClientsProducts", clientid=client))["products"]["product"]
    assert service["status"] == "Pending"
    assert await portal.refused("UpdateInvoice", invoiceid="999", status="Paid") == "Invoice ID Not Found"
    assert await portal.refused("GetInvoice", invoiceid="999") == "Invoice ID Not Found"


@pytest.mark.parametrize(
    ("written", "due"), [("2026-12-30", "2026-12-30"), ("20261230", "2026-12-30"), ("30122026", "2026-01-20")]
)
async def test_the_day_of_a_new_invoice_is_written_with_dashes_or_without(
    portal: Caller, staff: Caller, client: str, written: str, due: str
) -> None:
    line = {"itemdescription1": "Visit", "itemamount1": "10", "duedate": written}
    made = await staff("CreateInvoice", userid=client, **line)
    assert (await portal("GetInvoice", invoiceid=made["invoiceid"]))["duedate"] == due
