"""A plugin's wheel: built without a network, and what it must hold and must not."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from storefront.cli.kit.catalogues import LOCALES
from storefront.cli.kit.project import Project
from storefront.plugin_host.discovery import GROUP

UNWANTED = re.compile(r"(^|/)(tests?/|__pycache__|\.git|instance/|secret_key|\.env)|\.(sqlite|pem|key|log)$")
BUILD_SECONDS = 180


def build(root: Path, into: Path) -> tuple[Path | None, str]:
    """The wheel of a project, or ``None`` and why there is none."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "wheel", "--no-deps"]
    done = subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", str(into), str(root)],
        capture_output=True, text=True, check=False, timeout=BUILD_SECONDS,
    )  # fmt: skip
    found = list(into.glob("*.whl"))
    if done.returncode == 0 and len(found) == 1:
        return found[0], ""
    last = (done.stderr.strip().splitlines() or ["no word why"])[-1]
    return None, f"The wheel could not be built ({last}). Is the build backend of pyproject.toml installed here?"


def contents(wheel: Path, project: Project) -> Iterator[str]:
    """What is wrong with what the wheel holds."""
    with zipfile.ZipFile(wheel) as archive:
        held = archive.namelist()
        points = next((archive.read(each).decode() for each in held if each.endswith("entry_points.txt")), "")
    package = project.package.name
    if f"[{GROUP}]" not in points or not re.search(rf"^{project.name}\s*=", points, re.MULTILINE):
        yield f"The wheel declares no entry point {project.name} in the group {GROUP}, so no shop would find it."
    for each in held:
        if UNWANTED.search(each):
            yield f"The wheel holds {each}, which has no business there. Leave it out of the build target."
        elif each.partition("/")[0] != package and ".dist-info/" not in each:
            yield f"The wheel holds {each} outside {package}. A plugin brings its own package and nothing else."
    if (project.package / "translations" / f"{project.name}.pot").is_file():
        for locale in LOCALES:
            if f"{package}/translations/{locale}/LC_MESSAGES/{project.name}.mo" not in held:
                yield f"The wheel has no compiled catalogue for {locale}. Run 'storefront plugins translate' and keep *.mo as artifacts."
    for path in sorted(project.package.rglob("*")):
        inside = path.relative_to(project.package.parent).as_posix()
        if path.is_file() and path.suffix not in (".pyc", ".mo") and inside not in held:
            yield f"The wheel lacks {inside}. Include it in the build target."
    if not any(".dist-info/licenses/" in each or each.upper().endswith("LICENSE") for each in held):
        yield "The wheel has no licence file. Add LICENSE to the project and name it in license-files."
