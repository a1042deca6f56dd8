"""The contract of what a plugin shows in places of the shop's pages."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from markupsafe import Markup

from storefront.core.contracts.slots import Placement, Slot
from storefront.core.values.language import LANGUAGES
from storefront.plugin_host.markup import faults
from storefront.plugin_host.slots import Filling, check_filling, example_of
from storefront.shop.slots import show
from storefront.testing.contracts.shop import ShopBench
from storefront.testing.contracts.whole import folder_of

HOSTILE = "<img src=x onerror=alert(1)>"


class SlotContract(ShopBench):
    """Every placement in every language: one well-formed answer, escaped, nothing that the content security policy blocks."""

    def placements(self) -> tuple[Placement, ...]:
        return tuple(self.module.storefront_slots())

    def examples(self, slot: type[Slot], lang: str) -> Iterator[Slot]:
        """What the place may be given; add the situations in which the plugin shows something."""
        yield example_of(slot, lang)

    def test_places_are_filled_quietly_and_escaped(self, shop: Flask) -> None:
        for lang in LANGUAGES:
            with shop.test_request_context(f"/{lang}/"):
                shop.preprocess_request()
                assert self.shown_in(lang), "no example shows anything: add one in examples()"

    def shown_in(self, lang: str) -> int:
        """How many examples show something."""
        shown = 0
        for placement in self.placements():
            for given in self.examples(placement.slot, lang):
                found = self.rendered(placement, given)
                shown += bool(found)
                assert not faults(str(found)), (given.name, str(found))
                assert HOSTILE not in self.rendered(placement, self.hostile(given))
        return shown

    def rendered(self, placement: Placement, given: Slot) -> Markup:
        """Asked as the shop asks it; what raises here would be left out there."""
        from storefront.shop.context import current_providers  # the app is open

        current_providers()
        check_filling(self.name, given, placement.fill(given))
        return show(given, (Filling(self.name, placement.fill),))

    @staticmethod
    def hostile(given: Slot) -> Slot:
        """The same with texts from outside that a page must not carry out."""
        texts: dict[str, Any] = {name: HOSTILE for name in ("title", "slug") if hasattr(given, name)}
        return example_of(type(given), given.lang, **{**_values(given), **texts})

    def test_its_templates_hold_nothing_the_browser_would_have_to_trust(self) -> None:
        for path in sorted((folder_of(self.module) / "templates").rglob("*.html")):
            assert faults(path.read_text("utf-8")) == [], path
            assert path.parent.name == self.name, f"{path.name} must lie in templates/{self.name}/"


def _values(given: Slot) -> dict[str, Any]:
    from dataclasses import fields  # used here alone

    return {field.name: getattr(given, field.name) for field in fields(given) if field.name != "lang"}
