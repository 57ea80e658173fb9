"""Threads of discussion. Who may read one is settled here: what somebody may not see does not exist."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.choices import Role
from app.accounts.models import User
from app.applications import queries as applications
from app.applications.choices import ApplicationStatus
from app.applications.models import Application
from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from app.core.i18n import Bilingual
from app.core.tables import Page, keyset
from app.panels.choices import Audience
from app.panels.definitions.discussion import OFFICE, Seat, office_seat, panel_seat, reviewers_seat
from app.panels.models import Discussion, DiscussionReading, Post, PostEdit
from app.panels.queries import people
from app.reviewers import queries as reviewers
from app.reviews import queries as reviews
from app.reviews.choices import AssignmentStatus
from app.reviews.definitions import Phase
from app.reviews.models import ReviewAssignment

PAGE_SIZE = 50
#: What an application must be to have a thread: it has passed the eligibility check.
DISCUSSED = (
    ApplicationStatus.under_review, ApplicationStatus.adopted, ApplicationStatus.reserve, ApplicationStatus.rejected,
)  # fmt: skip


@dataclass(frozen=True)
class Thread:
    """A thread as one reader has it. ``title`` and ``blot`` hide who applies where the phase does."""

    application: Application
    seat: Seat
    phase: Phase
    title: Any
    blot: Any
    discussion: Discussion | None
    names_shown: bool

    @property
    def application_id(self) -> int:
        return self.application.id

    @property
    def closed(self) -> bool:
        return self.discussion is not None and self.discussion.closed_at is not None

    def shown(self, text: str) -> str:
        return str(self.blot(text)) if self.blot else text


def thread_for(
    actor: Any, application_id: int, instant: datetime | None = None, *, lock: bool = False
) -> Thread | None:
    """The thread on an application, or None when there is none for this reader.

    With ``lock`` the application is held first, so that a thread is closed before or after a post, never meanwhile.
    """
    if application_id > applications.MAX_ID or not actor.is_authenticated:
        return None
    if lock:
        session.scalar(select(Application.id).where(Application.id == application_id).with_for_update())
    application = session.scalar(
        select(Application)
        .where(Application.id == application_id, Application.status.in_(DISCUSSED))
        .options(lazyload("*"), joinedload(Application.call).lazyload("*"))
    )
    if application is None:
        return None
    phase = reviews.phase_of(application.call, instant)
    seat = _seat(actor, application, phase)
    if seat is None:
        return None
    blot = None
    if phase.blind and not seat.office:
        blot = reviews.blind.redactors([application_id])[application_id]
    title = application.title
    if blot:
        title = Bilingual(blot(title.en), blot(title.ja))
    return Thread(
        application, seat, phase, title, blot, discussion_of(application_id), people.names_shown(application.call_id)
    )


def _seat(actor: Any, application: Application, phase: Phase) -> Seat | None:
    if actor.has_role(*applications.AGENCY) and application.id not in applications.resting(actor):
        if application.id in applications.kept_out(actor):
            return None
        return office_seat(writes=actor.has_role(Role.officer))
    if not actor.has_role(Role.reviewer) or application.status not in reviews.REVIEWABLE:
        return None
    assignment = people.assignment_of(actor.id, application.id)
    if assignment is None:
        seat = panel_seat(phase) if people.is_member(actor.id, application.call_id) else None
    elif assignment.status in people.WORKING:
        seat = reviewers_seat(phase, sent=assignment.status is AssignmentStatus.submitted)
    else:
        seat = None
    if seat is None or people.is_blocked(application.id, actor.id):
        return None
    return seat


def discussion_of(application_id: int) -> Discussion | None:
    return session.scalar(select(Discussion).where(Discussion.application_id == application_id))


def posts(thread: Thread, after: str | None = None, before: str | None = None) -> Page[Any]:
    """One page of what this reader may read of a thread, the newest post first."""
    query: Any = (
        select(Post)
        .where(Post.application_id == thread.application_id, Post.audience.in_(thread.seat.reads))
        .options(joinedload(Post.author).lazyload(User.role_rows))
    )
    return keyset(query, [(-Post.id).label("newest_first")], after, before, PAGE_SIZE)


def post(thread: Thread, post_id: int, *, lock: bool = False) -> Post | None:
    """A post that this reader may read."""
    query = select(Post).where(
        Post.id == post_id, Post.application_id == thread.application_id, Post.audience.in_(thread.seat.reads)
    )
    if lock:
        query = query.with_for_update(of=Post).execution_options(populate_existing=True)
    return session.scalar(query.options(joinedload(Post.author).lazyload(User.role_rows)) if not lock else query)


def edits_of(post_id: int) -> Sequence[PostEdit]:
    """What a post said before, the oldest text first."""
    return session.scalars(select(PostEdit).where(PostEdit.post_id == post_id).order_by(PostEdit.id)).all()


def authors(thread: Thread, actor: Any, rows: Sequence[Post]) -> dict[int, Any]:
    """post -> what its author is called to this reader. Officers read names; reviewers read names only where an
    officer has opened them, and never an officer's."""
    names = thread.seat.office or thread.names_shown
    aliases = {} if names else people.aliases_of(thread.application_id)
    found: dict[int, Any] = {}
    for row in rows:
        if row.by_office and not thread.seat.office:
            found[row.id] = OFFICE
        else:
            found[row.id] = row.author.name if names else aliases[row.author_id]
    return found


