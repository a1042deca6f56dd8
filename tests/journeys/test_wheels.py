"""The shop as others get it: wheels, installed where no checkout is near, opened and looked at."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storefront.testing.pytest_plugin import missing_service
from storefront.testing.running import RunningShop

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
OWNERS_CHOICE = {"notify_webhook", "shipping_consolidated"}  # nothing works in them before the owner has filled them in
CATALOGUES = [*ROOT.glob("translations/*/*/*.po"), *ROOT.glob("plugins/*/storefront_*/translations/*/*/*.po")]
KANA = re.compile("[ぁ-ゖァ-ヺ]")

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    if (
        done.returncode
        and "pip" in command
        and re.search("Failed to establish|Temporary failure|Max retries", done.stderr)
    ):
        missing_service("a package index")
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The wheel of the shop first, then those of the plugins made with it."""
    folder = tmp_path_factory.mktemp("wheels")
    if not all(po.with_suffix(".mo").exists() for po in CATALOGUES):
        run(sys.executable, "tools/catalogues.py", "compile", cwd=ROOT)
    for project in (ROOT, *PLUGINS):
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, project, cwd=folder)
    return sorted(folder.glob("*.whl"), key=lambda path: (not path.name.startswith("storefront-"), path.name))


@pytest.fixture(scope="module")
def command(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[str]:
    """``storefront`` of an environment that holds what the lock names and the wheels, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements" / "run.txt", cwd=folder)
    run(*pip, "--no-deps", "--no-index", *wheels, cwd=folder)
    run(folder / "bin" / "python", "-m", "pip", "check", cwd=folder)
    return (str(folder / "bin" / "storefront"),)


@pytest.fixture(scope="module")
def shop(command: tuple[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shop = RunningShop(elsewhere / "data", command=command, cwd=elsewhere, PYTHONSAFEPATH="1")
    shop.cli("demo", "--profile", "mart")
    process = shop.start("serve", port=shop.port)
    yield shop
    shop.stop(process)
    assert not shop.left_behind()


def test_one_wheel_for_the_shop_and_one_for_each_plugin(wheels: list[Path]) -> None:
    names = [path.name.partition("-")[0] for path in wheels]
    assert names == ["storefront", *(f"storefront_{path.name}" for path in PLUGINS)]


def test_wheels_hold_no_tests_and_no_secrets(wheels: list[Path]) -> None:
    for wheel in wheels:
        held = zipfile.ZipFile(wheel).namelist()
        assert not [name for name in held if re.search(r"(^|/)tests/|instance|secret_key|\.sqlite|__pycache__", name)]
        assert [name for name in held if name.endswith(".mo")], f"{wheel.name} has no translations"


def test_everything_comes_from_the_environment(command: tuple[str], tmp_path: Path) -> None:
    python = Path(command[0]).with_name("python")
    where = run(python, "-P", "-c", "import storefront; print(storefront.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(python.parents[1])


def test_installed_plugins_are_there_and_enabled(shop: RunningShop) -> None:
    listed = {info["name"]: info["status"] for info in shop.cli_json("plugins", "list")}
    assert listed == {path.name: "disabled" if path.name in OWNERS_CHOICE else "enabled" for path in PLUGINS}


def test_installed_shop_shows_its_pages(shop: RunningShop) -> None:
    home = shop.get("/en/")
    assert home.status == 200
    assert "Choose from the shelves" in home.text
    product = shop.get("/en/products/cherry-blossom-soap")
    assert product.status == 200
    for pattern, kind in ((r'href="(/[^"]+\.css[^"]*)"', "text/css"), (r'src="(/media/[^"]+)"', "image/")):
        found = re.search(pattern, product.text)
        assert found, pattern
        answer = shop.get(found[1])
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert len(answer.body) > 500


@pytest.mark.req("SHOP-4")
def test_installed_shop_speaks_its_languages(shop: RunningShop) -> None:
    button = re.compile(r'data-test="add-to-cart"[^>]*>([^<]+)<')
    words = {}
    for lang in ("en", "ja", "zh-hans", "zh-hant"):
        found = button.search(shop.get(f"/{lang}/products/cherry-blossom-soap").text)
        assert found
        words[lang] = found[1]
    assert words["en"] == "Add to cart"
    assert KANA.search(words["ja"])
    assert len(set(words.values())) == 4


def test_installed_shop_wrote_only_into_its_data_folder(shop: RunningShop) -> None:
    assert {path.name for path in shop.cwd.iterdir()} == {"data"}
