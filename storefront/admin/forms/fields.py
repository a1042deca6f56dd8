"""WTForms fields for the kinds of values a form can hold: a text as typed on one side, a plain value on the other. What was
typed is always shown again as it was."""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, StringField
from wtforms.validators import StopValidation

from storefront.core.contracts.manage import BadValue, Field, Kind
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.colours import read_colour
from storefront.core.values.money import BadAmount, format_major, parse_major

MAX_NUMBER = 2**31 - 1
TEXT_LENGTH, LINES_LENGTH, HTML_LENGTH = 300, 5_000, 100_000
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?\Z")

Parse = Callable[[str], Any]


class TypedField(StringField):
    """A text that means a value. ``parse`` raises ``BadValue``; "" is ``empty``."""

    def __init__(self, label: str, *, parse: Parse, show: Callable[[Any], str], empty: Any, **options: Any) -> None:
        super().__init__(label, **options)
        self._parse, self._show, self._empty = parse, show, empty
        self.typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        self.typed = str(valuelist[0]).replace("\0", "")
        text = self.typed.strip()
        if not text:
            self.data = self._empty
            return
        try:
            self.data = self._parse(text)
        except BadValue as error:
            self.data = self._empty
            raise ValueError(_(error.message, **error.params)) from error

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else self._show(self.data)


class YesField(BooleanField):
    """A box. An absent box is a "no": browsers send nothing for it."""


class ChoiceField(StringField):
    """One of ``offered``; what is not offered is refused, unless it is what is stored already."""

    def __init__(self, label: str, *, offered: Collection[str], **options: Any) -> None:
        super().__init__(label, **options)
        self._offered = offered

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]) if valuelist else self.data or ""

    def pre_validate(self, form: Any) -> None:
        if (self.data or "") not in self._offered and self.data != self.object_data:
            raise StopValidation(_("Please choose one of the list."))


class ChoicesField(StringField):
    """Some of ``offered``."""

    def __init__(self, label: str, *, offered: Collection[str], **options: Any) -> None:
        super().__init__(label, **options)
        self._offered = offered

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = tuple(dict.fromkeys(str(value) for value in valuelist))

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {*self._offered, *(self.object_data or ())}:
            raise StopValidation(_("Please choose from the list."))


# --- what each kind understands ----------------------------------------------------------------------------------------


def parser(field: Field, *, currency: str, zone: str) -> Parse:
    """Text to value for the kinds that are typed."""
    match field.kind:
        case Kind.NUMBER | Kind.WEIGHT | Kind.LENGTH:
            return lambda text: _number(text, field)
        case Kind.MONEY:
            return lambda text: _money(text, field, field.currency or currency)
        case Kind.DATE:
            return _date
        case Kind.MOMENT:
            return lambda text: _moment(text, zone)
        case Kind.MAIL:
            return _mail
        case Kind.CODE:
            return lambda text: _code(text, field)
        case Kind.COLOUR:
            return _colour
        case _:
            return lambda text: _text(text, field)


def shower(field: Field, *, currency: str, zone: str) -> Callable[[Any], str]:
    match field.kind:
        case Kind.MONEY:
            return lambda amount: format_major(amount, field.currency or currency)
        case Kind.DATE:
            return lambda day: day.isoformat() if isinstance(day, date) else str(day)
        case Kind.MOMENT:
            return lambda at: at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
        case _:
            return str


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _number(text: str, field: Field) -> int:
    plain = _plain(text)
    plain = plain.replace(",", "") if _GROUPED.match(plain) else plain
    if not re.fullmatch(r"-?\d{1,10}", plain, re.ASCII) or abs(int(plain)) > MAX_NUMBER:
        raise BadValue(N_("Please write a whole number, such as 250."))
    lowest = field.minimum if field.minimum is not None else 0 if field.kind is Kind.NUMBER else 1
    return _within(int(plain), lowest, field.maximum)


def _within(number: int, lowest: int, highest: int | None) -> int:
    if number < lowest:
        raise BadValue(N_("It may not be below %(lowest)s."), lowest=lowest)
    if highest is not None and number > highest:
        raise BadValue(N_("It may not be above %(highest)s."), highest=highest)
    return number


def _money(text: str, field: Field, currency: str) -> int:
    plain = _plain(text)
    try:
        amount = parse_major(plain.replace(",", "") if _GROUPED.match(plain) else plain, currency)
    except BadAmount:
        raise BadValue(
            N_("This is no amount in %(currency)s. Write it plainly, like %(example)s."),
            currency=currency,
            example=format_major(490000, currency),
        ) from None
    return _within(amount, field.minimum or 0, field.maximum if field.maximum is not None else MAX_NUMBER)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(_plain(text).replace("/", "-"))
    except ValueError:
        raise BadValue(N_("Please write a date as year, month and day: 2027-01-31.")) from None


def _moment(text: str, zone: str) -> datetime:
    try:
        local = datetime.fromisoformat(_plain(text).replace("/", "-"))
        return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue(N_("Please write date and time as 2027-01-31 18:00.")) from None


def _mail(text: str) -> str:
    try:
        return validate_email(_plain(text), check_deliverability=False).normalized
    except EmailNotValidError:
        raise BadValue(N_("This is no mail address. It looks like name@example.com.")) from None


def _colour(text: str) -> str:
    try:
        return read_colour(_plain(text))
    except ValueError:
        raise BadValue(N_("Please write a colour as # and six digits or letters a to f, such as #b2371b.")) from None


def _code(text: str, field: Field) -> str:
    plain = _plain(text)
    if not _CODE.match(plain):
        raise BadValue(
            N_("Only letters a to z, digits, hyphens, dots and underscores; it begins with a letter or digit.")
        )
    return _short(plain, field.max_length or 80)


def _text(text: str, field: Field) -> str:
    standard = {Kind.LINES: LINES_LENGTH, Kind.HTML: HTML_LENGTH}.get(field.kind, TEXT_LENGTH)
    clean = text.replace("\r\n", "\n") if field.kind in (Kind.LINES, Kind.HTML) else " ".join(text.split())
    return _short("".join(c for c in clean if c == "\n" or c == "\t" or c.isprintable()), field.max_length or standard)


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise BadValue(
            N_("This is %(given)s characters long; at most %(longest)s are possible."), given=len(text), longest=longest
        )
    return text
