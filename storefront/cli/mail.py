"""``storefront mail``: what the shop writes to people."""

from pathlib import Path

import click

from storefront.cli.opening import OpenShop, open_shop
from storefront.core.mail.kinds import KINDS
from storefront.core.values.language import LANGUAGES
from storefront.jobs.mail_content import Rendered
from storefront.jobs.mail_preview import preview as rendered
from storefront.jobs.mail_preview import previews, subject_of_order
from storefront.jobs.runtime import runtime_of


@click.group()
def mail() -> None:
    """Mails."""


@mail.command()
@click.argument("kind", type=click.Choice(tuple(KINDS)), required=False)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Default: the order's language, else English.")
@click.option("--order", "number", default="", help="An order's number. Default: an invented order.")
@click.option("--html", is_flag=True, help="The HTML form instead of the text.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write files there instead: KIND.LANG.txt (subject and text) and KIND.LANG.html.",
)
def preview(kind: str | None, lang: str | None, number: str, html: bool, folder: Path | None) -> None:
    """Print a mail as it would be sent now; without KIND every mail, in every language or the one given. Nothing is
    sent."""
    if number and (kind is None or not KINDS[kind].order):
        raise click.UsageError("--order needs a KIND of mail that is about an order.")
    with open_shop() as shop:
        for one, its_lang, texts in _chosen(kind, lang, number, shop):
            if folder is not None:
                _write(folder, f"{one}.{its_lang}", texts)
                continue
            if kind is None:
                click.echo(f"--- {one} {its_lang}")
            click.echo(texts.html if html else f"{texts.subject}\n\n{texts.text}")


def _chosen(kind: str | None, lang: str | None, number: str, shop: OpenShop) -> list[tuple[str, str, Rendered]]:
    runtime = runtime_of(shop.app)
    if kind is None:
        return [row for row in previews(shop.shop, runtime) if lang in (None, row[1])]
    if not number:
        return [(kind, lang or "en", rendered(kind, lang or "en", shop.shop, runtime))]
    subject = subject_of_order(number, kind, shop.providers)
    its_lang = lang or subject.order.locale
    return [(kind, its_lang, rendered(kind, its_lang, shop.shop, runtime, subject))]


def _write(folder: Path, name: str, texts: Rendered) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(f"{texts.subject}\n\n{texts.text}", encoding="utf-8")
    (folder / f"{name}.html").write_text(texts.html, encoding="utf-8")
