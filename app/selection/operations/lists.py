"""A panel's list is a person's act: many decisions proposed together, and confirmed together by somebody else.

Each goes through the ordinary verbs of deciding; one that they refuse stops the whole list.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.applications import queries as applications
from app.calls.models import Call
from app.core import audit
from app.core.errors import Forbidden, NotFound, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.core.money import parse_yen
from app.reviews import operations as reviews
from app.reviews import queries as review_queries
from app.reviews.choices import DecisionStatus, Outcome
from app.selection import queries
from app.selection.models import Scenario
from app.selection.operations.scenarios import current_digest

MOST = 2_000


@dataclass(frozen=True)
class Wanted:
    """One line of a list; without an amount it is what was asked for."""

    application_id: int
    outcome: Outcome
    amount_yen: int | None = None


def read_numbers(call: Call, text: str, outcome: Outcome, actor: Any, where: str = "lines") -> list[Wanted]:
    """A list written by hand: a number a line, an amount in yen behind it where it is not what was asked for.

    Raises Refused naming every line that cannot be read or is not of this round (or not for this reader to know of).
    """
    lines = [unicodedata.normalize("NFKC", line).split(maxsplit=1) for line in text.splitlines() if line.strip()]
    known = queries.by_numbers(actor, call.id, [line[0].upper() for line in lines][:MOST])
    found: list[Wanted] = []
    wrong: list[Reason] = []
    for line in lines[:MOST]:
        application = known.get(line[0].upper())
        try:
            amount = parse_yen(line[1]) if len(line) > 1 else None
        except ValueError:
            amount = -1
        if application is None or amount == -1 or any(w.application_id == application.id for w in found):
            shown = " ".join(line)[:60]
            wrong.append(
                Reason(
                    "line",
                    Bilingual(
                        f"“{shown}” is no proposal of this round with an amount, or stands twice.",
                        f"「{shown}」は、この公募の審査対象として読み取れないか、重複しています。",
                    ),
                    where,
                )
            )
            continue
        found.append(Wanted(application.id, outcome, amount))
    if wrong or not found:
        empty = Reason("empty", Bilingual("The list is empty.", "一覧が空です。"), where)
        raise Refused(wrong or [empty])
    return found


def propose_scenario(call: Call, scenario: Scenario, reason: str, actor: Any) -> int:
    """Propose what a solved scenario would adopt: this officer's act, with this officer's reason.

    Refused when scores, amounts or members have changed since it was solved.
    """
    granted = scenario.result.get("granted", {})
    if not granted or scenario.digest != current_digest(scenario, call):
        raise Refused(
            [
                Reason(
                    "stale-scenario",
                    Bilingual(
                        "The scenario has no list, or what it was computed from has changed. Compute a new one.",
                        "シナリオに一覧がないか、計算の前提が変わっています。改めて計算してください。",
                    ),
                    "reason",
                )
            ]
        )
    wanted = [Wanted(int(key), Outcome.adopted, yen) for key, yen in granted.items()]
    return propose_list(call, wanted, reason, actor)


def propose_list(call: Call, wanted: Sequence[Wanted], reason: str, actor: Any) -> int:
    """Propose each line as this officer's decision, with one reason. Decisions that are confirmed already are left out.

    A proposed decision with the same outcome and amount is left as it is; another one is revised, keeping its
    conditions and remarks. Answers how many were proposed.
    """
    if not actor.has_role("officer"):
        raise Forbidden("propose a list")
    if not reason:
        raise Refused([Reason("reason-missing", Bilingual("Give a reason.", "理由を記入してください。"), "reason")])
    done = 0
    for line in wanted:
        application = applications.get_for(actor, line.application_id, lock=True, whole=False)
        if application is None or application.call_id != call.id:
            raise NotFound()
        decision = review_queries.decision_of(application.id)
        amount = application.total_yen if line.amount_yen is None else line.amount_yen
        if line.outcome is Outcome.rejected:
            amount = 0
        if decision is not None:
            if decision.status != DecisionStatus.proposed:
                continue
            if (decision.outcome, decision.amount_yen) == (line.outcome, amount):
                continue
        reviews.propose(
            application, line.outcome, amount, decision.conditions if decision else "", reason,
            decision.version if decision else 0, actor, remarks=decision.remarks if decision else "",
            composed=decision.remarks_composed if decision else False,
        )  # fmt: skip
        done += 1
    audit.record(call, "list of decisions proposed", actor, reason=reason, data={"decisions": done})
    return done


def confirm_list(call: Call, looked_at: dict[int, int], actor: Any) -> int:
    """Confirm the decisions that were looked at, each exactly as it was: {application: version}. All or none.

    Raises NotFound for what the actor may not know of, Stale when one has changed since, Forbidden when the actor
    proposed one of them.
    """
    if not actor.has_role("officer"):
        raise Forbidden("confirm a list")
    if not looked_at:
        raise Refused([Reason("empty", Bilingual("Nothing is chosen.", "対象が選択されていません。"))])
    for application_id in sorted(looked_at):  # first of all: no version may tell that a decision is there
        application = applications.get_for(actor, application_id, whole=False)
        if application is None or application.call_id != call.id:
            raise NotFound()
    present = queries.versions_of(list(looked_at))
    if any(present.get(key) != version for key, version in looked_at.items()):
        raise Stale({}, {})
    for application_id, version in sorted(looked_at.items()):
        decision = review_queries.decision_of(application_id, lock=True)
        if decision is None:
            raise NotFound()
        reviews.confirm(decision, version, actor)
    audit.record(call, "list of decisions confirmed", actor, data={"decisions": len(looked_at)})
    return len(looked_at)
