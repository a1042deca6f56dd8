"""The services of Japan Post by key: what each is called, by which zones it is priced, and whether it flies.

Numbers (limits, days, cover) stand in ``data/limits.csv``; this module holds what is no number."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from storefront.plugin import N_, Speed


class Scheme(StrEnum):
    """By which zones a service is priced. ``EMS``, ``PARCEL``, ``LETTER``: numbers by country; ``FLAT``: one price in
    Japan; ``THICKNESS``: one price in Japan by the parcel's thickness; ``REGIONS``: by the prefecture it goes to and its
    size class."""

    EMS = "ems"
    PARCEL = "parcel"
    LETTER = "letter"
    FLAT = "flat"
    THICKNESS = "thickness"
    REGIONS = "regions"

    @property
    def abroad(self) -> bool:
        return self in (Scheme.EMS, Scheme.PARCEL, Scheme.LETTER)


@dataclass(frozen=True, slots=True)
class Service:
    """``title``: English msgid. ``air``: it may fly, so what may not fly is refused. ``seen``: the column of
    ``data/availability_2024-03.csv`` that tells whether it went to a country. ``ended``: it is no longer sold: off until
    the owner switches it on and gives a table. ``offered``: on as delivered."""

    key: str
    title: str
    scheme: Scheme
    speed: Speed | None = None
    air: bool = False
    seen: str = ""
    ended: bool = False
    offered: bool = True


_ALL = (
    Service("ems", N_("EMS"), Scheme.EMS, Speed.EXPRESS, air=True),
    Service("air_packet", N_("International air packet"), Scheme.LETTER, Speed.AIR, air=True),
    Service("small_packet_air", N_("Small packet by air"), Scheme.LETTER, Speed.AIR, air=True, seen="letter_air"),
    Service("small_packet_surface", N_("Small packet by sea"), Scheme.LETTER, Speed.ECONOMY, seen="letter_surface"),
    Service("parcel_air", N_("International parcel by air"), Scheme.PARCEL, Speed.AIR, air=True, seen="parcel_air"),
    Service("parcel_surface", N_("International parcel by sea"), Scheme.PARCEL, Speed.ECONOMY, seen="parcel_surface"),
    Service("parcel_sal", N_("International parcel by SAL (suspended)"), Scheme.PARCEL, Speed.ECONOMY, air=True, ended=True, offered=False),
    Service("small_packet_sal", N_("Small packet by SAL (suspended)"), Scheme.LETTER, Speed.ECONOMY, air=True, ended=True, offered=False),
    Service("small_packet_sal_registered", N_("Registered small packet by SAL (ended)"), Scheme.LETTER, Speed.ECONOMY, air=True, ended=True, offered=False),
    Service("small_packet_air_registered", N_("Registered small packet by air (ended)"), Scheme.LETTER, Speed.AIR, air=True, ended=True, offered=False),
    Service("epacket", N_("International ePacket (ended)"), Scheme.LETTER, Speed.AIR, air=True, ended=True, offered=False),
    Service("yu_pack", N_("Yu-Pack"), Scheme.REGIONS),
    Service("letter_pack_plus", N_("Letter Pack Plus"), Scheme.FLAT),
    Service("letter_pack_light", N_("Letter Pack Light"), Scheme.FLAT),
    Service("smart_letter", N_("Smart Letter"), Scheme.FLAT),
    Service("click_post", N_("Click Post"), Scheme.FLAT),
    Service("yu_packet", N_("Yu-Packet"), Scheme.THICKNESS, offered=False),
)  # fmt: skip

SERVICES: Mapping[str, Service] = {service.key: service for service in _ALL}
OFFERED = tuple(service.key for service in _ALL if service.offered)

# An extra of a service: its own row, beneath that of the service.
COVER = "ems_cover"
INSURED: Mapping[str, str] = {
    "parcel_air": "parcel_air_insured",
    "parcel_surface": "parcel_surface_insured",
    "parcel_sal": "parcel_sal_insured",
}
