"""Pictures a file names: by their addresses, or by names that lie at a known place. They are not fetched here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from storefront.core.catalog.data import PictureData
from storefront.core.catalog.importing.goods import MAX_PICTURES, MAX_URL, Found, Goods, Terms
from storefront.core.catalog.importing.table import Row
from storefront.core.catalog.markup import clean_text
from storefront.core.catalog.models import ProductPicture
from storefront.core.i18n.translate import N_
from storefront.core.values.pictures import MAX_WIDTH, jpeg_path


def pictures_of(
    goods: Goods, pairs: Iterable[tuple[str, str]], terms: Terms, row: Row, found: Found
) -> list[PictureData]:
    """Addresses with their descriptions as pictures, each address once; what is no address is noted at ``row``."""
    kept: dict[str, str] = {}
    for url, alt in pairs:
        address = clean_text(url)
        if terms.pictures_at and not address.startswith(("http://", "https://")):
            address = f"{terms.pictures_at.rstrip('/')}/{quote(address.lstrip('/'))}"
        if address.startswith(("http://", "https://")) and len(address) <= MAX_URL and len(kept) < MAX_PICTURES:
            kept.setdefault(address, clean_text(alt))
        else:
            found.note(row, goods.key, N_("A picture was left out: its address is not one of the web."))
    return [
        PictureData(source_url=url, tint=tint, alt={terms.lang: alt} if alt else {})
        for (url, alt), tint in zip(kept.items(), goods.tints(len(kept)), strict=True)
    ]


def beside_present(
    pictures: Sequence[PictureData], present: Sequence[ProductPicture], terms: Terms
) -> tuple[PictureData, ...]:
    """The pictures of another system's file, each with what the shop knows of it already: its file and size, its tile,
    its descriptions in other languages. The shop's own address of a picture is that picture."""
    known: dict[str, ProductPicture] = {row.source_url: row for row in present if row.source_url}
    # Where addresses stand in a list, one with a comma in it is written so.
    known |= {url.replace(",", "%2C"): row for url, row in known.items()}
    handed_in = {
        f"{terms.media}{jpeg_path(row.file, MAX_WIDTH)}": row for row in present if row.file and not row.source_url
    }
    found = []
    for picture in pictures:
        row = known.get(picture.source_url) or handed_in.get(picture.source_url)
        if row is None:
            found.append(picture)
            continue
        # One that is known by its address keeps by it whatever was made of it since.
        file: dict[str, Any] = {} if row.source_url else {"file": row.file, "width": row.width, "height": row.height}
        alt = _alt(row.alt, picture.alt, terms.lang)
        found.append(PictureData(source_url=row.source_url, tint=row.tint, picture_id=row.picture_id, alt=alt, **file))
    return tuple(found)


def _alt(before: Mapping[str, str], said: Mapping[str, str], lang: str) -> dict[str, str]:
    return {**{tag: text for tag, text in before.items() if tag != lang}, **said}
