"""Duties to report: scheduled at completion, fulfilled by whoever acts for the organisation, ended by rule."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.agreements import operations as agreements
from app.calls.choices import Programme
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Stale
from app.core.i18n import Bilingual
from app.core.storage import StoredFile
from app.organisations.models import Organisation
from app.outcomes import policy, queries
from app.outcomes.choices import Answer, ClaimStatus, DevState, ProductKind, ReasonCode
from app.outcomes.definitions import Terms, schedule
from app.outcomes.models import Claim, FollowUp, FollowUpTerms, Observation, ProductVersion, SalesYear
from app.outcomes.operations.letters import refuse, tell
from app.outcomes.operations.yearly import YearData, save_year, stored_year
from app.outcomes.workflow import CLAIM, FOLLOW_UP
from app.projects.models import Project
from app.projects.operations import complete as complete_project

#: MON-10 [own]: the report on a fiscal year is due this many days after its end, unless the programme says otherwise.
DUE_AFTER_DAYS = Terms().due_after_days


@dataclass(frozen=True)
class KnownAnswer:
    """What is said of a product that was reported before. Unchanged needs the year's sales, if it sells; stopped needs
    the reason; changed everything."""

    product_id: int
    answer: Answer | None
    dev_state: DevState | None = None
    stage: int | None = None
    reason_code: ReasonCode | None = None
    first_sale_on: date | None = None
    sales_yen: int | None = None
    cost_yen: int | None = None
    export_yen: int | None = None


@dataclass(frozen=True)
class FollowUpData:
    """One yearly report: what is said of a new product, or of the project as a whole while there is none, and of each
    product known from before. Money is the fiscal year's in yen; days are days in Japan."""

    observed_on: date | None
    dev_state: DevState | None
    stage: int | None
    reason_code: ReasonCode | None
    product: str
    first_sale_on: date | None
    sales_yen: int | None
    jobs: int | None
    evidence: str
    kind: ProductKind = ProductKind.product
    cost_yen: int | None = None
    export_yen: int | None = None
    known: tuple[KnownAnswer, ...] = ()
    year: YearData | None = None  # None: that part of the page was not there, and what is stored stays

    @property
    def says_something_new(self) -> bool:
        said = (self.dev_state, self.stage, self.reason_code, self.first_sale_on, self.sales_yen)
        return bool(self.product) or any(value is not None for value in said)


def complete(project: Project, completed_on: date, actor: Any) -> None:
    """Complete a project that has no award here (imported from earlier years); where there is one, the award's own steps
    do it and this is refused."""
    agreements.no_award(project)
    complete_project(project, completed_on, actor)


def schedule_duties(project: Project, completed_on: date, actor: Any) -> None:
    """Schedule the yearly reports that every company and the lead of a completed project owe (MON-10).

    The duty is bound to the organisation in its role; it ends with the last of ``project.followup_years`` reports.
    """
    slots = schedule(completed_on, project.followup_years, queries.terms_of(project.programme))
    for organisation_id, role in queries.owing_organisations(project, completed_on):
        session.add_all(
            FollowUp(
                project_id=project.id, organisation_id=organisation_id, role=role, number=slot.number,
                fiscal_year=slot.fiscal_year, opens_on=slot.opens_on, due_on=slot.due_on,
            )
            for slot in slots
        )  # fmt: skip
        session.flush()  # one organisation after the other: the lead's reports come first in every list


def set_terms(programme: Programme, terms: Terms, actor: Any) -> None:
    """Change MON-10 for a programme; projects completed from now on follow it."""
    if not actor.has_role("officer"):
        raise Forbidden("set terms")
    row = queries.terms_row(programme)
    if row is None:
        row = FollowUpTerms(programme=programme)
        session.add(row)
    row.covers_completion_year, row.due_after_days = terms.covers_completion_year, terms.due_after_days
    session.flush()
    audit.record(row, "follow-up terms set", actor, data=asdict(terms))


def transfer_duty(project: Project, old: Organisation, new: Organisation, reason: str, actor: Any) -> int:
    """Hand the reports that an organisation still owes to another one; answers how many. What was sent stays its own."""
    if not policy.projects.is_officer(actor, project):
        raise Forbidden("transfer duty")
    theirs = {(row.number, row.organisation_id) for row in queries.of_project(project.id)}
    moved = 0
    for row in queries.of_project(project.id):
        if row.organisation_id != old.id or row.status not in queries.AWAITED or (row.number, new.id) in theirs:
            continue
        row.organisation_id, moved = new.id, moved + 1
        data = {"from": old.org_key, "to": new.org_key}
        audit.record(row, "duty transferred", actor, reason=reason, data=data)
    session.flush()
    return moved


