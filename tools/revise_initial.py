"""Write core's first revision anew from the rows. Only before the first release: afterwards every change is a revision.

Usage: .venv/bin/python tools/revise_initial.py
"""

import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from storefront.core.search.ddl import SEARCHABLE, create_statements, drop_statements
from storefront.plugin_host.migrations import CORE, revise

SEED = """    op.execute("INSERT INTO shop_version (id, version, profile) VALUES (1, 1, '')")
"""


def full_text() -> str:
    """What no row describes: the full text tables, their triggers and indexes, each on its own kind of database."""
    lines = []
    for dialect in ("sqlite", "postgresql"):
        lines.append(f"    if op.get_bind().dialect.name == {dialect!r}:")
        for table in SEARCHABLE:
            lines += [f"        op.execute({statement!r})" for statement in create_statements(table)[dialect]]
    return "\n".join(lines) + "\n"


def undo_full_text() -> str:
    lines = ["    if op.get_bind().dialect.name == 'sqlite':"]
    lines += [f"        op.execute({statement!r})" for t in SEARCHABLE for statement in drop_statements(t)["sqlite"]]
    return "\n".join(lines) + "\n"


def main() -> None:
    CORE.versions.mkdir(parents=True, exist_ok=True)
    for old in CORE.versions.glob("0001_*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        path = revise(create_engine(f"sqlite:///{folder}/empty.sqlite"), CORE, "initial", "0001")
    lines = [line for line in path.read_text().splitlines() if not line.strip().startswith("# ###")]
    head, tail = "\n".join(lines).split("\n\n\ndef downgrade", 1)
    body = tail.replace("() -> None:\n", f"() -> None:\n{undo_full_text()}", 1)
    path.write_text(f"{head.rstrip()}\n{full_text()}{SEED}\n\ndef downgrade{body}\n")
    print(f"wrote {path.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
