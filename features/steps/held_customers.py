"""What Salesforce and WHMCS hold of customers, and what staff do with their records (ACC)."""

from datetime import datetime
from typing import Any, Final

from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from genkan.backstage import Row

OF_OLD: Final = "the customer of old"


# --- from before there was a portal ----------------------------------------------------------------------------------
@given(
    "{actor} was a customer before there was a portal, with the number {words}",
    "{actor}は以前からの顧客で、お客様番号は{words}である",
)
def customer_of_old(stage: Stage, actor: str, words: str) -> None:
    """Staff wrote the account with what the letters say."""
    form = stage.form(actor)
    person = {"first_name": form["firstName"], "last_name": form["lastName"]}
    stage.notes[OF_OLD] = stage.backstage.salesforce.add_account(number=words, person=person, email=form["email"])


@given("staff have linked {owner} account to a client in WHMCS")
def linked_of_old(stage: Stage, owner: str) -> None:
    """The account names a client that staff had added."""
    form = stage.form(owner)
    client = stage.backstage.whmcs.add_client(
        email=form["email"], first_name=form["firstName"], last_name=form["lastName"]
    )
    stage.backstage.salesforce.link_account(account=stage.notes[OF_OLD], client=client)
    stage.notes["client of old"] = client


@given("Salesforce holds an account with the number {words}")
def holds_number(stage: Stage, words: str) -> None:
    """Staff wrote an account of somebody else."""
    somebody = {"first_name": "Some", "last_name": "Body"}
    stage.backstage.salesforce.add_account(number=words, person=somebody, email=f"{words.lower()}@example.com")


@when("staff bar {actor} in Salesforce")
def bar(stage: Stage, actor: str) -> None:
    """Staff close the portal to an account."""
    stage.backstage.salesforce.bar_account(account=stage.account(actor)["id"])


@when("staff let {actor} in again in Salesforce")
def unbar(stage: Stage, actor: str) -> None:
    """Staff open the portal to the account again."""
    stage.backstage.salesforce.bar_account(account=stage.account(actor)["id"], barred=False)


@given("{system} takes no more changes of {owner} account")
def takes_no_changes(stage: Stage, system: str, owner: str) -> None:
    """A rule that staff made refuses the portal's writes."""
    stage.backstage.fault(system, "save_details", "refused")


# --- what is held ----------------------------------------------------------------------------------------------------
@then("Salesforce and WHMCS hold nobody")
def hold_nobody(stage: Stage) -> None:
    """No account, no contact, no client."""
    held = {table: len(stage.backstage.records(table)) for table in ("account", "contact", "client")}
    same("What is held", dict.fromkeys(held, 0), held)


@then(
    "Salesforce holds one account and one contact of {owner}", "Salesforceには{owner}取引先と取引先責任者が一件ずつある"
)
def holds_one(stage: Stage, owner: str) -> None:
    """By email, whatever the number."""
    contacts = stage.backstage.records("contact", email=stage.form(owner)["email"])
    accounts = [row["id"] for row in stage.backstage.records("account")]
    same("Contacts of that address", 1, len(contacts))
    same("Accounts of the contact", 1, accounts.count(contacts[0]["account"]))
    same("Accounts of that name", 1, len(_accounts_of_name(stage, contacts[0])))


@then("WHMCS holds one client with {owner} customer number", "WHMCSには{owner}お客様番号の顧客が一件ある")
def holds_client(stage: Stage, owner: str) -> None:
    """The client carries the number in its field."""
    number = stage.customer(owner).number
    same("Clients of that number", 1, len(stage.backstage.records("client", customer_number=number)))


@then("WHMCS holds {number} client(s)")
def holds_clients(stage: Stage, number: int) -> None:
    """All clients there are."""
    same("Clients in WHMCS", number, len(stage.backstage.records("client")))


@then("{owner} account in Salesforce names {owner} client in WHMCS")
def names_client(stage: Stage, owner: str, owner2: str) -> None:
    """The link between the two systems."""
    same("The client that the account names", client_of(stage, owner)["id"], stage.account(owner)["client"])


@then("{owner} account in Salesforce names that client")
def names_that_client(stage: Stage, owner: str) -> None:
    """The link that staff made is the one."""
    same("The client that the account names", stage.notes["client of old"], stage.account(owner)["client"])


@then("{owner} account in Salesforce is {words}, registered by {words}")
def is_registered(stage: Stage, owner: str, words: str, words2: str) -> None:
    """Portal status and where the customer came from."""
    account = stage.account(owner)
    same("The account", (words, words2), (account["portal_status"], account["registration_source"]))


@then("they were made in this order: account, contact, client")
def made_in_order(stage: Stage) -> None:
    """What the ledger says of the portal's writes."""
    made = [entry["deed"] for entry in stage.backstage.ledger(by="portal") if entry["deed"].startswith("create ")]
    wanted = ["create account", "create contact", "create client"]
    same("What was made", wanted, [deed for deed in made if deed in wanted])


@then("Salesforce holds that {actor} logged in today")
def holds_sign_in(stage: Stage, actor: str) -> None:
    """The time of the last log-in, on the account."""
    at = stage.account(actor)["last_sign_in"]
    day = datetime.fromisoformat(at).astimezone(TOKYO).date() if at else None
    same("The day of the last log-in", stage.today(), day)


@then("WHMCS holds {owner} phone number as {words}")
def billing_phone(stage: Stage, owner: str, words: str) -> None:
    """As WHMCS writes it."""
    same("The phone number in WHMCS", words, client_of(stage, owner)["phonenumber"])


@then("Salesforce holds {owner} phone number as {words}")
def crm_phone(stage: Stage, owner: str, words: str) -> None:
    """As staff dial it."""
    same("The phone number in Salesforce", words, stage.account(owner)["phone"])


@then("Salesforce holds {owner} birth date as {words}")
def crm_birth_date(stage: Stage, owner: str, words: str) -> None:
    """On the contact of that address."""
    (contact,) = stage.backstage.records("contact", email=stage.form(owner)["email"])
    same("The birth date in Salesforce", words, contact["birth_date"])


@then("WHMCS holds that {actor} wants no marketing")
def wants_no_marketing(stage: Stage, actor: str) -> None:
    """The client's opt-in is off."""
    same("The consent in WHMCS", False, client_of(stage, actor)["marketingoptin"])


@then("Salesforce and WHMCS hold {owner} address in {place}", "SalesforceとWHMCSには{owner}{place}の住所がある")
def hold_address(stage: Stage, owner: str, place: dict[str, Any]) -> None:
    """Both hold the same place."""
    account, client = stage.account(owner), client_of(stage, owner)
    wanted = (place["postcode"], place["city"], True)
    crm = (account["postcode"], account["city"], place["town"] in (account["street"] or ""))
    billing = (client["postcode"], client["city"], place["town"] in f"{client['address1']} {client['address2']}")
    same("The address in Salesforce", wanted, crm)
    same("The address in WHMCS", wanted, billing)


# --- inside ----------------------------------------------------------------------------------------------------------
def client_of(stage: Stage, said: str) -> Row:
    """The client that carries the customer's number."""
    (row,) = stage.backstage.records("client", customer_number=stage.customer(said).number)
    return row


def _accounts_of_name(stage: Stage, contact: Row) -> list[Row]:
    name = f"{contact['first_name']} {contact['last_name']}"
    return stage.backstage.records("account", name=name)
