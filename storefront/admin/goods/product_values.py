"""A product between its rows and its form: read for the one, put together for the verb by the other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from storefront.admin.goods.options import Glossary, as_lines, words_of
from storefront.core.catalog.data import ProductData, SkuData, TextData
from storefront.core.catalog.errors import SkuCodeTaken
from storefront.core.catalog.markup import slugify
from storefront.core.catalog.models import Product, ProductCategory, ProductText, Sku, SkuPrice
from storefront.core.catalog.service import save_product
from storefront.core.contracts.manage import FormRefused
from storefront.core.db import in_unit_of_work, lock_for_update, session
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import row_number
from storefront.core.stock.service import ensure_item
from storefront.core.values.language import LANGUAGES
from storefront.core.values.money import BadAmount, format_major, parse_major
from storefront.core.values.types import Problem, SaleMode

TEXTS = ("name", "summary", "body", "contents", "ingredients", "notes", "seo_title", "seo_description")
FACTS = (
    "origin", "hs_code", "customs_description", "tax_class", "weight", "length", "width", "height", "release",
    "alcohol_percent", "not_returnable", "purchase_limit", "limit_counts_shipped", "condition_item", "condition_box",
)  # fmt: skip


def load(row_id: str) -> Mapping[str, Any] | None:
    """Six statements; the product's row is locked inside a unit."""
    number = row_number(row_id)
    statement = select(Product).where(Product.id == number)
    statement = lock_for_update(statement) if in_unit_of_work() else statement
    product = session.scalars(statement.execution_options(populate_existing=True)).first() if number else None
    if product is None:
        return None
    skus = session.scalars(
        select(Sku)
        .where(Sku.product_id == product.id)
        .order_by(Sku.position, Sku.id)
        .execution_options(populate_existing=True)
    ).all()
    return {
        "code": product.code,
        "slug": product.slug,
        "state": product.state,
        "brand": str(product.brand_id or ""),
        "categories": tuple(str(id_) for id_ in _category_ids(product.id)),
        "restrictions": tuple(product.restrictions),
        **{name: getattr(product, name) for name in FACTS},
        **_texts(product.id),
        "skus": tuple(_sku_row(sku) for sku in skus),
        "prices": tuple(_price_rows(skus)),
        "words": tuple({"id": key, "word": texts} for key, texts in words_of(s.options for s in skus).items()),
    }


def _category_ids(product_id: int) -> list[int]:
    return list(
        session.scalars(
            select(ProductCategory.category_id)
            .where(ProductCategory.product_id == product_id)
            .order_by(ProductCategory.position, ProductCategory.category_id)
        )
    )


def _texts(product_id: int) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {name: {} for name in TEXTS}
    statement = select(ProductText).where(ProductText.product_id == product_id)
    for row in session.scalars(statement.execution_options(populate_existing=True)):
        for name in TEXTS:
            found[name][row.locale] = getattr(row, name)
    return found


def _sku_row(sku: Sku) -> dict[str, Any]:
    return {
        "id": str(sku.id),
        "code": sku.code,
        "options": as_lines(sku.options),
        "price": sku.price,
        "list_price": sku.list_price,
        "barcode": sku.barcode,
        "weight": sku.weight,
        "mode": sku.mode,
        "release": sku.release,
        "closed": not sku.active,
    }


def _price_rows(skus: Sequence[Sku]) -> Iterable[dict[str, Any]]:
    codes = {sku.id: sku.code for sku in skus}
    if not codes:
        return
    statement = select(SkuPrice).where(SkuPrice.sku_id.in_(codes)).order_by(SkuPrice.sku_id, SkuPrice.currency)
    for row in session.scalars(statement.execution_options(populate_existing=True)):
        yield {
            "id": f"{row.sku_id}-{row.currency}",
            "sku": codes[row.sku_id],
            "currency": row.currency,
            "price": format_major(row.price, row.currency),
            "list_price": "" if row.list_price is None else format_major(row.list_price, row.currency),
        }


# --- saving -------------------------------------------------------------------------------------------------------------


