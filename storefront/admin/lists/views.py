"""Showing a declared list; acting on its rows; writing it to a file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Response, abort, request

from storefront.admin.guard import current_member, require
from storefront.admin.lists.acts import FileAct
from storefront.admin.lists.asking import as_params, ask_from, query_of
from storefront.admin.lists.cells import Cell, cell_of
from storefront.admin.lists.files import FORMATS
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import new_token, once
from storefront.admin.registry import Registered
from storefront.admin.tasks.paths import task_path
from storefront.admin.tasks.running import BULK, EXPORT
from storefront.core.contracts.manage import Ask, BulkAct, Choices, Column, Filter, Found, ListSpec
from storefront.core.db import run_unit, session
from storefront.core.i18n.translate import Translator, domain_gettext, ngettext
from storefront.core.i18n.translate import gettext as _
from storefront.core.tasks.service import start_task
from storefront.shop.context import current_lang, current_shop
from storefront.shop.hx import redirect_to, render_page, toast

MAX_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Head:
    """A column's title. ``href``: sorts by it, the other way round when it is sorted by already; "" when it cannot.
    ``sorted``: ``ascending``, ``descending`` or ""."""

    label: str
    end: bool
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    id: str
    name: str
    cells: tuple[tuple[Cell, str, bool], ...]


@dataclass(frozen=True, slots=True)
class FilterView:
    spec: Filter
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]


NUMBERS = ("number", "money", "weight")


def show_list(page: Registered) -> Response:
    spec = _spec(page)
    ask = ask_from(spec, request.args)
    found = spec.source.page(ask)
    words, member = domain_gettext(page.source), current_member()
    rows = rows_of(page, found.rows)
    acts = [act for act in spec.bulk if member.may(act.right)]
    return render_page(
        "manage/list.html",
        "manage/_list.html",
        page=page,
        list_spec=spec,
        words=words,
        ask=ask,
        query=query_of(ask, after="", before=""),
        heads=heads_of(page, ask),
        rows=rows,
        filters=_filters(spec, ask, words),
        filtered=bool(ask.q or ask.filters),
        found=found,
        count_words=count_words(found),
        next=query_of(ask, after=found.next, before="") if found.next else "",
        previous=query_of(ask, after="", before=found.previous) if found.previous else "",
        first=query_of(ask, after="", before="") or "?" if ask.after or ask.before else "",
        acts=acts,
        may_export=spec.export and member.may("export"),
        may_add=page.spec.form is not None and page.spec.form.new is not None and member.may(page.spec.adds),
        once=new_token(),
    )


def act_on_rows(page: Registered) -> Response:
    """Asks first, then promises a task."""
    spec, form = _spec(page), request.form
    act = next((a for a in spec.bulk if a.key == form.get("act")), None)
    if act is None:
        abort(404)
    require(act.right)
    ask = ask_from(spec, form)
    everything = "all" in form
    ids = _ids(spec, ask, everything)
    if not ids or len(ids) > MAX_ROWS_AT_ONCE:
        toast(
            _("Nothing was chosen, so nothing was done.")
            if not ids
            else _("More than %(most)s rows are too many at once. Please narrow the list first.", most=MAX_ROWS_AT_ONCE)
        )
        return redirect_to(page.list_path() + query_of(ask))
    words = domain_gettext(page.source)
    choices = _choices(act.asks.choices, words) if act.asks is not None else ()
    chosen = form.get("value", "")
    if "confirmed" not in form or (act.asks is not None and chosen not in dict(choices)):
        return _ask_first(page, act, ids, ask, choices)
    title = f"{words(page.spec.title)}: {words(act.label)}"
    params = {"page": page.name, "act": act.key, "ids": ids, **({"value": chosen} if act.asks is not None else {})}
    return _start(act.task if isinstance(act, FileAct) else BULK, title, params, len(ids), form)


def export_list(page: Registered) -> Response:
    spec, form = _spec(page), request.form
    kind = form.get("format", "")
    if not spec.export or kind not in FORMATS:
        abort(404)
    require("export")
    ask = ask_from(spec, form)
    found = spec.source.page(replace(ask, limit=1))
    session.rollback()
    title = _("%(list)s as a file", list=domain_gettext(page.source)(page.spec.title))
    params = {"page": page.name, "format": kind, **as_params(ask)}
    return _start(EXPORT, title, params, None if found.capped else found.total, form)


def _start(kind: str, title: str, params: Mapping[str, object], total: int | None, form: Mapping[str, str]) -> Response:
    member, lang = current_member(), current_lang()

    def work() -> str:
        return str(start_task(kind, title, params, actor=member.actor, locale=lang, total=total).id)

    task_id, _now = run_unit(lambda: once(form.get(ONCE, ""), work))
    return redirect_to(task_path(int(task_id)))


def _ids(spec: ListSpec, ask: Ask, everything: bool) -> list[str]:
    if not everything:
        return list(dict.fromkeys(i[:200].replace("\0", "") for i in request.form.getlist("id")))[
            : MAX_ROWS_AT_ONCE + 1
        ]
    ids = []
    for row in spec.source.stream(replace(ask, after="", before="")):
        ids.append(spec.id_of(row))
        if len(ids) > MAX_ROWS_AT_ONCE:
            break
    session.rollback()
    return ids


def _ask_first(
    page: Registered, act: BulkAct, ids: Sequence[str], ask: Ask, choices: Sequence[tuple[str, str]]
) -> Response:
    words = domain_gettext(page.source)
    return render_page(
        "manage/act.html",
        "manage/_act.html",
        page=page,
        act=act,
        title=words(act.label),
        question=words(act.confirm) if act.confirm else "",
        asked=words(act.asks.label) if act.asks is not None else "",
        choices=choices,
        count_words=ngettext("%(num)s row", "%(num)s rows", len(ids)),
        ids=ids,
        ask=ask,
        back=page.list_path() + query_of(ask),
        once=new_token(),
    )


def _spec(page: Registered) -> ListSpec:
    if page.spec.rows is None:
        abort(404)
    return page.spec.rows


def rows_of(page: Registered, rows: Iterable[object]) -> list[RowView]:
    """Rows of the page's source as its list shows them."""
    spec, words, zone = _spec(page), domain_gettext(page.source), str(current_shop().policy("shop.time_zone"))
    return [_row(page, spec, row, words, zone) for row in rows]


