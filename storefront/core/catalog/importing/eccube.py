"""EC-CUBE 4 product CSV, as its export writes it (CAT-9). Pure: what rows mean, and why one is refused.

A product is the rows with one 商品ID, each a variant (商品規格). Prices are without consumption tax. The file names the
values of options and not what is chosen, and pictures by the names of their files."""

from storefront.core.catalog.csv_cells import plain
from storefront.core.catalog.importing.goods import MAX_SKU, Found, Goods, Place, Terms, Variant, options_of
from storefront.core.catalog.importing.pictures import pictures_of
from storefront.core.catalog.importing.shopify import claim_sku
from storefront.core.catalog.importing.spool import Spool
from storefront.core.catalog.importing.table import Row
from storefront.core.catalog.importing.values import CellRefused, base_price, percent, whole
from storefront.core.catalog.markup import clean_text, plain_text, slugify
from storefront.core.i18n.translate import N_

SHOWN = "1"
MAX_ID = 12
# What the shopper is asked to choose; the file does not say.
OPTION_NAMES = {"ja": "種類", "en": "Type", "zh-hans": "款式", "zh-hant": "款式"}


class EcCube:
    name = source = "eccube"
    title = "EC-CUBE product export"
    required = ("商品ID", "商品名", "商品コード", "販売価格")
    known = frozenset(
        {
            *required, "公開ステータス(ID)", "商品説明(一覧)", "商品説明(詳細)", "フリーエリア", "商品削除フラグ", "商品画像",
            "商品カテゴリ(ID)", "商品カテゴリ(名称)", "規格分類1(ID)", "規格分類1(名称)", "規格分類2(ID)", "規格分類2(名称)",
            "在庫数", "在庫数無制限フラグ", "販売制限数", "通常価格", "税率",
        }
    )  # fmt: skip
    taxed = False
    lang = "ja"

    def spool(self, spool: Spool, row: Row, cells: list[str], found: Found) -> None:
        number = row["商品ID"]
        if number.isascii() and number.isdigit() and len(number) <= MAX_ID:
            spool.put(row, cells, number)
        else:
            found.refuse(row, number, N_("The row has no 商品ID, so nobody knows which product it belongs to."))

    def read(self, ref: str, rows: list[Row], terms: Terms, spool: Spool, found: Found) -> Goods | None:
        head = rows[0]
        if head["商品削除フラグ"] == "1":
            found.refuse(head, ref, N_("The product is marked as deleted (商品削除フラグ)."))
            return None
        goods = _goods(ref, head, rows, terms)
        _categories(goods, head, found)
        values = [tuple(_cell(row, f"規格分類{n}(名称)") or row[f"規格分類{n}(ID)"] for n in (1, 2)) for row in rows]
        width = 2 if any(second for _, second in values) else 1 if any(first for first, _ in values) else 0
        for row, pair in zip(rows, values, strict=True):
            try:
                goods.variants.append(_variant(goods, row, pair[:width], terms, spool, found))
            except CellRefused as error:
                found.refuse(row, ref, error.problem)
        if not goods.variants:
            return None
        if any(row["販売制限数"] for row in rows):
            message = N_("The limit per order was not taken over: limits here hold for a customer.")
            found.note(head, ref, message)
        names = [name.strip() for name in _cell(head, "商品画像").split(",") if name.strip()]
        goods.pictures = pictures_of(goods, [(name, "") for name in names], terms, head, found)
        return goods


def _goods(ref: str, head: Row, rows: list[Row], terms: Terms) -> Goods:
    name, code = clean_text(_cell(head, "商品名")), clean_text(_cell(head, "商品コード"))
    # A product of one variant is called as that; one of several has no code of its own.
    own = code if code and len(rows) == 1 and len(code) <= 80 else f"item-{ref}"
    slugs = [slugify(name)] if name.isascii() else []
    goods = Goods(key=ref, row_number=head.number, code=own, slugs=(*slugs, slugify(own), f"item-{ref}"))
    goods.state = "published" if head["公開ステータス(ID)"] in ("", SHOWN) else "draft"
    body = "\n\n".join(text for text in (_cell(head, "商品説明(詳細)"), _cell(head, "フリーエリア")) if text)
    goods.texts[terms.lang] = {"name": name, "summary": plain_text(_cell(head, "商品説明(一覧)")), "body": body}
    return goods


def _categories(goods: Goods, head: Row, found: Found) -> None:
    ids = [each.strip() for each in head["商品カテゴリ(ID)"].split(",") if each.strip()]
    names = [clean_text(each).strip() for each in _cell(head, "商品カテゴリ(名称)").split(",") if each.strip()]
    if not names:
        if ids:
            message = N_("Categories were left out: the file names them by number only.")
            found.note(head, goods.key, message)
        return
    if len(ids) != len(names):  # a name with a comma in it, or a file without the numbers
        ids = [""] * len(names)
    goods.categories = [
        (Place(slugify(name) if name.isascii() or not number.isdigit() else f"category-{number[:12]}", name),)
        for number, name in zip(ids, names, strict=True)
    ]


def _variant(goods: Goods, row: Row, values: tuple[str, ...], terms: Terms, spool: Spool, found: Found) -> Variant:
    twin = next((v for v in goods.variants if v.values == values), None)
    if twin is not None:
        raise CellRefused(N_("The variant has the same options as the one in row %(row)d."), row=twin.row_number)
    code = clean_text(_cell(row, "商品コード"))
    if len(code) > MAX_SKU:
        raise CellRefused(N_("The SKU is longer than 120 characters or the barcode longer than 20."))
    tax = percent(row["税率"], "税率") if row["税率"] and terms.tax != "0" else terms.tax
    price = base_price(row["販売価格"], "販売価格", terms, tax)
    usual = base_price(row["通常価格"], "通常価格", terms, tax) if row["通常価格"] else 0
    quantity = _quantity(goods, row, found)
    claim_sku(spool, code, goods.key, row.number)
    asked = OPTION_NAMES[terms.lang]
    names = (asked,) if len(values) == 1 else tuple(f"{asked}{n}" for n in range(1, len(values) + 1))
    said = {
        "price": price,
        "list_price": usual if usual > price else None,
        "options": options_of(names, values, terms.lang),
    }
    return Variant(row_number=row.number, values=values, sku=code, said=said, quantity=quantity)


def _quantity(goods: Goods, row: Row, found: Found) -> int | None:
    if row["在庫数無制限フラグ"] == "1" or not row["在庫数"]:
        return None
    quantity = whole(row["在庫数"], "在庫数")
    if quantity < 0:
        found.note(row, goods.key, N_("The stock is below 0 in the file; it was taken as 0."))
    return max(quantity, 0)


def _cell(row: Row, column: str) -> str:
    return plain(row[column])
