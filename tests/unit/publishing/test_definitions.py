"""Small cells, pseudonyms, the script's own estimators, questions as data: without a database."""

import io
import json
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from app.analytics.definitions import Commercialization, Count, Verdict, parse_reference
from app.analytics.definitions.questions import Participation
from app.analytics.estimators import wilson
from app.calls.choices import Programme
from app.core.fiscal import fiscal_year
from app.publishing.definitions import bundles, datasets, questions, recompute, suppression, telling, workbooks

Y, N, U = Verdict.yes, Verdict.no, Verdict.unknown
E2 = Commercialization("E2", Programme.consortium_rd, 2000, 2010, date(2012, 3, 31), date(2012, 6, 1), 1, 1)
PR2 = Participation("PR-2", None, "adopted", 2000, 2004, parse_reference("adoption"))


@pytest.mark.parametrize("question", [E2, PR2, Participation("PR-8", None, "adopted", 2000, 2004, parse_reference("ever:2004-04-01"), "l")])  # fmt: skip
def test_a_question_survives_being_plain_data(question: Any) -> None:
    assert questions.question_of(json.loads(json.dumps(questions.as_data(question)))) == question


def test_what_is_one_subject_and_what_is_one_rule() -> None:
    from dataclasses import replace

    later = replace(E2, known_at=date(2013, 1, 1))
    wider = replace(E2, programme=None, first_year=1990)
    assert questions.subject_of(E2) == questions.subject_of(later) != questions.subject_of(wider)
    assert questions.rule_of(E2) == questions.rule_of(wider) != questions.rule_of(replace(E2, lag=3))


@pytest.mark.parametrize(
    ("count", "refused"),
    [
        (Count(3, 0, 3), False), (Count(2, 0, 9), True), (Count(9, 0, 2), True), (Count(9, 2, 9), True),
        (Count(9, 3, 0), False), (Count(0, 0, 9), True), (Count(0, 0, 0), True),
    ],
)  # fmt: skip
def test_small_cells(count: Count, refused: bool) -> None:
    """CR-14."""
    assert bool(suppression.small_cell(count)) is refused


def test_differencing_tells_only_of_what_lies_inside() -> None:
    small = {f"p{n}": Y if n % 2 else N for n in range(8)}
    assert suppression.parts_tell(small, {**small, "x": Y}) and suppression.parts_tell({**small, "x": N}, small)
    six = {f"x{n}": Y if n % 2 else N for n in range(6)}
    assert not suppression.parts_tell(small, {**small, **six})
    assert not suppression.parts_tell(small, {**{k: v for k, v in small.items() if k != "p1"}, "x": Y})
    assert not suppression.parts_tell(small, dict(small))


def test_a_withheld_year_cannot_be_told_from_the_total() -> None:
    rows = suppression.cohort_rows([[2003, 1, 0, 5], [2004, 4, 0, 4], [2005, 8, 0, 9]])
    assert [count is None for _year, count in rows] == [True, True, False]


def test_the_scripts_curve_is_the_test_vector() -> None:
    """CR-5."""
    told = "1E 1X 2E 2c 3E 3X 4c 5E 5c 5c".split()
    ends = {"E": "event", "X": "competing", "c": "censored"}
    points = recompute.curve([(0, int(text[0]), ends[text[1]]) for text in told])
    assert [round(p["cif"], 6) for p in points[1:]] == [0.1, 0.2, 0.316667, 0.316667, 0.472222]
    assert round(points[5]["cif_competing"], 6) == 0.216667 and round(points[5]["survival"], 6) == 0.311111
    assert points[5]["km_naive"] == pytest.approx(0.5625)


def test_the_scripts_interval_is_wilsons() -> None:
    for k, n in ((0, 5), (5, 5), (80, 165), (300, 1130)):
        low, high = wilson(k, n) or (0, 0)
        assert recompute.wilson(k, n) == {"low": pytest.approx(low), "high": pytest.approx(high)}
    assert recompute.wilson(0, 0) == {"low": None, "high": None}


def _world(seed: int) -> dict[str, bytes]:
    draw = Random(seed)
    projects, observations = [], []
    for n in range(40):
        done = date(2001, 4, 1) + timedelta(days=draw.randrange(3200))
        start = done + timedelta(days=draw.randrange(800)) if draw.random() < 0.3 else ""
        projects.append((f"P-{n}", "consortium_rd", "completed", "2000-04-01", "", done, start, 5))
        for _ in range(draw.randrange(6)):
            seen = done + timedelta(days=draw.randrange(-200, 2500))
            state, stage = draw.choice(["research", "launched", "stopped"]), draw.randrange(6)
            observations.append((f"P-{n}", seen, seen, state, stage, draw.randrange(4)))
    return bundles.data_files({"projects": projects, "observations": observations})


