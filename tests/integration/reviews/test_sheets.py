"""The score sheet: saving by field, two windows, what is optional, forecasts that stay, scores that change on record."""

from typing import Any

import pytest

from app.accounts.choices import Role
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.reviews import operations, queries
from app.reviews.choices import AssignmentStatus
from tests.factories import chain, proposals, reviewing
from tests.factories.people import person


def _accepted(application: Any = None) -> Any:
    assignment = chain.assigned(application or proposals.under_review())
    operations.answer(assignment, "accept", assignment.reviewer)
    session.commit()
    return assignment


def _field(browser: Any, assignment: Any, name: str, value: str, version: int) -> Any:
    return browser.post(
        f"/reviews/{assignment.id}/field", data={"field": name, "value": value, "version": str(version)}
    )


def test_fields_are_saved_one_by_one_and_stand_on_the_page(app: Any, client_for: Any) -> None:
    assignment = _accepted()
    browser, first = client_for(assignment.reviewer), assignment.application.call.criteria[0]
    version = 0
    for name, value in (
        (f"score-{first.id}", "5"), ("confidence", "2"), ("forecast_pct", "35"), ("forecast_year", "2031"),
        ("comment_to_panel", "sound\r\nplan"), ("comment_to_applicant", "more detail"), ("comment_to_applicant", ""),
    ):  # fmt: skip
        answer = _field(browser, assignment, name, value, version)
        assert answer.status_code == 200, answer.text
        assert answer.json["value"] == value.replace("\r\n", "\n") and answer.json["version"] == version + 1
        version = answer.json["version"]
    page = browser.get(f"/reviews/{assignment.id}").text
    assert 'value="5" checked' in page and 'value="35"' in page and "sound\nplan" in page
    assert 'data-version="7"' in page and "10 of 4,000 characters; 2 words" in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("score", "6"), ("score", "0"), ("score", "4.5"), ("score", "x"), ("confidence", "4"), ("forecast_pct", "101"),
        ("forecast_pct", "-1"), ("forecast_pct", "half"), ("forecast_year", "1999"), ("comment_to_panel", "x" * 4001),
        ("comment_to_panel", "bad\x00"), ("nonsense", "1"), ("version", "1"), ("weighted_score", "500"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_not_stored(app: Any, client_for: Any, name: str, value: str) -> None:
    assignment = _accepted()
    if name == "score":
        name = f"score-{assignment.application.call.criteria[0].id}"
    answer = _field(client_for(assignment.reviewer), assignment, name, value, 0)
    assert answer.status_code == 422 and answer.json["kind"] == "wrong" and answer.json["message"]
    session.expire_all()
    assert assignment.review is None


def test_two_windows_never_overwrite_each_other(app: Any, client_for: Any) -> None:
    assignment = _accepted()
    browser = client_for(assignment.reviewer)
    assert _field(browser, assignment, "comment_to_panel", "from the first window", 0).status_code == 200
    other = _field(browser, assignment, "comment_to_applicant", "from the second", 0)  # another field: both stand
    assert other.status_code == 200
    contested = _field(browser, assignment, "comment_to_panel", "from the second window", 0)
    assert contested.status_code == 409 and contested.json["kind"] == "conflict"
    assert contested.json["theirs"] == "from the first window" and "another window" in contested.json["by"]["name"]
    decided = _field(browser, assignment, "comment_to_panel", "both", contested.json["version"])
    assert decided.status_code == 200 and decided.json["value"] == "both"


def test_the_plain_button_keeps_fields_that_its_window_did_not_touch(app: Any, client_for: Any) -> None:
    assignment = _accepted()
    browser, root = client_for(assignment.reviewer), f"/reviews/{assignment.id}"
    criteria = assignment.application.call.criteria
    page = {"version": "0", "comment_to_panel": "", "comment_to_applicant": "", "confidence": "", "forecast_pct": ""}
    assert browser.post(root, data={**page, "comment_to_panel": "one"}).status_code == 303
    assert browser.post(root, data={**page, f"score-{criteria[0].id}": "3"}).status_code == 303  # opened before it
    session.expire_all()
    assert assignment.review.comment_to_panel == "one" and queries.scores_of(assignment.review) == {criteria[0].id: 3}
    answer = browser.post(root, data={**page, "comment_to_panel": "two"})
    assert answer.status_code == 409 and "two" in answer.text and "one" in answer.text
    seen = browser.post(root, data={**page, "comment_to_panel": "two", "seen": '{"comment_to_panel": 2}'})
    assert seen.status_code == 303
    session.expire_all()
    assert assignment.review.comment_to_panel == "two"


def test_a_field_of_a_sent_review_is_not_saved(app: Any, client_for: Any) -> None:
    assignment = chain.reviewed(proposals.under_review())
    session.commit()
    answer = _field(client_for(assignment.reviewer), assignment, "comment_to_panel", "late", 1)
    assert answer.status_code == 422 and answer.json["kind"] == "refused"
    assert client_for(chain.reviewer()).post(f"/reviews/{assignment.id}/field").status_code == 404


def test_an_optional_criterion_may_be_left_out_and_does_not_count(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    first, *rest = application.call.criteria
    rest[-1].mandatory = False
    assignment = _accepted(application)
    browser, root = client_for(assignment.reviewer), f"/reviews/{assignment.id}"
    scores = {f"score-{c.id}": "5" for c in (first, *rest[:-1])}
    data = {**scores, "comment_to_panel": "good", "version": "0", "submit": "1"}
    missing = {key: value for key, value in data.items() if key != f"score-{first.id}"}
    page = browser.post(root, data=missing)
    assert page.status_code == 422 and f'href="#score-{first.id}"' in page.text
    assert f'href="#score-{rest[-1].id}"' not in page.text and "optional" in page.text
    assert browser.post(root, data=data).status_code == 303
    session.expire_all()
    assert assignment.status == AssignmentStatus.submitted and assignment.review.weighted_score == 500


def test_where_everything_is_optional_something_must_be_scored(app: Any) -> None:
    application = proposals.under_review()
    for criterion in application.call.criteria:
        criterion.mandatory = False
    assignment = _accepted(application)
    operations.save(assignment, {}, "comment", "", 0, assignment.reviewer)
    with pytest.raises(Refused) as refusal:
        operations.submit(assignment, assignment.reviewer)
    assert [r.code for r in refusal.value.reasons] == ["nothing-scored"]


def _sent(forecast: int | None, year: int | None = None, application: Any = None, score: int = 4) -> Any:
    assignment = _accepted(application)
    scores: dict[int, int | None] = {c.id: score for c in assignment.application.call.criteria}
    operations.save(
        assignment, scores, "p", "a", 0, assignment.reviewer, confidence=3, forecast_pct=forecast, forecast_year=year
    )
    operations.submit(assignment, assignment.reviewer)
    return assignment


def test_a_forecast_is_frozen_when_it_is_sent_and_kept_when_it_is_sent_again(app: Any) -> None:
    assignment = _sent(60, 2032)
    review, actor = assignment.review, assignment.reviewer
    operations.reopen(assignment, person(Role.officer), "please explain")
    scores: dict[int, int | None] = dict(queries.scores_of(review))
    operations.save(assignment, scores, "p", "a", review.version, actor, confidence=1, forecast_pct=10)
    assert [(f.number, f.probability_pct, f.year, f.confidence) for f in queries.forecasts_of(review.id)] == [
        (1, 60, 2032, 3)
    ]
    operations.submit(assignment, actor)
    assert [(f.number, f.probability_pct, f.year) for f in queries.forecasts_of(review.id)] == [
        (1, 60, 2032), (2, 10, None),
    ]  # fmt: skip
    kept = queries.forecasts_of(review.id)[0]
    kept.probability_pct = 99
    with pytest.raises(AssertionError, match="kept as it was"):
        session.flush()
    session.rollback()


def test_a_year_alone_is_no_forecast_and_none_is_none(app: Any) -> None:
    with pytest.raises(Refused) as refusal:
        _sent(None, 2032)
    assert [r.code for r in refusal.value.reasons] == ["forecast-half"]
    assert queries.forecasts_of(_sent(None).review.id) == []
    assert [f.probability_pct for f in queries.forecasts_of(_sent(0).review.id)] == [0]


def test_scores_changed_after_reopening_keep_before_and_after(app: Any) -> None:
    assignment = _sent(None)
    application, review, actor = assignment.application, assignment.review, assignment.reviewer
    first, second, *_rest = application.call.criteria
    operations.reopen(assignment, person(Role.officer), "please explain")
    scores: dict[int, int | None] = {**queries.scores_of(review), first.id: 2}
    operations.save(assignment, scores, "p", "a", review.version, actor)
    assert queries.changes_of([application.id])[application.id] == []  # a draft tells nobody
    operations.submit(assignment, actor)
    (change,) = queries.changes_of([application.id])[application.id]
    assert (change.criterion_id, change.before, change.after, change.by_id) == (first.id, 4, 2, actor.id)
    assert change.phase_kind == "written"
    assert second.id in queries.scores_of(review)


def test_in_the_panel_scores_change_on_record_with_a_reason(app: Any, client_for: Any) -> None:
    assignment = _sent(50)
    application, review = assignment.application, assignment.review
    reviewing.phase(application.call, "panel")
    session.commit()
    browser, door = client_for(assignment.reviewer), f"/reviews/{assignment.id}/scores"
    first = application.call.criteria[0]
    data = {f"score-{first.id}": "1", "version": str(review.version), "reason": "after the hearing"}
    assert browser.post(door, data={**data, "reason": ""}).status_code == 422
    assert browser.post(door, data={**data, "version": "1"}).status_code == 409
    assert "Change your scores" in browser.get(f"/reviews/{assignment.id}").text
    assert browser.post(door, data=data).status_code == 303
    session.expire_all()
    (change,) = queries.changes_of([application.id])[application.id]
    assert (change.before, change.after, change.reason, change.phase_kind) == (4, 1, "after the hearing", "panel")
    expected = {c.id: 4 for c in application.call.criteria} | {first.id: 1}
    weights = {c.id: c.weight for c in application.call.criteria}
    assert review.weighted_score == operations.weighted_score(expected, weights)
    assert [f.probability_pct for f in queries.forecasts_of(review.id)] == [50]
    chain.decided(application)
    with pytest.raises(Refused):
        operations.change_scores(assignment, {first.id: 5}, "late", review.version, assignment.reviewer)


def test_scores_that_were_sent_change_in_no_other_phase_and_by_nobody_else(app: Any) -> None:
    assignment = _sent(None)
    first = assignment.application.call.criteria[0]
    for row in (None, "written", "rebuttal", "hearing", "closed"):
        phase = reviewing.phase(assignment.application.call, row) if row else None
        with pytest.raises(Forbidden):
            operations.change_scores(assignment, {first.id: 1}, "why", assignment.review.version, assignment.reviewer)
        if phase:
            session.delete(phase)
            session.flush()
    reviewing.phase(assignment.application.call, "panel")
    with pytest.raises(Forbidden):
        operations.change_scores(assignment, {first.id: 1}, "why", assignment.review.version, chain.reviewer())


def test_a_stale_whole_draft_is_refused(app: Any) -> None:
    assignment = _accepted()
    operations.save(assignment, {}, "one", "", 0, assignment.reviewer)
    with pytest.raises(Stale) as stale:
        operations.save(assignment, {}, "other", "", 0, assignment.reviewer)
    assert "other" in stale.value.mine.values() and "one" in stale.value.theirs.values()


def test_the_page_costs_a_constant_number_of_statements(app: Any, client_for: Any, count_queries: Any) -> None:
    counts = []
    for n in (1, 3):
        application = proposals.under_review()
        for _ in range(n):
            chain.reviewed(application)
        assignment = chain.reviewed(application)
        session.commit()
        browser = client_for(assignment.reviewer)
        browser.get(f"/reviews/{assignment.id}")
        with count_queries() as seen:
            assert browser.get(f"/reviews/{assignment.id}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] < 40
