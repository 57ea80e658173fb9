"""Discussion of a proposal: every reader at every door with planted marks, mending, closing, mentions, what is new."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.accounts.choices import Role
from app.accounts.models import User
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.core.outbox import OutboxItem
from app.panels import operations, queries
from app.panels.choices import Audience
from app.panels.models import PostEdit
from app.reviewers import operations as pool
from app.reviewers.choices import ConflictVerdict
from app.reviews import operations as reviews
from app.reviews.choices import Others, PhaseKind
from tests.factories import chain, panel, proposals, reviewing
from tests.factories.people import organisation, person

MARKS = {Audience.office: "MARKOFFICE", Audience.reviewers: "MARKREVIEWERS", Audience.panel: "MARKPANEL"}


def _cast(application: Any, other: Any, officer: User) -> dict[str, User | None]:
    """One of every kind of reader; the conflicted one has written a review already (reliability B19)."""
    invited, declined = chain.assigned(application).reviewer, panel.accepted(application)
    reviews.answer(declined, "decline", declined.reviewer, "no time")
    tied = chain.reviewed(application)
    pool.judge(application, tied.reviewer, ConflictVerdict.conflict, "a tie", seen=frozenset(), actor=officer)
    silent = panel.accepted(other).reviewer
    chain.assigned(application, silent)  # asked here, works elsewhere in the call
    recused = person(Role.officer, of=application.members[0].organisation)
    pool.declare_year(recused, no_ties=True)
    return {
        "officer": officer, "auditor": person(Role.auditor), "sent": chain.reviewed(application).reviewer,
        "working": panel.accepted(application).reviewer, "panel": panel.accepted(other).reviewer, "invited": invited,
        "declined": declined.reviewer, "conflicted": tied.reviewer, "asked elsewhere": silent,
        "stranger": chain.reviewer(), "recused": recused, "lead": proposals.lead_of(application),
        "partner": proposals.partner_of(application), "admin": person(Role.admin), "nobody": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "others"),
    [(PhaseKind.written, Others.always), *((PhaseKind.panel, others) for others in Others)],
)
def test_every_reader_reads_exactly_the_own_circles(
    app: Any, client_for: Any, client: Any, kind: PhaseKind, others: Others
) -> None:
    application, other = panel.two_proposals()
    officer = person(Role.officer)
    cast = _cast(application, other, officer)
    reviewing.phase(application.call, kind, others=others)
    for audience, mark in MARKS.items():
        panel.posted(application, officer, mark, audience)
    session.commit()
    open_ = kind is PhaseKind.panel
    everything = set(MARKS.values())
    circle = {MARKS[Audience.reviewers], MARKS[Audience.panel]}
    expected = {
        "officer": everything, "auditor": everything, "sent": circle if open_ else set(),
        "working": circle if open_ and others is Others.always else set(),
        "panel": {MARKS[Audience.panel]} if open_ else set(),
    }  # fmt: skip
    visited = 0
    for name, who in cast.items():
        browser = client_for(who) if who else client
        root = f"/panel/applications/{application.id}/discussion"
        page = browser.get(root)
        assert {mark for mark in everything if mark in page.text} == expected.get(name, set()), name
        assert (page.status_code == 200) is bool(expected.get(name)), name
        listing = browser.get("/panel/discussions")
        assert (application.number in listing.text) is bool(expected.get(name)), name
        for post in queries.discussions.posts(queries.discussions.thread_for(officer, application.id)).rows:
            shown = browser.get(f"{root}/posts/{post[0].id}").text
            assert not any(mark in shown for mark in everything) or name in ("officer", "auditor"), name
        written = browser.post(root, data={"audience": "reviewers", "text": f"BY {name}"}).status_code
        assert (written == 303) is (name == "officer" or (name in expected and MARKS[Audience.reviewers] in expected[name] and name != "auditor")), name  # fmt: skip
        if name not in expected:
            assert written in (302, 403, 404), name
        visited += 1
    assert visited == 15


def test_names_of_reviewers_stay_with_the_office_until_it_opens_them(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    one, two = chain.reviewed(application), chain.reviewed(application)
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer, name="Officer Oda")
    panel.posted(application, two.reviewer, "second")
    panel.posted(application, officer, "by the office")
    session.commit()
    root = f"/panel/applications/{application.id}/discussion"
    page = client_for(one.reviewer).get(root).text
    assert "@Reviewer B" in page and "@Reviewer A" not in page, "whom one can mention"
    assert "Reviewer B" in page and two.reviewer.name not in page and two.reviewer.email not in page
    assert "programme office" in page and "Officer Oda" not in page
    assert two.reviewer.name in client_for(officer).get(root).text
    operations.discussing.show_names(application.call, True, officer)
    session.commit()
    page = client_for(one.reviewer).get(root).text
    assert two.reviewer.name in page and "Officer Oda" not in page
    with pytest.raises(Forbidden):
        operations.discussing.show_names(application.call, False, one.reviewer)


def test_a_mention_tells_by_mail_once_and_only_those_who_may_read(app: Any) -> None:
    application, other = panel.two_proposals()
    one, two = chain.reviewed(application), chain.reviewed(application)
    member = panel.accepted(other).reviewer
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer, name="Oda Keiko")
    post = panel.posted(application, one.reviewer, "SECRETWORD @Reviewer B @office @Reviewer A")
    told = _letters(f"mentioned:{post.id}")
    assert {item.payload["to"] for item in told} >= {two.reviewer.email, officer.email}
    assert one.reviewer.email not in {item.payload["to"] for item in told}, "nobody is told of the own post"
    assert all("SECRETWORD" not in str(item.payload) for item in told)
    thread = queries.discussions.thread_for(one.reviewer, application.id)
    operations.discussing.mend(thread, post, "SECRETWORD again @Reviewer B", post.version, now(), one.reviewer)
    assert len(_letters(f"mentioned:{post.id}")) == len(told), "once for a post"
    closed = panel.posted(application, officer, f"@{two.reviewer.name} @{member.name}", Audience.office)
    assert not _letters(f"mentioned:{closed.id}"), "they cannot read it"
    circle = panel.posted(application, officer, f"@{member.name}", Audience.reviewers)
    assert not _letters(f"mentioned:{circle.id}")
    wide = panel.posted(application, officer, f"@{member.name}", Audience.panel)
    assert [item.payload["to"] for item in _letters(f"mentioned:{wide.id}")] == [member.email]
    by_name = panel.posted(application, one.reviewer, f"@{two.reviewer.name}")
    assert not _letters(f"mentioned:{by_name.id}"), "where names are hidden they call nobody"


def _letters(prefix: str) -> list[OutboxItem]:
    return session.query(OutboxItem).filter(OutboxItem.dedupe_key.startswith(prefix)).all()


def test_a_post_is_mended_for_a_quarter_of_an_hour_and_what_it_said_is_kept(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    one, two = chain.reviewed(application), chain.reviewed(application)
    reviewing.phase(application.call, PhaseKind.panel)
    post = panel.posted(application, one.reviewer, "FIRSTTEXT")
    session.commit()
    root = f"/panel/applications/{application.id}/discussion"
    address = f"{root}/posts/{post.id}"
    data = {"text": "BETTERTEXT", "version": str(post.version)}
    assert client_for(two.reviewer).post(address, data=data).status_code == 404
    assert client_for(one.reviewer).post(address, data=data).status_code == 303
    assert client_for(one.reviewer).post(address, data={**data, "text": "other"}).status_code == 409
    session.expire_all()
    assert [row.text for row in session.query(PostEdit)] == ["FIRSTTEXT"]
    page = client_for(two.reviewer).get(root).text
    assert "BETTERTEXT" in page and "FIRSTTEXT" not in page and "Changed" in page
    assert client_for(two.reviewer).get(address).status_code == 404
    assert "FIRSTTEXT" in client_for(person(Role.officer)).get(address).text
    thread = queries.discussions.thread_for(one.reviewer, application.id)
    for seconds, allowed in ((899, True), (900, False)):
        instant = post.written_at + timedelta(seconds=seconds)
        if allowed:
            operations.discussing.mend(thread, post, "just in time", post.version, instant, one.reviewer)
        else:
            with pytest.raises(Refused):
                operations.discussing.mend(thread, post, "too late", post.version, instant, one.reviewer)
    with pytest.raises(Stale):
        operations.discussing.mend(thread, post, "stale", post.version + 1, now(), one.reviewer)
    with pytest.raises(AssertionError, match="kept"):
        session.delete(post)
        session.flush()
    session.rollback()


def test_a_closed_thread_takes_no_posts_until_an_officer_opens_it(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    one = chain.reviewed(application)
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer)
    post = panel.posted(application, one.reviewer, "before")
    session.commit()
    root = f"/panel/applications/{application.id}/discussion"
    assert client_for(one.reviewer).post(f"{root}/close").status_code == 403
    assert client_for(officer).post(f"{root}/close").status_code == 303
    answer = client_for(one.reviewer).post(root, data={"audience": "reviewers", "text": "after"})
    assert answer.status_code == 422 and "closed" in answer.text
    assert client_for(officer).post(root, data={"audience": "office", "text": "after"}).status_code == 422
    mended = client_for(one.reviewer).post(f"{root}/posts/{post.id}", data={"text": "x", "version": "1"})
    assert mended.status_code == 422
    assert client_for(officer).post(f"{root}/open").status_code == 303
    assert client_for(one.reviewer).post(root, data={"audience": "reviewers", "text": "after"}).status_code == 303


def test_what_is_new_counts_only_what_its_reader_may_read(app: Any, client_for: Any) -> None:
    application, other = panel.two_proposals()
    one = chain.reviewed(application)
    member = panel.accepted(other).reviewer
    reviewing.phase(application.call, PhaseKind.panel)
    officer = person(Role.officer)
    for audience in Audience:
        panel.posted(application, officer, "text", audience)
    assert queries.discussions.unread(one.reviewer) == {application.id: 2}
    assert queries.discussions.unread(member) == {application.id: 1}
    assert queries.discussions.unread_for_office(officer) == 0, "own posts are not new"
    colleague = person(Role.officer)
    assert queries.discussions.unread_for_office(colleague) == 1
    session.commit()
    client_for(one.reviewer).post(f"/panel/applications/{application.id}/discussion/read")
    assert not queries.discussions.unread(one.reviewer)
    recused = person(Role.officer, of=application.members[0].organisation)
    pool.declare_year(recused, no_ties=True)
    assert queries.discussions.unread_for_office(recused) == 0


def test_a_tie_declared_now_closes_the_thread_in_the_same_second(app: Any, client_for: Any) -> None:
    """CON-14: access stops at once, what was written stays."""
    application = proposals.under_review()
    one, two = chain.reviewed(application), chain.reviewed(application)
    reviewing.phase(application.call, PhaseKind.panel)
    panel.posted(application, one.reviewer, "MARKBEFORE")
    session.commit()
    root = f"/panel/applications/{application.id}/discussion"
    assert "MARKBEFORE" in client_for(one.reviewer).get(root).text
    officer = person(Role.officer)
    pool.judge(application, one.reviewer, ConflictVerdict.conflict, "found", seen=frozenset(), actor=officer)
    session.commit()
    browser = client_for(one.reviewer)
    assert browser.get(root).status_code == 404
    assert application.number not in browser.get("/panel/discussions").text
    assert browser.post(root, data={"audience": "reviewers", "text": "x"}).status_code == 404
    assert "MARKBEFORE" in client_for(two.reviewer).get(root).text


def test_in_a_blind_phase_the_thread_tells_no_names(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    firm = application.members[0].organisation
    firm.name_en = "Tellname Works"
    application.title_en = "A sensor of Tellname Works"
    one = chain.reviewed(application)
    reviewing.phase(application.call, PhaseKind.panel, sees_names=False)
    panel.posted(application, person(Role.officer), "ask Tellname Works again")
    session.commit()
    browser = client_for(one.reviewer)
    for path in (f"/panel/applications/{application.id}/discussion", "/panel/discussions"):
        page = browser.get(path).text
        assert "Tellname" not in page and "■■■" in page


def test_lists_cost_the_same_for_one_thread_and_for_three(app: Any, client_for: Any, count_queries: Any) -> None:
    call = proposals.open_call()
    one = chain.reviewer()
    reviewing.phase(call, PhaseKind.panel)
    officer, costs = person(Role.officer), []
    for _round in range(2):
        for _n in range(1 if not costs else 2):
            application = proposals.under_review(call)
            chain.reviewed(application, who=one)
            panel.posted(application, officer, "text")
        session.commit()
        seen = []
        for who in (one, officer):
            browser = client_for(who)
            with count_queries() as statements:
                assert browser.get("/panel/discussions").status_code == 200
            seen.append(len(statements))
        costs.append(seen)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 16


def test_when_the_phase_is_over_the_thread_is_gone_for_reviewers(app: Any) -> None:
    application = proposals.under_review()
    one = chain.reviewed(application)
    end = now() + timedelta(hours=1)
    reviewing.phase(application.call, PhaseKind.panel, closes_at=end)
    session.commit()
    thread_for = queries.discussions.thread_for
    assert thread_for(one.reviewer, application.id, end - timedelta(seconds=1)) is not None
    assert thread_for(one.reviewer, application.id, end) is None
    with time_machine.travel(end, tick=False):
        assert thread_for(one.reviewer, application.id) is None


def test_the_employer_of_a_member_never_reads(app: Any, client_for: Any) -> None:
    """CON-14: somebody of the panel who works for a member of the consortium is kept out of the panel's circle too."""
    application, other = panel.two_proposals()
    tied = chain.known(person(Role.reviewer, of=organisation("private_university")))
    panel.accepted(other, tied)
    reviewing.phase(application.call, PhaseKind.panel)
    panel.posted(application, person(Role.officer), "MARKPANEL", Audience.panel)
    session.commit()
    root = f"/panel/applications/{application.id}/discussion"
    assert "MARKPANEL" in client_for(tied).get(root).text
    firm = application.members[1].organisation
    pool.add_employer(tied, pool.EmployerData(firm), tied)
    session.commit()
    assert client_for(tied).get(root).status_code == 404
    assert application.number not in client_for(tied).get("/panel/discussions").text
