"""Who may do what with a call, and the one rule that says until when it takes what from whom."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from app.calls.choices import CallStatus, DeadlineChange, Phase
from app.calls.definitions import DATES, NEXT_STEPS, SHORTENING_NOTICE
from app.core.errors import Reason
from app.core.i18n import Bilingual


@dataclass(frozen=True)
class Deadline:
    """Until when something is taken.

    ``official`` is the closing time that the call shows to everybody. ``closes_at`` is what holds here: later than the
    official one for a consortium with an extension of its own. Up to ``grace_until`` (equal to ``closes_at`` where no
    grace was granted) an application begun before ``closes_at`` may still be handed in, though no longer changed.
    All three are the first instant at which it is too late.
    """

    opens_at: datetime
    official: datetime
    closes_at: datetime
    grace_until: datetime
    rows: tuple[Any, ...] = ()  # the extensions that concern the reader, oldest first

    @property
    def own(self) -> bool:
        return self.closes_at > self.official

    @property
    def has_grace(self) -> bool:
        return self.grace_until > self.closes_at


def deadline(call: Any, rows: Iterable[Any] = (), application_id: int | None = None) -> Deadline:
    """The deadline for one application (or for everybody), given extension rows of its call.

    Rows that name another application are ignored. An individual extension never shortens: where the call itself
    closes later, the call's time holds. Of several graces the latest row counts; its minutes run from the closing.
    """
    concerned = sorted((r for r in rows if r.application_id in (None, application_id)), key=lambda row: row.id)
    closes_at, grace = call.closes_at, timedelta()
    for row in concerned:
        if row.kind == DeadlineChange.individual:
            closes_at = max(call.closes_at, row.to_at)
        elif row.kind == DeadlineChange.grace:
            grace = row.to_at - row.from_at
    return Deadline(call.opens_at, call.closes_at, closes_at, closes_at + grace, tuple(concerned))


def phase(call: Any, instant: datetime, limit: Deadline | None = None) -> Phase:
    """Where the call's window stands at an instant: open from ``opens_at`` up to, not including, ``closes_at``."""
    if instant < call.opens_at:
        return Phase.forthcoming
    return Phase.open if instant < (limit.closes_at if limit else call.closes_at) else Phase.closed


def accepts(call: Any, instant: datetime, limit: Deadline | None = None, *, handing_in: datetime | None = None) -> bool:
    """Does the call take what arrives at this instant?

    ``limit`` is the deadline that holds for the application at hand (the call's own where none is given). Handing in
    is told apart by ``handing_in``, the instant at which the application was begun: it alone profits from a grace.
    """
    if call.status != CallStatus.published:
        return False
    if phase(call, instant, limit) is Phase.open:
        return True
    return handing_in is not None and in_grace(instant, limit, handing_in)


def in_grace(instant: datetime, limit: Deadline | None, begun_at: datetime) -> bool:
    """Is this instant in the grace, for something begun before the closing?"""
    return limit is not None and begun_at < limit.closes_at <= instant < limit.grace_until


def state(call: Any, instant: datetime) -> CallStatus | Phase:
    """What to call the call's state: a published one is forthcoming, open or closed by the clock."""
    return phase(call, instant) if call.status == CallStatus.published else call.status


def takes_questions(call: Any, instant: datetime) -> bool:
    """Questions are taken from publication until ``questions_until``, or until the closing where none is set."""
    return call.status == CallStatus.published and instant < (call.questions_until or call.closes_at)


def notice_of_shortening(call: Any) -> timedelta:
    """How long before the new closing time a shortening must be announced (parameter of the call, days)."""
    return timedelta(days=int(call.parameters.get("shortening_notice_days", SHORTENING_NOTICE)))


def out_of_order(dates: Mapping[str, datetime | None]) -> Iterator[Reason]:
    """Each date of a call that comes before the one it should follow, in words. Questions may end at the closing."""
    if dates["closes_at"] and dates["opens_at"] and dates["closes_at"] <= dates["opens_at"]:
        yield Reason(
            "window", Bilingual("The call closes before it opens.", "締切が受付開始より前になっています。"), "closes_at"
        )
    main = [name for name in DATES if name != "questions_until" and dates.get(name)]
    pairs = list(pairwise(main))
    if dates.get("questions_until"):
        pairs += [("announce_at", "questions_until"), ("questions_until", "closes_at")]
    for earlier, later in pairs:
        first, second = dates.get(earlier), dates.get(later)
        if (earlier, later) == ("opens_at", "closes_at") or first is None or second is None:
            continue
        if second < first or (earlier == "closes_at" and second == first):
            yield Reason(
                "dates-order",
                Bilingual(
                    f"“{DATES[later].en}” must come after “{DATES[earlier].en}”.",
                    f"「{DATES[later].ja}」は「{DATES[earlier].ja}」より後の日時にしてください。",
                ),
                "questions_until" if "questions_until" in (earlier, later) else later,
            )


def next_steps(call: Any, outcome: str) -> Bilingual:
    """What an applicant does after this outcome: the call's own words, or the usual ones."""
    words = call.next_steps.get(outcome, {})
    en, ja = words.get("en", ""), words.get("ja", "")
    return Bilingual(en or ja, ja or en) if en or ja else NEXT_STEPS[outcome]


def last_moment(call: Any, rows: Iterable[Any]) -> datetime:
    """The instant from which nobody can hand in any more, all extensions and graces counted (``rows``: all of them)."""
    rows = list(rows)
    named = {row.application_id for row in rows}
    return max(deadline(call, rows, key).grace_until for key in {None, *named})


def may_see(actor: Any, call: Any) -> bool:
    return call.status != CallStatus.draft or actor.has_role("officer")


def may_edit(actor: Any, call: Any) -> bool:
    return call.status == CallStatus.draft and actor.has_role("officer")


def may_ask(actor: Any, call: Any, instant: datetime) -> bool:
    return actor.is_authenticated and actor.has_role("applicant") and takes_questions(call, instant)


def is_officer(actor: Any, call: Any = None) -> bool:
    return bool(actor.has_role("officer"))


def is_officer_or_system(actor: Any, call: Any = None) -> bool:
    return bool(actor.has_role("officer", "system"))
