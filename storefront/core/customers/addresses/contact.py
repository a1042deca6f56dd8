"""E-mail addresses and telephone numbers in the form that is stored.

Both libraries take longer to import than this package may, and a worker that checks no address never needs
them: hence the imports inside the functions. `preload` pays for them at boot.
"""

EMAIL_LIMIT = 254


def preload() -> None:
    """Loads both libraries, so that the first shopper does not wait for them."""
    normal_email("name@example.com")
    normal_phone("0312345678", "JP")


def normal_email(text: str) -> str | None:
    """The address with its domain in lower case and in ASCII, or None when it cannot be one. Asks no network.

    Local parts outside ASCII are refused: not every mail server on the way takes them."""
    from email_validator import EmailNotValidError, validate_email  # see the module's docstring

    if len(text) > EMAIL_LIMIT:
        return None
    try:
        # test_environment admits the reserved domain "test"; whether mail arrives is found out by sending it.
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except (EmailNotValidError, UnicodeError):
        return None
    return found.ascii_email


def normal_phone(text: str, country: str) -> str | None:
    """The number in E.164 ("+81312345678"), read as one of `country` unless it begins with +; None when its
    length fits no number. Numbers of new ranges pass: a carrier's list knows them before ours does."""
    import phonenumbers  # see the module's docstring

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None
