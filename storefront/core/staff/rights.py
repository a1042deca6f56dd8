"""Who may do what in the back office: rights per area, bundled in roles. What is not named here, nobody may.

A right is ``<area>.view`` (see it), ``<area>.edit`` (change it) or one of the special acts below. Plugins' pages name one
of these rights too: they bring no rights of their own.
"""

from enum import StrEnum

from storefront.core.i18n.translate import N_


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    PACKER = "packer"
    SUPPORT = "support"
    TRANSLATOR = "translator"
    READ_ONLY = "read_only"


ROLE_NAMES = {
    Role.OWNER: N_("Owner"),
    Role.MANAGER: N_("Manager"),
    Role.PACKER: N_("Packer"),
    Role.SUPPORT: N_("Support"),
    Role.TRANSLATOR: N_("Translator"),
    Role.READ_ONLY: N_("Read-only"),
}
ROLE_WORDS = {
    Role.OWNER: N_("Everything, the staff and plugins included."),
    Role.MANAGER: N_("Everything but the staff and plugins."),
    Role.PACKER: N_("Packs and ships orders, books goods in."),
    Role.SUPPORT: N_("Looks after orders and customers; moves no money."),
    Role.TRANSLATOR: N_("Writes texts in every language, and nothing else."),
    Role.READ_ONLY: N_("Sees orders, goods and settings; changes nothing."),
}

VIEWS = frozenset(
    {
        "today.view",
        "orders.view",
        "payments.view",
        "customers.view",
        "catalog.view",
        "stock.view",
        "pages.view",
        "settings.view",
        "plugins.view",
        "audit.view",
        "staff.view",
        "tasks.view",
        "jobs.view",  # background work, the mail log
    }
)
EDITS = frozenset(
    {
        "orders.edit",  # note, cancel, change
        "payments.edit",  # money that arrived, refunds
        "shipments.edit",  # pack, ship
        "customers.edit",
        "catalog.edit",  # products, prices, pictures, categories, brands
        "texts.edit",  # texts of products, categories, brands, pages, announcements
        "stock.edit",  # movements with their reason
        "pages.edit",  # the owner's pages, announcements
        "settings.edit",
        "plugins.edit",
        "staff.edit",
        "jobs.edit",  # what was given up: again, or dropped
        "export",  # lists and the catalogue as files
        "import",  # catalogue files: texts, prices, categories and stock at once
    }
)
ALL_RIGHTS = VIEWS | EDITS

_SECRETIVE = {"staff.view", "audit.view", "jobs.view"}
RIGHTS: dict[Role, frozenset[str]] = {
    Role.OWNER: ALL_RIGHTS,
    Role.MANAGER: ALL_RIGHTS - {"staff.edit", "plugins.edit"},
    Role.PACKER: frozenset(
        {"today.view", "orders.view", "shipments.edit", "catalog.view", "stock.view", "stock.edit", "tasks.view"}
    ),
    Role.SUPPORT: frozenset(
        {
            "today.view",
            "orders.view",
            "orders.edit",
            "payments.view",
            "customers.view",
            "customers.edit",
            "catalog.view",
            "stock.view",
            "pages.view",
            "tasks.view",
        }
    ),
    Role.TRANSLATOR: frozenset({"today.view", "catalog.view", "pages.view", "texts.edit", "tasks.view"}),
    Role.READ_ONLY: VIEWS - _SECRETIVE,
}


def may(role: str, right: str) -> bool:
    """Whether ``role`` has ``right``; an unknown role or right: no."""
    return role in RIGHTS and right in RIGHTS[Role(role)]
