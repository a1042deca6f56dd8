"""The people who run the shop: somebody may always do everything, and who was shut out stays out."""

from collections.abc import Iterable
from datetime import datetime

from storefront.core.invariants.finding import Row, broken, check


@check("staff.owner", "There is staff, but no owner who can log in.")
def owner(now: datetime) -> Iterable[Row]:
    return broken(
        """
        SELECT COUNT(*) AS members FROM staff
        HAVING COUNT(*) > 0
           AND SUM(CASE WHEN role = 'owner' AND closed_at IS NULL AND password_hash <> '' THEN 1 ELSE 0 END) = 0
        """
    )


@check("staff.closed", "A closed account still has a session or an invitation.")
def closed(now: datetime) -> Iterable[Row]:
    return broken(
        """
        SELECT m.id, m.role, COUNT(s.id) AS sessions
        FROM staff m LEFT JOIN staff_session s ON s.staff_id = m.id
        WHERE m.closed_at IS NOT NULL AND (s.id IS NOT NULL OR m.invite_hash <> '')
        GROUP BY m.id, m.role
        """
    )


@check("staff.second_factor", "Somebody's recovery codes are kept, but there is no second factor they stand in for.")
def second_factor(now: datetime) -> Iterable[Row]:
    return broken(
        """
        SELECT m.id, m.role, COUNT(*) AS codes
        FROM staff m JOIN recovery_code c ON c.staff_id = m.id
        WHERE m.totp_secret = ''
        GROUP BY m.id, m.role
        """
    )


CHECKS = (owner, closed, second_factor)
