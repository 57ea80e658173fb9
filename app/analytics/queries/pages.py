"""What the pages show together, kept together: a page that was made before costs one look at the data's version."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.analytics.definitions import COMMERCIALIZATION, PARTICIPATION, Commercialization, Count, Participation, Rate
from app.analytics.definitions import figures as f
from app.analytics.definitions.questions import Question, Reference, ReferenceKind
from app.analytics.published import FIGURES
from app.analytics.queries import figures
from app.analytics.queries.answers import measure, remember
from app.analytics.queries.breakdowns import breakdown, dimensions, labels
from app.analytics.queries.disclosure import Shown, aspects_of, shown
from app.analytics.queries.sales import sales
from app.analytics.queries.together import CENSUS_DAY, together
from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Rows:
    """A breakdown with the names of its rows."""

    by: f.Dimension
    choices: tuple[f.Dimension, ...]
    overlaps: bool
    rows: tuple[tuple[str, Bilingual | None, Count], ...]


@dataclass(frozen=True)
class ParticipationPage:
    rate: Rate
    broken: Rows
    definitions: tuple[Rate, ...]
    references: tuple[Rate, ...]
    chance: f.ByChance | None
    order: f.Ordered | None
    amounts: f.AmountsAnswered | None

    @property
    def moves(self) -> tuple[Rate, Rate] | None:
        """The definitions with the lowest and the highest rate: how far the definition alone moves the answer."""
        found = sorted((r for r in self.definitions if r.rate is not None), key=lambda r: r.rate or 0)
        return (found[0], found[-1]) if len(found) > 1 else None

    @property
    def matched(self) -> tuple[int, int]:
        """PR-10: distinct companies that were looked up, of all."""
        firms = next(rate for rate in self.definitions if rate.definition.id == "PR-4")
        return firms.denominator - firms.unknown, firms.denominator


@dataclass(frozen=True)
class CommercializationPage:
    rate: Rate
    broken: Rows
    levels: f.LevelsAnswered
    standing: f.StandingAnswered
    curve: f.CurveDrawn
    amounts: f.AmountsAnswered | None
    sales: f.SalesAnswered


def _rows(question: Question, by: f.Dimension | None) -> Rows:
    choices = dimensions(question)
    chosen = by if by in choices else choices[0]
    asked = f.Breakdown(question, chosen)
    if chosen is f.Dimension.year and question.rule.rows == "project":
        return Rows(chosen, choices, asked.overlaps, tuple((str(y), None, count) for y, count in _years(question)))
    names = labels(chosen)
    rows = tuple((value, names.get(value), count) for value, count in breakdown(asked).rows)
    return Rows(chosen, choices, asked.overlaps, rows)


def _years(question: Question) -> tuple[tuple[int, Count], ...]:
    """By year, of what the page needs anyway."""
    if isinstance(question, Commercialization):
        return figures.reached_by_year(question)
    return together(question).years(question.definition)


def _rate(question: Participation) -> Rate:
    count = together(question).count(question.definition)
    return measure(question) if count is None else Rate(question, count)


def participation_page(question: Participation, by: f.Dimension | None) -> ParticipationPage:
    def make() -> ParticipationPage:
        day = question.reference.day or CENSUS_DAY
        by_project = question.rule.rows == "project"
        return ParticipationPage(
            _rate(question),
            _rows(question, by),
            tuple(figures.side_by_side(question)),
            tuple(figures.by_reference(question, day)),
            figures.by_chance(f.Chance(question)),
            figures.time_order(f.TimeOrder(question)) if by_project or question.definition == "PR-5" else None,
            figures.amounts(f.Amounts(question)),
        )

    return remember(("participation page", question, by), make)


def commercialization_page(question: Commercialization, by: f.Dimension | None) -> CommercializationPage:
    def make() -> CommercializationPage:
        lags = tuple(sorted({*f.LAGS, question.lag}))
        return CommercializationPage(
            figures.reached(question),
            _rows(question, by),
            figures.levels(f.Levels(question, lags)),
            figures.standing(f.Standing(question)),
            figures.draw(f.Curve(question)),
            figures.amounts(f.Amounts(question)),
            sales(f.Sales(question)),
        )

    return remember(("commercialization page", question, by), make)


@dataclass(frozen=True)
class PublicPage:
    """What readers outside the office see: the answer, and the same question asked otherwise, each through the gate."""

    answer: Shown
    others: tuple[Shown, ...]


def public_page(question: Question) -> PublicPage:
    def make() -> PublicPage:
        if isinstance(question, Commercialization):
            others: list[Question] = [replace(question, level=level) for level in COMMERCIALIZATION]
        else:
            asked = [replace(question, definition=name) for name in PARTICIPATION]
            others = [q for q in asked if not q.fault() and q.rule.unit != "yen"]
            others += [replace(question, reference=r) for r in _references(question) if r != question.reference]
        return PublicPage(shown(question), tuple(shown(q) for q in others))

    return remember(("public page", question), make)


def _references(question: Participation) -> list[Reference]:
    day: date = question.reference.day or CENSUS_DAY
    kinds = (ReferenceKind.fixed, ReferenceKind.ever, ReferenceKind.adoption)
    found = [Reference(kind, day if kind.dated else None) for kind in kinds]
    return [r for r in found if not replace(question, reference=r).fault()]


def measured(questions: Sequence[Question | None]) -> list[Shown | None]:
    """For the office: the plain answers, in the form in which others get theirs."""
    return [Shown(q, measure(q)) if q else None for q in questions]


def shown_all(questions: Sequence[Question | None]) -> list[Shown | None]:
    return [shown(q) if q else None for q in questions]


def offered(question: Question) -> list[Question]:
    """What may be asked outside the office beside this: the days and definitions, over the years asked for."""
    families = ("outcome",) if isinstance(question, Commercialization) else ("project", "place", "firm", "member")
    found = []
    for family in families:
        for aspect in aspects_of(family):
            found.append(
                replace(
                    aspect,
                    programme=question.programme,
                    first_year=question.first_year,
                    last_year=question.last_year,
                )
            )
    return found


def everyday() -> None:
    """Make what people open most: both rates as they open, to the office and through the gate, and the published ones."""
    asked = [figure.question for figure in FIGURES]
    for question in asked:
        if isinstance(question, Participation) and question.definition == "PR-1":
            participation_page(question, None)
        elif isinstance(question, Commercialization):
            commercialization_page(question, None)
            figures.triangle(f.Triangle(question))
        if question is not None:
            public_page(question)
    measured(asked)
    shown_all(asked)
