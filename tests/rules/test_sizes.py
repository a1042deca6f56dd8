"""Nothing grows into a heap: modules and functions stay small, and are named after what they do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_MODULE = 500
MAX_FUNCTION = 60
NAMELESS = {"utils", "util", "helpers", "helper", "misc", "common"}
SOURCES = sorted(
    path
    for folder in ("storefront", "plugins", "tests", "tools")
    for path in (ROOT / folder).rglob("*.py")
    # A migration is written once and never touched again: its length is the number of tables.
    if "versions" not in path.parts
)


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def long_functions(source: str) -> list[str]:
    return [f"{name}: {lines} lines" for name, lines in functions(ast.parse(source)) if lines > MAX_FUNCTION]


def test_the_rule_sees_a_long_function() -> None:
    body = "    pass\n" * MAX_FUNCTION
    assert long_functions(f"def fine():\n{body[9:]}") == []
    assert long_functions(f"class A:\n  async def far(self):\n{body}") == [f"far: {MAX_FUNCTION + 1} lines"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_and_its_functions_are_small(path: Path) -> None:
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= MAX_MODULE, f"{path} should be two modules"
    assert not long_functions(source), path


def test_no_module_is_named_after_nothing() -> None:
    assert not [
        path for path in SOURCES if path.stem in NAMELESS or NAMELESS & set(path.parent.parts[len(ROOT.parts) :])
    ]
