"""Pages on which officers compose questionnaires; auditors read them."""

from typing import Any

from flask import Blueprint, abort
from flask_login import current_user

from app.core.access import role
from app.core.errors import OutOfOrder
from app.core.i18n import Bilingual
from app.questionnaires import queries

bp = Blueprint("questionnaires", __name__)
officer = role("officer")
readers = role("officer", "auditor")


def load(questionnaire_id: int) -> Any:
    return queries.get_for(current_user, questionnaire_id) or abort(404)


def load_draft(questionnaire_id: int, lock: bool = False) -> tuple[Any, Any]:
    """The questionnaire and its draft; without a draft there is nothing to edit."""
    questionnaire = load(questionnaire_id)
    draft = queries.draft(questionnaire, lock=lock)
    if draft is None:
        raise OutOfOrder(questionnaire, "edit", Bilingual("published", "公表済み"))
    return questionnaire, draft


from app.questionnaires.views import composing, preview, versions  # noqa: E402, F401
