"""Verbs of figures: propose, freeze (the worker), publish, supersede, discard, compare then and now."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from app.analytics import queries as analytics
from app.analytics.definitions import Commercialization, Participation, Question, Rate, Verdict
from app.core import audit, numbering, outbox, storage
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import reading, session
from app.core.errors import Forbidden, NotFound, OutOfOrder, Reason, Refused
from app.core.exchange import bulk_insert
from app.core.fiscal import fiscal_year
from app.core.i18n import Bilingual
from app.publishing import policy, queries
from app.publishing.choices import FreezeFault, SnapshotStatus
from app.publishing.definitions import bundles, disclosure, questions, recompute
from app.publishing.definitions.suppression import units_of
from app.publishing.models import Snapshot, SnapshotUnit
from app.publishing.workflow import SNAPSHOT

KIND, CHECK = "figure", "figure-check"
ZIP = "application/zip"
NOTHING = Bilingual("", "")


@dataclass(frozen=True)
class Proposal:
    """What an officer wants to publish. ``replaces`` is the code of the figure whose place it takes."""

    question: Question
    remark: Bilingual = NOTHING
    replaces: str = ""
    reason: Bilingual = NOTHING


def _no(code: str, en: str, ja: str, where: str) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def _settled(question: Question) -> Question:
    """The question with the day up to which the records are read. That day must be over: whatever is recorded on it
    later would belong to it too, and the figure could not be counted again."""
    if isinstance(question, Participation):
        return question
    yesterday = today() - timedelta(days=1)
    if question.as_of > today():
        raise Refused([_no("as-of-future", "The as-of date lies in the future.", "基準日が未来の日付です。", "as_of")])
    if question.known_at is not None and question.known_at > yesterday:
        raise Refused(
            [
                _no(
                    "known-at-open", f"That day is not over. The latest is {yesterday}.",
                    f"当日以降は指定できません。最も遅い日は{yesterday}です。", "known_at",
                )
            ]
        )  # fmt: skip
    return replace(question, known_at=question.known_at or yesterday)


def _older(proposal: Proposal) -> Snapshot | None:
    if not proposal.replaces:
        return None
    older = queries.public(proposal.replaces.strip())
    if older is None or older.status is not SnapshotStatus.published:
        raise Refused([_no("replaces-unknown", "No published figure has this number.", "この番号の公表中の数値はありません。", "replaces")])  # fmt: skip
    if not (proposal.reason.en and proposal.reason.ja):
        raise Refused([_no("replaces-reason", "Say in both languages why it is replaced.", "差替えの理由を両言語で記入してください。", "reason_ja")])  # fmt: skip
    return older


def propose(proposal: Proposal, actor: Any) -> Snapshot:
    """Draft a figure and let the worker freeze it. Raises Refused for a question that has no answer, an as-of or known-at
    day that is not over, and a replacement without reason; Forbidden for everybody but officers."""
    if not policy.is_officer(actor):
        raise Forbidden("figure")
    question = _settled(proposal.question)
    if fault := question.fault() if isinstance(question, Participation) else None:
        raise Refused(
            [_no("question", fault, "この定義では、日付のある基準又はリストの指定が必要です。", "definition")]
        )
    older = _older(proposal)
    year = fiscal_year(today())
    rule = question.rule
    row = Snapshot(
        code=f"F{year}-{numbering.next_number(f'figure:{year}'):04d}",
        kind=questions.kind_of(question),
        definition=rule.id,
        definition_version=rule.version,
        words=questions.words_of(rule),
        parameters=questions.as_data(question),
        subject=questions.subject_of(question),
        rule=questions.rule_of(question),
        programme=question.programme,
        remark_en=proposal.remark.en,
        remark_ja=proposal.remark.ja,
        as_of=question.as_of if isinstance(question, Commercialization) else question.reference.day,
        known_at=(question.known_at if isinstance(question, Commercialization) else None) or today(),
        salt=secrets.token_hex(16),
        proposed_by_id=actor.actor_id,
        replaces_id=older.id if older else None,
        replaces_reason_en=proposal.reason.en,
        replaces_reason_ja=proposal.reason.ja,
    )
    session.add(row)
    session.flush()
    audit.record(row, "propose", actor, to_status=row.status.value, data=row.parameters)
    outbox.put(KIND, {"snapshot_id": row.id}, f"figure:{row.id}:{row.version}")
    return row


def freeze_again(row: Snapshot, actor: Any) -> None:
    """Ask the worker once more for a draft that could not be frozen. Raises OutOfOrder, Forbidden."""
    if not policy.is_officer(actor):
        raise Forbidden("figure")
    if row.status is not SnapshotStatus.draft or row.fault is None:
        raise OutOfOrder(row, "freeze", row.status)
    row.fault = None
    session.flush()
    audit.record(row, "freeze asked again", actor)
    outbox.put(KIND, {"snapshot_id": row.id}, f"figure:{row.id}:{row.version}")


# --- freezing --------------------------------------------------------------------------------------------------------


class _Fault(Exception):
    def __init__(self, fault: FreezeFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


@dataclass(frozen=True)
class _Counted:
    rate: Rate
    details: dict[str, Any]
    units: list[tuple[str, Verdict, int]]
    cohorts: dict[str, int | None]
    all_years: bool
    shown_years: tuple[int, ...]
    held: dict[str, Any]
    inputs: queries.Inputs
    version: int


def _count(question: Question) -> _Counted:
    """Everything about a question at one version of the data."""
    version = numbering.version()
    rate = analytics.measure(question)
    details: dict[str, Any] = {"cohorts": [[y, c.yes, c.unknown, c.no] for y, c in analytics.cohorts(question)]}
    if isinstance(question, Commercialization):
        details["curve"] = [asdict(point) for point in analytics.curve(question)]
    units = analytics.all_units(question)
    try:
        inputs = queries.inputs(question)
    except queries.TooLarge:
        raise _Fault(FreezeFault.too_large) from None
    placed = queries.counted_units(question)
    if numbering.version() != version:
        raise _Fault(FreezeFault.unsteady)
    if not units:
        raise _Fault(FreezeFault.nothing)
    shown, held = _beside_the_public(question, placed)
    cohorts = {key: year for key, _verdict, year in placed}
    return _Counted(rate, details, units, cohorts, set(cohorts.values()) == set(shown), shown, held, inputs, version)


def _beside_the_public(question: Question, units: Sequence[queries.Unit]) -> tuple[tuple[int, ...], dict[str, Any]]:
    """(the years that may stand beside the total, what would be told together with all that is public) (CR-14). Firms
    stand under several years and yen in none, so of those only the total is told."""
    kind, public = question.rule.rows, queries.public_cells()
    state = queries.state_of_the_public()
    total, years = queries.whole("", kind, units), queries.cells_by_year("", kind, units)
    if question.rule.unit == "yen":
        years = []
    ledger = disclosure.Ledger([*public, total, *(one for _year, one in years)])
    ledger.publish([*public, total])
    shown = disclosure.years_shown(ledger, years)
    mine = [total, *(one for year, one in years if year in shown)]
    return shown, {"public": state, "told": queries.told_beside(public, mine, "")}


def _agree(files: dict[str, bytes], asked: dict[str, Any]) -> None:
    """The script of the bundle, which shares no line with our queries, must come to the same."""
    if recompute.differences(recompute.expected_of(files), recompute.computed(files, asked)):
        raise _Fault(FreezeFault.disagrees)


def _bundles(
    code: str, words: dict[str, Any], asked: dict[str, Any], salt: str, found: _Counted
) -> tuple[dict[str, bytes], dict[str, bytes] | None]:
    answer = bundles.expected(found.rate.data(), found.details)
    data = bundles.data_files(found.inputs.tables)
    units = [(key, verdict.value, weight) for key, verdict, weight in found.units]
    office = bundles.files_of(code, "office", asked, words, data, answer, units)
    _agree(office, asked)
    public = bundles.public_files(code, asked, words, data, answer, units, salt, found.all_years)
    if public is not None:
        _agree(public, asked)
    return office, public


def freeze(item: outbox.OutboxItem) -> None:
    """The outbox's handler: reads, lets the database go, counts a second time, writes."""
    key = item.payload["snapshot_id"]
    row = queries.get(key)
    if row is None or row.status is not SnapshotStatus.draft:
        return
    code, words, asked, salt = row.code, row.words, row.parameters, row.salt
    session.commit()
    try:
        with reading():
            found = _count(questions.question_of(asked))
            session.commit()  # no lock is held while the bundles are made
        office, public = _bundles(code, words, asked, salt, found)
    except _Fault as error:
        session.commit()
        row = queries.get(key, lock=True)
        if row is not None and row.status is SnapshotStatus.draft:
            row.fault = error.fault
            audit.record(row, "freeze failed", SYSTEM, reason=error.fault.value)
        return
    row = queries.get(key, lock=True)
    if row is None or row.status is not SnapshotStatus.draft:
        return
    _keep(row, found, office, public)


