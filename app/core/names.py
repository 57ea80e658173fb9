"""Names of people and organisations made comparable: width, case, kana, old kanji, legal forms, romanisation.

Everything here is pure. What is equal after folding is taken for the same name; what is only ``near`` is a suspicion
that a person has to look at. A kanji replaced by another, and another number, make another name.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

NEAR = 90  # [own] of 100: two organisations' names that are this alike differ by a slip of the pen
SLIPS = 2  # [own] letters that such a slip changes at most
SHORTEST = 4  # letters; shorter names are alike by chance
#: Old and variant forms of characters that are common in names, each with the form that it is compared by.
OLD_KANJI = {
    pair[0]: pair[1]
    for pair in (
        "髙高 﨑崎 嵜崎 碕崎 邉辺 邊辺 齋斎 齊斉 澤沢 濱浜 濵浜 德徳 廣広 國国 圀国 學学 會会 縣県 應応 櫻桜 瀧滝 "
        "龍竜 嶋島 嶌島 槇槙 眞真 惠恵 壽寿 榮栄 條条 顯顕 靜静 黑黒 圓円 實実 藏蔵 總総 產産 鐵鉄 鑛鉱 氣気 發発 "
        "變変 樂楽 藥薬 醫医 團団 體体 臺台 檜桧 萬万 與与 爲為 豐豊 增増 橫横 淸清 冨富 峯峰 𠮷吉 渕淵 渊淵 舘館 "
        "曾曽 栁柳 凜凛 峽峡 劍剣 劒剣 戶戸 礒磯 籠篭 莊荘 藪薮 濟済 經経 營営 聯連 關関 灣湾 鹽塩 賴頼 龜亀 佛仏 "
        "彌弥 彥彦 穗穂 繩縄 緖緒 嚴厳 禮礼 讓譲 釋釈 譽誉 鄕郷 假仮 驛駅 鷗鴎 檢検 驗験 轉転 鑄鋳 壹一 貳二 參三 "
        "單単 圖図 將将 專専 對対 拂払 擴拡 數数 晝昼 𣘺橋 權権 歐欧 歸帰 殘残 滿満 潛潜 澁渋 燒焼 獨独 畫画 當当 "
        "眾衆 碎砕 祿禄 稻稲 竊窃 纖繊 缺欠 聲声 肅粛 腦脳 舊旧 藝芸 處処 號号 覺覚 觀観 證証 讀読 賣売 輕軽 釀醸 "
        "錢銭 鑒鑑 隱隠 雜雑 靈霊 餘余 騷騒 鷄鶏 麥麦 默黙 點点 齒歯 "
    ).split()
}
_OLD = str.maketrans(OLD_KANJI)
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_KANJI = re.compile(r"[㐀-鿿豈-﫿々〆\U00020000-\U0003ffff]")
_KANA = re.compile(r"[ぁ-ゖー]+")
_DIGIT = re.compile(r"\d")
_LATIN_MARKS = re.compile(r"[̀-ͯ]")
#: Folded as the names are (width, case, kana), the longest first.
_LEGAL_JA = sorted(
    """株式会社 有限会社 合同会社 合資会社 合名会社 相互会社 一般社団法人 一般財団法人 公益社団法人 公益財団法人
    特例民法法人 社団法人 財団法人 国立大学法人 公立大学法人 学校法人 独立行政法人 地方独立行政法人 国立研究開発法人
    大学共同利用機関法人 特定非営利活動法人 npo法人 医療法人 社会福祉法人 特殊法人 認可法人 宗教法人 (株) (有) (合)
    (同) (資) (名) (社) (財) (一社) (一財) (公社) (公財) (学) (独) (地独) (国研) (大) (医) (福) (特非) (相)""".split(),
    key=len,
    reverse=True,
)
_LEGAL_EN = (
    r"company limited|co ltd|coltd|co|ltd|limited|inc|incorporated|corp|corporation|company|k k|kk|y k|g k|llc|llp|plc|gmbh"
    r"|kabushiki kaisha|kabushiki gaisha|yugen kaisha|godo kaisha|national university corporation"
    r"|public university corporation|(general |public interest )?incorporated (association|foundation)"
    r"|incorporated administrative agency|incorporated educational institution"
)
_LAST_EN = re.compile(rf"(?<=\w) ({_LEGAL_EN})$")
_FIRST_EN = re.compile(rf"^(the|{_LEGAL_EN}) (?=\w)")


def plain(name: str) -> str:
    """A name in one width and case, without spaces: the same letters, nothing interpreted."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def fold(name: str) -> str:
    """One width and case, hiragana, today's forms of kanji, 々 written out; spaces and small kana are kept."""
    text = unicodedata.normalize("NFKC", name.translate(_OLD)).translate(_OLD).casefold()
    return re.sub(r"(.)々", r"\1\1", text.translate(_HIRAGANA))


