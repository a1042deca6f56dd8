"""The address of a person, as checked: what orders, papers and carriers are given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from storefront.core.values.types import Destination

_FIRST_CJK = "\u2e80"
"""Han, kana and Hangul start here; everything below separates its words by spaces."""


@dataclass(frozen=True, slots=True)
class Address:
    """One destination, already folded and checked by `check_address`; text is plain and not escaped.

    `country` is an ISO 3166 alpha-2 code in capitals. `phone` is E.164 ("+81312345678"). `region` is a stable
    code ("13", "TPE", "CA") where the country has a list of regions, free text elsewhere. Where the country asks
    for one name it stands in `name`, else in `family_name` and `given_name`; `latin_name` is the name for customs
    papers. A field the country does not know is "".
    """

    country: str
    name: str = ""
    family_name: str = ""
    given_name: str = ""
    latin_name: str = ""
    email: str = ""
    phone: str = ""
    postal_code: str = ""
    region: str = ""
    city: str = ""
    line1: str = ""
    line2: str = ""
    is_hotel: bool = False

    @property
    def destination(self) -> Destination:
        """What price and permission depend on."""
        return Destination(self.country, self.region, self.is_hotel)

    @property
    def full_name(self) -> str:
        """The name in one piece, without honorific: family name first and unspaced in Han, kana and Hangul."""
        if self.name:
            return self.name
        if any(character >= _FIRST_CJK for character in self.family_name + self.given_name):
            return self.family_name + self.given_name
        return f"{self.given_name} {self.family_name}".strip()

    def to_json(self) -> dict[str, object]:
        """All fields as JSON values, for a snapshot on an order or a stored form."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Address":
        """The address `to_json` wrote. Unknown keys are ignored and missing ones are empty, so that snapshots
        of older versions stay readable; ValueError when there is no country."""
        country = data.get("country")
        if not isinstance(country, str) or not country:
            raise ValueError("A stored address has no country. Restore the row from a backup or enter it anew.")
        texts = {
            field.name: str(data[field.name])
            for field in fields(cls)
            if field.name not in ("country", "is_hotel") and data.get(field.name) is not None
        }
        return cls(country=country, is_hotel=data.get("is_hotel") is True, **texts)
