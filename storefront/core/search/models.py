"""One row per document and kind of document. What makes them searchable is added by ``ddl``: a full text table that
triggers keep on SQLite, indexes on PostgreSQL."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from storefront.core.db import Base
from storefront.core.search.ddl import make_searchable


class Tokens(TypeDecorator[str]):
    """Tokens separated by spaces; on PostgreSQL a ``tsvector``. Written by ``search.service`` only, never read."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())


class _Document:
    """``rank``: hits come in ascending order of it; ``service.rank_of`` makes it. ``tier``: 0 holds the first documents
    by rank, the highest the last ones; PostgreSQL keeps an index for each (``ddl.REACH``). ``heads``: a line per language, ``lang:title``, as
    ``tokens.plain`` writes it."""

    rank: Mapped[int] = mapped_column(BigInteger, unique=True)
    tier: Mapped[int] = mapped_column(SmallInteger, default=0)
    heads: Mapped[str] = mapped_column(Text, default="")
    tokens: Mapped[str] = mapped_column(Tokens)


class SearchProduct(_Document, Base):
    __tablename__ = "search_product"

    id: Mapped[int] = mapped_column(
        ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, sort_order=-1
    )


class SearchHidden(_Document, Base):
    """Products that shoppers do not find: drafts, what is no longer sold, what has no variant. For the back office."""

    __tablename__ = "search_hidden"

    id: Mapped[int] = mapped_column(
        ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, sort_order=-1
    )


class SearchOrder(_Document, Base):
    __tablename__ = "search_order"

    id: Mapped[int] = mapped_column(
        ForeignKey("order.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, sort_order=-1
    )


make_searchable(SearchProduct.__table__)
make_searchable(SearchHidden.__table__)
make_searchable(SearchOrder.__table__)


class SearchWord(Base):
    """A Latin word of a product's name: what a misspelt question is compared with. ``uses``: in how many, as counted
    last night."""

    __tablename__ = "search_word"
    __table_args__ = (Index(None, "initial", "length"),)

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    initial: Mapped[str] = mapped_column(String(1))
    length: Mapped[int] = mapped_column(SmallInteger)
    uses: Mapped[int] = mapped_column(default=1)


class SearchQuestion(Base):
    """How often something was searched for on one day (UTC) in one language, and how much the last search found. Folded;
    nobody's in particular, and nothing that looks like a mail address or a telephone number."""

    __tablename__ = "search_question"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    lang: Mapped[str] = mapped_column(String(10), primary_key=True)
    question: Mapped[str] = mapped_column(String(100), primary_key=True)
    asked: Mapped[int] = mapped_column(default=0)
    hits: Mapped[int] = mapped_column(default=0)
