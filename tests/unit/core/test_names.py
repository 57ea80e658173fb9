"""Names compared: what must be found, and what must not (CON-14)."""

import pytest

from app.core.names import employer_domain, near, organisation_name, person_name, same_person


def _same_organisation(one: str, other: str) -> bool:
    return bool(organisation_name(one).exact & organisation_name(other).exact)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("㈱高橋製作所", "株式会社髙橋製作所"),
        ("髙橋製作所(株)", "高橋製作所 株式会社"),
        ("ｻｸﾗ電機(株)", "サクラ電機株式会社"),
        ("コンピュータサービス", "コンピューターサービス有限会社"),
        ("有限会社関ヶ原工業", "㈲関ケ原工業"),
        ("国立大学法人 合成大学", "合成大学"),
        ("学校法人合成學園", "合成学園"),
        ("The Sakura Works Co., Ltd.", "SAKURA WORKS"),
        ("Smith & Sons, Inc.", "Smith and Sons"),
    ],
)
def test_one_organisation_written_in_two_ways(one: str, other: str) -> None:
    assert _same_organisation(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第一電子工業", "第二電子工業"),
        ("合成工業1号", "合成工業2号"),
        ("長野県工業技術総合センター", "長崎県工業技術総合センター"),
        ("東京大学", "東京工業大学"),
        ("高橋製作所", "高田製作所"),
        ("National Institute of Technology, Nara College", "National Institute of Technology, Oita College"),
        ("株式会社", "有限会社"),
    ],
)
def test_two_organisations_with_similar_names(one: str, other: str) -> None:
    assert not _same_organisation(one, other)
    assert not any(near(a, b) for a in organisation_name(one).exact for b in organisation_name(other).exact)


def test_a_slip_of_the_pen_is_near_and_no_more() -> None:
    first, second = (
        organisation_name("Synthetic Sensor Systems").exact,
        organisation_name("Synthetic Sensor System").exact,
    )
    assert not first & second and any(near(a, b) for a in first for b in second)
    first, second = (
        organisation_name("合成電子計測器せいさくしょ").exact,
        organisation_name("合成電子計測器せいさくじょ").exact,
    )
    assert not first & second and any(near(a, b) for a in first for b in second)


def test_a_kana_name_and_its_latin_form_sound_the_same() -> None:
    assert organisation_name("サクラ").sound == organisation_name("Sakura").sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("渡邊 一郎", "渡辺一郎"),
        ("齋藤 弘", "斎藤弘"),
        ("佐々木 孝", "佐佐木孝"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ たろう"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "Yamada Taro"),
        ("Ohno Taro", "Tarō Ōno"),
        ("Oono Taro", "ONO, Tarou"),
        ("オオノ タロウ", "Ohno Taro"),
        ("Sibata Zyuniti", "Shibata Jun'ichi"),
        ("シヨウイチ オオタ", "Ota Shoichi"),
        ("ムラタ キヨシ", "Kiyoshi Murata"),
        ("T. Yamada", "Yamada Taro"),
        ("Yamada T", "T. Yamada"),
        ("キッコウ サチ", "Sachi Kikko"),
    ],
)
def test_one_person_written_in_two_ways(one: str, other: str) -> None:
    assert same_person(person_name(one), person_name(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山田 太郎", "山田 次郎"),
        ("Tanaka Hiroko", "Tanaka Hiroto"),
        ("Yamada Taro", "Yamada Jiro"),
        ("T. Yamada", "Yamada Jiro"),
        ("T. Yamada", "T. Tanaka"),
        ("ヤマダ ハナ", "やまだ はる"),
        ("", "山田"),
    ],
)
def test_two_people_with_similar_names(one: str, other: str) -> None:
    assert not same_person(person_name(one), person_name(other))


def test_kanji_decide_where_both_are_known_whatever_the_reading() -> None:
    assert not same_person(person_name("山田太郎", "ヤマダ タロウ"), person_name("山田多朗", "ヤマダ タロウ"))
    assert same_person(person_name("大野太郎", "オオノ タロウ"), person_name("Ohno, Taro"))


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@lab.gear-works.co.jp", "gear-works.co.jp"),
        ("a@gear-works.com", "gear-works.com"),
        ("a@gmail.com", ""),
        ("a@docomo.ne.jp", ""),
        ("a@yahoo.co.jp", ""),
        ("a@firm.test", ""),
        ("a@x.example.com", ""),
    ],
)
def test_only_an_employers_domain_tells(address: str, domain: str) -> None:
    assert employer_domain(address) == domain
