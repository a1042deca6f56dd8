"""Showing, saving and removing one row of a declared form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, request

from storefront.admin.forms import merging
from storefront.admin.forms.building import (
    Surroundings,
    build,
    flatten,
    row_act,
    unflatten,
    values_of,
)
from storefront.admin.forms.showing import errors_of, view_of
from storefront.admin.guard import current_member
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.registry import Registered
from storefront.admin.words import problems_of, sentence
from storefront.core.contracts.manage import FormSpec
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import domain_gettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.values.types import Problem
from storefront.shop.context import current_shop
from storefront.shop.hx import redirect_to, render_page, toast

# A button that tries the values out; and what a browser asks for while somebody types.
TRY, BESIDE = "_try", "_beside"


class Clash(Exception):
    """Somebody else changed what was changed here."""

    def __init__(self, merged: merging.Merged) -> None:
        super().__init__(", ".join(merged.clashes))
        self.merged = merged


@dataclass(frozen=True, slots=True)
class Editing:
    """One form being worked on. ``row_id`` ``None``: a new row."""

    page: Registered
    row_id: str | None

    @property
    def spec(self) -> FormSpec:
        found = self.page.spec.form
        if found is None or (self.row_id is None and found.new is None):
            abort(404)
        return found

    def load(self) -> dict[str, Any]:
        spec = self.spec
        values = spec.load(self.row_id) if self.row_id is not None else spec.new() if spec.new is not None else None
        if values is None:
            abort(404)
        return flatten(spec, values)

    def around(self) -> Surroundings:
        shop = current_shop()
        member = current_member()
        return Surroundings(
            domain_gettext(self.page.source), shop.base_currency, str(shop.policy("shop.time_zone")), member.may
        )


def show_form(page: Registered, row_id: str | None) -> Response:
    editing = Editing(page, row_id)
    flat = editing.load()
    draft = editing.spec.draft() if editing.spec.draft is not None else None
    return _answer(editing, {**flat, **(flatten(editing.spec, draft) if draft else {})}, flat, None)


def save_form(page: Registered, row_id: str | None) -> Response:
    """303 to the saved row; 422 with what needs another look; 409 with what somebody else changed meanwhile."""
    editing = Editing(page, row_id)
    if editing.spec.readonly and row_id is not None:
        abort(405)
    flat = editing.load()
    session.rollback()
    around, posted = editing.around(), request.form
    form = build(editing.spec, flat, around, new=row_id is None, posted=posted)
    if row_act(posted):
        return _answer(editing, flat, flat, form)
    if posted.get(BESIDE) and editing.spec.aside is not None:
        form.validate()
        return _beside(editing, flat, form)
    if not form.validate():
        return _answer(editing, flat, flat, form, status=422)
    if posted.get(TRY):
        return _tried(editing, flat, form)
    mine = values_of(editing.spec, form)
    shown = merging.read_seen(posted.get(merging.FIELD, ""))
    kept: list[str] = []

    def work() -> str:
        stored = editing.load() if row_id is not None else flat
        merged = merging.merge(stored, mine, shown) if row_id is not None else merging.Merged({**stored, **mine})
        if merged.clashes:
            raise Clash(merged)
        kept[:] = merged.kept
        return editing.spec.save(row_id, unflatten(editing.spec, merged.values), current_member().actor)

    try:
        saved_id, _now = run_unit(lambda: once(posted.get(ONCE, ""), work))
    except Clash as clash:
        session.rollback()
        fresh = editing.load()
        return _answer(editing, flat, fresh, form, status=409, clashes=clash.merged.clashes)
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        return _answer(editing, flat, flat, form, status=422, problems=problems)
    toast(_("Saved. What others changed meanwhile was kept.") if kept else _("Saved."))
    return redirect_to(page.form_path(saved_id))


def _tried(editing: Editing, flat: Mapping[str, Any], form: Any) -> Response:
    """What a trial makes of the values; nothing is stored."""
    trial = next((each for each in editing.spec.trials if each.key == request.form[TRY]), None)
    if trial is None:
        abort(400)
    values = unflatten(editing.spec, {**flat, **values_of(editing.spec, form)})
    try:
        path = trial.run(values, current_member().actor) if trial.run is not None else ""
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        return _answer(editing, flat, flat, form, status=422, problems=problems)
    return redirect_to(path) if path else _answer(editing, flat, flat, form)


def _beside(editing: Editing, flat: Mapping[str, Any], form: Any) -> Response:
    """What the form says of its values alone, for a browser that renews it while somebody types."""
    return render_page("manage/_aside.html", "manage/_aside.html", aside=_aside(editing, flat, form))


def _aside(editing: Editing, flat: Mapping[str, Any], form: Any) -> tuple[str, Mapping[str, Any]] | None:
    spec = editing.spec
    if spec.aside is None:
        return None
    typed = values_of(spec, form) if form is not None else {}
    unread = {name for name in typed if form[name].errors}
    return spec.aside(unflatten(spec, {**flat, **{n: v for n, v in typed.items() if n not in unread}}))


def remove_row(page: Registered, row_id: str) -> Response:
    editing = Editing(page, row_id)
    remove = editing.spec.remove
    if remove is None:
        abort(404)
    flat = editing.load()
    session.rollback()
    if "confirmed" not in request.form:
        return render_page(
            "manage/remove.html", "manage/_remove.html", page=page, heading=_heading(editing, flat), row_id=row_id
        )
    try:
        run_unit(lambda: remove(row_id, current_member().actor))
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        session.rollback()
        return _answer(editing, flat, flat, None, status=422, problems=problems)
    toast(_("Removed."))
    return redirect_to(page.list_path())


def _answer(
    editing: Editing,
    flat: Mapping[str, Any],
    stored: Mapping[str, Any],
    form: Any,
    *,
    status: int = 200,
    clashes: Mapping[str, Any] | None = None,
    problems: tuple[Problem, ...] = (),
) -> Response:
    """``flat``: what the form is shown with; ``stored``: what is stored now, which the next saving will have seen."""
    around, new = editing.around(), editing.row_id is None
    words, spec = around.words, editing.spec
    shown = form or build(spec, flat, around, new=new, posted=None)
    refused: dict[str, list[str]] = {}
    for problem in problems:
        refused.setdefault(problem.field_name, []).append(sentence(problem, words))
    sections, general = view_of(spec, shown, stored, around, new=new, clashes=clashes, refused=refused)
    return render_page(
        "manage/form.html",
        "manage/_form.html",
        status=status,
        page=editing.page,
        form_spec=spec,
        heading=_heading(editing, flat),
        sections=sections,
        errors=errors_of(sections),
        general=general,
        clashes=bool(clashes),
        seen=_seen(stored, clashes, shown_again=form is not None),
        ways=_ways(editing, flat),
        aside=_aside(editing, flat, form),
        once=(request.form.get(ONCE) if form is not None and not clashes else "") or new_token(),
        new=new,
        row_id=editing.row_id,
        may_edit=(new or not spec.readonly)
        and current_member().may(editing.page.spec.adds if new else editing.page.spec.edit),
        may_remove=not new and spec.remove is not None and current_member().may(editing.page.spec.adds),
        words=words,
        history=_history(editing),
    )


def _history(editing: Editing) -> str:
    """Where the row's history is; "" for whoever may not see it."""
    if editing.row_id is None or editing.spec.subject is None or not current_member().may("audit.view"):
        return ""
    return f"/manage/audit/?{urlencode({'q': ' '.join(editing.spec.subject(editing.row_id))})}"


def _seen(stored: Mapping[str, Any], clashes: Mapping[str, Any] | None, *, shown_again: bool) -> str:
    """A form that needs another look has seen no more than before; only a clash shows what is stored now."""
    if not shown_again:
        return merging.seen(stored)
    before = str(request.form.get(merging.FIELD, ""))
    return merging.seen_after(merging.read_seen(before), clashes) if clashes else before


def _ways(editing: Editing, flat: Mapping[str, Any]) -> list[tuple[str, str]]:
    spec = editing.spec
    if editing.row_id is None or spec.ways is None:
        return []
    words, member = domain_gettext(editing.page.source), current_member()
    ways = spec.ways(editing.row_id, unflatten(spec, flat))
    return [(words(way.label), way.href) for way in ways if not way.right or member.may(way.right)]


def _heading(editing: Editing, flat: Mapping[str, Any]) -> str:
    spec, words = editing.spec, domain_gettext(editing.page.source)
    if editing.row_id is None:
        return words(editing.page.spec.new_label) if editing.page.spec.new_label else _("New")
    if spec.heading is None:
        return words(editing.page.spec.title)
    return spec.heading(unflatten(spec, flat)) or editing.row_id
