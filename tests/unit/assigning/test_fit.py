"""Topics in Japanese and English: what is alike scores higher, and the shared words are named."""

import time

from app.assigning.definitions.fit import Topic, fits, shared

SENSOR = Topic(
    1, ("sensors",), "低消費電力ガスセンサの開発 半導体ガスセンサを用いた水素漏えい検知 low power hydrogen sensor"
)
ENZYME = Topic(2, ("bio",), "耐熱性酵素による発酵プロセス enzyme fermentation for food")
CASTING = Topic(3, ("materials",), "マグネシウム合金の鋳造 thin-walled casting of magnesium alloy")
PEOPLE = (
    Topic(11, ("sensors",), "ガスセンサ, 半導体, hydrogen detection"),
    Topic(12, ("bio",), "酵素工学、発酵"),
    Topic(13, (), "magnesium alloys, die casting"),
    Topic(14, (), ""),
)


def test_each_proposal_fits_its_own_reader_best() -> None:
    found = fits((SENSOR, ENZYME, CASTING), PEOPLE)
    assert found.points.argmax(axis=1).tolist() == [0, 1, 2]
    assert found.points.min() >= 0 and found.points.max() <= 100
    assert found.field[0].tolist() == [40, 0, 0, 0]
    assert (found.points[:, 3] == 0).all()  # of whom nothing is known fits nothing
    assert abs(found.points - found.field - found.text).max() <= 1


def test_width_and_case_make_no_difference() -> None:
    wide = Topic(11, (), "ＨＹＤＲＯＧＥＮ ｶﾞｽｾﾝｻ")
    narrow = Topic(12, (), "hydrogen ガスセンサ")
    found = fits((SENSOR, ENZYME), (wide, narrow))
    assert found.points[0, 0] == found.points[0, 1] > 0 == found.points[1, 0]


def test_the_reason_names_what_both_hold_and_no_empty_words() -> None:
    assert "hydrogen" in shared(SENSOR, PEOPLE[0]) and "半導体" in shared(SENSOR, PEOPLE[0])
    assert shared(CASTING, PEOPLE[2])[:2] == ["magnesium", "casting"]
    assert shared(Topic(1, (), "技術開発"), Topic(2, (), "研究開発, technology")) == []
    assert shared(SENSOR, PEOPLE[3]) == []


def test_a_large_round_takes_little_time() -> None:
    many = [Topic(i, ("bio",), SENSOR.text + ENZYME.text * (i % 3) + f"課題{i} topic{i}" * 5) for i in range(1130)]
    readers = [Topic(i, (), PEOPLE[i % 3].text + f", 専門{i} skill{i}") for i in range(200)]
    begin = time.process_time()
    assert fits(many, readers).points.shape == (1130, 200)
    assert time.process_time() - begin < 4
