"""Carrying an act out: once, on top of what its page had seen, in one unit; and answering for it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from flask import Response, request

from storefront.admin.guard import current_member
from storefront.admin.once import FIELD as ONCE
from storefront.admin.once import once
from storefront.admin.orders.listing import order_path
from storefront.admin.orders.page import Refused, show_page
from storefront.admin.orders.typed import BadEntry
from storefront.admin.words import problems_of, sentence
from storefront.core.db import run_unit, session, utcnow
from storefront.core.i18n.formats import format_money
from storefront.core.i18n.translate import gettext as _
from storefront.core.lifecycle.move import Move, MoveWanted, NothingFits
from storefront.core.lifecycle.refund import send_refund
from storefront.core.lifecycle.seen import ChangedMeanwhile, require_seen
from storefront.core.orders.notes import raise_flag
from storefront.shop.context import current_lang, current_providers, extension
from storefront.shop.hx import is_fragment, redirect_to, toast

MAX_TYPED = 4_000

# ``work(actor, now)`` runs in the unit; refunds it asks for are sent after it.
Work = Callable[[str, datetime], Sequence[int] | None]


def carry_out(number: str, act: str, read: Callable[[], Work], done: str) -> Response:
    """Read the form, do the work, answer. ``act`` names the form the answer belongs to. What cannot be done is said there
    with what was typed (422), as is what changed since the page was made (409); a form that was sent before does nothing
    again."""
    try:
        work = read()
        refunds, ran = in_one_unit(number, work)
        unsent = _send(refunds) if ran else 0
    except ChangedMeanwhile as error:
        return refuse(number, act, [sentence(error.problem)], status=409, changed=error)
    except MoveWanted as error:
        return refuse(number, act, [], status=200, question=move_question(error.move), confirm=error.move.delivery.id)
    except NothingFits as error:
        said = sentence(error.problem)
        session.rollback()
        run_unit(lambda: raise_flag(number, said, actor=current_member().actor, now=utcnow()))
        return refuse(number, act, [said])
    except BadEntry as error:
        return refuse(number, act, [], errors=error.errors)
    except Exception as error:
        problems = problems_of(error)
        if not problems:
            raise
        return refuse(number, act, [sentence(problem) for problem in problems])
    if not ran:
        toast(_("This was done already; it was not done twice."))
    elif unsent:
        toast(_("The provider did not take the refund yet. It stays on this page until it is done."))
    else:
        toast(done)
    return answer(number)


def move_question(move: Move) -> str:
    """What is asked before a parcel goes by another service."""
    lang = current_lang()
    asked = [
        move.reason.within(lang),
        _(
            "Send it by %(after)s instead of %(before)s?",
            after=move.title.within(lang),
            before=move.before_title.within(lang),
        ),
    ]
    more = format_money(abs(move.difference), move.currency, lang)
    if move.difference > 0:
        asked.append(
            _("It costs %(amount)s more; the order is paid, so the shop bears it.", amount=more)
            if move.paid
            else _("It costs %(amount)s more, which goes on the bill.", amount=more)
        )
    elif move.difference < 0:
        asked.append(
            _("It costs %(amount)s less; the order is paid, so give it back yourself if you wish.", amount=more)
            if move.paid
            else _("It costs %(amount)s less, which comes off the bill.", amount=more)
        )
    else:
        asked.append(_("It costs the same."))
    return " ".join([*asked, _("The shopper gets a mail with the reason.")])


def answer(number: str) -> Response:
    """The page after an act."""
    session.rollback()
    return show_page(number) if is_fragment() else redirect_to(order_path(number))


def refuse(
    number: str,
    act: str,
    sentences: Sequence[str],
    *,
    status: int = 422,
    errors: Mapping[str, str] | None = None,
    changed: ChangedMeanwhile | None = None,
    question: str = "",
    confirm: str = "",
) -> Response:
    session.rollback()
    typed = {name: value[:MAX_TYPED].replace("\0", "") for name, value in request.form.items()}
    events = changed.events if changed else ()
    return show_page(number, Refused(act, status, sentences, errors or {}, typed, events, question, confirm))


def seen() -> int:
    """The newest event the page knew; 0, which every order has passed, for anything else."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def in_one_unit(number: str, work: Work) -> tuple[list[int], bool]:
    """The act, once and on top of what its page had seen: the refunds it asks for, and whether it ran now."""
    actor, now, known = current_member().actor, utcnow(), seen()

    def unit() -> tuple[str, bool]:
        def act() -> str:
            require_seen(number, known)
            return " ".join(map(str, work(actor, now) or ()))

        return once(request.form.get(ONCE, ""), act)

    session.rollback()
    result, ran = run_unit(unit)
    return [int(text) for text in result.split()], ran


def _send(refunds: Sequence[int]) -> int:
    """Ask the providers to pay back, with no unit open; how many were not taken. A method that cannot is no failure: its
    refund waits for a reference."""
    providers, public_url = current_providers(), extension().settings.public_url
    session.rollback()
    return sum(send_refund(refund, providers, public_url) == "failed" for refund in refunds)
