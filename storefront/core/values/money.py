"""Money as whole minor units, and the only places where anything is rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

# Minor-unit exponents. ISO 4217 gives TWD two digits; nobody in Taiwan pays cents and
# gateways refuse them, so this shop counts TWD in whole dollars.
EXPONENTS = {"JPY": 0, "KRW": 0, "TWD": 0, "VND": 0, "CLP": 0, "ISK": 0, "HUF": 0}
DEFAULT_EXPONENT = 2

# No amount, line or sum may leave what both databases and every gateway can hold.
MAX_AMOUNT = 2**53 - 1


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies met in one sum."""


class BadAmount(ValueError):
    """A text that is not an amount of this currency."""


def exponent(currency: str) -> int:
    """Number of decimal digits of ``currency``'s minor unit (JPY 0, USD 2)."""
    return EXPONENTS.get(currency, DEFAULT_EXPONENT)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``amount`` minor units of ``currency`` (ISO 4217). May be negative in a discount."""

    amount: int
    currency: str

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def major(self) -> str:
        """Plain decimal text with the currency's own digits: ``"12.50"``, ``"1296"``."""
        return format_major(self.amount, self.currency)


def format_major(amount: int, currency: str) -> str:
    """Minor units as plain decimal text, exactly: ``(1250, "USD") -> "12.50"``."""
    digits = exponent(currency)
    sign, whole = ("-", -amount) if amount < 0 else ("", amount)
    if digits == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"


def parse_major(text: str, currency: str) -> int:
    """Decimal text in major units to minor units. Raises ``BadAmount`` for anything that is not a plain
    finite decimal with at most the currency's digits (no exponent notation, no underscore, no sign but ``-``)."""
    cleaned = text.strip()
    if not cleaned or len(cleaned) > 24 or not all(c in "0123456789.-" for c in cleaned):
        raise BadAmount(text[:40])
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        raise BadAmount(text[:40]) from None
    scaled = value.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value() or abs(scaled) > MAX_AMOUNT:
        raise BadAmount(text[:40])
    return int(scaled)


def rate_fraction(rate: str) -> Fraction:
    """An exact exchange rate from its stored text. Raises ``BadAmount`` when it is not a positive decimal."""
    try:
        value = Fraction(Decimal(rate))
    except (InvalidOperation, ValueError, OverflowError):
        raise BadAmount(rate[:40]) from None
    if value <= 0:
        raise BadAmount(rate[:40])
    return value


def convert_up(amount: int, source: str, target: str, rate: str, step: int = 1) -> int:
    """``amount`` minor units of ``source`` in minor units of ``target``, rounded **up** to a multiple of ``step``
    minor units (away from zero for negative amounts). ``rate``: units of target for one unit of source."""
    if source == target:
        return amount
    scale = Fraction(10) ** (exponent(target) - exponent(source))
    exact = abs(amount) * rate_fraction(rate) * scale / step
    units = -(-exact.numerator // exact.denominator) * step
    return units if amount >= 0 else -units


def prorate(amount: int, weights: Sequence[int]) -> list[int]:
    """Split ``amount`` over ``weights`` (none negative) so that the parts add up to it exactly: largest remainder,
    ties to the earlier part. All weights zero: equal weights. No weights: ``[]``."""
    if not weights:
        return []
    if min(weights) < 0:
        raise ValueError("weights may not be negative")
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    sign, whole = (-1, -amount) if amount < 0 else (1, amount)
    parts = [whole * w // total for w in weights]
    remainders = [(-(whole * w % total), i) for i, w in enumerate(weights)]
    for _, i in sorted(remainders)[: whole - sum(parts)]:
        parts[i] += 1
    return [sign * p for p in parts]
