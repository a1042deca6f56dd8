"""Between a plugin's stored settings (JSON) and the frozen dataclass its objects read."""

import dataclasses
import json
import re
import typing
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from storefront.core.contracts.plugin_settings import METADATA_KEY, BadSetting, PluginSettings, SettingInfo
from storefront.core.i18n.translate import N_
from storefront.core.secrecy import SecretBox, SecretUnreadable
from storefront.core.values.language import LANGUAGES
from storefront.core.values.types import Problem
from storefront.plugin_host.errors import PluginBroken, SettingsInvalid

MAX_TEXT = 20_000
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}\Z")
TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
SECRET = "encrypted"
# The beginning of environment variables that set a plugin's settings: PLUGIN__<NAME>__<KEY>.
VARIABLE = "PLUGIN"

# What the environment sets: the text by key.
Overrides = Mapping[str, str]

NEEDED = N_("This is needed before the plugin can be switched on.")


@dataclass(frozen=True, slots=True)
class Key:
    """One thing the owner sets. Differs from the dataclass field only per language: ``account_zh_hans``."""

    name: str
    field: str
    kind: Any
    info: SettingInfo
    lang: str = ""


def check_declaration(declaration: object) -> PluginSettings:
    """``declaration`` as the shop can use it. Raises ``PluginBroken``."""
    if not isinstance(declaration, PluginSettings):
        raise PluginBroken(f"storefront_settings() returned {declaration!r}. Return one PluginSettings(...).")
    values: object = declaration.values
    params = getattr(values, "__dataclass_params__", None)
    if not isinstance(values, type) or params is None or not params.frozen:
        raise PluginBroken("PluginSettings.values is not a frozen dataclass. Decorate it with @dataclass(frozen=True).")
    names = [key.name for key in keys_of(declaration)]
    for name in names:
        if names.count(name) > 1:
            raise PluginBroken(f"Two settings would be stored as {name!r}. Rename one of the fields.")
    try:
        declaration.values()
    except Exception as error:
        raise PluginBroken(f"{values.__name__}() cannot be made from its defaults: {error}") from error
    return declaration


def keys_of(declaration: PluginSettings) -> tuple[Key, ...]:
    """Everything the owner can set, in the order of the fields. Raises ``PluginBroken`` for a field not to be stored."""
    hints = typing.get_type_hints(declaration.values)
    keys: list[Key] = []
    for field in dataclasses.fields(declaration.values):
        info = field.metadata.get(METADATA_KEY)
        kind = hints[field.name]
        if not isinstance(info, SettingInfo):
            raise PluginBroken(f"The setting {field.name!r} has no label. Declare it as {field.name}: … = setting(…).")
        if info.per_language:
            if kind != Mapping[str, str]:
                raise PluginBroken(f"The setting {field.name!r} is per language: its type must be Mapping[str, str].")
            keys += [Key(f"{field.name}_{lang.replace('-', '_')}", field.name, str, info, lang) for lang in LANGUAGES]
            continue
        if info.parse is None and kind not in (str, int, bool, tuple[str, ...]):
            raise PluginBroken(
                f"The setting {field.name!r} is of a type the shop cannot store. Use str, int, bool or tuple[str, ...], "
                "or give setting(parse=…)."
            )
        if info.secret and kind is not str:
            raise PluginBroken(f"The setting {field.name!r} is secret: only texts can be. Make it a str.")
        keys.append(Key(field.name, field.name, kind, info))
    return tuple(keys)


def variable_of(plugin: str, key: str) -> str:
    """The environment variable that sets ``key``."""
    return f"{VARIABLE}__{plugin}__{key}".upper()


def overrides_for(plugin: str, declaration: PluginSettings, environment: Mapping[str, str]) -> Overrides:
    """What ``environment`` sets of the plugin's settings; an empty variable sets nothing."""
    named = {key.name: environment.get(variable_of(plugin, key.name), "") for key in keys_of(declaration)}
    return {name: text for name, text in named.items() if text}


def missing_settings(declaration: PluginSettings, values: Any) -> tuple[Problem, ...]:
    """A problem for each required setting that is empty."""
    found = []
    for key in keys_of(declaration):
        value = getattr(values, key.field)
        if key.lang:
            # One language is enough: texts stand in for each other.
            value = any((value or {}).values()) or key.lang != LANGUAGES[0]
        if key.info.required and value in ("", (), None, False):
            found.append(Problem(NEEDED, field_name=key.name, code="needed"))
    return tuple(found)


