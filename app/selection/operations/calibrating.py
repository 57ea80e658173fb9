"""Calibrations: asked for by an officer, made at once when small and by the worker when large, kept with their fingerprint."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert

from app.calls.models import Call
from app.core import audit, outbox
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.selection import policy, queries
from app.selection.definitions import calibration as model
from app.selection.models import CalibratedScore, Calibration

#: Up to so many reviews the answer is there within a second; more go to the worker.
AT_ONCE = 400
KIND = "calibration"


@dataclass(frozen=True)
class Parameters:
    """Where the line is (``places``, or ``budget_yen``), the zone in percent, when reviews disagree (hundredths)."""

    places: int | None = None
    budget_yen: int | None = None
    lower_pct: int = 10
    upper_pct: int = 90
    fewest: int = model.FEWEST_REVIEWS
    disagreement: int = 100


def ask_calibration(call: Call, parameters: Parameters, actor: Any) -> Calibration:
    """Ask for a calibration of a round's scores. It decides nothing; each one is kept with who asked for it.

    Raises Forbidden for officers from whom a proposal of the round is kept.
    """
    if not actor.has_role("officer") or not policy.may_see_joint(actor, call.id):
        raise Forbidden("calibrate")
    if parameters.lower_pct >= parameters.upper_pct:
        raise Refused(
            [Reason("zone", Bilingual("The zone is empty.", "境界域の下限が上限以上です。"), "lower_pct")]
        )  # fmt: skip
    row = Calibration(
        call_id=call.id, digest=queries.fingerprint(call.id), parameters=asdict(parameters), asked_by_id=actor.id
    )
    session.add(row)
    session.flush()
    audit.record(row, "calibration asked", actor, data=asdict(parameters))
    observations = queries.observations(call.id)
    if len(observations) <= AT_ONCE:
        _keep(row, _compute(row, observations, queries.asked_amounts(call.id)))
    else:
        outbox.put(KIND, {"calibration_id": row.id}, f"calibration:{row.id}")
    return row


def record_export(call: Call, rows: int, actor: Any) -> None:
    """A file with the ranking left the house: who took it and how many lines it has."""
    if not actor.has_role("officer"):
        raise Forbidden("export")
    audit.record(call, "ranking exported", actor, data={"rows": rows})


def make_calibration(item: outbox.OutboxItem) -> None:
    """The outbox's handler: reads, lets the database go, computes, writes."""
    row = queries.calibration(item.payload["calibration_id"])
    if row is None or row.made_at is not None:
        return
    observations, asked = queries.observations(row.call_id), queries.asked_amounts(row.call_id)
    digest = queries.fingerprint(row.call_id)
    parameters = dict(row.parameters)
    session.commit()  # seconds of arithmetic follow; no lock of the database is held meanwhile
    found = _calibrated(parameters, observations, asked)
    row = queries.calibration(item.payload["calibration_id"], lock=True)
    if row is None or row.made_at is not None:
        return
    row.digest = digest
    _keep(row, found)


def _compute(row: Calibration, observations: Any, asked: dict[int, int]) -> model.Calibration:
    return _calibrated(row.parameters, observations, asked)


def _calibrated(parameters: dict[str, Any], observations: Any, asked: dict[int, int]) -> model.Calibration:
    line = model.Line(parameters["places"], parameters["budget_yen"], asked)
    return model.calibrate(observations, line, fewest=parameters["fewest"])


def _keep(row: Calibration, found: model.Calibration) -> None:
    row.summary = {
        "mean": found.mean,
        "variances": [found.variance_proposals, found.variance_reviewers, found.variance_error],
        "thin": found.thin,
        "thin_values": dict(found.thin_values),
        "severities": {str(s.reviewer): round(s.effect, 4) for s in found.severities},
        "reviews": sum(s.reviews for s in found.severities),
    }
    row.made_at = now()
    rows = [
        {
            "calibration_id": row.id,
            "application_id": s.proposal,
            "adjusted": round(s.adjusted * 100),
            "low": None if s.low is None else round(s.low * 100),
            "high": None if s.high is None else round(s.high * 100),
            "rank": s.rank,
            "rank_low": s.rank_low,
            "rank_high": s.rank_high,
            "above": None if s.above is None else round(s.above * 1000),
        }
        for s in found.standings
    ]
    if rows:
        session.execute(insert(CalibratedScore), rows)
    session.flush()
