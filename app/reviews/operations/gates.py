"""Refusals shared by the verbs of reviewing."""

from datetime import datetime
from typing import Any

from app.applications.models import Application
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual
from app.reviewers import queries as reviewers
from app.reviews import queries
from app.reviews.definitions import Phase
from app.reviews.models import ReviewAssignment


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def recuse(application: Application, actor: Any) -> None:
    """Officers are bound by the same ties as reviewers: who has one takes no part in assigning and deciding. Nor does
    who reviews the proposal: nobody decides on grounds of their own (reliability B24)."""
    if actor.actor_id is None:
        return
    if queries.works_on(actor.actor_id, application.id):
        raise refuse(
            "own-review",
            "You review this proposal; a colleague has to do this.",
            "この申請の審査員を務めているため、他の担当官が行う必要があります。",
        )
    if found := reviewers.conflicts(application.id, [actor.actor_id]).get(actor.actor_id):
        tie = found[0].organisation
        raise refuse(
            "own-conflict",
            f"You have a tie to this consortium ({tie.name_en or tie.name_ja}); a colleague has to do this.",
            f"この申請の関係機関({tie.name_ja})と利害関係があるため、他の担当官が行う必要があります。",
        )


def check_window(assignment: ReviewAssignment, arrived: datetime | None) -> Phase:
    """The phase that holds at the instant of arrival (now, where nobody says one); raises Refused when it takes no
    scores. The first instant of the next phase is too late."""
    phase = queries.phase_of(assignment.application.call, arrived)
    if not phase.may_score:
        raise refuse(
            "phase",
            f"No scores are taken now (phase: {phase.name.en}).",
            f"現在は採点を受け付けていません(段階:{phase.name.ja})。",
        )
    return phase
