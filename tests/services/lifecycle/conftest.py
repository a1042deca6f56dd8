import pytest

from storefront.testing.databases import Database
from storefront.testing.world import World, make_world


@pytest.fixture
def world(db: Database) -> World:
    return make_world()
