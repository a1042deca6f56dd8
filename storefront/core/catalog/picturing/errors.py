"""Why a picture is not taken: one sentence each, for whoever handed it in."""

from collections.abc import Mapping

from storefront.core.catalog.errors import CatalogError
from storefront.core.catalog.picturing.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE
from storefront.core.i18n.translate import N_

REASONS: Mapping[str, str] = {
    "unknown": N_("This is not a picture the shop can take. Please use JPEG, PNG, WebP, AVIF or GIF."),
    "empty": N_("The file is empty."),
    "too_heavy": N_("The file is larger than %(megabytes)d MB. Please save it smaller."),
    "too_large": N_(
        "The picture has more than %(megapixels)d megapixels, or a side of more than %(side)d pixels. Please save it smaller."
    ),
    "too_small": N_("The picture is smaller than %(least)d pixels."),
    "moving": N_("The picture moves. Please use one that stands still."),
    "broken": N_("The picture is damaged or incomplete and cannot be opened. Please save it anew."),
    "slow": N_("The picture takes too long to open. Please save it anew."),
}
PARAMS: Mapping[str, object] = {
    "megabytes": MAX_BYTES // 1024**2,
    "megapixels": MAX_PIXELS // 1_000_000,
    "side": MAX_SIDE,
    "least": MIN_SIDE,
}


class PictureRefused(CatalogError):
    """``code``: a key of ``REASONS``."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code], **PARAMS)
        self.code = code


class PictureNotFound(CatalogError):
    def __init__(self, picture_id: int) -> None:
        super().__init__(N_("There is no picture number %(id)s any more."), id=picture_id)


class CategoryNotFound(CatalogError):
    def __init__(self, category_id: int) -> None:
        super().__init__(N_("There is no category number %(id)s any more."), id=category_id)


class BadPictureOrder(CatalogError):
    """The pictures named are not exactly those the product has: somebody else changed them meanwhile."""

    def __init__(self) -> None:
        super().__init__(N_("The pictures were changed meanwhile. Please look again and repeat it."))
