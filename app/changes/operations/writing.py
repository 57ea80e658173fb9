"""The consortium writes a request, looks at what it would change, and hands it in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.applications.choices import MemberRole
from app.calls.choices import COST_ITEMS
from app.changes import definitions, policy, queries
from app.changes.choices import WRITABLE, ChangeKind, ChangeStatus
from app.changes.definitions import KINDS, FieldType
from app.changes.models import ChangeItem, ChangeRequest
from app.changes.operations.carrying import Outlook, carry, frozen, outlook
from app.changes.operations.telling import tell_consortium
from app.changes.workflow import MACHINE
from app.core import audit
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.milestones.choices import ReportKind
from app.milestones.definitions.sections import wished_end
from app.milestones.models import MilestoneReport
from app.projects import policy as projects
from app.projects import queries as project_queries
from app.projects.choices import ProjectStatus
from app.projects.models import Project

MOST_ITEMS = 30


@dataclass(frozen=True)
class Words:
    """What the consortium says of the whole request; ``effective_on`` is a day in Japan."""

    reason: str
    effect_on_goals: str
    effect_on_budget: str
    effective_on: date | None


def _refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def open_request(project: Project, actor: Any) -> ChangeRequest:
    """Begin a request. One draft at a time, so that two people of a consortium meet in it."""
    if not projects.may_report(actor, project):
        raise Forbidden("open")
    if project.status not in (ProjectStatus.adopted, ProjectStatus.running):
        raise _refuse(
            "over", "The project is over; nothing agreed can change.", "事業は終了しているため変更できません。"
        )
    present = next((one for one in queries.of_project(project.id) if one.status in WRITABLE), None)
    if present is not None:
        return present
    request = ChangeRequest(project_id=project.id, number=queries.next_number(project.id), created_by_id=actor.actor_id)
    request.project = project
    session.add(request)
    session.flush()
    audit.record(request, "opened", actor, to_status=ChangeStatus.draft.value)
    return request


def open_from_report(report: MilestoneReport, actor: Any) -> ChangeRequest:
    """Begin a request from a report on a delay or an accident: its words as the reason, the wished end as the change.

    A request that is being written already is taken, and nothing that somebody wrote there is touched.
    """
    if report.kind is not ReportKind.incident:
        raise Forbidden("no incident")
    request = open_request(report.project, actor)
    if not request.reason:
        told = [report.work_done, report.texts.get("measures", ""), report.texts.get("wish", "")]
        words = Words(
            "\n\n".join(text for text in told if text)[:4000], report.deviations[:2000],
            report.texts.get("money", "")[:2000], today(),
        )  # fmt: skip
        save_words(request, words, request.version, actor)
    wished = wished_end(report)
    if wished is not None and not any(one.kind is ChangeKind.period for one in request.items):
        add_item(request, ChangeKind.period, {"ends_on": wished}, request.version, actor)
    return request


def _writable(request: ChangeRequest, version: int, actor: Any) -> None:
    if not policy.may_write(actor, request):
        raise Forbidden("write")
    if request.status not in WRITABLE:
        MACHINE.check(request, "submit", actor)
    if request.version != version:
        raise Stale({}, {})


def save_words(request: ChangeRequest, words: Words, version: int, actor: Any) -> None:
    """Keep what was typed; raises Stale with both texts when somebody saved meanwhile."""
    names = ("reason", "effect_on_goals", "effect_on_budget", "effective_on")
    if policy.may_write(actor, request) and request.status in WRITABLE and request.version != version:
        labels = (
            Bilingual("Reason", "変更理由"), Bilingual("Effect on the goals", "目標への影響"),
            Bilingual("Effect on the budget", "経費への影響"), Bilingual("Holds from", "変更日"),
        )  # fmt: skip
        mine = {str(label): str(getattr(words, name) or "") for name, label in zip(names, labels, strict=True)}
        theirs = {str(label): str(getattr(request, name) or "") for name, label in zip(names, labels, strict=True)}
        raise Stale(mine, theirs)
    _writable(request, version, actor)
    for name in names:
        setattr(request, name, getattr(words, name))
    session.flush()


def add_item(request: ChangeRequest, kind: ChangeKind, typed: dict[str, Any], version: int, actor: Any) -> ChangeItem:
    """Add a change; ``typed`` by field of its kind. Raises Refused with what is missing or impossible, by field."""
    _writable(request, version, actor)
    if len(request.items) >= MOST_ITEMS:
        raise _refuse("many", f"At most {MOST_ITEMS} changes fit in a request.", f"変更事項は{MOST_ITEMS}件までです。")
    given = _read(request, kind, typed)
    item = ChangeItem(position=1 + max((one.position for one in request.items), default=0), kind=kind, given=given)
    request.items.append(item)
    request.basis = ""  # the request's version speaks for its items too
    flag_modified(request, "basis")
    session.flush()
    found = outlook(request)
    own = [reason for index, reason in found.problems if index == len(request.items) - 1]
    if own:
        raise Refused(own)
    return item


def _read(request: ChangeRequest, kind: ChangeKind, typed: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept; raises Refused by field."""
    given: dict[str, Any] = {}
    reasons: list[Reason] = []
    partners = {part.organisation_id for part in queries.participants_of(request.project_id)}
    for field in KINDS[kind].fields:
        value = typed.get(field.name)
        if value in (None, ""):
            if field.required:
                words = Bilingual(f"{field.label.en}: this is needed.", f"{field.label.ja}を記入してください。")
                reasons.append(Reason("missing", words, field.name))
            continue
        wrong = None
        if field.type is FieldType.day:
            value = value.isoformat()
        elif field.type is FieldType.organisation:
            found = queries.organisation_by(str(value))
            wrong, value = found is None, found.id if found else None
        elif field.type is FieldType.partner:
            value = int(value)
            wrong = value not in partners
        elif field.type is FieldType.item:
            wrong = value not in COST_ITEMS
        elif field.type is FieldType.role:
            wrong = value not in {role.value for role in MemberRole}
        elif field.type in (FieldType.milestone, FieldType.year, FieldType.yen):
            value = int(value)
        if wrong:
            words = Bilingual(
                f"{field.label.en}: not found. Choose one of the list, or type a key or corporate number of the register.",
                f"{field.label.ja}が見つかりません。一覧から選択するか、登録済みの機関キー・法人番号を入力してください。",
            )
            reasons.append(Reason("unknown", words, field.name))
            continue
        given[field.name] = value
    if reasons:
        raise Refused(reasons)
    return given


