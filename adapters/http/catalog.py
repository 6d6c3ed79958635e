"""The catalog: everybody's, and each customer's own (CAT)."""

from asyncio import get_running_loop
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from litestar import Request, get
from litestar.params import QueryParameter

from adapters.http.auth import Who
from adapters.http.body import Answer
from adapters.http.dependencies import Given
from adapters.http.openapi import operation
from adapters.http.people import word_of
from adapters.http.ready import Look, Ready, at_once
from adapters.http.surroundings import HttpSettings
from adapters.http.texts.saying import filled
from adapters.http.texts.shop import CLOSED
from core.domain.catalog import Catalog, ProductType, Shelf, ShownItem, WhyNot, shown_to_anyone
from core.domain.ids import ServiceId
from core.domain.refusals import NotLoggedIn
from core.domain.session import Session
from core.domain.words import Language
from core.usecases.catalog.read_catalog import ReadCatalog
from core.usecases.catalog.read_personal_catalog import ReadPersonalCatalog

_AN_INSTANT: Final = 0.001
"""Seconds."""


class ReasonShown(Answer, frozen=True):
    """Why something can't be ordered now: its code, words, and what to do next."""

    code: str
    message: str
    label: str
    url: str

    example: ClassVar[Any] = {
        "code": "check_needed",
        "message": "We have to check your address first.",
        "label": "Check availability",
        "url": "http://127.0.0.1:8000/account/order",
    }

    @classmethod
    def of(
        cls, why: WhyNot, settings: HttpSettings, language: Language, service: ServiceId | None = None
    ) -> "ReasonShown":
        """The reason in the customer's words; a service that stands in the way is where the link leads."""
        closed = CLOSED[why]
        path = closed.way.path if service is None else f"{closed.way.path}/{service}"
        return cls(
            code=why.value,
            message=filled(closed.words, language, {}),
            label=filled(closed.way.label, language, {}),
            url=settings.public_url + path,
        )


class ItemShown(Answer, frozen=True, omit_defaults=True):
    """One thing of the catalog; a price in whole yen with tax. What does not apply to its type is left out."""

    sku: str
    name: str
    description: str
    type: str
    item_class: str
    billing_cycle: str
    unit_price: int
    orderable: bool
    offering: str | None = None
    tier: str | None = None
    data_size: str | None = None
    plan_type: str | None = None
    family_discount: bool = False
    region: str | None = None
    reason: ReasonShown | None = None

    example: ClassVar[Any] = {
        "sku": "INTERNET-HOME-1G-SILVER",
        "name": "Internet Home 1G Silver",
        "description": "Fibre to your home, up to 1 Gbps.",
        "type": "internet",
        "itemClass": "plan",
        "billingCycle": "monthly",
        "unitPrice": 5500,
        "orderable": True,
        "offering": "Home 1G",
        "tier": "Silver",
    }

    @classmethod
    def of(cls, shown: ShownItem, reason: ReasonShown | None = None) -> "ItemShown":
        """The item as this customer sees it."""
        item = shown.item
        return cls(
            sku=item.sku,
            name=item.name,
            description=item.description,
            type=item.product_type.value,
            item_class=item.item_class.value,
            billing_cycle=item.billing_cycle.value,
            unit_price=item.unit_price,
            orderable=shown.orderable,
            offering=item.offering,
            tier=item.tier,
            data_size=item.data_size,
            plan_type=word_of(item.sim_plan) if item.sim_plan is not None else None,
            family_discount=item.family,
            region=item.region,
            reason=reason,
        )


class ShelfShown(Answer, frozen=True, omit_defaults=True):
    """One product line; `notice` speaks for all of it, also where nothing is shown."""

    type: str
    items: tuple[ItemShown, ...]
    notice: ReasonShown | None = None

    example: ClassVar[Any] = {"type": "internet", "items": [ItemShown.example]}

    @classmethod
    def of(cls, shelf: Shelf, settings: HttpSettings, language: Language) -> "ShelfShown":
        """The product line as one customer sees it."""
        service = next((each.service for each in shelf.items if each.service is not None), None)
        notice = ReasonShown.of(shelf.notice, settings, language, service) if shelf.notice is not None else None
        items = tuple(ItemShown.of(each, notice if each.reason is not None else None) for each in shelf.items)
        return cls(type=shelf.product_type.value, items=items, notice=notice)


class CatalogShown(Answer, frozen=True, omit_defaults=True):
    """The catalog by product line. `stale`: it could not be read again since `readAt`, prices may have changed."""

    shelves: tuple[ShelfShown, ...]
    tax_included: bool
    stale: bool
    read_at: str | None = None

    example: ClassVar[Any] = {"shelves": [ShelfShown.example], "taxIncluded": True, "stale": False}


