"""The one gate through which readers outside the office get rates: pages, CSV, PDF and dashboards all ask it (ADR 8)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import String, case, cast, func, or_, select

from app.analytics.definitions import (
    COMMERCIALIZATION,
    Commercialization,
    Count,
    Participation,
    Question,
    Rate,
    Reference,
    ReferenceKind,
    Verdict,
)
from app.analytics.definitions.answers import words
from app.analytics.definitions.disclosure import ABSENT, NO, UNKNOWN, YES, Atom, Kind, Lattice, lattice
from app.analytics.queries.answers import remember, shared
from app.analytics.queries.together import CENSUS_DAY, kinds
from app.analytics.queries.units import together as parts
from app.analytics.queries.units import units
from app.analytics.queries.units.base import CODES, year_of
from app.analytics.queries.units.commercialization import by_level
from app.calls.choices import Programme
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year, fiscal_year_end
from app.core.i18n import Bilingual
from app.organisations.models import PopulationList
from app.projects.models import Project

#: Besides the day of the census, the day of the other figures published about Phase I; and the end of the last fiscal year.
PHASE_ONE_DAY = date(2006, 3, 31)
#: Ranges of years whose figures are published: years in and outside of them are never joined.
PUBLISHED = {
    "adopted": ((Programme.consortium_rd, 1997, 2004), (Programme.new_collaboration, 2005, 2005)),
    "completed": ((Programme.consortium_rd, 1997, 2005),),
}
FIRST, LAST = 1950, 2100
_WHOLE: Atom = ("", 0)
#: Firms belong to several years, so they are told of these spans only.
_SPANS: tuple[parts.Span, ...] = (*PUBLISHED["adopted"], (None, FIRST, LAST))
_PARTS = {parts.PROJECTS: "project", parts.PLACES: "place", parts.FIRMS: "firm", parts.MEMBERS: "member"}

NOT_OFFERED = Bilingual(
    "Outside the office this rate can be asked for certain days and definitions only, so that no single record can be "
    "told by comparing two answers.",
    "二つの回答の比較から個々の記録が特定されることのないよう、一般に公開する率は、一定の基準日と定義のものに限っています。",
)
TOO_FEW = Bilingual(
    "Too few records stand behind this figure to show it without telling about single ones.",
    "該当する記録が少なく、個々の記録が特定されるおそれがあるため、表示しません。",
)
NOT_THESE_YEARS = Bilingual(
    "These years hold too few records to be shown by themselves.",
    "この年度だけでは該当する記録が少ないため、単独では表示しません。",
)


@dataclass(frozen=True)
class Shown:
    """What a reader may see: the whole answer, or none with the reason and the nearest question that has one.

    ``rows`` are the years that can be told apart: (first, last, programme or None where it is given, count).
    """

    question: Question
    rate: Rate | None
    rows: tuple[tuple[int, int, Programme | None, Count], ...] = ()
    why: Bilingual | None = None
    nearest: Question | None = None

    def data(self) -> dict[str, Any]:
        """As ``Rate.data()``; without an answer only the question's own words and ``suppressed``."""
        if self.rate is not None:
            return {**self.rate.data(), "suppressed": False}
        return {**words(self.question), "suppressed": True}


def last_year_end() -> date:
    """The end of the last fiscal year that is over."""
    return fiscal_year_end(fiscal_year(today()) - 1)


def _references() -> tuple[Reference, ...]:
    return (
        Reference(ReferenceKind.fixed, CENSUS_DAY),
        Reference(ReferenceKind.ever, CENSUS_DAY),
        Reference(ReferenceKind.adoption),
        Reference(ReferenceKind.fixed, last_year_end()),
    )


def _asks(definition: str, reference: Reference, code: str | None = None) -> Participation:
    return Participation(definition, None, "adopted", FIRST, LAST, reference, code)


def _segment(kind: str, atom: Atom) -> tuple[str, int]:
    """0 within the published range, -1 before, 1 after it."""
    for programme, first, last in PUBLISHED[kind]:
        if programme.value == atom[0]:
            return atom[0], (atom[1] > last) - (atom[1] < first)
    return atom[0], 0


def family_of(question: Question) -> str | None:
    """The family of aspects a question belongs to; None where it is never answered outside the office."""
    if isinstance(question, Commercialization):
        return "outcome" if question.known_at is None and question.min_evidence == 0 else None
    if question.population != "adopted" or question.rule.unit == "yen":
        return None
    return {"PR-1": "project", "PR-2": "project", "PR-3": "project", "PR-5": "place", "PR-4": "firm"}.get(
        question.definition, "member" if question.definition == "PR-7" else "list"
    )


