"""The parts of a draft as plain texts by field, and what they were at an earlier version (the ancestor of a merge)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.applications.merging import as_text
from app.applications.models import Application, ConsortiumMember, DraftChange, MemberPerson, Presence
from app.applications.queries import answers
from app.calls.choices import COST_ITEMS
from app.core.clock import now
from app.core.db import session
from app.organisations.models import Organisation

HERE = timedelta(seconds=45)  # a sign of life comes every 15 seconds
BASICS = ("frame_id", "title_en", "title_ja", "abstract", "field", "starts_on", "ends_on", "seed_technology", "novelty",
          "novelty_text", "combination_text", "has_written_rules")  # fmt: skip
PLAN = ("product", "market", "who_sells", "first_sale_on", "investment_yen", "new_jobs", "patents", "trl_start",
        "trl_target")  # fmt: skip
SHARE = ("resources", "contribution_pct", "jsic", "holds_seed", "contact_name")
PERSON = ("name", "reading", "role", "department", "erad_number")
SUBCONTRACTOR = ("name", "corporate_number", "task")
MILESTONE = ("goal", "target_value", "unit", "due_on", "organisation_id")


def basics_texts(application: Application) -> dict[str, str]:
    texts = {name: as_text(getattr(application, name)) for name in BASICS}
    texts["novelty"] = as_text([code for code in application.novelty.split(";") if code])
    return texts


def milestones_texts(application: Application) -> dict[str, str]:
    return {
        f"m{row.position - 1}_{name}": as_text(getattr(row, name))
        for row in application.milestones
        for name in MILESTONE
    }


def plan_texts(application: Application) -> dict[str, str]:
    plan = application.plan
    texts = {name: as_text(getattr(plan, name, None)) for name in PLAN}
    for year in plan.years if plan else ():
        texts[f"sales_{year.year_no}"] = as_text(year.sales_yen)
        texts[f"profit_{year.year_no}"] = as_text(year.profit_yen)
    return texts


def share_texts(member: ConsortiumMember) -> dict[str, str]:
    texts = {name: as_text(getattr(member, name)) for name in SHARE}
    for letter, rows, names in (("p", member.named_people, PERSON), ("s", member.subcontractors, SUBCONTRACTOR)):
        texts |= {f"{letter}{row.position - 1}_{name}": as_text(getattr(row, name)) for row in rows for name in names}
    return texts | {f"b_{line.fiscal_year}_{line.cost_item}": as_text(line.amount_yen) for line in member.budget_lines}


def changed_texts(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    """(field, before, after) of every field whose text differs; an absent field is an empty one."""
    for name in {**before, **after}:
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield name, old, new


@dataclass(frozen=True)
class Changed:
    """The latest change of a field: by whom, when."""

    name: str
    at: datetime
    user_id: int | None


def ancestor(
    application_id: int, part: str, versions: Mapping[str, int], version: int, current: Mapping[str, str]
) -> tuple[dict[str, str | None], dict[str, Changed]]:
    """What each field was at the version that a person saw, and who changed it since (fields changed since only).

    ``versions`` may name a later version for single fields. A version of 0 or less is no version: then every field
    that was ever changed has an unknown ancestor (None), so that nothing is overwritten unseen.
    """
    lowest = min([version, *versions.values()], default=version)
    rows = session.execute(
        select(DraftChange, User.name)
        .outerjoin(User, User.id == DraftChange.user_id)
        .where(
            DraftChange.application_id == application_id, DraftChange.part == part, DraftChange.version > max(lowest, 0)
        )
        .order_by(DraftChange.id)
    )
    base: dict[str, str | None] = dict(current)
    seen: set[str] = set()
    since: dict[str, Changed] = {}
    for change, name in rows:
        if change.version <= versions.get(change.field, version):
            continue
        if change.field not in seen:
            base[change.field] = change.before
            seen.add(change.field)
        since[change.field] = Changed(name or "", change.at, change.user_id)
    if version <= 0:
        base = {name: base.get(name) if name in versions else None for name in base}
    return base, since


def changes_since(application_id: int, part: str, version: int, not_by: int) -> dict[str, tuple[str, str]]:
    """field -> (present text, who) of what others changed after a version."""
    rows = session.execute(
        select(DraftChange.field, DraftChange.after, DraftChange.user_id, User.name)
        .outerjoin(User, User.id == DraftChange.user_id)
        .where(DraftChange.application_id == application_id, DraftChange.part == part, DraftChange.version > version)
        .order_by(DraftChange.id)
    )
    found: dict[str, tuple[str, str, int | None]] = {row[0]: (row[1], row[3] or "", row[2]) for row in rows}
    return {field: (text, name) for field, (text, name, user_id) in found.items() if user_id != not_by}


def change_log(
    application_id: int, parts: Iterable[str] | None = None, limit: int = 200
) -> list[tuple[DraftChange, str]]:
    """The latest changes of a draft with the names of their authors, newest first."""
    query = (
        select(DraftChange, User.name)
        .outerjoin(User, User.id == DraftChange.user_id)
        .where(DraftChange.application_id == application_id)
        .order_by(DraftChange.id.desc())
        .limit(limit)
    )
    if parts is not None:
        query = query.where(DraftChange.part.in_(list(parts)))
    return [(row[0], row[1] or "") for row in session.execute(query)]


def last_change_at(application_id: int) -> datetime | None:
    return session.scalar(select(func.max(DraftChange.at)).where(DraftChange.application_id == application_id))


@dataclass(frozen=True)
class Here:
    """Somebody who has a part of the draft open."""

    user_id: int
    name: str
    organisation: str
    part: str
    field: str


def present(application_id: int, not_user: int) -> list[Here]:
    """Who else of the consortium works on this draft at the moment."""
    rows = session.execute(
        select(Presence.user_id, User.name, Presence.part, Presence.field, Organisation.name_ja, Organisation.name_en)
        .join(User, User.id == Presence.user_id)
        .join(MemberPerson, MemberPerson.user_id == User.id)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .join(Organisation, Organisation.id == ConsortiumMember.organisation_id)
        .where(
            Presence.application_id == application_id,
            ConsortiumMember.application_id == application_id,
            MemberPerson.ended_at.is_(None),
            Presence.user_id != not_user,
            Presence.seen_at > now() - HERE,
        )
        .order_by(User.name, User.id, ConsortiumMember.id)
    )
    found: dict[int, Here] = {}
    for row in rows:
        found.setdefault(row[0], Here(row[0], row[1], row[4] or row[5], row[2], row[3]))
    return list(found.values())


def presence_row(application_id: int, user_id: int) -> Presence | None:
    return session.scalar(
        select(Presence).where(Presence.application_id == application_id, Presence.user_id == user_id)
    )


COST_ITEM_CODES = tuple(COST_ITEMS)


def authors_since(application_id: int, version: int, not_by: int) -> set[str]:
    """Who else changed anything after a version."""
    rows = session.scalars(
        select(User.name)
        .join(DraftChange, DraftChange.user_id == User.id)
        .where(
            DraftChange.application_id == application_id, DraftChange.version > version, DraftChange.user_id != not_by
        )
        .distinct()
    )
    return set(rows)


def part_keys(application: Application) -> list[str]:
    """The parts of this application that can be sent back for correction, in order."""
    shares = [f"share-{member.id}" for member in application.members]
    return ["basics", "consortium", *shares, "milestones", "plan", *answers.titles(application), "attachments"]
