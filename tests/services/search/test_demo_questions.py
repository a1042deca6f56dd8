"""What shoppers of four languages type, and the goods of the demo catalogue they mean."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from storefront.core.catalog.models import Product
from storefront.core.catalog.searching import search_products
from storefront.core.db import session, unit_of_work, use_session_provider
from storefront.core.search.spelling import respelled
from storefront.profiles.loader import seed
from storefront.testing.databases import Database, Templates, open_database
from storefront.testing.pytest_plugin import missing_service

pytestmark = pytest.mark.req("CAT-7")

# Slug: language of the page and what is typed there.
PAIRS = {
    "morning-mist-sencha": "en:sencha en:mist,tea en:morning,mist en:TEA,BAGS en:tea,bag en:senc ja:煎茶 ja:朝もや ja:ティーバッグ "
    "ja:ﾃｨｰﾊﾞｯｸﾞ ja:てぃーばっぐ ja:ティ―バッグ ja:霧山園 zh-hans:煎茶 zh-hans:朝雾 zh-hans:茶包 zh-hans:雾山园 zh-hant:朝靄 zh-hant:朝霧 zh-hant:霧山園 "
    "en:KRY-0130-12 en:kry0130 en:4900000000016 ja:４９０００００００００１６ en:kiriyama en:tibaggu",
    "three-colour-hanami-dango": "en:dango en:hanami ja:だんご ja:ダンゴ ja:ﾀﾞﾝｺﾞ ja:花見 ja:三色 zh-hans:团子 zh-hant:糰子 ja:団子",
    "moon-viewing-monaka": "en:monaka en:walnut en:walnuts ja:もなか ja:モナカ ja:月見 ja:栗 zh-hans:核桃 zh-hant:最中餅 zh-hant:最中饼",
    "nori-wrapped-rice-crackers": "en:crackers en:cracker en:tamari ja:せんべい ja:センベイ ja:ｾﾝﾍﾞｲ ja:醤油 zh-hans:酱油 zh-hant:醬油 zh-hans:米果",
    "chestnuts-in-syrup": "en:220g en:220,g ja:渋皮煮 ja:220ｇ zh-hans:涩皮煮 zh-hant:澀皮煮 en:chestnuts,syrup",
    "baked-custard-pudding": "en:pudding en:purin ja:プリン ja:ﾌﾟﾘﾝ ja:ぷりん ja:焼きプリン zh-hans:布丁 zh-hans:焦糖 zh-hant:焦糖",
    "white-porcelain-sake-set": "en:sake,cup ja:徳利 ja:德利 ja:猪口 zh-hans:酒杯 zh-hant:清酒壺 zh-hant:清酒壶",
    "octagonal-lacquered-chopsticks": "en:chopsticks ja:八角箸 ja:箸 zh-hans:筷 zh-hant:八角筷",
    "fountain-pen-ai": "en:fountain,pen ja:万年筆 ja:萬年筆 zh-hans:钢笔 zh-hant:鋼筆 zh-hans:鋼笔",
    "night-notebook-a5": "en:notebook en:A5 ja:ノート ja:夜色ﾉｰﾄ ja:Ａ５ zh-hans:笔记本 zh-hant:筆記本",
    "suzume-detail-brush": "en:suzume ja:すずめ ja:スズメ ja:面相筆",
    "sumac-wax-candles": "en:candle ja:ろうそく zh-hans:蜡烛 zh-hant:蠟燭 ja:和ロウソク en:rosoku",
    "moonlit-night-folding-fan": "en:folding,fan ja:扇子 ja:月夜 zh-hans:红扇 zh-hant:紅扇 en:Fugetsu en:Fūgetsu",
    "bellflower-folding-umbrella": "en:umbrella ja:傘 zh-hans:折叠伞 zh-hant:摺疊傘 ja:桔梗",
    "cherry-blossom-soap": "en:80g ja:石けん zh-hans:香皂 zh-hans:樱花 zh-hant:櫻花 ja:桜",
    "glass-wind-chime-goldfish": "en:goldfish ja:風鈴 zh-hans:风铃 zh-hant:風鈴 zh-hans:金鱼 ja:金魚",
    "tin-style-robot-banto-san": "en:banto en:Bantō-san ja:ロボット ja:ろぼっと ja:番頭 zh-hans:机器人 zh-hant:機器人 en:1/12",
    "palm-sized-hina-dolls": "en:hina ja:立雛 zh-hans:立雏",
    "azuki-yokan-bars": "en:yokan en:Yōkan ja:ようかん ja:ヨウカン zh-hans:羊羹 zh-hant:羊羹",
    "honey-dorayaki": "en:dorayaki ja:どら焼き ja:ドラ焼き zh-hans:铜锣烧 zh-hant:銅鑼燒 zh-hant:铜锣烧",
    "castella-cake": "en:castella ja:カステラ ja:ｶｽﾃﾗ ja:かすてら zh-hans:长崎蛋糕 zh-hant:長崎蛋糕",
    "konpeito-in-a-jar": "en:konpeito ja:こんぺいとう ja:コンペイトウ zh-hans:金平糖",
    "charcoal-hojicha": "en:hojicha ja:ほうじ茶 zh-hans:焙茶 zh-hant:焙茶",
    "ceremony-matcha-first-snow": "en:first,snow ja:初雪 zh-hans:初雪 zh-hant:初雪",
    "bamboo-tea-whisk": "en:whisk ja:茶筅 zh-hans:茶筅 zh-hant:茶筅",
    "side-handled-teapot": "en:teapot ja:急須 ja:急须 zh-hans:茶壶 zh-hant:茶壺",
    "origami-hundred-tints": "en:origami ja:おりがみ ja:オリガミ zh-hans:折纸 zh-hant:摺紙",
    "glass-dip-pen": "en:dip,pen ja:ガラスペン ja:がらすぺん zh-hans:蘸水笔 zh-hant:蘸水筆",
    "yuzu-hand-cream": "en:hand,cream ja:ハンドクリーム zh-hans:护手霜 zh-hant:護手霜",
    "boxwood-comb": "en:comb ja:櫛 zh-hans:木梳 zh-hant:木梳",
    "wish-daruma": "en:daruma ja:だるま ja:ダルマ zh-hans:达摩 zh-hant:達摩",
    "beckoning-cat": "en:beckoning ja:招き猫 zh-hans:招财猫 zh-hant:招財貓",
    "cherry-wood-kendama": "en:kendama ja:けん玉 ja:ケン玉 zh-hans:剑玉 zh-hant:劍玉",
    "clay-pot-for-two": "en:clay,pot ja:土鍋 zh-hans:土锅 zh-hant:土鍋",
    "furoshiki-waves": "en:furoshiki ja:風呂敷 zh-hans:包袱布 zh-hant:包巾",
    "three-virtues-knife": "en:knife ja:包丁 zh-hans:三德刀 zh-hant:三德刀",
    "iron-kettle": "en:kettle ja:鉄瓶 ja:鐵瓶 zh-hans:铁壶 zh-hant:鐵壺",
}
# Typed wrong: close enough to be found, or to be asked "Did you mean …?".
TYPOS = {
    "morning-mist-sencha": "en:senhca en:sencah en:morninng,mist ja:ティバッグ ja:テイーバッグ ja:てぃばっぐ",
    "octagonal-lacquered-chopsticks": "en:chopstiks en:lacqured",
    "sumac-wax-candles": "en:candels ja:ロウソーク",
    "baked-custard-pudding": "en:puding ja:プリーン",
    "tin-style-robot-banto-san": "ja:ロボト en:roobt",
    "night-notebook-a5": "ja:ノト",
    "bellflower-folding-umbrella": "en:umbrela en:belflower",
    "glass-wind-chime-goldfish": "en:godlfish",
    "castella-cake": "en:castela ja:カステーラ",
    "cherry-wood-kendama": "en:kendma",
    "furoshiki-waves": "en:furoshki",
}


def listed(pairs: dict[str, str]) -> list[tuple[str, str, str]]:
    found = []
    for slug, texts in pairs.items():
        for text in texts.split():
            lang, _, question = text.partition(":")
            found.append((lang, question.replace(",", " "), slug))
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(
    request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The demo catalogue, loaded once for all questions."""
    if request.param == "postgresql" and templates.server is None:
        missing_service("PostgreSQL")
    url = templates.new_url(request.param)
    with open_database(request.param, url) as database:
        with unit_of_work():
            seed("mart", tmp_path_factory.mktemp("media"))
        yield database
    templates.drop(url)


