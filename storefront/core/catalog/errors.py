"""What can be wrong with an act on the catalogue; ``problem`` is the sentence for whoever asked for it."""

from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem


class CatalogError(Exception):
    """``field_name``: of the data that was given; of a variant ``skus.<number, from 0>.<field>``."""

    def __init__(self, message: str, field_name: str = "", /, **params: object) -> None:
        super().__init__(message % params)
        self.problem = Problem(message, params, field_name=field_name, code=type(self).__name__)


class ProductNotFound(CatalogError):
    def __init__(self, product_id: int) -> None:
        super().__init__(N_("There is no product number %(id)s."), id=product_id)


class BadProduct(CatalogError):
    """A value that a product, variant, category, brand or page cannot have."""


class SlugTaken(CatalogError):
    def __init__(self, slug: str, code: str) -> None:
        super().__init__(
            N_("The address “%(slug)s” belongs to product %(code)s. Please choose another."),
            "slug",
            slug=slug,
            code=code,
        )


class SkuCodeTaken(CatalogError):
    """Variants are found by their code alone: two products cannot share one."""

    def __init__(self, code: str, product_code: str) -> None:
        super().__init__(
            N_("The SKU “%(sku)s” belongs to product %(code)s. Please choose another."), sku=code, code=product_code
        )
        self.sku = code


class InUse(CatalogError):
    """Something still hangs on what was to be removed."""
