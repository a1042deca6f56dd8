"""Both databases find the same documents in the same order, whatever stands in them and whatever is asked."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.core.db import session, unit_of_work, use_session_provider
from storefront.core.search.asking import loosened, understand
from storefront.core.search.queries import Hits, Wanted, find, matching_ids
from storefront.core.search.service import PRODUCTS, Document, move_tiers, put, remove, reorder, tier_bounds
from storefront.core.search.tokens import facet_token
from storefront.testing.databases import Database, Templates, open_database
from storefront.testing.factories import make_product
from storefront.testing.pytest_plugin import missing_service

IDS = range(1, 9)
WORDS = (
    "抹茶",
    "茶",
    "緑茶",
    "まっちゃ",
    "ラテ",
    "tea",
    "teas",
    "te",
    "a5",
    "100g",
    "kry-01",
    "ÀB",
    "'",
    "\\",
    "|",
    "🍵",
    "ー",
    "%",
)
texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=6).map(lambda parts: " ".join(parts)) | st.text(
    max_size=20
)


@pytest.fixture(scope="module")
def engines(templates: Templates) -> Iterator[list[Database]]:
    """One database of each kind with a few products."""
    if templates.server is None:
        missing_service("PostgreSQL")
    urls = [(kind, templates.new_url(kind)) for kind in ("sqlite", "postgresql")]
    with open_database(*urls[0]) as one, open_database(*urls[1]) as other:
        for database in (one, other):
            use_session_provider(database.sessions)
            with unit_of_work():
                assert [make_product(skus=0).id for _ in IDS] == list(IDS)
        yield [one, other]
    for _, url in urls:
        templates.drop(url)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(st.tuples(texts, texts, st.integers(0, 3), st.booleans()), min_size=1, max_size=len(IDS)),
    questions=st.lists(texts | st.sampled_from(WORDS), min_size=1, max_size=4),
)
def test_they_agree(engines: list[Database], documents: list[tuple[str, str, int, bool]], questions: list[str]) -> None:
    found = []
    for database in engines:
        use_session_provider(database.sessions)
        with unit_of_work():
            remove(PRODUCTS, IDS)
            put(
                PRODUCTS,
                [
                    Document(id_, score, {"en": head}, [text], [head], [facet_token("s")] if there else [])
                    for id_, (head, text, score, there) in enumerate(documents, start=1)
                ],
            )
        with unit_of_work():
            reorder(PRODUCTS, {id_: id_ % 3 for id_ in IDS})
            bounds = tier_bounds(PRODUCTS)
            while move_tiers(PRODUCTS, bounds, 3):
                pass
        answers = []
        for question in questions:
            asked = understand(question)
            for each in filter(None, (asked, loosened(asked))):
                answers.append(find(PRODUCTS, each, Wanted(5, lang="en")))
                answers.append(find(PRODUCTS, each, Wanted(5, facets=[[facet_token("s")]])))
                answers.append(Hits(tuple(sorted(session.scalars(matching_ids(PRODUCTS, each))))))
        session.rollback()
        found.append(answers)
    assert found[0] == found[1]


def test_order_tiers_and_counts(db: Database) -> None:
    with unit_of_work():
        for _ in IDS:
            make_product(skus=0)
        scores = {1: 5, 2: 9, 3: 5, 4: 0}
        put(PRODUCTS, [Document(id_, score, {"ja": "抹茶"}) for id_, score in scores.items()])
    asked = understand("抹茶")
    assert find(PRODUCTS, asked, Wanted(10)).ids == (2, 3, 1, 4)
    assert find(PRODUCTS, asked, Wanted(2, 1)) == Hits((3, 1), 4, False)
    with unit_of_work():
        assert reorder(PRODUCTS, {1: 5, 2: 1, 4: 10}) == 2
        put(PRODUCTS, [Document(3, 0, {"ja": "抹茶"})], keep_rank=True)
    assert find(PRODUCTS, asked, Wanted(10)).ids == (4, 3, 1, 2)
    with unit_of_work():
        put(PRODUCTS, [Document(4, 0, {"ja": "煎茶"}), Document(4, 10, {"ja": "抹茶"})])
    assert find(PRODUCTS, asked, Wanted(10)).ids == (4, 3, 1, 2)
    with unit_of_work():
        remove(PRODUCTS, [4, 77])
    assert find(PRODUCTS, asked, Wanted(10)).ids == (3, 1, 2)


def test_counting_stops(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.core.search.queries.COUNTED", 3)
    with unit_of_work():
        ids = [make_product(skus=0).id for _ in range(5)]
        put(PRODUCTS, [Document(id_, 0, {"en": f"tea {id_}"}) for id_ in ids])
    assert find(PRODUCTS, understand("tea"), Wanted(2)) == Hits((ids[4], ids[3]), 3, True)
    assert find(PRODUCTS, understand("tea 3"), Wanted(2)).more is False
