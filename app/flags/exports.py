"""What a flag rests on, in the reader's words: its facts are stored as codes, days and numbers."""

import re
from datetime import date
from typing import Any

from app.applications.choices import MemberRole
from app.core.i18n import _l, show_date
from app.core.templating import show_number
from app.money.choices import ProfitStatus, Sighting
from app.organisations.definitions import Size

#: The names of facts, and codes that stand as values of some.
WORDS: dict[str, Any] = {
    "observed_on": _l("observed on"),
    "stage": _l("stage"),
    "threshold": _l("threshold"),
    "from": _l("from stage"),
    "to": _l("to stage"),
    "since": _l("since"),
    "kind": _l("kind of report"),
    "due_on": _l("due on"),
    "firms": _l("organisations"),
    "of": _l("companies in all"),
    "role": _l("role"),
    "adopted_on": _l("adopted on"),
    "rules": _l("rules"),
    "project": _l("other project"),
    "organisation": _l("organisation"),
    "title": _l("title"),
    "milestone_report": _l("milestone report"),
    "follow_up": _l("follow-up report"),
    "asset": _l("asset"),
    "found": _l("found"),
    "restricted_until": _l("restricted until"),
    "fiscal_year": _l("fiscal year"),
    "yen": _l("yen"),
    "status": _l("state"),
    "product": _l("product"),
    "percent": _l("share in percent"),
    "planned_yen": _l("planned (yen)"),
    "actual_yen": _l("actual (yen)"),
    "size": _l("size"),
    "yes": _l("yes"),
    "unknown": _l("unknown"),
    "level": _l("level"),
    "years": _l("years"),
    "at_risk": _l("at risk"),
    "patents": _l("patents"),
    "behind": _l("quarters graded C or D"),
    "graded": _l("quarters graded in all"),
    "before_yen": _l("the year before (yen)"),
}
CODES: dict[str, Any] = {
    "role": MemberRole,
    "size": Size,
    "status": ProfitStatus,
    "found": Sighting,
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def capital(words: Any) -> str:
    """With a capital, as the first word of a cell or a term."""
    text = str(words)
    return text[:1].upper() + text[1:]


def _shown(name: str, value: Any) -> str:
    if isinstance(value, int | float):
        return str(value) if name == "fiscal_year" or isinstance(value, float) else show_number(value)
    if not isinstance(value, str):
        return "、".join(str(one) for one in value)
    if _DAY.fullmatch(value):
        return str(show_date(date.fromisoformat(value)))
    codes = CODES.get(name)
    if codes is not None and value in set(codes):
        return capital(codes(value).label)
    return capital(WORDS[value]) if value in WORDS else value


def facts_of(facts: dict[str, Any], of: str = "project") -> list[tuple[str, str]]:
    """(term, value) of every fact of a flag; ``of`` is what its rule looks at."""
    words = WORDS if of == "project" else {**WORDS, "of": _l("projects in all")}
    return [(capital(words.get(name, name)), _shown(name, value)) for name, value in facts.items()]
