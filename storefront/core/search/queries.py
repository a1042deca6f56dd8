"""Which documents hold what was asked for."""

from sqlalchemy import ColumnElement, and_, true

from storefront.core.search.folding import fold
from storefront.core.search.models import SearchText

# Nobody types more; a longer question would only cost time.
MAX_QUESTION = 100
MAX_WORDS = 8


def words_of(question: str) -> tuple[str, ...]:
    """The different folded words of a question, in their order. Nothing but spaces: none."""
    return tuple(dict.fromkeys(fold(question[:MAX_QUESTION]).split(" ")))[:MAX_WORDS] if fold(question) else ()


def search_condition(question: str) -> ColumnElement[bool]:
    """A condition on ``SearchText``: every word of ``question`` occurs in the document, at any place in it, so that
    Japanese and Chinese words of two characters are found in running text. True for a question without words."""
    found = (SearchText.text.contains(word, autoescape=True) for word in words_of(question))
    return and_(true(), *found)
