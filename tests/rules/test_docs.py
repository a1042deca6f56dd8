"""What the documentation lists is what there is: marks for scripts, environment variables, commands."""

import ast
import re
from pathlib import Path

import click

from storefront.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted([*(ROOT / "templates").rglob("*.html"), *ROOT.glob("plugins/*/storefront_*/templates/**/*.html")])
MARK = re.compile(r'\bdata-test="([^"]*)"')
WORD = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)*")


def marks_of(source: str) -> set[str]:
    """Marks of a template. ``{{ 'a' if x else 'b' }}`` is a and b; ``{{ name }}-choice`` is ``*-choice``; a mark that is a
    variable set in the template as ``"address-" ~ f.name`` is ``address-*``."""
    found: set[str] = set()
    prefixes = dict(re.findall(r'\{% set (\w+) = "([a-z-]+)" ~', source))
    for value in MARK.findall(source):
        variable = re.fullmatch(r"\{\{ (\w+) \}\}", value)
        if variable:
            found.add(f"{prefixes[variable[1]]}*")  # a KeyError here: give the mark a fixed part
            continue
        quoted = re.findall(r"'([a-z0-9-]+)'", value)
        if value.startswith("{{") and quoted:
            found |= set(quoted)
        else:
            found.add(re.sub(r"\{\{.*?\}\}", "*", value))
    return found


def used_marks() -> set[str]:
    return set().union(*(marks_of(path.read_text("utf-8")) for path in TEMPLATES))


def listed_marks() -> set[str]:
    """First column of the tables of docs/testing.md: ``| `mark` | what it is |``, several marks with commas between."""
    text = (ROOT / "docs" / "testing.md").read_text("utf-8")
    return {
        mark
        for row in re.findall(r"^\|([^|]*)\|", text, re.MULTILINE)
        for mark in re.findall(r"`([^`]+)`", row)
        if WORD.fullmatch(mark.replace("*", "x"))
    }


def matches(mark: str, other: str) -> bool:
    """``*`` stands for any word on either side: ``delivery-choice`` is a ``*-choice``."""
    as_pattern = [re.escape(one).replace(r"\*", "[a-z0-9_*-]+") for one in (mark, other)]
    return bool(re.fullmatch(as_pattern[0], other) or re.fullmatch(as_pattern[1], mark))


def unmatched(marks: set[str], others: set[str]) -> list[str]:
    return sorted(mark for mark in marks if not any(matches(mark, other) for other in others))


def test_marks_are_read_from_templates() -> None:
    source = """<a data-test="cart-link"> <i data-test="{{ 'problem' if bad else 'note' }}"> <b data-test="{{ x }}-choice">
    {% set id = "address-" ~ f.name %}<input data-test="{{ id }}">"""
    assert marks_of(source) == {"cart-link", "problem", "note", "*-choice", "address-*"}
    assert unmatched({"*-choice", "gone"}, {"delivery-choice"}) == ["gone"]


def test_every_mark_of_a_template_is_listed() -> None:
    assert unmatched(used_marks(), listed_marks()) == []


def test_every_listed_mark_is_in_a_template() -> None:
    assert unmatched(listed_marks(), used_marks()) == []


def environment_variables() -> set[str]:
    """Names that the code reads: keys asked of ``env`` or ``os.environ``, and ``envvar=`` of a command's option."""
    found: set[str] = set()
    for path in [ROOT / "storefront" / "config.py", *(ROOT / "storefront" / "cli").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "envvar":
                found.add(ast.literal_eval(node.value))
            if isinstance(node, ast.Call):
                found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and is_variable(arg.value)}
    return found


def is_variable(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|PORT|PROFILE", value))


def documentation() -> str:
    return "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])


def test_variables_are_read_from_code() -> None:
    assert {
        "DATABASE_URL",
        "SECRET_KEY",
        "TRUSTED_PROXIES",
        "SAFE_MODE",
        "PORT",
        "WEB_CONCURRENCY",
    } <= environment_variables()


def test_every_environment_variable_is_documented() -> None:
    text = documentation()
    assert [variable for variable in sorted(environment_variables()) if f"`{variable}`" not in text] == []


def commands(group: click.Group, before: str = "storefront") -> list[str]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:  # what other commands start
            continue
        path = f"{before} {name}"
        found += commands(command, path) if isinstance(command, click.Group) else [path]
    return found


def test_every_command_is_documented() -> None:
    known = commands(main)
    assert "storefront orders pay" in known
    text = documentation()
    assert [command for command in known if command not in text] == []
