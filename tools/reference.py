"""The reference for authors of plugins, made from the code: ``python tools/reference.py [--check]``.

Writes ``docs/reference/``: hooks, contracts, slots, events, tokens, settings, and ``surface.txt``, the public surface line by
line. A change of the surface is noted in ``docs/plugin-changes.md`` under the mark this prints; a test compares both."""

import argparse
import dataclasses
import hashlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import storefront.plugin as door
from storefront.admin.orders.words import EVENTS as HISTORY
from storefront.core.contracts import hookspecs
from storefront.core.contracts.events import EVENTS as TOLD
from storefront.core.contracts.events import Event
from storefront.core.contracts.meta import API_VERSION
from storefront.core.contracts.slots import SLOTS
from storefront.core.orders.states import TRANSITIONS
from storefront.plugin_host.discovery import BUNDLED
from storefront.plugin_host.dispatch import STYLES
from storefront.plugin_host.host import build_host
from storefront.plugin_host.settings import keys_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
SURFACE = FOLDER / "surface.txt"
CHANGES = ROOT / "docs" / "plugin-changes.md"
MADE = "<!-- Made by tools/reference.py from the code; change the code and run `make reference`. -->\n\n"
MARK_LENGTH = 8
HOST = build_host(secret_key="a key that only makes the reference, 0123456789")


def doc(thing: object) -> str:
    """A docstring as paragraphs; "" for one that Python made itself."""
    own = vars(thing).get("__doc__") if isinstance(thing, type) else getattr(thing, "__doc__", None)
    if not own or re.match(rf"{getattr(thing, '__name__', '')}\(", own):
        return ""
    paragraphs = inspect.cleandoc(own).split("\n\n")
    return "\n\n".join(" ".join(p.split()) if not p.startswith(("    ", "```")) else p for p in paragraphs)


def as_code(text: str) -> str:
    """``name`` of a docstring as Markdown writes it."""
    return text.replace("``", "`")


def signature(function: Callable[..., Any]) -> str:
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        return "(…)"
    parts = []
    for parameter in found.parameters.values():
        annotation = parameter.annotation
        shown = parameter.name if annotation is parameter.empty else f"{parameter.name}: {kind(annotation)}"
        if parameter.default is not parameter.empty:
            shown += f" = {default(parameter.default)}"
        prefix = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        parts.append(prefix + shown)
    returns = found.return_annotation
    return f"({', '.join(parts)})" + ("" if returns is found.empty else f" -> {kind(returns)}")


def kind(annotation: Any) -> str:
    text = inspect.formatannotation(annotation) if not isinstance(annotation, str) else annotation
    return re.sub(r"\b(?:collections\.abc|typing|datetime|storefront(?:\.\w+)*|click(?:\.\w+)*)\.(?=\w)", "", text)


def default(value: Any) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return repr(value) if isinstance(value, (str, int, bool, tuple, frozenset, type(None))) else "…"


def users_of(hook: str) -> list[str]:
    found = getattr(HOST.manager.hook, hook).get_hookimpls()
    return sorted({each.plugin_name for each in found} & BUNDLED)


def hook_names() -> list[str]:
    return sorted(name for name in vars(hookspecs) if name.startswith("storefront_"))


def slot_users(name: str) -> list[str]:
    return sorted(
        plugin for plugin in BUNDLED if any(p.slot.name == name for p in HOST._offers[plugin].placements)
    )  # fmt: skip


# --- pages --------------------------------------------------------------------------------------------------------------


def hooks() -> Iterator[str]:
    yield "# Hooks\n\n"
    yield f"Plugin API {API_VERSION}. Each with an example that runs: [plugins.md](../plugins.md#hooks).\n"
    for name in hook_names():
        hook = getattr(hookspecs, name)
        yield f"\n## `{name}{signature(hook)}`\n\n{as_code(doc(hook))}\n\n"
        yield f"Used by: {', '.join(f'`{user}`' for user in users_of(name))}.\n"


