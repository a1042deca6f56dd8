"""Sessions of shoppers that ended, and with them the carts of guests."""

from sqlalchemy import delete

from storefront.core.customers.models import ShopperSession
from storefront.core.db import session, utcnow
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work


@job("sessions.purge", "slow")
def purge(work: Work) -> None:
    """Carts and their lines follow by the database's own rule; orders keep everything but the link to the cart."""
    session.execute(delete(ShopperSession).where(ShopperSession.expires_at < utcnow()))
