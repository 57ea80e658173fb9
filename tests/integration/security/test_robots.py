"""Robots that follow every link, and strings that nobody else may ever read.

C36, C42: whoever only reads changes nothing, also behind the links of letters. B20, B25, A7: planted strings (each
partner's costs, reviewers, officers' notes, other applicants' extensions) appear to nobody but those they belong to.
"""

import io
import json
import re
import secrets
import string
import zipfile
from collections import deque
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from app.applications import operations, queries
from app.applications.operations import deadlines
from app.core.clock import now
from app.core.db import session
from app.core.outbox import OutboxItem
from app.core.pdf import Document
from app.correspondence import operations as correspondence
from app.correspondence import queries as threads
from app.reviews import operations as reviews
from tests.factories import chain, proposals
from tests.factories.people import person
from tests.support import dump

MOST_PAGES = 250
#: Nothing of an application behind them; each of their many states would be a page of its own.
ELSEWHERE = re.compile(r"^/(static|bootstrap|sign-out|rates|projects|clusters|organisations|help)\b")


def canary() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))


def _links(text: str) -> list[str]:
    found = [unescape(link) for link in re.findall(r'(?:href|src|action)="([^"]+)"', text)]
    return [link for link in found if link.startswith("/") and not link.startswith("//")]


def crawl(browser: Any, starts: list[str]) -> dict[str, Any]:
    """Breadth first along every link (and by GET along every form's address); answers what each address said."""
    waiting, seen = deque(starts), dict[str, Any]()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.popleft()
        parts = urlsplit(address)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        if address in seen or ELSEWHERE.match(parts.path) or "lang=" in parts.query:
            continue
        answer = seen[address] = browser.get(address)
        assert answer.status_code < 500, address
        if answer.mimetype == "text/html":
            waiting.extend(_links(answer.text))
        if answer.location:
            waiting.append(answer.location)
    return seen


def _plain(answer: Any) -> str:
    """All text that somebody can get out of an answer: archives and sheets opened, escapes undone."""
    data = answer.get_data()
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = (archive.read(name) for name in archive.namelist())
            return headers + "\n".join([*archive.namelist(), *(part.decode("utf-8", "replace") for part in inside)])
    return headers + unescape(data.decode("utf-8", "replace"))


def _letters_to(user: Any) -> str:
    rows = session.scalars(select(OutboxItem.payload).where(OutboxItem.kind == "mail")).all()
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows if row["to"] == user.email)


def _all_letters() -> list[str]:
    """Every local address in every letter, as a robot between the mail server and the person finds it."""
    rows = session.scalars(select(OutboxItem.payload).where(OutboxItem.kind == "mail")).all()
    return [urlsplit(link).path for row in rows for link in re.findall(r"https?://[^\s<>]+", row["body"])]