def save(follow_up: FollowUp, data: FollowUpData, version: int, actor: Any, *, live: bool = False) -> None:
    """Save a draft; raises Stale when somebody saved meanwhile, OutOfOrder when it is already sent. With ``live`` one
    field was changed on a page that saves itself: what this very person saved since that version does not count."""
    _writable(follow_up, actor, "save")
    if follow_up.opens_on > today():
        raise refuse(
            "not-open",
            f"This report opens on {follow_up.opens_on}.",
            f"この報告は{follow_up.opens_on}から提出できます。",
        )
    if follow_up.version != version and not (live and _nobody_else_since(follow_up, version, actor)):
        raise Stale(_words(data), _words(stored(follow_up)))
    if follow_up.draft_by_id != actor.actor_id:
        follow_up.draft_by_id, follow_up.draft_since = actor.actor_id, follow_up.version
    follow_up.observed_on, follow_up.jobs, follow_up.evidence = data.observed_on, data.jobs, data.evidence
    known = queries.known_products(follow_up, today())
    answers = {answer.product_id: answer for answer in data.known}
    same = next((v for v in known if data.product and data.product in (v.name_ja, v.name_en)), None)
    if same is not None and answers.get(same.product_id, KnownAnswer(0, None)).answer is None:
        answers[same.product_id] = _as_known(same.product_id, data)  # written as new, but known by that name
    if not known or (data.says_something_new and same is None):
        _write_new(follow_up, data)
    else:
        follow_up.claims = [c for c in follow_up.claims if c.position or c.status is not ClaimStatus.drafted]
    last = queries.last_seen(follow_up.project_id, known, follow_up.fiscal_year)
    before = queries.newest(follow_up) if known else None
    for version_ in known:
        given = answers.get(version_.product_id) or KnownAnswer(version_.product_id, None)
        _write_known(follow_up, version_, given, last[version_.product_id], before)
    sum_up(follow_up)
    if data.year is not None:
        save_year(follow_up, data.year)
    flag_modified(follow_up, "evidence")  # claims are rows of their own: the report's version speaks for them too
    session.flush()


def _writable(follow_up: FollowUp, actor: Any, verb: str) -> None:
    if not policy.may_report(actor, follow_up):
        raise Forbidden(verb)
    if follow_up.status not in queries.AWAITED:
        FOLLOW_UP.check(follow_up, "submit", actor)


def _nobody_else_since(follow_up: FollowUp, version: int, actor: Any) -> bool:
    """Whoever saved after that version is this very person."""
    own = follow_up.draft_by_id == actor.actor_id and follow_up.draft_since is not None
    return own and (follow_up.draft_since or 0) <= version < follow_up.version


def _as_known(product_id: int, d: FollowUpData) -> KnownAnswer:
    return KnownAnswer(product_id, Answer.changed, d.dev_state, d.stage, d.reason_code, d.first_sale_on, d.sales_yen,
                       d.cost_yen, d.export_yen)  # fmt: skip


def _claim_at(follow_up: FollowUp, position: int, product_id: int | None = None) -> Claim:
    for claim in follow_up.claims:
        if (claim.product_id == product_id) if product_id is not None else claim.position == position:
            return claim
    claim = Claim(position=position, product_id=product_id, name="", remarks="", kind=ProductKind.product)
    follow_up.claims.append(claim)
    return claim


def _write_new(follow_up: FollowUp, data: FollowUpData) -> None:
    claim = _claim_at(follow_up, 0)
    if claim.status not in (None, ClaimStatus.drafted):
        return
    claim.answer, claim.name, claim.kind = Answer.new, data.product, data.kind
    for name in ("dev_state", "stage", "reason_code", "first_sale_on", "sales_yen", "cost_yen", "export_yen"):
        setattr(claim, name, getattr(data, name))


def _write_known(
    follow_up: FollowUp, version: ProductVersion, given: KnownAnswer,
    last: tuple[Observation | None, SalesYear | None], before: FollowUp | None,
) -> None:  # fmt: skip
    places = [claim.position for claim in follow_up.claims]
    claim = _claim_at(follow_up, max([0, *places]) + 1, version.product_id)
    if claim.status not in (None, ClaimStatus.drafted):
        return
    claim.name, claim.kind, claim.answer = str(version.name_ja or version.name_en), version.kind, given.answer
    seen = last[0]
    if given.answer is Answer.unchanged and seen is not None:
        told = [c for c in before.claims if c.product_id == version.product_id] if before else []
        claim.dev_state, claim.stage = seen.dev_state, seen.stage
        claim.reason_code = told[0].reason_code if told else ReasonCode.unknown if seen.stage == 0 else None
    elif given.answer is Answer.stopped:
        claim.dev_state, claim.stage, claim.reason_code = DevState.stopped, 0, given.reason_code
    else:
        claim.dev_state, claim.stage, claim.reason_code = given.dev_state, given.stage, given.reason_code
    claim.first_sale_on = version.first_sale_on or given.first_sale_on
    claim.sales_yen, claim.cost_yen, claim.export_yen = given.sales_yen, given.cost_yen, given.export_yen


