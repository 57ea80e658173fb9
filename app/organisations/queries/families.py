"""Organisations over time: their names, what they merged into, who succeeded whom, and whose rights a person has."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.db import session
from app.organisations.models import Affiliation, Merge, Organisation, OrganisationName, Succession

STEPS = 20  # a chain of successions longer than this is a mistake in the data


def current(row: Organisation) -> Organisation:
    """The entry that now stands for this one: itself, or what it was merged into."""
    for _step in range(STEPS):
        if row.merged_into_id is None:
            break
        row = session.get_one(Organisation, row.merged_into_id)
    return row


def names_of(organisation_id: int) -> Sequence[OrganisationName]:
    """Former and further names, the latest first."""
    return session.scalars(
        select(OrganisationName)
        .where(OrganisationName.organisation_id == organisation_id)
        .order_by(OrganisationName.valid_to.is_(None), OrganisationName.valid_to.desc(), OrganisationName.id)
    ).all()


def name_on(organisation: Organisation, day: date, names: Sequence[OrganisationName] | None = None) -> Any:
    """The name that the organisation bore on a day (B26): a former one whose end lies after it, else today's."""
    former = [row for row in (names_of(organisation.id) if names is None else names) if row.valid_to is not None]
    fitting = [
        row
        for row in former
        if row.valid_to and day < row.valid_to and (row.valid_from is None or row.valid_from <= day)
    ]
    return min(fitting, key=lambda row: row.valid_to or day).name if fitting else organisation.name


def _successions(column: Any, organisation_id: int) -> Sequence[Succession]:
    return session.scalars(
        select(Succession)
        .options(joinedload(Succession.predecessor), joinedload(Succession.successor))
        .where(column == organisation_id)
        .order_by(Succession.effective_on, Succession.id)
    ).all()


def successors_of(organisation_id: int) -> Sequence[Succession]:
    return _successions(Succession.predecessor_id, organisation_id)


def predecessors_of(organisation_id: int) -> Sequence[Succession]:
    return _successions(Succession.successor_id, organisation_id)


def succession(succession_id: int) -> Succession | None:
    return session.get(Succession, succession_id) if 0 < succession_id < 2**31 else None


def _before(found: Collection[int], day: date | None) -> set[int]:
    """These organisations with all whose business came to them by a day (any time without one), and merged entries."""
    known, last = set(found), set(found)
    for _step in range(STEPS):
        if not last:
            break
        query = select(Succession.predecessor_id).where(Succession.successor_id.in_(last))
        if day is not None:
            query = query.where(Succession.effective_on <= day)
        merged = select(Organisation.id).where(Organisation.merged_into_id.in_(last))
        last = {*session.scalars(query), *session.scalars(merged)} - known
        known |= last
    return known


def _after(found: Collection[int]) -> set[int]:
    known, last = set(found), set(found)
    for _step in range(STEPS):
        if not last:
            break
        gone = session.scalars(select(Succession.successor_id).where(Succession.predecessor_id.in_(last)))
        into = session.scalars(
            select(Organisation.merged_into_id).where(
                Organisation.id.in_(last), Organisation.merged_into_id.is_not(None)
            )
        )
        last = {*gone, *(id_ for id_ in into if id_ is not None)} - known
        known |= last
    return known


def family_of(organisation_id: int) -> set[int]:
    """An organisation with all that came before it and all that it went on in."""
    return _before({organisation_id}, None) | _after({organisation_id})


def families(organisation_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The family of each of many organisations, in two statements: all that is connected by successions or merges.

    Wider than ``family_of`` where one organisation was split: its parts are one family here.
    """
    above: dict[int, int] = {}

    def root(one: int) -> int:
        while above.get(one, one) != one:
            one = above[one]
        return one

    pairs = [
        *session.execute(select(Succession.predecessor_id, Succession.successor_id)),
        *session.execute(
            select(Organisation.id, Organisation.merged_into_id).where(Organisation.merged_into_id.is_not(None))
        ),
    ]
    for one, other in pairs:
        above[root(one)] = root(other)
    together: dict[int, set[int]] = {}
    for one in {id_ for pair in pairs for id_ in pair}:
        together.setdefault(root(one), set()).add(one)
    return {id_: frozenset(together.get(root(id_), {id_}) | {id_}) for id_ in organisation_ids}


def acting_for(user_id: int, day: date) -> set[int]:
    """The organisations whose affairs a person may look after on a day: the own ones and those that they succeeded.

    History stays under the predecessor's name; access to it is the successor's from the day of the succession (B26).
    """
    own = session.scalars(
        select(Affiliation.organisation_id).where(
            Affiliation.user_id == user_id,
            Affiliation.valid_from <= day,
            or_(Affiliation.valid_to.is_(None), Affiliation.valid_to > day),
        )
    )
    return _before(set(own), day)


def merges_of(organisation_id: int) -> Sequence[Merge]:
    """Merges into or of an entry, the latest first."""
    return session.scalars(
        select(Merge)
        .options(
            joinedload(Merge.kept), joinedload(Merge.dropped), joinedload(Merge.merged_by), joinedload(Merge.undone_by)
        )
        .where(or_(Merge.kept_id == organisation_id, Merge.dropped_id == organisation_id))
        .order_by(Merge.id.desc())
    ).all()


def merge(merge_id: int, *, lock: bool = False) -> Merge | None:
    if not 0 < merge_id < 2**31:
        return None
    query = select(Merge).where(Merge.id == merge_id)
    return session.scalar(query.with_for_update() if lock else query)


def later_merge(row: Merge) -> Merge | None:
    """A merge, still in force, that came after this one and has to do with either entry: it must be undone first."""
    both = (row.kept_id, row.dropped_id)
    return session.scalar(
        select(Merge)
        .where(Merge.id > row.id, Merge.undone_at.is_(None), or_(Merge.kept_id.in_(both), Merge.dropped_id.in_(both)))
        .limit(1)
    )