def drop_item(request: ChangeRequest, item_id: int, version: int, actor: Any) -> None:
    """Take a change out again."""
    _writable(request, version, actor)
    request.items[:] = [one for one in request.items if one.id != item_id]
    request.basis = ""
    flag_modified(request, "basis")
    session.flush()


def hand_in(request: ChangeRequest, version: int, actor: Any) -> Outlook:
    """Hand in: as a notice where a notice is enough, which then holds at once, else for approval.

    Raises Refused while something is missing or impossible.
    """
    _writable(request, version, actor)
    found = outlook(request)
    if found.problems:
        raise Refused([reason for _index, reason in found.problems])
    event = "notify" if found.notice else "submit"
    MACHINE.apply(request, event, actor, on_behalf_of=project_queries.lead_name(request.project))
    request.submitted_at, request.submitted_by_id = now(), actor.actor_id
    request.basis, request.effects = definitions.digest(found.before), frozen(found)
    if found.notice:
        request.decided_at = now()
        carry(request, found, actor)
    session.flush()
    return found


def withdraw(request: ChangeRequest, version: int, actor: Any) -> None:
    """Take a request back before it is decided."""
    if not policy.may_write(actor, request):
        raise Forbidden("withdraw")
    MACHINE.check(request, "withdraw", actor)
    if request.version != version:
        raise Stale({}, {})
    MACHINE.apply(request, "withdraw", actor)
    tell_consortium(request, actor)
