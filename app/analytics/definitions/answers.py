"""What is answered: counts with their bounds and intervals, never a bare percentage."""

from dataclasses import dataclass
from typing import Any

from app.analytics.definitions.questions import Participation, Question
from app.analytics.definitions.rules import Definition
from app.analytics.estimators import LEVEL, wilson


@dataclass(frozen=True)
class Count:
    """How many (or how much) there are, by verdict."""

    yes: int = 0
    unknown: int = 0
    no: int = 0

    @property
    def total(self) -> int:
        return self.yes + self.unknown + self.no

    @property
    def rate(self) -> float | None:
        return self.yes / self.total if self.total else None


@dataclass(frozen=True)
class Rate:
    """The answer to a question: counts, bounds and interval, never a bare percentage."""

    question: Question
    count: Count
    cohorts: tuple[tuple[int, Count], ...] = ()

    @property
    def definition(self) -> Definition:
        return self.question.rule

    @property
    def numerator(self) -> int:
        return self.count.yes

    @property
    def denominator(self) -> int:
        return self.count.total

    @property
    def unknown(self) -> int:
        return self.count.unknown

    @property
    def rate(self) -> float | None:
        return self.count.rate

    @property
    def upper(self) -> float | None:
        return (self.numerator + self.unknown) / self.denominator if self.denominator else None

    @property
    def responded(self) -> int:
        """Commercialization only: those with any observation."""
        return self.denominator - self.unknown

    @property
    def rate_respondents(self) -> float | None:
        return self.numerator / self.responded if self.responded else None

    @property
    def response_rate(self) -> float | None:
        return self.responded / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's, for counts; money has none."""
        return None if self.definition.unit == "yen" else wilson(self.numerator, self.denominator)

    def data(self) -> dict[str, Any]:
        """The answer as the contract's JSON."""
        question = self.question
        low, high = self.interval or (None, None)
        interval = {"method": "wilson", "level": LEVEL, "low": low, "high": high}
        found: dict[str, Any] = {
            "definition": self.definition.id,
            "definition_version": self.definition.version,
            "unit": self.definition.unit.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "unknown": self.unknown,
            "rate": self.rate,
            "lower": self.rate,
            "upper": self.upper,
            "interval": None if self.definition.unit == "yen" else interval,
        }
        if isinstance(question, Participation):
            day = question.reference.day
            found |= {
                "reference": str(question.reference),
                "as_of": day.isoformat() if day else None,
                "population": "list" if question.list_code and question.definition == "PR-8" else question.population,
            }
            if question.definition == "PR-8":
                found["list_code"] = question.list_code
        else:
            found |= {
                "responded": self.responded,
                "response_rate": self.response_rate,
                "rate_respondents": self.rate_respondents,
                "reference": f"fixed:{question.as_of}",
                "as_of": question.as_of.isoformat(),
                "population": "completed",
                "known_at": question.known_at.isoformat() if question.known_at else None,
                "lag": question.lag,
                "min_evidence": question.min_evidence,
            }
        found["programme"] = question.programme.value if question.programme else "all"
        found["fy"] = f"{question.first_year}..{question.last_year}"
        return found


def words(question: Question) -> dict[str, Any]:
    """The question itself as plain data, as it stands in ``Rate.data()``: what any figure made of it carries along."""
    figures = {"numerator", "denominator", "unknown", "rate", "lower", "upper", "interval"}
    figures |= {"responded", "response_rate", "rate_respondents"}
    return {key: value for key, value in Rate(question, Count()).data().items() if key not in figures}
