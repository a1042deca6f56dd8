"""Pictures from the hand to the page, and away again: what the job does, also when it is killed."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.data import PictureData, ProductData, SkuData, TextData
from storefront.core.catalog.models import Category, Picture, Product, ProductPicture
from storefront.core.catalog.picturing import deriving, rendering
from storefront.core.catalog.picturing.errors import BadPictureOrder, CategoryNotFound, PictureNotFound
from storefront.core.catalog.picturing.originals import Handed, discard, hand_in, original_path
from storefront.core.catalog.picturing.queries import PictureRow, count_pictures, pictures_of
from storefront.core.catalog.picturing.service import (
    add_picture,
    attach_fetched,
    describe_picture,
    give_category_picture,
    keep_original,
    promise_derivation,
    remove_picture,
    reorder_pictures,
)
from storefront.core.catalog.service import save_product
from storefront.core.db import session, unit_of_work, utcnow
from storefront.core.orders.models import OrderLine
from storefront.core.outbox.models import OutboxRow, OutboxState
from storefront.core.outbox.service import later
from storefront.core.values.pictures import prepared
from storefront.jobs.relay import run_due
from storefront.jobs.runtime import Runtime
from storefront.testing.databases import Database
from storefront.testing.factories import make_category, make_product

RED, GREEN = (200, 40, 40), (40, 150, 80)


def photo(colour: tuple[int, int, int], size: tuple[int, int] = (500, 400), kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def hand(runtime: Runtime, data: bytes) -> Handed:
    return hand_in(data, runtime.originals_dir)


def add(runtime: Runtime, product_id: int, data: bytes, **values: object) -> int:
    handed = hand(runtime, data)
    with unit_of_work():
        return add_picture(product_id, handed, "test", **values)  # type: ignore[arg-type]


def shown(product_id: int) -> tuple[PictureRow, ...]:
    session.rollback()
    session.expire_all()
    return pictures_of(product_id)


@pytest.fixture
def product_id(db: Database) -> int:
    with unit_of_work():
        return make_product().id


def test_a_picture_is_prepared_and_shown(db: Database, runtime: Runtime, product_id: int) -> None:
    row_id = add(runtime, product_id, photo(RED), alt={"en": " A red box ", "ja": "赤い箱", "xx": "?"})
    (before,) = shown(product_id)
    assert (before.state, before.file, before.tint) == ("waiting", "", 0)
    assert before.alt == {"en": "A red box", "ja": "赤い箱"} and before.problem is None
    originals = [path for path in runtime.originals_dir.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in originals] == [photo(RED)]
    assert run_due(runtime) == 1
    (ready,) = shown(product_id)
    assert (ready.id, ready.state, ready.width, ready.height, ready.tint) == (row_id, "ready", 500, 400, 2)
    name = prepared(ready.file)
    assert name is not None
    for width in name.widths:
        for kind in ("avif", "jpg"):
            assert (runtime.media_dir / name.file(width, kind)).is_file()
    assert run_due(runtime) == 0 and session.get_one(Product, product_id).version == 2
    session.rollback()
    assert count_pictures() == {"waiting": 0, "ready": 1, "refused": 0, "remote": 0}


def test_the_same_picture_is_kept_and_prepared_once(db: Database, runtime: Runtime, product_id: int) -> None:
    with unit_of_work():
        other = make_product().id
    add(runtime, product_id, photo(RED))
    run_due(runtime)
    add(runtime, other, photo(RED), tint=5)
    (one,), (two,) = shown(product_id), shown(other)
    assert one.file == two.file and (one.tint, two.tint) == (2, 5) and two.state == "ready"
    assert run_due(runtime) == 0 and len(session.scalars(select(Picture)).all()) == 1
    assert not list(runtime.originals_dir.glob(".*"))


def test_what_cannot_be_opened_is_refused_with_its_reason(db: Database, runtime: Runtime, product_id: int) -> None:
    add(runtime, product_id, photo(RED)[:300])
    add(runtime, product_id, photo(GREEN))
    run_due(runtime)
    broken, good = shown(product_id)
    assert (broken.state, broken.file, good.state) == ("refused", "", "ready")
    assert broken.problem is not None
    assert broken.problem.message % broken.problem.params == (
        "The picture is damaged or incomplete and cannot be opened. Please save it anew."
    )
    assert {row.state for row in session.scalars(select(OutboxRow))} == {OutboxState.DONE}


def test_order_words_and_removal(db: Database, runtime: Runtime, product_id: int) -> None:
    ids = [add(runtime, product_id, photo((shade, 0, 0), (32, 32))) for shade in (60, 120, 180)]
    with unit_of_work():
        assert reorder_pictures(product_id, [ids[2], ids[0], ids[1]], "test")
        assert not reorder_pictures(product_id, [ids[2], ids[0], ids[1]], "test")
        for wrong in ([ids[0]], [*ids, 999], [ids[0], ids[0], ids[1]]):
            with pytest.raises(BadPictureOrder):
                reorder_pictures(product_id, wrong, "test")
        assert describe_picture(ids[0], "test", alt={"zh-hant": "紅色"}, tint=3)
        assert not describe_picture(ids[0], "test", alt={"zh-hant": "紅色"}, tint=3)
        remove_picture(ids[2], "test")
        with pytest.raises(PictureNotFound):
            remove_picture(ids[2], "test")
    assert [(p.id, p.position, p.tint) for p in shown(product_id)] == [(ids[0], 0, 3), (ids[1], 1, 0)]
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert [act.rpartition(".")[2] for act in acts] == ["add", "add", "add", "reorder", "describe", "remove"]
    again = session.scalars(select(ProductPicture.position).where(ProductPicture.id == ids[1])).one()
    assert again == 1 and add(runtime, product_id, photo(GREEN)) and shown(product_id)[-1].position == 2


def test_a_unit_that_fails_leaves_nothing_behind(db: Database, runtime: Runtime, product_id: int) -> None:
    handed = hand(runtime, photo(RED))
    with pytest.raises(RuntimeError, match="no"), unit_of_work():
        session.add(ProductPicture(product_id=product_id, position=7, file="", alt={}))
        raise RuntimeError("no")
    discard(handed)
    assert not [path for path in runtime.originals_dir.rglob("*") if path.is_file()]


# --- killed, broken, repeated ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_killed_in_the_middle_nothing_half_done_is_shown(
    db: Database, runtime: Runtime, product_id: int, tmp_path: Path
) -> None:
    chaos = Image.effect_noise((1600, 1600), 90).convert("RGB")
    file = io.BytesIO()
    chaos.save(file, "PNG")
    add(runtime, product_id, file.getvalue())
    with unit_of_work():
        taken = deriving.take_next()
    assert taken is not None
    original = original_path(runtime.originals_dir, taken.digest, taken.suffix)
    runtime.media_dir.mkdir()
    child = subprocess.Popen([sys.executable, "-m", rendering.__name__, str(original), str(runtime.media_dir)])
    end = time.monotonic() + 30
    while not list(runtime.media_dir.glob(".*/*.avif")) and time.monotonic() < end:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    (left,) = runtime.media_dir.iterdir()
    assert left.name.startswith(".") and shown(product_id)[0].state == "waiting"
    run_due(runtime)
    (ready,) = shown(product_id)
    name = prepared(ready.file)
    assert ready.state == "ready" and name is not None
    assert len(list((runtime.media_dir / ready.file).iterdir())) == 2 * len(name.widths)
    # What the killed one left is swept away a day later.
    os.utime(left, (0, 0))
    with unit_of_work():
        later("pictures.sweep", queue="slow")
    run_due(runtime)
    assert [path.name for path in runtime.media_dir.iterdir()] == [ready.file]


def test_done_twice_it_is_done_once(db: Database, runtime: Runtime, product_id: int) -> None:
    add(runtime, product_id, photo(RED))
    run_due(runtime)
    (first,) = shown(product_id)
    stamps = {path: path.stat().st_mtime_ns for path in (runtime.media_dir / first.file).iterdir()}
    with unit_of_work():  # as if the process had been killed before it settled
        session.execute(update(Picture).values(state="waiting", file=""))
        session.execute(update(ProductPicture).values(file=""))
        promise_derivation()
        promise_derivation()
    assert run_due(runtime) == 2
    assert shown(product_id) == (first,)
    assert {path: path.stat().st_mtime_ns for path in (runtime.media_dir / first.file).iterdir()} == stamps


def test_what_is_not_the_pictures_fault_is_tried_again_and_not_for_ever(
    db: Database, runtime: Runtime, product_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(runtime, product_id, photo(RED))
    monkeypatch.setattr(deriving, "RENDERING", "no.such.module")

    def due_now() -> None:
        with unit_of_work():
            session.execute(update(OutboxRow).values(available_at=utcnow() - timedelta(seconds=1)))

    for tries in (1, 2):
        run_due(runtime)
        session.rollback()
        row = session.scalars(select(OutboxRow)).one()
        assert row.state == OutboxState.NEW and "no.such.module" in row.last_error
        assert session.scalars(select(Picture.tries)).one() == tries and shown(product_id)[0].state == "waiting"
        due_now()
    # A full disk is not even a try.
    monkeypatch.setattr(deriving, "RENDERING", rendering.__name__)
    runtime.media_dir.rmdir()
    runtime.media_dir.touch()
    run_due(runtime)
    session.rollback()
    assert session.scalars(select(Picture.tries)).one() == 2 and shown(product_id)[0].state == "waiting"
    runtime.media_dir.unlink()
    with unit_of_work():
        session.execute(update(Picture).values(tries=deriving.MAX_TRIES))
    due_now()
    run_due(runtime)
    assert shown(product_id)[0].state == "refused"
    # Handed in anew it gets its tries again.
    add(runtime, product_id, photo(RED))
    run_due(runtime)
    assert [row.state for row in shown(product_id)] == ["ready", "ready"]


# --- away again -----------------------------------------------------------------------------------------------------


def test_files_go_when_nothing_shows_them(db: Database, runtime: Runtime, product_id: int, make_order: object) -> None:
    rows = [add(runtime, product_id, photo((shade, 0, 0), (64, 64))) for shade in (60, 120, 180, 240)]
    run_due(runtime)
    files = [row.file for row in shown(product_id)]
    assert callable(make_order)
    with unit_of_work():
        other = make_product().id
        make_category().picture = files[1]
    make_order()
    add(runtime, other, photo((180, 0, 0), (64, 64)))
    with unit_of_work():
        session.execute(update(OrderLine).values(picture=files[0]))
        for row_id in rows:
            remove_picture(row_id, "test")
        session.execute(update(Picture).values(created_at=utcnow() - timedelta(hours=1)))
        session.execute(update(OutboxRow).values(available_at=utcnow() - timedelta(seconds=1)))
    run_due(runtime)
    assert sorted(path.name for path in runtime.media_dir.iterdir()) == sorted(files[:3])
    session.rollback()
    assert sorted(session.scalars(select(Picture.file))) == sorted(files[:3])
    assert len([path for path in runtime.originals_dir.rglob("*") if path.is_file()]) == 3
    # It can come back.
    add(runtime, product_id, photo((240, 0, 0), (64, 64)))
    run_due(runtime)
    assert shown(product_id)[0].file == files[3] and (runtime.media_dir / files[3]).is_dir()


def test_what_was_shown_meanwhile_gives_way_everywhere(db: Database, runtime: Runtime, product_id: int) -> None:
    handed = hand(runtime, photo(GREEN, kind="WEBP"))
    with unit_of_work():
        picture = keep_original(handed, "meanwhile.webp")
        row = ProductPicture(product_id=product_id, file="meanwhile.webp", picture_id=picture.id, tint=1, alt={})
        session.add(row)
        category = make_category()
        category.picture = "meanwhile.webp"
        category_id = category.id
        promise_derivation()
    run_due(runtime)
    (ready,) = shown(product_id)
    assert prepared(ready.file) and ready.tint == 1
    assert session.get_one(Category, category_id).picture == ready.file


def test_a_category_has_a_picture_too(db: Database, runtime: Runtime) -> None:
    with unit_of_work():
        category_id = make_category().id
    first, second = hand(runtime, photo(RED)), hand(runtime, photo(GREEN))
    with unit_of_work():
        give_category_picture(category_id, first, "test")
    run_due(runtime)
    session.expire_all()
    before = session.get_one(Category, category_id).picture
    assert prepared(before) and (runtime.media_dir / before).is_dir()
    with unit_of_work():
        give_category_picture(category_id, second, "test")
        session.execute(update(Picture).values(created_at=utcnow() - timedelta(hours=1)))
        session.execute(update(OutboxRow).values(available_at=utcnow() - timedelta(seconds=1)))
    run_due(runtime)
    session.expire_all()
    after = session.get_one(Category, category_id).picture
    assert prepared(after) and [path.name for path in runtime.media_dir.iterdir()] == [after]
    session.rollback()
    with unit_of_work():
        give_category_picture(category_id, None, "test")
        with pytest.raises(CategoryNotFound):
            give_category_picture(0, None, "test")
    assert session.get_one(Category, category_id).picture == ""


# --- beside imports -------------------------------------------------------------------------------------------------


def test_an_import_removes_neither_what_was_fetched_nor_what_was_uploaded(db: Database, runtime: Runtime) -> None:
    def from_file(*urls: str) -> ProductData:
        pictures = tuple(PictureData(source_url=url, alt={"en": url[-1]}) for url in urls)
        return ProductData("C", "c", {"en": TextData("C")}, (SkuData("C-1", 100),), pictures=pictures)

    with unit_of_work():
        product_id = save_product(from_file("https://a.example/1", "https://a.example/2"), "test").product_id
    handed = hand(runtime, photo(RED))
    with unit_of_work():
        assert attach_fetched("https://a.example/1", handed, "test") == 1
    add(runtime, product_id, photo(GREEN))
    run_due(runtime)
    fetched, remote, uploaded = shown(product_id)
    assert (fetched.state, remote.state, uploaded.state) == ("ready", "remote", "ready")
    with unit_of_work():
        assert save_product(from_file("https://a.example/1", "https://a.example/2"), "test").outcome == "unchanged"
        save_product(from_file("https://a.example/3", "https://a.example/1"), "test")
    now = shown(product_id)
    assert [(row.source_url[-1:], row.state) for row in now] == [("3", "remote"), ("1", "ready"), ("", "ready")]
    assert (now[1].file, now[1].tint, now[2].file) == (fetched.file, fetched.tint, uploaded.file)
