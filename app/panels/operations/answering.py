"""The applicants' answer to their reviews: a draft, sent once within its window; letters that announce it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.core import audit, mail, numbering
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused, Stale
from app.core.fiscal import jst
from app.core.i18n import Bilingual
from app.panels import queries
from app.panels.models import Rebuttal, RebuttalAnswer
from app.panels.operations.gates import refuse
from app.panels.queries.answers import Answering
from app.questionnaires.definitions.counting import count_characters
from app.reviews.definitions import Phase

#: Characters of one answer, counted as people count them.
LIMIT = 2_000
REMINDED_BEFORE = timedelta(days=1)


def save(answering: Answering, overall: str, texts: Mapping[str, str], version: int, actor: Any) -> Rebuttal:
    """Save the draft: one text for all comments, and one for each by its key. Comments that are no longer there are
    left alone.

    Raises Forbidden for whoever does not write for the lead, Refused outside the window (the instant of arrival counts;
    the first instant after it is too late), after sending, or for a text that is too long, and Stale with both texts
    when a colleague saved meanwhile.
    """
    _check(answering)
    known = {comment.key: comment for comment in answering.comments}
    mine = {key: text for key, text in texts.items() if key in known}
    _check_lengths({"overall": overall, **{f"answer-{key}": text for key, text in mine.items()}})
    row = answering.rebuttal
    if (row.version if row else 0) != version:
        raise Stale(*_sides(answering, overall, mine))
    if row is None:
        row = Rebuttal(application_id=answering.application.id, saved_by_id=actor.id)
        session.add(row)
    row.overall, row.saved_by_id, row.saved_at = overall, actor.id, now()
    for key, text in mine.items():
        found = queries.answers.answer_row(row, known[key].review_id)
        if found is not None:
            found.text, found.comment = text, known[key].text
        elif text:
            row.answers.append(RebuttalAnswer(review_id=known[key].review_id, comment=known[key].text, text=text))
    session.flush()
    return row


def _check(answering: Answering) -> None:
    if not answering.leads:
        raise Forbidden("answer")
    if answering.sent:
        raise refuse("sent", "The answer has been sent.", "回答は提出済みです。")
    if not answering.open:
        raise refuse(
            "late", "The window for answers is not open.", "回答の受付期間外です。"
        )  # fmt: skip


def _check_lengths(texts: Mapping[str, str]) -> None:
    reasons = []
    for name, text in texts.items():
        if (n := count_characters(text)) > LIMIT:
            words = Bilingual(
                f"The text has {n:,} characters; at most {LIMIT:,} fit.",
                f"{n:,}字あります。{LIMIT:,}字以内にしてください。",
            )
            reasons.append(Reason("too-long", words, name))
    if reasons:
        raise Refused(reasons)


def _sides(answering: Answering, overall: str, mine: Mapping[str, str]) -> tuple[dict[Any, str], dict[Any, str]]:
    labels = {comment.key: Bilingual(f"Comment {n}", f"コメント{n}") for n, comment in enumerate(answering.comments, 1)}
    stored = answering.stored
    whole = Bilingual("To all comments", "全体への回答")
    theirs = {labels[c.key]: stored.get(c.review_id, "") for c in answering.comments}
    kept = answering.rebuttal.overall if answering.rebuttal else ""
    return {whole: overall, **{labels[key]: text for key, text in mine.items()}}, {whole: kept, **theirs}


def send(answering: Answering, row: Rebuttal, arrived: datetime, actor: Any) -> None:
    """Send what is saved; once. What was answered is kept as it was read. Raises what ``save`` raises, and Refused when
    nothing is written."""
    _check(answering)
    known = {comment.review_id: comment for comment in answering.comments}
    for answer in list(row.answers):
        if answer.review_id not in known or not answer.text:
            row.answers.remove(answer)  # nothing was answered, or the review has ended meanwhile
        else:
            answer.comment = known[answer.review_id].text
    if not row.overall and not row.answers:
        raise refuse("empty", "Write an answer first.", "回答を記入してください。", "overall")
    row.sent_at, row.sent_by_id = arrived, actor.id
    session.flush()
    audit.record(row, "answer sent", actor, data={"application_id": row.application_id})


def announce() -> None:
    """Clockwork: a letter to the people of the lead when the window opens, and one a day before it ends to those whose
    consortium has sent nothing. Each once for a window; moving its end to another day reminds again."""
    instant = now()
    for call_id, phase in queries.answers.windows(instant).items():
        if _claim(f"answers-open:{phase.id}", 1):
            _tell(call_id, phase, "opens")
        if phase.closes_at is None or phase.opens_at is None or phase.closes_at - instant > REMINDED_BEFORE:
            continue
        day = jst(phase.closes_at).date().toordinal()
        if phase.closes_at - phase.opens_at > REMINDED_BEFORE and _claim(f"answers-end:{phase.id}", day):
            _tell(call_id, phase, f"ends-{day}")


def _claim(name: str, day: int) -> bool:
    """Once; looked up first, so that a worker that has nothing to tell writes nothing."""
    return numbering.version(name) < day and numbering.claim_day(name, day)


def _tell(call_id: int, phase: Phase, occasion: str) -> None:
    for application_id, number, users in queries.answers.to_tell(call_id):
        mail.queue_all(
            "panels/answers_open" if occasion == "opens" else "panels/answers_end",
            [(u.email, u.locale, f"answers:{phase.id}:{occasion}:{application_id}:{u.id}", u.name) for u in users],
            number=number, application_id=application_id, closes_at=phase.closes_at,
        )  # fmt: skip
