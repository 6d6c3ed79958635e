"""What customers see of invoices and payment methods, and the way into WHMCS (SRV-2, SRV-3, SRV-6, ORD-9)."""

from pathlib import Path
from typing import Any, Final

from features.parameters import choice
from features.sentences import given, then, when
from features.stage import Stage, same
from features.steps.id_policy import LOG
from features.wishes import table, yen

choice("soon", {"ending soon": True, "not ending soon": False}, "ending soon")
PAGES: Final = {"the payment methods": "clientarea:billing_info", "the invoice": "sso:custom_redirect"}
choice("page_behind", PAGES, "the invoice")
SECRETS: Final = ("mail", "account", "client", "case", "invoice", "order")


# --- invoices --------------------------------------------------------------------------------------------------------
@then("{actor} sees {number} invoice(s) over {money}, {status}")
def sees_invoices(stage: Stage, actor: str, number: int, money: int, status: str) -> None:
    """Number, total and state of the customer's invoices."""
    got = [(invoice["total"], invoice["status"]) for invoice in stage.customer(actor).invoices()]
    same("Invoices", [(money, status)] * number, got)


@then("{actor} sees no invoices")
def sees_none(stage: Stage, actor: str) -> None:
    """The list is empty."""
    same("Invoices", [], stage.customer(actor).invoices())


@then("its lines are")
def lines_are(stage: Stage, datatable: list[list[str]]) -> None:
    """The lines of the invoice, each with its service."""
    customer = stage.notes["orderer"]
    invoice = customer.get(f"/billing/invoices/{customer.invoices()[0]['id']}")
    wanted = [(row["line"], yen(row["amount"])) for row in table(datatable)]
    got = [(line["description"].split(" (")[0], line["amount"]) for line in invoice["lines"]]
    same("The lines of the invoice", wanted, got)
    same("What is left to pay", sum(amount for _, amount in wanted), invoice["balance"])


@given("staff have drafted an invoice over {money} for {actor}")
def drafted(stage: Stage, money: int, actor: str) -> None:
    """An invoice that is not out yet."""
    due, client = stage.today().isoformat(), stage.account(actor)["client"]
    desk = stage.backstage.whmcs
    desk.make_invoice(client=client, description="Repair", amount=money, due=due, draft=True)


@given("{actor} has paid {owner} invoice in WHMCS")
@when("{actor} pays {owner} invoice in WHMCS", "{actor} pays {owner} invoices in WHMCS")
def pays(stage: Stage, actor: str, owner: str) -> None:
    """Pays everything that is open."""
    customer = stage.customer(actor)
    for invoice in customer.invoices():
        if invoice["status"] == "unpaid":
            stage.backstage.whmcs.pay_invoice(invoice=invoice["id"])


@when("{actor} looks at {owner} invoice")
def looks_at(stage: Stage, actor: str, owner: str) -> None:
    """Opens the page of somebody's invoice."""
    invoice = stage.customer(owner).invoices()[0]["id"]
    with stage.asking():
        stage.told = stage.customer(actor).get(f"/billing/invoices/{invoice}")


# --- payment methods -------------------------------------------------------------------------------------------------
@given("{actor} has added a card {words} that ends in {month}")
def added_card(stage: Stage, actor: str, words: str, month: str) -> None:
    """A card, added on WHMCS's page."""
    stage.backstage.add_payment_method(stage.customer(actor), last_four=words, expires=month)


@when("{actor} adds a payment method in WHMCS", "{actor}がWHMCSで支払い方法を登録する")
def adds_method(stage: Stage, actor: str) -> None:
    """A card, added on WHMCS's page."""
    stage.backstage.whmcs.add_payment_method(client=stage.account(actor)["client"])


@when("{actor} removes {owner} payment method in WHMCS")
def removes_method(stage: Stage, actor: str, owner: str) -> None:
    """Nothing is left to be charged."""
    client = stage.account(actor)["client"]
    for row in stage.backstage.records("payment_method", client=client):
        stage.backstage.whmcs.remove_payment_method(client=client, method=row["id"])


@then("{owner} payment methods are {number}, the first {words}, {soon}")
def methods_are(stage: Stage, owner: str, number: int, words: str, soon: bool) -> None:
    """How many, the one that is used by its last four digits, and whether it ends soon."""
    told = stage.customer(owner).get("/billing/payment-methods/summary")
    got = (told["count"], told["first"]["lastFour"], told["expiresSoon"])
    same("The payment methods", (number, words, soon), got)


# --- the way into WHMCS ----------------------------------------------------------------------------------------------
@when("{actor} asks for the way to {owner} payment methods")
def way_to_methods(stage: Stage, actor: str, owner: str) -> None:
    """Clicks the button that leads to WHMCS's page of payment methods."""
    _ask_way(stage, actor, "payment-methods")


@when("{actor} asks for the way to {owner} invoice")
def way_to_invoice(stage: Stage, actor: str, owner: str) -> None:
    """Clicks the button that leads to WHMCS's page of an invoice."""
    _ask_way(stage, actor, "invoice", stage.customer(owner).invoices()[0]["id"])


@when("{actor} asks for the way to WHMCS's {words} page")
def way_to_anywhere(stage: Stage, actor: str, words: str) -> None:
    """Tries another page of WHMCS."""
    _ask_way(stage, actor, words)


@then("{actor} gets a link into WHMCS")
def gets_link(stage: Stage, actor: str) -> None:
    """A link with a token, which nobody on the way may keep."""
    assert "access_token=" in str(stage.told), f"{stage.told!r} is no link"
    same("What a browser may keep of it", "no-store", stage.notes["kept"])


@then("the link is kept nowhere")
def kept_nowhere(stage: Stage, tmp_path: Path) -> None:
    """No system, no mail, no file of the portal, its database first, and no line of its log holds the token."""
    token = str(stage.told).rsplit("access_token=", 1)[1]
    kept = {name: str(stage.backstage.records(name)).encode() for name in SECRETS}
    kept |= {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept["log"] = "".join(stage.notes[LOG]).encode()
    assert kept["log"] and any(name.endswith(".db") for name in kept), f"there is nothing to look into: {list(kept)}"
    same("Where the link lies", [], [name for name, content in kept.items() if token.encode() in content])


@then("the link opens {page_behind}")
def link_opens(stage: Stage, page_behind: str) -> None:
    """The page of WHMCS that a browser comes to with it."""
    page, _, path = str(stage.backstage.whmcs.open_link(url=stage.told)).partition(" ")
    same("The page behind the link", page_behind, page)
    same("Whether it is one certain page", page_behind == PAGES["the invoice"], path.startswith("viewinvoice.php?id="))


@then("the link opens nothing any more")
def link_opens_nothing(stage: Stage) -> None:
    """Whoever finds it later comes to no page."""
    link = stage.told
    with stage.asking():
        stage.told = stage.backstage.whmcs.open_link(url=link)
    same("Why it opens nothing", "deed_refused", next(iter(stage.refusal.faults.values())))


def _ask_way(stage: Stage, said: str, page: str, invoice: str | None = None) -> None:
    customer = stage.customer(said)
    with stage.asking():
        stage.told = customer.door(page, invoice)
        answer: Any = stage.portal.last
        stage.notes["kept"] = answer.headers.get("cache-control")
