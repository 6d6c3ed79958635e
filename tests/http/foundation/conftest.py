from collections.abc import Iterator

import pytest
from litestar.testing import TestClient

from tests.http.foundation.demo import Demo


@pytest.fixture
def demo() -> Demo:
    return Demo()


@pytest.fixture
def http(demo: Demo) -> Iterator[TestClient]:
    with TestClient(demo.app()) as client:
        yield client
