"""The help pages: which topics there are, who reads them, and the figures that their texts name.

The texts themselves are templates, one per language (templates/help/en, templates/help/ja). Limits and periods are taken
from where they hold, so that a text cannot promise another figure than the one that is applied.
"""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from app.accounts.operations import SESSION_LIFE
from app.applications import budget_sheet
from app.applications import operations as applications
from app.applications.choices import Right
from app.applications.operations.files import LIFE
from app.applications.views.public import MIN_PREFIX
from app.calls.choices import COST_ITEMS
from app.calls.definitions import LONGEST_GRACE_MINUTES, OPEN_QUESTIONS_EACH, SHORTENING_NOTICE
from app.core.contents import EXTENSIONS, MAX_FILE_BYTES
from app.core.i18n import Bilingual, locale
from app.correspondence.models import MAX_TEXT
from app.pages.help_figures import of_reviewing, of_rounds
from app.pages.help_projects import of_figures, of_money, of_portfolio, of_projects
from app.questionnaires.choices import QuestionType
from app.questionnaires.definitions import FACTS
from app.questionnaires.definitions.content import MAX_CHARACTERS
from app.questionnaires.definitions.expressions import MAX_LENGTH
from app.questionnaires.definitions.reading import MAX_QUESTIONS, MAX_SECTIONS

OFFICE = ("officer", "auditor")
#: The shelves of the help and the roles that read what stands there; none named: everybody.
SHELVES: dict[str, tuple[str, ...]] = {
    "applicants": (),
    "reviewers": ("reviewer", *OFFICE),
    "figures": (),
    "office": OFFICE,
}
_HEADING = re.compile(r'<h2 id="([a-z0-9-]+)">(.*?)</h2>', re.DOTALL)
_TAG = re.compile(r"<[^<>]+>")


@dataclass(frozen=True)
class Topic:
    """One help page; ``shelf`` says for whom it is."""

    code: str
    title: Bilingual
    about: Bilingual
    shelf: str = "applicants"

    def is_for(self, actor: Any) -> bool:
        readers = SHELVES[self.shelf]
        return not readers or (actor.is_authenticated and actor.has_role(*readers))


