"""Where the shop may send a browser, and the same page in another language."""

from urllib.parse import unquote, urlsplit

from storefront.core.values.language import LANGUAGES

MAX_PATH = 2000


def is_own_path(target: str) -> bool:
    """``target`` is an address inside this shop however a browser reads it: no ``//host``, ``/\\\\host``, scheme, or
    control character, encoded or not."""
    if not target.startswith("/") or len(target) > MAX_PATH or not target.isascii():
        return False
    for text in (target, unquote(target)):
        if text.startswith(("//", "/\\")) or "\\" in text.partition("?")[0]:
            return False
        if any(ord(c) <= 32 or ord(c) == 127 for c in text.partition("?")[0]) or any(ord(c) < 32 for c in text):
            return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def own_path(target: str, otherwise: str) -> str:
    return target if is_own_path(target) else otherwise


def in_language(path: str, lang: str) -> str:
    """``/ja/products/x`` -> ``/en/products/x``; a path without a language leads to the home page of ``lang``."""
    first, _, rest = path.lstrip("/").partition("/")
    return f"/{lang}/{rest}" if first in LANGUAGES else f"/{lang}/"
