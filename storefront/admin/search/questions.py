"""What shoppers searched for: the words, without anything about who asked."""

from collections.abc import Sequence
from datetime import timedelta

from storefront.core.contracts.manage import Column, Filter, ListSpec, ManagePage, Show
from storefront.core.db import utcnow
from storefront.core.i18n.translate import N_
from storefront.core.paging import RowsSource
from storefront.core.search.questions import AskedRow, asked_most

DAYS = 30
SHOWN = 200


def _rows() -> Sequence[AskedRow]:
    return asked_most(utcnow().date() - timedelta(days=DAYS), limit=SHOWN)


QUESTIONS = ManagePage(
    key="questions",
    title=N_("Searched for"),
    view="catalog.view",
    edit="catalog.edit",
    intro=N_(
        "What shoppers searched for in the last 30 days, the most frequent first. Words without hits ask for synonyms (Settings, Search) or for goods."
    ),
    rows=ListSpec(
        columns=(
            Column("question", N_("Words")),
            Column("asked", N_("Times"), Show.NUMBER, sort=True),
            Column("hits", N_("Hits"), Show.NUMBER, sort=True),
        ),
        source=RowsSource(
            _rows,
            sorts={"asked": lambda row: row.asked, "hits": lambda row: row.hits},
            filters={"hits": lambda row, value: (row.hits == 0) == (value == "none")},
            matches=lambda row, question: question.casefold() in row.question,
        ),
        row_id=lambda row: str(row.question),
        filters=(Filter("hits", N_("Hits"), {"none": N_("Nothing found"), "some": N_("Something found")}),),
        search=N_("Words"),
        empty=N_("Nobody searched yet."),
    ),
)
