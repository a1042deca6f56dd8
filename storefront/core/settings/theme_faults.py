"""Templates of themes that broke, for the owner to see: every process writes down what it found, the newest of each."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from storefront.core.db import session, utcnow
from storefront.core.settings.models import ThemeFault
from storefront.core.upsert import insert_for

MAX_ERROR = 500


def keep_fault(theme: str, template: str, *, stamp: str, error: str, line: int) -> None:
    """Inside the caller's unit. The same template again replaces what was known of it."""
    values = {"stamp": stamp, "error": error[:MAX_ERROR], "line": line, "at": utcnow()}
    statement = insert_for(ThemeFault).values(theme=theme[:60], template=template[:200], **values)
    session.execute(statement.on_conflict_do_update(index_elements=["theme", "template"], set_=values))


def faults_of(theme: str, stamp: str) -> Sequence[ThemeFault]:
    """Of the theme's files as they are, the newest first."""
    wanted = select(ThemeFault).where(ThemeFault.theme == theme, ThemeFault.stamp == stamp)
    return session.scalars(wanted.order_by(ThemeFault.at.desc(), ThemeFault.template)).all()


def forget_faults(theme: str) -> None:
    """Inside the caller's unit."""
    session.execute(delete(ThemeFault).where(ThemeFault.theme == theme))