# --- who is told ------------------------------------------------------------------------------------------------------


def readers(thread: Thread, audience: Audience) -> tuple[list[User], list[User]]:
    """(officers, reviewers) who may read a post for this audience now, everybody in conflict left out."""
    application = thread.application
    officers = people.officers_free(application.id)
    if audience is Audience.office or application.status not in reviews.REVIEWABLE:
        return officers, []
    asked = people.asked([application.id])[application.id]
    seats = {
        user_id: reviewers_seat(thread.phase, sent=status is AssignmentStatus.submitted)
        for user_id, status in asked.items()
        if status in people.WORKING
    }
    if audience is Audience.panel:
        for member in people.members_of(application.call_id):
            if member.id not in asked:
                seats[member.id] = panel_seat(thread.phase)
    wanted = [user_id for user_id, seat in seats.items() if seat is not None and audience in seat.reads]
    blocked = reviewers.conflicts(application.id, wanted) if wanted else {}
    office = {officer.id for officer in officers}
    found = people.reviewers_by_id([user_id for user_id in wanted if user_id not in blocked])
    return officers, [found[key] for key in wanted if key in found and key not in office]


def handles(thread: Thread, audience: Audience) -> dict[User, list[str]]:
    """By whom a post for this audience can mention: names as its author reads them. To reviewers all officers are one."""
    officers, others = readers(thread, audience)
    aliases = people.aliases_of(thread.application_id)
    found: dict[User, list[str]] = {}
    for officer in officers:
        found[officer] = [officer.name] if thread.seat.office else [OFFICE.en, OFFICE.ja, "office", "事務局"]
    for person in others:
        known = [aliases[person.id].en, aliases[person.id].ja] if person.id in aliases else []
        if thread.seat.office or thread.names_shown:
            known.append(person.name)
        if known:
            found[person] = known
    return found


def to_mention(thread: Thread, actor: Any) -> list[Any]:
    """What this reader may write behind an @ to call the proposal's reviewers (and, for reviewers, the office)."""
    asked = people.asked([thread.application_id])[thread.application_id]
    working = [key for key, status in asked.items() if status in people.WORKING]
    blocked = reviewers.conflicts(thread.application_id, working) if working else {}
    names: Mapping[int, Any]
    if thread.seat.office or thread.names_shown:
        names = people.names_of(working)
    else:
        names = people.aliases_of(thread.application_id)
    found = [names[key] for key in working if key not in blocked and key != actor.id]
    return found if thread.seat.office else [*found, OFFICE]


# --- what is new ------------------------------------------------------------------------------------------------------


def reading(user_id: int, application_id: int) -> DiscussionReading | None:
    return session.scalar(
        select(DiscussionReading).where(
            DiscussionReading.user_id == user_id, DiscussionReading.application_id == application_id
        )
    )


def last_id(thread: Thread) -> int:
    query = select(func.max(Post.id)).where(
        Post.application_id == thread.application_id, Post.audience.in_(thread.seat.reads)
    )
    return session.scalar(query) or 0


@dataclass(frozen=True)
class Line:
    """A thread on a list: how many posts its reader may read, how many of these are new."""

    application_id: int
    number: str
    title: Any
    posts: int
    unread: int


def _counted(actor: Any, application_ids: Collection[int]) -> Mapping[tuple[int, Audience], tuple[int, int]]:
    """(application, audience) -> (posts, new ones by others)."""
    new = and_(
        Post.author_id != actor.id, or_(DiscussionReading.id.is_(None), Post.id > DiscussionReading.last_read_id)
    )
    rows = session.execute(
        select(
            Post.application_id, Post.audience, func.count(Post.id).label("n"),
            func.count(Post.id).filter(new).label("fresh"),
        )
        .outerjoin(
            DiscussionReading,
            and_(DiscussionReading.application_id == Post.application_id, DiscussionReading.user_id == actor.id),
        )
        .where(Post.application_id.in_(list(application_ids)))
        .group_by(Post.application_id, Post.audience)
    )  # fmt: skip
    return {(row.application_id, row.audience): (row.n, row.fresh) for row in rows}


