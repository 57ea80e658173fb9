"""The life of a yearly report, and of each claim in it."""

from collections.abc import Iterable
from typing import Any

from app.core.clock import today
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.outcomes import policy
from app.outcomes.choices import ClaimStatus, DevState
from app.outcomes.choices import ClaimStatus as C
from app.outcomes.choices import DisputeStatus as D
from app.outcomes.choices import FollowUpStatus as S


def _missing(code: str, en: str, ja: str, where: str) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def is_complete(follow_up: Any) -> Iterable[Reason]:
    """What the yearly report must say, and how its parts must agree (OUT-1, OUT-6); product by product."""
    f = follow_up
    if f.observed_on is None:
        yield _missing(
            "observed-missing", "Say as of which day this holds.", "いつ時点の状況か記入してください。", "observed_on"
        )
    elif f.observed_on > today():
        yield _missing("observed-future", "That day lies in the future.", "未来の日付です。", "observed_on")
    elif f.project.completed_on and f.observed_on < f.project.completed_on:
        yield _missing(
            "observed-early",
            "That day lies before the project's completion.",
            "事業完了日より前の日付です。",
            "observed_on",
        )
    if not f.claims:
        yield _missing(
            "state-missing", "Choose the state of development.", "開発の状態を選択してください。", "dev_state"
        )
    for claim in f.claims:
        if claim.status is ClaimStatus.drafted:
            yield from claim_is_complete(claim)


def claim_is_complete(claim: Any) -> Iterable[Reason]:
    """One product's answer, or that of the project as a whole (position 0)."""
    c, prefix = claim, f"p{claim.product_id}-" if claim.position else ""
    if c.position and c.answer is None:
        yield Reason(
            "answer-missing",
            Bilingual(f"Say how it stands with “{c.name}”.", f"「{c.name}」の状況を選択してください。"),
            f"{prefix}answer",
        )
        return
    if c.dev_state is None:
        yield _missing(
            "state-missing", "Choose the state of development.", "開発の状態を選択してください。", f"{prefix}dev_state"
        )
    if c.stage is None:
        yield _missing(
            "stage-missing", "Choose the commercialization stage.", "事業化段階を選択してください。", f"{prefix}stage"
        )
    elif c.stage >= 3:
        yield from _sold(c, prefix)
    elif c.first_sale_on is not None and not c.position:
        yield _missing(
            "sale-contradiction",
            "A first sale means stage 3 at least: correct the stage, or leave the day empty.",
            "販売日がある場合、段階は3以上です。段階を訂正するか販売日を空欄にしてください。",
            f"{prefix}stage",
        )
    if c.stage == 0 and c.reason_code is None:
        yield _missing(
            "reason-missing",
            "Say why it is not commercialized.",
            "事業化に至らない理由を選択してください。",
            f"{prefix}reason_code",
        )
    if c.first_sale_on and c.follow_up.observed_on and c.first_sale_on > c.follow_up.observed_on:
        yield _missing(
            "sale-late",
            "The first sale lies after the day reported on.",
            "最初の販売日が報告時点より後です。",
            f"{prefix}first_sale_on",
        )
    if c.export_yen is not None and c.export_yen > (c.sales_yen or 0):
        yield _missing(
            "export-more", "Exports are a part of the sales: they cannot be more.",
            "輸出額は売上額の内数です。売上額を超えることはできません。", f"{prefix}export_yen",
        )  # fmt: skip


