"""What ``storefront plugins check`` looks at. Each finding is a sentence that says what to change."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from storefront.cli.kit import wheels
from storefront.cli.kit.catalogues import check as catalogue_faults
from storefront.cli.kit.imports import DOOR, imports, shop_imports
from storefront.cli.kit.making import domain_of
from storefront.cli.kit.project import Project
from storefront.core.contracts.meta import PluginMeta
from storefront.core.secrecy import SecretBox
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot
from storefront.plugin_host.discovery import Candidate
from storefront.plugin_host.dispatch import STYLES
from storefront.plugin_host.errors import PluginBroken
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.installed import Plugin
from storefront.plugin_host.markup import faults
from storefront.plugin_host.migrations import CORE, VERSION_TABLE, differences, drop_tables, plugin_lineage, upgrade
from storefront.plugin_host.migrations import downgrade as take_back
from storefront.plugin_host.names import PACKAGE_PREFIX, check_entry_point, check_name

# What a browser would fetch from elsewhere; the content security policy of the shop blocks it.
FOREIGN = re.compile(
    r"@import\b|url\(\s*[\"']?(?:https?:)?//|\b(?:fetch|import)\(\s*[\"']https?:|\beval\(|new Function\("
)
TESTS = {
    "storefront_payment_methods": "PaymentMethodContract",
    "storefront_shipping_carriers": "ShippingCarrierContract",
    "storefront_adjusters": "AdjusterContract",
    "storefront_slots": "SlotContract",
    "storefront_manage_pages": "ManagePageContract",
}
ALWAYS = ("WholePluginContract", "ShopContract")
KEY = "a key for checking a plugin, which opens nothing, 0123456789"


@dataclass(frozen=True, slots=True)
class Finding:
    """``about``: what was looked at; ``sentence``: what is wrong, and what to change."""

    about: str
    sentence: str


def check(project: Project) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """What was looked at and what was found, one after the other. Imports the plugin into this process."""
    steps: list[tuple[str, Callable[[Project], Iterator[str]]]] = [
        ("names", names),
        ("imports", only_the_door),
        ("texts", texts),
        ("pages", markup),
        ("hooks", hooks),
        ("migrations", migrations),
    ]
    if not project.installed:
        steps += [("tests", contract_classes), ("wheel", wheel)]
    for about, step in steps:
        yield about, tuple(Finding(about, sentence) for sentence in step(project))


def names(project: Project) -> Iterator[str]:
    """One identifier everywhere, and a distribution others can install."""
    try:
        check_name(project.name)
        check_entry_point(project.name, project.module, project.name)
    except PluginBroken as error:
        yield str(error)
    wanted = f"storefront-{project.name}".replace("_", "-")
    if project.distribution.replace("_", "-").lower() != wanted:
        yield f"The distribution is called {project.distribution!r}. Call it {wanted!r}, after its entry point."
    if not project.is_source:
        return
    given = project.pyproject["project"]
    if not any(re.match(r"storefront\b(?!-)", each) for each in given.get("dependencies", ())):
        yield 'pyproject.toml does not depend on the shop. Add "storefront" to dependencies.'
    for key in ("description", "license", "readme", "requires-python"):
        if not given.get(key):
            yield f"pyproject.toml does not say its {key}. Add it, so that whoever installs the plugin knows."
    if not project.tests.is_dir():
        yield "There is no folder tests. Add one; 'storefront plugins new' shows what belongs there."


def only_the_door(project: Project) -> Iterator[str]:
    for path in sorted(project.package.rglob("*.py")):
        shown = path.relative_to(project.root)
        for name in sorted(shop_imports(path) - {DOOR}):
            yield f"{shown} imports {name}, which is private and may change. Import from {DOOR} alone."
        for name in sorted({each.partition(".")[0] for each in imports(path)}):
            if name.startswith(PACKAGE_PREFIX) and name != project.package.name:
                yield f"{shown} imports the plugin {name}. Plugins know each other only through the shop."
    for path in sorted(project.tests.rglob("*.py")) if project.is_source else ():
        for name in sorted(shop_imports(path)):
            if name != DOOR and not name.startswith("storefront.testing"):
                yield f"{path.relative_to(project.root)} imports {name}. Tests use {DOOR} and storefront.testing."


def texts(project: Project) -> Iterator[str]:
    """Every text has a translation in every language of the shop."""
    for fault in catalogue_faults(domain_of(project.package), project.root):
        yield f"{fault}."[:-1] + ("" if fault.endswith((".", "”")) else ".")


def markup(project: Project) -> Iterator[str]:
    folder = project.package / "templates"
    for path in sorted(folder.rglob("*.html")):
        shown = path.relative_to(project.root)
        for fault in faults(path.read_text("utf-8")):
            yield f"{shown} holds {fault}, which the content security policy forbids or escaping would not cover. Take it out."
        if path.relative_to(folder).parts[0] != project.name:
            yield f"{shown} is out of its own folder. Move it to templates/{project.name}/."
    for path in sorted((project.package / "static").rglob("*")):
        if path.suffix in (".css", ".js") and (found := FOREIGN.search(path.read_text("utf-8"))):
            yield f"{path.relative_to(project.root)} holds {found[0]!r}, which browsers will block. Bring the file along."


def loaded(project: Project) -> tuple[PluginHost, Plugin]:
    """The plugin in a host of its own, imported from the project whatever is installed."""
    root = str(project.root)
    if root not in sys.path:
        sys.path.insert(0, root)
    candidate = Candidate(project.name, lambda: import_module(project.module), project.distribution, project.module)
    host = PluginHost([candidate], SecretBox(KEY))
    return host, host.plugins[project.name]


def hooks(project: Project) -> Iterator[str]:
    """It runs, brings something, and says the same version everywhere."""
    host, plugin = loaded(project)
    needs = plugin.meta.requires if plugin.meta else ()
    if plugin.reason and not (needs and "not running" in plugin.reason):
        yield plugin.reason
        return
    if plugin.meta is None:
        return
    if not implemented(host, project.name) and not needs:
        yield "The plugin implements no hook, so it brings nothing. The hooks are in docs/reference/hooks.md."
    yield from _meta(plugin.meta, project)
    snapshot = ShopSnapshot(version=1, plugins={project.name: PluginConfig(True, {})})
    for problem in host.check(project.name, snapshot) if plugin.ready else ():
        if problem.code == "check_failed":
            yield f"storefront_checks fails with the default settings: {problem.message % problem.params}"


def _meta(meta: PluginMeta, project: Project) -> Iterator[str]:
    if not meta.description:
        yield "META has no description. Say in one sentence what the plugin is good for."
    version = getattr(sys.modules.get(project.package.name), "__version__", meta.version)
    if version != meta.version:
        yield f"META.version is {meta.version} and __version__ is {version}. Use version=__version__ in META."


def implemented(host: PluginHost, name: str) -> list[str]:
    """The hooks the plugin implements."""
    return [
        hook
        for hook in STYLES
        if any(each.plugin_name == name for each in getattr(host.manager.hook, hook).get_hookimpls())
    ]


def migrations(project: Project) -> Iterator[str]:
    """Up, down, and up again on an empty shop; afterwards nothing differs from the rows."""
    _host, plugin = loaded(project)
    lineage = plugin_lineage(plugin) if plugin.module is not None else None
    if lineage is None:
        return
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/shop.sqlite", poolclass=NullPool)
        upgrade(engine, CORE)
        before = set(inspect(engine).get_table_names())
        try:
            upgrade(engine, lineage)
            made = set(inspect(engine).get_table_names()) - before - {lineage.version_table}
            for table in sorted(made):
                if not table.startswith(f"{project.name}_"):
                    yield f"The migrations make the table {table}. Its name must begin with {project.name}_."
            for difference in differences(engine, lineage, [project.name]):
                yield f"The tables differ from the rows after the migrations: {difference}. Write a revision for it."
            take_back(engine, lineage)
            left = set(inspect(engine).get_table_names()) - before - {lineage.version_table}
            if left:
                yield f"Going down leaves {', '.join(sorted(left))} behind. Drop in downgrade() what upgrade() makes."
                drop_tables(engine, project.name, [project.name])
            upgrade(engine, lineage)
        except Exception as error:  # the plugin's own revisions
            yield f"A migration fails ({lineage.version_table.removeprefix(VERSION_TABLE + '_')}): {type(error).__name__}: {error}"
        finally:
            engine.dispose()


def contract_classes(project: Project) -> Iterator[str]:
    """The shop's own contract tests are among the plugin's."""
    if not project.is_source or not project.tests.is_dir():
        return
    host, plugin = loaded(project)
    used = "\n".join(path.read_text("utf-8") for path in project.tests.rglob("*.py"))
    wanted = [TESTS[hook] for hook in implemented(host, project.name) if hook in TESTS] if plugin.ready else []
    for contract in (*wanted, *ALWAYS):
        if contract not in used:
            yield f"No test inherits {contract} of storefront.testing.contracts. Add one: it is what the shop relies on."


def wheel(project: Project) -> Iterator[str]:
    if project.wheel is not None:
        yield from wheels.contents(project.wheel, project)
        return
    with TemporaryDirectory() as folder:
        built, sentence = wheels.build(project.root, Path(folder))
        if built is None:
            yield sentence
        else:
            yield from wheels.contents(built, project)