def test_robots_change_nothing(app: Any, client: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    lead = proposals.lead_of(application)
    operations.invite(application, application.members[1], "new@test.example", "en", actor=lead, arrived=now())
    handed_in = proposals.submitted(application.call, lead)
    correspondence.write(_thread(lead, handed_in), "A question", actor=lead)
    officer = person("officer")
    correspondence.write(_thread(officer, handed_in), "An answer", actor=officer)
    readers = [client, *(client_for(user) for user in (lead, proposals.partner_of(handed_in), person("applicant")))]
    letters = _all_letters()
    assert any("/invitations/" in link for link in letters)
    session.commit()
    before = dump.digests()
    seen = [crawl(browser, ["/", *letters]) for browser in readers]
    assert dump.digests() == before
    assert [len(pages) >= least for pages, least in zip(seen, (5, 30, 8, 5), strict=True)] == [True] * 4
    ready = {address for address, answer in seen[1].items() if answer.status_code == 200}
    for path in ("", "/submit", "/budget", "/budget.xlsx", "/history"):
        assert f"/applications/{application.id}{path}" in ready, path
    for path in ("/receipt", "/receipt.zip", "/receipt.json", "/messages"):
        assert f"/applications/{handed_in.id}{path}" in ready, path


def _thread(actor: Any, application: Any) -> Any:
    thread = threads.thread_for(actor, application.id)
    assert thread is not None
    return thread


def _costs(number: int) -> tuple[int, int, int, int]:
    """Two cells in each of two years, so that no total that everybody sees is a cell."""
    return (3_141_593 + 10_007 * number, 2_718_281 + 20_011 * number,
            1_414_213 + 30_011 * number, 1_732_050 + 40_009 * number)  # fmt: skip


def _plant_costs(application: Any) -> dict[int, set[str]]:
    """Amounts that occur nowhere else, four for each member, as they may be written."""
    years, written = queries.years_of(application), {}
    for number, member in enumerate(application.members):
        a, b, c, d = _costs(number)
        share = operations.Share(
            resources="Test bench", contribution_pct=member.contribution_pct, jsic=member.jsic,
            holds_seed=member.holds_seed, contact_name="Contact",
            budget={(years[0], "LAB"): a, (years[0], "EQ"): b, (years[1], "LAB"): c, (years[1], "MAT"): d},
        )  # fmt: skip
        acting = proposals.person_of(member)
        operations.save_share(application, member, share, member.version, actor=acting, arrived=now())
        member.lead_fills = False  # its own people are there
        session.flush()
        operations.confirm_share(application, member, "A. Person", member.version, actor=acting, arrived=now())
        written[member.id] = {form for yen in (a, b, c, d) for form in (str(yen), f"{yen:,}")}
    return written


def test_nobody_reads_what_is_not_theirs(app: Any, client: Any, client_for: Any) -> None:
    """Everything that each applicant can reach, while it is a draft, and handed in, screened and reviewed."""
    application = proposals.complete_draft()
    lead = proposals.lead_of(application)
    costs = _plant_costs(application)
    secret = {name: canary() for name in ("extension", "panel", "reviewer", "note", "rival")}
    rival = proposals.complete_draft(application.call, abstract=f"Ours alone: {secret['rival']}")
    officer = person("officer", name=f"Officer {canary()}")
    call = application.call
    deadlines.grant_individual(
        call, rival.number, call.closes_at + timedelta(days=1), secret["extension"], call.version, actor=officer
    )
    members = {m.id: proposals.person_of(m) for m in application.members}
    stranger = proposals.lead_of(rival)
    _look_everywhere(client, client_for, members, stranger, lead, costs, secret)
    proposals.submit(application)
    operations.screen(application, True, "", application.version, actor=officer)
    reviewer = chain.reviewer(name=f"Reviewer {secret['reviewer']}")
    assignment = chain.assigned(application, reviewer, officer)
    reviews.answer(assignment, "accept", reviewer)
    scores: dict[int, int | None] = {criterion.id: 4 for criterion in call.criteria}
    reviews.save(assignment, scores, secret["panel"], secret["note"], 0, reviewer)
    reviews.submit(assignment, reviewer)
    _look_everywhere(client, client_for, members, stranger, lead, costs, secret)
    shared = queries.submission_of(application.id).shared_document
    assert isinstance(shared, Document)
    for written in costs.values():
        assert not any(form in json.dumps(shared.context) for form in written)


def _look_everywhere(
    client: Any, client_for: Any, members: dict[int, Any], stranger: Any, lead: Any, costs: dict[int, set[str]],
    secret: dict[str, str],
) -> None:  # fmt: skip
    """Each reads along all links, and asks for every address that anybody else was shown."""
    people = {user.id: user for user in (*members.values(), stranger)}
    browsers = {key: client_for(user) for key, user in people.items()}
    reached = {key: crawl(browser, ["/", "/applications"]) for key, browser in browsers.items()}
    every = sorted({address for pages in reached.values() for address in pages})
    own_costs_seen = set()
    for key, browser in [*browsers.items(), (0, client)]:
        seen = reached.get(key, {})
        pages = {address: seen.get(address) or browser.get(address) for address in every}
        texts = {address: _plain(answer) for address, answer in pages.items()}
        texts["letters"] = _letters_to(people[key]) if key else ""
        for member_id, written in costs.items():
            mine = key == members[member_id].id
            for address, text in texts.items():
                found = {form for form in written if form in text}
                assert mine or not found, f"person {key} reads costs of member {member_id} at {address}: {found}"
                own_costs_seen |= {member_id} if found else set()
        for name, text_of in secret.items():
            allowed = key == stranger.id and name in ("rival", "extension")
            for address, text in texts.items():
                assert allowed or text_of not in text, f"person {key} reads {name} at {address}"
    assert own_costs_seen == set(costs)  # the search finds what is there to be found
    assert lead.id in people
