"""Rows of a form merged with what somebody else stored; options as people write them."""

import pytest

from storefront.admin.forms import merging
from storefront.admin.goods.options import Glossary, as_lines, read_lines, words_of
from storefront.core.contracts.manage import BadValue

A = {"id": "1", "code": "A", "price": 100}
B = {"id": "2", "code": "B", "price": 200}


def merge(stored: list[dict], mine: list[dict], shown: list[dict]) -> tuple[list[dict], dict]:  # type: ignore[type-arg]
    seen = merging.read_seen(merging.seen({"rows": tuple(shown)}))
    found = merging.merge({"rows": tuple(stored)}, {"rows": tuple(mine)}, seen)
    return list(found.values["rows"]), dict(found.clashes.get("rows", {}))


@pytest.mark.parametrize(
    ("stored", "mine", "expected", "clashes"),
    [
        ([A, B], [A, B], [A, B], {}),
        ([A, {**B, "price": 250}], [{**A, "price": 150}, B], [{**A, "price": 150}, {**B, "price": 250}], {}),
        ([A, {**B, "price": 250}], [A, {**B, "price": 300}], [A, {**B, "price": 300}], {"2": {**B, "price": 250}}),
        ([A, B], [B, {"id": "", "code": "C", "price": 1}], [B, {"id": "", "code": "C", "price": 1}], {}),
        ([A, {**B, "price": 250}], [A], [A], {"2": {**B, "price": 250}}),  # taken out here, changed there
        ([A], [A, B], [A], {}),  # taken out there, as it was here
        ([A], [A, {**B, "price": 9}], [A, {**B, "price": 9}], {"2": None}),  # taken out there, changed here
        ([A, B, {"id": "3", "code": "C", "price": 3}], [A, B], [A, B, {"id": "3", "code": "C", "price": 3}], {}),
        ([A, B], [B, A], [B, A], {}),
        ([A, B], [A, {**A, "code": "twice"}, B], [A, {**A, "id": "", "code": "twice"}, B], {}),
        ([A, B], [A, B, {**A, "id": "77"}], [A, B, {**A, "id": ""}], {}),  # no row has this id
        ([], [], [], {}),
    ],
)
def test_rows_are_merged_one_by_one(stored: list, mine: list, expected: list, clashes: dict) -> None:  # type: ignore[type-arg]
    assert merge(stored, mine, [A, B] if stored else []) == (expected, clashes)


def test_a_form_that_saw_nothing_overwrites_nothing() -> None:
    found = merging.merge({"rows": (A, B), "name": "x"}, {"rows": ({**A, "price": 1},), "name": "y"}, {})
    assert set(found.clashes) == {"rows", "name"}
    assert found.values["rows"] == ({**A, "price": 1}, B)
    for broken in ("", "[", "[1]", "null", "[" * 5000, '{"a":' * 5000):
        assert merging.read_seen(broken) == {}


def test_after_a_clash_only_what_was_shown_counts_as_seen() -> None:
    shown = merging.read_seen(merging.seen({"name": "a", "note": "b", "rows": (A, B)}))
    again = merging.read_seen(merging.seen_after(shown, {"name": "c", "rows": {"2": {**B, "price": 9}, "1": None}}))
    assert again["note"] == shown["note"] and again["name"] == merging.fingerprint("c")
    assert again["rows/2"] == merging.fingerprint({**B, "price": 9}) and "rows/1" not in again


def test_options_are_written_as_lines_and_kept_with_their_languages() -> None:
    red = {"name": {"en": "Colour", "ja": "色"}, "value": {"ja": "赤", "zh-hans": "红"}}
    assert as_lines([red]) == "Colour: 赤"
    words = [{"id": key, "word": texts} for key, texts in words_of([[red], [red]]).items()]
    assert [row["id"] for row in words] == ["Colour", "赤"]
    assert Glossary(words, "en").options("Colour: 赤") == (red,)
    words[1]["word"] = {"en": "Red", **red["value"]}
    for typed in ("Colour：赤", " Colour :Red "):
        assert Glossary(words, "en").options(typed)[0]["value"] == {"en": "Red", "ja": "赤", "zh-hans": "红"}
    assert Glossary(words, "zh-hant").options("Size: 大")[0] == {"name": {"en": "Size"}, "value": {"zh-hant": "大"}}
    assert Glossary([], "en").options("サイズ: L")[0]["name"] == {"ja": "サイズ"}


@pytest.mark.parametrize(
    "text", ["Red", ": Red", "Colour:", "A: 1\nA: 2", "A:" + "x" * 101, "\n".join(f"{n}: 1" for n in range(7))]
)
def test_what_is_no_option_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_lines(text)
