"""Countries, regions and classes of goods that are not served (CHK-4). Verbs run inside the caller's unit, write an audit
row and move the version."""

from collections.abc import Mapping

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.errors import BadPolicy
from storefront.core.settings.models import ClosedDestination
from storefront.core.settings.service import touch
from storefront.core.values.types import Restriction

MAX_MESSAGE = 500


def find_closed(closed_id: int, *, lock: bool = False) -> ClosedDestination | None:
    statement = select(ClosedDestination).where(ClosedDestination.id == closed_id)
    statement = lock_for_update(statement) if lock else statement
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def save_closed(
    closed_id: int | None,
    country: str,
    actor: str,
    *,
    region: str = "",
    restriction: str = "",
    message: Mapping[str, str] | None = None,
) -> int:
    """Close a destination, or change how; its id. ``region`` empty: the whole country; ``restriction`` empty: for all
    goods. Raises ``BadPolicy``."""
    if len(country) != 2 or not (country.isascii() and country.isupper()):
        raise BadPolicy(N_("Please choose a country."))
    if restriction and restriction not in set(Restriction):
        raise BadPolicy(N_("Please choose a class of goods of the list."))
    same = select(ClosedDestination.id).where(
        ClosedDestination.country == country,
        ClosedDestination.region == region,
        ClosedDestination.restriction == restriction,
        ClosedDestination.id != (closed_id or 0),
    )
    if session.scalar(same) is not None:
        raise BadPolicy(N_("This destination is closed for these goods already; change that entry instead."))
    row = ClosedDestination() if closed_id is None else find_closed(closed_id, lock=True)
    if row is None:
        raise BadPolicy(N_("This entry is gone already."))
    row.country, row.region, row.restriction = country, region[:10], restriction
    row.message = {lang: text.strip()[:MAX_MESSAGE] for lang, text in (message or {}).items() if text.strip()}
    session.add(row)
    session.flush()
    record(
        actor,
        "destination.close",
        ("closed_destination", row.id),
        country=country,
        region=region,
        restriction=restriction,
    )
    touch()
    return row.id


def remove_closed(closed_id: int, actor: str) -> None:
    """Serve it again."""
    row = find_closed(closed_id, lock=True)
    if row is not None:
        session.delete(row)
        record(
            actor,
            "destination.open",
            ("closed_destination", closed_id),
            country=row.country,
            region=row.region,
            restriction=row.restriction,
        )
        touch()
