"""Plans: asked for by an officer, a preview at once or the optimum in the worker; changed by hand before they count."""

from typing import Any

from sqlalchemy import delete, insert

from app.assigning import queries
from app.assigning.choices import Change, Method, Verdict
from app.assigning.definitions import planning
from app.assigning.definitions.greedy import preview
from app.assigning.definitions.planning import Parameters
from app.assigning.definitions.problem import Answer
from app.assigning.models import AssignmentPlan, AssignmentPlanPair
from app.assigning.operations.gates import officer_of_all, refuse
from app.assigning.operations.solving import solved
from app.calls.models import Call
from app.core import audit, outbox
from app.core.clock import now
from app.core.db import session

KIND = "assignment"


def ask_plan(call: Call, parameters: Parameters, method: Method, actor: Any) -> AssignmentPlan:
    """Keep a plan: computed at once (preview) or by the worker (optimum). It assigns nothing.

    Raises Forbidden for officers from whom a proposal is kept; Refused where nothing waits for reviewers, or where the
    mix asks for more than there are places.
    """
    officer_of_all(actor, call.id, "plan")
    if parameters.academic + parameters.business > parameters.wanted:
        raise refuse(
            "mix", "The mix asks for more reviewers than each proposal gets.",
            "構成条件の人数が1件当たりの審査員数を超えています。", "academic",
        )  # fmt: skip
    if parameters.least > parameters.most:
        raise refuse(
            "loads", "The least load lies above the greatest.", "担当件数の下限が上限を超えています。", "least"
        )
    if not queries.totals(call.id)["proposals"]:
        raise refuse("no-proposals", "No proposal of this call waits for reviewers.", "審査対象の申請がありません。")
    row = AssignmentPlan(call_id=call.id, method=method, parameters=parameters.as_json(), made_by_id=actor.id)
    session.add(row)
    session.flush()
    audit.record(row, "plan asked", actor, data={"method": method.value})
    if method is Method.preview:
        row.digest = queries.fingerprint(call.id)
        made = planning.model(queries.inputs(call.id), parameters)
        keep(row, made, preview(made.problem))
    else:
        outbox.put(KIND, {"plan_id": row.id}, f"assignment:{row.id}")
    return row


def solve_plan(item: outbox.OutboxItem) -> None:
    """The outbox's handler: reads, lets the database go, has the solver's process solve, writes."""
    row = queries.plan(item.payload["plan_id"])
    if row is None or row.verdict is not None:
        return
    row.started_at = now()
    parameters, digest = Parameters.of(row.parameters), queries.fingerprint(row.call_id)
    made = planning.model(queries.inputs(row.call_id), parameters)
    session.commit()  # seconds of arithmetic follow; no lock of the database is held meanwhile
    try:
        answer = solved(made.problem)
    except RuntimeError:
        answer = Answer("failed")
    row = queries.plan(item.payload["plan_id"], lock=True)
    if row is None or row.verdict is not None:
        return
    row.digest = digest
    keep(row, made, answer)


def keep(row: AssignmentPlan, made: planning.Model, answer: Answer) -> None:
    """Store what was found. The reasons of an impossible plan are kept as keys; pages put them into words."""
    row.verdict, row.solved_at = Verdict(answer.verdict), now()
    row.result = {
        "merit": answer.merit,
        "bound": answer.bound if answer.verdict in ("optimal", "stopped") else None,
        "contradiction": list(answer.contradiction),
        "breaches": [[b.kind, b.id, b.by, b.extra] for b in answer.breaches],
        "proposals": len(made.problem.demands),
        "people": len(made.problem.readers),
        "allowed": len(made.problem.edges),
    }
    if answer.verdict in ("infeasible", "failed"):
        session.flush()
        return
    rows = [{**values, "plan_id": row.id, "by_hand": False} for values in planning.changes(made, answer.pairs)]
    if rows:
        session.execute(insert(AssignmentPlanPair), rows)
    session.flush()


# --- by hand ----------------------------------------------------------------------------------------------------------


def add_pair(row: AssignmentPlan, application_id: int, reviewer_id: int, actor: Any) -> AssignmentPlanPair:
    """Put one more reviewer on a proposal of a plan. Raises Refused where that pair cannot be made."""
    check_open(row, actor)
    there = {pair.reviewer_id: pair for pair in queries.pairs(row.id, application_id)}
    found = there.get(reviewer_id)
    if found is not None and found.change is Change.remove:
        found.change, found.by_hand = Change.keep, True
        session.flush()
        return found
    made = planning.model(queries.inputs(row.call_id, [application_id]), Parameters.of(row.parameters))
    if found is not None or (application_id, reviewer_id) not in made.parts:
        raise refuse(
            "not-possible", "This reviewer cannot read this proposal, or stands there already.",
            "この審査員は担当できないか、既に割り当てられています。", "reviewer_id",
        )  # fmt: skip
    rest = [(application_id, key) for key, pair in there.items() if pair.change is not Change.remove]
    values = next(
        v for v in planning.changes(made, [*rest, (application_id, reviewer_id)]) if v["reviewer_id"] == reviewer_id
    )
    pair = AssignmentPlanPair(plan_id=row.id, by_hand=True, **values)
    session.add(pair)
    session.flush()
    audit.record(row, "pair added", actor, data={"application": application_id, "reviewer": reviewer_id})
    return pair


def drop_pair(row: AssignmentPlan, application_id: int, reviewer_id: int, actor: Any) -> None:
    """Take one reviewer off a proposal of a plan: a new pair goes, an existing one is withdrawn when it is applied.

    Raises Refused where work on the review has begun.
    """
    check_open(row, actor)
    found = {pair.reviewer_id: pair for pair in queries.pairs(row.id, application_id)}.get(reviewer_id)
    if found is None or found.change is Change.remove:
        return
    if found.change is Change.add:
        session.execute(delete(AssignmentPlanPair).where(AssignmentPlanPair.id == found.id))
        session.expire_all()
    else:
        if any(h.worked and h.reviewer_id == reviewer_id for h in queries.held([application_id])):
            raise refuse(
                "worked", "This reviewer has begun the review; it stays.", "評価に着手済みのため取り消せません。"
            )
        found.change, found.by_hand = Change.remove, True
        session.flush()
    audit.record(row, "pair dropped", actor, data={"application": application_id, "reviewer": reviewer_id})


def check_open(row: AssignmentPlan, actor: Any) -> None:
    """Raises Forbidden or Refused unless this officer may still change the plan."""
    officer_of_all(actor, row.call_id, "change plan")
    if row.applied_at is not None:
        raise refuse("applied", "This plan is applied already.", "この案は適用済みです。")
    if row.verdict in (None, Verdict.infeasible, Verdict.failed):
        raise refuse("no-pairs", "This plan holds no pairs.", "この案には割当がありません。")
