"""Declaring ties, for one fiscal year at a time (CON-14)."""

from datetime import date
from typing import Any

from app.core import audit, mail
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden
from app.core.fiscal import fiscal_year, fiscal_year_start
from app.organisations.models import Organisation
from app.reviewers import queries
from app.reviewers.choices import InterestKind
from app.reviewers.models import DeclaredInterest, InterestDeclaration
from app.reviewers.operations.gates import refuse, ties_changed

#: A tie to a person needs that person's name; the others need an organisation.
PERSONAL = (InterestKind.family, InterestKind.mentor)
ASKED_IN = 4  # the month in which every reviewer is asked by mail


def declare_interest(
    actor: Any,
    organisation: Organisation | None,
    kind: InterestKind | str,
    note: str,
    *,
    name: str = "",
    corporate_number: str | None = None,
    person_name: str = "",
) -> DeclaredInterest:
    """A person declares a tie for the present fiscal year: to an organisation of the register, to one by name (with or
    without a corporate number), or to a person by name. Assignments that it touches end at once.

    Raises Refused when nothing is named, or when the same tie is declared already.
    """
    kind = InterestKind(kind)
    if organisation is None and not name and not corporate_number and not person_name:
        raise refuse(
            "nothing-named", "Name an organisation or a person.", "機関名又は氏名を記入してください。", "organisation"
        )
    if kind in PERSONAL and not person_name:
        raise refuse("person-missing", "Name the person.", "相手の氏名を記入してください。", "person_name")
    key = organisation.id if organisation is not None else None
    for row in queries.interests_of(actor.id):
        if (row.kind, row.organisation_id, row.person_name) == (kind, key, person_name) and (
            key is not None or row.organisation_name == name
        ):
            raise refuse(
                "declared", "You have declared this tie already.", "この利害関係は申告済みです。", "organisation"
            )
    row = DeclaredInterest(
        user_id=actor.id, organisation_id=key, kind=kind, note=note, organisation_name=name,
        corporate_number=corporate_number, person_name=person_name,
    )  # fmt: skip
    session.add(row)
    _no_longer_free(actor.id)
    session.flush()
    audit.record(row, "interest declared", actor)
    ties_changed(actor.id)
    return row


def _no_longer_free(user_id: int) -> None:
    declaration = queries.declaration_of(user_id, fiscal_year(today()))
    if declaration is not None:
        declaration.no_ties = False


def take_back(row: DeclaredInterest, actor: Any) -> None:
    """A tie declared in error. It stays on record and makes a conflict possible until somebody has looked."""
    if row.user_id != actor.actor_id:
        raise Forbidden("take back")
    row.withdrawn_at = now()
    session.flush()
    audit.record(row, "interest taken back", actor)
    ties_changed(row.user_id)


def declare_year(actor: Any, *, no_ties: bool) -> InterestDeclaration:
    """The person states that the ties declared for the present fiscal year are complete and true, or that there are
    none. Raises Refused when the statement does not fit what is declared."""
    year = fiscal_year(today())
    declared = queries.interests_of(actor.id)
    if no_ties and declared:
        raise refuse(
            "ties", "Ties are declared for this year; take them back first.", "当年度の申告があります。先に取り消してください。",
            "no_ties",
        )  # fmt: skip
    if not no_ties and not declared:
        raise refuse(
            "no-ties", "Declare a tie first, or state that there are none.",
            "利害関係を申告するか、「該当なし」を選択してください。", "no_ties",
        )  # fmt: skip
    row = queries.declaration_of(actor.id, year) or InterestDeclaration(user_id=actor.id, fiscal_year=year)
    row.no_ties, row.declared_at = no_ties, now()
    session.add(row)
    session.flush()
    audit.record(row, "declared for the year", actor, data={"year": year, "no_ties": no_ties})
    ties_changed(actor.id)
    return row


def nothing_changed(actor: Any) -> InterestDeclaration:
    """Declare again what was declared for the last year for which the person made a statement.

    Raises Refused when there was none.
    """
    year = fiscal_year(today())
    before = queries.last_declaration(actor.id, year)
    if before is None:
        raise refuse("no-earlier", "There is no earlier declaration.", "過年度の申告がありません。", "no_ties")
    present = {
        (row.kind, row.organisation_id, row.organisation_name, row.person_name)
        for row in queries.interests_of(actor.id)
    }
    for row in queries.interests_of(actor.id, before.fiscal_year):
        if (row.kind, row.organisation_id, row.organisation_name, row.person_name) not in present:
            session.add(
                DeclaredInterest(
                    user_id=actor.id, organisation_id=row.organisation_id, kind=row.kind, note=row.note,
                    organisation_name=row.organisation_name, corporate_number=row.corporate_number,
                    person_name=row.person_name,
                )
            )  # fmt: skip
    session.flush()
    return declare_year(actor, no_ties=not queries.interests_of(actor.id))


def ask_for_declarations(day: date | None = None) -> None:
    """Each April: one letter to every reviewer who has not declared for the fiscal year that began."""
    day = day or today()
    if day.month != ASKED_IN:
        return
    year = fiscal_year(day)
    for person in queries.need_declaration(year):
        mail.queue(
            "reviewers/declare", person.email, person.locale, f"declare:{year}:{person.id}", name=person.name,
            year=year, starts_on=fiscal_year_start(year),
        )  # fmt: skip
