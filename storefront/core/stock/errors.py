"""What can stop an act on stock; ``problem`` is the sentence for whoever asked for it."""

from storefront.core.i18n.translate import N_
from storefront.core.values.types import Problem


class StockError(Exception):
    def __init__(self, sku_id: int, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.sku_id = sku_id
        self.problem = Problem(message, params, code=type(self).__name__)


class OutOfStock(StockError):
    """Fewer than asked for can be promised: ``available`` (0: sold out, or all slots taken)."""

    def __init__(self, sku_id: int, available: int) -> None:
        self.available = available
        if available:
            super().__init__(sku_id, N_("Only %(count)d left. Please choose fewer."), count=available)
        else:
            super().__init__(sku_id, N_("This item is sold out."))


class NotTracked(StockError):
    """The stock of this SKU is not counted."""

    def __init__(self, sku_id: int) -> None:
        super().__init__(sku_id, N_("The stock of this item is not counted. Turn counting on first."))


class BelowPromised(StockError):
    """The change would leave less than is promised to orders."""

    def __init__(self, sku_id: int, promised: int) -> None:
        super().__init__(
            sku_id,
            N_("%(count)d pieces are promised to orders. Cancel or change those first."),
            count=promised,
        )


class NotReserved(StockError):
    """A line's goods were to move, but fewer are promised to it than that. ``sku_id`` 0: none at all."""

    def __init__(self, order_line_id: int, sku_id: int = 0) -> None:
        self.order_line_id = order_line_id
        super().__init__(sku_id, N_("These goods are not reserved for order line %(line)d."), line=order_line_id)
