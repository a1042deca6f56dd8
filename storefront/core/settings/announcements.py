"""Announcements (SHOP-3): verbs and reads. Verbs run inside the caller's unit, write an audit row and move the version."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.db import lock_for_update, session
from storefront.core.i18n.translate import N_
from storefront.core.settings.errors import BadPolicy
from storefront.core.settings.models import Announcement
from storefront.core.settings.service import touch

PLACES = ("all", "checkout", "product")
MAX_TEXT = 300


def find_announcement(announcement_id: int, *, lock: bool = False) -> Announcement | None:
    statement = select(Announcement).where(Announcement.id == announcement_id)
    statement = lock_for_update(statement) if lock else statement
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def save_announcement(
    announcement_id: int | None,
    text: Mapping[str, str],
    places: Sequence[str],
    actor: str,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Make or change one; its id. Raises ``BadPolicy``."""
    if not any(text.values()):
        raise BadPolicy(N_("An announcement needs a text in at least one language."))
    if not places or not set(places) <= set(PLACES):
        raise BadPolicy(N_("Please choose where the announcement is shown."))
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise BadPolicy(N_("The announcement ends before it begins."))
    row = Announcement() if announcement_id is None else find_announcement(announcement_id, lock=True)
    if row is None:
        raise BadPolicy(N_("This announcement is gone already."))
    row.text = {lang: words.strip()[:MAX_TEXT] for lang, words in text.items() if words.strip()}
    row.places, row.starts_at, row.ends_at = sorted(places), starts_at, ends_at
    session.add(row)
    session.flush()
    record(actor, "announcement.save", ("announcement", row.id), text=row.text, places=row.places)
    touch()
    return row.id


def remove_announcement(announcement_id: int, actor: str) -> None:
    row = find_announcement(announcement_id, lock=True)
    if row is None:
        return
    session.delete(row)
    record(actor, "announcement.remove", ("announcement", announcement_id), text=row.text)
    touch()
