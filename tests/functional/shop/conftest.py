from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask

from storefront.core.db import unit_of_work


@pytest.fixture
def unit(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """``with unit():`` a unit of work in the app's database, as a command or job would have."""

    @contextmanager
    def opened() -> Iterator[None]:
        with app.app_context(), unit_of_work():
            yield

    return opened
