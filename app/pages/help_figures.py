"""Figures and words that the help on reviewing names, taken from where they hold."""

from typing import Any

from app.accounts.operations import WELCOME_LIFE
from app.assigning.choices import Level
from app.assigning.choices import Verdict as PlanVerdict
from app.assigning.definitions import fit, solver, wishes
from app.assigning.definitions.planning import Parameters as PlanParameters
from app.assigning.exchange import COLUMNS, MOST_ROWS
from app.assigning.operations.inviting import REMIND_DAYS_BEFORE
from app.assigning.queries.invitations import ANSWER_DAYS
from app.core.i18n import Bilingual
from app.learning.choices import Against, State
from app.learning.definitions import correlation, forecasts, results
from app.learning.definitions.questions import FIGURES, FORECAST_YEARS
from app.learning.forms import YEARS_BACK
from app.panels.choices import Audience, ItemStatus, Recommendation
from app.panels.definitions.discussion import MENDED_WITHIN
from app.panels.operations import answering, discussing, planning
from app.reviewers.choices import ConflictVerdict, InterestKind, ReadWhat, Strength
from app.reviewers.choices import State as Standing
from app.reviewers.definitions import CONFLICT_YEARS, MAX_STRANGERS
from app.reviewers.operations.reading import SAME_READING
from app.reviews import exchange
from app.reviews.choices import Confidence, Others, PhaseKind
from app.reviews.definitions import RIGHTS, SETS, usual
from app.reviews.workflow import ASSIGNMENT
from app.selection.choices import Dimension, Measure
from app.selection.definitions import calibration, choosing
from app.selection.definitions.rounds import FIGURES as ROUND_FIGURES
from app.selection.definitions.rounds import RATE
from app.selection.forms import BOUNDS
from app.selection.operations import Parameters as CalibrationParameters


def _plain(words: Bilingual) -> Bilingual:
    """Words of a form without what they say in brackets to whoever fills it in."""
    return Bilingual(*(text.partition("(")[0].strip() for text in (words.en, words.ja)))


def of_reviewing() -> dict[str, Any]:
    """What reviewers and the office read: periods in days or minutes, lengths in characters, words of the choices."""
    return {
        "conflict_years": CONFLICT_YEARS,
        "reading_minutes": int(SAME_READING.total_seconds()) // 60,
        "strangers": MAX_STRANGERS,
        "answer_days": ANSWER_DAYS,
        "remind_days": [days for days in REMIND_DAYS_BEFORE if days],
        "comment_characters": exchange.LONGEST,
        "workbook_mb": exchange.MAX_BYTES // 1_000_000,
        "workbook_sheets": exchange.MAX_SHEETS,
        "mend_minutes": int(MENDED_WITHIN.total_seconds()) // 60,
        "post_characters": discussing.LONGEST,
        "answer_characters": answering.LIMIT,
        "answer_reminder_hours": int(answering.REMINDED_BEFORE.total_seconds()) // 3600,
        "interests": {kind.value: kind.label for kind in InterestKind},
        "strengths": {strength.value: strength.label for strength in Strength},
        "standings": {state.value: state.label for state in Standing},
        "verdicts": {verdict.value: verdict.label for verdict in ConflictVerdict},
        "parts_read": [what.label for what in ReadWhat],
        "levels": {level.value: level.label for level in Level},
        "confidences": [one.label for one in Confidence],
        "answers": {transition.event: transition.label for transition in ASSIGNMENT.transitions},
        "usual_phases": [usual(kind) for kind in PhaseKind],
        "phase_rights": {name: _plain(words) for name, words in RIGHTS.items()},
        "others": {one.value: one.label for one in Others},
        "audiences": {audience.value: audience.label for audience in Audience},
    }


def of_rounds() -> dict[str, Any]:
    """What the office reads of rounds and of learning from them: shares in percent, scores in points."""
    return {
        "welcome_days": WELCOME_LIFE.days,
        "phase_sets": list(SETS.values()),
        "plan": PlanParameters(),
        "field_points": fit.FIELD_POINTS,
        "text_points": fit.TEXT_POINTS,
        "wish_points": wishes.POINTS,
        "plan_seconds": int(solver.SECONDS),
        "plan_prices": {kind: price // min(solver.PRICES.values()) for kind, price in solver.PRICES.items()},
        "plan_verdicts": {verdict.value: verdict.label for verdict in PlanVerdict},
        "plan_columns": COLUMNS,
        "plan_rows": MOST_ROWS,
        "item_minutes": planning.MINUTES,
        "meeting_items": planning.MOST,
        "item_states": {status.value: status.label for status in ItemStatus},
        "recommendations": [one.label for one in Recommendation],
        "fewest_reviews": calibration.FEWEST_REVIEWS,
        "few_reviewers_pct": round(calibration.FEW_REVIEWERS_SHARE * 100),
        "draws": calibration.DRAWS,
        "covered_pct": round((calibration.COVERAGE[1] - calibration.COVERAGE[0]) * 100),
        "zone": CalibrationParameters(),
        "bounds": BOUNDS,
        "dimensions": [dimension.label for dimension in Dimension],
        "measures": [measure.label for measure in Measure],
        "choice_seconds": int(choosing.SECONDS),
        "round_figures": ROUND_FIGURES,
        "rate": RATE,
        "fewest_projects": correlation.FEWEST,
        "fewest_each": correlation.FEWEST_EACH,
        "resamples": correlation.DRAWS,
        "level_pct": round(correlation.LEVEL * 100),
        "fewest_reviewers": forecasts.FEWEST_REVIEWERS,
        "forecast_years": FORECAST_YEARS,
        "reported_after_days": results.REPORTED_AFTER_DAYS,
        "years_back": YEARS_BACK,
        "against": {one.value: one.label for one in Against},
        "known": {state.value: state.label for state in State},
        "learned": FIGURES,
    }
