"""Regions within a country: the codes an address stores and their names in the shop's languages."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from storefront.core.customers.addresses.library import library_regions
from storefront.core.values.language import LANGUAGES

_COLUMNS = (*LANGUAGES, "ko")


@cache
def _own_regions() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    with Path(__file__).with_name("regions.toml").open("rb") as file:
        document = tomllib.load(file)
    return {country: {code: tuple(names) for code, names in regions.items()} for country, regions in document.items()}


@cache
def _names(country: str, column: int) -> Mapping[str, str]:
    own = _own_regions().get(country)
    if own is not None:
        return MappingProxyType(
            {code: names[column] if column < len(names) else names[0] for code, names in own.items()}
        )
    return MappingProxyType({code: name for code, (name, _) in library_regions(country).items()})


def _column(lang: str) -> int:
    return _COLUMNS.index(lang) if lang in _COLUMNS else 0


@cache
def _choices(country: str, column: int) -> tuple[tuple[str, str], ...]:
    return tuple(_names(country, column).items())


def _has_list(country: str) -> bool:
    """Asked before anything is cached, so that invented country names do not fill the caches."""
    return country in _own_regions() or bool(library_regions(country))


def has_region_choices(country: str) -> bool:
    """Whether the region of an address in this country is one of a list; else it is free text."""
    return len(country) == 2 and country.isascii() and country.isalpha() and _has_list(country)


def region_choices(country: str, lang: str) -> tuple[tuple[str, str], ...]:
    """(code, name) in the order a select shows them; empty where the region is free text or not asked.

    Names are in `lang` ("en", "ja", "zh-hans", "zh-hant") for our own tables, in Latin letters elsewhere."""
    return _choices(country, _column(lang)) if has_region_choices(country) else ()


def region_name(country: str, code: str, lang: str) -> str:
    """The name of a region in `lang` ("ko" too for South Korea); the text itself where it is not a known code."""
    return _names(country, _column(lang)).get(code, code) if has_region_choices(country) else code


def printed_region_code(country: str, code: str) -> str:
    """The short form the post prints where it wants one ("CA" for California, "RM" for Rome)."""
    if country in _own_regions():
        return code
    _, printed = library_regions(country).get(code, ("", code))
    return printed


@cache
def _codes_by_text(country: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for column in range(len(_COLUMNS)):
        for code, name in _names(country, column).items():
            found.setdefault(name.casefold(), code)
    return MappingProxyType(found | {code.casefold(): code for code in _names(country, 0)})


def find_region(country: str, text: str) -> str | None:
    """The code meant by a code or by a name in any language, as browsers fill it in; None when there is none."""
    return _codes_by_text(country).get(text.casefold()) if has_region_choices(country) else None
