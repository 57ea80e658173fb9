"""Make a call from its programme's template, edit a draft, publish."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from app.calls import policy, queries
from app.calls.choices import CallStatus, Programme
from app.calls.definitions import TEMPLATES
from app.calls.models import Call, Criterion, Frame, RequiredDocument
from app.calls.operations.questionnaire import add_questionnaire, publish_questions, rename_questionnaire
from app.calls.workflow import MACHINE
from app.core import audit
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused, Stale
from app.core.i18n import Bilingual


@dataclass(frozen=True)
class FrameValues:
    ceiling_year1_yen: int | None
    ceiling_year2_yen: int | None
    max_years: int
    min_companies: int
    sme_rule: bool
    keep: bool = True


@dataclass(frozen=True)
class Dates:
    """The dates of a call besides its window; each may be left open."""

    announce_at: datetime | None = None
    questions_until: datetime | None = None
    interview_at: datetime | None = None
    decision_at: datetime | None = None
    start_at: datetime | None = None


@dataclass(frozen=True)
class CallValues:
    """What the officer's form holds. ``weights``, ``optional``, ``blind_safe`` and ``frames`` go by the ids of the rows."""

    title_en: str
    title_ja: str
    summary_en: str
    summary_ja: str
    opens_at: datetime
    closes_at: datetime
    budget_yen: int | None
    required_reviews: int
    followup_years: int
    parameters: dict[str, int]
    weights: dict[int, int]
    frames: dict[int, FrameValues]
    dates: Dates = Dates()
    next_steps: dict[str, dict[str, str]] = field(default_factory=dict)
    optional: frozenset[int] = frozenset()  # criteria that a reviewer may leave out
    blind_safe: frozenset[int] = frozenset()  # documents that tell no names


def create_from_template(
    programme: Programme, fiscal_year: int, opens_at: datetime, closes_at: datetime, *, actor: audit.Actor
) -> Call:
    """A draft call with the programme's frames, documents, questions, rubric and parameters."""
    if not policy.is_officer_or_system(actor):
        raise Forbidden("new call")
    check_dates(opens_at, closes_at, Dates())
    template = TEMPLATES[programme]
    call = Call(
        programme=programme,
        fiscal_year=fiscal_year,
        round=queries.next_round(programme, fiscal_year),
        title_en=template.title.en,
        title_ja=template.title.ja,
        summary_en=template.summary.en,
        summary_ja=template.summary.ja,
        opens_at=opens_at,
        closes_at=closes_at,
        required_reviews=template.required_reviews,
        followup_years=template.followup_years,
        parameters=dict(template.parameters),
        created_by_id=actor.actor_id,
        frames=[
            Frame(
                code=frame.code,
                name_en=frame.name.en,
                name_ja=frame.name.ja,
                ceiling_year1_yen=frame.ceiling_year1_yen,
                ceiling_year2_yen=frame.ceiling_year2_yen,
                max_years=frame.max_years,
                min_companies=frame.min_companies,
                sme_rule=frame.sme_rule,
            )
            for frame in template.frames
        ],
        documents=[
            RequiredDocument(code=d.code, name_en=d.name.en, name_ja=d.name.ja, mandatory=d.mandatory)
            for d in template.documents
        ],
        criteria=[
            Criterion(
                position=position,
                code=c.code,
                axis=c.axis,
                name_en=c.name.en,
                name_ja=c.name.ja,
                weight=c.weight,
                mandatory=c.mandatory,
                anchors=c.anchors,
            )
            for position, c in enumerate(template.criteria, 1)
        ],
    )
    session.add(call)
    session.flush()
    audit.record(call, "created", actor, to_status=call.status.value)
    add_questionnaire(call, actor=actor)
    return call


def edit(call: Call, values: CallValues, version: int, *, actor: audit.Actor) -> None:
    """Change a draft. Raises OutOfOrder once it is published, Stale when somebody was faster."""
    if call.status != CallStatus.draft:
        raise OutOfOrder(call, "edit", call.status)
    if not policy.may_edit(actor, call):
        raise Forbidden("edit call")
    if version != call.version:
        raise Stale({}, {})
    check_dates(values.opens_at, values.closes_at, values.dates)
    total = sum(values.weights.get(criterion.id, 0) for criterion in call.criteria)
    if total != 100:
        raise Refused(
            [
                Reason(
                    "weights",
                    Bilingual(
                        f"The weights sum to {total}; they must sum to 100.",
                        f"配点の合計が{total}です。100にしてください。",
                    ),
                    "weights",
                )
            ]
        )
    for name in ("title_en", "title_ja", "summary_en", "summary_ja", "opens_at", "closes_at", "budget_yen",
                 "required_reviews", "followup_years"):  # fmt: skip
        setattr(call, name, getattr(values, name))
    for name, instant in asdict(values.dates).items():
        setattr(call, name, instant)
    call.next_steps = {outcome: words for outcome, words in values.next_steps.items() if any(words.values())}
    call.parameters = {**call.parameters, **values.parameters}
    for criterion in call.criteria:
        criterion.weight = values.weights[criterion.id]
        criterion.mandatory = criterion.id not in values.optional
    for document in call.documents:
        document.blind_safe = document.id in values.blind_safe
    _edit_frames(call, values.frames)
    rename_questionnaire(call)
    _touch(call)
    audit.record(call, "edited", actor)


def _edit_frames(call: Call, frames: dict[int, FrameValues]) -> None:
    for frame in list(call.frames):
        given = frames.get(frame.id)
        if given is None:
            continue
        if not given.keep:
            call.frames.remove(frame)
            continue
        for name in ("ceiling_year1_yen", "ceiling_year2_yen", "max_years", "min_companies", "sme_rule"):
            setattr(frame, name, getattr(given, name))


def publish(call: Call, version: int, *, actor: audit.Actor) -> None:
    """Make the call and its questions public. Raises Refused with everything that is still missing."""
    MACHINE.check(call, "publish", actor)
    if version != call.version:
        raise Stale({}, {})
    MACHINE.apply(call, "publish", actor)
    publish_questions(call, "", actor=actor)


def check_dates(opens_at: datetime, closes_at: datetime, dates: Dates) -> None:
    """Raises Refused with every date that comes before one that it should follow."""
    given = {"opens_at": opens_at, "closes_at": closes_at, **asdict(dates)}
    if reasons := list(policy.out_of_order(given)):
        raise Refused(reasons)


def _touch(call: Any) -> None:
    """Bump the version even when only rows below have changed."""
    from sqlalchemy.orm.attributes import flag_modified

    flag_modified(call, "title_en")
    session.flush()