def heads_of(page: Registered, ask: Ask, *, linked: bool = True) -> list[Head]:
    """Titles of the columns; ``linked``: those that can be sorted by lead there."""
    words = domain_gettext(page.source)
    found = [_head(page, column, ask, words) for column in _spec(page).columns if column.shown]
    return found if linked else [Head(head.label, head.end) for head in found]


def _row(page: Registered, spec: ListSpec, row: object, words: Translator, zone: str) -> RowView:
    row_id = spec.id_of(row)
    href = spec.row_url(row) if spec.row_url else page.form_path(row_id) if page.spec.form is not None else ""
    cells = tuple(
        (cell_of(c, row, words, zone), href if c.link else "", c.show.value in NUMBERS) for c in spec.columns if c.shown
    )
    name = next((cell.text for cell, link, _end in cells if link), row_id)
    return RowView(row_id, name, cells)


def _head(page: Registered, column: Column, ask: Ask, words: Translator) -> Head:
    label = words(column.label)
    key, end = column.key, column.show.value in NUMBERS
    if not column.sort:
        return Head(label, end)
    now = {key: "ascending", f"-{key}": "descending"}.get(ask.sort, "")
    other = f"-{key}" if now == "ascending" else key
    return Head(label, end, page.list_path() + query_of(ask, sort=other, after="", before=""), now)


def _filters(spec: ListSpec, ask: Ask, words: Translator) -> list[FilterView]:
    return [
        FilterView(each, words(each.label), ask.filters.get(each.key, ""), _choices(each.choices, words))
        for each in spec.filters
    ]


def _choices(choices: Choices | None, words: Translator) -> tuple[tuple[str, str], ...]:
    if choices is None:
        return ()
    if callable(choices):
        return tuple(choices())
    return tuple((value, words(label)) for value, label in choices.items())


def count_words(found: Found) -> str:
    if found.capped:
        return _("more than %(count)s", count=f"{found.total:,}")
    return ngettext("%(num)s row", "%(num)s rows", found.total)
