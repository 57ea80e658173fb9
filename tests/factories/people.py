"""People and organisations for tests."""

from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any

from app.accounts import operations
from app.accounts.choices import Role
from app.accounts.models import User
from app.core.audit import SYSTEM
from app.core.db import session
from app.organisations.models import Affiliation, Organisation

_number = count(1)


def _name(n: int) -> str:
    """A name of its own: numbered names would resemble each other, and resembling names are a hint of a conflict."""
    letters = "".join(chr(ord("a") + byte % 26) for byte in sha256(str(n).encode()).digest()[:14])
    return f"Person{letters[:7]} {letters[7:].capitalize()}"


def person(*roles: Role | str, name: str | None = None, scope: str = "", of: Organisation | None = None) -> User:
    """A person with these roles, acting for an organisation if one is given."""
    n = next(_number)
    user = operations.create_user(
        f"person{n}@test.example",
        name or _name(n),
        roles=[(Role(role), scope if Role(role) is Role.cluster_manager else "") for role in roles],
        actor=SYSTEM,
        locale="en",
    )
    if of is not None:
        session.add(Affiliation(user_id=user.id, organisation_id=of.id, valid_from=date(2000, 4, 1)))
        session.flush()
    return user


def organisation(org_type: str = "company_sme", **values: Any) -> Organisation:
    n = next(_number)
    row = Organisation(
        **{
            "org_key": f"org-{n:05d}",
            "name_ja": f"テスト機関{n}",
            "name_en": f"Test organisation {n}",
            "org_type": org_type,
            "prefecture": "13",
            "jsic": f"{2000 + n % 900}",
            "jsic_revision": "11",
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row
