"""Where people stand to applications: always computed from what the tables say now, nothing is kept."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select

from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications import queries as applications
from app.applications.choices import ApplicationStatus
from app.applications.models import (
    Application,
    ConsortiumMember,
    MemberPerson,
    NamedPerson,
    Subcontractor,
)
from app.core.clock import today
from app.core.db import session
from app.core.fiscal import fiscal_year
from app.reviewers.choices import State, Strength
from app.reviewers.definitions import (
    CLEAR,
    Conflict,
    Judged,
    Known,
    Party,
    Standing,
    Stranger,
    candidate_pairs,
    likeness,
    match,
)
from app.reviewers.definitions import unknown as unknown_of
from app.reviewers.models import ConflictJudgement
from app.reviewers.queries import loading

#: Who may stand in a conflict: those who read, judge or decide.
BOUND = (Role.reviewer, Role.officer, Role.auditor)


@cache
def _latest() -> Any:
    """The latest judgement of each pair among ``applications`` and ``people``."""
    row = ConflictJudgement
    newest = (
        select(func.max(row.id))
        .where(
            row.application_id.in_(bindparam("applications", expanding=True)),
            row.user_id.in_(bindparam("people", expanding=True)),
        )
        .group_by(row.application_id, row.user_id)
    )
    return select(row.application_id, row.user_id, row.verdict, row.reason, row.hits).where(row.id.in_(newest))


def judgements(application_ids: Sequence[int], user_ids: Sequence[int]) -> dict[tuple[int, int], Judged]:
    """(application, person) -> the judgement that counts."""
    found = {}
    for start in range(0, len(application_ids), loading.AT_ONCE):
        asked = {"applications": list(application_ids[start : start + loading.AT_ONCE]), "people": list(user_ids)}
        for row in session.execute(_latest(), asked):
            found[row.application_id, row.user_id] = Judged(row.verdict, row.reason, frozenset(row.hits))
    return found


def standings(application_ids: Sequence[int], user_ids: Sequence[int]) -> dict[tuple[int, int], Standing]:
    """(application, person) -> standing, of every pair of which anything is to be told; all others are clear.

    Three statements for up to two thousand applications, whatever the number of people. Of people who are no reviewers
    nothing unknown is told: they have no profile.
    """
    if not application_ids or not user_ids:
        return {}
    people, proposals = loading.known(user_ids), loading.proposals(application_ids)
    judged = judgements(application_ids, user_ids)
    year = fiscal_year(today())
    everybody = list(people.values())
    unknown = [known for known in everybody if known.reviews and not (known.has_profile and year in known.declared_for)]
    found: dict[tuple[int, int], Standing] = {}
    pairs: set[tuple[int, int]] = set(judged)
    if len(everybody) * len(proposals) <= 20:
        pairs |= {(application_id, known.user_id) for application_id in proposals for known in everybody}
    else:
        pairs |= candidate_pairs(everybody, list(proposals.values()))
        for known in unknown:  # the same for all applications, unless one of the pairs below tells more
            standing = Standing(tuple(unknown_of(known, year)))
            found |= {(application_id, known.user_id): standing for application_id in proposals}
        empty = [key for key, proposal in proposals.items() if not proposal.parties]
        pairs |= {(key, known.user_id) for key in empty for known in everybody if known.reviews}
    for application_id, user_id in pairs:
        known = people[user_id]
        standing = Standing(match(known, proposals[application_id], year), judged.get((application_id, user_id)))
        if not known.reviews:
            standing = standing.as_officer()
        if standing.hits or standing.judged is not None:
            found[application_id, user_id] = standing
    return found


def standing(application_id: int, user_id: int) -> Standing:
    """Of one pair."""
    return standings([application_id], [user_id]).get((application_id, user_id), CLEAR)


def bound_people() -> Sequence[int]:
    """Everybody active who reads, judges or decides."""
    return session.scalars(
        select(User.id).join(UserRole).where(User.active, UserRole.role.in_(BOUND)).distinct().order_by(User.id)
    ).all()


def conflicts(application_id: int, user_ids: Sequence[int] | None = None) -> dict[int, list[Conflict]]:
    """Who may not touch an application, and why, by person (CON-14); of all reviewers and officers if none are given.

    A certain tie, a possible one that nobody has judged, or not being known enough puts a person here; the judgement
    that there is no conflict takes them out, until something else comes to light.
    """
    asked = bound_people() if user_ids is None else user_ids
    return {
        user_id: found.reasons for (_application, user_id), found in standings([application_id], asked).items()
        if found.blocked
    }  # fmt: skip


# --- recusal of officers ----------------------------------------------------------------------------------------------


def recused_ids(user_id: int) -> frozenset[int]:
    """The applications with which an officer or auditor is in conflict: nothing of them is there for this person.

    Being without a profile is no conflict here, nor is a mail address. Looked for first among the distinct
    organisations and names of all applications, then judged as for everybody.
    """
    known, judged, names = loading.everywhere(user_id)
    candidates = _touching(known, names) | judged
    if not candidates:
        return frozenset()
    found = standings(sorted(candidates), [user_id])
    return frozenset(key for (key, _person), standing in found.items() if standing.as_officer().blocked)


def recusal(application_id: int, user_id: int) -> list[Conflict]:
    """Why an officer or auditor takes no part in one application; empty where nothing speaks against it."""
    found = standing(application_id, user_id).as_officer()
    return found.reasons if found.blocked else []


def _touching(known: Known, names: loading.Names) -> set[int]:
    """Applications in which one of the person's organisations or names occurs, or on which the person worked."""
    found = set(known.applications)
    if known.calls:
        found |= set(session.scalars(select(Application.id).where(Application.call_id.in_(list(known.calls)))))
    tied, numbers, firms = set(known.together), set[str](), set[str]()
    for party in loading.parties() if known.ties else ():
        if any(likeness(tie.party, party) for tie in known.ties):
            _note(party, tied, numbers, firms)
    people = {name for forms in (known.forms, *(other.forms for other in known.people)) for name in names.of(forms)}
    if not (tied or numbers or firms or people):
        return found
    member = ConsortiumMember
    query = (
        select(member.application_id)
        .outerjoin(Subcontractor, Subcontractor.member_id == member.id)
        .outerjoin(NamedPerson, NamedPerson.member_id == member.id)
        .outerjoin(MemberPerson, MemberPerson.member_id == member.id)
        .outerjoin(User, User.id == MemberPerson.user_id)
        .where(
            member.organisation_id.in_(tied)
            | Subcontractor.corporate_number.in_(numbers)
            | Subcontractor.name.in_(firms)
            | NamedPerson.name.in_(people)
            | member.contact_name.in_(people)
            | member.confirmed_name.in_(people)
            | User.name.in_(people)
        )
    )
    return found | set(session.scalars(query.distinct()))


