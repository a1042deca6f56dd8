"""What tests of the cart share."""

import pytest

from storefront.core.db import unit_of_work
from storefront.testing.databases import Database
from storefront.testing.factories import make_session


@pytest.fixture
def shopper(db: Database) -> int:
    """The id of a guest's session."""
    with unit_of_work():
        return make_session().id