@dataclass(frozen=True)
class OrganisationName:
    """The forms by which an organisation is compared: ``exact`` ones, and ``sound`` (romanised kana, Latin letters)."""

    exact: frozenset[str]
    sound: frozenset[str]


@lru_cache(maxsize=65_536)
def organisation_name(*names: str) -> OrganisationName:
    """The forms of an organisation's names in any language, without legal form; names of one letter have none."""
    exact, sound = set(), set()
    for name in names:
        letters = re.sub(r"[\W_]+", "", _core(name))
        if len(letters) < 2:
            continue
        exact.add(letters.translate(_SMALL).replace("ー", ""))
        if _KANA.fullmatch(letters) or letters.isascii():
            sound.add(romaji(letters))
    return OrganisationName(frozenset(exact), frozenset(sound))


def _core(name: str) -> str:
    """A folded name without its legal form, unless nothing else is left."""
    text = _without_accents(fold(name))
    if not text.isascii():
        shorter = text
        for form in _LEGAL_JA:
            shorter = shorter.replace(form, " ")
        return shorter if shorter.strip() else text
    text = re.sub(r"[.'’]", "", text.replace("&", " and "))
    text = re.sub(r"[\W_]+", " ", text).strip()
    while (shorter := _FIRST_EN.sub("", _LAST_EN.sub("", text))) != text:
        text = shorter
    return text


def near(one: str, other: str) -> bool:
    """Do two folded names differ by a slip only? Not by a kanji replaced by another, nor by a number."""
    if one == other or min(len(one), len(other)) < SHORTEST or not fuzz.ratio(one, other, score_cutoff=NEAR):
        return False
    if digits_of(one) != digits_of(other):
        return False
    steps = Levenshtein.editops(one, other)
    return len(steps) <= SLIPS and not any(
        step.tag == "replace" and _KANJI.match(one[step.src_pos]) and _KANJI.match(other[step.dest_pos])
        for step in steps
    )


def digits_of(text: str) -> str:
    return "".join(_DIGIT.findall(text))


# --- people -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonName:
    """The forms by which a person is compared: with kanji, written out in Latin letters, and with initials.

    ``short`` tells that only initials of a part are known, so that ``initials`` are all there is to compare.
    """

    kanji: frozenset[str]
    latin: frozenset[str]
    initials: frozenset[str]
    short: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """Everything under which this person may be found; ``same_person`` then says."""
        return self.kanji | self.latin | self.initials


NOBODY = PersonName(frozenset(), frozenset(), frozenset())


@lru_cache(maxsize=131_072)
def person_name(*forms: str) -> PersonName:
    """All forms of one person's name (as written, kana reading, romanised) as one; the order of the parts is free."""
    kanji, latin, initials, short = set(), set(), set(), []
    for form in forms:
        text = fold(form)
        if _KANJI.search(text):
            letters = re.sub(r"[\W_]+", "", text).replace("斎", "斉")  # people themselves write either
            if len(letters) > 1:
                kanji.add(letters)
            continue
        words = [part for part in re.split(r"[\s,.・･/]+", _without_accents(text)) if part]
        for parts in (list(map(romaji, words)), [romaji(_contracted(word)) for word in words]):
            if sum(map(len, parts)) < 3 or len(parts) > 5 or not all(parts):
                continue
            whole = [part for part in parts if len(part) > 1]
            short.append(len(whole) < len(parts))
            if not short[-1]:
                latin |= {"".join(order) for order in permutations(parts)} if len(parts) < 4 else {"".join(parts)}
            if len(parts) > 1:
                initials |= {_initials(family, parts) for family in whole}
    return PersonName(frozenset(kanji), frozenset(latin), frozenset(initials), bool(short) and all(short))


def _contracted(word: str) -> str:
    """Kana as it is meant where small letters are written big: シヨウ is Shō (キヨシ has both readings then)."""
    return re.sub(r"(?<=[きしちにひみりぎじびぴ])[やゆよ]", lambda found: chr(ord(found[0]) - 1), word)


def _initials(family: str, parts: list[str]) -> str:
    others = list(parts)
    others.remove(family)
    return family + "|" + "".join(sorted(part[0] for part in others))


def same_person(one: PersonName, other: PersonName) -> bool:
    """May the two be the same person? Kanji decide where both are known; Latin letters, and initials, otherwise."""
    if one.kanji and other.kanji:
        return bool(one.kanji & other.kanji)
    if one.latin & other.latin:
        return True
    return (one.short or other.short) and bool(one.initials & other.initials)


# --- romanisation -----------------------------------------------------------------------------------------------------

