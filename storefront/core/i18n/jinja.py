"""gettext for Jinja: the template's own folder decides whose catalogue is asked.

``points/_balance.html`` is looked up in the plugin ``points``, then in the core; every other template in the core. In
an autoescaped template the message may hold markup (it is ours), its parameters are escaped."""

from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from storefront.core.i18n.catalogues import CONTEXT_GLUE, CORE_DOMAIN, find, find_plural, is_registered
from storefront.core.i18n.translate import current_language, fill


def install(env: Environment) -> None:
    """Give ``env`` the globals ``_``, ``gettext``, ``ngettext``, ``pgettext``, ``npgettext``. Once, at boot."""
    env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext, pgettext=pgettext, npgettext=npgettext)


@pass_context
def gettext(context: Context, msgid: str, /, **params: Any) -> str:
    text = find(_domain(context), current_language(), msgid) or msgid
    return _shown(context, text, msgid, params)


@pass_context
def pgettext(context: Context, meaning: str, msgid: str, /, **params: Any) -> str:
    text = find(_domain(context), current_language(), f"{meaning}{CONTEXT_GLUE}{msgid}") or msgid
    return _shown(context, text, msgid, params)


@pass_context
def ngettext(context: Context, singular: str, plural: str, n: int, /, **params: Any) -> str:
    return _plural(context, singular, (singular, plural), n, params)


@pass_context
def npgettext(context: Context, meaning: str, singular: str, plural: str, n: int, /, **params: Any) -> str:
    return _plural(context, f"{meaning}{CONTEXT_GLUE}{singular}", (singular, plural), n, params)


def _plural(context: Context, key: str, english: tuple[str, str], n: int, params: dict[str, Any]) -> str:
    msgid = english[n != 1]
    text = find_plural(_domain(context), current_language(), key, n) or msgid
    return _shown(context, text, msgid, {"num": n, "n": n, **params})


def _domain(context: Context) -> str:
    folder = (context.name or "").partition("/")[0]
    return folder if is_registered(folder) else CORE_DOMAIN


def _shown(context: Context, text: str, msgid: str, params: dict[str, Any]) -> str:
    if not context.eval_ctx.autoescape:
        return fill(text, msgid, params) if params else text
    # Markup's own % escapes what is filled in.
    return fill(Markup(text), Markup(msgid), params) if params else Markup(text)
