"""The mailer keeps each mail once, and mails can be read (ACC-1, NTF-1)."""

import pytest

from adapters.fakes.bindings import WorldBindings
from adapters.fakes.world import World
from core.domain.ids import request_key
from core.domain.mail import Letter, Mail
from core.domain.words import Language
from ports.errors import Rejected, Unavailable


def a_mail(key: str = "1", to: str = "mina@example.com", language: Language = Language.EN, **values: str) -> Mail:
    filled = {"code": "048213", "link": "https://my.sonixnet.example/sign-up/complete#token=t"} | values
    return Mail(key=request_key("mail", key), to=to, letter=Letter.SIGN_UP_CODE, language=language, values=filled)


async def test_a_mail_lies_in_the_mailbox_as_the_customer_reads_it(bound: WorldBindings) -> None:
    await bound.mailer.send(a_mail())
    (mail,) = await bound.mailbox.mails(to="MINA@example.com")
    assert (mail.sender, mail.to) == ("portal", "mina@example.com")
    assert mail.subject == "Your SonixNet code: 048213"
    assert "https://my.sonixnet.example/sign-up/complete#token=t" in mail.text
    assert "Your code is 048213." in mail.text


async def test_a_mail_speaks_the_customers_language(bound: WorldBindings) -> None:
    await bound.mailer.send(a_mail(language=Language.JA))
    (mail,) = await bound.mailbox.mails()
    assert mail.subject == "SonixNet 確認コード：048213"


async def test_the_same_key_is_one_mail(bound: WorldBindings, world: World) -> None:
    world.faults.switch("mail", "send", "timeout_after", times=1)
    with pytest.raises(Unavailable):
        await bound.mailer.send(a_mail())
    await bound.mailer.send(a_mail())
    await bound.mailer.send(a_mail("2", code="999999"))
    assert [mail.subject[-6:] for mail in await bound.mailbox.mails()] == ["999999", "048213"]


async def test_a_mail_with_an_empty_place_is_refused(bound: WorldBindings) -> None:
    bare = Mail(key=request_key("m"), to="mina@example.com", letter=Letter.WELCOME, language=Language.EN)
    with pytest.raises(Rejected) as refused:
        await bound.mailer.send(bare)
    assert refused.value.code == "validation"
    assert refused.value.fields == ("link", "name", "number")
    assert await bound.mailbox.mails() == ()


async def test_an_address_that_is_none_is_refused(bound: WorldBindings) -> None:
    with pytest.raises(Rejected) as refused:
        await bound.mailer.send(a_mail(to="nowhere"))
    assert refused.value.code == "validation"


async def test_a_copy_goes_along(bound: WorldBindings) -> None:
    values = {"name": "Mina", "number": "P1000001", "link": "https://my.sonixnet.example/account"}
    mail = Mail(
        key=request_key("m"),
        to="mina@example.com",
        letter=Letter.WELCOME,
        language=Language.EN,
        values=values,
        copy_to="support@sonixnet.example",
    )
    await bound.mailer.send(mail)
    (kept,) = await bound.mailbox.mails(to="mina@example.com")
    assert kept.copy_to == "support@sonixnet.example"
    assert await bound.mailbox.mails(to="support@sonixnet.example") == ()
