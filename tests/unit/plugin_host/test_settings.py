"""Settings between what the owner types, what is stored, and what the plugin reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from storefront.core.contracts.background import PluginJob
from storefront.core.contracts.plugin_settings import BadSetting, PluginSettings, setting
from storefront.core.secrecy import SecretBox, SecretUnreadable
from storefront.plugin_host.errors import SettingsInvalid
from storefront.plugin_host.settings import keys_of, read_settings, shown_settings, write_settings
from storefront.testing.plugins import fake_host, fake_plugin, snapshot_with

OLD, NEW = "the old key of the shop, long enough", "the new key of the shop, long enough"
BOX = SecretBox(OLD)


def read_pair(raw: Any) -> tuple[int, int]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise BadSetting("This must be two numbers, not %(count)s.", count=len(raw))
    return raw[0], raw[1]


@dataclass(frozen=True, slots=True)
class Values:
    fee: int = setting(200, label="Fee", minimum=0, maximum=1000)
    live: bool = setting(False, label="Live")
    mode: str = setting("test", label="Mode", choices=("test", "live"))
    countries: tuple[str, ...] = setting(("JP",), label="Countries")
    text: Mapping[str, str] = setting({}, label="Text", per_language=True)
    token: str = setting("", label="Token", secret=True)
    days: tuple[int, int] = setting((1, 3), label="Days", parse=read_pair)


DECLARED = PluginSettings(Values)


def written(**changes: Any) -> dict[str, Any]:
    return write_settings(DECLARED, {}, changes, BOX)


def problems(**changes: Any) -> dict[str, str]:
    with pytest.raises(SettingsInvalid) as caught:
        written(**changes)
    return {problem.field_name: problem.message % problem.params for problem in caught.value.problems}


def test_nothing_stored_gives_the_defaults() -> None:
    assert read_settings(DECLARED, {}, BOX) == Values()


def test_keys_are_the_fields_and_one_per_language() -> None:
    assert [key.name for key in keys_of(DECLARED)] == [
        "fee", "live", "mode", "countries", "text_en", "text_ja", "text_zh_hans", "text_zh_hant", "token", "days",
    ]  # fmt: skip


def test_typed_words_become_values() -> None:
    stored = written(
        fee="３００", live="yes", mode="live", countries="JP, TW,", text_zh_hant="帳號", token="s3cret", days="[2, 5]"
    )
    values = read_settings(DECLARED, stored, BOX)
    assert values == Values(300, True, "live", ("JP", "TW"), values.text, "s3cret", (2, 5))
    assert dict(values.text) == {"zh-hant": "帳號"}


def test_values_of_a_profile_become_the_same_values() -> None:
    assert read_settings(DECLARED, written(fee=300, live=True, countries=["JP"], days=[2, 5]), BOX) == Values(
        fee=300, live=True, countries=("JP",), days=(2, 5)
    )


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("fee", "2.5", "whole number"),
        ("fee", "1_0", "whole number"),
        ("fee", 2.5, "whole number"),
        ("fee", True, "whole number"),
        ("fee", -1, "0 or more"),
        ("fee", "1001", "1000 or less"),
        ("live", "maybe", "yes or no"),
        ("live", 1, "yes or no"),
        ("mode", "prod", "one of: test, live"),
        ("mode", 3, "text"),
        ("text_en", "x" * 20_001, "too long"),
        ("countries", [1], "list of words"),
        ("days", "1, 3", "JSON"),
        ("days", [1], "two numbers, not 1"),
        ("days", "3", "has no len"),
        ("days", {1, 2}, "cannot be stored"),
        ("text", "which language?", "text_en"),
        ("colour", "red", "no such setting"),
    ],
)
def test_value_that_cannot_be_used_is_refused_with_a_sentence_at_its_key(key: str, value: Any, says: str) -> None:
    assert says in problems(**{key: value})[key]


def test_every_wrong_value_is_named_at_once() -> None:
    assert problems(fee="x", mode="y", live="true").keys() == {"fee", "mode"}


def test_unnamed_settings_stay_and_none_goes_back_to_the_default() -> None:
    stored = write_settings(DECLARED, {"fee": 300, "mode": "live", "older": 1}, {"fee": None}, BOX)
    assert stored == {"mode": "live", "older": 1}


def test_stored_nonsense_is_a_problem_at_its_key_not_a_crash() -> None:
    for stored in ({"fee": "x"}, {"days": [1]}, {"token": "plain"}, {"token": {"encrypted": "x"}}, {"text_en": 5}):
        with pytest.raises(SettingsInvalid) as caught:
            read_settings(DECLARED, stored, BOX)
        assert [problem.field_name for problem in caught.value.problems] == list(stored)


def test_secret_is_stored_encrypted_and_never_shown() -> None:
    stored = written(token="s3cret")
    assert "s3cret" not in repr(stored)
    shown = {key.name: value for key, value in shown_settings(DECLARED, stored)}
    assert shown["token"] == "set"
    assert shown["fee"] == ""


def test_rotated_secret_key_reads_the_old_secrets_through_its_fallback() -> None:
    stored = written(token="s3cret")
    assert read_settings(DECLARED, stored, SecretBox(NEW, [OLD])).token == "s3cret"
    with pytest.raises(SettingsInvalid, match="token: This secret cannot be read"):
        read_settings(DECLARED, stored, SecretBox(NEW))
    with pytest.raises(SecretUnreadable):
        BOX.decrypt(SecretBox(NEW).encrypt("x"))


def test_no_secret_key_keeps_no_secrets() -> None:
    with pytest.raises(ValueError, match="SECRET_KEY"):
        SecretBox("")


def test_a_version_with_other_settings_keeps_the_old_values_and_offers_nothing_until_what_does_not_fit_is_mended() -> (
    None
):
    @dataclass(frozen=True, slots=True)
    class Newer:
        fee: tuple[str, ...] = setting((), label="Fees")
        mode: str = setting("live", label="Mode")

    declared = PluginSettings(Newer)
    old = {"fee": 300, "mode": "test", "gone": "kept"}
    host = fake_host(fake_plugin("stamps", storefront_settings=declared, storefront_jobs=[PluginJob("a", print)]))
    shop = snapshot_with(["stamps"], {"stamps": old})
    assert not host.is_enabled("stamps", shop)
    (problem,) = host.check("stamps", shop)
    assert (problem.field_name, problem.source) == ("fee", "stamps")
    mended = write_settings(declared, old, {"fee": "300, 500"}, BOX)
    assert mended == {"fee": ["300", "500"], "mode": "test", "gone": "kept"}
    again = snapshot_with(["stamps"], {"stamps": mended})
    assert host.is_enabled("stamps", again)
    assert host.settings_of("stamps", again) == Newer(("300", "500"), "test")
