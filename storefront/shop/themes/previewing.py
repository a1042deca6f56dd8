"""A look that is not saved yet, in the browser of whoever works on it: a sealed cookie that lasts an hour. Nobody else
sees it, and no page that shows it is kept anywhere."""

import json
from datetime import timedelta

from flask import Response, g, has_request_context, request
from itsdangerous import BadData, URLSafeTimedSerializer

from storefront.core.settings.look import COLOURS, Look, look_of
from storefront.core.settings.policies import DEFAULTS
from storefront.shop.context import cookie_name, extension

COOKIE = "look"
LASTS = timedelta(hours=1)


def previewed() -> Look | None:
    """The look this browser tries out; ``None`` in the back office and for everybody else."""
    if not has_request_context() or not request.cookies or cookie_name(COOKIE) not in request.cookies:
        return None
    if "previewed" not in g:
        g.previewed = None if request.path.startswith("/manage") else _read(request.cookies[cookie_name(COOKIE)])
    found: Look | None = g.previewed
    return found


def draft() -> Look | None:
    """What this browser tries out, for the form it was typed in."""
    sealed = request.cookies.get(cookie_name(COOKIE))
    return _read(sealed) if sealed else None


def begin(response: Response, look: Look) -> None:
    """This browser sees ``look`` in the shop from now on."""
    said = {
        "l": [look.light.get(token, "") for token in COLOURS],
        "d": [look.dark.get(token, "") for token in COLOURS],
        "s": [look.radius, look.cards, look.density, look.theme],
    }
    response.set_cookie(
        cookie_name(COOKIE),
        _sealer().dumps(said),
        max_age=LASTS,
        secure=extension().settings.https,
        httponly=True,
        samesite="Lax",
    )


def end(response: Response) -> None:
    response.delete_cookie(cookie_name(COOKIE), secure=extension().settings.https, httponly=True, samesite="Lax")


def _read(sealed: str) -> Look | None:
    try:
        said = _sealer().loads(sealed, max_age=int(LASTS.total_seconds()))
        radius, cards, density, theme = said["s"]
        light, dark = (dict(zip(COLOURS, said[scheme], strict=True)) for scheme in "ld")
    except (BadData, ValueError, TypeError, KeyError):
        return None
    # Sealed by this shop, and yet read like anything stored: a release may have known other words.
    stored = {
        "look.light": light,
        "look.dark": dark,
        "look.radius": {"pixels": radius},
        "look.cards": cards,
        "look.density": density,
        "look.theme": theme,
    }
    return look_of({**DEFAULTS, **stored})


def _sealer() -> URLSafeTimedSerializer:
    settings = extension().settings
    keys = [*reversed(settings.secret_key_fallbacks), settings.secret_key]
    return URLSafeTimedSerializer(keys, salt="look", serializer=json)


def is_previewing() -> bool:
    """Whether this page may be shown to this browser alone."""
    return previewed() is not None
