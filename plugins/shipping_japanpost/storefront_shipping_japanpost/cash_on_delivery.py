"""What Japan Post takes for collecting money within Japan, and how much it collects. Amounts are yen."""

from storefront_shipping_japanpost.facts import DATA

# Above it the parcel must be registered, or go by the security service: neither is offered here.
MOST = 300_000


def _fees() -> tuple[int, tuple[tuple[int | None, int], ...]]:
    """The fee of each parcel, and the revenue stamp by the amount that is collected (``None``: above the last)."""
    fee, stamps = 0, []
    for line in (DATA / "rates" / "domestic_cod_fees.csv").read_text("utf-8").splitlines()[1:]:
        item, _condition, most, amount, *_note = line.split(",")
        if item == "cod_fee":
            fee = int(amount)
        elif item == "cod_revenue_stamp":
            stamps.append((int(most) if most else None, int(amount)))
    return fee, tuple(stamps)


FEE, STAMPS = _fees()


def stamp(amount: int) -> int:
    """The revenue stamp that is kept back from ``amount`` (consumption tax taken off) when it is sent on."""
    return next(fee for most, fee in STAMPS if most is None or amount <= most)
