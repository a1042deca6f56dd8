"""Write core's first revision anew from the rows. Only before the first release: afterwards every change is a revision.

Usage: .venv/bin/python tools/revise_initial.py
"""

import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from storefront.plugin_host.migrations import CORE, revise

SEED = """    op.execute("INSERT INTO shop_version (id, version, profile) VALUES (1, 1, '')")
"""


def main() -> None:
    CORE.versions.mkdir(parents=True, exist_ok=True)
    for old in CORE.versions.glob("0001_*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        path = revise(create_engine(f"sqlite:///{folder}/empty.sqlite"), CORE, "initial", "0001")
    lines = [line for line in path.read_text().splitlines() if not line.strip().startswith("# ###")]
    head, tail = "\n".join(lines).split("\n\n\ndef downgrade", 1)
    path.write_text(f"{head.rstrip()}\n{SEED}\n\ndef downgrade{tail}\n")
    print(f"wrote {path.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
