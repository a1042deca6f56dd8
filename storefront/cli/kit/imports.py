"""What a Python file imports of the shop: plugins use its door alone."""

import ast
from pathlib import Path

DOOR = "storefront.plugin"


def imports(path: Path) -> set[str]:
    """Every module a file imports; ``from package import name`` counts as ``package.name`` for top-level packages."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= (
                {f"{node.module}.{alias.name}" for alias in node.names}
                if node.module == "storefront"
                else {node.module}
            )
    return found


def shop_imports(path: Path) -> set[str]:
    return {name for name in imports(path) if name.partition(".")[0] == "storefront"}
