"""A plan replaced by a table of pairs: first what it would change, then the change itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete

from app.assigning import queries
from app.assigning.choices import Change
from app.assigning.definitions import planning
from app.assigning.definitions.planning import Parameters
from app.assigning.models import AssignmentPlan, AssignmentPlanPair
from app.assigning.operations.gates import officer_of_all, reason
from app.assigning.operations.planning import check_open
from app.core import audit
from app.core.db import session
from app.core.errors import Reason, Refused

Row = tuple[int, str, str]  # line, number of the application, address of the reviewer


@dataclass(frozen=True)
class Difference:
    """What a table would do to a plan: (number, name) of pairs, and the lines that are refused."""

    adds: list[tuple[str, str]] = field(default_factory=list)
    drops: list[tuple[str, str]] = field(default_factory=list)
    same: int = 0
    wrong: list[Reason] = field(default_factory=list)
    new: frozenset[tuple[int, int]] = frozenset()
    gone: frozenset[tuple[int, int]] = frozenset()


def compare(row: AssignmentPlan, table: Sequence[Row], actor: Any) -> Difference:
    """What the table would change. Nothing is written; raises Forbidden or Refused where the plan cannot be changed."""
    check_open(row, actor)
    inputs = queries.inputs(row.call_id)
    made = planning.model(inputs, Parameters.of(row.parameters))
    numbers = {number: key for key, number in inputs.numbers.items()}
    people = {person.email: person for person in inputs.people}
    known = queries.pairs(row.id)
    present = {(p.application_id, p.reviewer_id): p for p in known if p.change is not Change.remove}
    held = {(h.application_id, h.reviewer_id): h for h in inputs.held}
    wrong, wanted = [], set()
    for line, number, address in table:
        application_id, person = numbers.get(number), people.get(address)
        if application_id is None or person is None:
            what = number if application_id is None else address
            wrong.append(
                reason(
                    "unknown",
                    f"Line {line}: “{what}” is not known here.",
                    f"{line}行目: 「{what}」は該当がありません。",
                )
            )
        elif (application_id, person.id) in wanted:
            wrong.append(reason("twice", f"Line {line}: stands there twice.", f"{line}行目: 重複しています。"))
        elif (application_id, person.id) not in made.parts:
            wrong.append(
                reason(
                    "not-possible", f"Line {line}: {person.name} cannot read {number}.",
                    f"{line}行目: {person.name}は{number}を担当できません。",
                )
            )  # fmt: skip
        else:
            wanted.add((application_id, person.id))
    new, gone = wanted - present.keys(), present.keys() - wanted
    for pair in sorted(gone):
        if pair in held and held[pair].worked:
            number, name = present[pair].application.number, present[pair].reviewer.name
            wrong.append(
                reason("worked", f"{number}: {name} has begun the review; it stays.",
                       f"{number}: {name}は評価に着手済みのため取り消せません。")
            )  # fmt: skip
    names = {person.id: person.name for person in inputs.people} | {p.reviewer_id: p.reviewer.name for p in known}

    def words(pairs: Any) -> list[tuple[str, str]]:
        return sorted((inputs.numbers.get(a, str(a)), names.get(r, str(r))) for a, r in pairs)

    return Difference(words(new), words(gone), len(wanted & present.keys()), wrong, frozenset(new), frozenset(gone))


def take_table(row: AssignmentPlan, table: Sequence[Row], actor: Any) -> Difference:
    """Make the plan what the table says: all of it or, with a reason for every line that is refused, nothing."""
    found = compare(row, table, actor)
    if found.wrong:
        raise Refused(found.wrong[:50])
    there = {(p.application_id, p.reviewer_id): p for p in queries.pairs(row.id)}
    going = [there[pair].id for pair in found.gone if there[pair].change is Change.add]
    for pair in found.gone:
        if there[pair].change is Change.keep:
            there[pair].change, there[pair].by_hand = Change.remove, True
    back = [there[pair] for pair in found.new if pair in there]
    for known in back:
        known.change, known.by_hand = Change.keep, True
    session.flush()
    for start in range(0, len(going), 500):
        some = going[start : start + 500]
        session.execute(delete(AssignmentPlanPair).where(AssignmentPlanPair.id.in_(some)))
    _add(row, found.new - there.keys(), {pair for pair in there if pair not in found.gone} | found.new)
    session.flush()
    session.expire_all()
    audit.record(row, "table taken", actor, data={"added": len(found.new), "dropped": len(found.gone)})
    return found


def _add(row: AssignmentPlan, new: Any, all_pairs: Any) -> None:
    if not new:
        return
    ids = {application_id for application_id, _reviewer in new}
    made = planning.model(queries.inputs(row.call_id, sorted(ids)), Parameters.of(row.parameters))
    chosen = [pair for pair in all_pairs if pair[0] in ids and pair in made.parts]
    for values in planning.changes(made, chosen):
        if (values["application_id"], values["reviewer_id"]) in new:
            session.add(AssignmentPlanPair(plan_id=row.id, by_hand=True, **values))


def record_export(row: AssignmentPlan, rows: int, actor: Any) -> None:
    """A file with the pairs left the house: who took it and how many lines it has."""
    officer_of_all(actor, row.call_id, "export plan")
    audit.record(row, "plan exported", actor, data={"rows": rows})
