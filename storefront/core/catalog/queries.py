"""The reads of the catalogue, by the names other areas and the doors call."""

from storefront.core.catalog.listing import home_shelves, list_products, related_cards
from storefront.core.catalog.navigation import brand_view, navigation, page, page_links
from storefront.core.catalog.product import product_page, sku_rows
from storefront.core.catalog.views import (
    PER_PAGE,
    SORTS,
    BrandView,
    Card,
    HomeShelves,
    Link,
    ListQuery,
    NavCategory,
    PageLink,
    PageView,
    PictureView,
    ProductList,
    ProductPage,
    SkuRow,
    SkuView,
    Text,
)

__all__ = [
    "PER_PAGE",
    "SORTS",
    "BrandView",
    "Card",
    "HomeShelves",
    "Link",
    "ListQuery",
    "NavCategory",
    "PageLink",
    "PageView",
    "PictureView",
    "ProductList",
    "ProductPage",
    "SkuRow",
    "SkuView",
    "Text",
    "brand_view",
    "home_shelves",
    "list_products",
    "navigation",
    "page",
    "page_links",
    "product_page",
    "related_cards",
    "sku_rows",
]