class Pages:
    """The public catalog as bytes, made once for each reading of it (CAT-7)."""

    def __init__(self, read: ReadCatalog) -> None:
        self._read = read
        self._catalog: Catalog | None = None
        self._made: dict[ProductType | None, Ready[CatalogShown]] = {}
        self._public_until = 0.0

    async def public(self, line: ProductType | None) -> Ready[CatalogShown]:
        """The page for whoever asks; under load what was found is the answer for the rest of the millisecond."""
        now = get_running_loop().time()
        made = self._made.get(line) if now < self._public_until else None
        if made is None:
            made = await self.page(line, None)
            self._public_until = now + _AN_INSTANT
        return made

    async def page(self, line: ProductType | None, session: Session | None) -> Ready[CatalogShown]:
        """The page of one product line, or of all; raises NotLoggedIn where it is for customers alone."""
        catalog = await self._read(session)
        if catalog is not self._catalog:
            self._catalog, self._made = catalog, {}
        made = self._made.get(line)
        if made is None:
            made = self._made[line] = Ready.of(_public(catalog, line))
        return made


_PAGES: Final = "catalog_pages"
"""Where an app keeps its pages, once somebody has asked for one: what runs before the handlers finds them there."""


def _public(catalog: Catalog, line: ProductType | None) -> CatalogShown:
    lines = (line,) if line is not None else tuple(ProductType)
    return CatalogShown(
        shelves=tuple(
            ShelfShown(type=each.value, items=tuple(ItemShown.of(item) for item in shown_to_anyone(catalog.of(each))))
            for each in lines
        ),
        tax_included=True,
        stale=catalog.stale,
        # an equal catalog is the same bytes however often it was read; only an old one says when
        read_at=catalog.read_at.isoformat() if catalog.stale else None,
    )


def _kept(line: ProductType | None) -> Look:
    async def look(scope: Mapping[str, Any]) -> Ready[CatalogShown] | None:
        pages: Pages | None = scope["litestar_app"].opt.get(_PAGES)
        if pages is None:
            return None
        try:
            return await pages.public(line)
        except NotLoggedIn:
            return None  # whoever is logged in is known further inside

    return look


async def _page(
    line: ProductType | None, request: Request[Any, Any, Any], caller: Session | None, read: ReadCatalog
) -> Ready[CatalogShown]:
    pages: Pages = request.app.opt.setdefault(_PAGES, Pages(read))
    return await pages.page(line, caller)


@get(
    "/catalog",
    **operation("catalog.all", tag="Catalog", summary="Everything we sell", who=Who.EITHER, raises=(NotLoggedIn,)),
    middleware=[at_once(_kept(None))],
)
async def catalog(
    request: Request[Any, Any, Any], caller: Given[Session | None], read_catalog: Given[ReadCatalog]
) -> Ready[CatalogShown]:
    """All product lines with prices, without an account (CAT-1, CAT-2, CAT-7)."""
    return await _page(None, request, caller, read_catalog)


@get(
    "/catalog/internet",
    **operation("catalog.internet", tag="Catalog", summary="Internet", who=Who.EITHER, raises=(NotLoggedIn,)),
    middleware=[at_once(_kept(ProductType.INTERNET))],
)
async def internet(
    request: Request[Any, Any, Any], caller: Given[Session | None], read_catalog: Given[ReadCatalog]
) -> Ready[CatalogShown]:
    """Internet plans, ways of installation and add-ons (CAT-1)."""
    return await _page(ProductType.INTERNET, request, caller, read_catalog)


@get(
    "/catalog/sim",
    **operation("catalog.sim", tag="Catalog", summary="SIM", who=Who.EITHER, raises=(NotLoggedIn,)),
    middleware=[at_once(_kept(ProductType.SIM))],
)
async def sim(
    request: Request[Any, Any, Any], caller: Given[Session | None], read_catalog: Given[ReadCatalog]
) -> Ready[CatalogShown]:
    """SIM plans and what goes with them; family plans are shown to customers with a SIM (CAT-1, CAT-5)."""
    return await _page(ProductType.SIM, request, caller, read_catalog)


@get(
    "/catalog/vpn",
    **operation("catalog.vpn", tag="Catalog", summary="VPN", who=Who.EITHER, raises=(NotLoggedIn,)),
    middleware=[at_once(_kept(ProductType.VPN))],
)
async def vpn(
    request: Request[Any, Any, Any], caller: Given[Session | None], read_catalog: Given[ReadCatalog]
) -> Ready[CatalogShown]:
    """VPN regions (CAT-1)."""
    return await _page(ProductType.VPN, request, caller, read_catalog)


@get("/catalog/personalized", **operation("catalog.personalized", tag="Catalog", summary="What you can order"))
async def personalized(
    session: Given[Session],
    language: Given[Language],
    settings: Given[HttpSettings],
    read_personal_catalog: Given[ReadPersonalCatalog],
    type: Annotated[ProductType | None, QueryParameter(description="Things of this type alone.")] = None,
) -> Ready[CatalogShown]:
    """What is open to the customer, and why the rest is not and what to do about it (CAT-3 to CAT-6)."""
    told = await read_personal_catalog(session, type)
    answer = CatalogShown(
        shelves=tuple(ShelfShown.of(shelf, settings, language) for shelf in told.shelves),
        tax_included=True,
        stale=told.stale,
        read_at=told.read_at.isoformat() if told.stale else None,
    )
    said = {"vary": "Accept-Language", "content-language": language.value}
    return Ready.of(answer, cache="private, no-cache", headers=said)


CATALOG: Final = (catalog, internet, sim, vpn, personalized)
