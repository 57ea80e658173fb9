"""What the programme office does with an application."""

from typing import Any

from app.applications import queries
from app.applications.models import (
    Application,
    Screening,
)
from app.applications.operations.gates import refuse
from app.applications.operations.letters import tell
from app.applications.workflow import MACHINE
from app.core.db import session
from app.core.errors import Stale


def screen(application: Application, eligible: bool, reasons: str, version: int, *, actor: Any) -> Screening:
    """The officer's finding on eligibility; not eligible needs reasons, which go to the applicants by mail."""
    event = "screen_eligible" if eligible else "screen_ineligible"
    MACHINE.check(application, event, actor)
    if version != application.version:
        raise Stale({}, {})
    if not eligible and not reasons:
        raise refuse(
            "reasons",
            "Write the reasons; the applicants receive them.",
            "理由を記入してください(申請者に通知)。",
            "explanation",
        )
    failed = [f.rule.id for f in queries.findings(application) if f.blocks]
    if eligible and failed and not reasons:
        raise refuse(
            "reasons",
            f"Some rules do not hold ({', '.join(failed)}). Write why it is eligible all the same.",
            f"満たされない要件があります({', '.join(failed)})。適合とする理由を記入してください。",
            "explanation",
        )
    row = Screening(
        application_id=application.id,
        eligible=eligible,
        reasons=reasons,
        rule_results=[finding.as_json() for finding in queries.findings(application)],
        screened_by_id=actor.id,
    )
    session.add(row)
    MACHINE.apply(application, event, actor, reason=reasons or None)
    if not eligible:
        tell(application, "ineligible", f"ineligible:{application.id}", reasons=reasons)
    return row
