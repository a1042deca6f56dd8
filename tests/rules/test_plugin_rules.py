"""What plugins may import, and that every hook has its words and its test."""

import re
from pathlib import Path
from typing import Any

import pytest

import storefront.plugin
from storefront.cli.kit.imports import imports, shop_imports
from storefront.core.contracts import hookspecs
from storefront.plugin_host.discovery import BUNDLED
from storefront.plugin_host.dispatch import STYLES
from storefront.plugin_host.host import build_host
from storefront.testing.plugins import TEST_SECRET_KEY, settings_bound

ROOT = Path(__file__).parents[2]
PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").exists())
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("storefront_"))


def test_the_import_rule_sees_every_form_of_import(tmp_path: Path) -> None:
    code = "import storefront.core.db\nfrom storefront import core\nfrom storefront.plugin import Money\ndef f():\n    import storefront.shop"
    (tmp_path / "x.py").write_text(code)
    assert shop_imports(tmp_path / "x.py") == {
        "storefront.core.db", "storefront.core", "storefront.plugin", "storefront.shop",
    }  # fmt: skip


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_plugin_imports_nothing_of_the_shop_but_the_door(plugin: Path) -> None:
    package = plugin / f"storefront_{plugin.name}"
    assert (package / "plugin.py").exists()
    for path in package.rglob("*.py"):
        assert shop_imports(path) <= {"storefront.plugin"}, path
    for path in (plugin / "tests").rglob("*.py"):
        assert all(
            name == "storefront.plugin" or name.startswith("storefront.testing") for name in shop_imports(path)
        ), path


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_plugin_imports_no_other_plugin(plugin: Path) -> None:
    for path in plugin.rglob("*.py"):
        packages = {name.partition(".")[0] for name in imports(path)}
        assert {name for name in packages if name.startswith("storefront_")} <= {f"storefront_{plugin.name}"}, path


def test_bundled_names_are_the_plugins_made_with_the_shop() -> None:
    assert {path.name for path in PLUGINS} == BUNDLED


def test_door_exports_exactly_what_it_lists() -> None:
    assert len(set(storefront.plugin.__all__)) == len(storefront.plugin.__all__)
    for name in storefront.plugin.__all__:
        assert hasattr(storefront.plugin, name)
    public = {name for name in vars(storefront.plugin) if name.isidentifier() and not name.startswith("_")}
    assert public == set(storefront.plugin.__all__)


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_has_a_style_words_and_a_test(hook: str) -> None:
    docs = (ROOT / "docs" / "plugins.md").read_text()
    section = docs.partition(f"### `{hook}(")[2].partition("\n### ")[0]
    assert section, f"docs/plugins.md has no section for {hook}"
    assert f"Style: {STYLES[hook]}" in section
    assert "When:" in section
    assert "```python" in section
    specification = getattr(hookspecs, hook).__doc__
    assert f"Style: {STYLES[hook]}." in specification
    assert "When:" in specification and "Errors:" in specification
    tests = (ROOT / "tests" / "hooks" / "test_hooks.py").read_text()
    assert f"def test_hook_{hook.removeprefix('storefront_')}" in tests


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_has_a_user_among_the_bundled_plugins(hook: str) -> None:
    host = build_host(secret_key=TEST_SECRET_KEY)
    users = {implementation.plugin_name for implementation in getattr(host.manager.hook, hook).get_hookimpls()}
    assert users & BUNDLED


def test_styles_name_exactly_the_hooks_there_are() -> None:
    assert sorted(STYLES) == HOOKS


def test_docs_name_everything_behind_the_door() -> None:
    docs = (ROOT / "docs" / "plugins.md").read_text()
    missing = [name for name in storefront.plugin.__all__ if not re.search(rf"\b{name}\b", docs)]
    assert not missing


def test_examples_of_the_docs_run() -> None:
    docs = (ROOT / "docs" / "plugins.md").read_text()
    examples = re.findall(r"^```python\n(.*?)^```", docs, re.MULTILINE | re.DOTALL)
    namespace: dict[str, Any] = {"__name__": "docs_plugins"}
    for example in examples:
        exec(compile(example, "docs/plugins.md", "exec"), namespace)  # noqa: S102 - our own docs
    assert namespace["META"].name == "stamps"
    assert set(HOOKS) <= namespace.keys()
    with settings_bound({"stamps": namespace["StampSettings"](worth=12)}):
        assert namespace["settings"]().worth == 12
    assert [problem.field_name for problem in namespace["storefront_checks"](namespace["StampSettings"]())] == [
        "api_key"
    ]
