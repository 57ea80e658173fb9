"""Ties of people to organisations, and where they are conflicts (CON-14)."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from app.applications.models import Application, ConsortiumMember, MemberPerson
from app.core.clock import today
from app.core.db import session
from app.organisations.models import Affiliation, Organisation
from app.reviewers.models import DeclaredInterest

#: CON-14: a tie ends to count this many years after it ended (configurable per installation, unverified fact).
CONFLICT_YEARS = 3


@dataclass(frozen=True)
class Conflict:
    """Why a reviewer may not touch an application."""

    reviewer_id: int
    kind: str  # affiliation, declared, applicant_in_call
    organisation: Organisation


@cache
def _ties(restricted: bool) -> Any:
    """Every tie of people to one application's consortium, as one statement built once (it is asked on many pages).

    Parameters: ``application_id``, ``horizon`` (a day), and ``reviewers`` (keys) when restricted.
    """
    asked: Any = bindparam("application_id")
    # An applicant may have registered a firm anew that the register holds already: its name tells.
    twin = aliased(Organisation)
    members = union_all(
        select(ConsortiumMember.organisation_id).where(ConsortiumMember.application_id == asked),
        select(twin.id)
        .join(Organisation, Organisation.name_ja == twin.name_ja)
        .join(ConsortiumMember, ConsortiumMember.organisation_id == Organisation.id)
        .where(ConsortiumMember.application_id == asked, Organisation.name_ja != ""),
    )
    affiliated = select(Affiliation.user_id, Affiliation.organisation_id, literal("affiliation")).where(
        Affiliation.organisation_id.in_(members),
        or_(Affiliation.valid_to.is_(None), Affiliation.valid_to >= bindparam("horizon")),
    )
    declared = select(DeclaredInterest.user_id, DeclaredInterest.organisation_id, literal("declared")).where(
        DeclaredInterest.organisation_id.in_(members)
    )
    rival = aliased(Application)
    competing = (
        select(MemberPerson.user_id, ConsortiumMember.organisation_id, literal("applicant_in_call"))
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .join(rival, rival.id == ConsortiumMember.application_id)
        .where(rival.call_id == select(Application.call_id).where(Application.id == asked).scalar_subquery())
    )
    ties = union_all(affiliated, declared, competing).subquery()
    user_id, organisation_id, kind = ties.c
    query = select(user_id, kind, Organisation).join(Organisation, Organisation.id == organisation_id)
    if restricted:
        query = query.where(user_id.in_(bindparam("reviewers", expanding=True)))
    return query.order_by(kind, Organisation.id)


def conflicts(application_id: int, reviewer_ids: Sequence[int] | None = None) -> dict[int, list[Conflict]]:
    """Conflicts of reviewers with one application, by reviewer: affiliation (also of the last three years),
    declared interest, or being part of any consortium in the same call (CON-14)."""
    given: dict[str, Any] = {
        "application_id": application_id,
        "horizon": today() - timedelta(days=365 * CONFLICT_YEARS),
    }
    if reviewer_ids is not None:
        given["reviewers"] = list(reviewer_ids)
    found: dict[int, list[Conflict]] = defaultdict(list)
    for reviewer_id, why, organisation in session.execute(_ties(reviewer_ids is not None), given):
        found[reviewer_id].append(Conflict(reviewer_id, why, organisation))
    return dict(found)


def recused_ids(user_id: int) -> frozenset[int]:
    """The applications with which an officer or auditor is in conflict (CON-14): they see nothing of them.

    Officers have no profile, so that nothing being known of them is no conflict.
    """
    horizon = today() - timedelta(days=365 * CONFLICT_YEARS)
    tied = union_all(
        select(Affiliation.organisation_id).where(
            Affiliation.user_id == user_id, or_(Affiliation.valid_to.is_(None), Affiliation.valid_to >= horizon)
        ),
        select(DeclaredInterest.organisation_id).where(DeclaredInterest.user_id == user_id),
    )
    twin = aliased(Organisation)
    twins = (
        select(twin.id)
        .join(Organisation, Organisation.name_ja == twin.name_ja)
        .where(Organisation.id.in_(tied), Organisation.name_ja != "")
    )
    found = select(ConsortiumMember.application_id).where(
        or_(ConsortiumMember.organisation_id.in_(tied), ConsortiumMember.organisation_id.in_(twins))
    )
    return frozenset(session.scalars(found.distinct()))


def interests_of(user_id: int) -> Sequence[DeclaredInterest]:
    return session.scalars(
        select(DeclaredInterest)
        .where(DeclaredInterest.user_id == user_id)
        .options(joinedload(DeclaredInterest.organisation))
        .order_by(DeclaredInterest.id)
    ).all()


def find_organisation(text: str) -> Organisation | None:
    """The organisation with exactly this corporate number or name; None when none or several have it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    number = plain.replace("-", "")
    found = session.scalars(
        select(Organisation)
        .where(
            or_(Organisation.corporate_number == number, Organisation.name_ja == plain, Organisation.name_en == plain)
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None
