"""The currencies the shop sells in, and at which rate."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale
from sqlalchemy import select

from storefront.core.contracts.manage import Column, Field, FormSpec, Kind, ListSpec, ManagePage, Section, Show
from storefront.core.db import in_unit_of_work, session
from storefront.core.i18n.translate import N_, current_language
from storefront.core.paging import RowsSource
from storefront.core.settings.currencies import find_currency, remove_currency, save_currency
from storefront.core.settings.models import Currency
from storefront.core.values.language import babel_id


def _rows() -> Sequence[Currency]:
    return session.scalars(select(Currency).order_by(Currency.position, Currency.code)).all()


def currency_name(code: str) -> str:
    return str(Locale.parse(babel_id(current_language())).currencies.get(code, code))


def _load(code: str) -> Mapping[str, Any] | None:
    row = find_currency(code, lock=in_unit_of_work()) if len(code) == 3 and code.isascii() else None
    if row is None:
        return None
    return {
        "code": row.code,
        "rate": row.rate,
        "step": row.step,
        "position": row.position,
        "enabled": row.enabled,
    }


def _save(code: str | None, values: Mapping[str, Any], actor: str) -> str:
    wanted = code or values["code"].upper()
    save_currency(
        wanted,
        values["rate"],
        values["step"] or 1,
        actor,
        position=values["position"] or 0,
        enabled=values["enabled"],
        new=code is None,
    )
    return wanted


CURRENCIES = ManagePage(
    key="currencies",
    title=N_("Currencies"),
    view="settings.view",
    edit="settings.edit",
    intro=N_("Prices are kept in the base currency. Others are shown by their rate, unless an item has its own price."),
    new_label=N_("New currency"),
    rows=ListSpec(
        columns=(
            Column("code", N_("Currency"), link=True),
            Column("name", N_("Its name"), value=lambda row: currency_name(row.code)),
            Column("rate", N_("Rate"), Show.TEXT),
            Column("step", N_("Rounded up to"), Show.NUMBER),
            Column("enabled", N_("Sold in"), Show.YES),
        ),
        source=RowsSource(_rows),
        row_id=lambda row: str(row.code),
        export=False,
        empty=N_("The shop sells in its base currency only."),
    ),
    form=FormSpec(
        sections=(
            Section(
                "",
                (
                    Field("code", N_("Currency"), Kind.CODE, help=N_("Three letters, such as USD."), required=True, max_length=3, fixed=True),
                    Field("rate", N_("Rate"), help=N_("Units of this currency for one of the base currency, such as 0.0067."), required=True, max_length=24),
                    Field("step", N_("Rounded up to"), Kind.NUMBER, help=N_("In the smallest unit of the currency: 5 turns US$ 12.31 into US$ 12.35."), minimum=1, maximum=1_000_000, required=True),
                    Field("position", N_("Place in the list"), Kind.NUMBER),
                    Field("enabled", N_("Shoppers may choose it"), Kind.YES),
                ),
            ),
        ),
        load=_load,
        save=_save,
        new=lambda: {"step": 1, "enabled": True},
        remove=remove_currency,
        heading=lambda values: f"{values['code']} {currency_name(values['code'])}",
        subject=lambda row_id: ("currency", row_id),
    ),
)  # fmt: skip
