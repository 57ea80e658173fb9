"""The applicants' answer to reviews: what shows, who writes, the window to the instant, and who reads it afterwards."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.accounts.choices import Role
from app.accounts.models import User
from app.applications.choices import Right
from app.applications.models import MemberPerson
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.core.outbox import OutboxItem
from app.panels import operations, queries
from app.panels.models import Rebuttal
from app.reviewers import operations as pool
from app.reviewers.choices import ConflictVerdict
from app.reviews import queries as reviews
from app.reviews.choices import Others, PhaseKind
from tests.factories import chain, panel, proposals, reviewing
from tests.factories.people import person

LATER = timedelta(days=7)


def _reviewed(application: Any, mark: str, score: int = 4) -> Any:
    assignment = chain.reviewed(application, score)
    assignment.review.comment_to_applicant = mark
    assignment.review.comment_to_panel = "PANELSECRET"
    session.flush()
    return assignment


def _ready(**phase: Any) -> Any:
    application = proposals.under_review()
    one, two = _reviewed(application, "MARKONE", 1), _reviewed(application, "MARKTWO", 5)
    panel.accepted(application)  # somebody who has sent nothing
    # late reviews may still come in, which some tests need
    row = reviewing.phase(application.call, PhaseKind.rebuttal, closes_at=now() + LATER, may_score=True, **phase)
    session.commit()
    return application, one, two, row


def _path(application: Any) -> str:
    return f"/applications/{application.id}/answer-to-reviews"


def _sent(application: Any, overall: str = "OVERALLTEXT", **texts: str) -> None:
    """Answer as the lead: ``texts`` by the mark of the comment."""
    lead = proposals.lead_of(application)
    found = queries.answers.for_consortium(lead, application.id)
    assert found is not None
    by_key = {comment.key: texts[comment.text] for comment in found.comments if comment.text in texts}
    row = operations.answering.save(found, overall, by_key, 0, lead)
    found = queries.answers.for_consortium(lead, application.id)
    assert found is not None
    operations.answering.send(found, row, now(), lead)
    session.commit()


def test_the_consortium_sees_comments_and_nothing_else_of_the_reviews(app: Any, client_for: Any) -> None:
    application, one, two, _row = _ready()
    one.review.comment_to_applicant = f"MARKONE signed {one.reviewer.name}"
    silent = chain.reviewed(application)
    silent.review.comment_to_applicant = ""
    session.commit()
    for who in (proposals.lead_of(application), proposals.partner_of(application)):
        page = client_for(who).get(_path(application)).text
        assert "MARKONE" in page and "MARKTWO" in page and "PANELSECRET" not in page
        for name in (one.reviewer.name, one.reviewer.email, two.reviewer.name, silent.reviewer.name):
            assert name not in page
        for word in ("Comment 3", "Weighted score", "1.00", "5.00", "Reviewer A", f'"answer-{one.review.id}"'):
            assert word not in page, word
    assert "textarea" not in client_for(proposals.partner_of(application)).get(_path(application)).text
    for who, status in (
        (one.reviewer, 403), (person(Role.officer), 403), (proposals.lead_of(proposals.under_review()), 404)
    ):  # fmt: skip
        assert client_for(who).get(_path(application)).status_code == status


@pytest.mark.parametrize("kind", [kind for kind in PhaseKind if kind is not PhaseKind.rebuttal])
def test_outside_the_window_nothing_of_the_reviews_shows(app: Any, client_for: Any, kind: PhaseKind) -> None:
    application = proposals.under_review()
    _reviewed(application, "MARKONE")
    reviewing.phase(application.call, kind)
    session.commit()
    browser = client_for(proposals.lead_of(application))
    page = browser.get(_path(application))
    assert page.status_code == 200 and "MARKONE" not in page.text
    assert browser.post(_path(application), data={"overall": "x", "version": "0"}).status_code == 422


def test_a_draft_is_saved_and_sent_once(app: Any, client_for: Any) -> None:
    application, _one, _two, _row = _ready()
    lead = proposals.lead_of(application)
    keys = {comment.text: comment.key for comment in reviews.comments(application.id)}
    browser = client_for(lead)
    data = {f"answer-{keys['MARKONE']}": "ANSWERONE", "overall": "", "version": "0"}
    assert browser.post(_path(application), data={**data, "save": "1"}).status_code == 303
    officer = person(Role.officer)
    assert "ANSWERONE" not in client_for(officer).get(f"/panel/applications/{application.id}/answer").text
    late = browser.post(_path(application), data={**data, f"answer-{keys['MARKONE']}": "OTHERWINDOW"})
    assert late.status_code == 409 and "OTHERWINDOW" in late.text and "ANSWERONE" in late.text
    data["version"] = str(session.query(Rebuttal).one().version)
    assert client_for(proposals.partner_of(application)).post(_path(application), data=data).status_code == 403
    assert browser.post(_path(application), data={**data, "send": "1"}).status_code == 303
    assert "ANSWERONE" in browser.get(_path(application)).text
    session.expire_all()
    again = browser.post(_path(application), data={**data, "version": "3", "send": "1"})
    assert again.status_code == 422 and "has been sent" in again.text
    assert "ANSWERONE" in client_for(officer).get(f"/panel/applications/{application.id}/answer").text


def test_an_empty_answer_is_not_sent_and_nothing_is_stored(app: Any, client_for: Any) -> None:
    application, _one, _two, _row = _ready()
    answer = client_for(proposals.lead_of(application)).post(
        _path(application), data={"overall": "", "version": "0", "send": "1"}
    )
    assert answer.status_code == 422
    assert session.query(Rebuttal).count() == 0


def test_characters_are_counted_as_people_count_them(app: Any) -> None:
    application, _one, _two, _row = _ready()
    lead = proposals.lead_of(application)
    family = "👨\u200d👩\u200d👧"  # five code points, one character
    found = queries.answers.for_consortium(lead, application.id)
    row = operations.answering.save(found, family * 2_000, {}, 0, lead)
    assert len(row.overall) == 10_000
    found = queries.answers.for_consortium(lead, application.id)
    with pytest.raises(Refused) as refusal:
        operations.answering.save(found, "あ" * 2_001, {found.comments[0].key: "x" * 2_001}, row.version, lead)
    assert [reason.where for reason in refusal.value.reasons] == ["overall", f"answer-{found.comments[0].key}"]


def test_the_window_ends_to_the_instant_of_arrival(app: Any) -> None:
    application, _one, _two, phase = _ready()
    lead = proposals.lead_of(application)
    just_in_time = queries.answers.for_consortium(lead, application.id, phase.closes_at - timedelta(microseconds=1))
    late = queries.answers.for_consortium(lead, application.id, phase.closes_at)
    assert just_in_time.open and len(just_in_time.comments) == 2
    assert not late.open and not late.comments
    with pytest.raises(Refused, match="late"):
        operations.answering.save(late, "too late", {}, 0, lead)
    row = operations.answering.save(just_in_time, "in time", {}, 0, lead)
    with pytest.raises(Refused, match="late"):
        operations.answering.send(
            queries.answers.for_consortium(lead, application.id, phase.closes_at), row, now(), lead
        )


def test_who_only_reads_for_the_lead_does_not_answer(app: Any) -> None:
    application, _one, _two, _row = _ready()
    lead = proposals.lead_of(application)
    for row in session.query(MemberPerson).filter_by(user_id=lead.id):
        row.right = Right.read
    session.flush()
    found = queries.answers.for_consortium(lead, application.id)
    assert found.comments and not found.leads
    with pytest.raises(Forbidden):
        operations.answering.save(found, "x", {}, 0, lead)
    assert queries.answers.waiting_for(lead) == []


def test_two_of_the_lead_do_not_overwrite_each_other(app: Any) -> None:
    application, _one, _two, _row = _ready()
    lead = proposals.lead_of(application)
    stale = queries.answers.for_consortium(lead, application.id)
    operations.answering.save(stale, "FIRST", {}, 0, lead)
    with pytest.raises(Stale) as refusal:
        operations.answering.save(queries.answers.for_consortium(lead, application.id), "SECOND", {}, 0, lead)
    assert "SECOND" in refusal.value.mine.values() and "FIRST" in refusal.value.theirs.values()


@pytest.mark.parametrize("others", list(Others))
def test_who_reads_the_answer_afterwards(app: Any, client_for: Any, others: Others) -> None:
    application, one, two, row = _ready()
    other = proposals.under_review(application.call)
    tied = _reviewed(application, "MARKTIED")
    pool.judge(
        application, tied.reviewer, ConflictVerdict.conflict, "a tie", seen=frozenset(), actor=person(Role.officer)
    )  # fmt: skip
    _sent(application, MARKONE="TOONE", MARKTWO="TOTWO")
    row.kind, row.others = PhaseKind.panel, others
    recused = person(Role.officer, of=application.members[0].organisation)
    pool.declare_year(recused, no_ties=True)
    working = next(r for r in _assignees(application) if r.id not in (one.reviewer.id, two.reviewer.id))
    session.commit()
    whole = {"TOONE", "TOTWO", "OVERALLTEXT"}
    always = others is Others.always
    cast = {
        "officer": (person(Role.officer), whole), "auditor": (person(Role.auditor), whole),
        "one": (one.reviewer, {"TOONE"} if others is Others.never else whole),
        "working": (working, whole if always else set()),
        "panel": (panel.accepted(other).reviewer, whole if always else set()), "tied": (tied.reviewer, set()),
        "stranger": (chain.reviewer(), set()), "recused": (recused, set()), "lead": (proposals.lead_of(application), set()),
        "admin": (person(Role.admin), set()),
    }  # fmt: skip
    session.commit()
    visited = 0
    for name, (who, expected) in cast.items():
        answer = client_for(who).get(f"/panel/applications/{application.id}/answer")
        assert {mark for mark in whole if mark in answer.text} == expected, name
        assert (answer.status_code == 200) is bool(expected), name
        assert "MARKTIED" not in answer.text, name
        if name == "one":
            assert two.reviewer.name not in answer.text
        visited += 1
    assert visited == 10


def _assignees(application: Any) -> list[User]:
    ids = queries.people.asked([application.id])[application.id]
    return [session.get_one(User, key) for key, status in ids.items() if status.value == "accepted"]


def test_a_blind_reviewer_reads_the_answer_without_names(app: Any, client_for: Any) -> None:
    application, one, _two, row = _ready()
    application.members[0].organisation.name_en = "Tellname Works"
    _sent(application, overall="we at Tellname Works disagree")
    row.sees_names = False
    session.commit()
    page = client_for(one.reviewer).get(f"/panel/applications/{application.id}/answer").text
    assert "disagree" in page and "Tellname" not in page
    assert "Tellname" in client_for(person(Role.officer)).get(f"/panel/applications/{application.id}/answer").text


def test_what_was_answered_stays_as_it_was_read(app: Any) -> None:
    application, one, _two, _row = _ready()
    _sent(application, MARKONE="TOONE")
    one.review.comment_to_applicant = "CHANGEDAFTERWARDS"
    session.commit()
    found = queries.answers.beside(person(Role.officer), application.id)
    assert [(line.comment, line.answer) for line in found.lines] == [("MARKONE", "TOONE")]


def test_letters_announce_the_window_and_its_last_day_once(app: Any) -> None:
    application, _one, _two, phase = _ready()
    answered = proposals.under_review(application.call)
    _reviewed(answered, "MARKONE")
    nothing = proposals.under_review(application.call)
    chain.reviewed(nothing).review.comment_to_applicant = ""
    session.commit()

    def letters() -> list[str]:
        operations.answering.announce()
        rows = session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith("answers:")).all()
        return sorted(row.payload["to"] for row in rows)

    leads = sorted(proposals.lead_of(one).email for one in (application, answered))
    assert letters() == leads and letters() == leads
    row = session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith("answers:")).first()
    assert "MARK" not in str(row.payload)
    _sent(answered)
    with time_machine.travel(phase.closes_at - timedelta(hours=25), tick=False):
        assert letters() == leads
    with time_machine.travel(phase.closes_at - timedelta(hours=23), tick=False):
        assert letters() == sorted([*leads, proposals.lead_of(application).email])
        assert len(letters()) == 3


def test_the_answer_waits_on_the_start_page_of_the_lead(app: Any, client_for: Any) -> None:
    application, _one, _two, _row = _ready()
    lead = proposals.lead_of(application)
    assert "Answer the reviews" in client_for(lead).get("/").text
    assert "Answer the reviews" not in client_for(proposals.partner_of(application)).get("/").text
    _sent(application)
    assert "Answer the reviews" not in client_for(lead).get("/").text
