"""Scenarios: a choice under a budget, computed by the worker, kept with its conditions. None decides anything."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from app.calls import queries as calls
from app.calls.models import Call
from app.core import audit, outbox
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.selection import policy, queries
from app.selection.choices import Measure, Solution
from app.selection.definitions import choosing
from app.selection.models import Scenario

KIND = "scenario"


@dataclass(frozen=True)
class Conditions:
    """What an officer asks for. ``budgets`` are yen by fiscal year, ``total_yen`` for all years; ``bounds`` are
    {tag, measure, low, high}; ``fixed`` maps applications to {"in": bool, "reason": text}."""

    budgets: dict[int, int]
    total_yen: int | None = None
    most: int | None = None
    bounds: tuple[dict[str, Any], ...] = ()
    fixed: dict[int, dict[str, Any]] | None = None
    least_share: int = 100
    step_yen: int = 1_000_000
    least_score: int = 0  # hundredths of a point
    over_least: bool = False  # merit counts from the least score on, instead of from nought

    def as_json(self) -> dict[str, Any]:
        return {
            "budgets": {str(year): yen for year, yen in sorted(self.budgets.items())},
            "total_yen": self.total_yen,
            "most": self.most,
            "bounds": list(self.bounds),
            "fixed": {str(key): value for key, value in sorted((self.fixed or {}).items())},
            "least_share": self.least_share,
            "step_yen": self.step_yen,
            "least_score": self.least_score,
            "over_least": self.over_least,
        }


def terms_of(parameters: dict[str, Any]) -> choosing.Terms:
    """The kept conditions as the programme wants them."""
    limits = [
        choosing.Limit(f"budget:{year}", Measure.yen, high=yen, year=int(year))
        for year, yen in parameters["budgets"].items()
    ]
    if parameters["total_yen"] is not None:
        limits.append(choosing.Limit("budget:all", Measure.yen, high=parameters["total_yen"]))
    if parameters["most"] is not None:
        limits.append(choosing.Limit("most:all", Measure.number, high=parameters["most"]))
    for i, bound in enumerate(parameters["bounds"]):
        dimension, _, code = bound["tag"].partition(":")
        limits.append(
            choosing.Limit(f"bound:{i}", Measure(bound["measure"]), bound["low"], bound["high"], (dimension, code))
        )
    fixed = parameters["fixed"]
    return choosing.Terms(
        tuple(limits),
        frozenset(int(key) for key, value in fixed.items() if value["in"]),
        frozenset(int(key) for key, value in fixed.items() if not value["in"]),
        parameters["least_share"], parameters["step_yen"],
    )  # fmt: skip


def conditions_of(call: Call, data: dict[str, Any], actor: Any) -> Conditions:
    """The conditions that a form's values mean. Raises Refused where a floor lies above its cap, a percentage above 100,
    or a line of the fixed proposals cannot be read."""
    bounds, wrong = [], []
    for n in range(sum(key.endswith("-tag") for key in data)):
        tag, low, high = data[f"bound-{n}-tag"], data[f"bound-{n}-low"], data[f"bound-{n}-high"]
        measure = data[f"bound-{n}-measure"] or Measure.number.value
        if not tag or (low is None and high is None):
            continue
        if (low or 0) > (high if high is not None else low) or (
            measure == Measure.share and max(low or 0, high or 0) > 100
        ):
            wrong.append(
                Reason(
                    "bound", Bilingual("A floor lies above its cap, or a percentage above 100.",
                                       "下限が上限を超えているか、割合が100%を超えています。"),
                    f"bound-{n}-low",
                )
            )  # fmt: skip
        bounds.append({"tag": tag, "measure": measure, "low": low, "high": high})
    fixed, unread = _fixed(call, data.get("fixed") or "", actor)
    if wrong or unread:
        raise Refused([*wrong, *unread])
    years = {int(key[5:]): value for key, value in data.items() if key.startswith("year-") and value is not None}
    return Conditions(
        years, data["total_yen"], data["most"], tuple(bounds), fixed, data["least_share"], max(data["step_yen"] or 0, 1),
        data["least_score"] or 0, bool(data["over_least"]),
    )  # fmt: skip


def _fixed(call: Call, text: str, actor: Any) -> tuple[dict[int, dict[str, Any]], list[Reason]]:
    lines = [unicodedata.normalize("NFKC", line).split(maxsplit=2) for line in text.splitlines() if line.strip()]
    known = queries.by_numbers(actor, call.id, [line[0].upper() for line in lines])
    fixed: dict[int, dict[str, Any]] = {}
    wrong = []
    for line in lines:
        application = known.get(line[0].upper())
        if application is None or len(line) < 3 or line[1].lower() not in ("in", "out"):
            shown = " ".join(line)[:60]
            wrong.append(
                Reason(
                    "fixed-line",
                    Bilingual(
                        f"“{shown}”: write number, in or out, and the reason.",
                        f"「{shown}」: 受付番号、inまたはout、理由の順に記入してください。",
                    ),
                    "fixed",
                )
            )
        else:
            fixed[application.id] = {"in": line[1].lower() == "in", "reason": line[2]}
    return fixed, wrong


def ask_scenario(call: Call, name: str, note: str, conditions: Conditions, actor: Any) -> Scenario:
    """Keep a scenario and let the worker solve it. A proposal fixed in or out needs its reason.

    Raises Forbidden for officers from whom a proposal of the round is kept; Refused where nothing limits the choice.
    """
    if not actor.has_role("officer") or not policy.may_see_joint(actor, call.id):
        raise Forbidden("scenario")
    if not conditions.budgets and conditions.total_yen is None and conditions.most is None:
        raise Refused(
            [
                Reason(
                    "no-limit",
                    Bilingual(
                        "Give a budget or a number of proposals.", "予算額又は採択件数の上限を入力してください。"
                    ),
                    "budgets",
                )
            ]
        )
    for key, value in (conditions.fixed or {}).items():
        if not value.get("reason"):
            raise Refused(
                [
                    Reason(
                        "fixed-reason",
                        Bilingual(
                            "Give the reason for each proposal that is fixed in or out.",
                            "固定する提案ごとに理由を記入してください。",
                        ),
                        "fixed",
                    )
                ]
            ) from KeyError(key)
    row = Scenario(
        call_id=call.id, name=name, note=note, parameters=conditions.as_json(), made_by_id=actor.id, digest=""
    )
    session.add(row)
    session.flush()
    row.digest = _inputs(row, call)[1]
    outbox.put(KIND, {"scenario_id": row.id}, f"scenario:{row.id}")
    audit.record(row, "scenario asked", actor, data={"name": name})
    return row


def current_digest(row: Scenario, call: Call) -> str:
    """The fingerprint of what the scenario would be computed from now."""
    return _inputs(row, call)[1]


def _inputs(row: Scenario, call: Call) -> tuple[list[choosing.Candidate], str]:
    fresh = queries.latest(call.id)
    usable = fresh if fresh and fresh.made_at and fresh.digest == queries.fingerprint(call.id) else None
    least = row.parameters["least_score"] / 100
    found = queries.candidates(call, usable.id if usable else None, least)
    if not row.parameters["over_least"]:
        found = [choosing.Candidate(c.id, c.merit + least, c.by_year, c.tags) for c in found]
    return found, queries.scenario_digest(call.id, usable.id if usable else None, found)


def solve_scenario(item: outbox.OutboxItem) -> None:
    """The outbox's handler: reads, lets the database go, solves, writes."""
    row = queries.scenario(item.payload["scenario_id"])
    if row is None or row.verdict is not None:
        return
    call = calls.get(row.call_id)
    assert call is not None
    found, digest = _inputs(row, call)
    terms = terms_of(row.parameters)
    session.commit()  # up to two minutes of arithmetic follow; no lock of the database is held meanwhile
    verdict, result = solved(found, terms)
    row = queries.scenario(item.payload["scenario_id"], lock=True)
    if row is None or row.verdict is not None:
        return
    row.verdict, row.result, row.digest, row.solved_at = verdict, result, digest, now()
    session.flush()


