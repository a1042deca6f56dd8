"""The shop's own templates, as a theme's are held against them."""

import hashlib
import re
from pathlib import Path

from storefront.shop.folders import data_folder

MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)")


def shops_own(path: str) -> str | None:
    """Source of the shop's own template at this path; ``None`` where there is none."""
    found = data_folder("templates") / path
    return found.read_text("utf-8") if found.is_file() else None


def fingerprint(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def macros_in(source: str) -> frozenset[str]:
    return frozenset(MACRO.findall(source))


def missing_macros(path: str, theirs: Path) -> frozenset[str]:
    """Macros of the shop's own template that the theme's file has not."""
    try:
        source = theirs.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        source = ""
    return macros_in(shops_own(path) or "") - macros_in(source)
