"""A scenario's conditions in words, and several scenarios side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.fiscal import fiscal_year_ja
from app.core.i18n import Bilingual
from app.selection.choices import Measure

UNIT = {
    Measure.number: ("{:,} proposals", "{:,}件"),
    Measure.yen: ("{:,} yen", "{:,}円"),
    Measure.share: ("{:,} % of the money", "金額の{:,}%"),
}


def conditions(
    parameters: Mapping[str, Any], tags: Mapping[str, Bilingual], numbers: Mapping[int, str]
) -> list[tuple[str, Bilingual]]:
    """(key, words) of every condition, in the order of the form; the keys are those of prices and contradictions."""
    found = [
        (f"budget:{year}", Bilingual(f"Budget of FY{year}: {yen:,} yen", f"{fiscal_year_ja(int(year))}予算 {yen:,}円"))
        for year, yen in parameters["budgets"].items()
    ]
    if (yen := parameters["total_yen"]) is not None:
        found.append(("budget:all", Bilingual(f"Budget of all years: {yen:,} yen", f"全期間の予算 {yen:,}円")))
    if (most := parameters["most"]) is not None:
        found.append(("most:all", Bilingual(f"At most {most:,} proposals", f"採択件数 {most:,}件以内")))
    for i, bound in enumerate(parameters["bounds"]):
        found.append((f"bound:{i}", _bound(bound, tags)))
    for key, value in parameters["fixed"].items():
        number, reason = numbers.get(int(key), "?"), value["reason"]
        way = ("in", "採択に固定") if value["in"] else ("out", "対象外に固定")
        words = Bilingual(f"{number} fixed {way[0]}: {reason}", f"{number} {way[1]}: {reason}")
        found.append((f"{'in' if value['in'] else 'out'}:{key}", words))
    if (least := parameters["least_share"]) < 100:
        step = parameters["step_yen"]
        en = f"Amounts may be cut to {least} % of what was asked, in steps of {step:,} yen (negative: what that gains)"
        ja = f"申請額の{least}%まで{step:,}円単位で減額可(負の値はその効果)"
        found.append(("partial:", Bilingual(en, ja)))
    if least_score := parameters["least_score"]:
        words = Bilingual(f"Scores of {least_score / 100:.2f} or more only", f"評点{least_score / 100:.2f}以上のみ対象")
        found.append(("least", words))
    return found


def _bound(bound: Mapping[str, Any], tags: Mapping[str, Bilingual]) -> Bilingual:
    name = tags.get(bound["tag"]) or Bilingual(bound["tag"], bound["tag"])
    en, ja = UNIT[Measure(bound["measure"])]
    parts_en, parts_ja = [], []
    if bound["low"] is not None:
        parts_en.append("at least " + en.format(bound["low"]))
        parts_ja.append(ja.format(bound["low"]) + "以上")
    if bound["high"] is not None:
        parts_en.append("at most " + en.format(bound["high"]))
        parts_ja.append(ja.format(bound["high"]) + "以下")
    return Bilingual(f"{name.en}: {', '.join(parts_en)}", f"{name.ja}: {'、'.join(parts_ja)}")


def side_by_side(
    results: Sequence[Mapping[str, Any]], tags: Mapping[str, Bilingual], names: Mapping[int, Any]
) -> dict[str, Any]:
    """Where solved scenarios differ: groups with counts and yen, proposals with amounts (None: not chosen)."""
    keys = sorted({key for r in results for key in r.get("tags", {})})
    groups = [(key, tags.get(key) or key, [r["tags"].get(key, [0, 0]) for r in results]) for key in keys]
    chosen = sorted({int(key) for r in results for key in r["granted"]} & set(names), key=lambda k: names[k].number)
    lines = [(names[key], [r["granted"].get(str(key)) for r in results]) for key in chosen]
    differing = [(name, cells) for name, cells in lines if len(set(cells)) > 1]
    return {"tags": groups, "differing": differing, "common": len(lines) - len(differing)}
