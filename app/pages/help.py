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
from app.questionnaires.choices import QuestionType
from app.questionnaires.definitions import FACTS
from app.questionnaires.definitions.content import MAX_CHARACTERS
from app.questionnaires.definitions.expressions import MAX_LENGTH
from app.questionnaires.definitions.reading import MAX_QUESTIONS, MAX_SECTIONS

OFFICE = ("officer", "auditor")
#: The shelves of the help and the roles that read what stands there; none named: everybody.
SHELVES: dict[str, tuple[str, ...]] = {"applicants": (), "reviewers": ("reviewer", *OFFICE), "office": OFFICE}
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
    }


def _address(code: str, anchor: str = "") -> str:
    return url_for("pages.help_topic", code=code, _anchor=anchor or None)


def text_of(topic: Topic) -> Text:
    """The topic's text in the reader's language."""
    body = render_template(f"help/{locale()}/{topic.code}.html", **figures(), to=_address)
    text = Markup(body)  # noqa: S704 - a template of our own, already escaped
    contents = tuple((key, unescape(_TAG.sub("", title))) for key, title in _HEADING.findall(body))
    return Text(text, contents)
