"""The two workbooks of a report: definitions, parameters, every table; the office's with the records behind the figures.

The public one holds what the report shows and says where something is withheld (CR-14). The office's holds every number
and is for those only who may see the records.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.core.exchange import show
from app.publishing.definitions import telling

#: A sheet is not longer than this; the bundle of the figure holds every record.
MOST_ROWS = 50_000
_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001 - without meaning: the same content gives the same file


class _Sheet:
    """Cells that are text stay text: no formula, no link, and an apostrophe before what looks like a formula."""

    def __init__(self, book: Any, name: str, head: Any) -> None:
        self._sheet, self._row, self._head = book.add_worksheet(name), 0, head
        self._sheet.set_column(0, 0, 34)
        self._sheet.set_column(1, 5, 22)

    def line(self, *cells: Any, head: bool = False) -> None:
        for column, cell in enumerate(cells):
            style = [self._head] if head else []
            if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                self._sheet.write_number(self._row, column, cell, *style)
            elif cell is not None:
                self._sheet.write_string(self._row, column, show(cell), *style)
        self._row += 1


Records = Mapping[str, Sequence[tuple[str, str, int]]]
WITHHELD = "withheld 非表示"


def write(content: Mapping[str, Any], records: Records | None = None) -> bytes:
    """The bytes of a workbook, both languages beside each other; without records it is the public one."""
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": "Renkei", "created": _NO_TIME})
    head = book.add_format({"bold": True})

    def sheet(name: str) -> _Sheet:
        return _Sheet(book, name, head)

    _definitions(sheet("definitions 定義"), content)
    _parameters(sheet("parameters 条件"), content, records is not None)
    _overview(sheet("figures 数値一覧"), content, records is not None)
    _response(sheet("response 回答"), content)
    _references(sheet("reference 判定時点"), content)
    _curves(sheet("curves 累積発生率"), content)
    _triangle(sheet("triangle 年度別"), content)
    _ages(sheet("equal age 経過年数別"), content)
    _groups(sheet("groups 参加別"), content)
    _money(sheet("money 金額"), content)
    if content.get("cluster"):
        _cluster(sheet("cluster クラスター"), content)
    for figure in content["figures"]:
        _figure(sheet(figure["id"]), figure, None if records is None else records.get(figure["id"], ()))
    book.close()
    return out.getvalue()


def _cells(count: Mapping[str, int] | None) -> list[Any]:
    if count is None:
        return [WITHHELD, None, None, None]
    return [count["yes"], count["unknown"], count["no"], count["all"]]


_COUNTED = ("yes 該当", "unknown 不明", "no 非該当", "all 計")


def _definitions(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line(
        "id",
        "version 版",
        "title",
        "名称",
        "text",
        "定義",
        "unit",
        "単位",
        "source",
        "出典",
        "caveat",
        "留意点",
        head=True,
    )
    for figure in content["figures"]:
        words = figure["words"]
        both = [words[name][lang] for name in ("title", "text", "unit", "source", "caveat") for lang in ("en", "ja")]
        sheet.line(figure["id"], figure["version"], *both)


def _parameters(sheet: _Sheet, content: Mapping[str, Any], office: bool) -> None:
    about = (
        "For the office: every number and the records. Do not hand it on. 担当官用:全数値と記録を含みます。外部に渡さないでください。"
        if office
        else "What the report shows. Small cells are withheld (CR-14). 報告書と同じ内容です。少数の区分は非表示です(CR-14)。"
    )
    sheet.line(about)
    sheet.line("parameter 条件", "value 値", head=True)
    for name, value in content["question"].items():
        sheet.line(name, value)
    sheet.line("data_version", content["data_version"])


def _overview(sheet: _Sheet, content: Mapping[str, Any], office: bool) -> None:
    sheet.line(
        "id", "title", "名称", "unit", "単位", "figure 数値番号", "numerator 分子", "denominator 分母", "unknown 不明", "rate 率",
        "lower 下限", "upper 上限", "wilson low 95%", "wilson high 95%", "as of 基準日", "known at 把握時点", "public 公表", head=True,
    )  # fmt: skip
    for figure in content["figures"]:
        answer, words, asked = figure["answer"], figure["words"], figure["parameters"]
        between = answer.get("interval") or {"low": None, "high": None}
        numbers = [answer[name] for name in ("numerator", "denominator", "unknown", "rate", "lower", "upper")]
        shown = [*numbers, between["low"], between["high"]] if office or figure["safe"] else [WITHHELD, *[None] * 7]
        sheet.line(
            figure["id"], words["title"]["en"], words["title"]["ja"], words["unit"]["en"], words["unit"]["ja"],
            figure["code"] or "–", *shown, asked.get("as_of") or asked.get("reference"), figure["known_at"],
            "yes" if figure["safe"] else WITHHELD,
        )  # fmt: skip


def _response(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line("years since completion 完了後年数(以上)", "level 段階", *_COUNTED, "responded 回答", head=True)
    for row in content["lags"]:
        for level, count in row["levels"].items():
            sheet.line(row["lag"], level, *_cells(count), row["responded"] if count else None)


def _references(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line(
        "PR-1: membership judged 判定時点", "numerator 分子", "denominator 分母", "unknown 不明", "rate 率", head=True
    )
    for row in content["references"]:
        answer = row["answer"]
        names = ("numerator", "denominator", "unknown", "rate")
        sheet.line(row["reference"], *([answer[name] for name in names] if answer else [WITHHELD]))


def _curves(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line(
        "level 段階", "group 区分", "t", "at risk リスク集合", "cumulative incidence 累積発生率", "low 下端", "high 上端",
        "stopped before 中止累積", head=True,
    )  # fmt: skip
    curves = [(level, "all 全体", points) for level, points in content["curves"].items()]
    for level, found in content["groups"].items():
        curves += [(level, f"cluster member {verdict} クラスター参加企業", p) for verdict, p in found["curves"].items()]
    for level, group, points in curves:
        for p in points:
            shown = [p["at_risk"], p["cif"], p.get("low"), p.get("high"), p["competing"]]
            sheet.line(level, group, p["t"], *(shown if p["cif"] is not None else [WITHHELD]))


def _triangle(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line("E1: completed in 完了年度", "due 対象", "t", "share 割合", "at risk リスク集合", head=True)
    for row in content["triangle"]:
        for one in row["cells"]:
            share: Any = one["share"] if one["share"] is not None else WITHHELD
            share = share if one["complete"] else "not yet observed 未到来"
            sheet.line(row["cohort"], row["due"], one["t"], share, one["at_risk"] if one["complete"] else None)


def _ages(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line("level 段階", "years since completion 完了後年数", "reached 到達", "due 対象", "rate 率", head=True)
    for level, found in content["ages"].items():
        for row in found["ages"]:
            count = row["count"]
            sheet.line(level, row["t"], count["yes"], count["all"], count["yes"] / count["all"])
        sheet.line(level, "ages mixed 年数混在", None, None, found["crude"])
        sheet.line(level, "from ages alone 年数のみによる値", None, None, found["composed"])


def _groups(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line(
        "level 段階", "cluster member クラスター参加企業", "reached 到達", "", "not reached 未到達", "all 計", head=True
    )
    for level, found in content["groups"].items():
        for group in found["groups"]:
            sheet.line(level, group["verdict"], *_cells(group["count"]))
        if found["difference"]:
            d = found["difference"]
            sheet.line(level, "difference 差 (Newcombe 95%)", d["value"], d["low"], d["high"])


def _money(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    sheet.line("yen 円", "sum 合計", "lower quartile 第1四分位", "median 中央値", "upper quartile 第3四分位", "share of the largest tenth 上位1割の割合", head=True)  # fmt: skip
    rows = [("amounts 金額", content["money"]["amounts"])]
    rows += [(f"sales 売上 {year or 'all 計'}", found) for year, found in content["money"]["sales"]]
    for label, found in rows:
        sheet.line(label, *(found.values() if found else [WITHHELD]))


def _cluster(sheet: _Sheet, content: Mapping[str, Any]) -> None:
    found = content["cluster"]
    sheet.line(found["code"], found["name"]["en"], found["name"]["ja"], head=True)
    sheet.line("figure 数値", *_COUNTED, head=True)
    for name, count in found["counts"]:
        sheet.line(name, *_cells(count))


def _figure(sheet: _Sheet, figure: Mapping[str, Any], records: Sequence[tuple[str, str, int]] | None) -> None:
    title = figure["words"]["title"]
    sheet.line(figure["id"], title["en"], title["ja"], head=True)
    sheet.line("figure 数値番号", figure["code"] or "–")
    sheet.line("sha256", figure["sha256"] or "–")
    known_at = date.fromisoformat(figure["known_at"]) if figure["known_at"] else None
    for label, value in telling.conditions(figure["parameters"], known_at):
        sheet.line(f"{label.en} {label.ja}", value.en, value.ja)
    if records is None and not figure["safe"]:
        sheet.line(WITHHELD)
        return
    for name in ("numerator", "denominator", "unknown", "responded"):
        if name in figure["answer"]:
            sheet.line(name, figure["answer"][name])
    for label, value in telling.results(figure["answer"]):
        sheet.line(f"{label.en} {label.ja}", value.en, value.ja)
    sheet.line()
    sheet.line("fiscal_year 年度", *_COUNTED[:3], head=True)
    if records is None:
        for year, count in figure["years"]:
            sheet.line(year, *_cells(count)[:3])
        return
    for row in figure["cohorts"]:
        sheet.line(*row)
    sheet.line()
    sheet.line("key", "verdict", "weight", head=True)
    for record in records[:MOST_ROWS]:
        sheet.line(*record)
    if len(records) > MOST_ROWS:
        sheet.line(f"{len(records) - MOST_ROWS} more records are in the bundle. 残りの記録は数値のバンドルにあります。")
