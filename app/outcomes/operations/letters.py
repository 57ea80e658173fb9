"""Letters about reports, to whoever acts for the organisation now."""

from typing import Any

from app.core import mail
from app.core.errors import Reason, Refused
from app.core.i18n import Bilingual
from app.outcomes import queries
from app.outcomes.models import FollowUp


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def tell(follow_up: FollowUp, template: str, key: str, people: Any = None, **context: Any) -> None:
    """One letter to each of the people (those who can send the report now), once per occasion."""
    for person in people if people is not None else queries.people_for([follow_up.id])[follow_up.id]:
        mail.queue(
            template, person.email, person.locale, f"{key}:{person.id}", name=person.name,
            project=follow_up.project.project_key, year=follow_up.fiscal_year, due_on=follow_up.due_on,
            verdict=follow_up.status.label, remarks=follow_up.remarks, follow_up_id=follow_up.id,
            organisation=follow_up.organisation.name if follow_up.organisation else "", **context,
        )  # fmt: skip
