"""An address read into a question, and the question told as an address, as a sentence, and piece by piece.

``Args`` are query arguments as lists of texts. What cannot be read is a ``Fault`` in words, never a guess: a list that
silently drops a filter shows more than was asked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeAlias

from app.analytics.definitions import (
    COMMERCIALIZATION,
    Commercialization,
    Participation,
    Reference,
    ReferenceKind,
)
from app.calls.choices import Programme
from app.core import fiscal, money
from app.core.clock import today
from app.core.i18n import Bilingual, show_date, show_fiscal_year, show_yen
from app.portfolio.choices import Kind, Measure, Place, Shade, Share
from app.portfolio.definitions import columns as registry
from app.portfolio.definitions.filters import FILTERS, GROUPINGS, NONE, ON_CLUSTERS, ON_OUTCOMES, Filter

Args: TypeAlias = Mapping[str, Sequence[str]]
Pairs: TypeAlias = list[tuple[str, str]]
RULES = ("PR-1", "PR-2", "PR-3")
#: Every fiscal year that a day of the databases can lie in.
EVER = (1000, 9000)
LONGEST, MOST = 200, 60
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)


@dataclass(frozen=True)
class Range:
    """From and to, both included and either may be open; or those without a value."""

    low: int | None = None
    high: int | None = None
    missing: bool = False


Value: TypeAlias = tuple[str, ...] | Range | str


@dataclass(frozen=True)
class Fault:
    """A piece of an address that says nothing we know."""

    where: str
    label: Bilingual
    message: Bilingual


@dataclass(frozen=True)
class Facts:
    """On which day, by which knowledge and by which definition the derived facts are judged (None: today)."""

    level: str = "E2"
    as_of: date | None = None
    known_at: date | None = None
    rule: str = "PR-1"
    reference: ReferenceKind = ReferenceKind.fixed
    day: date | None = None

    @property
    def as_of_day(self) -> date:
        return self.as_of or today()

    def participation(self, within: "Within | None" = None) -> Participation:
        """Analytics' question behind the cluster verdict: all adopted projects, or those ``within``."""
        day = (self.day or self.as_of_day) if self.reference.dated else None
        asked = within or Within()
        return Participation(
            self.rule, asked.programme, "adopted", asked.first, asked.last, Reference(self.reference, day)
        )  # fmt: skip

    def commercialization(self, within: "Within | None" = None) -> Commercialization:
        """Analytics' question behind "reached": all projects completed by the as-of day, or those ``within``."""
        asked = within or Within()
        return Commercialization(
            self.level, asked.programme, asked.first, asked.last, self.as_of_day, self.known_at
        )  # fmt: skip


@dataclass(frozen=True)
class Within:
    """A programme and fiscal years that other filters leave anyway: nothing beyond them needs to be judged."""

    programme: Programme | None = None
    first: int = EVER[0]
    last: int = EVER[1]


@dataclass(frozen=True)
class Selection:
    """Which projects: one value for each filter that is set, in the registry's order."""

    values: tuple[tuple[str, Value], ...] = ()
    facts: Facts = field(default_factory=Facts)

    def get(self, key: str) -> Value | None:
        return dict(self.values).get(key)

    def without(self, key: str) -> "Selection":
        return replace(self, values=tuple(pair for pair in self.values if pair[0] != key))

    def having(self, key: str, value: Value) -> "Selection":
        """The same with one filter set anew."""
        held = {**dict(self.values), key: value}
        return replace(self, values=tuple((k, held[k]) for k in FILTERS if k in held))

    def pairs(self) -> Pairs:
        """The question as query arguments, the same for the same question."""
        return [pair for key, value in self.values for pair in _value_pairs(key, value)] + _fact_pairs(self.facts)

    def within(self, years: str) -> Within:
        """What the filter of the programme and one of years ("adopted", "completed") leave."""
        programmes, span = self.get("programme"), self.get(years)
        one = Programme(programmes[0]) if isinstance(programmes, tuple) and len(programmes) == 1 else None
        if not isinstance(span, Range) or span.missing:
            return Within(one)
        return Within(one, span.low or EVER[0], span.high or EVER[1])

    def uses(self, keys: frozenset[str], shown: Sequence[str] = ()) -> bool:
        return any(key in keys for key, _value in self.values) or any(key in keys for key in shown)


def _value_pairs(key: str, value: Value) -> Pairs:
    if isinstance(value, Range):
        ends = (("_from", value.low), ("_to", value.high))
        found = [(key + name, str(end)) for name, end in ends if end is not None]
        return [*found, (key, NONE)] if value.missing else found
    return [(key, value)] if isinstance(value, str) else [(key, code) for code in value]


