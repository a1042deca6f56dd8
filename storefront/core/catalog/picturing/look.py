"""Pictures of the shop itself: its logo, the logo on dark paper, the icon of the browser's tab. They go the way of every
other picture: handed in before the unit, taken over inside it, prepared by a job."""

from collections.abc import Mapping

from sqlalchemy import select

from storefront.core.audit.service import record
from storefront.core.catalog.markup import clean_text
from storefront.core.catalog.models import Picture
from storefront.core.catalog.picturing.originals import Handed
from storefront.core.catalog.picturing.service import SUBJECT, SWEEP, SWEEP_DELAY, receive_picture
from storefront.core.db import lock_for_update, session, utcnow
from storefront.core.outbox.service import later
from storefront.core.settings.models import LookPicture
from storefront.core.settings.service import touch
from storefront.core.values.language import LANGUAGES

PLACES = ("logo", "logo_dark", "icon")
MAX_ALT = 120


def look_pictures() -> Mapping[str, tuple[LookPicture, Picture]]:
    """Those that were handed in, by place, with how far they are."""
    rows = session.execute(select(LookPicture, Picture).join(Picture, Picture.id == LookPicture.picture_id))
    return {row.place: (row, picture) for row, picture in rows}


def give_look_picture(place: str, handed: Handed, actor: str) -> None:
    """The picture stands in ``place`` (one of ``PLACES``) once it is prepared; what a logo says is kept. Inside the
    caller's unit; writes an audit row and moves the shop's version."""
    if place not in PLACES:
        raise ValueError(f"no place for a picture is called {place!r}")
    row = _locked(place)
    picture = receive_picture(handed)
    if row is None:
        row = LookPicture(place=place, picture_id=picture.id, alt={})
        session.add(row)
    elif row.picture_id != picture.id:
        _sweep_later()
    row.picture_id, row.file = picture.id, picture.file
    record(actor, "look.picture", ("look", place), digest=picture.digest)
    touch()


def describe_look_picture(place: str, alt: Mapping[str, str], actor: str) -> bool:
    """What the picture in ``place`` says, per language; whether that changed anything. Inside the caller's unit."""
    row = _locked(place)
    texts = {lang: clean_text(alt.get(lang, "")).strip()[:MAX_ALT] for lang in LANGUAGES}
    wanted = {lang: text for lang, text in texts.items() if text}
    if row is None or row.alt == wanted:
        return False
    row.alt = wanted
    record(actor, "look.describe", ("look", place), alt=wanted)
    touch()
    return True


def remove_look_picture(place: str, actor: str) -> bool:
    """Take the picture away from ``place``; whether one was there. Inside the caller's unit."""
    row = _locked(place)
    if row is None:
        return False
    session.delete(row)
    _sweep_later()
    record(actor, "look.picture", ("look", place), digest="")
    touch()
    return True


def _locked(place: str) -> LookPicture | None:
    statement = lock_for_update(select(LookPicture).where(LookPicture.place == place))
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def _sweep_later() -> None:
    later(SWEEP, queue="slow", subject=SUBJECT, available_at=utcnow() + SWEEP_DELAY)
