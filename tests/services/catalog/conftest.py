"""Catalogue files in and out."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from storefront.core.catalog.exporting.running import export_catalog
from storefront.core.catalog.importing.report import ImportReport
from storefront.core.catalog.importing.running import import_catalog
from storefront.core.db import session


@pytest.fixture
def take() -> Callable[..., ImportReport]:
    """``take(data, **terms)``: imports a file into a shop that counts in yen."""

    def run(data: bytes, **changes: Any) -> ImportReport:
        terms: dict[str, Any] = {
            "currency": "JPY",
            "base_currency": "JPY",
            "actor": "cli:test",
            "media": "https://shop.example/media/",
        }
        return import_catalog(io.BytesIO(data), **(terms | changes))

    return run


@pytest.fixture
def give() -> Callable[..., bytes]:
    """``give("own")``: the catalogue as a file."""

    def run(kind: str = "own", **changes: Any) -> bytes:
        terms: dict[str, Any] = {"base_currency": "JPY", "lang": "en", "media": "https://shop.example/media/"}
        data = b"".join(export_catalog(kind, **(terms | changes)))
        session.rollback()
        return data

    return run