TOPICS = (
    Topic(
        "apply",
        Bilingual("From the call to the receipt", "公募から受領まで"),
        Bilingual("The eight steps of an application, and what you need for them", "申請の8つの手順と準備するもの"),
    ),
    Topic(
        "together",
        Bilingual("Writing together", "共同での作成"),
        Bilingual(
            "People and rights, private costs, saving by itself, two people in one field",
            "担当者と権限、経費内訳の非公開、自動保存、同じ項目の同時入力",
        ),
    ),
    Topic(
        "budget",
        Bilingual("The budget", "経費"),
        Bilingual(
            "The grid, the spreadsheet, the limits and their arithmetic", "経費表、表計算ファイル、上限と計算方法"
        ),
    ),
    Topic(
        "documents",
        Bilingual("Documents", "添付書類"),
        Bilingual("What is taken, what is refused and how to mend it", "受け付けるファイル、受け付けない場合の対処"),
    ),
    Topic(
        "deadline",
        Bilingual("Deadline, handing in, correcting", "締切・提出・訂正"),
        Bilingual(
            "Which moment counts, deadline insurance, the receipt and how to check it",
            "判定の基準時刻、締切時の自動提出、受領証とその確認方法",
        ),
    ),
    Topic(
        "after",
        Bilingual("After handing in", "提出後"),
        Bilingual("Eligibility check, decision, remarks, messages", "形式審査、採択結果、伝達事項、メッセージ"),
    ),
    Topic(
        "agreement",
        Bilingual("Contract and set-up", "契約・交付と事業の準備"),
        Bilingual(
            "From the decision to the first day of work: checklist, assessed costs, confirmation by both sides",
            "採択から着手まで(準備のチェックリスト、経費査定、双方の確認)",
        ),
    ),
    Topic(
        "reports",
        Bilingual("Milestones and reports", "マイルストーンと報告"),
        Bilingual(
            "Keeping milestones up to date, writing a report together, due dates, what is sent back, your calendar",
            "マイルストーンの更新、報告書の共同作成、期限、差戻し、カレンダー",
        ),
    ),
    Topic(
        "money",
        Bilingual("Costs, payments, assets, profit", "経費・支払・財産・収益納付"),
        Bilingual(
            "Lines of cost with their documents, transfers, requests for payment, restricted assets, return of profit with its sums",
            "経費と証憑、流用、支払請求、処分制限財産、収益納付の計算例",
        ),
    ),
    Topic(
        "changes",
        Bilingual("Changes of a project", "計画の変更"),
        Bilingual(
            "What needs approval, when a notice is enough, the preview of effects, a partner that leaves",
            "承認を要する変更と届出、影響の確認、参加機関の脱退",
        ),
    ),
    Topic(
        "yearly",
        Bilingual("Yearly reports after the project", "事業化状況報告"),
        Bilingual(
            "The report in a minute, giving it to somebody else, what counts as evidence",
            "短時間での報告、報告の依頼、証拠として認められるもの",
        ),
    ),
    Topic(
        "reviewing",
        Bilingual("Reviewing", "審査の手引"),
        Bilingual(
            "From the request to the panel: the sheet, phases, discussion, what applicants read",
            "依頼への回答から審査委員会まで(評価票、審査の段階、討議、申請者に伝わる内容)",
        ),
        shelf="reviewers",
    ),
    Topic(
        "ties",
        Bilingual("Ties and conflicts of interest", "利害関係と利益相反"),
        Bilingual(
            "What counts as a tie, how it is looked for, what follows at once and what a person judges",
            "利害関係の範囲と申告、照合の方法、直ちに生じる効果、担当官による判断",
        ),
        shelf="reviewers",
    ),
    Topic(
        "rates",
        Bilingual("Rates and their definitions", "率と定義"),
        Bilingual(
            "Every definition, unknowns and bounds, intervals, time to mature, small numbers",
            "全ての定義、不明と上下限、区間推定、経過年数、少数の秘匿",
        ),
        shelf="figures",
    ),
    Topic(
        "published",
        Bilingual("Published figures, and counting them anew", "公表数値とその再計算"),
        Bilingual(
            "How a figure is frozen, what its bundle holds, how anybody recomputes it",
            "数値の確定、再計算用ファイルの内容、再計算の手順",
        ),
        shelf="figures",
    ),
    Topic(
        "clusters",
        Bilingual("Clusters", "クラスター"),
        Bilingual(
            "Members, targets and pace, new businesses counted once, activities",
            "参加機関、目標と進捗、新事業の重複のない計上、交流活動",
        ),
        shelf="figures",
    ),
    Topic(
        "surveys",
        Bilingual("Surveys and benchmark index", "調査とベンチマーク指数"),
        Bilingual(
            "Compose, invite, answer; what shares and indices mean; the surveys of 2006",
            "作成・依頼・回答、割合と指数の意味、2006年公表の調査",
        ),
        shelf="figures",
    ),
    Topic(
        "call",
        Bilingual("Building and running a call", "公募の作成と運用"),
        Bilingual("Dates, publishing, moving the deadline, questions", "日程、公表、締切の変更、質問への回答"),
        shelf="office",
    ),
    Topic(
        "questionnaire",
        Bilingual("The questionnaire of a call", "公募の質問票"),
        Bilingual("Questions, conditions, calculations, checks, versions", "設問、表示条件、計算、点検条件、版"),
        shelf="office",
    ),
    Topic(
        "round",
        Bilingual("Running a round of review", "審査の運営"),
        Bilingual(
            "Pool, phases, assignment, panel, scores, selection under a budget, decisions, reserve, corrections",
            "審査員の登録、段階、割当て、審査委員会、評点の補正、予算内の選定、決定、補欠、訂正",
        ),
        shelf="office",
    ),
    Topic(
        "learning",
        Bilingual("Learning from past rounds", "評価の検証"),
        Bilingual(
            "Scores, forecasts and plans against what came of the projects: measures, unknowns, limits",
            "評点・予測・計画とその後の成果との比較(指標の定義、不明の扱い、限界)",
        ),
        shelf="office",
    ),
    Topic(
        "award",
        Bilingual("The life of an award", "採択から終結まで"),
        Bilingual(
            "Steps of both regimes, cost assessment, contracts, interim evaluation, early ends, deciding on changes",
            "委託・補助の手順、経費査定、契約、中間評価、中止等、変更の承認",
        ),
        shelf="office",
    ),
    Topic(
        "monitoring",
        Bilingual("Reports and monitoring", "報告とモニタリング"),
        Bilingual(
            "Reports by due date, sending back by section, extensions, scores",
            "期限順の報告一覧、項目別の差戻し、期限の延長、評点",
        ),
        shelf="office",
    ),
    Topic(
        "inspection",
        Bilingual("Inspection, fixed amount, payments", "検査・額の確定・支払"),
        Bilingual(
            "Verdicts line by line, how the amount is fixed, payments by two officers, repayment, assets",
            "経費ごとの判定、額の確定の計算、2名による決裁、返還、財産",
        ),
        shelf="office",
    ),
    Topic(
        "outcomes",
        Bilingual("Yearly reports and the outcome ledger", "事業化状況報告と成果台帳"),
        Bilingual(
            "Terms, response, chasing, verification, what was known when, shares of a product",
            "報告の条件、回答状況、督促、確認、把握時点、製品の配分",
        ),
        shelf="office",
    ),
    Topic(
        "flags",
        Bilingual("Flags", "フラグ"),
        Bilingual(
            "Every rule, the life of a flag, settings, how often a rule was right",
            "全ての規則、フラグの処理、設定、的中率",
        ),
        shelf="office",
    ),
    Topic(
        "register",
        Bilingual("Names, merges and successors", "機関名の照合・統合・承継"),
        Bilingual(
            "Which organisation a name means, two entries that are one, what a merger does",
            "機関名の特定、重複登録の統合、承継の効果",
        ),
        shelf="office",
    ),
    Topic(
        "publishing",
        Bilingual("Publishing figures and reports", "数値・報告書の公表"),
        Bilingual(
            "Propose, freeze, publish by another officer, replace; programme reports and datasets",
            "提案、確定、別の担当官による公表、差替え、事業報告書、公開データ",
        ),
        shelf="office",
    ),
    Topic(
        "portfolio",
        Bilingual("Portfolio and PDCA board", "ポートフォリオとPDCA"),
        Bilingual(
            "Filters, columns, saved views, cross table, map, exports and their record; targets and actions",
            "絞込み、列、保存した条件、クロス表、地図、出力と記録、目標と対策",
        ),
        shelf="office",
    ),
)


