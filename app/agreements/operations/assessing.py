"""The checklist, and the assessment of costs (CON-10): office proposes, consortium confirms, the budget is agreed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.agreements import policy, queries
from app.agreements.choices import Side
from app.agreements.definitions import ASSESSING, BEFORE_CONTRACT, POINTS
from app.agreements.models import Award, SetupItem
from app.agreements.operations.gates import lead_people, needed, officer, refuse, seen, signatories, tell
from app.agreements.operations.making import prepare, write_agreed, write_lines
from app.agreements.workflow import machine_of
from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Reason, Refused
from app.core.i18n import Bilingual
from app.core.money import MAX_YEN
from app.core.storage import StoredFile
from app.projects import queries as projects


def tick(
    item: SetupItem, done: bool, note: str, version: int, actor: Any, *, not_applicable: bool = False,
    file: StoredFile | None = None,
) -> None:  # fmt: skip
    """Mark a point of the checklist as done (or open again), by a person of the side that it belongs to.

    Refused once a contract holds, without the file that belongs to a point, and where an obligatory point is called not
    applicable. Raises Stale when somebody else changed it meanwhile.
    """
    award = item.award
    mine = policy.is_officer(actor, award) if item.side is Side.office else policy.is_recipient(actor, award)
    if not mine:
        raise Forbidden("tick")
    seen(item, version)
    if award.status not in BEFORE_CONTRACT:
        raise OutOfOrder(award, "tick", award.status)
    point = POINTS[item.code]
    if not_applicable and not point.optional:
        raise refuse("obligatory", "This point cannot be left out.", "この項目は省略できません。", "not_applicable")
    if not_applicable:
        needed(note, "note")
    if file is not None:
        item.file_id = file.id
    if done and point.file and not not_applicable and item.file_id is None:
        raise refuse("file-missing", "Attach the file that belongs to this point.", "資料を添付してください。", "file")
    item.done_at, item.done_by_id = (now(), actor.actor_id) if done or not_applicable else (None, None)
    item.not_applicable, item.note = not_applicable, note
    session.flush()
    name = "checklist point done" if item.done_at else "checklist point open again"
    audit.record(award, name, actor, data={"point": item.code, "not_applicable": not_applicable})


def assess(award: Award, actor: Any) -> None:
    """Commission: the office begins the assessment of costs."""
    machine_of(award).apply(award, "assess", actor)
    prepare(award)
    write_lines(award)


def apply(award: Award, actor: Any) -> None:
    """Subsidy: the consortium applies for the grant (交付申請); the office assesses the costs then."""
    machine_of(award).apply(award, "apply", actor, on_behalf_of=projects.lead_name(award.project))
    prepare(award)
    write_lines(award)
    session.flush()


def save_lines(award: Award, amounts: Mapping[int, tuple[int, str]], version: int, actor: Any) -> None:
    """Write the assessed amounts (line id -> yen, reason). Their total stays within the decided amount.

    A line that differs from what the decision left for it says why. Raises Stale when another officer saved meanwhile.
    """
    _assessing(award, version, actor)
    lines = queries.lines_of(award)
    wanted = {line.id: amounts.get(line.id, (line.assessed_yen, line.reason)) for line in lines}
    reasons = []
    for line in lines:
        yen, reason = wanted[line.id]
        if not 0 <= yen <= MAX_YEN:
            words = Bilingual("The amount is too large.", "金額が大きすぎます。")
            reasons.append(Reason("amount", words, f"yen-{line.id}"))
        elif yen != line.decided_yen and not reason.strip():
            words = Bilingual("Say why this line was changed.", "変更した費目の査定理由を記入してください。")
            reasons.append(Reason("reason-missing", words, f"reason-{line.id}"))
    total, limit = sum(yen for yen, _reason in wanted.values()), award.project.amount_yen or 0
    if total > limit:
        words = Bilingual(
            f"The assessed lines add up to {total:,} yen; {limit:,} yen were decided.",
            f"査定額の合計{total:,}円が採択額{limit:,}円を超えています。",
        )
        reasons.append(Reason("over-decided", words))
    if reasons:
        raise Refused(reasons)
    for line in lines:
        line.assessed_yen, line.reason = wanted[line.id][0], wanted[line.id][1].strip()
    flag_modified(award, "objection")  # lines are rows of their own: the award's version speaks for them too
    session.flush()
    audit.record(award, "costs assessed", actor, data={"total_yen": total})


def _assessing(award: Award, version: int, actor: Any) -> None:
    if not policy.is_officer(actor, award):
        raise Forbidden("assess")
    seen(award, version)
    if award.status not in ASSESSING:
        raise OutOfOrder(award, "assess", award.status)
    if award.agreed_at is not None:
        raise refuse(
            "agreed",
            "The consortium has confirmed this budget. Take the assessment back before you change it.",
            "この予算はコンソーシアムが確認済みです。修正するには査定を取り下げてください。",
        )


def send_assessment(award: Award, version: int, actor: Any) -> None:
    """Give the assessed budget to the consortium to confirm."""
    _assessing(award, version, actor)
    if not any(line.assessed_yen for line in queries.lines_of(award)):
        raise refuse("nothing", "There is no amount to confirm.", "確認すべき金額がありません。")
    award.assessed_at, award.assessed_by_id, award.objection = now(), actor.actor_id, ""
    session.flush()
    audit.record(award, "assessment sent", actor)
    tell(
        award, signatories(award), f"costs-sent:{award.version}",
        Bilingual("Please confirm the assessed budget", "査定後の予算をご確認ください"),
        Bilingual("The office has assessed the costs. Confirm the budget, or say what is wrong with it.",
                  "事務局が経費を査定しました。内容を確認し、同意又は異議を登録してください。"),
    )  # fmt: skip


def agree(award: Award, name: str, version: int, actor: Any) -> None:
    """Somebody who may sign for the managing organisation or core company confirms the assessed budget."""
    if not policy.may_sign(actor, award):
        raise Forbidden("agree")
    seen(award, version)
    if award.status not in ASSESSING or award.agreed_at is not None:
        raise OutOfOrder(award, "agree", award.status)
    if award.assessed_at is None:
        raise refuse("not-sent", "The office has not sent its assessment yet.", "事務局の査定がまだ届いていません。")
    needed(name, "name")
    award.agreed_at, award.agreed_by_id, award.agreed_name = now(), actor.actor_id, name.strip()
    session.flush()
    audit.record(award, "assessed budget confirmed", actor, on_behalf_of=projects.lead_name(award.project))
    write_agreed(award)
    tell(
        award, officer(award, award.assessed_by_id), f"costs-agreed:{award.version}",
        Bilingual("The assessed budget is confirmed", "査定後の予算が確認されました"),
        Bilingual("The contract or grant decision can be made now.", "契約又は交付決定の手続きに進めます。"),
    )  # fmt: skip


def object_to(award: Award, text: str, version: int, actor: Any) -> None:
    """The consortium says what is wrong with the assessment; the office assesses again."""
    if not policy.is_recipient(actor, award):
        raise Forbidden("object")
    seen(award, version)
    if award.status not in ASSESSING or award.assessed_at is None or award.agreed_at is not None:
        raise OutOfOrder(award, "object", award.status)
    award.objection = needed(text, "objection")
    by, award.assessed_at = award.assessed_by_id, None
    session.flush()
    audit.record(
        award, "objection to the assessment", actor, reason=text, on_behalf_of=projects.lead_name(award.project)
    )
    tell(
        award, officer(award, by), f"costs-objected:{award.version}",
        Bilingual("Objection to the assessed budget", "査定に対する異議"), Bilingual(text, text),
    )  # fmt: skip


def take_back(award: Award, reason: str, version: int, actor: Any) -> None:
    """Open the assessment again before any contract holds. Terms that were offered on it have to be offered anew."""
    if not policy.is_officer(actor, award):
        raise Forbidden("take back")
    seen(award, version)
    if award.status not in ASSESSING or award.assessed_at is None:
        raise OutOfOrder(award, "take back", award.status)
    needed(reason)
    award.assessed_at = award.agreed_at = award.agreed_by_id = None
    award.agreed_name = ""
    session.flush()
    audit.record(award, "assessment taken back", actor, reason=reason)
    tell(
        award, lead_people(award), f"costs-back:{award.version}",
        Bilingual("The assessment of costs is open again", "経費査定をやり直します"), Bilingual(reason, reason),
    )  # fmt: skip
