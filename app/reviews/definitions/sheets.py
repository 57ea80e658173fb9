"""The score sheet as texts by field: what is written, saved, merged, exported and read back."""

from collections.abc import Mapping
from typing import Any

from app.core.i18n import Bilingual

CONFIDENCE, PROBABILITY, YEAR = "confidence", "forecast_pct", "forecast_year"
TO_PANEL, TO_APPLICANT = "comment_to_panel", "comment_to_applicant"
NUMBERS = (CONFIDENCE, PROBABILITY, YEAR)
LONG = (TO_PANEL, TO_APPLICANT)
LABELS = {
    CONFIDENCE: Bilingual("How sure you are", "評価の確信度"),
    PROBABILITY: Bilingual(
        "Your forecast: probability of a first sale within five years of completion (%)",
        "審査員の予測:事業終了後5年以内に初回売上が立つ確率(%)",
    ),
    YEAR: Bilingual("Your forecast: year of the first sale", "審査員の予測:初回売上の年(西暦)"),
    TO_PANEL: Bilingual("Comment to the panel", "審査委員会へのコメント"),
    TO_APPLICANT: Bilingual("Comment to the applicant", "申請者へのコメント"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


def score_field(criterion_id: int) -> str:
    return f"score-{criterion_id}"


def labels(criteria: Any) -> dict[str, Any]:
    """The words for every field of a sheet, in its order."""
    return {score_field(c.id): c.name for c in criteria} | LABELS


def texts(criteria: Any, review: Any) -> dict[str, str]:
    """What is stored, as text by field; empty for what is not answered."""
    found = dict.fromkeys(labels(criteria), "")
    if review is None:
        return found
    found |= {score_field(score.criterion_id): str(score.score) for score in review.scores}
    for name in NUMBERS:
        value = getattr(review, name)
        found[name] = "" if value is None else str(value)
    return found | {name: getattr(review, name) for name in LONG}


def weighted_score(scores: Mapping[int, int], weights: Mapping[int, int]) -> int:
    """The weighted mean over answered criteria, in hundredths of a point, rounded half up.

    A criterion left out counts neither above nor below the line; weights of 0 do not count. ValueError where nothing
    that weighs is answered.
    """
    answered = [(score, weights.get(key, 0)) for key, score in scores.items()]
    total = sum(weight for _score, weight in answered)
    if not total:
        raise ValueError("nothing that weighs is answered")
    return (200 * sum(score * weight for score, weight in answered) + total) // (2 * total)
