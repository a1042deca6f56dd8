"""Sessions that ended, and with those of shoppers the carts of guests; counters whose window is over."""

from sqlalchemy import delete

from storefront.core.customers.models import ShopperSession
from storefront.core.db import session, utcnow
from storefront.core.staff import sessions as staff_sessions
from storefront.core.staff import throttle
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


@job("sessions.purge", "slow")
def purge(work: Work) -> None:
    """Carts and their lines follow by the database's own rule; orders keep everything but the link to the cart."""
    now = utcnow()
    session.execute(delete(ShopperSession).where(ShopperSession.expires_at < now))
    staff_sessions.purge(now)
    throttle.purge(now)