def _fact_pairs(facts: Facts) -> Pairs:
    plain = Facts()
    return [
        (name, value.isoformat() if isinstance(value, date) else str(value))
        for name in ("level", "as_of", "known_at", "rule", "reference", "day")
        if (value := getattr(facts, name)) != getattr(plain, name)
    ]


# --- reading ---------------------------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    """The text trimmed; raises ValueError for what no text of an address should hold."""
    if len(text) > LONGEST or any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise ValueError("no such text")
    return text.strip()


def _given(args: Args, name: str) -> list[str]:
    """What an address says under a name, without the fields that were left empty."""
    return [text for raw in args.get(name, ()) if (text := _clean(raw))]


def _one(args: Args, name: str) -> str | None:
    found = _given(args, name)
    return found[0] if found else None


def _number(kind: Kind, text: str | None) -> int | None:
    if text is None:
        return None
    if kind is Kind.yen:
        return money.parse_yen(text)
    if not _YEAR.fullmatch(text) or not EVER[0] <= int(text) <= EVER[1]:
        raise ValueError("not a year")
    return int(text)


def _read_value(spec: Filter, args: Args) -> Value | None:
    """The filter's value, None when it is not set; raises ValueError when it says nothing we know."""
    if spec.kind is Kind.text:
        return _one(args, spec.key)
    if spec.kind is Kind.choice:
        codes = tuple(dict.fromkeys(_given(args, spec.key)))
        possible = set(spec.codes) | ({NONE} if spec.missing else set())
        if len(codes) > MOST or (spec.closed and not possible.issuperset(codes)):
            raise ValueError("no such code")
        return codes or None
    low, high = (_number(spec.kind, _one(args, spec.key + end)) for end in ("_from", "_to"))
    word = _one(args, spec.key)
    if (
        word not in (None, NONE)
        or (word and spec.missing is None)
        or (low is not None and high is not None and low > high)
    ):
        raise ValueError("no such range")
    found = Range(None, None, True) if word else Range(low, high)
    return None if found == Range() else found


_SAYS = {
    Kind.choice: Bilingual("Choose one of the values offered.", "表示された値から選んでください。"),
    Kind.years: Bilingual("Write fiscal years such as 1997, the first not after the last.", "年度は1997のように、開始年度が終了年度以前になるよう入力してください。"),
    Kind.yen: Bilingual("Write whole yen such as 1,500,000, the first not above the last.", "金額は1,500,000のような整数で、下限が上限以下になるよう入力してください。"),
    Kind.text: Bilingual("The text is too long or holds a character that cannot be looked for.", "文字列が長すぎるか、検索できない文字が含まれています。"),
}  # fmt: skip
FACTS = {
    "level": Bilingual("Level", "事業化水準"),
    "as_of": Bilingual("As of", "時点"),
    "known_at": Bilingual("Known by", "把握日"),
    "rule": Bilingual("Membership counts by", "参加の判定方法"),
    "reference": Bilingual("Membership is judged", "参加の判定時点"),
    "day": Bilingual("Date of the judgement", "判定日"),
}
_NO_FACT = Bilingual("Choose one of the values offered, or write a date such as 2006-03-31.", "表示された値を選ぶか、日付を2006-03-31のように入力してください。")  # fmt: skip


def _read_fact(name: str, text: str) -> Any:
    if name == "reference":
        return ReferenceKind(text)
    if name in ("level", "rule"):
        if text not in (COMMERCIALIZATION if name == "level" else RULES):
            raise ValueError("no such definition")
        return text
    return fiscal.parse_day(text)


def read_selection(args: Args) -> tuple[Selection, list[Fault]]:
    """Which projects an address asks for, and what of it could not be read."""
    values: list[tuple[str, Value]] = []
    faults: list[Fault] = []
    for spec in FILTERS.values():
        try:
            value = _read_value(spec, args)
        except ValueError:
            faults.append(Fault(spec.key, spec.label, _SAYS[spec.kind]))
        else:
            if value is not None:
                values.append((spec.key, value))
    facts: dict[str, Any] = {}
    for name, label in FACTS.items():
        try:
            if (text := _one(args, name)) is not None:
                facts[name] = _read_fact(name, text)
        except ValueError:
            faults.append(Fault(name, label, _NO_FACT))
    return Selection(tuple(values), Facts(**facts)), faults


@dataclass(frozen=True)
class Layout:
    """Which columns in which order, and the order of the rows."""

    columns: tuple[str, ...] = registry.DEFAULT
    sort: str = "key"
    descending: bool = False

    def pairs(self) -> Pairs:
        found = [("columns", ",".join(self.columns))] if self.columns != registry.DEFAULT else []
        if (self.sort, self.descending) != ("key", False):
            found.append(("sort", ("-" if self.descending else "") + self.sort))
        return found


