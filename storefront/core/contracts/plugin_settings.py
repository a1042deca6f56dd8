"""How a plugin declares what the owner can set: a frozen dataclass whose fields are made by ``setting``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from storefront.core.values.types import Problem

T = TypeVar("T")

METADATA_KEY = "storefront"


class BadSetting(ValueError):
    """A value the plugin cannot use. ``message`` is an English msgid with named placeholders: what is wrong with the
    value, and what it should be."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params: Mapping[str, Any] = params


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """What the shop must know of a field to ask for it, check it and store it. See ``setting``."""

    label: str
    help: str = ""
    secret: bool = False
    per_language: bool = False
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    parse: Callable[[Any], Any] | None = None
    required: bool = False
    own_page: bool = False


def setting(
    default: T,
    *,
    label: str,
    help: str = "",
    secret: bool = False,
    per_language: bool = False,
    choices: tuple[str, ...] = (),
    minimum: int | None = None,
    maximum: int | None = None,
    parse: Callable[[Any], Any] | None = None,
    required: bool = False,
    own_page: bool = False,
) -> T:
    """A field of a settings dataclass. ``label`` and ``help`` are English msgids.

    The field's type is ``str``, ``int``, ``bool`` or ``tuple[str, ...]``; ``Mapping[str, str]`` (language to text) with
    ``per_language``, which the owner sets as ``<field>_en``, ``<field>_ja``, ``<field>_zh_hans``, ``<field>_zh_hant``; or
    anything with ``parse``, which turns a JSON value into the field's value or raises ``BadSetting``. ``secret`` (texts
    only): stored encrypted, never shown again. ``choices`` for texts; ``minimum``, ``maximum`` for numbers.
    ``required``: without it the plugin is not enabled; per language, one language is enough. ``own_page``: a page of the
    plugin is where the owner sets it (``change_settings``), so the form made of the declaration leaves it out.
    """
    info = SettingInfo(label, help, secret, per_language, choices, minimum, maximum, parse, required, own_page)
    # A factory, since dataclasses refuse mappings as plain defaults; the value itself is shared and never changed.
    return field(default_factory=lambda: default, metadata={METADATA_KEY: info})


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """A plugin's settings declaration. ``values``: the frozen dataclass; every field has a default, so that a plugin
    nobody has set up yet can be shown and checked. ``intro``: English msgid shown above the fields. ``check``: asks whether
    the settings really work, when the owner wants to know: it may use the network (8 seconds, outside any transaction) and
    returns problems with sentences for the owner, none when all is well."""

    values: type[Any]
    intro: str = ""
    check: Callable[[Any], Sequence[Problem]] | None = None