def contracts() -> Iterator[str]:
    yield "# Contracts and values\n\nEverything behind `from storefront.plugin import …`, in alphabetical order. Places of pages: [slots.md](slots.md).\n"
    for name in sorted(door.__all__, key=str.lower):
        thing = getattr(door, name)
        if isinstance(thing, type) and thing in SLOTS.values():
            continue
        yield f"\n## `{name}`\n\n"
        yield from _described(name, thing)


def _described(name: str, thing: Any) -> Iterator[str]:
    if not isinstance(thing, type):
        if callable(thing) and not isinstance(thing, (str, dict)):
            yield f"`{name}{signature(thing)}`\n\n" if inspect.isfunction(thing) else ""
            yield f"{as_code(doc(thing)) if inspect.isfunction(thing) else 'See [plugins.md](../plugins.md).'}\n"
        else:
            yield f"`{kind(thing) if not isinstance(thing, (str, tuple, dict)) else type(thing).__name__}`\n"
        return
    words = as_code(doc(thing))
    if words:
        yield f"{words}\n"
    if issubclass(thing, Enum):
        yield "\n" + "".join(f"- `{member.name}` = `{member.value!r}`\n" for member in thing)
        return
    if dataclasses.is_dataclass(thing) and dataclasses.fields(thing):
        yield "\n" + "".join(f"- `{field_line(field)}`\n" for field in dataclasses.fields(thing))
    for member, function in own_methods(thing):
        words = as_code(doc(function))
        yield f"\n`{member}{signature(function)}`{': ' + words if words else ''}\n"


def field_line(field: "dataclasses.Field[Any]") -> str:
    shown = f"{field.name}: {kind(field.type)}"
    if field.default is not dataclasses.MISSING:
        return f"{shown} = {default(field.default)}"
    return f"{shown} = …" if field.default_factory is not dataclasses.MISSING else shown


def own_methods(thing: type) -> list[tuple[str, Callable[..., Any]]]:
    return [
        (name, member)
        for name, member in vars(thing).items()
        if inspect.isfunction(member) and not name.startswith("_")
    ]


def slots() -> Iterator[str]:
    yield "# Places in pages\n\nThe shop's pages have these places for plugins and no others. A plugin answers with a `Fragment`, a `Lazy` or\n`None`; what fails or is slow again and again is left out. In development `/_dev/slots` shows them all.\n"
    for name, slot in SLOTS.items():
        yield f"\n## `{name}`: `{slot.__name__}`\n\n{as_code(doc(slot))}\n\n"
        yield "".join(f"- `{field_line(field)}`\n" for field in dataclasses.fields(slot))
        users = slot_users(name)
        if users:
            yield f"\nUsed by: {', '.join(f'`{user}`' for user in users)}.\n"


def events() -> Iterator[str]:
    yield "# Events\n\nWhat plugins are told of (`storefront_event_handlers`): a closed list. `event_data` gives an event as JSON.\n\nEvery event has:\n\n"
    common = dataclasses.fields(Event)
    yield "".join(f"- `{field_line(field)}`\n" for field in common) + f"\n{as_code(doc(Event))}\n"
    for name, event in TOLD.items():
        own = [field for field in dataclasses.fields(event) if field.name not in {each.name for each in common}]
        yield f"\n## `{name}` (version {event.version}): `{event.__name__}`\n\n{as_code(doc(event))}\n"
        yield "\n" * bool(own) + "".join(f"- `{field_line(field)}`\n" for field in own)
    yield "\n## The history of an order\n\nWhat the back office and the audit log call what happens to an order.\n\n| name | in words | from | to |\n|---|---|---|---|\n"
    for name, words in HISTORY.items():
        step = TRANSITIONS.get(name)
        sources = ", ".join(sorted(step.sources)) if step else ""
        yield f"| `{name}` | {words} | {sources} | {step.target if step else ''} |\n"


