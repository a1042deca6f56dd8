"""Where templates, static files and translations are: the copy inside an installed package, else the checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def data_folder(name: str) -> Path:
    """``name``: templates, static or translations."""
    installed = PACKAGE / "_data" / name
    return installed if installed.is_dir() else PACKAGE.parent / name
