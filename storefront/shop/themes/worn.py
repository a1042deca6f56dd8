"""The theme of this request, and what templates do under it.

A template of a theme that cannot be read, or breaks while a page is made, never costs the page: the shop's own is shown in
its place, and the owner sees what broke. Whether the theme is to blame is found out by making the page without it: what
fails without it too is not its fault.
"""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, cast

from flask import Flask, after_this_request, current_app, has_request_context, request
from flask.wrappers import Response
from jinja2 import FileSystemLoader, Template, TemplateNotFound, TemplateSyntaxError
from jinja2.environment import Environment
from sqlalchemy.exc import SQLAlchemyError

from storefront.core.db import run_unit, session
from storefront.core.settings.theme_faults import keep_fault
from storefront.shop.context import current_shop, extension
from storefront.shop.themes.own import macros_in, missing_macros, shops_own
from storefront.shop.themes.previewing import previewed
from storefront.shop.themes.shelf import Dress

log = logging.getLogger(__name__)

# In a theme: the shop's own template, also where the theme has one of that path.
OWN = "shop:"
_UNKNOWN = object()
_worn: ContextVar[object] = ContextVar("worn", default=None)


def init_themes(app: Flask) -> None:
    @app.before_request
    def undress() -> None:
        _worn.set(_UNKNOWN)

    @app.teardown_request
    def put_away(_error: BaseException | None) -> None:
        _worn.set(None)


def worn() -> Dress | None:
    """The theme of this page; ``None``: the shop's own look, as everywhere in the back office and outside requests."""
    found = _worn.get()
    if found is _UNKNOWN:
        found = _choose()
        _worn.set(found)
    return cast(Dress | None, found)


def worn_key() -> tuple[str, str, int] | None:
    """What parts of pages that are kept must be kept by."""
    dress = worn()
    return None if dress is None else dress.key


def _choose() -> Dress | None:
    if not has_request_context() or request.path.startswith("/manage"):
        return None
    shop, look = current_shop(), previewed()
    name = look.theme if look is not None else str(shop.policy("look.theme"))
    return extension().themes.dress(name, shop.version)


@contextmanager
def undressed() -> Iterator[None]:
    """The shop's own templates, whatever the theme; asks nothing of the database."""
    before = _worn.set(None)
    try:
        yield
    finally:
        _worn.reset(before)


def load(env: Environment, dress: Dress, name: str, more: MutableMapping[str, Any] | None) -> Template:
    """The template called ``name`` as it is under the theme. Raises as Jinja does for one of the shop's own."""
    found = dress.compiled.get(name)
    if found is not None and (not env.auto_reload or found.is_up_to_date):
        if more:
            found.globals.update(more)
        return cast(Template, found)
    store, values = dress.compiled, env.make_globals(more)
    own = name.removeprefix(OWN)
    if own == name and dress.overrides(name):
        try:
            found = FileSystemLoader(dress.theme.root / "templates").load(env, name, values)
        except (TemplateSyntaxError, TemplateNotFound, UnicodeDecodeError, OSError) as error:
            _note(dress, name, error, getattr(error, "lineno", 0) or 0)
            return load(env, dress, name, more)
    else:
        assert env.loader is not None
        found = env.loader.load(env, own, values)
    store[name] = found
    return found


class ThemedTemplate(Template):
    """Of the shop or of a theme: what breaks in the theme is shown without it."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        dress = worn()
        if dress is None:
            return super().render(*args, **kwargs)
        try:
            return super().render(*args, **kwargs)
        except Exception as error:
            if isinstance(error, SQLAlchemyError):
                session.rollback()  # what failed must not fail the rest of the page too
            with undressed():
                name = (self.name or "").removeprefix(OWN)
                shown = self._shops_own(name, error).render(*args, **kwargs)
            guilty = _innermost(error.__traceback__, dress)
            for path, line in [guilty] if guilty is not None else _suspects(dress):
                _note(dress, path, error, line)
            return shown

    def _shops_own(self, name: str, error: Exception) -> Template:
        try:
            return self.environment.get_template(name)
        except TemplateNotFound:  # a part that only the theme has: whoever includes it finds out
            raise error from None


def _innermost(trace: TracebackType | None, dress: Dress) -> tuple[str, int] | None:
    """The template of the theme in which it happened, and the line."""
    root, found = f"{dress.theme.root / 'templates'}/", None
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename.startswith(root):
            found = (filename.removeprefix(root), trace.tb_lineno)
        trace = trace.tb_next
    return found


def _suspects(dress: Dress) -> list[tuple[str, int]]:
    """Nothing of the theme was at work when it happened: then a macro of it is gone, or takes other things than it is
    given. Those of a template that lacks one first; else of all with macros; else nothing of the theme is trusted."""
    with_macros = [path for path in dress.theme.templates if macros_in(shops_own(path) or "")]
    lacking = [path for path in with_macros if missing_macros(path, dress.theme.template(path))]
    suspects = lacking or with_macros or list(dress.theme.templates)
    return [(path, 0) for path in sorted(suspects) if dress.overrides(path)]


def _note(dress: Dress, template: str, error: Exception, line: int) -> None:
    said = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
    log.error("the template %s of the theme %s is not used: %s (line %d)", template, dress.theme.name, said, line)
    dress.take_out(template)

    @after_this_request
    def keep(response: Response) -> Response:
        _keep(dress, template, said, line)
        return response


def _keep(dress: Dress, template: str, said: str, line: int) -> None:
    """In a unit of its own, on a session of its own: the page is shown whatever becomes of it."""
    theme = dress.theme
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        with app.app_context():
            run_unit(lambda: keep_fault(theme.name, template, stamp=theme.stamp, error=said, line=line))
    except SQLAlchemyError:
        log.exception("what broke in the theme %s could not be written down", theme.name)
