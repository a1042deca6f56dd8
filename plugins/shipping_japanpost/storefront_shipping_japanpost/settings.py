"""What the owner sets. Amounts are yen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storefront.plugin import N_, BadSetting, PluginSettings, plugin_settings, setting
from storefront_shipping_japanpost.rules import CountryRule, Rule, read_countries, read_rules
from storefront_shipping_japanpost.services import OFFERED, SERVICES
from storefront_shipping_japanpost.tariffs import ORIGIN, TariffBook, read_book

NAME = "shipping_japanpost"


def read_services(raw: Any) -> frozenset[str]:
    """The keys of the services that are switched on. Raises ``BadSetting``."""
    if not isinstance(raw, list | tuple) or not all(isinstance(key, str) for key in raw):
        raise BadSetting(N_('Services must be a list of keys, such as ["ems", "air_packet"].'))
    for key in raw:
        if key not in SERVICES:
            raise BadSetting(N_("%(service)s is no service of Japan Post."), service=key[:40])
    return frozenset(raw)


@dataclass(frozen=True, slots=True)
class JapanPostSettings:
    services: frozenset[str] = setting(frozenset(OFFERED), label=N_("Services"), parse=read_services, own_page=True)
    tariffs: TariffBook = setting(TariffBook(), label=N_("Price tables"), parse=read_book, own_page=True)
    rules: tuple[Rule, ...] = setting((), label=N_("Suspensions and notices"), parse=read_rules, own_page=True)
    countries: Mapping[str, CountryRule] = setting({}, label=N_("Countries"), parse=read_countries, own_page=True)
    yu_pack_origin: str = setting(
        "",
        label=N_("Yu-Pack: where parcels are sent from"),
        help=N_("The bundled table holds for parcels from Aichi alone. From elsewhere, upload your own table."),
        choices=("", ORIGIN),
    )
    yu_packet_weight: int = setting(
        0,
        label=N_("Yu-Packet: most weight in grams"),
        help=N_("No source gives it. 0: Yu-Packet is not offered."),
        minimum=0,
        maximum=30_000,
    )
    us_duty_prepaid: bool = setting(
        False,
        label=N_("Import duty to the USA is paid in advance"),
        help=N_(
            "Japan Post takes goods to the USA only when duty was paid through an approved app, at designated post offices. Say yes when your shop does that."
        ),
    )
    us_most_value: int = setting(
        0,
        label=N_("USA: most value of a parcel"),
        help=N_("In yen. Above 2,500 USD goods need formal entry. 0: no limit."),
        minimum=0,
        maximum=100_000_000,
    )
    alcohol_by_air: bool = setting(
        False,
        label=N_("Goods with alcohol may fly"),
        help=N_(
            "Say yes only when everything marked as containing alcohol is not flammable, such as at most 24 % by volume."
        ),
    )
    unconfirmed_surface: bool = setting(
        False,
        label=N_("Use the unconfirmed prices by sea for zone 5"),
        help=N_("Parcels by sea to Central and South America and Africa: one uncertain source has these prices. Compare them with the carrier's first."),
    )  # fmt: skip


DECLARATION = PluginSettings(
    JapanPostSettings,
    intro=N_("Services, price tables, suspensions and countries have pages of their own."),
)

settings = plugin_settings(NAME, JapanPostSettings)
