"""Signing in: right and wrong, slowed down, and really ended."""

import re
from typing import Any

from app.accounts import operations, queries
from app.accounts.choices import Role
from app.core.audit import SYSTEM
from app.core.db import session
from tests.factories.people import person

PASSWORD = "a long enough password"


def _account(email: str = "someone@test.example") -> Any:
    user = operations.create_user(email, "Someone", roles=[(Role.applicant, "")], actor=SYSTEM, password=PASSWORD)
    session.commit()
    return user


def test_right_password_leads_to_the_wanted_page(client: Any) -> None:
    _account()
    answer = client.post("/sign-in", data={"email": "Someone@test.example ", "password": PASSWORD, "next": "/?a=1"})
    assert answer.status_code == 303 and answer.location == "/?a=1"
    assert "Sign out" in client.get("/?lang=en").text


def test_wrong_password_and_unknown_address_look_the_same(client: Any) -> None:
    _account()
    texts = []
    for email in ("someone@test.example", "nobody@test.example"):
        answer = client.post("/sign-in", data={"email": email, "password": "wrong"})
        assert answer.status_code == 422
        text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text.replace(email, "X"))
        texts.append(text.split("Page made at")[0])
    assert texts[0] == texts[1]


def test_guessing_is_slowed_down_even_with_the_right_password(client: Any) -> None:
    _account()
    for _ in range(operations.FAILURES_PER_EMAIL):
        client.post("/sign-in", data={"email": "someone@test.example", "password": "wrong"})
    assert client.post("/sign-in", data={"email": "someone@test.example", "password": PASSWORD}).status_code == 422


def test_a_foreign_address_is_never_gone_to(client: Any) -> None:
    _account()
    for target in ("//evil.example", "/\\evil.example", "////evil.example", "/\t/evil.example", "https:evil.example",
                   "javascript:alert(1)", "/\r\nX: y", "%2f%2fevil.example"):  # fmt: skip
        answer = client.post("/sign-in", data={"email": "someone@test.example", "password": PASSWORD, "next": target})
        assert answer.status_code == 303 and answer.location == "/", target


def test_sign_out_ends_the_session_on_the_server(client: Any, app: Any) -> None:
    user = _account()
    client.post("/sign-in", data={"email": "someone@test.example", "password": PASSWORD})
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert queries.user_of_session(token) is not None
    assert client.post("/sign-out").status_code == 303
    session.expire_all()
    assert queries.user_of_session(token) is None
    assert user.email == "someone@test.example"


def test_deactivation_ends_access_at_once(client_for: Any) -> None:
    user = person(Role.officer)
    browser = client_for(user)
    assert "Sign out" in browser.get("/").text
    user.active = False
    session.flush()
    assert "Sign out" not in browser.get("/").text
