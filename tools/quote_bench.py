"""How long Japan Post takes to quote every service of one packed parcel: processor time, the best of some rounds.

.venv/bin/python tools/quote_bench.py
"""

import gc
import time
from datetime import date

from storefront_shipping_japanpost.carrier import JapanPost
from storefront_shipping_japanpost.settings import DECLARATION, NAME

from storefront.plugin import Destination, Dimensions, Money, Parcel, ShippingQuote, ShippingRequest
from storefront.testing.plugins import settings_bound, settings_from

QUOTES, ROUNDS = 1_000, 5
MOST_SECONDS = 1.0
# Everything on, with tables and rules of the owner beside the bundled ones.
STORED = {
    "us_duty_prepaid": True,
    "yu_pack_origin": "aichi",
    "yu_packet_weight": 1000,
    "unconfirmed_surface": True,
    "countries": [{"country": "TW", "insured": 2_000_000}],
    "rules": [
        {"id": str(n), "service": "ems", "country": code, "state": "closed", "from": "2026-01-01", "until": "2026-02-01"}
        for n, code in enumerate(("RU", "UA", "BY", "MM", "SD", "TW", "HK", "CN", "KR", "DE"))
    ],
    "tariffs": [
        {"service": "parcel_air", "from": f"2027-{month:02d}-01", "rows": {"1": [[n * 500, 2000 + n] for n in range(1, 61)]}}
        for month in range(1, 13)
    ],
}  # fmt: skip
PLACES = {"Taiwan": ("TW", ""), "Germany": ("DE", ""), "USA": ("US", "CA"), "Japan (Tokyo)": ("JP", "13")}


def request(country: str, region: str) -> ShippingRequest:
    parcel = Parcel(1850, Money(48_000, "JPY"), Dimensions(240, 160, 28), frozenset({"food"}))
    return ShippingRequest(Destination(country, region), (parcel,), date(2026, 11, 25), "JPY")


def seconds(carrier: JapanPost, asked: ShippingRequest) -> float:
    """Of ``QUOTES`` quotes."""
    rounds = []
    for _ in range(ROUNDS):
        gc.collect()
        started = time.thread_time()
        for _ in range(QUOTES):
            carrier.quote(asked)
        rounds.append(time.thread_time() - started)
    return min(rounds)


def main() -> int:
    carrier, failed = JapanPost(), False
    with settings_bound({NAME: settings_from(DECLARATION, STORED)}):
        for name, place in PLACES.items():
            asked = request(*place)
            rows = carrier.quote(asked)
            assert isinstance(rows, tuple)
            priced = sum(isinstance(row, ShippingQuote) for row in rows)
            took = seconds(carrier, asked)
            failed = failed or took > MOST_SECONDS
            print(f"{name}: {QUOTES:,} quotes of {len(rows)} services, {priced} of them priced: {took:.3f} s")
    print(f"at most {MOST_SECONDS} s: {'no' if failed else 'yes'}")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
