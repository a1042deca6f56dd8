"""How background work stands, and what can be done about jobs that were given up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, request

from storefront.admin.background.listing import DeadJob, dead_rows, job_path, shown
from storefront.admin.guard import current_member, needs
from storefront.admin.lists.cells import long_moment
from storefront.admin.mails.listing import mail_path
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.words import sentence
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.translate import gettext as _
from storefront.core.i18n.translate import ngettext
from storefront.core.mail.kinds import PREFIX
from storefront.core.outbox.errors import OutboxError
from storefront.core.outbox.heartbeat import heard_of, last_beat
from storefront.core.outbox.models import OutboxRow
from storefront.core.outbox.queries import TimedRun, dead_kinds, standing, timed_runs
from storefront.core.outbox.tending import drop, retry, retry_all
from storefront.jobs.clock import Timed, next_slot, timed_with
from storefront.jobs.registry import QUEUES
from storefront.jobs.rq_queues import UNUSABLE, RqQueues, connect
from storefront.shop.context import current_providers, current_shop, extension
from storefront.shop.hx import redirect_to, render_page, toast

background = Blueprint("background", __name__, url_prefix="/manage")

ROOT = "/manage/background/"
MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class QueueView:
    """``workers``: yes, no, or "" when it could not be asked. ``waits``: how long the oldest has been due, in words."""

    name: str
    depth: int
    waits: str
    workers: str


@dataclass(frozen=True, slots=True)
class TimedView:
    name: str
    last: str
    state: str
    next: str


@background.get("/background/")
@needs("jobs.view")
def show() -> Response:
    now, zone = utcnow(), _zone()
    found, beat = standing(now), last_beat()
    timed = timed_with(current_providers())
    alive, dead, runs = heard_of(now), dead_kinds(), timed_runs(tuple(timed))
    session.rollback()  # Redis is asked with no connection held
    listening = _listening()
    queues = [
        QueueView(
            name,
            found.due_by_queue.get(name, 0),
            _waits(found.oldest_by_queue.get(name), now),
            "" if listening is None else "yes" if name in listening else "no",
        )
        for name in QUEUES
    ]
    return render_page(
        "manage/background/page.html",
        "manage/background/_page.html",
        title=_("Background work"),
        relay_alive=alive,
        heard=long_moment(beat, zone) if beat else "",
        uses_redis=bool(extension().settings.redis_url),
        redis_answers=listening is not None,
        queues=queues,
        dead=[(kind, long_moment(kind.since, zone)) for kind in dead],
        timed=[_timed(name, entry, runs.get(name), now, zone) for name, entry in timed.items()],
        may_edit=current_member().may("jobs.edit"),
        once=new_token(),
    )


def _listening() -> frozenset[str] | None:
    """Queues that workers take from; ``None`` when Redis is not there to say."""
    url = extension().settings.redis_url
    if not url:
        return None
    try:
        with connect(url) as client:
            return RqQueues(client).listening()
    except UNUSABLE:
        return None


def _waits(since: datetime | None, now: datetime) -> str:
    if since is None:
        return ""
    seconds = int((now - since).total_seconds())
    if seconds < 120:
        return ngettext("%(num)s second", "%(num)s seconds", seconds)
    minutes = seconds // 60
    if minutes < 120:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return ngettext("%(num)s hour", "%(num)s hours", minutes // 60)


def _timed(name: str, timed: Timed, run: TimedRun | None, now: datetime, zone: str) -> TimedView:
    state, last = "", ""
    if run is not None:
        state = {"done": _("done"), "dead": _("given up"), "dropped": _("dropped"), "": _("done")}.get(
            run.state, _("under way")
        )
        last = long_moment(run.done_at or run.slot, zone)
    return TimedView(name, last, state, long_moment(next_slot(timed, now, zone), zone))


def _zone() -> str:
    return str(current_shop().policy("shop.time_zone"))


# --- one job ------------------------------------------------------------------------------------------------------------


@background.get("/dead-jobs/<row_id>")
@needs("jobs.view")
def show_job(row_id: str) -> Response:
    return _job_page(row_id)


def _job_page(row_id: str, error: str = "", typed: str = "", status: int = 200) -> Response:
    job = _find(row_id)
    return render_page(
        "manage/background/job.html",
        "manage/background/_job.html",
        status=status,
        job=job,
        title=job.name,
        promised=long_moment(job.created_at, _zone()),
        mail=mail_path(job.id) if job.name.startswith(PREFIX) and current_member().may("customers.view") else "",
        may_edit=current_member().may("jobs.edit"),
        once=new_token(),
        error=error,
        typed=typed,
    )


def _find(row_id: str) -> DeadJob:
    row = session.execute(dead_rows().where(OutboxRow.id == row_id[:32])).first()
    if row is None:
        abort(404, _("This job is not one that was given up, or somebody has seen to it already."))
    return shown([row])[0]


@background.post("/dead-jobs/<row_id>/retry")
@needs("jobs.edit")
def retry_one(row_id: str) -> Response:
    actor = current_member().actor
    return _act(lambda: retry(row_id, actor=actor), _("It is tried again."))


@background.post("/dead-jobs/<row_id>/drop")
@needs("jobs.edit")
def drop_one(row_id: str) -> Response:
    actor, reason = current_member().actor, request.form.get("reason", "").replace("\0", "").strip()[:MAX_REASON]
    if not reason:
        return _job_page(row_id, _("Please write why it is dropped."), reason, 422)
    return _act(lambda: drop(row_id, reason, actor), _("It is dropped."))


@background.post("/background/retry")
@needs("jobs.edit")
def retry_kind() -> Response:
    """All jobs of one name that were given up."""
    actor, name = current_member().actor, request.form.get("name", "").replace("\0", "")[:120]
    return _act(lambda: retry_all(name, actor), _("They are tried again."))


def _act(work: Callable[[], object], done: str) -> Response:
    """Once, and back to where it was asked for."""

    def unit() -> tuple[str, bool]:
        def act() -> str:
            work()
            return ""

        return once(request.form.get(ONCE, ""), act)

    session.rollback()
    try:
        _result, ran = run_unit(unit)
    except OutboxError as error:
        toast(sentence(error.problem))
    else:
        toast(done if ran else _("This was done already; it was not done twice."))
    return redirect_to(_back())


def _back() -> str:
    """The mail's page, when the form stood there."""
    mail_id = request.form.get("mail", "")
    return mail_path(mail_id) if mail_id.isalnum() and mail_id.isascii() and len(mail_id) <= 32 else ROOT


__all__ = ["background", "job_path"]
