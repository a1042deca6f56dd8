"""How a product is put for another system: in one language and one currency, its pictures by their addresses."""

from dataclasses import dataclass

from storefront.core.catalog.exporting.reading import Whole, name_in
from storefront.core.catalog.models import ProductPicture, ProductText, Sku
from storefront.core.catalog.texts import chain
from storefront.core.values.money import format_major
from storefront.core.values.pictures import MAX_WIDTH, jpeg_path

NO_TEXT = ProductText(name="", summary="", body="", seo_title="", seo_description="")


@dataclass(frozen=True, slots=True)
class Outward:
    """``currency``: the shop's base currency. ``media``: address under which the shop's own pictures lie."""

    lang: str
    currency: str
    media: str

    def text(self, whole: Whole) -> ProductText:
        """In the file's language, else the next one a reader of it is shown."""
        return next(
            (whole.texts[tag] for tag in chain(self.lang) if tag in whole.texts and whole.texts[tag].name), NO_TEXT
        )

    def picture(self, picture: ProductPicture) -> str:
        return picture.source_url or f"{self.media}{jpeg_path(picture.file, MAX_WIDTH)}"

    def price(self, whole: Whole, sku: Sku) -> str:
        return format_major(sku.price, self.currency)

    def list_price(self, whole: Whole, sku: Sku) -> str:
        return format_major(sku.list_price, self.currency) if sku.list_price is not None else ""

    def options(self, sku: Sku) -> list[tuple[str, str]]:
        pairs = ((name_in(o.get("name", {}), self.lang), name_in(o.get("value", {}), self.lang)) for o in sku.options)
        return [(name or "Option", value) for name, value in pairs if value]
