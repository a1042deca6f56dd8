"""What the pages of the shop weigh in a first view, against what they may weigh (``make budgets``; docs/performance.md)::

    python -m tools.budgets              # every kind of page in every language; a demo shop of its own, about 2 minutes
    python -m tools.budgets --quick      # without preparing pictures: HTML, CSS and scripts alone
    python -m tools.budgets --keep DIR   # DIR is the shop's DATA_DIR: what is in it already is used again

Counted are bytes on the wire: what is compressed is counted so. Of each picture the heaviest file is counted that a phone of
360 points with three pixels a point or a screen of 1280 points would choose, also of those further down that load later: a
page with its pictures is counted whole. Ends with 1 when anything is over. 1 KB is 1,000 bytes.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from storefront.app import create_app
from storefront.config import Settings
from storefront.core.db import session
from storefront.core.values.language import LANGUAGES
from storefront.extensions import db
from storefront.jobs.relay import run_due
from storefront.plugin_host.migrations import upgrade_all
from storefront.profiles.loader import seed_if_empty
from tools.bench.shop import environment, opened
from tools.page_parts import Parts, chosen
from tools.tour import Seen, shops, works

HTML, STYLES, SCRIPTS, PICTURES, OTHER = "HTML", "CSS", "scripts", "pictures", "other"
KINDS = (HTML, STYLES, SCRIPTS, PICTURES, OTHER)
# DESIGN B9: nothing else but pictures is loaded at all.
BUDGET: Mapping[str, int] = {HTML: 18_000, STYLES: 14_000, SCRIPTS: 18_000, OTHER: 0}
# By the beginning of a page's kind: everything together. The first that fits counts.
WHOLE: tuple[tuple[str, int], ...] = (("checkout.", 60_000), ("catalog.product", 300_000), ("", 300_000))
LISTS = ("catalog.products", "catalog.category", "catalog.brand")
WHOLE_LIST = 250_000
PREPARED = ".avif"
TURNS = 1000


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of one page by kind. ``prepared``: whether its pictures are those that shoppers get."""

    kind: str
    lang: str
    bytes: Mapping[str, int]
    prepared: bool

    @property
    def whole(self) -> int:
        return sum(self.bytes.values())

    @property
    def most(self) -> int:
        if self.kind.startswith(LISTS):
            return WHOLE_LIST
        return next(most for begins, most in WHOLE if self.kind.startswith(begins))

    def over(self) -> list[str]:
        """What is over its budget, in words."""
        found = [f"{kind} {self.bytes[kind]:,} > {most:,}" for kind, most in BUDGET.items() if self.bytes[kind] > most]
        if self.prepared and self.whole > self.most:
            found.append(f"everything {self.whole:,} > {self.most:,}")
        return [f"{self.kind} ({self.lang}): {words}" for words in found]


class Scales:
    """Weighs pages; each file is asked for once."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.size = cache(self._size)

    def _size(self, path: str) -> int:
        if urlsplit(path).netloc:
            raise RuntimeError(f"{path} is of another place: pages load nothing from elsewhere")
        with self.client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")
            return len(answer.data)

    def weigh(self, page: Seen, lang: str) -> Weight:
        parts = Parts(page.html)
        several = [chosen(*picture) for picture in parts.pictures]
        by_size = {max(files, key=self.size) for files in several}
        found = {
            HTML: page.packed,
            STYLES: self._sum(parts.styles),
            SCRIPTS: self._sum(parts.scripts),
            PICTURES: self._sum(by_size),
            OTHER: self._sum(parts.other),
        }
        shown = [path for path in by_size if path.startswith("/media/")]
        return Weight(page.kind, lang, found, all(path.endswith(PREPARED) for path in shown))

    def _sum(self, paths: Iterable[str]) -> int:
        return sum(self.size(path) for path in set(paths))


def weigh_all(app: Flask, langs: Iterable[str] = LANGUAGES) -> Iterator[Weight]:
    """Every kind of page in every language, shopper's and owner's. Outside any context, in a shop with goods."""
    scales = Scales(app.test_client())
    for lang in langs:
        for page in shops(app, lang):
            yield scales.weigh(page, lang)
        for page in works(app, lang):
            yield scales.weigh(page, lang)


def prepare(app: Flask, pictures: bool) -> None:
    """Tables and goods, where there are none; ``pictures``: also the files that shoppers get. Inside the app's context."""
    shop = app.extensions["storefront"]
    upgrade_all(db.engine, shop.host)
    originals = shop.settings.originals_dir if pictures else None
    seed_if_empty("mart", shop.settings.media_dir, originals_dir=originals)
    if pictures:
        while run_due(app, queues=("slow",)):
            pass


def table(weights: list[Weight]) -> Iterator[str]:
    """One line for each kind of page: HTML in each language, of the rest the most in any."""
    yield (
        "| page | "
        + " | ".join(f"HTML {lang}" for lang in LANGUAGES)
        + " | CSS | scripts | pictures | everything | at most |"
    )
    yield "| --- |" + " ---: |" * (len(LANGUAGES) + 5)
    for kind in dict.fromkeys(weight.kind for weight in weights):
        of_kind = [weight for weight in weights if weight.kind == kind]
        html = {weight.lang: f"{weight.bytes[HTML]:,}" for weight in of_kind}
        most = [max(weight.bytes[name] for weight in of_kind) for name in (STYLES, SCRIPTS, PICTURES)]
        cells = [html.get(lang, "") for lang in LANGUAGES] + [f"{size:,}" for size in most]
        whole = max(weight.whole for weight in of_kind)
        mark = " ↓" if any(weight.over() for weight in of_kind) else ""
        yield f"| {kind}{mark} | " + " | ".join(cells) + f" | {whole:,} | {of_kind[0].most:,} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave the pictures as they are in the profile")
    parser.add_argument("--keep", type=Path, help="the shop's DATA_DIR; default: a folder that goes with the run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with opened(environment(options.keep or Path(folder))) as app:
            prepare(app, not options.quick)
            session.rollback()
        app = create_app(Settings.from_env(environment(options.keep or Path(folder))))
        weights = list(weigh_all(app))
        with app.app_context():
            db.engine.dispose()
    print("\n".join(table(weights)))
    over = [words for weight in weights for words in weight.over()]
    unprepared = "" if all(weight.prepared for weight in weights) else "; pictures were not weighed"
    print(f"\n{len(weights)} pages in {len(LANGUAGES)} languages, {len(over)} over their budget{unprepared}")
    print("\n".join(over))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
