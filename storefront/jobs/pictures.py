"""Pictures: prepared after they were handed in, and taken away when nothing shows them."""

import time
from collections.abc import Collection

from sqlalchemy import select

from storefront.core.catalog.picturing.deriving import RenderingFailed, give_back, render, settle, take_next
from storefront.core.catalog.picturing.service import DERIVE, SWEEP, promise_derivation
from storefront.core.catalog.picturing.sweeping import sweep_half_done, sweep_unused
from storefront.core.db import run_unit, session
from storefront.core.orders.models import OrderLine
from storefront.jobs.registry import job
from storefront.jobs.runtime import Work

# One relay does everything in turn: after so much time at pictures it lets the mails pass that fell due meanwhile.
TURN_SECONDS = 1.0


@job(DERIVE, "slow", outside=True)
def derive(work: Work) -> None:
    """Prepare waiting pictures, one after the other, for a moment; the rest are promised anew."""
    runtime = work.runtime
    end = time.monotonic() + TURN_SECONDS
    while (picture := run_unit(take_next)) is not None:
        try:
            result = render(picture, runtime.originals_dir, runtime.media_dir)
        except OSError as error:
            run_unit(lambda taken=picture: give_back(taken))
            raise RenderingFailed(f"Picture {picture.id}: {error}") from error
        run_unit(lambda taken=picture, done=result: settle(taken, done))
        if time.monotonic() > end:
            run_unit(promise_derivation)
            return


@job(SWEEP, "slow", outside=True)
def sweep(work: Work) -> None:
    """What no product, category or order shows is removed with its files; so is what ended processes left behind."""
    originals, media = work.runtime.originals_dir, work.runtime.media_dir
    last = 0
    while True:
        _, last = run_unit(lambda after=last: sweep_unused(originals, media, _shown_by_orders, after))
        if not last:
            break
    sweep_half_done(originals, media)


def _shown_by_orders(names: Collection[str]) -> Collection[str]:
    if not names:
        return ()
    return session.scalars(select(OrderLine.picture).where(OrderLine.picture.in_(names)).distinct()).all()