@dataclass(frozen=True)
class Text:
    """A topic's text and, for its table of contents, the ids and titles of its sections."""

    body: Markup
    contents: tuple[tuple[str, str], ...]


def topics_for(actor: Any) -> list[Topic]:
    """The topics that this reader may open."""
    return [topic for topic in TOPICS if topic.is_for(actor)]


def topic_for(actor: Any, code: str) -> Topic | None:
    """The topic with this code, or None where there is none for this reader."""
    return next((topic for topic in topics_for(actor) if topic.code == code), None)


@cache
def figures() -> dict[str, Any]:
    """What the texts name: bytes in MB, periods in days, hours or minutes."""
    return {
        "file_mb": MAX_FILE_BYTES // 1_000_000,
        "endings": ", ".join(ending.lstrip(".") for ending in EXTENSIONS.values()),
        "late_minutes": applications.LATE_FINISH.seconds // 60,
        "upload_hours": int(LIFE.total_seconds()) // 3600,
        "invitation_days": applications.INVITATION_LIFE.days,
        "letters_a_day": applications.LETTERS_PER_DAY,
        "members": applications.MAX_MEMBERS,
        "milestones": applications.MAX_MILESTONES,
        "session_hours": int(SESSION_LIFE.total_seconds()) // 3600,
        "notice_days": SHORTENING_NOTICE,
        "grace_hours": LONGEST_GRACE_MINUTES // 60,
        "open_questions": OPEN_QUESTIONS_EACH,
        "message_characters": MAX_TEXT,
        "sheet_mb": budget_sheet.MAX_BYTES // 1_000_000,
        "hash_characters": MIN_PREFIX,
        "cost_items": COST_ITEMS,
        "rights": {right.value: right.label for right in Right},
        "types": {kind.value: kind.label for kind in QuestionType},
        "facts": FACTS,
        "short_characters": MAX_CHARACTERS[QuestionType.short_text],
        "long_characters": MAX_CHARACTERS[QuestionType.long_text],
        "expression_characters": MAX_LENGTH,
        "sections": MAX_SECTIONS,
        "questions": MAX_QUESTIONS,
        **of_reviewing(),
        **of_rounds(),
        **of_projects(),
        **of_money(),
        **of_figures(),
        **of_portfolio(),
    }


def _address(code: str, anchor: str = "") -> str:
    return url_for("pages.help_topic", code=code, _anchor=anchor or None)


def text_of(topic: Topic) -> Text:
    """The topic's text in the reader's language."""
    body = render_template(f"help/{locale()}/{topic.code}.html", **figures(), to=_address)
    text = Markup(body)  # noqa: S704 - a template of our own, already escaped
    contents = tuple((key, unescape(_TAG.sub("", title))) for key, title in _HEADING.findall(body))
    return Text(text, contents)
