"""Planted marks of the panel at every address of the house, for everybody who may not know of them."""

import re
from collections.abc import Iterator
from typing import Any

from app.accounts.choices import Role
from app.core.clock import now
from app.core.db import session
from app.panels import operations, queries
from app.panels.choices import Audience, Recommendation
from app.panels.operations.planning import MeetingValues
from app.panels.operations.recording import MinutesValues
from app.reviewers import operations as pool
from app.reviewers.choices import ConflictVerdict
from app.reviews.choices import PhaseKind
from tests.factories import chain, panel, proposals, reviewing
from tests.factories.people import person

#: Addresses that take what the panel knows of; the rest of the house has no way to it.
PARAMETERS = {"application_id", "call_id", "assignment_id", "meeting_id", "item_id", "post_id", "document_id"}


def _addresses(app: Any, values: dict[str, int]) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        asked = set(rule.arguments)
        if "GET" in (rule.methods or ()) and (asked <= PARAMETERS and (asked or rule.rule in LISTS)):
            yield re.sub(r"<int:(\w+)>", lambda match: str(values[match[1]]), rule.rule)


LISTS = ("/", "/panel/discussions", "/reviews", "/applications", "/officer/applications", "/officer/decisions", "/officer/messages")  # fmt: skip


def test_nothing_of_the_panel_shows_at_any_address_to_whom_it_may_not(app: Any, client_for: Any) -> None:
    application, other = panel.two_proposals()
    application.title_en = application.title_ja = "MARKTITLE"
    author = chain.reviewed(application)
    tied = chain.reviewed(application)
    panel.accepted(other, tied.reviewer)
    officer, second = person(Role.officer), person(Role.officer)
    phase = reviewing.phase(application.call, PhaseKind.panel, applicant_answers=True)
    lead = proposals.lead_of(application)
    post = panel.posted(application, author.reviewer, "MARKPOST", Audience.panel)
    panel.posted(application, officer, "MARKPOST", Audience.office)
    values = MeetingValues(now(), "Room 5", author.reviewer.id)
    meeting = operations.planning.plan(application.call, values, 15, officer)
    item = next(i for i in queries.meetings.items_of(meeting.id) if i.application_id == application.id)
    while item.status.value != "discussing":
        row = queries.meetings.get_for(officer, meeting.id)
        assert row is not None
        operations.driving.drive(row, "next" if row.began_at else "start", row.version, officer)
    operations.recording.write(item, MinutesValues("MARKMINUTES", Recommendation.adopt, 5_550_000), 0, officer)
    answering = queries.answers.for_consortium(lead, application.id)
    assert answering is not None
    rebuttal = operations.answering.save(answering, "MARKANSWER", {}, 0, lead)
    operations.answering.send(answering, rebuttal, now(), lead)
    copy = operations.recording.print_minutes(meeting, "en", officer)
    pool.judge(
        application, tied.reviewer, ConflictVerdict.conflict, "MARKTIE", seen=frozenset(), actor=second
    )  # fmt: skip
    recused = person(Role.officer, of=application.members[0].organisation)
    pool.declare_year(recused, no_ties=True)
    session.commit()
    keys = {
        "application_id": application.id, "call_id": application.call_id, "meeting_id": meeting.id, "item_id": item.id,
        "post_id": post.id, "document_id": copy.document_id,
    }  # fmt: skip
    panel_only = ("MARKPOST", "MARKMINUTES", "5,550,000", author.reviewer.name)
    everything = (*panel_only, "MARKANSWER", "MARKTITLE")
    cast = (
        (lead, author, panel_only), (proposals.lead_of(other), author, everything), (tied.reviewer, tied, everything), (recused, author, ("MARKPOST", "MARKMINUTES", "MARKANSWER", "MARKTITLE")),
        (chain.reviewer(), author, everything), (person(Role.admin), author, everything),
        (author.reviewer, author, ("MARKMINUTES", "5,550,000")),
    )  # fmt: skip
    opened = 0
    for who, assignment, marks in cast:
        browser = client_for(who)
        for address in _addresses(app, {**keys, "assignment_id": assignment.id}):
            answer = browser.get(address)
            if answer.mimetype.startswith(("text", "application/json")):
                found = [mark for mark in marks if mark in answer.text]
                assert not found, (who.name, address, found)
            opened += answer.status_code == 200
    assert opened > 60, "it opened something"
    assert phase.applicant_answers
