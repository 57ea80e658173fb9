"""Every look-up of questionnaires."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.organisations import queries as organisations
from app.questionnaires.definitions import Content, read
from app.questionnaires.models import Questionnaire, QuestionnaireVersion

MAX_ID = 2**31 - 1
READERS = ("officer", "auditor", "system")
_BRACKETS = re.compile(r".*[(（]([^()（）]+)[)）]\s*$")


def get(questionnaire_id: int) -> Questionnaire | None:
    return session.get(Questionnaire, questionnaire_id) if 0 < questionnaire_id <= MAX_ID else None


def get_for(actor: Any, questionnaire_id: int) -> Questionnaire | None:
    """The questionnaire with its drafts, for officers and auditors; for all others it is not there."""
    return get(questionnaire_id) if actor.has_role(*READERS) else None


def versions(questionnaire: Questionnaire) -> Sequence[QuestionnaireVersion]:
    """All versions, the newest first."""
    return session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire.id)
        .order_by(QuestionnaireVersion.number.desc())
    ).all()


def version(questionnaire: Questionnaire, number: int) -> QuestionnaireVersion | None:
    if not 0 < number <= MAX_ID:
        return None
    return session.scalar(
        select(QuestionnaireVersion).where(
            QuestionnaireVersion.questionnaire_id == questionnaire.id, QuestionnaireVersion.number == number
        )
    )


def draft(questionnaire: Questionnaire, lock: bool = False) -> QuestionnaireVersion | None:
    """The version that is being written, if there is one."""
    query = select(QuestionnaireVersion).where(
        QuestionnaireVersion.questionnaire_id == questionnaire.id, QuestionnaireVersion.published_at.is_(None)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query.order_by(QuestionnaireVersion.number.desc()).limit(1))


def published(questionnaire_id: int | None) -> QuestionnaireVersion | None:
    """The version that applicants answer now: the newest published one."""
    if questionnaire_id is None:
        return None
    return session.scalar(
        select(QuestionnaireVersion)
        .where(
            QuestionnaireVersion.questionnaire_id == questionnaire_id, QuestionnaireVersion.published_at.is_not(None)
        )
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    )


def published_among(rows: Sequence[QuestionnaireVersion], until: datetime | None = None) -> QuestionnaireVersion | None:
    """Of loaded versions the newest that was public, at ``until`` if an instant is given."""
    public = [row for row in rows if row.published_at and (until is None or row.published_at <= until)]
    return max(public, key=lambda row: row.number, default=None)


_read: dict[str, Content] = {}  # by the hash of the content, which never means two things


def content(row: QuestionnaireVersion) -> Content:
    """What a stored version holds. It was checked before it was stored."""
    if row.content_hash not in _read:
        if len(_read) >= 64:
            _read.clear()
        _read[row.content_hash] = read(row.content)[0]
    return _read[row.content_hash]


def listed(limit: int = 200) -> Sequence[Questionnaire]:
    """Questionnaires to copy from, the newest first."""
    return session.scalars(
        select(Questionnaire).order_by(Questionnaire.created_at.desc(), Questionnaire.id.desc()).limit(limit)
    ).all()


def organisation_answer(typed: str) -> tuple[dict[str, Any] | None, list[str]]:
    """The stored answer that a typed number, key or name means, or the candidates where it is not the one.

    A name is taken when the register holds it once; what an earlier answer was shown as is understood again.
    """
    text = typed.strip()
    brackets = _BRACKETS.fullmatch(text)
    for wanted in (text, brackets[1].strip() if brackets else ""):
        if wanted:
            row = organisations.by_corporate_number(wanted) or organisations.by_key(wanted)
            if row is not None:
                return _answer(row), []
    found = organisations.search(text, limit=6)
    same = [row for row in found if text in (row.name_ja, row.name_en)]
    if len(same) == 1 or len(found) == 1:
        return _answer((same or list(found))[0]), []
    return None, [_shown(row) for row in found]


def _shown(row: Any) -> str:
    return f"{row.name_ja or row.name_en} ({row.corporate_number or row.org_key})"


def _answer(row: Any) -> dict[str, Any]:
    return {"id": row.id, "name": _shown(row)}
