"""What billing and the partners hold is there again after the world was put away."""

from datetime import UTC, datetime
from pathlib import Path

from adapters.fakes.bindings import bind_world
from adapters.fakes.demo_catalog import stock
from adapters.fakes.whmcs.products import mirror_catalog
from adapters.fakes.world import World
from core.domain.ids import request_key
from core.domain.mail import Letter, Mail
from core.domain.provisioning import EsimOrder
from core.domain.words import Language
from tests.contracts.billing_fixtures import MARK, OTHER_MARK, PLAN, added, an_order, running

ESIM = EsimOrder(key=request_key(MARK, "esim"), order=MARK, plan="SIM-DATA-5GB", eid=None)
MAIL = Mail(
    key=request_key("m"),
    to="mina@example.com",
    letter=Letter.SIGN_UP_CODE,
    language=Language.JA,
    values={"code": "048213", "link": "https://my.sonixnet.example/"},
)


async def test_a_world_that_was_put_away_goes_on(tmp_path: Path) -> None:
    world = World.new(path=tmp_path / "world.db")
    stock(world.records)
    mirror_catalog(world.records)
    before = bind_world(world)
    client = await added(before)
    await before.billing_desk.add_payment_method(client)
    billed = await running(before, client)
    esim = await before.esim_issuer.ensure_profile(ESIM)
    await before.mailer.send(MAIL)
    await before.control.move_clock(datetime(2026, 2, 10, tzinfo=UTC))
    shown = await before.invoice_book.invoices(client), await before.service_book.services(client)
    await before.close()

    after = bind_world(World.load(tmp_path / "world.db"))
    assert (await after.invoice_book.invoices(client), await after.service_book.services(client)) == shown
    assert len(shown[0]) == 2
    assert await after.provisioner.ensure_billed(
        request_key("k"), an_order(client)
    ) == await after.provisioner.find_billed(client, MARK)
    assert (await after.payment_book.payment_methods(client)).present
    assert await after.esim_issuer.ensure_profile(ESIM) == esim
    assert [mail.values["code"] for mail in await after.mailbox.mails()] == ["048213"]
    # new ids go on where the old ones stopped
    another = await running(after, client, PLAN, mark=OTHER_MARK)
    assert int(another.order) == int(billed.order) + 1
    await after.close()
