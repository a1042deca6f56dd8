"""Promising a mail: its outbox row and its record, in one unit."""

import unicodedata
from typing import Any

from storefront.core.db import session
from storefront.core.mail.kinds import PREFIX
from storefront.core.mail.models import MailRecord
from storefront.core.outbox.service import later


def fold_address(address: str) -> str:
    """The form in which addresses are compared."""
    return unicodedata.normalize("NFKC", address).strip().casefold()[:320]


def promise(
    kind: str, address: str, *, subject: str, locale: str, dedupe_key: str | None = None, **args: Any
) -> str | None:
    """Promise a mail of ``kind`` inside the caller's unit: it leaves if and only if the unit commits. ``address``: where it
    would go as things are now; the handler decides. Returns the id of its job; ``None`` when the same promise (by
    ``dedupe_key``) was made before."""
    job_id = later(
        f"{PREFIX}{kind}", subject=subject, locale=locale, queue="mail", dedupe_key=dedupe_key, **args
    )  # fmt: skip
    if job_id is not None:
        session.add(
            MailRecord(
                id=job_id,
                kind=kind,
                subject=subject,
                locale=locale,
                address=address[:320],
                address_folded=fold_address(address),
            )
        )
    return job_id
