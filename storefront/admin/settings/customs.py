"""The section of customs papers in the settings (SHP-7)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from storefront.admin.settings.setting import Setting, setting_of
from storefront.core.contracts.manage import BadValue, Field, Kind
from storefront.core.desk.customs_file import FIELDS, TEXT
from storefront.core.i18n.translate import N_
from storefront.core.shipping.customs import read_sdr_rate

MAX_COLUMNS = 60
INCOTERMS = {
    "DAP": N_("DAP: the receiver pays import duty"),
    "DDP": N_("DDP: the shop pays import duty"),
    "DPU": N_("DPU: delivered and unloaded"),
    "CPT": N_("CPT: carriage paid"),
    "CIP": N_("CIP: carriage and insurance paid"),
    "FCA": N_("FCA: handed to the carrier"),
    "EXW": N_("EXW: from the shop"),
}
ENCODINGS = {"utf-8": N_("UTF-8, with a mark at its beginning"), "shift_jis": N_("Shift_JIS, as Windows writes it")}
COLUMN_FIELDS = {**{key: label for key, (label, _value) in FIELDS.items()}, TEXT: N_("Always the same text")}


def _check_rate(text: str) -> None:
    if text and read_sdr_rate(text, "") is None:
        raise BadValue(N_("Please write the rate as a number, such as 198.5."))


def _as_date(stored: str) -> date | None:
    try:
        return date.fromisoformat(stored)
    except ValueError:
        return None


def _rows(stored: Iterable[Mapping[str, str]]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "id": str(place),
            "place": place,
            "title": column.get("title", ""),
            "field": column.get("field", ""),
            "text": column.get("text", ""),
        }
        for place, column in enumerate(stored, start=1)
    )


def _columns(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """In the order of their places; without one at the end, as they were typed."""
    kept = [row for row in rows if row["title"] or row["field"]]
    kept.sort(key=lambda row: row["place"] if row["place"] is not None else MAX_COLUMNS + 1)
    return [{"title": row["title"] or row["field"], "field": row["field"], "text": row["text"]} for row in kept]


CUSTOMS: tuple[str, str, tuple[Setting, ...]] = (
    N_("Customs papers"),
    N_("For parcels that leave the country. Values are always those that were paid."),
    (
        setting_of("customs.sdr_rate", N_("One special drawing right (SDR) in the base currency"), max_length=20, check=_check_rate, help=N_("From the IMF or a bank, such as 198.5. Contents under 300 SDR get CN22. Empty: every label is CN23, which is always right.")),
        setting_of("customs.sdr_date", N_("Day of that rate"), Kind.DATE, read=_as_date, write=lambda day: day.isoformat() if day else ""),
        setting_of("customs.incoterm", N_("Incoterm on commercial invoices"), Kind.CHOICE, choices=INCOTERMS, required=True),
        setting_of("customs.phone", N_("Sender's telephone"), max_length=30, help=N_("With the country's code, such as +81 3 1234 5678.")),
        setting_of("customs.file_encoding", N_("Writing of the file with customs data"), Kind.CHOICE, choices=ENCODINGS, required=True, help=N_("Orders with letters that it does not have are named and left out.")),
        setting_of(
            "customs.file_columns",
            N_("Columns of the file with customs data"),
            Kind.ROWS,
            help=N_("As the carrier's form wants them. Empty: all fields under their own names."),
            read=_rows,
            write=_columns,
            fields=(
                Field("place", N_("Place"), Kind.NUMBER, minimum=1, maximum=MAX_COLUMNS),
                Field("title", N_("Title"), max_length=80),
                Field("field", N_("Holds"), Kind.CHOICE, choices=COLUMN_FIELDS),
                Field("text", N_("Text"), max_length=120),
            ),
            at_most=MAX_COLUMNS,
        ),
    ),
)  # fmt: skip