def _keep(row: Snapshot, found: _Counted, office: dict[str, bytes], public: dict[str, bytes] | None) -> None:
    rate = found.rate
    row.numerator, row.denominator, row.unknown = rate.numerator, rate.denominator, rate.unknown
    units = units_of(verdict for _key, verdict, _weight in found.units)
    row.units_yes, row.units_unknown, row.units_no = units.yes, units.unknown, units.no
    row.answer, row.details, row.shown_years = rate.data(), found.details, list(found.shown_years)
    row.held = found.held
    row.data_version, row.project_ids = found.version, found.inputs.project_ids
    row.data_sha256 = bundles.hash_of(office)
    row.office_file = storage.keep(
        bundles.packed(office), name=f"{row.code}-office.zip", media_type=ZIP, created_by_id=row.proposed_by_id
    )
    if public is not None:
        row.public_sha256 = bundles.hash_of(public)
        row.public_file = storage.keep(
            bundles.packed(public), name=f"{row.code}.zip", media_type=ZIP, created_by_id=row.proposed_by_id
        )
    row.frozen_at = now()
    bulk_insert(
        SnapshotUnit.__table__,  # type: ignore[arg-type]
        [
            {"snapshot_id": row.id, "key": k, "verdict": v, "weight": w, "cohort": found.cohorts[k]}
            for k, v, w in found.units
        ],
    )
    SNAPSHOT.apply(row, "freeze", SYSTEM, data={"data_sha256": row.data_sha256, "data_version": found.version})


