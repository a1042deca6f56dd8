"""A new SECRET_KEY: what was encrypted under the old one is encrypted anew, and then the old one can go."""

import pytest

from storefront.cli.secrets import encrypt_again
from storefront.core.db import session, unit_of_work
from storefront.core.secrecy import STAFF, SecretBox, SecretUnreadable
from storefront.core.settings.models import PluginState
from storefront.core.staff.models import Staff
from storefront.testing.databases import Database

OLD, NEW, LOST = (
    "the old key, which was long enough 0123456789",
    "the new key, which is as long 9876543210 abc",
    "gone",
)


@pytest.mark.req("SHOP-6")
def test_secrets_move_to_the_new_key_and_lost_ones_are_named(db: Database) -> None:
    def sealed(key: str, text: str, purpose: bytes | None = None) -> str:
        return (SecretBox(key, purpose=purpose) if purpose else SecretBox(key)).encrypt(text)

    with unit_of_work():
        kept = {"key": {"encrypted": sealed(OLD, "sk-1")}, "lost": {"encrypted": sealed(LOST, "sk-2")}, "worth": 3}
        session.add(PluginState(name="stamps", settings=kept))
        session.add(
            Staff(
                email="a@staff.example", email_folded="a@staff.example", name="A", role="owner", locale="en",
                password_hash="x", totp_secret=sealed(OLD, "TOTP", STAFF),
            )
        )  # fmt: skip
    boxes = SecretBox(NEW, [OLD]), SecretBox(NEW, [OLD], STAFF)
    with unit_of_work():
        assert encrypt_again(*boxes) == (2, ["lost of the plugin stamps"])
    stored = session.get_one(PluginState, "stamps").settings
    assert SecretBox(NEW).decrypt(stored["key"]["encrypted"]) == "sk-1"
    with pytest.raises(SecretUnreadable):
        SecretBox(OLD).decrypt(stored["key"]["encrypted"])
    assert stored["worth"] == 3 and stored["lost"] == kept["lost"]
    assert SecretBox(NEW, purpose=STAFF).decrypt(session.query(Staff).one().totp_secret) == "TOTP"
