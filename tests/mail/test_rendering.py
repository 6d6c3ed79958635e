"""A mail's HTML says what its text says, and nothing in it is anybody's but the portal's (NTF-1)."""

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mail.rendering import as_html, as_text
from core.domain.ids import request_key
from core.domain.letters import places_of, rendered
from core.domain.mail import Letter, Mail
from core.domain.policy import Policy
from core.domain.words import Language

LINK = "https://my.sonixnet.example/account?a=1&b=2#token=t"
POLICY = Policy()


def a_mail(letter: Letter, language: Language, **values: str) -> Mail:
    filled = {place: f"[{place}]" for place in places_of(letter)} | {"link": LINK, "code": "048213"} | values
    return Mail(key=request_key("m"), to="mina@example.com", letter=letter, language=language, values=filled)


def read(html: str) -> str:
    """What a person sees of it, its blanks folded."""
    body = html.partition("<body")[2].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("letter", Letter)
def test_both_say_the_same(letter: Letter, language: Language) -> None:
    mail = a_mail(letter, language)
    said = rendered(mail, POLICY)
    html = as_html(said, mail)
    assert as_text(said) == said.text
    assert read(html).replace(" ", "") == re.sub(r"\s", "", said.text)
    assert html.startswith(f'<!DOCTYPE html>\n<html lang="{language}">')
    assert html.count("<p ") == said.text.count("\n\n") + 1
    assert f"<title>{said.subject}</title>" in html
    links = re.findall(r'href="([^"]*)"', html)
    assert [unescape(link) for link in links] == [LINK] * said.text.count(LINK)
    assert not re.findall(r"<(?:img|script|link|iframe)|url\(|src=", html), "a mail loads nothing"


def test_a_code_is_easy_to_see() -> None:
    mail = a_mail(Letter.SIGN_UP_CODE, Language.EN)
    assert "<strong>048213</strong>" in as_html(rendered(mail, POLICY), mail)


NOTICE: dict[str, Any] = {"title": "A title", "label": "See", "message": "A message"}


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "{% raw %}", "&lt;b&gt;",
        "https://evil.example/", "javascript:alert(1)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["title", "label", "message"])
def test_what_others_wrote_stays_words(place: str, evil: str) -> None:
    mail = a_mail(Letter.NOTICE, Language.JA, **(NOTICE | {place: evil}))
    said = rendered(mail, POLICY)
    html = as_html(said, mail)
    assert "<script" not in html and "<img" not in html
    assert re.findall(r'href="([^"]*)"', html) == [LINK.replace("&", "&amp;")]
    if place != "title":
        assert evil.replace(" ", "") in read(html).replace(" ", "")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "", " https://x.example"])
def test_a_link_that_leads_to_no_page_is_no_link(link: str) -> None:
    mail = a_mail(Letter.NOTICE, Language.EN, **(NOTICE | {"link": link}))
    assert "href" not in as_html(rendered(mail, POLICY), mail)


@given(message=st.text(max_size=200))
def test_any_message_is_one_document(message: str) -> None:
    mail = a_mail(Letter.NOTICE, Language.EN, **(NOTICE | {"message": message}))
    html = as_html(rendered(mail, POLICY), mail)
    assert html.count("<body") == html.count("</body>") == html.count("</html>") == 1