@pytest.fixture
def slugs_for(demo: Database) -> Iterator[Callable[[str, str], list[str]]]:
    use_session_provider(demo.sessions)
    slugs = dict(session.execute(select(Product.id, Product.slug)).all())
    yield lambda question, lang: [slugs[id_] for id_ in search_products(question, lang, limit=24).ids]
    session.rollback()


def test_there_are_enough_questions_of_every_language() -> None:
    pairs = listed(PAIRS)
    assert len(pairs) >= 180
    assert {lang for lang, _, _ in pairs} == {"en", "ja", "zh-hans", "zh-hant"}


@pytest.mark.parametrize(("lang", "question", "slug"), listed(PAIRS))
def test_what_was_meant_is_among_the_first_three(
    slugs_for: Callable[[str, str], list[str]], lang: str, question: str, slug: str
) -> None:
    assert slug in slugs_for(question, lang)[:3]


@pytest.mark.parametrize(("lang", "question", "slug"), listed(TYPOS))
def test_a_slip_is_found_or_put_right(
    slugs_for: Callable[[str, str], list[str]], lang: str, question: str, slug: str
) -> None:
    assert slug in slugs_for(question, lang)[:3] or slug in slugs_for(respelled(question), lang)[:3]


def test_the_title_of_the_page_counts_first(slugs_for: Callable[[str, str], list[str]]) -> None:
    """ "rice" stands in many summaries; in the titles of these."""
    rice = slugs_for("rice", "en")
    assert rice[0] == "rice-bran-lotion" and rice[1] == "nori-wrapped-rice-crackers" and len(rice) > 3
    assert slugs_for("桜", "ja")[0] == "cherry-blossom-soap"


def test_other_words_of_the_owner_find_the_same(demo: Database) -> None:
    use_session_provider(demo.sessions)
    groups = (("monster", "恐竜", "dinosaur"), ("green leaf", "煎茶"), ("hot", "tea"))
    slugs = dict(session.execute(select(Product.id, Product.slug)).all())
    meant = {
        "monster": "soft-vinyl-dinosaur-wakakusa",
        "Green  LEAF": "morning-mist-sencha",
        "morning hot": "morning-mist-sencha",
    }
    for question, slug in meant.items():
        assert slug not in [slugs[id_] for id_ in search_products(question, "en", limit=5).ids], question
        assert slug in [slugs[id_] for id_ in search_products(question, "en", limit=5, synonyms=groups).ids], question
    session.rollback()
