"""What is looked at in a theme before it is used: sentences that say what to change. None of it keeps a theme from being
used; the shop falls back to its own templates by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from jinja2 import TemplateSyntaxError

from storefront.core.settings.look import Look, judge, shown_ratio
from storefront.plugin_host.markup import faults
from storefront.shop.themes.folder import NOT_THEIRS, Theme, all_templates
from storefront.shop.themes.own import fingerprint, macros_in, shops_own
from storefront.shop.themes.worn import OWN

MARK = re.compile(r'\bdata-test="([^"]+)"')
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"')
BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)")
FOREIGN = re.compile(r"@import\b|url\(\s*[\"']?(?:https?:)?//")
# Written by ``storefront theme copy``: which of the shop's templates it was.
COPIED = re.compile(r"\{#\s*theme-api:\s*([\d.]+),\s*from\s+([0-9a-f]{8})\s*#\}")


@dataclass(frozen=True, slots=True)
class Remark:
    """``about``: a file of the theme. ``broken``: it will not be used; else it is used, and something of it may not work."""

    about: str
    sentence: str
    broken: bool = False


def check_theme(theme: Theme) -> tuple[Remark, ...]:
    """Everything there is to say about the theme's files."""
    return (*_sheet(theme), *_templates(theme))


def _sheet(theme: Theme) -> Iterator[Remark]:
    bare = re.sub(r"/\*.*?\*/", "", theme.tokens, flags=re.DOTALL)
    if FOREIGN.search(bare):
        yield Remark(
            "tokens.css", "It fetches something from elsewhere, which browsers will block. Bring the file along."
        )
    outside = re.sub(r"@layer\s+theme\s*\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}", "", bare)
    outside = re.sub(r"@layer[^{;]*;", "", outside)
    if outside.strip():
        yield Remark(
            "tokens.css",
            "Some rules stand outside of '@layer theme { … }'. Put them in, so that layers keep their order.",
        )
    for judged in judge(Look(), theme.colours):
        if not judged.passes:
            yield Remark(
                "tokens.css",
                f"In the {judged.scheme}, --c-{judged.pair.over} ({judged.over}) has {shown_ratio(judged.ratio)} to 1 on "
                f"--c-{judged.pair.ground} ({judged.ground}); text needs 4.5."
                + (f" {judged.nearest} would pass." if judged.nearest else ""),
            )


def _templates(theme: Theme) -> Iterator[Remark]:
    for path in all_templates(theme.root):
        about = f"templates/{path}"
        if path.startswith(NOT_THEIRS):
            yield Remark(about, "Themes dress the shop alone: not the back office, not mails. This file is not used.")
            continue
        try:
            source = theme.template(path).read_text("utf-8")
            current_app.jinja_env.parse(source, path, str(theme.template(path)))
        except (TemplateSyntaxError, UnicodeDecodeError, OSError) as error:
            line = f" (line {error.lineno})" if isinstance(error, TemplateSyntaxError) else ""
            yield Remark(about, f"{type(error).__name__}: {error}{line}", broken=True)
            continue
        for fault in faults(source):
            yield Remark(about, f"It holds {fault}, which browsers will block or nobody may trust.")
        own = shops_own(path)
        if own is not None:
            yield from _against(about, path, source, own)


def _against(about: str, path: str, source: str, own: str) -> Iterator[Remark]:
    """What the shop's own template has and this one has not."""
    copied = COPIED.search(source)
    if copied is not None and copied[2] != fingerprint(own):
        yield Remark(about, "The shop's own template has changed since this one was copied from it. Compare the two.")
    gone = sorted(macros_in(own) - macros_in(source))
    if gone:
        yield Remark(about, f"The shop's own template has here the macro {', '.join(gone)}, which other pages call.")
    extends_own = f'"{OWN}{path}"' in source or f"'{OWN}{path}'" in source
    if extends_own:
        own = "".join(_block(own, name) for name in BLOCK.findall(source) if "super()" not in _block(source, name))
    for what, pattern in (("field", FIELD), ("mark data-test", MARK)):
        missing = sorted({name for name in pattern.findall(own) if "{" not in name} - set(pattern.findall(source)))
        if missing:
            listed = ", ".join(missing)
            yield Remark(about, f"The shop's own template has here the {what} {listed}, and this one has not.")


def _block(source: str, name: str) -> str:
    """Everything from the beginning of the block to its end, blocks within it included."""
    begin = re.search(rf"\{{%-?\s*block\s+{re.escape(name)}\b", source)
    if begin is None:
        return ""
    depth = 0
    for each in re.finditer(r"\{%-?\s*(block|endblock)\b", source[begin.start() :]):
        depth += 1 if each[1] == "block" else -1
        if depth == 0:
            return source[begin.start() : begin.start() + each.end()]
    return source[begin.start() :]


def copied_from(path: str, version: str) -> str:
    """The shop's own template with the line by which ``check`` knows it again. Raises ``LookupError``."""
    own = shops_own(path)
    if own is None or path.startswith(NOT_THEIRS) or not Path(path).suffix == ".html" or ".." in path.split("/"):
        raise LookupError(path)
    return f"{{# theme-api: {version}, from {fingerprint(own)} #}}\n{own}"
