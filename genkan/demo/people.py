"""The demo's customers, and the card one of them photographs."""

import io
from datetime import timedelta
from typing import Any, Final

from genkan.client import Customer, NotExpected
from genkan.demo.play import Play

PASSWORD: Final = "persimmons on the veranda"
TERMS: Final = "2026-01"
EID: Final = "89049032000000000000000000000123"

PEOPLE: Final[dict[str, dict[str, Any]]] = {
    "Mina": {
        "firstName": "Mina",
        "lastName": "Okafor",
        "birthDate": "1994-05-06",
        "gender": "female",
        "nationality": "Nigeria",
        "phone": {"countryCode": "81", "number": "09012345678"},
        "address": {
            "postcode": "110-0001",
            "prefecture": "Tokyo",
            "city": "Taito-ku",
            "town": "Yanaka 1-2-3",
            "building": "Hana House 201",
        },
    },
    "Kenji": {
        "firstName": "健司",
        "lastName": "田中",
        "firstKana": "ケンジ",
        "lastKana": "タナカ",
        "birthDate": "1988-11-23",
        "gender": "male",
        "phone": {"countryCode": "81", "number": "08023456789"},
        "address": {
            "postcode": "5300001",
            "prefecture": "大阪府",
            "city": "大阪市北区",
            "town": "梅田1-1-1",
            "building": "",
        },
        "language": "ja",
    },
    "Aiko": {
        "firstName": "Aiko",
        "lastName": "Lindqvist",
        "birthDate": "1979-02-14",
        "gender": "female",
        "phone": {"countryCode": "81", "number": "07034567890"},
        "address": {
            "postcode": "231-0023",
            "prefecture": "Kanagawa",
            "city": "Yokohama-shi Naka-ku",
            "town": "Yamashita-cho 2-3",
            "building": "",
        },
    },
}
"""Who plays, as they sign up; the email is made for each playing."""


def details(play: Play, name: str, **more: Any) -> dict[str, Any]:
    """What a customer writes when they sign up, with an address nobody has used."""
    email = f"{name.lower()}.{play.tag}@example.com"
    return {
        **PEOPLE[name],
        "email": email,
        "password": PASSWORD,
        "termsVersion": TERMS,
        "marketingConsent": True,
    } | more


def signed_up(play: Play, name: str, **more: Any) -> Customer:
    """A customer with an account; where sign-ups are limited just now, time goes on until they are not."""
    written = details(play, name, **more)
    try:
        customer = play.backstage.sign_up(**written)
    except NotExpected as refused:
        if refused.code != "too_many":
            raise
        play.backstage.advance(timedelta(seconds=int(refused.answer.headers.get("retry-after", 60)) + 1))
        customer = play.backstage.sign_up(**written)
    play.customers[name] = customer
    return customer


def card(name: str, side: str) -> tuple[str, bytes]:
    """A picture of a residence card with its file name, as a phone takes one."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (856, 540), (226, 236, 232))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((24, 24, 832, 516), outline=(60, 90, 110), width=4)
    draw.text((60, 60), f"RESIDENCE CARD ({side})", fill=(30, 30, 30))
    draw.text((60, 120), PEOPLE[name]["birthDate"], fill=(30, 30, 30))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=85)
    return f"residence-card-{side}.jpg", written.getvalue()
