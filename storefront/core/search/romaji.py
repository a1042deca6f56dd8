"""Kana in Latin letters, as a foreign reader would type them: まっちゃ is ``matcha``, ラーメン is ``ramen``."""

import re
import unicodedata

_ROWS = (
    "あa いi うu えe おo かka きki くku けke こko さsa しshi すsu せse そso たta ちchi つtsu てte とto なna にni ぬnu ねne のno "
    "はha ひhi ふfu へhe ほho まma みmi むmu めme もmo やya ゆyu よyo らra りri るru れre ろro わwa ゐi ゑe をo んn "
    "がga ぎgi ぐgu げge ごgo ざza じji ずzu ぜze ぞzo だda ぢji づzu でde どdo ばba びbi ぶbu べbe ぼbo ぱpa ぴpi ぷpu ぺpe ぽpo ゔvu "
    "ぁa ぃi ぅu ぇe ぉo ゃya ゅyu ょyo ゎwa ゕka ゖke"
)
_ONE = {pair[0]: pair[1:] for pair in _ROWS.split()}
_TWO_ROWS = "きky しsh ちch にny ひhy みmy りry ぎgy じj ぢj びby ぴpy"  # followed by a small や, ゆ, よ
_TWO = {
    pair[0] + small: pair[1:] + vowel
    for pair in _TWO_ROWS.split()
    for small, vowel in zip("ゃゅょ", "auo", strict=True)
}
_FOREIGN = (
    "しぇshe じぇje ちぇche てぃti でぃdi とぅtu どぅdu ふぁfa ふぃfi ふぇfe ふぉfo うぃwi うぇwe うぉwo ゔぁva ゔぃvi ゔぇve ゔぉvo "
    "つぁtsa つぇtse つぉtso てゅtyu でゅdyu くぁkwa くぉkwo いぇye"
)
_TWO |= {pair[:2]: pair[2:] for pair in _FOREIGN.split()}
# Words of katakana, and of hiragana when they are long enough to be words.
_WORDS = re.compile("[ァ-ヺー]{2,}|[ぁ-ゖー]{3,}")
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_LONG = re.compile("aa+|ii+|uu+|ee+|oo+|ou+")
# Other ways of writing the same sounds in Latin letters.
_SPELLINGS = (
    ("tty", "tch"), ("cch", "tch"), ("sy", "sh"), ("ty", "ch"), ("zy", "j"), ("jy", "j"), ("si", "shi"), ("zi", "ji"),
    ("ti", "chi"), ("tu", "tsu"), ("hu", "fu"), ("di", "ji"), ("du", "zu"), ("mb", "nb"), ("mp", "np"), ("mm", "nm"),
    ("n'", "n"), ("shh", "sh"), ("tss", "ts"),
)  # fmt: skip


def readings(text: str) -> list[str]:
    """The words of kana in ``text`` in Latin letters: with long vowels as written, and with short ones."""
    found = []
    for word in _WORDS.findall(unicodedata.normalize("NFKC", text)):
        written = _romanise(word.translate(_KATAKANA))
        found += [written, shorten(written)]
    return [reading for reading in dict.fromkeys(found) if len(reading) > 2]


def shorten(word: str) -> str:
    """Latin letters of a Japanese word with every long vowel short, as most people write it."""
    return _LONG.sub(lambda match: match[0][0], word)


def respell(word: str) -> str:
    """A Japanese word in Latin letters in the spelling of ``readings``, whatever system it was typed in."""
    for other, ours in _SPELLINGS:
        word = word.replace(other, ours)
    return shorten(word)


def _romanise(kana: str) -> str:
    out: list[str] = []
    doubled = False
    at = 0
    while at < len(kana):
        sign = kana[at]
        syllable = _TWO.get(kana[at : at + 2]) or _ONE.get(sign, "")
        at += 2 if kana[at : at + 2] in _TWO else 1
        if sign == "っ":
            doubled = True
        elif sign == "ー":
            out.append(out[-1][-1] if out and out[-1] else "")
        else:
            if doubled and syllable:
                syllable = ("t" if syllable.startswith("ch") else syllable[0]) + syllable
            out.append(syllable)
            doubled = False
    return "".join(out)
