"""What the staff's pages share: their blueprint, small forms, the shop's keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, render_template, request

from storefront.admin.words import sentence
from storefront.core.secrecy import STAFF, SecretBox
from storefront.core.staff.errors import StaffError, Throttled
from storefront.core.values.language import LANGUAGES, OWN_NAMES, html_lang
from storefront.shop.context import current_shop, extension
from storefront.shop.session import row_session

staff_pages = Blueprint("staff", __name__, url_prefix="/manage")

MAX_TYPED = 1000
LANGUAGE_CHOICES = tuple(OWN_NAMES.items())


@staff_pages.url_value_preprocessor
def choose_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """``?lang=`` before a log-in, when nobody's language is known yet."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES and not row_session().language():
        g.lang = asked


@dataclass(frozen=True, slots=True)
class Sheet:
    """A small form as it was typed. ``values`` never holds a password; ``errors``: a sentence per field, "" above all."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def refused(cls, error: StaffError, values: Mapping[str, str], at: str = "") -> "Sheet":
        """``at``: the field for an error that names none."""
        return cls(values, {error.problem.field_name or at: sentence(error.problem)})

    def summary(self, labels: Mapping[str, str]) -> list[tuple[str, str]]:
        """The fields that need another look, for the list above the form."""
        return [(name, labels[name]) for name in labels if name in self.errors]


def typed(*names: str) -> dict[str, str]:
    """What was sent for these fields, at most as much as anybody types."""
    return {name: request.form.get(name, "")[:MAX_TYPED].replace("\0", "") for name in names}


def secret_typed(name: str) -> str:
    """A password or code: as sent."""
    return request.form.get(name, "")[:MAX_TYPED]


def show(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page of the staff; never kept by a browser, since it may show a secret."""
    response = make_response(render_template(f"manage/staff/{template}.html", **context), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def status_of(error: StaffError) -> int:
    return 429 if isinstance(error, Throttled) else 422


def staff_box() -> SecretBox:
    settings = extension().settings
    return SecretBox(settings.secret_key, settings.secret_key_fallbacks, STAFF)


def shop_names() -> list[str]:
    """What anybody could guess to be in a password here."""
    return [str(name) for name in current_shop().policy("shop.name").values()]


def client() -> str:
    return request.remote_addr or ""


def browser() -> str:
    return request.headers.get("User-Agent", "")


@staff_pages.app_context_processor
def language_links() -> dict[str, Any]:
    return {"staff_languages": _languages}


def _languages() -> list[tuple[str, str, str]]:
    """Tag, own name and address of this page in each language."""
    kept = {key: value for key, value in request.args.items() if key != "lang"}
    return [(html_lang(lang), name, _address({**kept, "lang": lang})) for lang, name in LANGUAGE_CHOICES]


def _address(arguments: Mapping[str, str]) -> str:
    # Arguments without a route's name: the page itself, whatever it is.
    return current_app.url_for(str(request.endpoint), **{**(request.view_args or {}), **arguments})