def read_layout(args: Args) -> Layout:
    """Columns come as one list in order, or as ticked boxes; what is unknown is left out."""
    asked = ",".join(args.get("columns", ()))[:2000].split(",")
    sort = (list(args.get("sort", ())) or ["key"])[0]
    key = sort.removeprefix("-")
    known = key in registry.SORTS
    return Layout(registry.chosen(asked), key if known else "key", known and sort.startswith("-"))


@dataclass(frozen=True)
class Crossing:
    """A cross table: what stands down, what across (None: only a total), what is summed, what shares are of."""

    rows: str = "adopted"
    across: str | None = "status"
    measure: Measure = Measure.projects
    share: Share = Share.none

    def pairs(self) -> Pairs:
        return [
            ("rows", self.rows), ("across", self.across or ""), ("measure", self.measure.value), ("share", self.share.value),
        ]  # fmt: skip


def _code(args: Args, name: str, codes: Any, default: Any) -> Any:
    found = list(args.get(name, ()))
    return found[0] if found and found[0] in codes else default


def read_crossing(args: Args) -> Crossing:
    plain = Crossing()
    rows = _code(args, "rows", GROUPINGS, plain.rows)
    across = _code(args, "across", {*GROUPINGS, ""}, plain.across)
    return Crossing(
        rows,
        None if across in ("", rows) else across,
        Measure(_code(args, "measure", set(Measure), plain.measure)),
        Share(_code(args, "share", set(Share), plain.share)),
    )


def read_map(args: Args) -> tuple[Place, Shade]:
    place = _code(args, "place", set(Place), Place.prefecture)
    return Place(place), Shade(_code(args, "shade", set(Shade), Shade.projects))


# --- telling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """One part of the sentence: which filter says it, and in which words."""

    key: str
    words: Bilingual


def _told(spec: Filter, value: Value) -> str:
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, tuple):
        return " / ".join(spec.name_of(code) for code in value)
    if value.missing:
        return spec.name_of(NONE)
    show = show_yen if spec.kind is Kind.yen else show_fiscal_year
    low, high = (show(end) if end is not None else "" for end in (value.low, value.high))
    if low and high:
        return low if low == high else f"{low} – {high}"
    open_end = Bilingual("{end} or more", "{end}以上") if low else Bilingual("up to {end}", "{end}以下")
    if spec.kind is Kind.years:
        open_end = Bilingual("{end} or later", "{end}以降") if low else Bilingual("until {end}", "{end}以前")
    return str(open_end.format(end=low or high))


def pieces(selection: Selection) -> list[Piece]:
    """The filters in words, in the reader's language."""
    return [
        Piece(key, Bilingual("{label}: {told}", "{label}:{told}").format(label=FILTERS[key].label, told=_told(FILTERS[key], value)))
        for key, value in selection.values
    ]  # fmt: skip


def judged(selection: Selection, shown: Sequence[str] = ()) -> Iterator[str]:
    """By which definitions the derived facts in use are judged, in words. ``shown``: columns or groupings in use."""
    facts = selection.facts
    if selection.uses(ON_CLUSTERS, shown):
        asked = facts.participation()
        when = str(asked.reference.kind.label) + (f" ({show_date(asked.reference.day)})" if asked.reference.day else "")
        yield f"{asked.rule.label}, {when}"
    if selection.uses(ON_OUTCOMES, (*shown, *(("stage",) if "observed_on" in shown else ()))):
        day = facts.as_of_day
        words = Bilingual("as of {day}", "{day}時点").format(day=show_date(day))
        if selection.uses(frozenset({"reached"}), shown):
            words = Bilingual("{level}, {words}", "{level}、{words}").format(
                level=COMMERCIALIZATION[facts.level].label, words=words
            )
        if facts.known_at:
            words = Bilingual("{words}, as known by {day}", "{words}({day}までに把握したもの)").format(
                words=words, day=show_date(facts.known_at)
            )
        yield str(words)


def sentence(selection: Selection, shown: Sequence[str] = ()) -> str:
    """The whole question in one sentence, in the reader's language."""
    said = [str(piece.words) for piece in pieces(selection)]
    start = (
        Bilingual("Projects with ", "次に該当するプロジェクト:")
        if said
        else Bilingual("All projects", "すべてのプロジェクト")
    )
    text = str(start) + str(Bilingual("; ", "、")).join(said)
    basis = list(judged(selection, shown))
    return text + (f" ({'; '.join(basis)})" if basis else "")
