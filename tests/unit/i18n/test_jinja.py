import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, select_autoescape

from storefront.core.i18n.jinja import install
from storefront.core.i18n.translate import use_language

TEMPLATES = {
    "cart/page.html": "{{ _('Save') }}{% include 'points/_part.html' %}{{ _('Save') }}",
    "points/_part.html": "[{{ _('Save') }} {{ gettext('Cart') }} {{ ngettext('%(num)s point', '%(num)s points', 2) }}]",
    "points/macros.html": "{% macro save() %}{{ _('Save') }}{% endmacro %}",
    "cart/imports.html": "{% import 'points/macros.html' as m %}{{ m.save() }}{{ _('Save') }}",
    "base.html": "{{ _('Cart') }}:{% block body %}{% endblock %}",
    "points/page.html": "{% extends 'base.html' %}{% block body %}{{ _('Save') }}{% endblock %}",
    "messages/page.html": "{{ _('Save') }}",
    "cart/escape.html": "{{ _('<b>%(name)s</b> was added', name=name) }}",
    "cart/broken.html": "{{ _('Bye, %(name)s', name=name) }}",
    "cart/count.html": "{{ ngettext('%(num)s of %(name)s', '%(num)s of %(name)s', 2, name=name) }}",
    "cart/context.html": "{{ pgettext('verb', 'Order') }} {{ npgettext('volumes', '%(num)s piece', '%(num)s pieces', n) }}",
    "mail/text.txt": "{{ _('<b>%(name)s</b> was added', name=name) }}",
    "cart/percent.html": "{{ _('100% cotton') }}",
}
EVIL = "<script>&\"'"
ESCAPED = "&lt;script&gt;&amp;&#34;&#39;"


@pytest.fixture
def render(domains):
    env = Environment(loader=DictLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined)
    install(env)

    def render_in(lang, template, /, **context):
        with use_language(lang):
            return env.get_template(template).render(**context)

    return render_in


def test_each_template_speaks_from_the_catalogue_of_its_own_folder(render):
    assert render("ja", "cart/page.html") == "保存[ためる カート 2ポイント]保存"


def test_an_imported_macro_speaks_from_the_folder_it_is_written_in(render):
    assert render("ja", "cart/imports.html") == "ためる保存"


def test_a_plugin_page_on_the_cores_frame_finds_the_texts_of_both(render):
    assert render("ja", "points/page.html") == "カート:ためる"


def test_a_folder_with_the_cores_domain_name_is_the_core(render):
    assert render("ja", "messages/page.html") == "保存"


def test_the_language_is_that_of_the_moment_although_templates_are_cached(render):
    assert render("en", "points/page.html") == "Cart:Save"
    assert render("ja", "points/page.html") == "カート:ためる"


@pytest.mark.parametrize(("lang", "after"), [("en", " was added"), ("ja", "を追加しました")])
def test_parameters_are_escaped_and_the_markup_of_the_message_is_not(render, lang, after):
    assert render(lang, "cart/escape.html", name=EVIL) == f"<b>{ESCAPED}</b>{after}"


def test_parameters_are_escaped_when_a_broken_translation_falls_back(render):
    assert render("ja", "cart/broken.html", name=EVIL) == f"Bye, {ESCAPED}"


def test_parameters_of_a_counted_message_are_escaped(render):
    assert render("ja", "cart/count.html", name=EVIL) == f"2 of {ESCAPED}"


def test_a_text_mail_is_not_escaped(render):
    assert render("en", "mail/text.txt", name="A & B") == "<b>A & B</b> was added"


def test_contexts_work_in_templates(render):
    assert render("ja", "cart/context.html", n=2) == "注文する 2冊"
    assert render("en", "cart/context.html", n=1) == "Order 1 piece"


def test_a_percent_sign_survives(render):
    assert render("ja", "cart/percent.html") == "綿100%"


def test_a_template_without_a_name_uses_the_core(domains):
    env = Environment(autoescape=True)
    install(env)
    with use_language("ja"):
        assert env.from_string("{{ _('Save') }}").render() == "保存"
