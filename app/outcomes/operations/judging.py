"""An officer looks at what was reported: asks for evidence, accepts it at a level, or does not, with the reason.

What is accepted becomes rows of the ledger; what is not stays on record as a claim, and no rate counts it until later
evidence brings it back."""

from typing import Any

from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.outcomes import policy
from app.outcomes.choices import ClaimStatus, RecordKind
from app.outcomes.definitions import Source, SourceKind
from app.outcomes.models import Claim, EvidenceRequest, FollowUp, Observation, OutcomeRecord
from app.outcomes.operations.duties import sum_up
from app.outcomes.operations.ledger import book_claim
from app.outcomes.operations.letters import refuse, tell
from app.outcomes.workflow import CLAIM, FOLLOW_UP
from app.projects.operations import changed


def _same(follow_up: FollowUp, event: str, version: int | None, actor: Any) -> None:
    """Raises Stale when the report was returned and sent again while the officer was reading."""
    FOLLOW_UP.check(follow_up, event, actor)
    if version is not None and version != follow_up.version:
        raise Stale({}, {})


def verify(
    follow_up: FollowUp, evidence_level: int, remarks: str, actor: Any, version: int | None = None
) -> Observation | None:
    """Verify a submitted report at an evidence level (OUT-15): each of its claims that is not disputed becomes a dated
    observation that rates count. Answers the first of them. Raises Refused while evidence is waited for."""
    _same(follow_up, "verify", version, actor)
    if any(claim.status is ClaimStatus.asked for claim in follow_up.claims):
        raise refuse(
            "evidence-awaited",
            "Evidence was asked for and has not come: verify that product by itself, or do not accept it, first.",
            "証拠書類の回答待ちの製品があります。先にその製品を個別に確認するか、認めない旨を記録してください。",
        )
    FOLLOW_UP.apply(follow_up, "verify", actor, data={"evidence_level": evidence_level})
    follow_up.evidence_level, follow_up.remarks = evidence_level, remarks
    follow_up.verified_at, follow_up.verified_by_id = now(), actor.actor_id
    booked = [
        _accept(claim, evidence_level, remarks, actor)
        for claim in follow_up.claims
        if claim.status is ClaimStatus.reported
    ]
    if follow_up.jobs is not None:
        session.add(
            OutcomeRecord(
                project_id=follow_up.project_id, organisation_id=follow_up.organisation_id, kind=RecordKind.jobs,
                title=f"FY{follow_up.fiscal_year}", count=follow_up.jobs, event_on=follow_up.observed_on, void=False,
                recorded_on=today(), source=source_of(follow_up), evidence_level=evidence_level,
                recorded_by_id=follow_up.submitted_by_id, verified_by_id=actor.actor_id, number="", owners="",
            )
        )  # fmt: skip
    session.flush()
    changed([follow_up.project_id])
    tell(follow_up, "outcomes/judged", f"follow-up-judged:{follow_up.id}:{follow_up.version}")
    return booked[0] if booked else None


def source_of(follow_up: FollowUp) -> str:
    """Where a row of the ledger comes from: a code that tells the organisations' reports of one year apart."""
    whose = follow_up.organisation.org_key if follow_up.organisation else ""
    return Source(SourceKind.report, follow_up.number, follow_up.fiscal_year, whose).written


def _accept(claim: Claim, level: int, remarks: str, actor: Any) -> Observation:
    CLAIM.apply(claim, "verify", actor, data={"evidence_level": level})
    claim.evidence_level, claim.remarks = level, remarks
    claim.judged_at, claim.judged_by_id = now(), actor.actor_id
    return book_claim(claim, source_of(claim.follow_up), actor)


def _version(claim: Claim, version: int | None) -> None:
    if version is not None and version != claim.version:
        raise Stale({}, {})


def verify_claim(
    claim: Claim, evidence_level: int, remarks: str, actor: Any, version: int | None = None
) -> Observation:
    """Accept one claim by itself; rates count it from today on."""
    CLAIM.check(claim, "verify", actor)
    _version(claim, version)
    booked = _accept(claim, evidence_level, remarks, actor)
    session.flush()
    changed([claim.follow_up.project_id])
    return booked


def dispute(claim: Claim, reason: str, actor: Any, version: int | None = None) -> None:
    """Do not accept a claim: it stays on record with the reason, no rate counts it, and evidence may still come."""
    if not reason:
        raise refuse("remarks-missing", "Say why it is not accepted.", "認めない理由を記入してください。", "remarks")
    CLAIM.check(claim, "dispute", actor)
    _version(claim, version)
    CLAIM.apply(claim, "dispute", actor, reason=reason)
    claim.remarks, claim.judged_at, claim.judged_by_id = reason, now(), actor.actor_id
    sum_up(claim.follow_up)
    session.flush()
    _letter(claim, Bilingual("not accepted", "認められませんでした"), reason)


def ask(claim: Claim, question: str, actor: Any, version: int | None = None) -> EvidenceRequest:
    """Ask for evidence of one claim; the organisation answers with words, and a file if it has one."""
    if not question:
        raise refuse("question-missing", "Say what should be shown.", "求める証拠を記入してください。", "remarks")
    CLAIM.check(claim, "ask", actor)
    _version(claim, version)
    CLAIM.apply(claim, "ask", actor, reason=question)
    request = EvidenceRequest(question=question, asked_by_id=actor.actor_id, answer="")
    claim.requests.append(request)
    session.flush()
    _letter(claim, Bilingual("evidence is asked for", "証拠書類の提出依頼"), question)
    return request


def answer(claim: Claim, text: str, file: StoredFile | None, actor: Any) -> None:
    """Answer a request for evidence, or bring new evidence for a claim that was not accepted."""
    if not policy.may_claim(actor, claim):
        raise Forbidden("answer")
    if not text and file is None:
        raise refuse(
            "answer-missing",
            "Write an answer or attach a file.",
            "回答を記入するか、ファイルを添付してください。",
            "answer",
        )
    event = "appeal" if claim.status is ClaimStatus.disputed else "answer"
    CLAIM.apply(claim, event, actor)
    request = next((r for r in claim.requests if r.answered_at is None), None) if event == "answer" else None
    if request is None:
        request = EvidenceRequest(question="", asked_at=now(), answer="")
        claim.requests.append(request)
    request.answer, request.answered_at, request.answered_by_id = text, now(), actor.actor_id
    request.file_id = file.id if file else None
    sum_up(claim.follow_up)
    session.flush()


def _letter(claim: Claim, verdict: Bilingual, words: str) -> None:
    tell(claim.follow_up, "outcomes/claim", f"claim:{claim.id}:{claim.version}", verdict_of_claim=verdict, words=words,
         product=claim.name)  # fmt: skip


def send_back(follow_up: FollowUp, remarks: str, actor: Any, version: int | None = None) -> None:
    """Return a report for correction, with remarks. What was verified of it already stays."""
    if not remarks:
        raise refuse("remarks-missing", "Say what has to be corrected.", "修正すべき点を記入してください。", "remarks")
    _same(follow_up, "return", version, actor)
    FOLLOW_UP.apply(follow_up, "return", actor, reason=remarks)
    follow_up.remarks = remarks
    for claim in follow_up.claims:
        if claim.status in (ClaimStatus.reported, ClaimStatus.asked, ClaimStatus.disputed):
            CLAIM.apply(claim, "reopen", actor, reason=remarks)
    session.flush()
    tell(follow_up, "outcomes/judged", f"follow-up-judged:{follow_up.id}:{follow_up.version}")
