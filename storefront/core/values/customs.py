"""What customs and the post accept as a description of goods, and as a code of the Harmonised System."""

import re

# Words that name no goods: the post sends such a parcel back ("daily necessities" is its own example). A description
# that consists of nothing else is refused; with anything precise beside them they do no harm.
VAGUE = frozenset(
    {
        "accessories", "accessory", "article", "articles", "commodities", "commodity", "daily", "gift", "gifts", "good",
        "goods", "household", "item", "items", "merchandise", "misc", "miscellaneous", "necessities", "object", "objects",
        "other", "others", "parcel", "parts", "present", "presents", "product", "products", "sample", "samples",
        "sundries", "supplies", "thing", "things", "various",
    }
)  # fmt: skip
_FILLERS = frozenset({"a", "an", "and", "for", "from", "in", "of", "on", "or", "the", "to", "with"})
_HS = re.compile(r"[0-9]{4}(\.?[0-9]{2}){0,3}\Z")
# Printable Latin; a label shows nothing else.
_LATIN = re.compile(r"[ -~\u00a1-\u017f]+\Z")
_WORD = re.compile(r"[^\W\d_]+")


def is_vague(description: str) -> bool:
    """Whether a description names no goods: empty words alone, or no word at all ("Items (various)", "123")."""
    words = {word.lower() for word in _WORD.findall(description)} - _FILLERS
    return bool(description.strip()) and words <= VAGUE


def is_latin(text: str) -> bool:
    """Whether a label in Latin letters can show all of it; not so for nothing."""
    return _LATIN.match(text) is not None


def is_hs_code(text: str) -> bool:
    """4, 6, 8 or 10 digits, in pairs with or without points: "0902.10"."""
    return _HS.match(text) is not None


def hs_digits(code: str) -> str:
    """The digits alone, as forms of customs want them."""
    return "".join(sign for sign in code if sign.isdigit())
