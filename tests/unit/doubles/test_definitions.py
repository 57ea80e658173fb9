"""DOUBLE_FUNDING: alike in words *and* sharing somebody."""

from app.doubles.definitions import Description, compare, plain, plain_name, title_score

SENSOR = Description(
    ("Low-power sensor", "低消費電力センサの開発"),
    "A thin film sensor " * 10,
    frozenset({"1"}),
    frozenset({"山田太郎"}),
)


def _other(**values: object) -> Description:
    return Description(**{**SENSOR.__dict__, **values})  # type: ignore[arg-type]


def test_alike_in_words_and_with_a_common_organisation_or_person() -> None:
    both = compare(SENSOR, _other(people=frozenset()))
    assert both is not None and both.title == 100 and both.organisations == ("1",)
    by_person = compare(SENSOR, _other(organisations=frozenset({"2"})))
    assert by_person is not None and by_person.people == ("山田太郎",)


def test_alike_in_words_alone_is_nothing() -> None:
    assert compare(SENSOR, _other(organisations=frozenset({"2"}), people=frozenset({"別人"}))) is None


def test_a_common_organisation_alone_is_nothing() -> None:
    assert compare(SENSOR, _other(titles=("Fish farming in cold water", "冷水域の養殖技術"), text="Fish " * 40)) is None


def test_another_title_with_the_same_text_is_found() -> None:
    found = compare(SENSOR, _other(titles=("Something new entirely", "全く別の題名である")))
    assert found is not None and found.text == 100 and found.title < 75


def test_width_case_and_the_words_of_every_title_do_not_hide_a_double() -> None:
    assert title_score(["低消費電力センサの研究開発"], ["低消費電力ｾﾝｻの開発 2"]) > 90
    assert plain("ＡＢＣ Project 12!") == "abc" and plain_name(" 山田　太郎 ") == "山田太郎"
    assert title_score(["AI"], ["AI"]) == 0  # too short to say anything