def tokens() -> Iterator[str]:
    css = (ROOT / "static" / "shop.css").read_text("utf-8")
    block = css[css.index("@layer tokens {") : css.index("@layer base {")]
    first = block[block.index(":root {") : block.index("  }\n")]
    yield "# Tokens\n\nCustom properties of `@layer tokens` in `static/shop.css`. Styles of plugins (`@layer plugin`) and themes use these and no\ncolours or sizes of their own; dark mode and languages give them other values.\n\n| token | value | |\n|---|---|---|\n"
    for line in first.splitlines():
        comment = (re.search(r"/\* (.*?) \*/", line) or ["", ""])[1]
        for name, value in re.findall(r"(--[\w-]+): ([^;]+);", line):
            yield f"| `{name}` | `{value}` | {comment} |\n"


def settings() -> Iterator[str]:
    yield "# Settings\n\n## Policies of the shop\n\nWhat the owner decides, with its default; `PriceContext.policies` holds them.\n\n| key | default | |\n|---|---|---|\n"
    source = (ROOT / "storefront" / "core" / "settings" / "policies.py").read_text("utf-8")
    for key, value, comment in re.findall(r'^    "([\w.]+)": (.*?),(?:  # (.*))?$', source, re.MULTILINE):
        if not value.startswith("("):
            yield f"| `{key}` | `{value}` | {comment.replace('|', chr(92) + '|')} |\n"
    for plugin in sorted(BUNDLED):
        declaration = HOST.declaration(plugin)
        if declaration is None:
            continue
        yield f"\n## `{plugin}`\n\n| key | label | help |\n|---|---|---|\n"
        for each in keys_of(declaration):
            yield f"| `{each.name}` | {each.info.label} | {each.info.help.replace('|', chr(92) + '|')} |\n"


PAGES: dict[str, Callable[[], Iterable[str]]] = {
    "hooks": hooks,
    "contracts": contracts,
    "slots": slots,
    "events": events,
    "tokens": tokens,
    "settings": settings,
}


# --- the surface ----------------------------------------------------------------------------------------------------------


def surface() -> str:
    """Every name, signature and field a plugin may rely on, a line each."""
    lines = [f"API {API_VERSION}"]
    lines += [f"hook {name}{signature(getattr(hookspecs, name))} [{STYLES[name]}]" for name in hook_names()]
    lines += [f"slot {name}: {slot.__name__}" for name, slot in SLOTS.items()]
    lines += [f"event {name} v{event.version}: {event.__name__}" for name, event in TOLD.items()]
    for name in sorted(door.__all__):
        lines += _surface_of(name, getattr(door, name))
    lines += [f"token {name}" for name in sorted(set(re.findall(r"\| `(--[\w-]+)` ", "".join(tokens()))))]
    return "\n".join(lines) + "\n"


def _surface_of(name: str, thing: Any) -> Iterator[str]:
    if not isinstance(thing, type):
        yield f"{name}{signature(thing)}" if inspect.isfunction(thing) else f"{name}: {type(thing).__name__}"
        return
    bases = ", ".join(base.__name__ for base in thing.__bases__ if base is not object)
    yield f"class {name}({bases})"
    if issubclass(thing, Enum):
        yield from (f"  {name}.{member.name} = {member.value!r}" for member in thing)
        return
    if dataclasses.is_dataclass(thing):
        yield from (f"  {name}.{field_line(field)}" for field in dataclasses.fields(thing))
    for member, function in own_methods(thing):
        abstract = " [abstract]" if getattr(function, "__isabstractmethod__", False) else ""
        yield f"  {name}.{member}{signature(function)}{abstract}"


def mark(text: str) -> str:
    """What the note of a change is found by."""
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]


def files() -> dict[Path, str]:
    """Every file of the reference with what it should hold."""
    made = {FOLDER / f"{name}.md": MADE + "".join(page()) for name, page in PAGES.items()}
    return {**made, SURFACE: surface()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    options = parser.parse_args(arguments)
    stale = [path for path, text in files().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"{'stale' if options.check else 'wrote'} {path.relative_to(ROOT)}")
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files()[path], "utf-8")
    print(f"The surface has the mark {mark(surface())}; its newest note in docs/plugin-changes.md carries it.")
    return int(options.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
