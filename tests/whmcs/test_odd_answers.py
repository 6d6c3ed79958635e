"""What an answer can't mean is told as that: not in another currency, at another price, of another client."""

from datetime import date
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from core.domain.billing import PaymentMethod
from core.domain.catalog import BillingCycle
from core.domain.ids import ClientId, InvoiceId, ServiceId
from ports.errors import Unavailable
from tests.whmcs.house import House, listed
from tests.whmcs.test_ports import INVOICE, MINA, SERVICE, ports_of, services

KEN = ClientId("2")
IN_A_LIST: dict[str, Any] = {name: value for name, value in INVOICE.items() if name not in ("invoiceid", "items")}
MARCH = date(2026, 3, 1)


def invoices(*rows: dict[str, Any]) -> dict[str, Any]:
    return listed("invoices", "invoice", [{**IN_A_LIST, "currencycode": "JPY", **row} for row in rows])


# --- currencies ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("told", ["JPY", "jpy", " JPY ", "", None])
async def test_what_is_in_yen_or_does_not_say_is_read(told: str | None) -> None:
    house = House(GetInvoices=invoices({"id": 9, "currencycode": told}), GetInvoice={**INVOICE, "currencycode": told})
    book = ports_of(house).invoice_book
    assert [invoice.total for invoice in await book.invoices(MINA)] == [5830]
    assert (found := await book.invoice(MINA, InvoiceId("7"))) is not None and found.total == 5830


@pytest.mark.parametrize("told", ["USD", "JPYX", "¥", 1, True, ["JPY"]])
async def test_an_invoice_in_another_currency_is_not_read_as_yen(told: Any) -> None:
    dollars = {"id": 9, "total": "15.00", "currencycode": told}
    book = ports_of(House(GetInvoices=invoices(dollars), GetInvoice={**INVOICE, **dollars})).invoice_book
    with pytest.raises(Unavailable, match="GetInvoices unreadable"):
        await book.invoices(MINA)
    with pytest.raises(Unavailable, match="GetInvoice unreadable"):
        await book.invoice(MINA, InvoiceId("7"))


async def test_the_currency_is_the_installations() -> None:
    house = House(GetInvoices=invoices({"id": 9, "currencycode": "YEN"}))
    assert len(await ports_of(house, currency="YEN").invoice_book.invoices(MINA)) == 1


# --- what is due -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("odd", "why"), [
    ({"total": "10.50"}, "total"), ({"total": ""}, "total"), ({"currencycode": "USD"}, "currencycode"),
    ({"duedate": "0000-00-00"}, "duedate"), ({"duedate": "31/12/2026"}, "duedate"), ({"date": ""}, "date"),
    ({"userid": "x"}, "userid"),
])  # fmt: skip
async def test_an_invoice_that_is_unreadable_hides_no_other(odd: dict[str, str], why: str) -> None:
    rows = invoices({"id": 7}, {"id": 8, "userid": "2", **odd}, {"id": 9, "duedate": "2026-02-01"})
    book = ports_of(House(GetInvoices=rows)).invoice_book
    with capture_logs() as lines:
        assert [invoice.id for invoice in await book.due_by(MARCH)] == ["9", "7"]
    assert [line for line in lines if line["event"] == "whmcs.invoice.unreadable"] == [
        {"event": "whmcs.invoice.unreadable", "log_level": "error", "subject": "8", "error": f"{why} is unreadable"}
    ]
    # whoever asks for that customer's own is told that they can't be read
    if why != "userid":
        with pytest.raises(Unavailable, match="GetInvoices unreadable"):
            await book.invoices(KEN)


async def test_an_invoice_without_an_id_is_told_too() -> None:
    book = ports_of(House(GetInvoices=invoices({"id": "x"}, {"id": 7}))).invoice_book
    with capture_logs() as lines:
        assert [invoice.id for invoice in await book.due_by(MARCH)] == ["7"]
    assert [(line["subject"], line["error"]) for line in lines if "subject" in line] == [("", "id is unreadable")]


async def test_an_invoice_that_is_not_due_yet_alarms_nobody() -> None:
    rows = invoices({"id": 8, "total": "10.50", "duedate": "2026-03-02"}, {"id": 7})
    with capture_logs() as lines:
        assert [invoice.id for invoice in await ports_of(House(GetInvoices=rows)).invoice_book.due_by(MARCH)] == ["7"]
    assert "whmcs.invoice.unreadable" not in {line["event"] for line in lines}


async def test_a_list_that_is_none_is_no_answer() -> None:
    with pytest.raises(Unavailable, match="unreadable"):
        await ports_of(House(GetInvoices={"invoices": {"invoice": ["x"]}})).invoice_book.due_by(MARCH)


# --- prices ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("told", "first", "recurring", "cycle", "price"), [
    ("Monthly", "27800.00", "5500.00", BillingCycle.MONTHLY, 5500),
    ("One-Time", "22800.00", "0.00", BillingCycle.ONE_TIME, 22800),
    ("One Time", "22800.00", "0.00", BillingCycle.ONE_TIME, 22800),
    ("Quarterly", "21500.00", "16500.00", None, 16500),
    ("Semi-Annually", "38000.00", "33000.00", None, 33000),
    ("Annually", "71000.00", "66000.00", None, 66000),
    ("Biennially", "137000.00", "132000.00", None, 132000),
    ("Triennially", "203000.00", "198000.00", None, 198000),
    ("Free Account", "0.00", "0.00", None, 0),
])  # fmt: skip
async def test_the_price_is_what_is_charged_each_time(
    told: str, first: str, recurring: str, cycle: BillingCycle | None, price: int
) -> None:
    row = {**SERVICE, "billingcycle": told, "firstpaymentamount": first, "recurringamount": recurring}
    (service,) = await ports_of(House(GetClientsProducts=services(row))).service_book.services(MINA)
    assert (service.cycle, service.price) == (cycle, price)


# --- states ----------------------------------------------------------------------------------------------------------
async def test_a_state_that_is_unreadable_after_a_lost_answer_is_no_answer() -> None:
    then = [services(SERVICE), services({**SERVICE, "status": []})]
    book = ports_of(House(GetClientsProducts=then, ModuleTerminate=httpx.ReadTimeout("lost"))).service_book
    with pytest.raises(Unavailable, match="GetClientsProducts unreadable"):
        await book.ensure_terminated(MINA, ServiceId("5"))


# --- payment methods -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("told", [1, "1", "", None])
async def test_payment_methods_of_that_client_are_read(told: Any) -> None:
    house = House(GetPayMethods={"clientid": told, "paymethods": [{"id": 3, "type": "CreditCard"}]})
    methods = await ports_of(house).payment_book.payment_methods(MINA)
    assert methods.methods == (PaymentMethod(kind="CreditCard", label=""),)


@pytest.mark.parametrize("told", [2, "2", "x", True])
async def test_payment_methods_of_another_client_are_no_answer(told: Any) -> None:
    house = House(GetPayMethods={"clientid": told, "paymethods": [{"id": 3, "type": "CreditCard"}]})
    with pytest.raises(Unavailable, match="GetPayMethods unreadable"):
        await ports_of(house).payment_book.payment_methods(MINA)
