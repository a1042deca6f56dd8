"""What can stop an act of or on a staff member; each is a sentence for whoever asked for it."""

from datetime import datetime

from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem


class StaffError(Exception):
    """Base: carries the sentence, and the field it is about where there is one."""

    def __init__(self, message: str, field_name: str = "", **params: object) -> None:
        super().__init__(message % params if params else message)
        self.problem = Problem(message, params, field_name, code=type(self).__name__)


class BadDetails(StaffError):
    """A name, mail address, role, language or password that cannot be taken."""


class AlreadySetUp(StaffError):
    """There is staff already: the first owner is made once."""


class UnknownMember(StaffError):
    """There is no such member."""


class BadInvitation(StaffError):
    """This link was used, is too old, or was followed by a newer one (the same answer)."""


class LastOwner(StaffError):
    """The shop would be left without anybody who may do everything."""


class SecondFactorState(StaffError):
    """There is a second factor already, or there is none."""


class Refused(StaffError):
    """A wrong password or code. Nothing says which part was wrong, nor whether the account exists."""


class Throttled(StaffError):
    """Too many wrong attempts; a right one is refused too. ``until``: when to try again, UTC."""

    def __init__(self, until: datetime, minutes: int) -> None:
        super().__init__(N_("Too many attempts. Please try again in %(minutes)d min."), minutes=minutes)
        self.until = until
