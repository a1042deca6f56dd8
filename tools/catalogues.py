"""The catalogues of translations: ``python tools/catalogues.py extract|update|compile|check [--domain NAME]``.

extract   writes the template (.pot) of a domain from the sources
update    extracts and brings the .po of every language in step with it
compile   writes the .mo beside every .po (never committed)
check     exits 1 and names every fault, one a line, unless all is complete and right

The core's domain is ``messages``; each folder in ``plugins/`` is a domain of its own."""

import argparse
import sys
from pathlib import Path

from storefront.cli.kit.catalogues import (
    LOCALES,
    Domain,
    Unreadable,
    check,
    compile_domain,
    extract,
    read,
    render,
    update,
    write_if_changed,
)

__all__ = ["LOCALES", "check", "domains", "extract", "main", "read", "render"]

ROOT = Path(__file__).resolve().parent.parent
CORE = "messages"


def domains(root: Path) -> list[Domain]:
    """The core's domain and those of all bundled plugins. ``SystemExit`` for a plugin of another shape."""
    found = [Domain(CORE, root / "storefront", root / "templates", root / "translations")]
    for pyproject in sorted(root.glob("plugins/*/pyproject.toml")):
        plugin = pyproject.parent
        packages = [path for path in sorted(plugin.glob("storefront_*")) if path.is_dir()]
        packages = [path for path in packages if not path.name.endswith(".egg-info")]
        if len(packages) != 1:
            sys.exit(f"{plugin} must hold exactly one folder storefront_*; it holds {len(packages)}.")
        package = packages[0]
        found.append(Domain(plugin.name, package, package / "templates", package / "translations"))
    return found


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("extract", "update", "compile", "check"))
    parser.add_argument("--domain", help="one domain only: “messages” or the name of a plugin")
    options = parser.parse_args(arguments)
    chosen = [domain for domain in domains(root) if options.domain in (None, domain.name)]
    if not chosen:
        known = ", ".join(domain.name for domain in domains(root))
        parser.error(f"there is no domain “{options.domain}”; there are {known}")
    faults: list[str] = []
    try:
        for domain in chosen:
            if options.command == "extract":
                write_if_changed(domain.pot, render(extract(domain, root), None))
            elif options.command == "update":
                update(domain, root)
            elif options.command == "compile":
                compile_domain(domain)
            else:
                faults += check(domain, root)
    except Unreadable as error:
        faults.append(str(error))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
