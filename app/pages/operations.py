"""Administration of people: an account with its role, the organisation it acts for, and a letter of welcome."""

from typing import Any

from app.accounts import operations as accounts
from app.accounts.choices import Role
from app.accounts.models import User
from app.core.clock import today
from app.core.db import session
from app.core.errors import Forbidden, Reason, Refused
from app.core.i18n import Bilingual
from app.organisations import queries as organisations
from app.organisations.models import Affiliation


def add_person(email: str, name: str, role: Role, scope: str, organisation: str, locale: str, actor: Any) -> User:
    """Open an account and mail its link; raises Refused when the address is taken or the organisation unknown."""
    if not actor.has_role("admin", "system"):
        raise Forbidden("add person")
    found = None
    if organisation:
        found = organisations.by_key(organisation) or organisations.by_corporate_number(organisation.replace("-", ""))
        if found is None:
            words = Bilingual(
                "No organisation of the register has this key or number.", "該当する機関が登録されていません。"
            )
            raise Refused([Reason("organisation-unknown", words, "organisation")])
    rights = [(role, scope if role is Role.cluster_manager else "")]
    user = accounts.create_user(email, name, roles=rights, actor=actor, locale=locale)
    if found is not None:
        session.add(Affiliation(user_id=user.id, organisation_id=found.id, valid_from=today()))
        session.flush()
    accounts.send_password_link(user, accounts.WELCOME_LIFE, "accounts/welcome")
    return user
