"""Administrators open accounts and give rights; links to choose a password work once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import operations, queries
from app.accounts.choices import Role
from app.accounts.models import PasswordLink, User
from app.core.audit import SYSTEM
from app.core.clock import now
from app.core.db import session
from app.core.errors import Refused
from app.core.outbox import OutboxItem
from app.organisations.models import Affiliation
from tests.factories.people import organisation, person

NEW = "a completely new password"


def _link() -> str:
    body = session.scalars(select(OutboxItem).order_by(OutboxItem.id.desc())).first().payload["body"]  # type: ignore[union-attr]
    return re.search(r"/password/\S+", body)[0]  # type: ignore[index]


def test_an_account_is_opened_with_organisation_and_link(app: Any, client: Any, client_for: Any) -> None:
    firm = organisation(corporate_number="4000012090001")
    admin = client_for(person(Role.admin))
    data = {
        "email": "New@Test.Example",
        "name": "新人",
        "role": "applicant",
        "organisation": "4-0000-1209-0001",
        "locale": "ja",
    }
    assert admin.post("/admin/people/new", data={**data, "organisation": "nobody"}).status_code == 422
    assert admin.post("/admin/people/new", data=data).status_code == 303
    assert admin.post("/admin/people/new", data=data).status_code == 422
    user = queries.by_email("new@test.example")
    assert user is not None
    assert session.scalars(select(Affiliation.organisation_id).where(Affiliation.user_id == user.id)).all() == [firm.id]
    path = _link()
    assert client.get(path).status_code == 200 and client.get(path).status_code == 200
    assert client.post(path, data={"password": "short", "again": "short"}).status_code == 422
    assert client.post(path, data={"password": NEW, "again": NEW + "x"}).status_code == 422
    assert client.post(path, data={"password": NEW, "again": NEW}).status_code == 303
    assert client.post(path, data={"password": NEW, "again": NEW}).status_code == 404
    assert client.post("/sign-in", data={"email": "new@test.example", "password": NEW}).status_code == 303


def test_a_new_password_ends_every_sign_in(app: Any, client: Any, client_for: Any) -> None:
    user = person(Role.officer)
    browser = client_for(user)
    assert browser.get("/officer/decisions").status_code == 200
    operations.forgot_password(user.email)
    session.commit()
    client.post(_link(), data={"password": NEW, "again": NEW})
    assert browser.get("/officer/decisions").status_code == 302


def test_asking_for_a_link_tells_nothing_and_is_limited(app: Any, client: Any) -> None:
    user = person(Role.applicant)
    for email in (user.email, "nobody@test.example"):
        answer = client.post("/password", data={"email": email})
        assert answer.status_code == 303 and answer.location == "/sign-in"
    for _ in range(10):
        client.post("/password", data={"email": user.email})
    assert len(session.scalars(select(PasswordLink)).all()) == operations.LINKS_PER_HOUR


def test_an_old_or_foreign_link_does_not_work(app: Any, client: Any) -> None:
    user = person(Role.applicant)
    operations.forgot_password(user.email)
    path = _link()
    session.scalars(select(PasswordLink)).one().expires_at = now() - timedelta(seconds=1)
    session.commit()
    assert client.get(path).status_code == 404
    assert client.get("/password/" + "x" * 43).status_code == 404


def test_rights_hold_at_once_and_the_last_administrator_stays(app: Any, client_for: Any) -> None:
    admin, officer = person(Role.admin), person(Role.officer)
    browser, theirs = client_for(admin), client_for(officer)
    assert theirs.get("/officer/decisions").status_code == 200
    data = {"version": str(officer.version), "roles": "auditor", "active": "y"}
    assert browser.post(f"/admin/people/{officer.id}", data=data).status_code == 303
    assert theirs.get("/officer/decisions").status_code == 302
    assert browser.post(f"/admin/people/{officer.id}", data=data).status_code == 409
    session.expire_all()
    assert session.get_one(User, officer.id).roles == {Role.auditor}
    own = {"version": str(admin.version), "roles": "officer", "active": "y"}
    assert browser.post(f"/admin/people/{admin.id}", data=own).status_code == 422
    with pytest.raises(Refused):
        operations.set_roles(admin, [], False, admin.version, SYSTEM)


def test_pages_are_for_administrators(app: Any, client_for: Any) -> None:
    browser = client_for(person(Role.admin))
    assert browser.get("/admin/people?text=person").status_code == 200
    assert browser.get("/admin/people/new").status_code == 200
    assert browser.get(f"/admin/people/{person(Role.officer).id}").status_code == 200
    assert client_for(person(Role.officer)).get("/admin/people").status_code == 403
