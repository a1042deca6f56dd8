"""Watching a long act: its progress, what it refused, its file; stopping it."""

from flask import Blueprint, Response, abort, send_from_directory

from storefront.admin.guard import current_member, decides_itself, require
from storefront.admin.tasks.paths import task_path
from storefront.admin.tasks.running import export_folder
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.tasks import service as tasks
from storefront.core.tasks.models import Task
from storefront.shop.context import current_shop
from storefront.shop.hx import redirect_to, render_page, toast

task_pages = Blueprint("tasks", __name__, url_prefix="/manage/tasks")

STATES = {
    "waiting": N_("Waiting"),
    "running": N_("Under way"),
    "done": N_("Done"),
    "stopped": N_("Stopped"),
    "failed": N_("Failed"),
}


@task_pages.get("/<int:task_id>")
@decides_itself
def show(task_id: int) -> Response:
    task = _found(task_id)
    response = render_page(
        "manage/task.html",
        "manage/_task.html",
        task=task,
        state=_(STATES[task.state]),
        percent=None if not task.total else min(task.done * 100 // task.total, 100),
        zone=str(current_shop().policy("shop.time_zone")),
        ended=task.state in tasks.ENDED,
        file_days=tasks.FILE_DAYS,
    )
    return response


@task_pages.get("/<int:task_id>/file")
@decides_itself
def file(task_id: int) -> Response:
    """An export. It lies outside the media folder; only who may export gets it."""
    task = _found(task_id)
    require("export")
    if not task.file:
        abort(404)
    shown_name = f"{task.file.partition('-')[0]}-{task.id}.{task.file.rpartition('.')[2]}"
    response = send_from_directory(export_folder(), task.file, as_attachment=True, download_name=shown_name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@task_pages.post("/<int:task_id>/stop")
@decides_itself
def stop(task_id: int) -> Response:
    _found(task_id)
    member = current_member()
    stopped = run_unit(lambda: tasks.stop(task_id, member.actor))
    toast(_("Stopped. What was done stays done.") if stopped else _("It had ended already."))
    return redirect_to(task_path(task_id))


def _found(task_id: int) -> Task:
    """One's own; those of others only with the right to see tasks of all."""
    task = session.get(Task, task_id) if task_id < 2**31 else None
    member = current_member()
    if task is None or (task.actor != member.actor and not member.may("staff.view")):
        abort(404)
    return task