# --- letting out -----------------------------------------------------------------------------------------------------


def publish(row: Snapshot, actor: Any) -> None:
    """Let a frozen figure out; the one that it replaces is superseded in the same moment.

    Raises Forbidden for the officer who proposed it; Refused for small cells (CR-14) and for a second figure of the same
    subject; OutOfOrder where the older one is not public any more.
    """
    queries.one_at_a_time()
    SNAPSHOT.check(row, "publish", actor)
    if row.replaces_id is not None:
        older = queries.get_for(actor, row.replaces_id, lock=True)
        if older is None:
            raise NotFound("figure")
        SNAPSHOT.apply(older, "supersede", actor, reason=row.replaces_reason_en, data={"by": row.code})
    row.published_by_id, row.published_at = actor.actor_id, now()
    SNAPSHOT.apply(row, "publish", actor, data={"data_sha256": row.data_sha256, "public_sha256": row.public_sha256})


def discard(row: Snapshot, reason: str, actor: Any) -> None:
    """Drop what was never public. Raises OutOfOrder, Forbidden; Refused without a reason."""
    SNAPSHOT.check(row, "discard", actor)
    if not reason.strip():
        raise Refused([_no("reason", "Give the reason.", "理由を記入してください。", "reason")])
    SNAPSHOT.apply(row, "discard", actor, reason=reason)


# --- then and now ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One unit that would count differently today; None where it was, or is, not counted at all."""

    key: str
    then: tuple[Verdict, int] | None
    now: tuple[Verdict, int] | None


@dataclass(frozen=True)
class ThenAndNow:
    """The same question with the same known-at day, counted today. ``later`` is what is known by now (None where the
    question knows no such day)."""

    now: Rate
    later: Rate | None
    changes: list[Change]
    version: int


def verify(row: Snapshot) -> ThenAndNow:
    """Count a frozen figure anew from today's records and say which units differ. It reads only. Raises OutOfOrder."""
    if row.frozen_at is None:
        raise OutOfOrder(row, "verify", row.status)
    question = questions.question_of(row.parameters)
    found = {key: (verdict, weight) for key, verdict, weight in analytics.all_units(question)}
    then = queries.units(row.id)
    changes = [
        Change(key, then.get(key), found.get(key))
        for key in sorted(then.keys() | found.keys())
        if then.get(key) != found.get(key)
    ]
    later = analytics.measure(replace(question, known_at=None)) if isinstance(question, Commercialization) else None
    return ThenAndNow(analytics.measure(question), later, changes, question.rule.version)


def check(item: outbox.OutboxItem) -> None:
    """The outbox's handler of ``figure-check``: how many units of a published figure would count differently today."""
    key = item.payload["snapshot_id"]
    session.commit()
    with reading():
        row = queries.get(key)
        if row is None or row.frozen_at is None:
            return
        changes = len(verify(row).changes)
        session.commit()
    row = queries.get(key, lock=True)
    if row is None:
        return
    before, row.changed_units, row.checked_at = row.changed_units, changes, now()
    if changes != (before or 0):
        audit.record(row, "then and now compared", SYSTEM, data={"changed_units": changes})


def check_all() -> None:
    """Nightly: have every published figure compared with today's records."""
    day = today().isoformat()
    outbox.put_all(CHECK, {f"{CHECK}:{key}:{day}": {"snapshot_id": key} for key in queries.to_check()})
