"""The page of one product, the menus, the owner's pages; and changes by the verbs."""

import pytest

from storefront.core.audit.models import AuditEntry
from storefront.core.catalog.errors import BadProduct, ProductNotFound, SkuCodeTaken, SlugTaken
from storefront.core.catalog.models import Product, ProductCategory, ProductPicture, Sku
from storefront.core.catalog.queries import (
    Count,
    ListQuery,
    brand_view,
    list_products,
    navigation,
    page,
    page_links,
    product_page,
    sku_rows,
)
from storefront.core.catalog.service import (
    PictureData,
    ProductData,
    SkuData,
    TextData,
    save_brand,
    save_category,
    save_page,
    save_product,
    set_state,
)
from storefront.core.contracts.pricing import CurrencyRate
from storefront.core.db import session, unit_of_work
from storefront.core.settings.policies import DEFAULTS
from storefront.core.settings.snapshot import read_version
from storefront.core.values.types import Dimensions, SaleStatus
from storefront.testing.databases import Database
from storefront.testing.factories import make_brand, make_category, make_product, make_sku

YEN = CurrencyRate("JPY", "JPY")
LANGS = ("en", "ja", "zh-hans", "zh-hant")


def put_in(category_id: int, *product_ids: int) -> None:
    for product_id in product_ids:
        session.add(ProductCategory(product_id=product_id, category_id=category_id))


@pytest.mark.parametrize("count", [1, 96])
def test_a_product_page_is_three_statements_for_any_number_of_variants(db: Database, count: int) -> None:
    with unit_of_work():
        brand, category = make_brand(name="Maker"), make_category("tea", name="Tea")
        product = make_product(slug="tea", skus=count, brand_id=brand.id)
        for n in range(count):
            session.add(ProductPicture(product_id=product.id, position=n, file=f"{n}.webp", alt={"ja": "絵"}))
        others = [make_product() for _ in range(6)]
        put_in(category.id, product.id, *(other.id for other in others))
    with db.count_statements() as seen:
        found = product_page("tea", "en", CurrencyRate("USD", "JPY", "0.0065", 5), DEFAULTS)
    assert found is not None and len(seen) == 3
    assert len(found.skus) == len(found.pictures) == count
    assert [p.file for p in found.pictures] == [f"{n}.webp" for n in range(count)]
    assert (found.pictures[0].alt, found.pictures[0].alt_lang) == ("絵", "ja")
    assert found.brand is not None and found.brand.name == "Maker"
    assert [c.name for c in found.categories] == ["Tea"]
    assert len(found.related) == 4 and product.id not in {card.product_id for card in found.related}
    assert found.size == Dimensions(100, 100, 50)


def test_variants_carry_options_prices_and_their_own_status(db: Database) -> None:
    with unit_of_work():
        product = make_product(slug="tea", skus=0, weight=300)
        option = [{"name": {"en": "Size", "ja": "内容量"}, "value": {"en": "12 bags", "ja": "12包"}}]
        make_sku(product, code="T-12", price=594, weight=60, options=option, position=0)
        make_sku(product, code="T-30", price=1296, list_price=1620, on_hand=0, position=1)
        make_sku(product, code="T-99", active=False)
    found = product_page("tea", "zh-hans", YEN, DEFAULTS)
    assert found is not None
    small, large = found.skus
    assert (small.label, small.options[0][0]) == ("12包", ("内容量", "ja"))
    assert (small.weight, large.weight) == (60, 300)
    assert (large.list_price, large.status, large.available) == (1620, SaleStatus.SOLD_OUT, 0)
    assert (found.price, found.varies, found.status) == (594, True, SaleStatus.IN_STOCK)


