"""Texts from outside on their way into the catalogue: what is left of HTML, what becomes of a name in an address."""

import hashlib
import re
import unicodedata
from html import unescape

import nh3

# What a description may hold. No pictures (they would come from elsewhere), no classes, no styles, nothing that acts.
TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "strong", "b", "em", "i", "u", "s", "small",
    "sub", "sup", "blockquote", "q", "cite", "a", "code", "pre", "abbr", "time", "ruby", "rb", "rt", "rp",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "hreflang"},
    "abbr": {"title"},
    "time": {"datetime"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "*": {"lang"},
}
# Removed with all that stands in them.
CONTENT_REMOVED = {"script", "style", "svg", "math", "template", "iframe", "object", "form", "select", "textarea"}
SCHEMES = {"http", "https", "mailto", "tel"}
_EMPTY_LINES = re.compile(r"\n\s*\n")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
MAX_SLUG = 120


def clean_html(text: str) -> str:
    """Safe HTML of any HTML, or of plain text: a few tags of running text and tables, nothing else. The same again for
    what it returned."""
    cleaned: str = nh3.clean(
        clean_text(text).strip(),
        tags=TAGS,
        clean_content_tags=CONTENT_REMOVED,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
        strip_comments=True,
    ).strip()
    if "<" in cleaned or not cleaned:
        return cleaned
    return "".join(f"<p>{part.strip()}</p>" for part in _EMPTY_LINES.split(cleaned))


def plain_text(html: str) -> str:
    """The words of any HTML, on one line: for what is shown as text."""
    bare = nh3.clean(clean_text(html).replace("<", " <"), tags=set(), clean_content_tags=CONTENT_REMOVED)
    return " ".join(unescape(bare).split())


def clean_text(text: str) -> str:
    """``text`` without control characters (PostgreSQL refuses NUL) and with simple line ends."""
    if text.isprintable():  # nearly every text of one line
        return text
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def slugify(text: str, limit: int = MAX_SLUG) -> str:
    """A slug of Latin letters and digits; for a text without any, or one that is too long, ends in a short hash, so
    that different texts keep different slugs."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    lost = any(c.isalnum() and not c.isascii() for c in plain)
    slug = _NO_SLUG.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")
    if slug and len(slug) <= limit and not lost:
        return slug
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{slug[: limit - 9].strip('-')}-{mark}".lstrip("-")
