"""One document per product: what can be found, folded."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base


class SearchText(Base):
    """``text``: names, summaries, maker, codes and barcodes of all languages, through ``folding.fold``."""

    __tablename__ = "search_text"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
