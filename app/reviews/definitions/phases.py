"""Phases of reviewing as data: what holds at an instant, what each kind allows at first, and sets to begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.core.i18n import Bilingual
from app.reviews.choices import Others, PhaseKind

#: The rights of a phase, with the words in which officers set them. ``others`` is apart: it has three values.
RIGHTS = {
    "sees_proposal": Bilingual("Reviewers read the proposal", "審査員は申請書を閲覧できる"),
    "sees_names": Bilingual("Reviewers see who applies (off: blind)", "審査員は申請者名を閲覧できる(無効:匿名審査)"),
    "may_score": Bilingual("Reviewers score and change scores", "審査員は採点・変更ができる"),
    "sees_discussion": Bilingual("Reviewers read the discussion", "審査員は討議を閲覧できる"),
    "may_discuss": Bilingual("Reviewers write in the discussion", "審査員は討議に書き込める"),
    "sees_means": Bilingual("Reviewers see means", "審査員は平均点を閲覧できる"),
    "applicant_answers": Bilingual("Applicants answer the reviews", "申請者は評価に回答できる"),
}


@dataclass(frozen=True)
class Phase:
    """What holds for the reviewers of a call during a window: from ``opens_at`` up to, not including, ``closes_at``.

    Both are empty where there is no bound. ``id`` is empty for the default phase and for the time between two phases.
    """

    kind: PhaseKind
    name: Bilingual
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    sees_proposal: bool = False
    sees_names: bool = False
    others: Others = Others.never
    sees_discussion: bool = False
    may_discuss: bool = False
    sees_means: bool = False
    may_score: bool = False
    applicant_answers: bool = False
    id: int | None = None

    @property
    def blind(self) -> bool:
        return not self.sees_names


#: A call for which nobody has set phases: written review, names shown, the others' reviews after the own.
DEFAULT = Phase(
    PhaseKind.written,
    PhaseKind.written.label,
    sees_proposal=True,
    sees_names=True,
    others=Others.after_own,
    may_score=True,
)
NOT_BEGUN = Bilingual("Not begun yet", "審査開始前")
BETWEEN = Bilingual("Between two phases", "次の段階の開始待ち")
OVER = Bilingual("Review is over", "審査終了")


def ends(rows: Sequence[Any]) -> list[datetime | None]:
    """Until when each phase holds: its own end, or the beginning of the next one; rows in the order of their opening."""
    following: list[datetime | None] = [*(row.opens_at for row in rows[1:]), None]
    return [row.closes_at or after for row, after in zip(rows, following, strict=False)]


def holding(rows: Sequence[Any], instant: datetime) -> Phase:
    """The phase that holds at an instant. Where no window is open nothing is allowed, and names stay hidden as long
    as any phase of the call hides them."""
    if not rows:
        return DEFAULT
    rows = sorted(rows, key=lambda row: row.opens_at)
    before: datetime | None = None
    for row, end in zip(rows, ends(rows), strict=True):
        if instant < row.opens_at:
            return _nothing(rows, BETWEEN if before else NOT_BEGUN, before, row.opens_at)
        if end is None or instant < end:
            return of(row, end)
        before = end
    return _nothing(rows, OVER, before, None)


def of(row: Any, end: datetime | None) -> Phase:
    rights = {name: getattr(row, name) for name in RIGHTS}
    return Phase(row.kind, row.name, row.opens_at, end, others=row.others, id=row.id, **rights)


def _nothing(rows: Sequence[Any], name: Bilingual, start: datetime | None, end: datetime | None) -> Phase:
    return Phase(PhaseKind.closed, name, start, end, sees_names=all(row.sees_names for row in rows))


@dataclass(frozen=True)
class Step:
    """One phase of a set: how many days it lasts (None: open-ended) and what is allowed in it."""

    phase: Phase
    days: int | None


@dataclass(frozen=True)
class PhaseSet:
    code: str
    name: Bilingual
    steps: tuple[Step, ...]


def usual(kind: PhaseKind) -> Phase:
    """What a phase of this kind allows unless an officer says otherwise."""
    return {
        PhaseKind.written: DEFAULT,
        PhaseKind.rebuttal: Phase(
            kind, kind.label, sees_proposal=True, sees_names=True, others=Others.after_own, applicant_answers=True
        ),
        PhaseKind.hearing: Phase(
            kind, kind.label, sees_proposal=True, sees_names=True, others=Others.after_own, sees_discussion=True,
            may_discuss=True,
        ),
        PhaseKind.panel: Phase(
            kind, kind.label, sees_proposal=True, sees_names=True, others=Others.always, sees_discussion=True,
            may_discuss=True, sees_means=True, may_score=True,
        ),
        PhaseKind.closed: Phase(kind, kind.label, sees_names=True),
    }[kind]  # fmt: skip


_BLIND_WRITTEN = replace(
    DEFAULT, name=Bilingual("Blind written review", "匿名書面審査"), sees_names=False, others=Others.never
)
SETS = {
    one.code: one
    for one in (
        PhaseSet(
            "written-panel",
            Bilingual("Written review → panel", "書面審査 → 審査委員会"),
            (Step(DEFAULT, 21), Step(usual(PhaseKind.panel), None)),
        ),
        PhaseSet(
            "blind-hearing-panel",
            Bilingual(
                "Blind written review → applicants’ answers → hearing → panel → closed",
                "匿名書面審査 → 申請者の回答 → ヒアリング審査 → 審査委員会 → 終了",
            ),
            (
                Step(_BLIND_WRITTEN, 21),
                Step(replace(usual(PhaseKind.rebuttal), sees_names=False), 7),
                Step(usual(PhaseKind.hearing), 7),
                Step(usual(PhaseKind.panel), 14),
                Step(usual(PhaseKind.closed), None),
            ),
        ),
    )
}
