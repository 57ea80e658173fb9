"""A question and its answer in words of both languages, for pages, documents and workbooks alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.calls.choices import Programme
from app.core.fiscal import fiscal_year_ja
from app.core.i18n import Bilingual
from app.outcomes.choices import EvidenceLevel

Line = tuple[Bilingual, Bilingual]
ALL_PROGRAMMES = Bilingual("All programmes", "全事業")
_POPULATIONS = {
    "adopted": Bilingual("adopted projects, by fiscal year of adoption", "採択プロジェクト(採択年度)"),
    "completed": Bilingual("completed projects, by fiscal year of completion", "完了プロジェクト(完了年度)"),
}
_REFERENCES = {
    "fixed": Bilingual("on {day}", "{day}時点"),
    "ever": Bilingual("ever until {day}", "{day}までに一度でも"),
    "adoption": Bilingual("on the day of adoption", "採択日"),
    "start": Bilingual("on the day of the start", "開始日"),
    "completion": Bilingual("on the day of completion", "完了日"),
}


def day(value: date | str | None) -> Bilingual:
    if not value:
        return Bilingual("–", "–")
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return Bilingual(found.isoformat(), f"{found.year}年{found.month}月{found.day}日")


def number(value: int | None) -> Bilingual:
    text = "–" if value is None else f"{value:,}"
    return Bilingual(text, text)


def percent(value: float | None) -> Bilingual:
    text = "–" if value is None else f"{value * 100:.1f}%"
    return Bilingual(text, text)


def fiscal(year: int) -> Bilingual:
    return Bilingual(f"FY{year}", f"{fiscal_year_ja(year)}({year})")


def programme(code: str | None) -> Bilingual:
    return Programme(code).label if code and code != "all" else ALL_PROGRAMMES


def reference(text: str) -> Bilingual:
    """The rule of when membership is judged, in words."""
    kind, _, on = text.partition(":")
    found = day(on)
    return Bilingual(_REFERENCES[kind].en.format(day=found.en), _REFERENCES[kind].ja.format(day=found.ja))


def conditions(asked: Mapping[str, Any], known_at: date | str | None = None) -> list[Line]:
    """What was asked: population, years, days; one line each."""
    first, last = fiscal(asked["first_year"]), fiscal(asked["last_year"])
    years = first if first == last else Bilingual(f"{first.en} to {last.en}", f"{first.ja}から{last.ja}まで")
    lines: list[Line] = []
    if asked.get("list_code"):
        lines.append((Bilingual("List", "リスト"), Bilingual(asked["list_code"], asked["list_code"])))
    else:
        lines.append((Bilingual("Programme", "事業"), programme(asked["programme"])))
        lines.append((Bilingual("Population", "対象"), _POPULATIONS[asked.get("population", "completed")]))
        lines.append((Bilingual("Fiscal years", "年度"), years))
    if "reference" in asked:
        lines.append((Bilingual("Membership is judged", "参加の判定時点"), reference(asked["reference"])))
    else:
        lines.append((Bilingual("As of", "基準日"), day(asked["as_of"])))
        if asked["lag"]:
            least = Bilingual(f"at least {asked['lag']} years", f"{asked['lag']}年以上")
            lines.append((Bilingual("Since completion", "完了後の経過"), least))
        lines.append((Bilingual("Evidence at least", "証拠水準(以上)"), EvidenceLevel(asked["min_evidence"]).label))
    lines.append((Bilingual("Known at", "把握時点"), day(asked.get("known_at") or known_at)))
    return lines


def results(answer: Mapping[str, Any]) -> list[Line]:
    """The answer: never a bare percentage (CR-1). Where fewer than 80 % responded the bounds come first (CR-3)."""
    bounds = Bilingual(
        f"{percent(answer['lower']).en} – {percent(answer['upper']).en}",
        f"{percent(answer['lower']).ja} ~ {percent(answer['upper']).ja}",
    )
    lines: list[Line] = [
        (Bilingual("Numerator", "分子"), number(answer["numerator"])),
        (Bilingual("Denominator", "分母"), number(answer["denominator"])),
        (Bilingual("Unknown", "不明"), number(answer["unknown"])),
        (Bilingual("Rate", "率"), percent(answer["rate"])),
        (Bilingual("Bounds (unknown counted as no – as yes)", "上下限(不明を非該当~該当とした場合)"), bounds),
    ]
    between = answer.get("interval")
    if between and between["low"] is not None:
        low, high = percent(between["low"]), percent(between["high"])
        words = Bilingual(f"{low.en} – {high.en}", f"{low.ja} ~ {high.ja}")
        lines.append((Bilingual("Wilson interval (95%)", "ウィルソン信頼区間(95%)"), words))
    if "responded" in answer:
        rate = answer["response_rate"]
        told = f"{answer['responded']:,} ({percent(rate).en})"
        lines.append((Bilingual("Responded", "回答"), Bilingual(told, told)))
        lines.append(
            (Bilingual("Rate among those who responded", "回答分に対する率"), percent(answer["rate_respondents"]))
        )
        if rate is not None and rate < 0.8:
            lines.insert(0, lines.pop(4))
    return lines
