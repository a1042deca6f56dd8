"""The address format of every country: ours where we ship most, the address library's elsewhere."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from storefront.core.customers.addresses.library import LibraryFormat, has_library_format, library_format
from storefront.core.customers.addresses.postal import PostalRule

GENERAL = "ZZ"
"""Stands for "no country of this name": the form that asks for everything and insists on little."""


@dataclass(frozen=True, slots=True)
class CountryFormat:
    """How addresses of one country are asked for, checked and written. Texts are keys of wording.py.

    `native_lines` is empty where addresses are written in Latin letters only. `widths` are label widths
    (`folding.label_width`). `region_printed` is "code" where the post wants "CA", else "name".
    """

    country: str
    fields: tuple[str, ...]
    required: frozenset[str]
    labels: Mapping[str, str]
    examples: Mapping[str, str]
    scripts: frozenset[str]
    script_problem: str
    widths: Mapping[str, int]
    postal: PostalRule | None
    phone: str
    language: str
    native_lines: tuple[str, ...]
    western_lines: tuple[str, ...]
    region_printed: str

    @property
    def asks_family_name(self) -> bool:
        return "family_name" in self.fields

    @property
    def is_latin_only(self) -> bool:
        return not self.native_lines


@cache
def _document() -> dict[str, dict[str, Any]]:
    with Path(__file__).with_name("formats.toml").open("rb") as file:
        return tomllib.load(file)


def own_format_countries() -> frozenset[str]:
    """The countries described in formats.toml."""
    return frozenset(_document()) - {"defaults"}


def country_format(country: str) -> CountryFormat:
    """The format of a country (ISO alpha-2, capitals); the general one for anything unknown. Never raises."""
    known = country in own_format_countries() or has_library_format(country)
    return _format(country if known else GENERAL)


@cache
def _format(country: str) -> CountryFormat:
    if country in own_format_countries():
        return _own(country, _document()[country])
    return _from_library(country, library_format(country))


def _own(country: str, table: Mapping[str, Any]) -> CountryFormat:
    defaults = _document()["defaults"]
    postal = table.get("postal")
    fields = tuple(table["fields"])
    return CountryFormat(
        country=country,
        fields=fields,
        required=frozenset(table["required"]),
        labels=MappingProxyType({field: field for field in fields} | table.get("labels", {})),
        examples=MappingProxyType(table.get("examples", {})),
        scripts=frozenset(table.get("scripts", defaults["scripts"])),
        script_problem=table.get("script_problem", "script_latin"),
        widths=MappingProxyType(defaults["widths"] | table.get("widths", {})),
        postal=_own_postal(postal) if postal else None,
        phone=table["phone"],
        language=table.get("language", ""),
        native_lines=tuple(table.get("native", ())),
        western_lines=tuple(table["western"]),
        region_printed=table.get("region_printed", defaults["region_printed"]),
    )


def _own_postal(table: Mapping[str, Any]) -> PostalRule:
    return PostalRule(
        pattern=re.compile(table["pattern"]),
        shapes=tuple(table["shapes"]),
        example=table["example"],
        problem=table["problem"],
        prefixes=tuple(table.get("prefixes", ())),
    )


def _from_library(country: str, found: LibraryFormat) -> CountryFormat:
    defaults = _document()["defaults"]
    fields = ("name", *found.fields, "phone", "email")
    return CountryFormat(
        country=country,
        fields=fields,
        required=frozenset({"name", "phone", "email", *found.required}),
        labels=MappingProxyType({field: field for field in fields} | dict(found.labels)),
        examples=MappingProxyType({}),
        scripts=frozenset({"latin", "latin_additional"}),
        script_problem="script_latin",
        widths=MappingProxyType(defaults["widths"]),
        postal=found.postal,
        phone="",
        language="",
        native_lines=(),
        western_lines=found.lines,
        region_printed=found.region_printed,
    )
