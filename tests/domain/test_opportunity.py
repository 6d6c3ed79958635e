"""Which opportunity each order of a cart is put on (ORD-2, ORD-4)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.catalog import ProductType
from core.domain.ids import AccountId, OpportunityId
from core.domain.opportunity import OPEN_FOR_ORDER, Opportunity, Stage, assigned
from core.domain.refusals import OpportunityUnusable
from tests.domain.shopping import ACCOUNT, NOW

NET, S, V = ProductType.INTERNET, ProductType.SIM, ProductType.VPN


def sale(
    id: str,
    product: ProductType | None = S,
    stage: Stage = Stage.INTRODUCTION,
    *,
    account: str = ACCOUNT,
    has_order: bool = False,
) -> Opportunity:
    return Opportunity(
        id=OpportunityId(id),
        account=AccountId(account),
        product_type=product,
        stage=stage,
        created_at=NOW,
        changed_at=NOW + timedelta(hours=1),
        has_order=has_order,
    )


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("has_order", [False, True])
def test_only_an_open_one_without_an_order_takes_one(stage: Stage, has_order: bool) -> None:
    takes = stage in (Stage.INTRODUCTION, Stage.READY) and not has_order
    assert sale("a", S, stage, has_order=has_order).takes_order(ACCOUNT, S) is takes


def test_another_s_or_another_type_s_takes_none() -> None:
    assert not sale("a", S).takes_order(ACCOUNT, NET)
    assert not sale("a", S).takes_order(AccountId("001B"), S)
    assert not sale("a", None).takes_order(ACCOUNT, S)


@pytest.mark.parametrize(
    ("products", "known", "given_", "chosen"),
    [
        ((NET,), (), None, (None,)),
        ((NET,), (sale("new", NET, Stage.READY), sale("old", NET)), None, ("new",)),
        ((S,), (sale("new", S), sale("old", S)), None, ("new",)),
        ((V,), (sale("a", V),), None, (None,)),
        ((S, S), (sale("a", S),), None, ("a", None)),
        ((S, S), (sale("a", S), sale("b", S)), None, ("a", "b")),
        ((S, S), (sale("a", S), sale("b", S)), "b", ("b", "a")),
        ((V, S, NET), (sale("a", NET), sale("b", S)), "b", (None, "b", "a")),
        ((V,), (sale("a", V),), "a", ("a",)),
        ((NET,), (sale("taken", NET, has_order=True), sale("free", NET)), None, ("free",)),
        ((NET,), (sale("void", NET, Stage.VOID),), None, (None,)),
        ((NET,), (sale("theirs", NET, account="001B"),), None, (None,)),
    ],
)
def test_orders_go_on_the_newest_open_one_or_a_new_one(
    products: tuple[ProductType, ...],
    known: tuple[Opportunity, ...],
    given_: str | None,
    chosen: tuple[str | None, ...],
) -> None:
    found = assigned(ACCOUNT, products, known, OpportunityId(given_) if given_ is not None else None)
    assert found == chosen


@pytest.mark.parametrize(
    "known",
    [
        (),
        (sale("x", S),),
        (sale("a", S),),
        (sale("a", NET, Stage.POST_PROCESSING),),
        (sale("a", NET, Stage.VOID),),
        (sale("a", NET, has_order=True),),
        (sale("a", NET, account="001B"),),
    ],
)
def test_a_given_one_that_takes_no_order_of_the_cart_is_refused(known: tuple[Opportunity, ...]) -> None:
    with pytest.raises(OpportunityUnusable):
        assigned(ACCOUNT, (NET, V), known, OpportunityId("a"))


SALES = st.builds(
    lambda id, product, stage, has_order: sale(str(id), product, stage, has_order=has_order),
    st.integers(0, 10**6),
    st.sampled_from(ProductType),
    st.sampled_from(Stage),
    st.booleans(),
)


@given(
    st.lists(st.sampled_from(ProductType), min_size=1, max_size=5),
    st.lists(SALES, max_size=8, unique_by=lambda each: each.id),
)
def test_no_opportunity_takes_two_and_none_is_left_out(products: list[ProductType], known: list[Opportunity]) -> None:
    chosen = assigned(ACCOUNT, products, known)
    used = [each for each in chosen if each is not None]
    assert len(set(used)) == len(used)
    by_id = {each.id: each for each in known}
    for product, each in zip(products, chosen, strict=True):
        if each is not None:
            assert by_id[each].product_type is product
            assert by_id[each].stage in OPEN_FOR_ORDER
            assert not by_id[each].has_order
    for product in (NET, S):
        free = sum(each.takes_order(ACCOUNT, product) for each in known)
        assert sum(by_id[each].product_type is product for each in used) == min(free, products.count(product))
