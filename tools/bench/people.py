"""Whom the generated orders go to: people of ten countries, their names in the script of each."""

from typing import Any, NamedTuple

from storefront.core.values.address import Address


class Land(NamedTuple):
    """``share``: of a hundred people. ``places``: postal code, region, city, street."""

    country: str
    share: int
    locale: str
    currency: str
    phone: str
    families: tuple[str, ...]
    givens: tuple[str, ...]
    places: tuple[tuple[str, str, str, str], ...]


class Person(NamedTuple):
    address: dict[str, Any]
    email: str
    name: str
    country: str
    locale: str
    currency: str


def _names(spaced: str) -> tuple[str, ...]:
    return tuple(spaced.split())


LANDS = (
    Land(
        "JP", 60, "ja", "JPY", "+8190",
        _names("佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 髙﨑 齋藤 渡邊 濵田 小鳥遊"),
        _names("花子 太郎 陽菜 蓮 さくら 結衣 大翔 葵 悠真 美咲 健一 直樹 ひなた 彩 翔太 恵子 真由美 誠 アリス 一 みなみ 拓海 凛 千尋 修"),
        (
            ("100-0001", "13", "千代田区", "千代田"), ("530-0001", "27", "大阪市北区", "梅田"),
            ("604-8005", "26", "京都市中京区", "恵比須町"), ("060-0001", "01", "札幌市中央区", "北一条西"),
            ("812-0011", "40", "福岡市博多区", "博多駅前"), ("900-0015", "47", "那覇市", "久茂地"),
            ("460-0008", "23", "名古屋市中区", "栄"), ("980-0811", "04", "仙台市青葉区", "一番町"),
        ),
    ),
    Land(
        "TW", 14, "zh-hant", "TWD", "+88691",
        _names("陳 林 黃 張 李 王 吳 劉 蔡 楊 許 鄭 謝 歐陽"), _names("怡君 志明 淑芬 家豪 雅婷 俊傑 美玲 冠宇 詩涵 建宏 佩珊"),
        (("106", "TPE", "大安區", "和平東路一段"), ("800", "KHH", "新興區", "中山一路"), ("403", "TXG", "西區", "公益路")),
    ),
    Land(
        "HK", 6, "zh-hant", "HKD", "+8529",
        ("Chan", "Wong", "Lee", "Cheung", "陳", "黃", "李"), ("Ka Yan", "Siu Ming", "Wing", "嘉欣", "志強", "詠詩"),
        (("", "Kowloon", "Mong Kok", "Nathan Road"), ("", "Hong Kong Island", "Central", "Queen's Road")),
    ),
    Land(
        "CN", 5, "zh-hans", "CNY", "+86138",
        _names("王 李 张 刘 陈 杨 赵 黄 周 吴 欧阳"), _names("伟 芳 娜 秀英 敏 静 丽 强 磊 洋 子轩"),
        (("200001", "SH", "黄浦区", "南京东路"), ("100006", "BJ", "东城区", "王府井大街"), ("510030", "GD", "广州市", "北京路")),
    ),
    Land(
        "US", 7, "en", "USD", "+1415555",
        ("Smith", "Johnson", "O'Neill", "García", "Nguyen", "Tanaka", "Miller"), ("Mary", "James", "José", "Chloë", "Linh", "Ken", "Anne-Marie"),
        (("94103", "CA", "San Francisco", "Market Street"), ("10001", "NY", "New York", "7th Avenue"), ("60601", "IL", "Chicago", "Lake Street")),
    ),
    Land(
        "KR", 3, "en", "USD", "+8210",
        _names("김 이 박 최 정"), _names("민준 서연 지우 하은 도윤"),
        (("04524", "11", "Jung-gu", "Sejong-daero"), ("48058", "26", "Haeundae-gu", "Centum")),
    ),
    Land(
        "DE", 2, "en", "USD", "+49151",
        ("Müller", "Weiß", "Jäger", "Schröder"), ("Jürgen", "Zoë", "Käthe", "Björn"),
        (("10115", "", "Berlin", "Invalidenstraße"), ("80331", "", "München", "Sendlinger Straße")),
    ),
    Land(
        "FR", 1, "en", "USD", "+336",
        ("Lefèvre", "Çelik", "D'Arc"), ("Zoé", "François", "Anaïs"), (("75001", "", "Paris", "rue de Rivoli"),),
    ),
    Land(
        "TH", 1, "en", "USD", "+6681",
        ("ใจดี", "สุขสันต์", "Wongsawat"), ("สมชาย", "มาลี", "Anong"), (("10110", "10", "Khlong Toei", "Sukhumvit Road"),),
    ),
    Land(
        "VN", 1, "en", "USD", "+8490",
        ("Nguyễn", "Trần", "Đặng"), ("Thị Hồng", "Văn Đức", "Ánh"), (("700000", "SG", "Quận 1", "Đồng Khởi"),),
    ),
)  # fmt: skip

_BY_SHARE = tuple(land for land in LANDS for _ in range(land.share))
_STEP = 37  # without a factor in common with 100: neighbours come from different countries


def person(number: int) -> Person:
    """The person with this number: always the same one. Numbers may be as many as wanted; names repeat, mails do not."""
    land = _BY_SHARE[number * _STEP % 100]
    mixed = number * 2_654_435_761 >> 7
    family = land.families[mixed % len(land.families)]
    given = land.givens[(mixed // 31) % len(land.givens)]
    postal, region, city, street = land.places[(mixed // 977) % len(land.places)]
    house = f"{mixed % 29 + 1}-{mixed % 17 + 1}"
    address = Address(
        country=land.country,
        family_name=family,
        given_name=given,
        latin_name="" if land.country == "JP" else f"Buyer {number}",
        email=f"buyer{number}@example.com",
        phone=f"{land.phone}{number % 10_000_000:07d}"[:16],
        postal_code=postal,
        region=region,
        city=city,
        line1=f"{street}{house}" if land.locale == "ja" else f"{street} {house}",
        line2=f"{mixed % 900 + 100}号室" if land.country == "JP" and mixed % 3 == 0 else "",
    )
    name = address.full_name
    return Person(address.to_json(), address.email, name, land.country, land.locale, land.currency)
