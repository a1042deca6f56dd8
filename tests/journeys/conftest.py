"""Shoppers without a browser, and shops whose processes a test starts and ends one by one."""

from collections.abc import Callable, Iterator

import pytest

from storefront.testing.databases import Templates
from storefront.testing.plain_shopper import PlainShopper
from storefront.testing.running import RunningShop, empty_database


@pytest.fixture
def plain_shopper() -> type[PlainShopper]:
    """``plain_shopper(port, "ja")``: somebody who has never been here."""
    return PlainShopper


@pytest.fixture
def idle_shop(
    templates: Templates, database_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., RunningShop]]:
    """``idle_shop(MAIL_URL=…)``: a shop with the demo's goods on a database of each kind, nothing running yet. What the
    test starts is ended after it."""
    shops: list[RunningShop] = []

    def prepare(**environment: str) -> RunningShop:
        folder = tmp_path_factory.mktemp("shop")
        url = empty_database(templates, database_kind, f"journey_{templates.worker}_{folder.name}")
        shop = RunningShop(folder, url, **environment)
        shops.append(shop)
        shop.cli("demo")
        return shop

    yield prepare
    for shop in shops:
        for process in list(shop.processes):
            shop.stop(process)
        assert not shop.left_behind()
