"""Verbs: compare a proposal with everything else, and judge what was found."""

from typing import Any

from app.applications.models import Application
from app.applications.queries import for_clockwork
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.doubles import queries
from app.doubles.choices import Verdict
from app.doubles.definitions import compare
from app.doubles.models import DoublesCheck, Likeness


def look(application: Application, submission_id: int) -> list[Likeness]:
    """Compare one proposal; what was judged before keeps its verdict. Answers what is new."""
    own = queries.description(application)
    known = queries.found_for(application.id)
    fresh = []
    candidates = [
        *queries.applications_like(application), *queries.projects_like(application), *queries.awards_like(own)
    ]  # fmt: skip
    for candidate in candidates:
        likeness = compare(own, candidate.description)
        row = known.get((candidate.kind, candidate.id))
        if likeness is None:
            continue
        if row is None:
            row = Likeness(application_id=application.id, other_kind=candidate.kind, other_id=candidate.id)
            session.add(row)
            fresh.append(row)
        row.other_number, row.other_title_en, row.other_title_ja = (
            candidate.number, candidate.title_en, candidate.title_ja
        )  # fmt: skip
        row.title_score, row.text_score = likeness.title, likeness.text
        row.reasons = {"organisations": list(likeness.organisations), "people": list(likeness.people)}
    check = queries.check_of(application.id) or DoublesCheck(application_id=application.id)
    check.submission_id, check.checked_at = submission_id, now()
    session.add(check)
    session.flush()  # nothing goes into the application's own history, which its applicants read
    return fresh


def look_for_doubles() -> None:
    """The clock's work: every proposal that was handed in since the last look, each by itself."""
    for application_id, submission_id in queries.unchecked():
        with session.begin_nested():
            application = for_clockwork(application_id)
            if application is not None:
                look(application, submission_id)


def judge(row: Likeness, verdict: Verdict, note: str, version: int, *, actor: Any) -> None:
    """A person's finding with its reason; it changes nothing of the application by itself."""
    if not actor.has_role("officer"):
        raise Forbidden("judge")
    if version != row.version:
        raise Stale({}, {})
    if verdict is not Verdict.open and not note:
        raise Refused(
            [Reason("note", Bilingual("Write why you think so.", "判断の理由を記入してください。"), f"note-{row.id}")]
        )
    row.verdict, row.note, row.judged_at, row.judged_by_id = verdict, note, now(), actor.id
    session.flush()
    audit.record(row, "likeness judged", actor, reason=note, data={"verdict": verdict.value})
