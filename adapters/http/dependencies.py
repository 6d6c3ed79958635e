"""How handlers get what they need: by name, as it was bound, without another look at its type."""

from typing import Annotated, TypeAlias, TypeVar

from litestar.di import Dependency
from litestar.params import SkipValidationMarker

T = TypeVar("T")

Given: TypeAlias = Annotated[T, Dependency(), SkipValidationMarker()]
"""A handler's parameter that the composition root binds by its name: `place_order: Given[PlaceOrder]`."""
