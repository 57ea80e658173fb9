"""Something that stands verified is doubted: it counts for less until a second officer has decided.

Nothing of the ledger is edited. Opening and deciding leave marks with the day on which they became known, so that every
figure as known before stays what it was; a correction is a new row."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.accounts import queries as accounts
from app.accounts.choices import Role
from app.accounts.models import User
from app.applications import queries as applications
from app.core import audit, mail
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.storage import StoredFile
from app.outcomes import policy, queries
from app.outcomes.choices import DevState
from app.outcomes.definitions import NOWHERE, Source, SourceKind
from app.outcomes.models import Dispute, DisputeNote, EvidenceMark, Observation
from app.outcomes.operations.ledger import ProductData, SalesData, add_sales, add_version, check_sales, entry_of
from app.outcomes.operations.letters import refuse
from app.outcomes.workflow import DISPUTE
from app.projects.operations import changed

#: How long an organisation has to answer, unless the opener says otherwise; and the longest.
ANSWER_DAYS, MOST_DAYS = 14, 90


@dataclass(frozen=True)
class Correction:
    """What was true instead: of the same day, and the year's sales where the claim had them (None: not known)."""

    dev_state: DevState
    stage: int
    evidence_level: int
    sales_yen: int | None = None
    first_sale_on: date | None = None


def open_dispute(
    observation: Observation, reason: str, request: str, undisputed: int, due_on: date | None, actor: Any
) -> Dispute:
    """Doubt a verified observation, with the reason. Until a decision it counts as shown at ``undisputed`` (-1: it
    counts nowhere). An officer asks the organisation for evidence until a day; the consortium says itself what is wrong.

    Raises Forbidden, Refused (no reason, no level below the present one, a day out of range), and Refused when the
    observation is in dispute already."""
    if not policy.may_dispute(actor, observation):
        raise Forbidden("dispute")
    by_office = bool(actor.has_role("officer"))
    present = queries.marks_of([observation.id]).get(observation.id, observation.evidence_level)
    _check_opening(observation, reason, request if by_office else "-", undisputed, present)
    owner = queries.owner_of(observation)
    asked = by_office and bool(queries.people_of(observation.project, owner))
    if asked and (due_on is None or not today() < due_on <= today() + timedelta(days=MOST_DAYS)):
        raise refuse(
            "due-bad", f"Choose a day within the next {MOST_DAYS} days.", f"{MOST_DAYS}日以内の日を指定してください。", "due_on",
        )  # fmt: skip
    row = Dispute(
        observation_id=observation.id, organisation_id=owner, undisputed=undisputed, reason=reason, by_office=by_office,
        opened_on=today(), opened_by_id=actor.actor_id, due_on=due_on if asked else None, decision="",
    )  # fmt: skip
    session.add(row)
    if by_office and request:
        row.notes.append(DisputeNote(by_id=actor.actor_id, asks=True, words=request))
    session.flush()
    audit.record(row, "dispute opened", actor, reason=reason, data={"observation": observation.id})
    _mark(row, undisputed)
    if asked:
        _tell_organisation(row, "opened", request)
    else:
        DISPUTE.apply(row, "forward", actor)
        _tell_office(row, "opened")
    changed([observation.project_id])
    return row


def _check_opening(observation: Observation, reason: str, request: str, undisputed: int, present: int) -> None:
    if queries.undecided_of(observation.id) is not None:
        raise refuse("in-dispute", "This is in dispute already.", "既に異議の対象となっています。")
    if not reason:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "reason")
    if not request:
        raise refuse("question-missing", "Say what should be shown.", "求める証拠を記入してください。", "request")
    if present <= NOWHERE:
        raise refuse("counts-nowhere", "This counts nowhere already.", "既に算入されていません。")
    if not NOWHERE <= undisputed < present:
        raise refuse(
            "level-not-lower", "What stays undisputed lies below the level that counts now.",
            "争いのない水準は、現在の証拠水準より低くなければなりません。", "undisputed",
        )  # fmt: skip


def _mark(row: Dispute, level: int | None) -> None:
    """From today on the disputed rows count as shown at this level; None: as they were recorded."""
    observation = row.observation or session.get_one(Observation, row.observation_id)

    def at(own: int) -> int:
        return own if level is None else min(level, own)

    same = {"dispute_id": row.id, "recorded_on": today()}
    session.add(EvidenceMark(observation_id=observation.id, level=at(observation.evidence_level), **same))
    for sold in queries.sales_with(observation):
        session.add(EvidenceMark(sales_year_id=sold.id, level=at(sold.evidence_level), **same))
    session.flush()


def answer_dispute(row: Dispute, words: str, file: StoredFile | None, actor: Any) -> None:
    """The organisation answers, with a file if it has one."""
    if not words and file is None:
        raise refuse(
            "answer-missing",
            "Write an answer or attach a file.",
            "回答を記入するか、ファイルを添付してください。",
            "words",
        )
    DISPUTE.apply(row, "answer", actor)
    row.notes.append(DisputeNote(by_id=actor.actor_id, asks=False, words=words, file_id=file.id if file else None))
    session.flush()
    _tell_office(row, "answered")