def _note(party: Party, tied: set[int], numbers: set[str], names: set[str]) -> None:
    if party.organisation_id is not None:
        tied.add(party.organisation_id)
    elif party.number:
        numbers.add(party.number)
    else:
        names.add(party.name_ja)


def blocked_pairs(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], State]:
    """Of these (application, person) pairs the ones that are blocked, each with its state."""
    wanted = set(pairs)
    found = standings(sorted({a for a, _u in wanted}), sorted({u for _a, u in wanted}))
    return {pair: standing.state for pair, standing in found.items() if pair in wanted and standing.blocked}


def standings_of(application_id: int, user_ids: Sequence[int]) -> dict[int, Standing]:
    """person -> standing to one application, the clear ones too."""
    found = standings([application_id], user_ids)
    return {user_id: found.get((application_id, user_id), CLEAR) for user_id in user_ids}


def handed_in_ids(actor: Any, call_id: int) -> list[int]:
    """The applications of a call that this actor may know of and that go to review or are in it."""
    query = applications.visible_to(actor).where(
        Application.call_id == call_id,
        Application.status.in_((ApplicationStatus.submitted, ApplicationStatus.under_review)),
    )
    return list(session.scalars(query.with_only_columns(Application.id).order_by(Application.id)))


def state_counts(application_ids: Sequence[int], user_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """person -> how many of the applications stand in each state; those that nothing was found for count as clear."""
    found: dict[int, Counter[str]] = {user_id: Counter() for user_id in user_ids}
    for (_application, user_id), standing in standings(application_ids, user_ids).items():
        found[user_id][standing.state.value] += 1
    for counts in found.values():
        counts[State.clear.value] += len(application_ids) - counts.total()
    return found


def strangers(application_ids: Sequence[int], people: Sequence[Stranger]) -> list[tuple[Stranger, list[Conflict]]]:
    """What would tie people without an account to these applications; what only a profile could tell is left out."""
    proposals = loading.proposals(application_ids)
    year = fiscal_year(today())
    found = []
    for stranger in people:
        known = loading.stranger(stranger)
        hits = [
            hit for proposal in proposals.values() for hit in match(known, proposal, year)
            if hit.strength is not Strength.unknown
        ]  # fmt: skip
        found.append((stranger, hits))
    return found
