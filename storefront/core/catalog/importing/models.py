"""Where imported products came from, so that the same file again changes nothing."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Base


class ImportOrigin(Base):
    """One imported product (``sku_id`` NULL) or variant. ``external_key``: what the other system knows it by.
    ``digest``: of what the file said of a product, without stock. ``last_quantity``: stock in the file a variant was
    last imported from, ``NULL`` = not counted there; only differences to it are booked."""

    __tablename__ = "import_origin"
    __table_args__ = (UniqueConstraint("source", "external_key"), Index(None, "product_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    external_key: Mapped[str] = mapped_column(String(400))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    sku_id: Mapped[int | None] = mapped_column(ForeignKey("sku.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64), default="")
    last_quantity: Mapped[int | None] = mapped_column()