@pytest.mark.req("CAT-8")
def test_a_withdrawn_product_offers_alternatives_from_its_category(db: Database) -> None:
    with unit_of_work():
        category = make_category("tea")
        product = make_product(slug="gone")
        sold_out = make_product(slug="sold-out", on_hand=0, popularity=9)
        others = [make_product(slug=f"o{n}", popularity=n) for n in range(5)]
        hidden = make_product(slug="hidden", state="draft", popularity=99)
        put_in(category.id, product.id, sold_out.id, hidden.id, *(o.id for o in others))
        assert set_state(product.id, "withdrawn", "cli:owner", "supplier closed")
        assert not set_state(product.id, "withdrawn", "cli:owner")
    found = product_page("gone", "en", YEN, DEFAULTS)
    assert found is not None and found.state == "withdrawn"
    assert [card.slug for card in found.related] == ["o4", "o3", "o2", "o1"]
    assert "gone" not in [card.slug for card in list_products(ListQuery("en", YEN), DEFAULTS).cards]
    assert session.query(AuditEntry).filter_by(act="product.state").one().reason == "supplier closed"


@pytest.mark.parametrize("slug", ["draft", "no-such", "\x00", "a/b"])
def test_drafts_and_unknown_addresses_have_no_page(db: Database, slug: str) -> None:
    with unit_of_work():
        make_product(slug="draft", state="draft")
    assert product_page(slug, "en", YEN, DEFAULTS) is None
    assert page(slug, "en") is None and brand_view(slug, "en") is None


def test_a_product_without_variants_still_has_a_page(db: Database) -> None:
    with unit_of_work():
        put_in(make_category("tea").id, make_product(slug="bare", skus=0).id)
    found = product_page("bare", "en", YEN, DEFAULTS)
    assert found is not None and found.skus == () and found.price is None
    assert found.status is SaleStatus.UNAVAILABLE and [c.slug for c in found.categories] == ["tea"]


def test_variants_by_id_have_their_products_weight(db: Database) -> None:
    with unit_of_work():
        product = make_product(slug="tea", skus=2, weight=250)
    ids = [sku.id for sku in session.query(Sku).filter_by(product_id=product.id)]
    rows = sku_rows([*ids, 999])
    assert set(rows) == set(ids)
    assert {(row.product_slug, row.weight) for row in rows.values()} == {("tea", 250)}


def test_the_menu_counts_products_below_and_names_every_language(db: Database) -> None:
    with unit_of_work():
        tea = save_category("tea", {"en": ("Tea", "All teas"), "ja": ("お茶", "")}, "test", position=1)
        green = save_category("green", {"ja": ("緑茶", "")}, "test", parent_id=tea)
        save_category("bath", {"en": ("Bath", "")}, "test", position=0)
        both, one = make_product(), make_product()
        put_in(tea, both.id)
        put_in(green, both.id, one.id, make_product(state="draft").id)
    with db.count_statements() as seen:
        found = navigation(LANGS)
    assert len(seen) == 2
    assert [(c.slug, c.depth, c.count) for c in found] == [
        ("bath", 0, Count(0)),
        ("tea", 0, Count(2)),
        ("green", 1, Count(2)),
    ]
    assert found[2].name("en") == ("緑茶", "ja") and found[1].name("zh-hans") == ("お茶", "ja")
    assert found[1].description("ja") == ("All teas", "en")


def test_a_category_cannot_stand_below_itself(db: Database) -> None:
    with unit_of_work():
        tea = save_category("tea", {"en": ("Tea", "")}, "test")
        green = save_category("green", {"en": ("Green", "")}, "test", parent_id=tea)
        with pytest.raises(BadProduct, match="below itself"):
            save_category("tea", {"en": ("Tea", "")}, "test", parent_id=green)


def test_a_page_of_the_owner_is_sanitised_and_falls_back(db: Database) -> None:
    with unit_of_work():
        body = '<p onclick="x()">Hello</p><script>alert(1)</script>'
        save_page("about", {"ja": ("店について", body)}, "test", menu="shop")
    found = page("about", "en")
    assert found is not None and (found.title, found.body, found.lang) == ("店について", "<p>Hello</p>", "ja")
    (link,) = page_links(LANGS)
    assert link.title("zh-hant") == ("店について", "ja")


def tea(**changes: object) -> ProductData:
    values: dict[str, object] = {
        "code": "T-1",
        "slug": "tea",
        "texts": {"en": TextData("Tea", body="<p>Good.</p>"), "ja": TextData("お茶")},
        "skus": (SkuData("T-1-S", 500), SkuData("T-1-L", 900, list_price=1000)),
        "pictures": (PictureData(source_url="https://example.com/a.jpg", alt={"en": "A"}),),
        "category_ids": (),
        "facts": {"weight": 100, "restrictions": ["food"]},
    }
    return ProductData(**(values | changes))  # type: ignore[arg-type]