def read_settings(
    declaration: PluginSettings, stored: Mapping[str, Any], box: SecretBox, overrides: Overrides | None = None
) -> Any:
    """The plugin's typed settings; what is not stored has its default, what the environment sets (``overrides``) holds
    whatever is stored. Raises ``SettingsInvalid``.

    Keys no field knows are left alone: an older version of the plugin may have stored them."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    given = overrides or {}
    for key in keys_of(declaration):
        if key.name not in stored and key.name not in given:
            continue
        try:
            if key.name in given:
                value = _typed(key, plain_value(key, given[key.name]))
            else:
                value = _typed(key, _opened(key, stored[key.name], box))
        except BadSetting as error:
            problems.append(_problem(key.name, error))
            continue
        if key.lang:
            found.setdefault(key.field, {})[key.lang] = value
        else:
            found[key.field] = value
    if problems:
        raise SettingsInvalid(problems)
    return _built(declaration, found)


def write_settings(
    declaration: PluginSettings,
    stored: Mapping[str, Any],
    changes: Mapping[str, Any],
    box: SecretBox,
    overrides: Overrides | None = None,
) -> dict[str, Any]:
    """What to store when the owner makes ``changes``: texts as typed (``KEY=VALUE``) or values as a profile holds them;
    ``None`` goes back to the default. Raises ``SettingsInvalid`` with one problem per key; nothing is half changed."""
    keys = {key.name: key for key in keys_of(declaration)}
    result = dict(stored)
    problems: list[Problem] = []
    for name, raw in changes.items():
        key = keys.get(name)
        try:
            if key is None:
                known = ", ".join(keys) or "none"
                raise BadSetting(N_("There is no such setting. The settings are: %(known)s."), known=known)
            if name in (overrides or {}):
                raise BadSetting(N_("This is set by the environment of the shop and cannot be changed here."))
            if raw is None:
                result.pop(name, None)
                continue
            plain = plain_value(key, raw)
            _typed(key, plain)
            result[name] = {SECRET: box.encrypt(plain)} if key.info.secret else plain
        except BadSetting as error:
            problems.append(_problem(name, error))
    if problems:
        raise SettingsInvalid(problems)
    return result


def shown_settings(declaration: PluginSettings, stored: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """Every key with its stored value as text for the owner; a secret is only ever "set". "" = the default holds."""
    for key in keys_of(declaration):
        value = stored.get(key.name)
        if value is None:
            yield key, ""
        elif key.info.secret:
            yield key, "set"
        else:
            yield key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def sealed_again(stored: Mapping[str, Any], box: SecretBox) -> dict[str, Any]:
    """Stored settings with every secret encrypted under the newest key. Raises ``SecretUnreadable``."""
    return {name: {SECRET: box.again(value[SECRET])} if is_secret(value) else value for name, value in stored.items()}


def without_secrets(stored: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Stored settings that may leave the shop, and the names of those that may not."""
    return (
        {name: value for name, value in stored.items() if not is_secret(value)},
        sorted(name for name, value in stored.items() if is_secret(value)),
    )


def is_secret(value: Any) -> bool:
    """Whether a stored value is an encrypted one."""
    return isinstance(value, Mapping) and set(value) == {SECRET}


def _built(declaration: PluginSettings, found: dict[str, Any]) -> Any:
    for name, value in found.items():
        if isinstance(value, dict):
            found[name] = MappingProxyType(value)
    try:
        return declaration.values(**found)
    except BadSetting as error:  # raised by __post_init__: values that do not go together
        raise SettingsInvalid([_problem("", error)]) from error
    except Exception as error:  # plugin code
        raise SettingsInvalid([Problem(N_("The settings cannot be used: %(error)s"), {"error": str(error)})]) from error


def _problem(name: str, error: BadSetting) -> Problem:
    return Problem(error.message, error.params, field_name=name, code="bad_setting")


def _opened(key: Key, value: Any, box: SecretBox) -> Any:
    if not key.info.secret:
        return value
    token = value.get(SECRET) if isinstance(value, Mapping) else None
    try:
        if isinstance(token, str):
            return box.decrypt(token)
    except SecretUnreadable:
        pass
    raise BadSetting(N_("This secret cannot be read with today's SECRET_KEY. Enter it again."))


def plain_value(key: Key, raw: Any) -> Any:
    """``raw`` as the JSON value to store. Raises ``BadSetting``."""
    kind = key.kind
    if key.info.parse is not None:
        if isinstance(raw, str) and kind is not str:
            try:
                return json.loads(raw)
            except ValueError:
                raise BadSetting(N_("This must be written as JSON.")) from None
        try:
            return json.loads(json.dumps(raw))
        except (TypeError, ValueError):
            raise BadSetting(N_("This cannot be stored: only texts, numbers, lists and tables can.")) from None
    if kind is int and isinstance(raw, str):
        folded = unicodedata.normalize("NFKC", raw).strip()
        if not WHOLE_NUMBER.match(folded):
            raise BadSetting(N_("This must be a whole number, such as 200."))
        return int(folded)
    if kind is bool and isinstance(raw, str):
        if raw.strip().lower() not in TRUTH:
            raise BadSetting(N_("This must be yes or no."))
        return TRUTH[raw.strip().lower()]
    if kind == tuple[str, ...]:
        parts = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
            raise BadSetting(N_("This must be a list of words, such as JP, TW."))
        return [part.strip() for part in parts if part.strip()]
    return raw


def _typed(key: Key, value: Any) -> Any:
    """The field's value from its JSON value. Raises ``BadSetting``."""
    info, kind = key.info, key.kind
    if info.parse is not None:
        try:
            return info.parse(value)
        except BadSetting:
            raise
        except Exception as error:  # plugin code
            raise BadSetting(N_("This cannot be used: %(error)s"), error=str(error) or type(error).__name__) from error
    if kind is int:
        return _whole_number(info, value)
    if kind is bool:
        if not isinstance(value, bool):
            raise BadSetting(N_("This must be yes or no."))
        return value
    if kind == tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
            raise BadSetting(N_("This must be a list of words, such as JP, TW."))
        return tuple(value)
    if not isinstance(value, str):
        raise BadSetting(N_("This must be a text."))
    if len(value) > MAX_TEXT or "\0" in value:
        raise BadSetting(N_("This text is too long: %(most)s characters at most."), most=MAX_TEXT)
    if info.choices and value not in info.choices:
        raise BadSetting(N_("This must be one of: %(choices)s."), choices=", ".join(info.choices))
    return value


def _whole_number(info: SettingInfo, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadSetting(N_("This must be a whole number, such as 200."))
    if info.minimum is not None and value < info.minimum:
        raise BadSetting(N_("This must be %(least)s or more."), least=info.minimum)
    if info.maximum is not None and value > info.maximum:
        raise BadSetting(N_("This must be %(most)s or less."), most=info.maximum)
    return value
