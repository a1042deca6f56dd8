"""The people who run the shop: log-in, set-up, own account, the staff."""

from storefront.admin.staff import account, entering, factor, joining  # their views join the blueprint
from storefront.admin.staff.blueprint import staff_pages
from storefront.admin.staff.people import STAFF

__all__ = ["STAFF", "account", "entering", "factor", "joining", "staff_pages"]
