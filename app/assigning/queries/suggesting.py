"""The best reviewers left for one proposal, and names for words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.applications import queries as applications
from app.applications.models import Application
from app.assigning.definitions import planning
from app.assigning.definitions.planning import Parameters
from app.assigning.queries.inputs import inputs
from app.core.db import session
from app.reviewers import queries as reviewers

MOST = 40


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be asked: value in points less the price of the present load, and what it is made of."""

    id: int
    name: str
    kind: str
    value: int
    load: int
    limit: int | None
    reasons: Mapping[str, Any]


def suggestions(
    call_id: int, application_id: int, data: Mapping[str, Any] | None = None, without: Collection[int] = ()
) -> list[Candidate]:
    """The best free reviewers for a proposal, by the value that plans use: without conflict, not asked yet, below
    their limit. What is missing of the mix counts as twenty points. Loads are told
    but of some applications."""
    parameters = Parameters.of(data) if data else Parameters()
    found = inputs(call_id, [application_id])
    if not found.proposals:
        return []
    made = planning.model(found, parameters)
    asked = {row.reviewer_id for row in found.held}
    kinds = {person.id: person.kind for person in found.people}
    living = [kinds.get(row.reviewer_id) for row in found.held if row.status in ("invited", "accepted", "submitted")]
    missing = {kind for kind, least in parameters.mix.items() if living.count(kind) < least}
    here = reviewers.loads([person.id for person in found.people], without)
    rows = []
    for person in found.people:
        pair, load = (application_id, person.id), here.get(person.id, 0)
        if pair not in made.parts or person.id in asked or (person.limit is not None and load >= person.limit):
            continue
        wanted = person.kind in missing
        value = made.parts[pair][0] - parameters.crowding * (load + 1) + (20 if wanted else 0)
        reasons = planning.reasons_of(made, pair, found.proposals[0], person)
        rows.append(
            Candidate(person.id, person.name, person.kind, value, load, person.limit,
                      {**reasons, "mix": person.kind if wanted else None})
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-row.value, row.name, row.id))[:MOST]


def people_by_email() -> dict[str, int]:
    """The keys of all active reviewers by mail address."""
    return {user.email: user.id for user in reviewers.reviewers_by_id().values()}


def addresses_of(pairs: Sequence[Sequence[int]]) -> str:
    """Pairs of people as lines of their mail addresses."""
    keys = {key for pair in pairs for key in pair}
    if not keys:
        return ""
    known = {row.id: row.email for row in session.execute(select(User.id, User.email).where(User.id.in_(keys)))}
    return "\n".join("; ".join(known.get(key, str(key)) for key in pair) for pair in pairs)


def words_for(rows: Sequence[Sequence[Any]]) -> tuple[dict[int, str], dict[int, str]]:
    """(numbers of applications, names of people) that the reasons of an impossible plan speak of."""
    proposals = {row[1] for row in rows if row[0] in ("demand", "mix", "bad")}
    people = {row[1] for row in rows if row[0] in ("high", "low")}
    people |= {int(key) for row in rows if row[0] == "bad" for key in str(row[3]).split(":")}
    numbers = session.execute(select(Application.id, Application.number).where(Application.id.in_(proposals)))
    names = session.execute(select(User.id, User.name).where(User.id.in_(people)))
    return {row[0]: row[1] for row in numbers}, {row[0]: row[1] for row in names}


def proposal(actor: Any, call_id: int, application_id: int) -> Application | None:
    """An application of a call that this reader may know of."""
    if application_id > applications.MAX_ID:
        return None
    query = applications.visible_to(actor).where(Application.id == application_id, Application.call_id == call_id)
    return session.scalar(query)


def kinds_of(user_ids: Iterable[int]) -> dict[int, str]:
    """person -> kind of reviewer."""
    return {key: profile.kind.value for key, profile in reviewers.profiles(list(user_ids)).items()}