def ask_again(row: Dispute, words: str, due_on: date | None, version: int, actor: Any) -> None:
    """Ask the organisation for more, until another day."""
    if not words:
        raise refuse("question-missing", "Say what should be shown.", "求める証拠を記入してください。", "words")
    if due_on is None or not today() < due_on <= today() + timedelta(days=MOST_DAYS):
        raise refuse(
            "due-bad", f"Choose a day within the next {MOST_DAYS} days.", f"{MOST_DAYS}日以内の日を指定してください。", "due_on",
        )  # fmt: skip
    _same(row, "ask", version, actor)
    DISPUTE.apply(row, "ask", actor, reason=words)
    row.due_on = due_on
    row.notes.append(DisputeNote(by_id=actor.actor_id, asks=True, words=words))
    session.flush()
    _tell_organisation(row, "asked", words)


def _same(row: Dispute, event: str, version: int, actor: Any) -> None:
    DISPUTE.check(row, event, actor)
    if version != row.version:
        raise Stale({}, {})


def decide_dispute(
    row: Dispute, event: str, words: str, version: int, actor: Any, correction: Correction | None = None
) -> None:
    """A second officer decides: ``uphold`` (it counts nowhere from today on), ``withdraw`` (it counts as before) or
    ``correct`` (a later row of the same day takes its place). Raises Refused without reasons, or before the day until
    which an answer is awaited; Forbidden for who opened it."""
    if event not in ("uphold", "withdraw", "correct"):
        raise Forbidden(event)
    if not words:
        raise refuse("reason-missing", "Give a reason.", "理由を記入してください。", "decision")
    if event == "correct" and correction is None:
        raise refuse("stage-missing", "Choose the commercialization stage.", "事業化段階を選択してください。", "stage")
    _same(row, event, version, actor)
    DISPUTE.apply(row, event, actor, reason=words)
    row.decision, row.decided_on, row.decided_by_id = words, today(), actor.actor_id
    _mark(row, None if event == "withdraw" else NOWHERE)
    if event != "withdraw":
        _book(row, correction if event == "correct" else None, actor)
    session.flush()
    _tell_organisation(row, row.status.value, words)
    changed([row.observation.project_id])


def _book(row: Dispute, correction: Correction | None, actor: Any) -> None:
    """The rows that a decision adds: what was true instead, and that the first sale was not what it was said to be."""
    old = row.observation
    level = correction.evidence_level if correction else old.evidence_level
    source = Source(SourceKind.dispute, row.id).written
    claim, product = queries.claim_of(old), queries.product_of(old) if old.product_key else None
    if correction is not None:
        new = Observation(
            project_id=old.project_id, observed_on=old.observed_on, recorded_on=today(), dev_state=correction.dev_state,
            stage=correction.stage, evidence_level=level, product_key=old.product_key, source=source,
            follow_up_id=old.follow_up_id,
        )  # fmt: skip
        session.add(new)
        session.flush()
        row.correction_id = new.id
    if product is None:
        return
    product = queries.locked_product(product.id)
    sold = queries.sales_with(old)
    if correction is not None and correction.sales_yen is not None and sold:
        last = sold[-1]
        data = SalesData(last.fiscal_year, correction.sales_yen)
        check_sales(data)
        add_sales(product.id, data, entry_of(actor, last.event_on, source, level))
    present = queries.versions_of([product.id]).get(product.id)
    first = correction.first_sale_on if correction else None
    said = claim.first_sale_on if claim is not None else present.first_sale_on if present else None
    if present is not None and present.first_sale_on is not None and present.first_sale_on == said != first:
        known = ProductData(
            present.name_ja, present.name_en, present.kind, present.organisation_id, withdrawn_on=present.withdrawn_on
        )
        entry = entry_of(actor, today(), source, level)
        add_version(product.id, present.number + 1, replace(known, first_sale_on=first), entry)


# --- letters ---------------------------------------------------------------------------------------------------------


def _letter(row: Dispute, person: User, what: str, words: str) -> None:
    observation = row.observation
    mail.queue(
        "outcomes/dispute", person.email, person.locale, f"dispute:{row.id}:{what}:{row.version}:{person.id}",
        name=person.name, project=observation.project.project_key, observed_on=observation.observed_on,
        stage=observation.stage, product=observation.product_key, what=what, words=words, due_on=row.due_on,
        dispute_id=row.id,
    )  # fmt: skip


def _tell_organisation(row: Dispute, what: str, words: str) -> None:
    people = {person.id: person for person in queries.people_of(row.observation.project, row.organisation_id)}
    if not row.by_office:
        people[row.opened_by_id] = row.opened_by or session.get_one(User, row.opened_by_id)
    for person in people.values():
        _letter(row, person, what, words)


def _tell_office(row: Dispute, what: str) -> None:
    """Those officers who may decide: not who opened it, not who is recused."""
    officers = accounts.with_role(Role.officer)
    application_id = row.observation.project.application_id
    if application_id is not None:
        officers = applications.free_of_ties(officers, application_id)
    for officer in officers:
        if officer.id != row.opened_by_id:
            _letter(row, officer, f"office-{what}", "")


def remind_of_disputes() -> None:
    """Clockwork: a letter three days before an answer is due, and one when the day has passed."""
    on = today()
    for row in queries.unanswered(on + timedelta(days=3)):
        assert row.due_on is not None  # the condition of the query
        what = "late" if row.due_on < on else "soon"
        for person in queries.people_of(row.observation.project, row.organisation_id):
            _letter(row, person, f"{what}-{row.due_on}", "")
