"""Every letter can be read in every language, and says what it must (ACC-1, ACC-9, ORD-7, NTF-1)."""

from datetime import UTC, datetime

import pytest

from core.domain.ids import UserId, request_key
from core.domain.letters import LETTERS, missing_values, notice_mail, places_of, rendered
from core.domain.mail import Letter, Mail
from core.domain.notice import NewNotice, NoticeType
from core.domain.policy import Policy
from core.domain.words import Language, Words

POLICY = Policy()


def a_mail(letter: Letter, language: Language) -> Mail:
    values = {place: f"<{place}>" for place in places_of(letter)}
    return Mail(key=request_key(letter, "1"), to="mina@example.com", letter=letter, language=language, values=values)


def test_each_letter_has_words() -> None:
    assert set(LETTERS) == set(Letter)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("letter", Letter)
def test_a_letter_shows_every_value_and_leaves_no_place_open(letter: Letter, language: Language) -> None:
    mail = rendered(a_mail(letter, language), POLICY)
    for place in places_of(letter):
        assert f"<{place}>" in mail.subject + mail.text
    assert not {"{", "}"} & set(mail.subject + mail.text)
    assert "\n" not in mail.subject


@pytest.mark.parametrize("language", Language)
def test_both_languages_ask_for_the_same_values(language: Language) -> None:
    for letter, row in LETTERS.items():
        said = (row.subject.ja + row.text.ja) if language is Language.JA else (row.subject.en + row.text.en)
        assert all(f"{{{place}}}" in said for place in places_of(letter)), letter


def test_what_a_mail_leaves_out_is_named() -> None:
    mail = Mail(key=request_key("m"), to="a@example.com", letter=Letter.SIGN_UP_CODE, language=Language.EN)
    assert missing_values(mail) == ("code", "link")
    with pytest.raises(KeyError):
        rendered(mail, POLICY)


def test_a_value_with_a_line_feed_cannot_split_the_subject() -> None:
    mail = a_mail(Letter.WELCOME, Language.EN)
    mail.values["name"] = "Mina\r\nBcc: everybody@example.com"
    assert rendered(mail, POLICY).subject == "Welcome to SonixNet, Mina Bcc: everybody@example.com"


def test_a_value_in_braces_is_text() -> None:
    mail = a_mail(Letter.WELCOME, Language.JA)
    mail.values["name"] = "{link.__class__}"
    assert "{link.__class__}" in rendered(mail, POLICY).subject


def test_how_long_a_link_works_is_the_policys() -> None:
    assert "within 30 minutes" in rendered(a_mail(Letter.PASSWORD_RESET, Language.EN), POLICY).text
    assert "Kite" in rendered(a_mail(Letter.WELCOME, Language.EN), Policy(operator=Words("Kite", "凧"))).subject


def test_a_notice_becomes_a_mail_in_the_words_of_its_row() -> None:
    notice = NewNotice(
        user=UserId("u1"),
        type=NoticeType.ORDER_ACTIVATED,
        source_id="o1",
        version="v",
        values={"plan": "Home 1G", "service": "7"},
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    mail = rendered(
        notice_mail(request_key("mail", "1"), "m@example.com", Language.EN, notice, "https://my.sonixnet.example/"),
        POLICY,
    )
    assert mail.subject == "Your service is active"
    assert "Home 1G is ready to use." in mail.text
    assert "View service: https://my.sonixnet.example/account/services/7" in mail.text
