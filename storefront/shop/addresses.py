"""Addresses of pages, made once: to make one takes Werkzeug longer than to write a line of a list."""

from functools import lru_cache
from typing import Any

from flask import Flask, g, has_request_context

KEPT = 4096
_PLAIN = (str, int, type(None))


class ShopApp(Flask):
    """Flask that keeps the addresses it made. One is a function of endpoint, values and the language of the page
    (``shop.context.keep_language``); whatever may depend on more is made anew: an absolute or a relative one, one made
    outside a request, and one of a blueprint with defaults of its own."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._kept = lru_cache(KEPT)(self._make)

    def url_for(self, /, endpoint: str, **values: Any) -> str:  # type: ignore[override]
        if (
            not has_request_context()
            or endpoint.startswith(".")
            or endpoint.rpartition(".")[0] in self.url_default_functions
            or not all(type(value) in _PLAIN and name[0] != "_" for name, value in values.items())
        ):
            return super().url_for(endpoint, **values)
        return self._kept(endpoint, g.get("lang"), tuple(values.items()))

    def _make(self, endpoint: str, lang: str | None, values: tuple[tuple[str, Any], ...]) -> str:
        return super().url_for(endpoint, **dict(values))
