"""The code that makes whoever reads the shop's own folder its first owner: a file, readable for the shop's account alone,
there while the shop has no staff."""

import hmac
import os
from pathlib import Path

from storefront.core.db import new_secret

FILE = "setup_code"


def ensure(data_dir: Path) -> str:
    """The code; made when there is none. Of several processes starting at once all get the same."""
    path = data_dir / FILE
    if not path.exists():
        draft = data_dir / f"{FILE}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(new_secret())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read(data_dir)


def read(data_dir: Path) -> str:
    """ "" when there is none: then nobody can be set up here."""
    try:
        return (data_dir / FILE).read_text().strip()
    except OSError:
        return ""


def fits(data_dir: Path, typed: str) -> bool:
    known = read(data_dir)
    return bool(known) and hmac.compare_digest(known.encode(), typed.strip().encode(errors="replace"))


def remove(data_dir: Path) -> None:
    """The shop has an owner; none there is no error."""
    (data_dir / FILE).unlink(missing_ok=True)