def sum_up(follow_up: FollowUp) -> None:
    """The report in one line: the furthest product, all sales together. What was not accepted does not count."""
    claims = [claim for claim in follow_up.claims if claim.status is not ClaimStatus.disputed]
    best = max(claims, key=lambda c: (c.stage if c.stage is not None else -1, -c.position), default=None)
    follow_up.dev_state, follow_up.stage = (best.dev_state, best.stage) if best else (None, None)
    follow_up.reason_code, follow_up.product = (best.reason_code, best.name) if best else (None, "")
    sold = [claim.sales_yen for claim in claims if claim.sales_yen is not None]
    follow_up.sales_yen = sum(sold) if sold else None
    follow_up.first_sale_on = min((c.first_sale_on for c in claims if c.first_sale_on is not None), default=None)


def stored(follow_up: FollowUp) -> FollowUpData:
    """What the draft says now."""
    head = next((c for c in follow_up.claims if not c.position), None)
    names = ("dev_state", "stage", "reason_code", "first_sale_on", "sales_yen", "cost_yen", "export_yen")
    said = {name: getattr(head, name) if head else None for name in names}
    known = tuple(
        KnownAnswer(c.product_id, c.answer, **{name: getattr(c, name) for name in names})
        for c in follow_up.claims
        if c.product_id is not None
    )
    return FollowUpData(
        observed_on=follow_up.observed_on, product=head.name if head else "", jobs=follow_up.jobs,
        evidence=follow_up.evidence, kind=head.kind if head else ProductKind.product, known=known, **said,
        year=stored_year(follow_up),
    )  # fmt: skip


def _words(data: FollowUpData) -> dict[Any, Any]:
    labels = {
        "observed_on": Bilingual("As of", "時点"),
        "dev_state": Bilingual("State of development", "開発の状態"),
        "stage": Bilingual("Stage", "事業化段階"),
        "reason_code": Bilingual("Reason", "理由"),
        "product": Bilingual("Product or service", "製品・サービス"),
        "first_sale_on": Bilingual("First sale", "最初の販売日"),
        "sales_yen": Bilingual("Sales (yen)", "売上額(円)"),
        "jobs": Bilingual("Jobs", "雇用者数"),
        "evidence": Bilingual("Evidence", "根拠"),
    }

    def shown(value: Any) -> Any:
        return getattr(value, "label", value) if value is not None else ""

    words = {str(label): shown(getattr(data, name)) for name, label in labels.items()}
    for place, answer in enumerate(data.known, 1):
        said = [shown(value) for value in (answer.answer, answer.stage, answer.sales_yen)]
        words[str(Bilingual(f"Product {place}", f"製品{place}"))] = " / ".join(str(v) for v in said if v != "")
    return words


def attach(follow_up: FollowUp, file: StoredFile, actor: Any) -> None:
    _writable(follow_up, actor, "attach")
    follow_up.file_id = file.id
    session.flush()


def submit(follow_up: FollowUp, actor: Any) -> None:
    """Hand the report in: the statement that what it says is right on this day (OUT-13). Late is possible, and dated."""
    name = follow_up.organisation.name_ja if follow_up.organisation else None
    FOLLOW_UP.apply(follow_up, "submit", actor, on_behalf_of=name)
    follow_up.submitted_at, follow_up.submitted_by_id = now(), actor.actor_id
    for claim in follow_up.claims:
        if claim.status is ClaimStatus.drafted:
            CLAIM.apply(claim, "report", actor, on_behalf_of=name)
    session.flush()


def remind() -> None:
    """Clockwork: reports are announced when they open, a week before they are due, and weekly when overdue."""
    on = today()
    waiting = [row for row in queries.awaited(on + timedelta(days=DUE_AFTER_DAYS)) if row.opens_on <= on]
    people = queries.people_for(row.id for row in waiting)
    for row in waiting:
        left = (row.due_on - on).days
        occasion = f"overdue-{-left // 7}" if left < 0 else "week" if left <= 7 else "open"
        tell(row, "outcomes/reminder", f"follow-up-reminder:{row.id}:{occasion}", people[row.id], left=left)


def is_open(follow_up: FollowUp) -> bool:
    return follow_up.opens_on <= today() and follow_up.status in queries.AWAITED
