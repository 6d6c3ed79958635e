"""The offline mailbox shows which letter a mail was and what filled its places; the ledger does not (T-6)."""

from adapters.fakes.bindings import bind_world
from core.domain.ids import request_key
from core.domain.mail import Letter, Mail
from core.domain.words import Language
from tests.worlds import a_world

LINK = "https://my.sonixnet.example/sign-up/complete#token=t"
MAIL = Mail(
    key=request_key("mail", "1"),
    to="mina@example.com",
    letter=Letter.SIGN_UP_CODE,
    language=Language.EN,
    values={"code": "048213", "link": LINK},
)


async def test_a_mail_is_found_by_its_letter_and_tells_its_values() -> None:
    bound = bind_world(a_world())
    await bound.mailer.send(MAIL)
    (mail,) = await bound.mailbox.mails(letter="sign_up_code")
    assert (mail.letter, mail.values) == ("sign_up_code", MAIL.values)
    assert await bound.mailbox.mails(letter="welcome") == ()


async def test_codes_and_links_stay_out_of_the_ledger() -> None:
    world = a_world()
    await bind_world(world).mailer.send(MAIL)
    assert "048213" not in repr(world.ledger.entries)
    assert "token" not in repr(world.ledger.entries)
