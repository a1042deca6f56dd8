"""The owner's act: have the pictures that an import knows by their addresses only."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from storefront.core.catalog.errors import CatalogError
from storefront.core.catalog.picturing.fetching import Reach, fetch
from storefront.core.catalog.picturing.originals import Handed, discard, hand_in
from storefront.core.catalog.picturing.queries import remote_urls
from storefront.core.catalog.picturing.service import attach_fetched, note_fetch_problem
from storefront.core.db import run_unit, session

SPOOLED = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class NotFetched:
    url: str
    sentence: str


@dataclass(slots=True)
class FetchReport:
    """``fetched``, ``failed``: addresses, each of which may stand at several products."""

    fetched: int = 0
    failed: list[NotFetched] = field(default_factory=list)


def fetch_remote(
    originals: Path,
    actor: str,
    *,
    limit: int | None = None,
    again: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    reach: Reach | None = None,
) -> FetchReport:
    """Fetch up to ``limit`` addresses and promise that the pictures are prepared. Call with no unit open: it opens one
    for each picture, none during the network. One that fails is noted at its products and in the report."""
    urls = remote_urls(limit, again=again)
    session.rollback()  # no connection is held while the network is waited for
    report = FetchReport()
    for done, url in enumerate(urls, 1):
        try:
            handed = _fetch_one(url, originals, reach)
        except CatalogError as error:
            sentence = error.problem
            run_unit(lambda url=url, problem=sentence: note_fetch_problem(url, problem.message))  # type: ignore[misc]
            report.failed.append(NotFetched(url, sentence.message % sentence.params))
        else:
            try:
                run_unit(lambda url=url, handed=handed: attach_fetched(url, handed, actor))  # type: ignore[misc]
            finally:
                discard(handed)
            report.fetched += 1
        progress(done, len(urls))
    return report


def _fetch_one(url: str, originals: Path, reach: Reach | None) -> Handed:
    with tempfile.SpooledTemporaryFile(SPOOLED) as file:
        fetch(url, file, reach)  # type: ignore[arg-type]  # typeshed does not call it a BinaryIO, though it is
        file.seek(0)
        return hand_in(file, originals)  # type: ignore[arg-type]
