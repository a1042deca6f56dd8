"""The settings of a plugin as a form, made of what the plugin declares."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from storefront.admin.registry import Registered
from storefront.core.contracts.manage import BadValue, Field, FormSpec, Kind, ManagePage, Section
from storefront.core.contracts.plugin_settings import BadSetting, PluginSettings
from storefront.core.i18n.translate import N_
from storefront.core.i18n.translate import gettext as _
from storefront.core.settings.snapshot import PluginConfig, ShopSnapshot, load_snapshot, read_version
from storefront.plugin_host import service
from storefront.plugin_host.host import PluginHost
from storefront.plugin_host.settings import Key, keys_of, plain_value, variable_of

SETTINGS_KEY = "settings"


def settings_page(host: PluginHost, shop: ShopSnapshot, name: str) -> Registered | None:
    """The page of an installed plugin that runs and has settings, enabled or not; else ``None``."""
    declaration = host.declaration(name)
    if declaration is None:
        return None
    plugin = host.get(name)
    spec = ManagePage(
        key=SETTINGS_KEY,
        title=plugin.meta.title if plugin.meta else name,
        view="plugins.view",
        edit="plugins.edit",
        intro=declaration.intro,
        form=_form(host, name, declaration, shop.plugins.get(name, PluginConfig()).settings),
        menu=False,
    )
    return Registered(spec, name, f"/manage/plugins/{name}/{SETTINGS_KEY}")


def _form(host: PluginHost, name: str, declaration: PluginSettings, stored: Mapping[str, Any]) -> FormSpec:
    keys = tuple(key for key in keys_of(declaration) if not key.info.own_page)
    given = {key.name: text for key in keys if (text := host.overrides(name).get(key.name)) is not None}
    defaults = declaration.values()
    # What the environment sets is shown, and changed there alone; of a text in several languages, all of it.
    fixed = {key.field: variable_of(name, key.name) for key in keys if key.name in given}
    fields: dict[str, Field] = {}
    for key in keys:
        field = _field(key, getattr(defaults, key.field), stored)
        if key.field in fixed:
            field = replace(
                field, fixed=True, note=_("Set by the environment: %(variable)s.", variable=fixed[key.field])
            )
        fields.setdefault(key.field, field)

    def load(_row_id: str) -> Mapping[str, Any]:
        config = load_snapshot(read_version()).plugins.get(name, PluginConfig())
        shown = {key.name: _plain(key, given[key.name]) for key in keys if key.name in given and not key.info.secret}
        return _values(keys, {**config.settings, **shown})

    def save(_row_id: str | None, values: Mapping[str, Any], actor: str) -> str:
        config = load_snapshot(read_version()).plugins.get(name, PluginConfig())
        changes = {key.name: _raw(key, values[key.field]) for key in keys if key.field not in fixed}
        # An empty secret field means "as it is", not "none".
        changes = {n: v for n, v in changes.items() if not (v is None and _is_secret(keys, n))}
        same = _values(keys, config.settings)
        service.set_settings(host, name, {n: v for n, v in changes.items() if v != _raw_of(keys, n, same)}, actor)
        return ""

    return FormSpec(sections=(Section("", tuple(fields.values())),), load=load, save=save, single=True)


def _plain(key: Key, text: str) -> Any:
    """What the environment sets, as it would be stored; as it stands where it cannot be used."""
    try:
        return plain_value(key, text)
    except BadSetting:
        return text


def _is_secret(keys: tuple[Key, ...], name: str) -> bool:
    return any(key.name == name and key.info.secret for key in keys)


def _raw_of(keys: tuple[Key, ...], name: str, values: Mapping[str, Any]) -> Any:
    key = next(key for key in keys if key.name == name)
    return _raw(key, values[key.field])


def _field(key: Key, default: Any, stored: Mapping[str, Any]) -> Field:
    info = key.info
    notes = (_("Needed before the plugin can be switched on.") if info.required else "", _note(key, default, stored))
    options: dict[str, Any] = {
        "help": info.help,
        "note": " ".join(text for text in notes if text),
        "needed": info.required,
    }
    if info.per_language:
        return Field(key.field, info.label, Kind.LINES, per_language=True, **options)
    if info.parse is not None:
        return Field(key.field, info.label, Kind.LINES, check=_json, max_length=20_000, **options)
    if info.secret:
        return Field(key.field, info.label, Kind.SECRET, **options)
    if info.choices:
        return Field(key.field, info.label, Kind.CHOICE, choices={c: c for c in info.choices}, **options)
    if key.kind is bool:
        return Field(key.field, info.label, Kind.YES, help=info.help)
    if key.kind is int:
        lowest = -(2**31) + 1 if info.minimum is None else info.minimum
        return Field(key.field, info.label, Kind.NUMBER, minimum=lowest, maximum=info.maximum, **options)
    return Field(key.field, info.label, max_length=20_000, **options)


def _note(key: Key, default: Any, stored: Mapping[str, Any]) -> str:
    if key.info.secret:
        return _("A value is stored. It is not shown; a new one replaces it.") if key.name in stored else ""
    if key.info.per_language or key.kind is bool or default in ("", (), None):
        return ""
    shown = json.dumps(default, default=str, ensure_ascii=False) if key.info.parse is not None else default
    return _("Empty: %(default)s.", default=", ".join(shown) if isinstance(shown, tuple) else shown)


def _json(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        raise BadValue(N_("This must be written as JSON.")) from None


def _values(keys: tuple[Key, ...], stored: Mapping[str, Any]) -> dict[str, Any]:
    """The stored settings by field, as the form holds them: "" or ``None`` while the default holds; secrets never."""
    values: dict[str, Any] = {}
    for key in keys:
        value = stored.get(key.name)
        if key.lang:
            values.setdefault(key.field, {})[key.lang] = value or ""
        elif key.info.secret:
            values[key.field] = ""
        elif key.info.parse is not None:
            values[key.field] = "" if value is None else json.dumps(value, ensure_ascii=False, indent=1)
        elif key.kind is bool:
            values[key.field] = bool(value)
        elif key.kind is int:
            values[key.field] = value
        elif isinstance(value, list | tuple):
            values[key.field] = ", ".join(value)
        else:
            values[key.field] = value or ""
    return values


def _raw(key: Key, value: Any) -> Any:
    """What ``set_settings`` is given: ``None`` for the default."""
    if key.lang:
        value = (value or {}).get(key.lang)
    if value in ("", None):
        return None
    if key.info.parse is not None and isinstance(value, str):
        return json.loads(value)
    return value
