"""Words for what goods are: states, sale modes, restriction classes, parts that are translated. All msgids."""

from storefront.core.i18n.translate import N_
from storefront.core.values.types import Restriction, SaleMode

STATES = {"draft": N_("Draft"), "published": N_("Published"), "withdrawn": N_("No longer sold")}

MODES = {
    SaleMode.STOCK.value: N_("From stock"),
    SaleMode.BACK_ORDER.value: N_("Back-order"),
    SaleMode.PRE_ORDER.value: N_("Pre-order"),
    SaleMode.PROVISIONAL.value: N_("Provisional pre-order"),
    SaleMode.TENTATIVE.value: N_("Tentative pre-order"),
    SaleMode.PREORDERS_CLOSED.value: N_("Pre-orders closed"),
    SaleMode.CLOSED.value: N_("Orders closed"),
    SaleMode.UNAVAILABLE.value: N_("Unavailable"),
}

RESTRICTIONS = {
    Restriction.LITHIUM_IN_DEVICE.value: N_("Lithium battery in the device"),
    Restriction.LITHIUM_LOOSE.value: N_("Lithium battery, loose"),
    Restriction.FLAMMABLE.value: N_("Flammable"),
    Restriction.AEROSOL.value: N_("Aerosol"),
    Restriction.ALCOHOL.value: N_("Alcoholic drink"),
    Restriction.BLADE.value: N_("Blade"),
    Restriction.PLANT_SEED.value: N_("Plant or seed"),
    Restriction.FOOD.value: N_("Food"),
    Restriction.MEDICINE.value: N_("Medicine"),
    Restriction.MAGNET.value: N_("Magnet"),
    Restriction.ADULT.value: N_("Adults only"),
    Restriction.NO_INTERNATIONAL.value: N_("Not sent abroad"),
}

TAX_CLASSES = {"standard": N_("Standard rate"), "reduced": N_("Reduced rate (food)")}

# Grades of pre-owned goods (CAT-5), best first.
GRADES = {"": N_("New"), "A": "A", "A-": "A-", "B+": "B+", "B": "B", "B-": "B-", "C": "C", "J": N_("J (junk)")}

STOCK_FILTERS = {
    "low": N_("Low"),
    "out": N_("Sold out"),
    "untracked": N_("Not counted"),
}

MOVEMENTS = {
    "received": N_("Booked in"),
    "adjusted": N_("Count corrected"),
    "shipped": N_("Sent out"),
    "returned": N_("Came back"),
    "replaced": N_("Replacement sent"),
}

KINDS = {
    "product": N_("Product"),
    "category": N_("Category"),
    "brand": N_("Brand"),
    "page": N_("Page"),
}

TEXTS = {
    "name": N_("Its name"),
    "title": N_("Title"),
    "summary": N_("Summary"),
    "description": N_("Description"),
    "body": N_("Text"),
    "contents": N_("Contents"),
    "ingredients": N_("Ingredients"),
    "notes": N_("Please note"),
    "seo_title": N_("Title for search engines"),
    "seo_description": N_("Description for search engines"),
}
