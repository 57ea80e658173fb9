"""Who reads and writes in the discussion of a proposal, asked of the phase that holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from app.core.i18n import Bilingual
from app.panels.choices import Audience
from app.reviews.choices import Others
from app.reviews.definitions import Phase

#: For so long the author of a post may mend it; what it said before is kept.
MENDED_WITHIN = timedelta(minutes=15)
OFFICE = Bilingual("programme office", "事業事務局")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Seat:
    """What one reader may do in one thread. Nobody without an audience to read has a seat."""

    reads: frozenset[Audience]
    writes: frozenset[Audience] = frozenset()
    office: bool = False


def office_seat(*, writes: bool) -> Seat:
    everything = frozenset(Audience)
    return Seat(everything, everything if writes else frozenset(), office=True)


def reviewers_seat(phase: Phase, *, sent: bool) -> Seat | None:
    """A reviewer of this proposal who works on it. Before the own review is sent nothing is shown, unless the phase
    shows the others' reviews to everybody: what is discussed tells of them (CON-13, independent judgement)."""
    if not phase.sees_discussion or not (sent or phase.others is Others.always):
        return None
    circle = frozenset((Audience.reviewers, Audience.panel))
    return Seat(circle, circle if phase.may_discuss else frozenset())


def panel_seat(phase: Phase) -> Seat | None:
    """Somebody of the call's panel who was never asked to review this proposal."""
    if not phase.sees_discussion:
        return None
    circle = frozenset((Audience.panel,))
    return Seat(circle, circle if phase.may_discuss else frozenset())


def sees_sent_reviews(phase: Phase, *, assigned: bool, sent: bool) -> bool:
    """May somebody of the panel see what others' reviews say of a proposal, such as changed scores or the answer of
    the applicants to all of them?"""
    if phase.others is Others.always:
        return True
    return assigned and sent and phase.others is Others.after_own


def letter(n: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    return _LETTERS[n] if n < 26 else f"{_LETTERS[n // 26 - 1]}{_LETTERS[n % 26]}"


def aliases(assigned: Collection[int], others: Collection[int]) -> dict[int, Bilingual]:
    """Names that tell nobody: reviewers by letter in the order of asking, others of the panel in the order of their
    first post. Both orders only ever grow at their end, so a person keeps the same name on a proposal."""
    found = {
        user_id: Bilingual(f"Reviewer {letter(n)}", f"審査員{letter(n)}") for n, user_id in enumerate(assigned)
    }  # fmt: skip
    rest = [user_id for user_id in others if user_id not in found]
    return found | {
        user_id: Bilingual(f"Panel member {n}", f"委員{n}") for n, user_id in enumerate(rest, 1)
    }  # fmt: skip