def _sold(c: Any, prefix: str) -> Iterable[Reason]:
    """What is sold has a name, a first day and an amount (0 too, when it was given)."""
    if c.first_sale_on is None:
        yield _missing(
            "sale-missing",
            "Give the day of the first sale.",
            "最初の販売日を記入してください。",
            f"{prefix}first_sale_on",
        )
    if not c.name:
        yield _missing(
            "product-missing", "Name the product or service.", "製品・サービス名を記入してください。", "product"
        )
    if c.sales_yen is None:
        yield _missing(
            "sales-missing", "Give the year's sales.", "当該年度の売上額を記入してください。", f"{prefix}sales_yen"
        )
    if c.dev_state in (DevState.research, DevState.development):
        yield _missing(
            "state-contradiction",
            "Something sold cannot still be in research or development: correct the state or the stage.",
            "販売実績がある場合、状態は「研究」「開発」になりません。状態か段階を訂正してください。",
            f"{prefix}dev_state",
        )


FOLLOW_UP = Machine(
    "follow_up",
    S,
    S.due,
    (
        Transition(
            "submit", sources(S.due, S.returned), S.submitted, policy.may_submit, (is_complete,),
            label=Bilingual("Submit the report", "報告書を提出する"),
        ),
        Transition("verify", sources(S.submitted), S.verified, policy.is_officer, label=Bilingual("Verify", "確認する")),
        Transition("return", sources(S.submitted), S.returned, policy.is_officer, label=Bilingual("Return", "差し戻す")),
    ),
)  # fmt: skip
CLAIM = Machine(
    "outcome_claim",
    C,
    C.drafted,
    (
        Transition("report", sources(C.drafted), C.reported, policy.may_claim, label=Bilingual("Report", "報告する")),
        Transition(
            "ask", sources(C.reported, C.disputed), C.asked, policy.may_judge,
            label=Bilingual("Ask for evidence", "証拠書類を依頼する"),
        ),
        Transition("answer", sources(C.asked), C.reported, policy.may_claim, label=Bilingual("Answer", "回答する")),
        Transition(
            "appeal", sources(C.disputed), C.reported, policy.may_claim,
            label=Bilingual("Show new evidence", "新たな証拠を示す"),
        ),
        Transition(
            "dispute", sources(C.reported, C.asked), C.disputed, policy.may_judge,
            label=Bilingual("Do not accept", "認めない"),
        ),
        Transition("verify", sources(C.reported, C.asked), C.verified, policy.may_judge, label=Bilingual("Verify", "確認する")),
        Transition(
            "reopen", sources(C.reported, C.asked, C.disputed), C.drafted, policy.may_judge,
            label=Bilingual("Return", "差し戻す"),
        ),
    ),
)  # fmt: skip


def is_ripe(dispute: Any) -> Iterable[Reason]:
    """Nobody decides while the organisation still has time to answer."""
    if dispute.status is D.open and dispute.due_on is not None and dispute.due_on >= today():
        yield _missing(
            "answer-awaited", f"The organisation may answer until {dispute.due_on}.",
            f"回答期限({dispute.due_on})までは判断できません。", "decision",
        )  # fmt: skip


DISPUTE = Machine(
    "outcome_dispute",
    D,
    D.open,
    (
        Transition("forward", sources(D.open), D.answered, policy.opened_it, label=Bilingual("Put before the office", "事務局に付す")),
        Transition("answer", sources(D.open), D.answered, policy.may_answer_dispute, label=Bilingual("Answer", "回答する")),
        Transition("ask", sources(D.answered, D.open), D.open, policy.may_ask_in_dispute, label=Bilingual("Ask for more", "追加で照会する")),
        Transition("uphold", sources(D.open, D.answered), D.upheld, policy.may_decide_dispute, (is_ripe,), label=Bilingual("Uphold", "異議を認める")),
        Transition(
            "withdraw", sources(D.open, D.answered), D.withdrawn, policy.may_decide_dispute, (is_ripe,),
            label=Bilingual("Withdraw", "異議を取り下げる"),
        ),
        Transition("correct", sources(D.open, D.answered), D.corrected, policy.may_decide_dispute, (is_ripe,), label=Bilingual("Correct", "訂正する")),
    ),
)  # fmt: skip
MACHINES = (FOLLOW_UP, CLAIM, DISPUTE)
