"""Mails are handed to a real mail service once, privately, and a failure says what is known (NTF-1, T-3)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.rendering import message_id, message_of, place_of
from adapters.mail.settings import MailSettings, Security
from adapters.mail.smtp import SmtpMailer
from core.domain.account import email_faults, tidy
from core.domain.ids import request_key
from core.domain.mail import Letter, Mail
from core.domain.policy import Policy
from core.domain.words import Language
from ports.errors import Rejected, Unavailable
from tests.mail.service import PASSWORD, USER, Service, served

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
LINK = "https://my.sonixnet.example/sign-up/complete#token=canary-token-5d1e"
SENDER = "portal@mail.sonixnet.example"


class Clock:
    def now(self) -> datetime:
        return NOW


def a_mail(
    key: str = "1", to: str = "mina@example.com", language: Language = Language.EN, copy_to: str | None = None
) -> Mail:
    return Mail(
        key=request_key("mail", key),
        to=to,
        letter=Letter.SIGN_UP_CODE,
        language=language,
        values={"code": "048213", "link": LINK},
        copy_to=copy_to,
    )


def mailer_at(service: Service, **changes: Any) -> SmtpMailer:
    given = {"host": "127.0.0.1", "port": service.port, "security": Security.NONE, "sender": SENDER, "deadline": 5.0}
    return SmtpMailer(MailSettings(**(given | changes)), Policy(), Clock())


async def test_a_mail_arrives_as_text_and_as_html() -> None:
    async with served(Service()) as service:
        await mailer_at(service, reply_to="support@sonixnet.example").send(a_mail(copy_to="support@sonixnet.example"))
    (handed,) = service.handed
    assert (handed.sender, handed.recipients) == (SENDER, ("mina@example.com", "support@sonixnet.example"))
    message = handed.message
    assert message["From"] == f"SonixNet <{SENDER}>"
    assert (message["To"], message["Cc"]) == ("mina@example.com", "support@sonixnet.example")
    assert message["Reply-To"] == "support@sonixnet.example"
    assert message["Subject"] == "Your SonixNet code: 048213"
    assert message["Date"].datetime == NOW
    assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", "en")
    assert message.get_content_type() == "multipart/alternative"
    assert LINK in handed.body("plain")
    assert f'<a href="{LINK}"' in handed.body("html")


async def test_japanese_arrives_whole_in_seven_bits() -> None:
    async with served(Service()) as service:
        await mailer_at(service).send(a_mail(language=Language.JA))
    (handed,) = service.handed
    assert handed.raw.isascii()
    assert max(map(len, handed.raw.split(b"\r\n"))) <= 998
    assert handed.message["Subject"] == "SonixNet 確認コード：048213"
    assert "ご登録ありがとうございます。" in handed.body("plain")
    assert '<html lang="ja">' in handed.body("html")
    assert "ご登録ありがとうございます。" in handed.body("html")


async def test_the_same_key_is_the_same_id_whatever_is_in_it() -> None:
    async with served(Service()) as service:
        for mail in (a_mail(), a_mail(language=Language.JA), a_mail("2")):
            await mailer_at(service).send(mail)
    first, again, other = (handed.message["Message-ID"] for handed in service.handed)
    assert first == again != other
    assert first.endswith("@mail.sonixnet.example>")
    assert "mail:1" not in first
    assert len(service.kept) == 2


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_it_logs_in_and_tells_nothing_in_the_open(tmp_path: Path, security: Security) -> None:
    async with served(Service(), tls=security.value, trusts=tmp_path, asks=security is Security.STARTTLS) as service:
        mailer = mailer_at(
            service,
            host="localhost",
            security=security,
            ca_file=str(tmp_path / "ca.pem"),
            **({"username": USER, "password": PASSWORD} if security is Security.STARTTLS else {}),
        )
        await mailer.send(a_mail())
    (handed,) = service.handed
    assert handed.was_private
    assert handed.user == (USER if security is Security.STARTTLS else "")


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_a_service_that_nobody_vouches_for_gets_nothing(tmp_path: Path, security: Security) -> None:
    async with served(Service(), tls=security.value, trusts=tmp_path) as service:
        with pytest.raises(Unavailable) as raised:
            await mailer_at(service, host="localhost", security=security).send(a_mail())
    assert not raised.value.outcome_unknown
    assert service.handed == []


async def test_a_service_without_starttls_gets_nothing() -> None:
    async with served(Service()) as service:
        with pytest.raises(Unavailable, match=r"mail\.connect") as raised:
            await mailer_at(service, security=Security.STARTTLS).send(a_mail())
    assert not raised.value.outcome_unknown
    assert service.handed == []


async def test_a_wrong_password_is_for_an_operator(tmp_path: Path) -> None:
    async with served(Service(), tls="starttls", trusts=tmp_path, asks=True) as service:
        mailer = mailer_at(
            service,
            host="localhost",
            security=Security.STARTTLS,
            ca_file=str(tmp_path / "ca.pem"),
            username=USER,
            password="wrong-password",
        )
        with pytest.raises(Unavailable, match="535") as raised:
            await mailer.send(a_mail())
    assert not raised.value.outcome_unknown


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize("code", [550, 554])
async def test_what_the_service_refuses_for_good_is_refused(step: str, code: int) -> None:
    async with served(Service(says={step: f"{code} no mailbox mina@example.com"})) as service:
        with pytest.raises(Rejected) as raised:
            await mailer_at(service).send(a_mail())
    assert (raised.value.code, raised.value.fields) == (f"smtp_{code}", ("to",) if step == "rcpt" else ())
    assert service.handed == []


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("code", [421, 450, 451])
async def test_what_the_service_refuses_for_now_is_tried_later(step: str, code: int) -> None:
    async with served(Service(says={step: f"{code} try later"})) as service:
        with pytest.raises(Unavailable, match=str(code)) as raised:
            await mailer_at(service).send(a_mail())
    assert not raised.value.outcome_unknown


@pytest.mark.parametrize(("step", "code"), [("mail", 550), ("mail", 553), ("rcpt", 530), ("data", 535)])
async def test_a_refusal_of_the_portal_loses_no_mail(step: str, code: int) -> None:
    async with served(Service(says={step: f"{code} who are you"})) as service:
        with pytest.raises(Unavailable, match=str(code)) as raised:
            await mailer_at(service).send(a_mail())
        assert not raised.value.outcome_unknown
        service.says.clear()
        await mailer_at(service).send(a_mail())
    assert len(service.handed) == 1


async def test_an_answer_that_is_lost_after_the_mail_leaves_doubt() -> None:
    async with served(Service(says={"after": "hang up"})) as service:
        with pytest.raises(Unavailable) as raised:
            await mailer_at(service).send(a_mail())
        assert raised.value.outcome_unknown
        service.says.clear()
        await mailer_at(service).send(a_mail())
    assert len(service.handed) == 2
    assert len(service.kept) == 1


@pytest.mark.parametrize(("step", "unknown"), [("rcpt", False), ("after", True)])
async def test_one_deadline_holds_for_all_of_it(step: str, unknown: bool) -> None:
    never = asyncio.Event()
    async with served(Service(says={step: never.wait})) as service:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable) as raised:
            await mailer_at(service, deadline=0.2).send(a_mail())
        assert asyncio.get_running_loop().time() - began < 2
        never.set()
    assert raised.value.outcome_unknown is unknown


async def test_nobody_at_the_door_is_no_doubt() -> None:
    async with served(Service()) as service:
        gone = mailer_at(service)
    with pytest.raises(Unavailable) as raised:
        await gone.send(a_mail())
    assert not raised.value.outcome_unknown


async def test_a_copy_that_is_refused_keeps_nobody_from_their_mail() -> None:
    async with served(Service(says={"rcpt copy@sonixnet.example": "550 no"})) as service:
        await mailer_at(service).send(a_mail(copy_to="copy@sonixnet.example"))
    assert [handed.recipients for handed in service.handed] == [("mina@example.com",)]


async def test_a_refused_customer_is_not_mailed_to_the_copy_alone() -> None:
    async with served(Service(says={"rcpt mina@example.com": "550 no"})) as service:
        with pytest.raises(Rejected):
            await mailer_at(service).send(a_mail(copy_to="copy@sonixnet.example"))
    assert service.handed == []


async def test_no_more_at_once_than_the_service_is_to_bear() -> None:
    at_once, most = 0, 0

    async def slowly() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1

    async with served(Service(says={"data": slowly})) as service:
        mailer = mailer_at(service, connections=3)
        await asyncio.gather(*(mailer.send(a_mail(str(number))) for number in range(12)))
    assert len(service.kept) == 12
    assert most == 3


async def test_an_address_of_other_letters_needs_a_service_that_knows_them() -> None:
    async with served(Service()) as service:
        await mailer_at(service).send(a_mail(to="美奈@例え.example"))
    assert service.handed[0].recipients == ("美奈@xn--r8jz45g.example",)
    async with served(Service(), utf8=False) as service:
        with pytest.raises(Rejected, match="553"):
            await mailer_at(service).send(a_mail(to="美奈@例え.example"))
        await mailer_at(service).send(a_mail(to="mina@例え.example"))
    assert service.handed[0].recipients == ("mina@xn--r8jz45g.example",)


@pytest.mark.parametrize("fail", ["550 mina@example.com is unknown", "451 later mina@example.com"])
async def test_no_line_and_no_error_tells_of_the_customer(fail: str) -> None:
    async with served(Service(says={"rcpt": fail})) as service:
        with structlog.testing.capture_logs() as lines, pytest.raises((Rejected, Unavailable)) as raised:
            await mailer_at(service).send(a_mail())
        service.says.clear()
        with structlog.testing.capture_logs() as more:
            await mailer_at(service).send(a_mail())
    error: BaseException | None = raised.value
    told = [*lines, *more]
    while error is not None:
        told += [repr(error), *map(repr, error.args)]
        error = error.__cause__ or error.__context__
    assert lines and more
    for secret in ("mina", "048213", "canary"):
        assert secret not in repr(told)


# --- what no header may hold ---------------------------------------------------------------------------------------
SETTINGS = MailSettings(host="127.0.0.1", security=Security.NONE, sender=SENDER)


@given(
    local=st.text(min_size=1, max_size=20),
    domain=st.sampled_from(["example.com", "例え.jp", "a-b.example", "x.y.example\r\nBcc: a@b.example"]),
    name=st.text(max_size=60),
)
def test_nothing_a_customer_writes_becomes_a_header_or_an_address(local: str, domain: str, name: str) -> None:
    to = f"{local}@{domain}"
    values = {"name": f"{name}\r\nBcc: everybody@example.com", "number": "P1000001", "link": LINK}
    mail = Mail(key=request_key("m"), to=to, letter=Letter.WELCOME, language=Language.EN, values=values)
    if email_faults("to", to) or to != tidy(to):
        return  # it is refused
    message = message_of(mail, Policy(), SETTINGS, NOW)
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert b"Bcc" not in names
    assert len(names) == len(set(names))
    (address,) = message["To"].addresses
    assert (address.username, address.domain) == (place_of(to).username, place_of(to).domain)


@pytest.mark.parametrize(
    "to", ["mina@example.com\r\nBcc: a@b.example", "mina@example.com\nX: y", "a,b@example.com", ""]
)
async def test_an_address_that_is_none_reaches_no_service(to: str) -> None:
    async with served(Service()) as service:
        with pytest.raises(Rejected) as raised:
            await mailer_at(service).send(a_mail(to=to))
    assert (raised.value.code, raised.value.fields, service.connections) == ("validation", ("to",), 0)


def test_an_id_tells_nothing_of_its_key() -> None:
    key = request_key("letter", "welcome", "user-1")
    assert "user" not in message_id(key, "example.com")
    assert message_id(key, "example.com") == message_id(key, "example.com")


# --- settings ------------------------------------------------------------------------------------------------------
RIGHT: dict[str, Any] = {"host": "smtp.example", "sender": SENDER}
WRONG: dict[str, tuple[dict[str, Any], Callable[[str], bool]]] = {
    "no host": ({"host": ""}, lambda told: told == "mail.host is not set"),
    "no sender": ({"sender": ""}, lambda told: told == "mail.sender is not set"),
    "sender with a name": ({"sender": "Portal <a@b.example>"}, lambda told: "mail.sender" in told),
    "reply": ({"reply_to": "nowhere"}, lambda told: "mail.reply_to" in told),
    "in the open": ({"security": Security.NONE}, lambda told: "mail.security" in told),
    "half a log-in": ({"username": "a"}, lambda told: "mail.password" in told),
    "port": ({"port": 70_000}, lambda told: "mail.port" in told),
    "no authority": ({"ca_file": "/nowhere.pem"}, lambda told: "mail.ca_file" in told),
    "no room": ({"connections": 0}, lambda told: "mail.connections" in told),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_can_not_work_is_told(what: str) -> None:
    changes, is_it = WRONG[what]
    assert MailSettings(**RIGHT).faults() == []
    (told,) = MailSettings(**(RIGHT | changes)).faults()
    assert is_it(told)


def test_the_password_does_not_show() -> None:
    assert "canary" not in repr(MailSettings(**RIGHT, username=USER, password=PASSWORD))
