"""The contract of a plugin as a whole: it runs, under one name, with readable settings and complete catalogues."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from storefront.cli.kit.catalogues import Domain, check
from storefront.cli.kit.imports import DOOR, shop_imports
from storefront.core.contracts.meta import PluginMeta
from storefront.core.i18n.catalogues import registered_domains
from storefront.core.values.language import LANGUAGES
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.settings import keys_of
from storefront.testing.plugins import fake_host, snapshot_with


def folder_of(module: ModuleType) -> Path:
    """The package a plugin's module stands in."""
    assert module.__file__ is not None
    return Path(module.__file__).parent


class WholePluginContract:
    """``module``: the plugin's ``plugin.py``. ``stored``: settings as the owner would store them, with which it can be
    enabled; secrets left out."""

    module: ModuleType
    stored: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        return str(self.module.META.name)

    def host(self) -> PluginHost:
        """A shop's plugin host with this plugin alone; without those it requires."""
        return fake_host(self.module)

    def test_it_runs_under_its_name(self) -> None:
        meta = self.module.META
        assert isinstance(meta, PluginMeta)
        assert folder_of(self.module).name == f"storefront_{meta.name}"
        if not meta.requires:
            assert self.host().plugins[meta.name].reason == ""

    def test_it_can_be_enabled_with_the_settings_of_this_test(self) -> None:
        host = self.host()
        assert [problem.message for problem in host.check(self.name, self.enabled())] == []

    def enabled(self) -> Any:
        return snapshot_with([self.name], {self.name: self.stored})

    def test_disabled_it_offers_nothing_and_can_still_settle(self) -> None:
        host = self.host()
        on, off = host.providers(self.enabled()), host.providers(snapshot_with([], {self.name: self.stored}))
        assert not off.payment_methods() and not off.carriers()
        assert [found.source for found in off.adjusters() if found.source == self.name] == []
        assert not host.slots(snapshot_with()) and not host.manage_pages(snapshot_with())
        for installed in (on, off):
            assert dict(installed.payment_methods(installed=True)).keys() >= dict(on.payment_methods()).keys()
            assert dict(installed.carriers(installed=True)).keys() >= dict(on.carriers()).keys()

    def test_every_text_is_translated(self) -> None:
        package = folder_of(self.module)
        domain = Domain(self.name, package, package / "templates", package / "translations")
        assert check(domain, package.parent) == []

    def test_its_titles_are_said_in_four_languages(self) -> None:
        self.host()
        assert self.name in registered_domains() or not (folder_of(self.module) / "translations").is_dir()
        assert self.module.META.title
        assert len(LANGUAGES) == 4

    def test_its_settings_have_labels_and_read_their_defaults(self) -> None:
        host = self.host()
        declaration = host.declaration(self.name)
        if declaration is None:
            return
        assert all(key.info.label for key in keys_of(declaration))
        assert isinstance(host.settings_of(self.name, snapshot_with([self.name])), declaration.values)

    def test_it_imports_nothing_of_the_shop_but_its_door(self) -> None:
        for path in sorted(folder_of(self.module).rglob("*.py")):
            assert shop_imports(path) <= {DOOR}, path
