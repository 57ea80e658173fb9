"""Verbs of organisations."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from app.core import audit, numbering
from app.core.db import session
from app.core.errors import Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.organisations import queries
from app.organisations.choices import ClusterMatch
from app.organisations.models import Organisation


def _refuse_taken_number(number: str | None, besides: int | None) -> None:
    other = queries.by_corporate_number(number) if number else None
    if other is not None and other.id != besides:
        raise Refused(
            [
                Reason(
                    "duplicate-corporate-number",
                    Bilingual(
                        f"“{other.name}” is registered with this number.", f"この番号は「{other.name}」で登録済みです。"
                    ),
                    "corporate_number",
                )
            ]
        )


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "cluster_match": ClusterMatch(values["cluster_match"])}


def create(values: dict[str, Any], actor: audit.Actor) -> Organisation:
    """Add an organisation; its key is the next of our own. Raises Refused when the number is taken."""
    _refuse_taken_number(values["corporate_number"], None)
    key = f"R-{numbering.next_number('organisation'):06d}"
    while queries.by_key(key) is not None:
        key = f"R-{numbering.next_number('organisation'):06d}"
    row = Organisation(org_key=key, **_typed(values))
    session.add(row)
    _flush()
    audit.record(row, "organisation added", actor)
    numbering.touch()
    return row


def change(
    row: Organisation,
    values: dict[str, Any],
    version: int | None,
    actor: audit.Actor,
    *,
    mine: dict[str, str],
    theirs: dict[str, str],
    back: str,
) -> None:
    """Change an organisation; raises Stale when it was changed since ``version``, Refused when the number is taken."""
    if row.version != version:
        raise Stale(mine, theirs, back)
    _refuse_taken_number(values["corporate_number"], row.id)
    before = {name: getattr(row, name) for name in values}
    for name, value in _typed(values).items():
        setattr(row, name, value)
    _flush()
    changed = {name: [_plain(before[name]), _plain(value)] for name, value in values.items() if before[name] != value}
    if changed:
        audit.record(row, "organisation changed", actor, data=changed)
        numbering.touch()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def _flush() -> None:
    """Somebody may take the number between our look and our writing: the index has the last word."""
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:
        raise Refused(
            [
                Reason(
                    "duplicate-corporate-number",
                    Bilingual("This corporate number is already registered.", "この法人番号は登録済みです。"),
                    "corporate_number",
                )
            ]
        ) from None
