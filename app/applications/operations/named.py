"""People and subcontractors named in a member's share: rows by position, written and put back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.applications.choices import PersonRole
from app.applications.models import ConsortiumMember, NamedPerson, Subcontractor
from app.applications.operations.gates import refuse
from app.core.db import session

MAX_PEOPLE = 60
MAX_SUBCONTRACTORS = 30


@dataclass(frozen=True)
class Person:
    """One named person; in a draft every part may still be missing."""

    name: str
    reading: str = ""
    role: PersonRole | None = None
    department: str = ""
    erad_number: str = ""


@dataclass(frozen=True)
class Subcontract:
    """One subcontractor; ``corporate_number`` has been checked."""

    name: str
    corporate_number: str | None = None
    task: str = ""


def write_named(
    member: ConsortiumMember, people: Mapping[int, Person], subcontractors: Mapping[int, Subcontract]
) -> None:
    """Make the rows what is given, by position (1, 2, …): a position that is not given is emptied.

    Raises Refused for more rows than a share holds.
    """
    for rows, most in ((people, MAX_PEOPLE), (subcontractors, MAX_SUBCONTRACTORS)):
        if any(not 1 <= position <= most for position in rows):
            raise refuse("rows", f"A share holds at most {most} rows here.", f"{most}件以内で入力してください。")
    _write(member.named_people, people, NamedPerson)
    _write(member.subcontractors, subcontractors, Subcontractor)
    session.flush()


def _write(stored: list[Any], wanted: Mapping[int, Any], kind: type[Any]) -> None:
    present = {row.position: row for row in stored}
    for position, row in present.items():
        if position not in wanted:
            stored.remove(row)
    for position, values in sorted(wanted.items()):
        row = present.get(position) or kind(position=position)
        for name, value in asdict(values).items():
            setattr(row, name, value)
        if position not in present:
            stored.append(row)


def put_back_named(member: ConsortiumMember, share: Mapping[str, Any]) -> None:
    """The rows as a frozen share has them; one frozen before there were such rows names nobody."""
    write_named(
        member,
        {
            row["position"]: Person(
                row["name"], row["reading"], PersonRole(row["role"]) if row["role"] else None, row["department"],
                row["erad_number"],
            )
            for row in share.get("people", ())
        },
        {
            row["position"]: Subcontract(row["name"], row["corporate_number"], row["task"])
            for row in share.get("subcontractors", ())
        },
    )  # fmt: skip