_KANA_ROWS = (
    "あ a い i う u え e お o か ka き ki く ku け ke こ ko が ga ぎ gi ぐ gu げ ge ご go さ sa し shi す su せ se そ so "
    "ざ za じ ji ず zu ぜ ze ぞ zo た ta ち chi つ tsu て te と to だ da ぢ ji づ zu で de ど do な na に ni ぬ nu ね ne の no "
    "は ha ひ hi ふ fu へ he ほ ho ば ba び bi ぶ bu べ be ぼ bo ぱ pa ぴ pi ぷ pu ぺ pe ぽ po ま ma み mi む mu め me も mo "
    "や ya ゆ yu よ yo ら ra り ri る ru れ re ろ ro わ wa ゐ i ゑ e を o ん n ゔ vu ゎ wa ゕ ka ゖ ke"
).split()
_SYLLABLES = dict(zip(_KANA_ROWS[::2], _KANA_ROWS[1::2], strict=True))
_GLIDES = dict(zip("ゃゅょ", "auo", strict=True))
_VOWELS = dict(zip("ぁぃぅぇぉ", "aiueo", strict=True))
#: Kunrei and other spellings, to Hepburn's.
_SPELLINGS = tuple(
    (re.compile(pattern), latin)
    for pattern, latin in (
        (r"sy(?=[auo])", "sh"),
        (r"[tc]y(?=[auo])", "ch"),
        (r"[zjd]y(?=[auo])", "j"),
        (r"si", "shi"),
        (r"ti", "chi"),
        (r"tu", "tsu"),
        (r"(?<![cs])hu", "fu"),
        (r"d?zi|di", "ji"),
        (r"d?zu|du", "zu"),
        (r"wo", "o"),
        (r"tch", "cch"),
        (r"m(?=[bmp])", "n"),
        (r"l", "r"),
        (r"oh(?![aiueo])", "o"),
        (r"o[ou]+", "o"),
        (r"([aiue])\1+", r"\1"),
    )
)


@lru_cache(maxsize=131_072)
def romaji(text: str) -> str:
    """A word in kana or Latin letters as coarse Hepburn: long vowels short, Kunrei and Hepburn alike (Ohno, Ōno, Oono)."""
    if _KANA.search(text):
        text = _from_kana(text)
    text = re.sub(r"[^a-z0-9]", "", _without_accents(text.casefold()))
    for pattern, latin in _SPELLINGS:
        text = pattern.sub(latin, text)
    return text


def _from_kana(text: str) -> str:
    latin, double = "", False
    for letter in text:
        if letter == "っ":
            double = True
            continue
        if letter in _GLIDES:
            latin = latin[:-1] + ("" if latin.endswith(("shi", "chi", "ji")) else "y") + _GLIDES[letter]
        elif letter in _VOWELS:
            latin = (latin[:-1] if latin[-1:] in "aiueo" else latin) + _VOWELS[letter]
        elif letter != "ー":
            found = _SYLLABLES.get(letter, letter)
            latin += found[0] + found if double and found[0] not in "aiueo" else found
        double = False
    return latin


def _without_accents(text: str) -> str:
    """Latin letters without their marks; marks of kana are part of the letter and stay."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", unicodedata.normalize("NFD", text)))


# --- addresses --------------------------------------------------------------------------------------------------------

#: Providers whose address says nothing of an employer [own]; names reserved for examples say as little.
PUBLIC_PROVIDERS = frozenset(
    """gmail.com googlemail.com yahoo.co.jp yahoo.com ymail.ne.jp outlook.com outlook.jp hotmail.com hotmail.co.jp live.jp
    live.com msn.com icloud.com me.com mac.com aol.com aol.jp proton.me protonmail.com gmx.com mail.com excite.co.jp
    nifty.com nifty.ne.jp biglobe.ne.jp so-net.ne.jp ocn.ne.jp plala.or.jp asahi-net.or.jp dion.ne.jp au.com ezweb.ne.jp
    docomo.ne.jp softbank.ne.jp i.softbank.jp ybb.ne.jp vodafone.ne.jp goo.jp infoseek.jp rakuten.jp rakuten.ne.jp
    jcom.home.ne.jp eonet.ne.jp wakwak.com hi-ho.ne.jp kcn.ne.jp""".split()
)
_RESERVED = ("example", "test", "invalid", "localhost")
_SECOND_LEVEL = frozenset("ac ad co ed go gr lg ne or com net org gov edu".split())


def employer_domain(email: str) -> str:
    """The registered domain of an address that tells of an employer; empty for public providers and made-up ones."""
    host = email.rpartition("@")[2].casefold().rstrip(".")
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _RESERVED or "example" in labels[-3:-1]:
        return ""
    size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    domain = ".".join(labels[-size:])
    return "" if host in PUBLIC_PROVIDERS or domain in PUBLIC_PROVIDERS else domain
