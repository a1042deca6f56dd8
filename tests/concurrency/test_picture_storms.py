"""The same picture handed in and taken away by many, while the sweeper goes round."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from storefront.core.catalog.models import Picture, ProductPicture
from storefront.core.catalog.picturing import sweeping
from storefront.core.catalog.picturing.originals import discard, hand_in, original_path
from storefront.core.catalog.picturing.service import add_picture, remove_picture
from storefront.core.db import run_unit, session, unit_of_work
from storefront.testing.databases import Database
from storefront.testing.factories import make_product

Storm = Callable[[int, Callable[[int], Any]], list[Any]]
HANDS, ROUNDS = 4, 12


def test_what_has_a_product_has_its_file(
    db: Database, storm: Storm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "YOUNGEST", timedelta(seconds=-60))
    file = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(file, "PNG")
    originals, media = tmp_path / "originals", tmp_path / "media"
    with unit_of_work():
        products = [make_product().id for _ in range(HANDS)]
    swept: list[int] = []

    def work(number: int) -> None:
        for turn in range(ROUNDS):
            if number == HANDS:
                swept.append(run_unit(lambda: sweeping.sweep_unused(originals, media, lambda names: ()))[0])
                continue
            handed = hand_in(file.getvalue(), originals)
            row = run_unit(lambda handed=handed: add_picture(products[number], handed, "test"))
            discard(handed)
            path = original_path(originals, handed.digest, handed.suffix)
            assert path.read_bytes() == file.getvalue()
            if turn < ROUNDS - 1 or number:
                run_unit(lambda row=row: remove_picture(row, "test"))

    assert [str(answer) for answer in storm(HANDS + 1, work) if answer is not None] == []
    session.rollback()
    (picture,) = session.scalars(select(Picture))
    assert session.scalars(select(ProductPicture.picture_id)).all() == [picture.id]
    assert original_path(originals, picture.digest, picture.suffix).read_bytes() == file.getvalue()
    # Among them the sweeper did find something, else this would show nothing.
    with unit_of_work():
        session.delete(session.scalars(select(ProductPicture)).one())
    assert sum(swept) + run_unit(lambda: sweeping.sweep_unused(originals, media, lambda names: ()))[0] >= 1
    assert not [path for path in originals.rglob("*") if path.is_file()]
