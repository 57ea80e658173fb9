"""How far a draft is: a task for every part and member, and every open point with the place that mends it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from app.applications.definitions import SECTIONS, Finding
from app.applications.models import Application, ShareConfirmation
from app.applications.queries import answers
from app.applications.queries.facts import current_attachments, facts, is_confirmed
from app.applications.queries.parts import basics_texts, milestones_texts, plan_texts, share_texts
from app.applications.queries.visibility import Standing
from app.core.db import session
from app.core.i18n import Bilingual


class TaskState(StrEnum):
    """Where one part of a draft stands."""

    cannot_start = "cannot_start"
    not_started = "not_started"
    in_progress = "in_progress"
    attention = "attention"
    done = "done"

    @property
    def label(self) -> Bilingual:
        return {
            "cannot_start": Bilingual("Cannot start yet", "まだ着手できません"),
            "not_started": Bilingual("Not started", "未着手"),
            "in_progress": Bilingual("In progress", "入力中"),
            "attention": Bilingual("Needs attention", "要確認"),
            "done": Bilingual("Done", "完了"),
        }[self.value]

    @property
    def tone(self) -> str:
        return {"attention": "bad", "done": "good", "in_progress": "info"}.get(self.value, "quiet")


@dataclass(frozen=True)
class Task:
    """One part of a draft with its state; ``member_id`` where it is a member's share."""

    section: str
    title: Any
    state: TaskState
    open: int  # findings that keep the proposal from being handed in
    member_id: int | None = None
    note: Any = None  # why it cannot start, or what needs attention


@dataclass(frozen=True)
class OpenPoint:
    """Something that keeps the proposal from being handed in, and where it is mended."""

    finding: Finding
    section: str
    field: str = ""
    member_id: int | None = None
    about: Any = None  # the member that it concerns, where it is one


def _section(section: str, started: bool, blocking: Iterable[Finding]) -> Task:
    mine = [f for f in blocking if f.rule.where == section]
    if not mine:
        state = TaskState.done if started else TaskState.not_started
    elif not started:
        state = TaskState.not_started
    else:
        state = TaskState.in_progress if all(f.rule.gap for f in mine) else TaskState.attention
    return Task(section, SECTIONS[section], state, len(mine))


def tasks(application: Application, findings: Sequence[Finding]) -> list[Task]:
    """One task a section and one for each member's share, in the order of work."""
    blocking = [f for f in findings if f.blocks]
    basics = {k: v for k, v in basics_texts(application).items() if k not in ("frame_id", "field") and v}
    found = [
        _section("basics", bool(basics), blocking),
        _section("consortium", len(application.members) > 1, blocking),
    ]
    lapsed = _once_confirmed(application)
    broken = [f for f in blocking if f.rule.where == "share" and not f.rule.gap]
    found += [_share(application, member, member.id in lapsed, broken) for member in application.members]
    found.append(_section("milestones", bool(milestones_texts(application)), blocking))
    found.append(_section("plan", any(plan_texts(application).values()), blocking))
    found += _answers(application, blocking)
    found.append(_section("attachments", bool(current_attachments(application)), blocking))
    return found


def _answers(application: Application, blocking: list[Finding]) -> list[Task]:
    """A task for each section of the questionnaire that applies."""
    found = []
    for part in answers.parts(application, facts(application)):
        key = f"answers-{part.section.key}"
        mine = [f for f in blocking if f.rule.where == key]
        note = None
        if answers.set_aside(application, part.section):
            state = TaskState.attention
            note = Bilingual(
                "A question has changed: look at your earlier answer.",
                "設問が変更されました。以前の回答を確認してください。",
            )
        elif not mine:
            state = TaskState.done
        elif not part.is_started:
            state = TaskState.not_started
        else:
            state = TaskState.in_progress if all(f.rule.gap for f in mine) else TaskState.attention
        found.append(Task(key, part.section.title, state, len(mine), None, note))
    return found


def _share(application: Application, member: Any, once: bool, broken: list[Finding]) -> Task:
    title, confirmed = member.organisation.name, is_confirmed(member)
    if confirmed:
        state, note = TaskState.done, None
        if broken:
            state, note = TaskState.attention, broken[0].rule.text
    elif application.starts_on is None or application.ends_on is None:
        state = TaskState.cannot_start
        note = Bilingual("The lead enters the period first (Basics).", "先に代表機関が期間(基本事項)を入力します。")
    elif once:
        state = TaskState.attention
        note = Bilingual(
            "Changed since it was confirmed; confirm again.", "確認後に変更されました。再度確認してください。"
        )
    else:
        texts = {k: v for k, v in share_texts(member).items() if k not in ("jsic", "contact_name") and v}
        state, note = (TaskState.in_progress if texts else TaskState.not_started), None
    return Task("share", title, state, 0 if confirmed else 1, member.id, note)


def _once_confirmed(application: Application) -> set[int]:
    """Members whose share somebody confirmed at some time."""
    rows = session.scalars(
        select(ShareConfirmation.member_id)
        .where(ShareConfirmation.application_id == application.id, ShareConfirmation.member_id.is_not(None))
        .group_by(ShareConfirmation.member_id)
        .having(func.count() > 0)
    )
    return {key for key in rows if key is not None}


def open_points(application: Application, findings: Iterable[Finding], standing: Standing) -> list[OpenPoint]:
    """Every finding that blocks, each leading to its field; what concerns single members once for each of them."""
    found: list[OpenPoint] = []
    for finding in findings:
        if not finding.blocks:
            continue
        if finding.rule.where != "share":
            found.append(OpenPoint(finding, finding.rule.where, finding.rule.field))
            continue
        concerned = _concerned(application, finding)
        shown = [m for m in concerned if standing.lead or m.id in standing.member_ids]
        found += [OpenPoint(finding, "share", finding.rule.field, m.id, m.organisation.name) for m in shown]
        if not shown:
            found.append(OpenPoint(finding, "share"))
    return found


def _concerned(application: Application, finding: Finding) -> list[Any]:
    """The members whose share mends it."""
    members = list(application.members)
    if finding.rule.id == "GEN-4":
        return [m for m in members if not is_confirmed(m)]
    if finding.rule.id == "NC-12":
        return [m for m in members if not m.resources.strip()]
    if finding.rule.id == "NC-3":
        return [m for m in members if m.contribution_pct is None] or members
    return [m for m in members if m.budget_lines] or members
