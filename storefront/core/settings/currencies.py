"""The currencies the shop sells in. Verbs run inside the caller's unit, write an audit row and move the version."""

import re

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.errors import BadPolicy
from storefront.core.settings.models import Currency
from storefront.core.settings.service import touch
from storefront.core.values.money import BadAmount, rate_fraction

MAX_STEP = 1_000_000
PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,11})?\Z")


def find_currency(code: str, *, lock: bool = False) -> Currency | None:
    statement = select(Currency).where(Currency.code == code)
    statement = lock_for_update(statement) if lock else statement
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def save_currency(
    code: str, rate: str, step: int, actor: str, *, position: int = 0, enabled: bool = True, new: bool = False
) -> None:
    """Sell in ``code``, at ``rate`` units of it for one of the base currency, prices rounded up to ``step`` minor units.
    Prices shown from now on follow; orders keep the rate they were placed with. Raises ``BadPolicy``."""
    if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
        raise BadPolicy(N_("A currency is three capital letters, such as USD."))
    if not 0 < step <= MAX_STEP:
        raise BadPolicy(N_("The step must be 1 or more of the smallest unit."))
    try:
        if not PLAIN.match(rate) or rate_fraction(rate) <= 0:
            raise BadAmount(rate)
    except BadAmount:
        raise BadPolicy(N_("The rate must be a plain number above 0, such as 0.0067.")) from None
    row = find_currency(code, lock=True)
    if new and row is not None:
        raise BadPolicy(N_("%(code)s is in the list already."), code=code)
    if row is None:
        row = Currency(code=code)
        session.add(row)
    before = {"rate": row.rate, "enabled": row.enabled} if not new else {}
    row.rate, row.step, row.position, row.enabled = rate, step, position, enabled
    session.flush()
    record(actor, "currency.save", ("currency", code), before=before, rate=rate, step=step, enabled=enabled)
    touch()


def remove_currency(code: str, actor: str) -> None:
    """Sell in it no longer; own prices of goods in it stay for the day it comes back."""
    row = find_currency(code, lock=True)
    if row is not None:
        session.delete(row)
        record(actor, "currency.remove", ("currency", code), rate=row.rate)
        touch()