def aspects_of(family: str) -> tuple[Question, ...]:
    """The ways of counting that are offered, most important first; each over all years and programmes."""
    if family == "outcome":
        days = dict.fromkeys((PHASE_ONE_DAY, last_year_end()))
        levels = sorted(COMMERCIALIZATION, key="E1 E2 E0 E3 E4".split().index)
        return tuple(Commercialization(level, None, FIRST, LAST, day) for day in days for level in levels)
    references = tuple(dict.fromkeys(_references()))
    if family == "list":
        codes = session.scalars(select(PopulationList.list_code).order_by(PopulationList.list_code)).all()
        return tuple(_asks("PR-8", r, code) for r in references if r.kind.dated for code in codes)
    if family in ("firm", "member"):
        asked = [_asks("PR-4", r) if family == "firm" else _asks("PR-7", r) for r in references]
        return tuple(
            replace(q, programme=p, first_year=first, last_year=last)
            for p, first, last in _SPANS
            for q in asked
            if not q.fault()
        )
    definitions = {"project": ("PR-1", "PR-2", "PR-3"), "place": ("PR-5",)}[family]
    return tuple(_asks(d, r) for r in references for d in definitions)


def _canonical(question: Question) -> tuple[Question, frozenset[Atom]]:
    """(the aspect that a question falls under, the atoms it asks for).

    With the as-of date at the end of a fiscal year, a lag of N years only leaves out the last N years of completion.
    """
    first, last = question.first_year, question.last_year
    if isinstance(question, Commercialization):
        aspect: Question = replace(question, programme=None, first_year=FIRST, last_year=LAST, lag=0)
        last = min(last, fiscal_year(question.as_of) - question.lag)
    else:
        aspect = replace(question, programme=None, first_year=FIRST, last_year=LAST)
    programmes = [question.programme] if question.programme else list(Programme)
    return aspect, frozenset((p.value, year) for p in programmes for year in range(first, last + 1))


_NAMES = {**{CODES[Verdict(name)]: name for name in (YES, UNKNOWN, NO)}, parts.ABSENT: ABSENT}
#: The kinds of the units of a family, as rows: a programme and a year (or nothing), verdicts' codes, how many.
Rows = Iterable[tuple[Atom, Sequence[int], int]]


def _listed(aspects: Sequence[Any]) -> Rows:
    """Organisations of population lists, each with its verdict under the aspects of its lists."""
    verdicts: dict[Any, list[int]] = defaultdict(lambda: [parts.ABSENT] * len(aspects))
    for place, aspect in enumerate(aspects):
        unit = units(aspect)
        for key, verdict in session.execute(select(unit.c.key, unit.c.verdict)):
            verdicts[key][place] = verdict
    return [(_WHOLE, found, 1) for found in verdicts.values()]


def _outcomes(aspects: Sequence[Any]) -> Rows:
    """Completed projects that are alike under every level on every day."""

    def ask() -> list[list[Any]]:
        days = dict.fromkeys(replace(aspect, level="E1") for aspect in aspects)
        levels = {day: by_level(day).subquery(f"levels_{place}") for place, day in enumerate(days)}
        columns = [
            _reached(levels[replace(aspect, level="E1")], aspect.level).label(f"aspect_{place}")
            for place, aspect in enumerate(aspects)
        ]
        source: Any = Project.__table__
        for level in levels.values():
            source = source.outerjoin(level, level.c.project_id == Project.id)
        year, programme = (
            year_of(Project.completed_on).label("year"),
            cast(Project.programme, String).label("programme"),
        )
        found = [level.c.project_id.is_not(None) for level in levels.values()]
        each = select(programme, year, *columns).select_from(source).where(or_(*found)).subquery("each_project")
        rows = session.execute(select(*each.c, func.count()).group_by(*each.c))
        return [[programme, *(int(number) for number in numbers)] for programme, *numbers in rows]

    asked: list[list[Any]] = shared(("outcomes", *aspects), ask)
    return [((programme, year), verdicts, number) for programme, year, *verdicts, number in asked]


def _reached(levels: Any, level: str) -> Any:
    found = case((levels.c[level], CODES[Verdict.yes]), else_=CODES[Verdict.no])
    observed = case((levels.c.observed, found), else_=CODES[Verdict.unknown])
    return case((levels.c.project_id.is_(None), parts.ABSENT), else_=observed)


@dataclass(frozen=True)
class _Family:
    aspects: tuple[Question, ...]
    lattice: Lattice
    spans: frozenset[Atom]


def _build(family: str, rows: Rows, spans: frozenset[Atom] = frozenset()) -> _Family:
    aspects = aspects_of(family)
    alike: Counter[Kind] = Counter()
    for atom, verdicts, number in rows:
        alike[atom, tuple(_NAMES[verdict] for verdict in verdicts)] += number
    kind = "completed" if family == "outcome" else "adopted"
    return _Family(aspects, lattice(alike, len(aspects), partial(_segment, kind)), spans)