def save(row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
    number = None if row_id is None else row_number(row_id)
    code, rows = values["code"].strip(), values["skus"]
    _check_code(code, number)
    if values["state"] == "published" and all(row["closed"] for row in rows) and not _is_published(number):
        raise _refusal("state", N_("A product needs a variant with a price before it is published."))
    try:
        saved = save_product(
            ProductData(
                code=code,
                slug=values["slug"].strip() or _slug(values["name"], code),
                texts=_text_data(values, number),
                skus=_skus(values, number, code),
                state=values["state"],
                category_ids=_categories(values["categories"], number),
                facts=_facts(values),
            ),
            actor,
            number,
        )
    except SkuCodeTaken as error:
        place = max((i for i, row in enumerate(rows) if _code_of(row, rows, code) == error.sku), default=0)
        raise FormRefused(Problem(error.problem.message, error.problem.params, f"skus.{place}.code")) from error
    for sku_id in sorted(saved.new_skus):
        ensure_item(sku_id)
    return str(saved.product_id)


def _refusal(field_name: str, message: str, **params: Any) -> FormRefused:
    return FormRefused(Problem(message, params, field_name))


def _check_code(code: str, number: int | None) -> None:
    other = session.scalar(select(Product.id).where(Product.code == code))
    if other is not None and other != number:
        raise _refusal("code", N_("Another product has the code “%(code)s” already."), code=code)


def _is_published(number: int | None) -> bool:
    return number is not None and session.scalar(select(Product.state).where(Product.id == number)) == "published"


def _slug(names: Mapping[str, str], code: str) -> str:
    """A free address made of the English name, or of what there is."""
    wanted = slugify(names.get("en") or code)
    taken = set(
        session.scalars(select(Product.slug).where(or_(Product.slug == wanted, Product.slug.startswith(f"{wanted}-"))))
    )
    if wanted not in taken:
        return wanted
    return next(f"{wanted}-{n}" for n in range(2, len(taken) + 3) if f"{wanted}-{n}" not in taken)


def _text_data(values: Mapping[str, Any], number: int | None) -> dict[str, TextData]:
    """Of every language that has a text, or had one."""
    present: set[str] = set()
    if number is not None:
        present = set(session.scalars(select(ProductText.locale).where(ProductText.product_id == number)))
    texts = {lang: {name: values[name].get(lang, "") for name in TEXTS} for lang in LANGUAGES}
    return {lang: TextData(**each) for lang, each in texts.items() if lang in present or any(each.values())}


def _categories(chosen: Iterable[str], number: int | None) -> tuple[int, ...]:
    """In the order they have; new ones last. Boxes that were ticked say nothing about an order."""
    wanted = [int(id_) for id_ in chosen]
    before = _category_ids(number) if number is not None else []
    return (*(id_ for id_ in before if id_ in wanted), *(id_ for id_ in wanted if id_ not in before))


def _facts(values: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: values[name] for name in FACTS}
    facts["tax_class"] = facts["tax_class"] or "standard"
    return facts | {
        "brand_id": int(values["brand"]) if values["brand"] else None,
        "restrictions": sorted(values["restrictions"]),
    }


def _code_of(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], code: str) -> str:
    """An only variant without a code of its own has the product's."""
    return row["code"].strip() or (code if len(rows) == 1 else "")


def _skus(values: Mapping[str, Any], number: int | None, code: str) -> tuple[SkuData, ...]:
    rows, glossary = values["skus"], Glossary(values["words"], current_language())
    own = set(session.scalars(select(Sku.id).where(Sku.product_id == number))) if number is not None else set()
    prices, found = _prices(values, rows, code), []
    for place, row in enumerate(rows):
        if row["price"] is None:
            raise _refusal(f"skus.{place}.price", N_("Please write the price."))
        sku_id, sku_code = row_number(row["id"]), _code_of(row, rows, code)
        found.append(
            SkuData(
                code=sku_code,
                price=row["price"],
                list_price=row["list_price"],
                barcode=row["barcode"].strip(),
                weight=row["weight"],
                mode=row["mode"] or SaleMode.STOCK,
                release=row["release"].strip(),
                options=glossary.options(row["options"]),
                active=not row["closed"],
                sku_id=sku_id if sku_id in own else None,
                prices=prices[sku_code],
            )
        )
    return tuple(found)


def _prices(
    values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], code: str
) -> dict[str, dict[str, tuple[int, int | None]]]:
    """By variant and currency."""
    by_id = {row["id"]: _code_of(row, rows, code) for row in rows if row["id"]}
    codes = {_code_of(row, rows, code) for row in rows}
    found: dict[str, dict[str, tuple[int, int | None]]] = defaultdict(dict)
    for place, row in enumerate(values["prices"]):
        where, sku = f"prices.{place}", row["sku"].strip()
        if sku not in codes:  # the variant may have been given another code just now
            sku = by_id.get(row["id"].partition("-")[0], "")
        if sku not in codes:
            raise _refusal(f"{where}.sku", N_("This product has no variant with this code."))
        if not row["currency"] or row["currency"] in found[sku]:
            raise _refusal(f"{where}.currency", N_("Please choose a currency in which the variant has no price yet."))
        price = _amount(row["price"], row["currency"], f"{where}.price")
        if price is None:
            raise _refusal(f"{where}.price", N_("Please write the price."))
        found[sku][row["currency"]] = (price, _amount(row["list_price"], row["currency"], f"{where}.list_price"))
    return found


def _amount(text: str, currency: str, field_name: str) -> int | None:
    plain = text.strip().replace(",", "")
    if not plain:
        return None
    try:
        amount = parse_major(plain, currency)
    except BadAmount:
        amount = -1
    if not 0 <= amount <= 2_000_000_000:
        raise _refusal(
            field_name,
            N_("This is no amount in %(currency)s. Write it plainly, like %(example)s."),
            currency=currency,
            example=format_major(490000, currency),
        )
    return amount
