"""Customs papers of a parcel (SHP-7): what is declared, on which form, and what is missing. Pure.

Every parcel of the shop is a sale of goods and is declared as one: there is no other category to choose, and no way to
state another value than the true one. The value is the transaction value, the price actually paid or payable for the
goods (WTO Customs Valuation Agreement, Article 1): discounts on the goods are taken off, postage and fees stand apart,
points and deposit are ways to pay and change nothing. Goods nobody paid for by themselves (a bonus, a forwarded parcel)
are declared at their own value, base currency (Article 1 does not apply without a price)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from storefront.core.contracts.shipping import CustomsLabel
from storefront.core.values.address import Address
from storefront.core.values.customs import is_hs_code, is_latin, is_vague
from storefront.core.values.money import exponent

CATEGORY = "sale of goods"
# Contents worth so many special drawing rights or more are declared on CN23 (UPU).
CN22_BELOW_SDR = 300
# An HS code names goods to customs from here on.
HS_DIGITS = 6


class CustomsForm(StrEnum):
    """``INVOICE``: no label of the post, the commercial invoice alone."""

    CN22 = "CN22"
    CN23 = "CN23"
    INVOICE = "invoice"


class Gap(StrEnum):
    """What is missing before a parcel can leave the country."""

    DESCRIPTION = "description"
    VAGUE = "vague"
    HS_CODE = "hs_code"
    ORIGIN = "origin"
    WEIGHT = "weight"
    VALUE = "value"
    NAME = "name"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class CustomsFacts:
    """What customs want to know of a line of an order. ``weight``: grams a piece. ``valued``: its value is known."""

    position: int
    description: str
    hs_code: str
    origin: str
    weight: int | None
    valued: bool = True


@dataclass(frozen=True, slots=True)
class CustomsItem:
    """A row of a declaration. ``net_weight``: grams of all pieces, ``None`` while unknown. ``value``: minor units of the
    declaration's currency for all pieces, ``None`` while unknown."""

    position: int
    description: str
    pieces: int
    net_weight: int | None
    value: int | None
    hs_code: str
    origin: str


@dataclass(frozen=True, slots=True)
class SdrRate:
    """What one special drawing right is worth in major units of the base currency, as the owner read it ``on`` a day."""

    value: Fraction
    on: date | None


def read_sdr_rate(value: str, on: str) -> SdrRate | None:
    """The owner's rate; ``None`` while there is none, or none that can be read."""
    try:
        rate = Fraction(Decimal(value.strip()))
    except (InvalidOperation, ValueError, OverflowError):  # also for NaN and infinity
        return None
    if rate <= 0:
        return None
    try:
        return SdrRate(rate, date.fromisoformat(on.strip()))
    except ValueError:
        return SdrRate(rate, None)


def form_for(value: int, base: str, label: CustomsLabel, sdr: SdrRate | None) -> CustomsForm:
    """The form of contents worth ``value`` minor units of ``base``. Without a rate nothing is guessed: CN23, which is
    right for every value."""
    if label is CustomsLabel.NONE:
        return CustomsForm.INVOICE
    if label is CustomsLabel.CN23 or sdr is None:
        return CustomsForm.CN23
    limit = CN22_BELOW_SDR * sdr.value * 10 ** exponent(base)
    return CustomsForm.CN22 if value < limit else CustomsForm.CN23


def line_gaps(facts: CustomsFacts) -> tuple[Gap, ...]:
    """What is missing of one line."""
    found = []
    if not is_latin(facts.description.strip()):
        found.append(Gap.DESCRIPTION)
    elif is_vague(facts.description):
        found.append(Gap.VAGUE)
    if not is_hs_code(facts.hs_code) or sum(sign.isdigit() for sign in facts.hs_code) < HS_DIGITS:
        found.append(Gap.HS_CODE)
    if not facts.origin:
        found.append(Gap.ORIGIN)
    if not facts.weight:
        found.append(Gap.WEIGHT)
    if not facts.valued:
        found.append(Gap.VALUE)
    return tuple(found)


def receiver_name(address: Address) -> str:
    """The name on the papers: in Latin letters where there is one."""
    return address.latin_name or address.full_name


def receiver_gaps(address: Address) -> tuple[Gap, ...]:
    found = [] if is_latin(receiver_name(address)) else [Gap.NAME]
    return tuple(found if address.phone else [*found, Gap.PHONE])


def is_complete(address: Address, lines: Iterable[CustomsFacts]) -> bool:
    return not receiver_gaps(address) and not any(line_gaps(line) for line in lines)


def share(total: int, before: int, pieces: int, of: int) -> int:
    """What ``pieces`` of ``of`` are worth when ``before`` of them went ahead: parts of one total that add up to it. More
    than there were (a parcel sent again) are worth what they were the first time."""
    if before + pieces > of:
        return total * pieces // of
    return total * (before + pieces) // of - total * before // of


def known_sum(values: Sequence[int | None]) -> int | None:
    """``None`` as soon as one of them is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