def lines_of(actor: Any, instant: datetime | None = None) -> list[Line]:
    """The threads that a reviewer may read now, those of the own proposals and those with posts for the whole panel;
    a constant number of statements."""
    own = {
        row.application_id: row.status
        for row in session.execute(
            select(ReviewAssignment.application_id, ReviewAssignment.status).where(
                ReviewAssignment.reviewer_id == actor.id
            )
        )
    }
    working = {key for key, status in own.items() if status in people.WORKING}
    calls = set(
        session.scalars(
            select(Application.call_id)
            .where(Application.id.in_(working), Application.status.in_(reviews.REVIEWABLE))
            .distinct()
        )
    )
    if not calls:
        return []
    phases = reviews.phases_at(calls, instant)
    open_calls = [key for key, phase in phases.items() if phase.sees_discussion]
    told = select(Post.application_id).where(Post.audience == Audience.panel)
    rows = session.scalars(
        select(Application)
        .where(
            Application.call_id.in_(open_calls),
            Application.status.in_(reviews.REVIEWABLE),
            or_(Application.id.in_(working), and_(Application.id.not_in(set(own)), Application.id.in_(told))),
        )
        .options(lazyload("*"))
        .order_by(Application.number)
    ).all()
    seats: dict[int, Seat] = {}
    for row in rows:
        phase = phases[row.call_id]
        status = own.get(row.id)
        seat = panel_seat(phase) if status is None else reviewers_seat(phase, sent=status is AssignmentStatus.submitted)
        if seat is not None:
            seats[row.id] = seat
    blocked = {key for key, _user in reviewers.blocked_pairs((key, actor.id) for key in seats)} if seats else set()
    shown = [row for row in rows if row.id in seats and row.id not in blocked]
    titles = reviews.blind.titles(shown, {row.id for row in shown if phases[row.call_id].blind})
    counts = _counted(actor, [row.id for row in shown]) if shown else {}
    return [_line(row.id, row.number, titles[row.id], seats[row.id], counts) for row in shown]


def _line(
    key: int, number: str, title: Any, seat: Seat, counts: Mapping[tuple[int, Audience], tuple[int, int]]
) -> Line:
    seen = [counts.get((key, audience), (0, 0)) for audience in seat.reads]
    return Line(key, number, title, sum(n for n, _new in seen), sum(new for _n, new in seen))


def office_page(
    actor: Any, after: str | None = None, before: str | None = None
) -> tuple[Page[Any], Mapping[int, Line]]:
    """The threads with posts of which this officer or auditor may know, the latest first, and their lines."""
    latest = select(func.max(Post.id)).group_by(Post.application_id)
    query: Any = (
        select(Application.id, Application.number, Application.title_en, Application.title_ja, Call.title_ja)
        .join(Post, Post.application_id == Application.id)
        .join(Call, Call.id == Application.call_id)
        .where(Post.id.in_(latest), Application.status.in_(DISCUSSED), applications.not_kept_out(actor))
    )
    page = keyset(query, [(-Post.id).label("newest_first")], after, before, PAGE_SIZE)
    counts = _counted(actor, [row.id for row in page.rows]) if page.rows else {}
    seat = office_seat(writes=False)
    lines = {
        row.id: _line(row.id, row.number, Bilingual(row.title_en or row.title_ja, row.title_ja or row.title_en), seat, counts)
        for row in page.rows
    }  # fmt: skip
    return page, lines


def unread_for_office(actor: Any) -> int:
    """How many threads hold something that this officer has not read."""
    query = (
        select(func.count(func.distinct(Post.application_id)))
        .join(Application, Application.id == Post.application_id)
        .outerjoin(
            DiscussionReading,
            and_(DiscussionReading.application_id == Post.application_id, DiscussionReading.user_id == actor.id),
        )
        .where(
            Post.author_id != actor.id,
            or_(DiscussionReading.id.is_(None), Post.id > DiscussionReading.last_read_id),
            Application.status.in_(DISCUSSED),
            applications.not_kept_out(actor),
        )
    )
    return session.scalar(query) or 0


def unread(actor: Any) -> Counter[int]:
    """application -> new posts, of the threads that a reviewer may read now."""
    return Counter({line.application_id: line.unread for line in lines_of(actor, now()) if line.unread})