@pytest.mark.parametrize("seed", range(8))
def test_the_public_bundle_gives_the_same_and_no_day(seed: int) -> None:
    """Every day stands for its fiscal year; keys, days and amounts of the office are gone, the figure and curve stay."""
    asked = questions.as_data(E2)
    data = _world(seed)
    found = recompute.computed(data, asked)
    units = [tuple(unit) for unit in found.pop("units")]
    words = questions.words_of(E2.rule)
    public = bundles.public_files("F", asked, words, data, found, units, "00" * 16, True)
    assert public is not None and not recompute.altered(public)
    assert not recompute.differences(recompute.expected_of(public), recompute.computed(public, asked))
    assert "curve" not in recompute.expected_of(public) and "cohorts" in recompute.expected_of(public)
    told = recompute.rows(public, "observations")
    assert all(row["observed_on"][5:] == "04-01" and row["recorded_on"] == "2012-06-01" for row in told)
    # nothing but the verdict: a second figure cannot be counted from it (CR-14)
    assert len({row["project_key"] for row in told}) == len(told)
    assert {(row["dev_state"], row["stage"]) for row in told} <= {("launched", "3"), ("research", "0")}
    closed = bundles.public_files("F", asked, words, data, found, units, "00" * 16, False)
    assert closed is not None and {row["completed_on"] for row in recompute.rows(closed, "projects")} == {"2000-04-01"}
    assert not any(
        f"P-{n}".encode() in part for n in range(40) for name, part in public.items() if name != "recompute.py"
    )
    again = bundles.public_files("F", asked, words, data, dict(found), units, "11" * 16, True)
    assert again is not None and {r["project_key"] for r in told}.isdisjoint(
        r["project_key"] for r in recompute.rows(again, "observations")
    )


def test_a_forged_or_broken_bundle_is_told_in_words(tmp_path: Any, capsys: Any) -> None:
    assert recompute.main([str(tmp_path)]) == 1 and "manifest.sha256 is missing" in capsys.readouterr().out
    (tmp_path / "bundle.zip").write_bytes(b"PK")
    assert recompute.main([str(tmp_path / "bundle.zip")]) == 1 and "cannot be read" in capsys.readouterr().out
    assert recompute.main([str(tmp_path / "nowhere.zip")]) == 1 and "cannot be read" in capsys.readouterr().out
    files = {"a": b"1"}
    files[recompute.MANIFEST] = recompute.manifest_of(files)
    assert not recompute.altered(files)
    assert recompute.altered({**files, "b": b""}) == ["b does not belong to the bundle"]
    assert recompute.altered({recompute.MANIFEST: files[recompute.MANIFEST]}) == ["a is missing"]
    assert recompute.altered({**files, recompute.MANIFEST: files[recompute.MANIFEST] + b"\n"})


def test_an_archive_is_the_same_bytes_whatever_the_order() -> None:
    assert bundles.packed({"b": b"2", "a": b"1"}) == bundles.packed({"a": b"1", "b": b"2"})


def test_words_of_an_answer_put_the_bounds_first_where_few_responded() -> None:
    """CR-3."""
    answer = {
        "numerator": 3, "denominator": 10, "unknown": 3, "rate": 0.3, "lower": 0.3, "upper": 0.6,
        "interval": {"low": 0.1, "high": 0.6}, "responded": 7, "response_rate": 0.7, "rate_respondents": 3 / 7,
    }  # fmt: skip
    assert telling.results(answer)[0][0].en.startswith("Bounds")
    assert telling.results({**answer, "response_rate": 0.9})[0][0].en == "Numerator"
    assert str(telling.fiscal(2004).ja) == "平成16年度(2004)"


def test_every_column_of_the_datasets_has_words() -> None:
    for columns in datasets.COLUMNS.values():
        assert all(name and en and ja for name, en, ja in columns)
        assert len({name for name, _en, _ja in columns}) == len(columns)


def test_a_long_sheet_says_what_it_leaves_out(monkeypatch: Any) -> None:
    import openpyxl

    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    rule = E2.rule
    answer = {"numerator": 1, "denominator": 3, "unknown": 1, "rate": 1 / 3, "lower": 1 / 3, "upper": 2 / 3, "interval": None}  # fmt: skip
    figure = {
        "id": "E2", "version": 1, "words": questions.words_of(rule), "code": None, "sha256": None,
        "parameters": questions.as_data(E2), "known_at": None, "answer": answer, "cohorts": [[2003, 1, 1, 1]],
    }  # fmt: skip
    figure |= {"safe": False, "years": []}
    empty: dict[str, Any] = {"lags": [], "references": [], "triangle": [], "curves": {}, "ages": {}, "groups": {}}
    money = {"amounts": None, "sales": []}
    content = {"question": {"programme": "all"}, "data_version": 1, "figures": [figure], "money": money, **empty}
    records = {"E2": [("+1", "yes", 1), ("b", "no", 1), ("c", "unknown", 1)]}
    public = openpyxl.load_workbook(io.BytesIO(workbooks.write(content)))
    assert "'+1" not in {cell.value for sheet in public for line in sheet.iter_rows() for cell in line}
    assert [cell.value for cell in public["figures 数値一覧"][2]][6] == "withheld 非表示"
    sheet = openpyxl.load_workbook(io.BytesIO(workbooks.write(content, records)))["E2"]
    texts = [row[0].value for row in sheet.iter_rows() if row[0].value]
    assert "'+1" in texts and "c" not in texts and texts[-1].startswith("1 more records")
    assert fiscal_year(date(2004, 3, 31)) == recompute.fiscal_year(date(2004, 3, 31)) == 2003
