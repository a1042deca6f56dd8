"""A policy of the shop and its field in the form of settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from storefront.core.contracts.manage import Field, Kind


def field_name(key: str) -> str:
    return key.replace(".", "__")


@dataclass(frozen=True, slots=True)
class Setting:
    """A policy and its field. ``read``: from the stored value to the field's, ``write``: back."""

    key: str
    field: Field
    read: Callable[[Any], Any] = lambda value: value
    write: Callable[[Any], Any] = lambda value: value


def setting_of(key: str, label: str, kind: Kind = Kind.TEXT, **options: Any) -> Setting:
    read, write = options.pop("read", None), options.pop("write", None)
    field = Field(field_name(key), label, kind, **options)
    return Setting(key, field, read or (lambda value: value), write or (lambda value: value))
