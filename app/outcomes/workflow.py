"""The life of a follow-up."""

from collections.abc import Iterable
from typing import Any

from app.core.clock import today
from app.core.errors import Reason
from app.core.i18n import Bilingual
from app.core.workflow import Machine, Transition, sources
from app.outcomes import policy
from app.outcomes.choices import DevState
from app.outcomes.choices import FollowUpStatus as S


def _missing(code: str, en: str, ja: str, where: str) -> Reason:
    return Reason(code, Bilingual(en, ja), where)


def is_complete(follow_up: Any) -> Iterable[Reason]:
    """What the yearly report must say, and how its parts must agree (OUT-1, OUT-6)."""
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
    if f.dev_state is None:
        yield _missing(
            "state-missing", "Choose the state of development.", "開発の状態を選択してください。", "dev_state"
        )
    if f.stage is None:
        yield _missing(
            "stage-missing", "Choose the commercialization stage.", "事業化段階を選択してください。", "stage"
        )
    elif f.stage >= 3:
        if f.first_sale_on is None:
            yield _missing(
                "sale-missing", "Give the day of the first sale.", "最初の販売日を記入してください。", "first_sale_on"
            )
        if not f.product:
            yield _missing(
                "product-missing", "Name the product or service.", "製品・サービス名を記入してください。", "product"
            )
        if not f.sales_yen and f.sales_yen != 0:
            yield _missing(
                "sales-missing", "Give the year's sales.", "当該年度の売上額を記入してください。", "sales_yen"
            )
        if f.dev_state in (DevState.research, DevState.development):
            yield _missing(
                "state-contradiction",
                "Something sold cannot still be in research or development: correct the state or the stage.",
                "販売実績がある場合、状態は「研究」「開発」になりません。状態か段階を訂正してください。",
                "dev_state",
            )
    elif f.first_sale_on is not None:
        yield _missing(
            "sale-contradiction",
            "A first sale means stage 3 at least: correct the stage, or leave the day empty.",
            "販売日がある場合、段階は3以上です。段階を訂正するか販売日を空欄にしてください。",
            "stage",
        )
    if f.stage == 0 and f.reason_code is None:
        yield _missing(
            "reason-missing",
            "Say why it is not commercialized.",
            "事業化に至らない理由を選択してください。",
            "reason_code",
        )
    if f.first_sale_on and f.observed_on and f.first_sale_on > f.observed_on:
        yield _missing(
            "sale-late",
            "The first sale lies after the day reported on.",
            "最初の販売日が報告時点より後です。",
            "first_sale_on",
        )


FOLLOW_UP = Machine(
    "follow_up",
    S,
    S.due,
    (
        Transition(
            "submit", sources(S.due, S.returned), S.submitted, policy.may_report, (is_complete,),
            label=Bilingual("Submit the report", "報告書を提出する"),
        ),
        Transition("verify", sources(S.submitted), S.verified, policy.is_officer, label=Bilingual("Verify", "確認する")),
        Transition("return", sources(S.submitted), S.returned, policy.is_officer, label=Bilingual("Return", "差し戻す")),
    ),
)  # fmt: skip
MACHINES = (FOLLOW_UP,)