def solved(found: list[choosing.Candidate], terms: choosing.Terms) -> tuple[Solution, dict[str, Any]]:
    """Solve, and say what each condition costs, or why there is no answer."""
    best = choosing.choose(found, terms)
    result: dict[str, Any] = {"candidates": len(found)}
    if best.verdict is Solution.infeasible:
        result["contradiction"] = choosing.contradiction(found, terms)
        result["relaxation"] = choosing.relaxation(found, terms)
        return best.verdict, result
    if best.verdict is Solution.failed:
        return best.verdict, result
    by_id = {c.id: c for c in found}
    years = sorted({year for c in found for year in c.by_year})
    result |= {
        "granted": {str(key): yen for key, yen in best.granted.items()},
        "merit": round(best.merit, 4),
        "bound": round(best.bound, 4),
        "total_yen": sum(best.granted.values()),
        "years": {
            str(year): round(sum(choosing.share_of_year(by_id[k], year, yen) for k, yen in best.granted.items()))
            for year in years
        },
        "tags": _tags(by_id, best),
        "prices": choosing.prices(found, terms, best),
    }
    return best.verdict, result


def _tags(by_id: dict[int, choosing.Candidate], best: choosing.Choice) -> dict[str, list[int]]:
    """{dimension:code: [proposals, yen]} of what was chosen."""
    sums: dict[str, list[float]] = {}
    for key, yen in best.granted.items():
        for (dimension, code), weight in by_id[key].tags.items():
            row = sums.setdefault(f"{dimension}:{code}", [0, 0])
            row[0] += weight >= 0.5
            row[1] += weight * yen
    return {key: [int(n), round(yen)] for key, (n, yen) in sorted(sums.items())}
