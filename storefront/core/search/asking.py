"""What somebody typed, understood: terms that must all occur, each in one of several writings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from storefront.core.search.folding import fold
from storefront.core.search.romaji import respell
from storefront.core.search.tokens import (
    UNITS,
    bigrams,
    chunks,
    code_token,
    ending_token,
    loosen,
    plain,
    singular,
    words_in,
)

# Nobody types more; a longer question would only cost time.
MAX_QUESTION = 100
MAX_TERMS = 8
MAX_WRITINGS = 6
# The beginning of a code finds it from this length on.
MIN_CODE = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens one after the other; the last may be the beginning of a longer one."""

    tokens: tuple[str, ...]
    prefix: bool = False


Writing = tuple[Phrase, ...]
"""All of these phrases."""
Term = tuple[Writing, ...]
"""Any of these writings."""


@dataclass(frozen=True, slots=True)
class Question:
    """``text``: folded, without punctuation. ``exact``: the token of the whole question as a code, "" when it cannot be
    one. ``terms`` empty: there is no word in it, nothing can be found; ``asked`` false: nothing was typed at all."""

    text: str
    terms: tuple[Term, ...]
    exact: str = ""
    asked: bool = True


def understand(question: str, synonyms: Iterable[Sequence[str]] = (), *, typing: bool = False) -> Question:
    """``question`` as typed. ``synonyms``: groups of words that mean the same to the owner. ``typing``: the last word may be
    only begun. A finished one is looked for as a word, which costs less and finds no "teapot" for "tea"; its plural has
    the singular among its tokens, and as a beginning it is asked for when it finds next to nothing (``loosened``)."""
    folded = fold(question[:MAX_QUESTION])
    if not folded:
        return Question("", (), asked=False)
    parts = list(chunks(folded))
    if "@" in folded and " " not in folded and len(code_token(folded)) > MIN_CODE:
        # A mail address is a code: the words of its second half stand in half of all documents that have one.
        exact = code_token(folded)
        return Question(plain(folded), (((Phrase((exact,), prefix=True),),),), exact)
    others = _others(folded, synonyms)
    if others:
        terms = _with_others(parts, others, typing)
    else:
        terms = _terms(parts, typing)
    found = tuple(terms[:MAX_TERMS])
    exact = "" if any(cjk for cjk, _ in parts) else code_token(folded)
    if found and len(exact) > MIN_CODE and any(character.isdigit() for character in exact):
        found = ((*_all_of(found), (Phrase((exact,), prefix=True),)),)
    return Question(plain(folded), found, exact)


def by_ending(question: Question, typed: str) -> Question:
    """``question`` that also finds numbers by their end: for telephone numbers, typed with or without what a country
    puts before them."""
    digits = "".join(character for character in fold(typed[:MAX_QUESTION]) if not character.isspace())
    if not digits.strip("0123456789+-().") and (token := ending_token(digits.lstrip("+0"))):
        return replace(question, terms=((*_all_of(question.terms), (Phrase((token,), prefix=True),)),))
    return question


def loosened(question: Question) -> Question | None:
    """The question asked again with less care, when it found next to nothing: kana without long vowels and doubled
    consonants, Japanese in other Latin spellings, long runs in pieces, words by their beginnings. ``None`` when that would
    be the same."""
    terms = tuple(_loose_term(term) for term in question.terms)
    return None if terms == question.terms else replace(question, terms=terms, exact="")


def _terms(parts: Sequence[tuple[bool, str]], typing: bool = False) -> list[Term]:
    terms: list[Term] = []
    at = 0
    while at < len(parts):
        cjk, part = parts[at]
        last = at == len(parts) - 1
        if cjk:
            terms.append(((_run(part),),))
        elif part.isdigit() and not last and parts[at + 1][1] in UNITS:
            at += 1
            unit = parts[at][1]
            split = (Phrase((part,)), Phrase((unit,)))
            terms.append(((Phrase((part + unit,)),), split))
        else:
            # One letter is the beginning of too much.
            terms.append(_words(part, typing and last and len(part) > 1))
        at += 1
    return list(dict.fromkeys(terms))


def _run(run: str) -> Phrase:
    return Phrase(tuple(bigrams(run))) if len(run) > 1 else Phrase((run,), prefix=True)


def _words(part: str, last: bool) -> Term:
    words = words_in(part)
    found = [(Phrase(tuple(words), prefix=last),)]
    if len(words) > 1:
        found.append((Phrase(("".join(words),), prefix=last),))
    elif one := singular(part):
        found.append((Phrase((one,)),))
    return tuple(found)


def _others(folded: str, synonyms: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Of the words typed (as separated by spaces, and the whole question), those the owner knows others for."""
    typed = {folded, *folded.split(" ")}
    found: dict[str, list[str]] = {}
    for group in synonyms:
        words = list(dict.fromkeys(filter(None, map(fold, group))))
        for word in typed.intersection(words):
            found.setdefault(word, []).extend(other for other in words if other != word)
    return found


def _with_others(parts: Sequence[tuple[bool, str]], others: dict[str, list[str]], typing: bool) -> list[Term]:
    whole = " ".join(part for _, part in parts)
    if whole in others:
        texts = [whole, *others[whole]]
        return [tuple(writing for text in texts for writing in _all_of(_terms(list(chunks(text)))))[:MAX_WRITINGS]]
    terms: list[Term] = []
    for index, (cjk, part) in enumerate(parts):
        own = [((_run(part),),)] if cjk else [_words(part, typing and index == len(parts) - 1 and len(part) > 1)]
        texts = others.get(part, [])
        more = tuple(writing for text in texts for writing in _all_of(_terms(list(chunks(text)))))
        terms.append((*own[0], *more)[:MAX_WRITINGS])
    return terms


def _all_of(terms: Sequence[Term]) -> tuple[Writing, ...]:
    """One term that means all of ``terms``: every combination of their writings."""
    if not terms:
        return ()
    return tuple(sum(combination, ()) for combination in product(*terms))[:MAX_WRITINGS]


def _loose_term(term: Term) -> Term:
    found = list(term)
    for writing in term:
        for phrase in writing:
            run = _run_of(phrase)
            if run:
                loose = loosen(run)
                if loose and loose != run:
                    found.append((_run(loose),))
                if len(run) > 3:
                    found.append(tuple(Phrase((pair,)) for pair in bigrams(run)))
            elif len(phrase.tokens[-1]) > 1:
                if len(writing) == 1:
                    found.append((replace(phrase, prefix=True),))
                word = phrase.tokens[0]
                other = respell(word) if len(phrase.tokens) == 1 and word.isalpha() and len(word) > 3 else word
                if other != word:
                    found.append((Phrase((other,), prefix=True),))
    return tuple(dict.fromkeys(found))[:MAX_WRITINGS]


def _run_of(phrase: Phrase) -> str:
    """The run of CJK that a phrase was made from; "" for words."""
    if not all(len(token) == 2 and not token.isascii() for token in phrase.tokens):
        return ""
    run = phrase.tokens[0] + "".join(token[1] for token in phrase.tokens[1:])
    return run if phrase.tokens == tuple(bigrams(run)) and next(chunks(run), (False, ""))[0] else ""
