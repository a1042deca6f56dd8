"""The range of contract versions a plugin was written for, such as ``>=0.1,<0.2``."""

import operator
import re
from collections.abc import Callable

from storefront.core.contracts.meta import API_VERSION
from storefront.plugin_host.errors import PluginBroken

Version = tuple[int, ...]

CLAUSE = re.compile(r"\s*(>=|<=|==|>|<)\s*(\d+(?:\.\d+)*)\s*\Z")
COMPARE: dict[str, Callable[[Version, Version], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


def check_api(wanted: object, offered: str = API_VERSION) -> None:
    """Raises ``PluginBroken`` when ``offered`` is outside the range, or the range cannot be read."""
    if not isinstance(wanted, str):
        raise PluginBroken(f"META.api is {wanted!r}. Write a range such as '>=0.1,<0.2'.")
    for clause in wanted.split(","):
        found = CLAUSE.match(clause)
        if found is None:
            raise PluginBroken(f"META.api is {wanted!r}, which is no range. Write one such as '>=0.1,<0.2'.")
        if not COMPARE[found[1]](_version(offered), _version(found[2])):
            raise PluginBroken(
                f"The plugin was written for plugin API {wanted}; this shop has {offered}. Install a version of the "
                "plugin made for it."
            )


def _version(text: str) -> Version:
    parts = [int(part) for part in text.split(".")]
    while len(parts) > 1 and parts[-1] == 0:  # 0.1.0 is 0.1
        parts.pop()
    return tuple(parts)
