"""The reference is what the code says, and no change of the public surface goes unnoted."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))  # the tools are scripts, not a package

import reference  # noqa: E402

from storefront.core.contracts.slots import SLOTS  # noqa: E402
from storefront.shop.slots import GIVEN  # noqa: E402

TEMPLATES = "\n".join(path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html"))


def test_the_reference_is_not_stale() -> None:
    stale = [
        path.name for path, text in reference.files().items() if not path.exists() or path.read_text("utf-8") != text
    ]
    assert stale == [], "run: make reference"


def test_the_newest_note_is_of_todays_surface() -> None:
    marks = re.findall(r"^## .*surface `([0-9a-f]{8})`$", reference.CHANGES.read_text("utf-8"), re.MULTILINE)
    assert marks and marks[0] == reference.mark(reference.surface()), (
        "the public surface changed: note in docs/plugin-changes.md what changed for plugins, with the mark of 'make reference'"
    )


def test_a_changed_signature_changes_the_mark() -> None:
    text = reference.surface()
    assert "hook storefront_checks(settings: Any)" in text
    assert reference.mark(text.replace("settings: Any", "settings: Any, shop: Any", 1)) != reference.mark(text)


def test_the_surface_holds_no_address_of_an_object() -> None:
    assert " at 0x" not in "".join(reference.files().values())


def test_every_hook_has_a_user_and_every_slot_a_place() -> None:
    for hook in reference.hook_names():
        assert reference.users_of(hook), hook
    for name in SLOTS:
        asked = f'slot("{name}"' in TEMPLATES or name == "product.card.badges" and "product_cards(" in TEMPLATES
        assert asked, f"no template asks for {name}"
    assert set(GIVEN) == set(SLOTS)
    asked_for = set(re.findall(r'\bslot\("([\w.]+)"', TEMPLATES))
    assert asked_for <= set(SLOTS)