def _build_participation() -> dict[str, _Family]:
    """The four families come from one look at the company places, each under every reference."""
    references = tuple(dict.fromkeys(_references()))
    rows: dict[str, list[tuple[Atom, Sequence[int], int]]] = {name: [] for name in _PARTS.values()}
    width = {family: len(aspects_of(family)) for family in rows}
    for part, programme, *numbers, number in kinds(_asks("PR-1", references[0]), references, _SPANS):
        family = _PARTS[part]
        atom, verdicts = ((programme, numbers[0]), numbers[1:]) if programme else (_WHOLE, numbers)
        rows[family].append((atom, verdicts[: width[family]], number))
    spans = frozenset(atom for atom, _verdicts, _number in rows["project"])
    return {family: _build(family, found, spans) for family, found in rows.items()}


def _family(family: str) -> _Family:
    end = last_year_end()
    if family in ("outcome", "list"):
        ask = _outcomes if family == "outcome" else _listed
        return remember(("disclosure", family, end), lambda: _build(family, ask(aspects_of(family))))
    return remember(("disclosure", "participation", end), _build_participation)[family]


def shown(question: Question) -> Shown:
    """The answer as readers outside the office may see it. Money, records and curves are not for them."""
    family = family_of(question)
    if family is None:
        return Shown(question, None, why=NOT_OFFERED)
    found = _family(family)
    if family in ("firm", "member", "list"):
        return _shown_whole(question, found)
    aspect, asked = _canonical(question)
    if aspect not in found.aspects:
        return Shown(question, None, why=NOT_OFFERED)
    place = found.aspects.index(aspect)
    parts = found.lattice.parts(place, asked)
    if parts is None:
        nearest = _nearest(question, found.lattice, place)
        return Shown(question, None, why=NOT_THESE_YEARS if nearest else TOO_FEW, nearest=nearest)
    count = found.lattice.count(place, asked)
    rows = [_row(question, block, found.lattice.count(place, block)) for block in parts]
    return Shown(question, Rate(question, count), tuple(sorted(rows, key=lambda row: (row[2] or "", *row[:2]))))


def _shown_whole(question: Question, found: _Family) -> Shown:
    """Organisations belong to several years, so they are told of whole spans only."""
    assert isinstance(question, Participation)
    whole = replace(question, programme=None, first_year=FIRST, last_year=LAST)
    covers = question.definition == "PR-8" or found.spans <= _canonical(question)[1]
    aspect = whole if covers else question
    if whole not in found.aspects:
        return Shown(question, None, why=NOT_OFFERED)
    if aspect not in found.aspects:
        told = found.lattice.blocks[found.aspects.index(whole)]
        nearest = _spanning(question, found.spans) if told else None
        return Shown(question, None, why=NOT_THESE_YEARS if nearest else TOO_FEW, nearest=nearest)
    place = found.aspects.index(aspect)
    if not found.lattice.blocks[place]:
        return Shown(question, None, why=TOO_FEW)
    return Shown(question, Rate(question, found.lattice.count(place, [_WHOLE])))


def _row(question: Question, block: frozenset[Atom], count: Count) -> tuple[int, int, Programme | None, Count]:
    years = [year for _programme, year in block]
    programmes = {programme for programme, _year in block}
    named = Programme(programmes.pop()) if question.programme is None and len(programmes) == 1 else None
    return min(years), max(years), named, count


def _spanning(question: Question, atoms: frozenset[Atom]) -> Question | None:
    years = [year for _programme, year in atoms]
    programmes = {programme for programme, _year in atoms}
    if not years:
        return None
    programme = Programme(programmes.pop()) if len(programmes) == 1 else None
    return replace(question, programme=programme, first_year=min(years), last_year=max(years))


def _nearest(question: Question, found: Lattice, place: int) -> Question | None:
    """The smallest range around the question that blocks make up, else the widest within it; None without either."""
    plain = replace(question, lag=0) if isinstance(question, Commercialization) else question
    atoms = found.atoms(place)
    wider: Question | None = plain
    while wider is not None:
        asked = _canonical(wider)[1]
        if asked & atoms and found.parts(place, asked) is not None:
            return wider
        grown = _spanning(wider, (asked & atoms) | found.around(place, asked))
        if grown is not None and wider.programme is None:
            grown = replace(grown, programme=None)
        wider = grown if grown != wider else None
    lit = frozenset().union(*found.blocks[place]) & _canonical(plain)[1]
    for programme in [plain.programme] if plain.programme else list(Programme):
        inside = _spanning(plain, frozenset(atom for atom in lit if atom[0] == programme.value))
        if inside is not None and found.parts(place, _canonical(inside)[1]) is not None:
            return inside
    return None
