"""What authors of plugins are given: projects to begin with, and a look from all sides."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from storefront.cli.kit.making import CannotMake, Kind, make, name_of
from storefront.cli.main import main
from storefront.testing.installed import classes_for
from storefront.testing.plugins import FakeCarrier, fake_host, fake_plugin

TITLES = {Kind.PAYMENT: "Money Order", Kind.ADJUSTER: "Big Basket", Kind.PAGE: "Good note"}


def storefront(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["plugins", *(str(each) for each in arguments)])


def run(*arguments: str | Path, path: str = "") -> "subprocess.CompletedProcess[str]":
    """In a process of its own: whatever is imported there stays there."""
    env = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, *(str(each) for each in arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.slow
def test_every_kind_of_project_is_green_at_once(tmp_path: Path) -> None:
    """The carrier's is run by the journey of the third party."""
    made = [make(kind, title, tmp_path / kind) for kind, title in TITLES.items()]
    done = run("-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", tmp_path, *made, path=":".join(map(str, made)))  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]


def test_new_says_what_comes_next_and_never_writes_over_anything(tmp_path: Path) -> None:
    first = storefront("new", "carrier", "Blue Post", "--dir", tmp_path / "blue")
    assert first.exit_code == 0 and "python -m pytest -q" in first.output
    assert (
        tmp_path / "blue" / "storefront_blue_post" / "translations" / "ja" / "LC_MESSAGES" / "blue_post.mo"
    ).exists()
    again = storefront("new", "carrier", "Blue Post", "--dir", tmp_path / "blue")
    assert again.exit_code == 1 and "exists already" in again.output
    assert storefront("new", "teapot", "Blue Post").exit_code == 2


@pytest.mark.parametrize("title", ["", "order", "青い郵便", 'quote"d', "x" * 61, "9 lives", "@name@"])
def test_title_that_gives_no_name_is_refused_with_a_sentence(title: str) -> None:
    with pytest.raises(CannotMake, match=r"\."):
        name_of(title)


SPOILT = {
    "storefront_blue_post/bad.py": "from storefront.core.db import session\nimport storefront_payments_cod\n",
    "storefront_blue_post/words.py": 'from storefront.plugin import N_\n\nWORDS = N_("Not translated yet.")\n',
    "storefront_blue_post/templates/other/x.html": '<p style="color: red">{{ words|safe }}</p>',
    "storefront_blue_post/static/x.css": "@import url(https://elsewhere.example/x.css);",
    "storefront_blue_post/secret_key": "0",
    "storefront_blue_post/migrations/versions/0001_initial.py": (
        "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '0001'\ndown_revision = None\n\n\n"
        "def upgrade():\n    op.create_table('elsewhere_card', sa.Column('id', sa.Integer, primary_key=True))\n\n\n"
        "def downgrade():\n    pass\n"
    ),
    "tests/test_blue_post.py": "def test_nothing() -> None: ...\n",
    "LICENSE": None,
}
SENTENCES = (
    "bad.py imports storefront.core.db, which is private",
    "bad.py imports the plugin storefront_payments_cod",
    "“Not translated yet.”",
    "x.html holds an inline style",
    "x.html holds text that is not escaped",
    "x.html is out of its own folder. Move it to templates/blue_post/.",
    "x.css holds '@import', which browsers will block",
    "META has no description",
    "The migrations make the table elsewhere_card",
    "Going down leaves elsewhere_card behind",
    "No test inherits ShippingCarrierContract",
    "No test inherits ShopContract",
    "The wheel holds storefront_blue_post/secret_key",
    "The wheel has no licence file",
)


@pytest.mark.slow
def test_check_finds_every_fault_and_says_what_to_change(tmp_path: Path) -> None:
    project = make(Kind.CARRIER, "Blue Post", tmp_path / "blue")
    for name, text in SPOILT.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True) if text is None else path.write_text(text, "utf-8")
    plugin = project / "storefront_blue_post" / "plugin.py"
    plugin.write_text(plugin.read_text("utf-8").replace("    description=", "    description='' and "), "utf-8")
    found = run("-m", "storefront.cli.main", "plugins", "check", "--no-tests", project)
    assert found.returncode == 1, found.stderr
    assert [sentence for sentence in SENTENCES if sentence not in found.stdout] == [], found.stdout


@pytest.mark.parametrize(
    ("pyproject", "says"),
    [
        (None, "has no pyproject.toml"),
        ("[project", "cannot be read"),
        ('[project]\nname = "x"\n', "has 0 entry points"),
        (
            '[project]\nname = "x"\n[project.entry-points."storefront.plugins"]\nx = "nowhere.plugin"\n',
            "no folder nowhere",
        ),
    ],
)
def test_what_is_no_project_is_said_in_a_sentence(tmp_path: Path, pyproject: str | None, says: str) -> None:
    if pyproject is not None:
        (tmp_path / "pyproject.toml").write_text(pyproject)
    answer = storefront("check", tmp_path)
    assert answer.exit_code == 1 and says in answer.output
    assert storefront("translate", tmp_path).exit_code == 1


def test_translate_asks_for_what_is_new(tmp_path: Path) -> None:
    project = make(Kind.PAGE, "Good note", tmp_path / "note")
    (project / "storefront_good_note" / "more.py").write_text('_ = str\nWORDS = _("Something new.")\n')
    assert storefront("translate", project).exit_code == 0
    po = project / "storefront_good_note" / "translations" / "ja" / "LC_MESSAGES" / "good_note.po"
    assert 'msgid "Something new."\nmsgstr ""' in po.read_text("utf-8")


def test_reload_without_a_shop_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    answer = CliRunner().invoke(main, ["reload"])
    assert answer.exit_code == 1 and "No shop started by 'storefront run'" in answer.output


def test_check_by_name_runs_the_contract_tests_against_what_is_installed(tmp_path: Path) -> None:
    done = run("-m", "storefront.cli.main", "plugins", "check", "notify_webhook", path=str(tmp_path))
    assert "tests run   ok" in done.stdout and done.stdout.endswith("All is well.\n"), done.stdout + done.stderr
    unknown = storefront("check", "no_such_plugin")
    assert unknown.exit_code == 1 and "nor an installed plugin. Installed: " in unknown.output


def test_contract_tests_of_an_installed_plugin_find_what_is_wrong_with_it() -> None:
    module = fake_plugin("bike", storefront_shipping_carriers=[FakeCarrier("bike")])
    found = classes_for(module, fake_host(module)._offers["bike"], {})
    assert set(found) == {"TestPlugin", "TestInAShop", "TestCarrier0"}
    carrier = found["TestCarrier0"]()
    carrier.test_it_serves_somewhere()
    with pytest.raises(AssertionError):
        carrier.test_an_unknown_country_is_not_served()
