"""Phases of review for tests."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from app.reviews.choices import PhaseKind
from app.reviews.definitions import RIGHTS, usual
from app.reviews.models import ReviewPhase


def phase(
    call: Call, kind: PhaseKind | str = PhaseKind.written, opens_at: datetime | None = None,
    closes_at: datetime | None = None, **changes: Any,
) -> ReviewPhase:  # fmt: skip
    """A phase that holds now unless dates are given, with the usual rights of its kind except ``changes``."""
    first = replace(usual(PhaseKind(kind)), **changes)
    row = ReviewPhase(
        call_id=call.id, position=1, kind=first.kind, name_en=first.name.en, name_ja=first.name.ja,
        opens_at=opens_at or now() - timedelta(hours=1), closes_at=closes_at, others=first.others,
        **{name: getattr(first, name) for name in RIGHTS},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def blind(call: Call, **changes: Any) -> ReviewPhase:
    return phase(call, sees_names=False, **changes)
