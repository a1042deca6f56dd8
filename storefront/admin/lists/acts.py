"""An act on many rows that makes one file of them."""

from collections.abc import Callable
from dataclasses import dataclass

from storefront.core.contracts.manage import BulkAct


def _not_row_by_row(*_arguments: str) -> None:
    raise TypeError("this act is carried out on all rows at once")


@dataclass(frozen=True, slots=True)
class FileAct(BulkAct):
    """``task``: the kind of task (``admin/tasks/running.py``, ``carries``) that carries it out; it finds the rows in its
    params under ``ids``."""

    run: Callable[..., None] = _not_row_by_row
    task: str = ""
