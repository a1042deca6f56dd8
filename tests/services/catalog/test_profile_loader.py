"""A profile into an empty database: once, whole, and never over what the owner did."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storefront.core.catalog.models import Product, ProductPicture, ProductText, Sku
from storefront.core.catalog.queries import ListQuery, list_products, navigation, page, page_links, product_page
from storefront.core.db import session, unit_of_work
from storefront.core.settings.snapshot import SnapshotCache
from storefront.core.stock.models import StockItem, StockMovement
from storefront.core.values.types import SaleStatus
from storefront.profiles import reading
from storefront.profiles.loader import BadProfile, UnknownProfile, profile_names, seed, seed_if_empty
from storefront.testing.databases import Database
from storefront.testing.factories import make_product

LANGS = ("en", "ja", "zh-hans", "zh-hant")


@pytest.mark.req("CAT-1", "SHOP-2", "SHOP-3")
def test_the_mart_is_a_whole_shop(db: Database, data_dir: Path) -> None:
    assert seed_if_empty("mart", data_dir)
    shop = SnapshotCache().current()
    assert shop.profile == "mart" and shop.currency_codes == ("JPY", "USD", "TWD", "HKD", "CNY")
    assert shop.policy("shop.name")["ja"] == "ひより堂" and shop.policy("shipping.free")["TW"] == 15000
    assert shop.policy("calendar.weekly_off") == [5, 6] and shop.policy("calendar.holidays") == "JP"
    assert {rule.country for rule in shop.closed} == {"RU", "US", "DE", "AU"}
    assert shop.plugins["payments_cod"].enabled and shop.plugins["payments_cod"].settings["fee"] == 200
    assert shop.notices("cart", datetime(2026, 12, 1, tzinfo=UTC))
    for lang in LANGS:
        cards = [
            card
            for number in (1, 2)
            for card in list_products(ListQuery(lang, shop.rate("USD"), per_page=96, page=number), shop.policies).cards
        ]
        assert len(cards) == 120 and {card.name_lang for card in cards} == {lang}
        assert all(card.picture and card.alt and card.price > 0 for card in cards)
        assert {link.slug for link in page_links(LANGS)} >= {"about", "guide", "legal-notice"}
        found = page("about", lang)
        assert found is not None and found.lang == lang and "<h1" not in found.body and "<p>" in found.body
    assert {card.status for card in cards} >= {
        SaleStatus.IN_STOCK, SaleStatus.LOW_STOCK, SaleStatus.BACK_ORDER, SaleStatus.PRE_ORDER,
        SaleStatus.PROVISIONAL, SaleStatus.TENTATIVE, SaleStatus.CLOSED,
    }  # fmt: skip
    assert all(category.count for category in navigation(LANGS))


def test_products_variants_and_stock_are_as_described(db: Database, data_dir: Path) -> None:
    seed_if_empty("mart", data_dir)
    shop = SnapshotCache().current()
    tea = product_page("morning-mist-sencha", "ja", shop.rate("JPY"), shop.policies)
    assert tea is not None
    assert [(s.code, s.label, s.price, s.list_price, s.available) for s in tea.skus] == [
        ("KRY-0130-12", "12包", 594, None, 24),
        ("KRY-0130-30", "30包", 1296, 1620, 40),
        ("KRY-0130-60", "60包", 2430, None, 0),
    ]
    assert (tea.weight, tea.skus[0].weight, tea.hs_code, tea.restrictions) == (110, 60, "0902.10", ("food",))
    train = product_page("pre-owned-wooden-locomotive", "en", shop.rate("JPY"), shop.policies)
    assert train is not None and (train.condition_item, train.condition_box) == ("A", "B")
    moved = select(StockMovement.sku_id, func.sum(StockMovement.quantity)).group_by(StockMovement.sku_id)
    shelves = select(StockItem.sku_id, StockItem.on_hand).where(StockItem.on_hand > 0)
    assert sorted(map(tuple, session.execute(moved))) == sorted(map(tuple, session.execute(shelves)))


def test_pictures_lie_in_the_media_folder_under_the_name_of_their_content(db: Database, data_dir: Path) -> None:
    seed_if_empty("mart", data_dir)
    for picture in session.scalars(select(ProductPicture)):
        assert (data_dir / picture.file).is_file() and len(Path(picture.file).stem) == 16
        assert (picture.width, picture.height) == (256, 256)
    assert not list(data_dir.glob(".*"))


def test_a_second_start_changes_nothing_whatever_the_owner_did(db: Database, data_dir: Path) -> None:
    seed_if_empty("mart", data_dir)
    with unit_of_work():
        for product in session.scalars(select(Product)):
            product.state = "draft"
    version = SnapshotCache().current().version
    assert not seed_if_empty("mart", data_dir)
    session.expire_all()
    assert SnapshotCache().current().version == version
    assert session.scalars(select(Product.state).distinct()).all() == ["draft"]


def test_a_database_with_goods_of_its_own_is_not_touched(db: Database, data_dir: Path) -> None:
    with unit_of_work():
        make_product()
    assert not seed_if_empty("mart", data_dir)
    assert session.scalar(select(func.count()).select_from(Product)) == 1


def test_seeding_again_on_purpose_repairs_texts_but_adds_no_stock(db: Database, data_dir: Path) -> None:
    seed_if_empty("mart", data_dir)
    movements = session.scalar(select(func.count()).select_from(StockMovement))
    with unit_of_work():
        text = session.scalars(select(ProductText).where(ProductText.locale == "en")).first()
        assert text is not None
        name, text.name = text.name, "Something else"
        product_id = text.product_id
    with unit_of_work():
        seed("mart", data_dir)
    session.expire_all()
    assert session.get_one(ProductText, (product_id, "en")).name == name
    assert session.scalar(select(func.count()).select_from(StockMovement)) == movements
    assert session.scalar(select(func.count()).select_from(Sku)) == 157


@pytest.mark.parametrize("name", ["", "no-such", "../mart", "mart/../mart", "MART", "__pycache__"])
def test_an_unknown_profile_is_a_sentence(db: Database, data_dir: Path, name: str) -> None:
    with pytest.raises(UnknownProfile, match="There are: .*mart"):
        seed_if_empty(name, data_dir)


def test_profiles_are_listed() -> None:
    assert "mart" in profile_names()


def write_profile(folder: Path, **files: str) -> None:
    (folder / "odd" / "pages").mkdir(parents=True, exist_ok=True)
    (folder / "odd" / "profile.toml").write_text(files.pop("profile", ""), "utf-8")
    for name, content in files.items():
        path = folder / "odd" / name.replace("__", "/").replace("_dot_", ".")
        path.write_text(content, "utf-8")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"profile": "[policies]\nfree_beer = true"}, "free_beer"),
        ({"profile": "[shop\n"}, "profile.toml"),
        ({"profile": '[[announcement]]\nstarts = "2026-01-01T00:00:00"\n[announcement.text]\nen = "x"'}, "time zone"),
        ({"pages__about_dot_html": "<h1>About</h1>"}, "about.html"),
        ({"pages__about_dot_en_dot_html": "<p>No title</p>"}, "title"),
        (
            {"categories_dot_toml": '[[category]]\nslug = "a"\nparent = "b"\n[category.text.en]\nname = "A"'},
            "before its parent",
        ),
        (
            {"categories_dot_toml": '[[category]]\nslug = "a"\npicture = "../x"\n[category.text.en]\nname = "A"'},
            "no such picture",
        ),
    ],
)
def test_a_bad_profile_is_a_sentence_and_leaves_the_database_empty(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], said: str
) -> None:
    write_profile(tmp_path, **files)
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    with pytest.raises(BadProfile, match=said):
        seed_if_empty("odd", tmp_path / "media")
    assert SnapshotCache().current().profile == ""


def test_goods_may_lie_in_several_files(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = '[[product]]\ncode = "{0}"\nslug = "{1}"\n[product.text.en]\nname = "{0}"\n[[product.sku]]\ncode = "{0}"\nprice = 1\n'
    (tmp_path / "odd" / "products").mkdir(parents=True)
    write_profile(
        tmp_path,
        products_dot_toml=good.format("A", "a"),
        products__tea_dot_toml=good.format("T", "t"),
        products__cups_dot_toml=good.format("C", "c") + good.format("D", "d"),
    )
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    assert seed_if_empty("odd", tmp_path / "media")
    assert session.scalars(select(Product.slug).order_by(Product.id)).all() == ["a", "c", "d", "t"]
    (tmp_path / "odd" / "products" / "tea.toml").write_text("[[product]\n", "utf-8")
    with pytest.raises(BadProfile, match=r"tea\.toml"), unit_of_work():
        seed("odd", tmp_path / "media")


def test_a_small_profile_is_a_shop_too(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_profile(
        tmp_path,
        profile='[policies]\n"cart.max_quantity" = 3\n[calendar]\nweekly_off = [6]\nholidays = ["2026-03-02"]',
        products_dot_toml='[[product]]\ncode = "A"\nslug = "a"\n[product.text.ja]\nname = "茶"\n'
        '[[product.sku]]\ncode = "A-1"\nprice = 100\n',
    )
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    assert seed_if_empty("odd", tmp_path / "media")
    shop = SnapshotCache().current()
    assert shop.policy("cart.max_quantity") == 3 and shop.policy("calendar.closed_days") == ["2026-03-02"]
    assert shop.policy("calendar.holidays") == "" and shop.policy("calendar.weekly_off") == [6]
    (card,) = list_products(ListQuery("en", shop.rate("JPY")), shop.policies).cards
    assert (card.name, card.name_lang, card.status) == ("茶", "ja", SaleStatus.SOLD_OUT)
