"""Every policy of the shop with its default. A profile or the owner overrides them, key by key.

Amounts are minor units of the base currency, weights grams, languages URL tags. Per-language values are
mappings from language to text.
"""

from collections.abc import Mapping
from typing import Any

DEFAULTS: dict[str, Any] = {
    # --- the shop itself
    "shop.name": {"en": "Storefront"},  # shown name, per language
    "shop.seal": "",  # one character in the seal beside the name; empty: the first of the name
    "shop.email": "",  # sender of mails and address for replies
    "shop.address": {},  # on invoices and slips, per language, several lines
    "shop.tax_number": "",  # registration number of a qualified invoice, on domestic ones
    "shop.from_name": {},  # sender's name in mails, per language; empty: shop.name
    "shop.default_language": "en",  # when neither cookie nor header says which
    "shop.base_currency": "JPY",  # every price, threshold and rate is kept in it
    "shop.country": "JP",  # where parcels leave from: everything else is abroad
    "shop.time_zone": "Asia/Tokyo",  # deadlines end at 23:59:59 here
    # --- cart and checkout
    "cart.max_quantity": 10,  # pieces of one SKU in one cart
    "stock.low": 5,  # "Only n left" from here down
    "search.synonyms": [],  # groups of words that mean the same in a search: [["tea", "茶"], …]
    "checkout.billing_mode": "pay_now",  # pay_now, or invoice_later (the total is known after packing)
    "checkout.hold_minutes": 30,  # how long a draft keeps its goods
    "payment.days": 7,  # unpaid at 23:59:59 shop time of this day: cancelled (ORD-6)
    "guest.coupons": True,  # guests may use coupons
    "coupon_with_points": False,  # a coupon and points on one order
    "combine.orders": False,  # shoppers may join open orders
    "orders.number_prefix": "",  # before the day in an order number
    # --- shipping
    "shipping.free": {},  # {country: items total from which postage is free}; "*" = any other country
    "shipping.packaging_weight": 0,  # filling and papers, added to each parcel
    "shipping.unmeasured": "added",  # packaging where no box is known: just that (added), or estimated by weight
    "shipping.split": "when_needed",  # several parcels: never, when nothing takes one, or also when that is cheaper
    "shipping.move_to": [],  # services tried first when a packed parcel outgrows its own: ["carrier:service", …]
    "shipping.lead_days": 1,  # business days from order to hand-over
    # --- customs papers (SHP-7)
    "customs.sdr_rate": "",  # base currency for one special drawing right, as text; empty: every label is CN23
    "customs.sdr_date": "",  # the day of that rate, "YYYY-MM-DD"
    "customs.incoterm": "DAP",  # on commercial invoices: who pays duty (DAP: the receiver, DDP: the shop)
    "customs.phone": "",  # of the sender, on papers that cross a border
    "customs.file_encoding": "utf-8",  # of the file for carriers: utf-8 (with a mark at its beginning) or shift_jis
    "customs.file_columns": [],  # its columns: [{"title": …, "field": …, "text": …}]; empty: all fields
    # --- mails
    "mail.log_days": 365,  # whose mails they were is known for so long
    # --- the people who run the shop
    "staff.second_factor": "optional",  # who must have one: nobody (optional), owners, all
    # --- plugins
    "plugins.most_failures": 10,  # so many failures of one plugin within the time below: it is stopped; 0 = never
    "plugins.failure_minutes": 10,
    # --- the look (core/settings/look.py): what differs from the shop's own, "#rrggbb" by token
    "look.light": {},
    "look.dark": {},
    "look.radius": {},  # {"pixels": 8}; empty: as the theme has it
    "look.cards": "medium",
    "look.density": "medium",
    "look.theme": "",  # folder of the theme in use
    # --- business calendar (SHOP-1)
    "calendar.weekly_off": [5, 6],  # weekdays closed, Monday = 0
    "calendar.holidays": "JP",  # whose public holidays are days off: "JP", or "" for none
    "calendar.closed_days": [],  # further days off, "YYYY-MM-DD"
}

# Where only some words are understood.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "checkout.billing_mode": ("pay_now", "invoice_later"),
    "shipping.unmeasured": ("added", "estimated"),
    "shipping.split": ("never", "when_needed", "cheaper"),
    "calendar.holidays": ("JP", ""),
    "customs.incoterm": ("DAP", "DDP", "DPU", "CPT", "CIP", "FCA", "EXW"),
    "customs.file_encoding": ("utf-8", "shift_jis"),
    "staff.second_factor": ("optional", "owners", "all"),
    "look.cards": ("small", "medium", "large"),
    "look.density": ("compact", "medium", "airy"),
}


def merged(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults with ``stored`` over them. Keys that no default names are kept."""
    return {**DEFAULTS, **stored}


def in_language(texts: Mapping[str, str], lang: str, default: str = "") -> str:
    """The text for ``lang`` of a per-language policy, else English, else any, else ``default``."""
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()), default)
