"""Which requirements have tests: ``python tools/requirements_report.py``.

Reads the ids that tests cite by ``@pytest.mark.req("CHK-3")`` and compares them with ``docs/requirements-ids.txt``. Exits 1 when a test
cites an id that does not exist."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IDS = ROOT / "docs" / "requirements-ids.txt"


def cited_in(source: str) -> Iterator[str]:
    """The ids in every ``…mark.req(…)`` call of a test module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "req":
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def test_files(root: Path) -> list[Path]:
    return sorted([*root.glob("tests/**/test_*.py"), *root.glob("plugins/*/tests/**/test_*.py")])


def main() -> int:
    known = IDS.read_text(encoding="utf-8").split()
    counts = dict.fromkeys(known, 0)
    unknown: list[str] = []
    for path in test_files(ROOT):
        for cited in cited_in(path.read_text(encoding="utf-8")):
            if cited in counts:
                counts[cited] += 1
            else:
                unknown.append(f"{path.relative_to(ROOT)} cites {cited}, which is no requirement")
    for name, count in counts.items():
        print(f"{name:8} {count or '-'}")
    tested = sum(1 for count in counts.values() if count)
    print(f"\n{tested} of {len(counts)} requirements have tests.")
    for fault in unknown:
        print(fault)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