def test_saving_the_same_again_writes_nothing(db: Database) -> None:
    with unit_of_work():
        first = save_product(tea(), "test")
    version = read_version()
    with unit_of_work():
        second = save_product(tea(), "test")
    assert (first.outcome, second.outcome) == ("created", "unchanged")
    assert first.sku_ids == second.sku_ids and not second.new_skus
    assert session.get_one(Product, first.product_id).version == 1
    assert read_version() == version
    assert [entry.act for entry in session.query(AuditEntry)] == ["product.create"]


def test_a_change_is_counted_audited_and_found_by_its_new_name(db: Database) -> None:
    with unit_of_work():
        save_product(tea(), "test")
    changed = tea(texts={"en": TextData("Sencha")}, skus=(SkuData("T-1-S", 550), SkuData("T-1-X", 100)))
    with unit_of_work():
        saved = save_product(changed, "cli:owner")
    assert saved.outcome == "updated" and len(saved.new_skus) == 1
    assert session.get_one(Product, saved.product_id).version == 2
    assert {sku.code: sku.active for sku in session.query(Sku)} == {"T-1-S": True, "T-1-L": False, "T-1-X": True}
    entry = session.query(AuditEntry).filter_by(act="product.update").one()
    assert entry.actor == "cli:owner" and "text.en" in entry.data["changed"]
    titles = [list_products(ListQuery("ja", YEN, q=q), DEFAULTS).total for q in ("sencha", "お茶", "good")]
    assert titles == [1, 1, 0]


def test_what_belongs_to_another_product_is_refused_by_name(db: Database) -> None:
    with unit_of_work():
        save_product(tea(), "test")
    with unit_of_work():
        with pytest.raises(SlugTaken, match="T-1"):
            save_product(tea(code="T-2", skus=()), "test")
        with pytest.raises(SkuCodeTaken, match="T-1-S"):
            save_product(tea(code="T-2", slug="tea-2"), "test")
        with pytest.raises(SkuCodeTaken, match="T-9"):
            save_product(tea(code="T-3", slug="t3", skus=(SkuData("T-9", 1), SkuData("T-9", 2))), "test")
        with pytest.raises(ProductNotFound):
            save_product(tea(), "test", product_id=99)


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "Tea!"},
        {"texts": {"en": TextData(" ")}},
        {"texts": {"xx": TextData("Tea")}},
        {"texts": {"en": TextData("x" * 301)}},
        {"state": "sold"},
        {"skus": (SkuData("", 1),)},
        {"skus": (SkuData("A", -1),)},
        {"skus": (SkuData("A", 3_000_000_000),)},
        {"skus": (SkuData("A", 1, mode="sometimes"),)},
        {"skus": (SkuData("A", 1, weight=0),)},
        {"skus": (SkuData("A", 1, barcode="9" * 21),)},
        {"facts": {"restrictions": ["dynamite"]}},
        {"facts": {"release": "soon"}},
        {"facts": {"weight": -1}},
        {"facts": {"origin": "Japan"}},
    ],
)
def test_what_a_product_cannot_be_is_a_sentence(db: Database, changes: dict[str, object]) -> None:
    with unit_of_work(), pytest.raises(BadProduct) as raised:
        save_product(tea(**changes), "test")
    assert raised.value.problem.message % raised.value.problem.params


def test_a_new_name_of_a_brand_is_searched_at_once(db: Database) -> None:
    with unit_of_work():
        brand_id = save_brand("maker", {"en": ("Old", "")}, "test")
        save_product(tea(facts={"brand_id": brand_id}), "test")
        save_brand("maker", {"en": ("Kiriyama", "A garden")}, "test")
    assert list_products(ListQuery("en", YEN, q="kiriyama"), DEFAULTS).total == 1
    assert list_products(ListQuery("en", YEN, q="old"), DEFAULTS).total == 0
    found = brand_view("maker", "ja")
    assert found is not None and (found.name, found.lang, found.description) == ("Kiriyama", "en", "A garden")
