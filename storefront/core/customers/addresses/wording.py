"""Every sentence of the address form, marked for extraction; `formats.toml` refers to the keys.

All are English msgids. They are translated by whoever renders them: `gettext(msgid) % params`.
"""


def N_(msgid: str) -> str:
    """Marks a msgid for extraction (keyword `N_`) without translating it here."""
    return msgid


LABELS = {
    "name": N_("Name"),
    "family_name": N_("Family name"),
    "given_name": N_("Given name"),
    "latin_name": N_("Name in Latin letters"),
    "email": N_("E-mail"),
    "phone": N_("Telephone"),
    "is_hotel": N_("The parcel goes to a hotel"),
    "postal_code": N_("Postal code"),
    "postcode": N_("Postcode"),
    "zip_code": N_("ZIP code"),
    "eircode": N_("Eircode"),
    "pin_code": N_("PIN code"),
    "region": N_("Region"),
    "prefecture": N_("Prefecture"),
    "province": N_("Province"),
    "province_or_territory": N_("Province or territory"),
    "province_or_city": N_("Province or metropolitan city"),
    "province_or_municipality": N_("Province or municipality"),
    "state": N_("State"),
    "state_or_territory": N_("State or territory"),
    "county": N_("County"),
    "county_or_city": N_("County or city"),
    "area": N_("Area"),
    "department": N_("Department"),
    "emirate": N_("Emirate"),
    "island": N_("Island"),
    "oblast": N_("Oblast"),
    "parish": N_("Parish"),
    "city": N_("City"),
    "city_ward": N_("City, ward"),
    "city_district": N_("City and district"),
    "district": N_("District"),
    "suburb": N_("Suburb or town"),
    "town_or_city": N_("Town or city"),
    "line1": N_("Street and number"),
    "town_block": N_("Town, block and number"),
    "street_road": N_("Road, lane and number"),
    "line2": N_("Building, apartment (if any)"),
    "building_floor": N_("Building, floor, room (if any)"),
    "apartment": N_("Apartment, suite (if any)"),
}

HINTS = {
    "": "",
    "example": N_("For example %(example)s."),
    "latin_name": N_("As in the passport. The customs papers need it when the name is not in Latin letters."),
    "latin_only": N_("In Latin letters, as it will stand on the label."),
    "phone": N_("The carrier calls this number when the parcel cannot be delivered."),
    "email": N_("We send the order confirmation here."),
}

MISSING = {
    "": N_("Please fill in this field."),
    "name": N_("Please enter the name."),
    "family_name": N_("Please enter the family name."),
    "given_name": N_("Please enter the given name."),
    "email": N_("Please enter the e-mail address."),
    "phone": N_("Please enter the telephone number."),
    "postal_code": N_("Please enter the postal code."),
    "zip_code": N_("Please enter the ZIP code."),
    "prefecture": N_("Please choose the prefecture."),
    "province": N_("Please choose the province."),
    "state": N_("Please choose the state."),
    "state_or_territory": N_("Please choose the state or territory."),
    "county_or_city": N_("Please choose the county or city."),
    "region": N_("Please choose the region."),
    "free_region": N_("Please enter the region."),
    "city": N_("Please enter the city."),
    "city_ward": N_("Please enter the city and ward."),
    "city_district": N_("Please enter the city and district."),
    "district": N_("Please enter the district."),
    "line1": N_("Please enter the street and number."),
    "town_block": N_("Please enter the town, block and number."),
}

PROBLEMS = {
    "country": N_("Please choose the country or region the parcel goes to."),
    "email": N_("This e-mail address is not complete. Write it like %(example)s."),
    "phone": N_("This telephone number is not complete. Write it with its area code, for example %(example)s."),
    "phone_abroad": N_("This telephone number is not complete. Write it with + and its country code."),
    "unknown_region": N_("Please choose one of the list."),
    "latin_name": N_(
        "Please enter the name in Latin letters as well, for example %(example)s. The customs papers need it."
    ),
    "too_long": N_("This is too long. At most %(limit)d characters fit here."),
    "too_wide": N_("This is too long for the label. At most %(wide)d full-width or %(narrow)d Latin characters fit."),
    "script_japanese": N_("The label cannot show “%(character)s”. Please use Japanese or Latin characters."),
    "script_chinese": N_("The label cannot show “%(character)s”. Please use Chinese or Latin characters."),
    "script_korean": N_("The label cannot show “%(character)s”. Please use Korean, Chinese or Latin characters."),
    "script_latin": N_("The label cannot show “%(character)s”. Please use Latin letters."),
    "postal_characters": N_("Please use only the letters A to Z and digits, at most %(limit)d characters."),
    "postal_general": N_("This postal code does not fit the country. Write it like %(example)s."),
    "postal_jp": N_("Japan uses 7 digits, for example %(example)s."),
    "postal_tw": N_("Taiwan uses 3, 5 or 6 digits, for example %(example)s."),
    "postal_cn": N_("Mainland China uses 6 digits, for example %(example)s."),
    "postal_kr": N_("South Korea uses 5 digits, for example %(example)s."),
    "postal_sg": N_("Singapore uses 6 digits, for example %(example)s."),
    "postal_us": N_("The United States use 5 or 9 digits, for example %(example)s or 90210-1234."),
    "postal_ca": N_("Canada uses 3 letters and 3 digits by turns, for example %(example)s."),
    "postal_au": N_("Australia uses 4 digits, for example %(example)s."),
    "postal_gb": N_("A UK postcode has two parts, for example %(example)s."),
    "postal_de": N_("Germany uses 5 digits, for example %(example)s."),
    "postal_fr": N_("France uses 5 digits, for example %(example)s."),
}
