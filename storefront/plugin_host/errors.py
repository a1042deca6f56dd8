"""What can be wrong with a plugin, and with what the owner asks of one."""

from collections.abc import Iterable

from storefront.core.values.types import Problem


class PluginBroken(Exception):
    """This plugin cannot be run; the message says what is wrong and what to change. The shop runs without it."""


class UnknownPlugin(LookupError):
    """No plugin of that name is installed."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        listed = ", ".join(sorted(known)) or "none"
        super().__init__(f"No plugin named {name!r} is installed. Installed plugins: {listed}.")
        self.name = name


class PluginRefused(Exception):
    """What the owner asked for cannot be done now; ``problems`` say why, one sentence each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(sentence(problem) for problem in self.problems))


class SettingsInvalid(PluginRefused):
    """Settings that cannot be used: each problem's ``field_name`` is the key it is about."""


def sentence(problem: Problem) -> str:
    """The problem in English with the key it is about, as logs and the command line show it."""
    try:
        text = problem.message % problem.params if problem.params else problem.message
    except (KeyError, TypeError, ValueError):  # a plugin's placeholders may not fit its own params
        text = problem.message
    return f"{problem.field_name}: {text}" if problem.field_name else text
