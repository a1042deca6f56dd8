"""What was typed into the forms of an order, as values; what cannot be used is said beside its input."""

from collections.abc import Mapping

from storefront.admin.forms.fields import parser
from storefront.core.contracts.manage import BadValue, Field, Kind
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.types import Dimensions

MAX_PIECES = 9_999


class BadEntry(Exception):
    """``errors``: sentences in the reader's language, by the name of the input."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class Entry:
    """The posted values of one form. Reading goes on after an error; ``done`` raises ``BadEntry`` with all of them."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self._errors: dict[str, str] = {}

    def text(self, name: str, longest: int = 2_000) -> str:
        return self._form.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()[:longest]

    def ticked(self, name: str) -> bool:
        return name in self._form

    def money(self, name: str, currency: str, *, required: bool = True) -> int | None:
        """Minor units above zero; ``None`` when nothing was typed and nothing is required."""
        field = Field(name, "", Kind.MONEY, currency=currency, minimum=1)
        return self._parsed(field, currency, required)

    def number(self, name: str, *, lowest: int = 0, highest: int = MAX_PIECES, required: bool = False) -> int | None:
        field = Field(name, "", Kind.NUMBER, minimum=lowest, maximum=highest)
        return self._parsed(field, "", required)

    def pieces(self, prefix: str, positions: Mapping[int, int] | list[int]) -> dict[int, int]:
        """Pieces per line, from inputs called ``prefix`` and the position; lines with none are left out."""
        found = {position: self.number(f"{prefix}{position}") for position in positions}
        return {position: pieces for position, pieces in found.items() if pieces}

    def size(self) -> Dimensions | None:
        """All three measures or none, in centimetres as they are read off a tape; millimetres inside."""
        given = [self.number(name, lowest=1, highest=500) for name in ("length", "width", "height")]
        if not any(given):
            return None
        if not all(given):
            self.wrong("length", _("Please enter length, width and height, or none of them."))
            return None
        length, width, height = (int(value or 0) * 10 for value in given)
        return Dimensions(length, width, height)

    def choice(self, name: str, offered: Mapping[str, str]) -> str:
        value = self._form.get(name, "")
        if value not in offered:
            self.wrong(name, _("Please choose one of the list."))
        return value

    def wrong(self, name: str, sentence: str) -> None:
        self._errors.setdefault(name, sentence)

    def done(self) -> None:
        if self._errors:
            raise BadEntry(self._errors)

    def _parsed(self, field: Field, currency: str, required: bool) -> int | None:
        typed = self._form.get(field.name, "").replace("\0", "").strip()
        if not typed:
            if required:
                self.wrong(field.name, _(MISSING))
            return None
        try:
            return int(parser(field, currency=currency, zone="UTC")(typed))
        except BadValue as error:
            self.wrong(field.name, _(error.message, **error.params))
            return None


MISSING = N_("Please fill this in.")
