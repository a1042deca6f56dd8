"""Members of the staff at work."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront.testing.desk import staff_client
from storefront.testing.visitor import Visitor


@pytest.fixture
def member(app: Flask) -> Callable[..., Visitor]:
    """``member("packer")``: a new member of the staff with that role, in a browser of their own."""
    return lambda role="owner", locale="en": Visitor(staff_client(app, role, locale=locale))
