"""What pages and commands show of the staff."""

from sqlalchemy import select

from storefront.core.db import session
from storefront.core.staff.models import Staff
from storefront.core.staff.rights import Role
from storefront.core.staff.service import fold_email


def is_staffed() -> bool:
    """Whether the shop was ever set up."""
    return session.scalar(select(Staff.id).limit(1)) is not None


def find_owner(email: str) -> tuple[str, str] | None:
    """Mail address and name of the owner with this mail address, closed accounts left out."""
    row = session.execute(
        select(Staff.email, Staff.name).where(
            Staff.email_folded == fold_email(email), Staff.role == Role.OWNER, Staff.closed_at.is_(None)
        )
    ).first()
    return None if row is None else (row[0], row[1])


# Who hears of what needs somebody, unless they do not want to.
TOLD_DAILY = (Role.OWNER, Role.MANAGER)


def told_daily() -> list[Staff]:
    """Owners and managers with an account that works: they hear of what needs somebody."""
    return list(
        session.scalars(
            select(Staff)
            .where(Staff.role.in_(TOLD_DAILY), Staff.closed_at.is_(None), Staff.password_hash != "")
            .order_by(Staff.id)
        )
    )


def email_of(staff_id: int) -> str:
    return session.scalar(select(Staff.email).where(Staff.id == staff_id)) or ""
