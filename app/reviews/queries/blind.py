"""A proposal as reviewers get it while names are hidden: what would tell who applies, and what remains without it.

One function makes what the page and the printed copy show, so that neither can hold more than the other.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.applications import queries as applications
from app.applications.models import (
    Application,
    ConsortiumMember,
    MemberInvitation,
    MemberPerson,
    NamedPerson,
    Subcontractor,
)
from app.core.db import session
from app.core.i18n import Bilingual, in_locale, show_date, show_fiscal_year
from app.organisations.models import Organisation
from app.questionnaires.choices import QuestionType
from app.reviews.definitions.redaction import BLOT, Known, Redactor, redactor
from app.reviews.models import BlindCopy, BlindWord

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def redactors(application_ids: Collection[int]) -> dict[int, Redactor]:
    """For each application, what blots out everybody who stands behind it. Five statements, however many there are."""
    found: dict[int, dict[str, set[str]]] = {key: defaultdict(set) for key in application_ids}
    if found:
        _members(found)
        _people(found)
        _named(found)
        for row in session.execute(
            select(BlindWord.application_id, BlindWord.word).where(BlindWord.application_id.in_(found))
        ):
            found[row.application_id]["words"].add(row.word)
    return {
        key: redactor(Known(**{kind: frozenset(filter(None, words)) for kind, words in kinds.items()}))
        for key, kinds in found.items()
    }


def _members(found: dict[int, dict[str, set[str]]]) -> None:
    rows = session.execute(
        select(
            ConsortiumMember.application_id, ConsortiumMember.contact_name, ConsortiumMember.confirmed_name,
            Organisation.name_ja, Organisation.name_en, Organisation.corporate_number, MemberInvitation.email,
        )
        .join(Organisation, Organisation.id == ConsortiumMember.organisation_id)
        .outerjoin(MemberInvitation, MemberInvitation.member_id == ConsortiumMember.id)
        .where(ConsortiumMember.application_id.in_(found))
    )  # fmt: skip
    for row in rows:
        kinds = found[row.application_id]
        kinds["organisations"] |= {row.name_ja, row.name_en}
        kinds["people"] |= {row.contact_name, row.confirmed_name}
        kinds["numbers"].add(row.corporate_number)
        kinds["emails"].add(row.email)


def _people(found: dict[int, dict[str, set[str]]]) -> None:
    """Everybody who acts or acted for a member, and who began the proposal."""
    acting = (
        select(ConsortiumMember.application_id, User.name, User.email)
        .join(MemberPerson, MemberPerson.member_id == ConsortiumMember.id)
        .join(User, User.id == MemberPerson.user_id)
        .where(ConsortiumMember.application_id.in_(found))
    )
    began = (
        select(Application.id, User.name, User.email)
        .join(User, User.id == Application.created_by_id)
        .where(Application.id.in_(found))
    )
    for key, name, email in session.execute(acting.union(began)):
        found[key]["people"].add(name)
        found[key]["emails"].add(email)


def _named(found: dict[int, dict[str, set[str]]]) -> None:
    people = session.execute(
        select(ConsortiumMember.application_id, NamedPerson.name, NamedPerson.reading, NamedPerson.erad_number)
        .join(NamedPerson, NamedPerson.member_id == ConsortiumMember.id)
        .where(ConsortiumMember.application_id.in_(found))
    )
    for row in people:
        found[row.application_id]["people"] |= {row.name, row.reading}
        found[row.application_id]["numbers"].add(row.erad_number)
    firms = session.execute(
        select(ConsortiumMember.application_id, Subcontractor.name, Subcontractor.corporate_number)
        .join(Subcontractor, Subcontractor.member_id == ConsortiumMember.id)
        .where(ConsortiumMember.application_id.in_(found))
    )
    for key, name, number in firms:
        found[key]["organisations"].add(name)
        found[key]["numbers"] |= {number} if number else set()


def titles(found: Iterable[Application], blind: Collection[int]) -> dict[int, Bilingual]:
    """The titles of applications as a reviewer may read them; ``blind`` are those whose names are hidden."""
    blots = redactors(set(blind))
    return {
        a.id: Bilingual(blots[a.id](a.title.en), blots[a.id](a.title.ja)) if a.id in blots else a.title for a in found
    }


def given(dossier: Any, blot: Redactor) -> dict[str, Any]:
    """The proposal without names, as plain data in the language in use.

    Members are Partner A, B … in the order in which they joined, an organisation with two roles once; costs by year and
    item are those of the whole consortium. File names, people, classes and addresses are left out altogether.
    """
    a, plan = dossier.application, dossier.application.plan
    texts = ("title_ja", "title_en", "abstract", "seed_technology", "novelty_text", "combination_text")
    return {
        "number": a.number,
        "call": str(a.call.title),
        "frame": str(dossier.frame.name),
        "period": [show_date(a.starts_on), show_date(a.ends_on)],
        **{name: blot(getattr(a, name)) for name in texts},
        "partners": _partners(dossier, blot),
        "years": [show_fiscal_year(year) for year in dossier.years],
        "costs": [
            [str(item.name), *(dossier.cell(year, item.code) for year in dossier.years)]
            for item in dossier.cost_items
            if any(dossier.cell(year, item.code) for year in dossier.years)
        ],
        "total_yen": dossier.total,
        "milestones": [[blot(m.goal), blot(f"{m.target_value} {m.unit}".strip()), show_date(m.due_on)] for m in a.milestones],
        "plan": {
            "product": blot(plan.product),
            "market": blot(plan.market),
            "who_sells": blot(plan.who_sells),
            "first_sale_on": show_date(plan.first_sale_on),
            "investment_yen": plan.investment_yen,
            "numbers": [plan.new_jobs, plan.patents, plan.trl_start, plan.trl_target],
            "years": [[year.year_no, year.sales_yen, year.profit_yen] for year in plan.years],
        }
        if plan
        else None,
        "sections": _sections(dossier.questions, blot),
        "documents": [str(document.name) for document in dossier.documents if document.id in dossier.attachments],
    }  # fmt: skip


def _partners(dossier: Any, blot: Redactor) -> list[dict[str, Any]]:
    letters: dict[int, str] = {}
    found: dict[int, dict[str, Any]] = {}
    for view in dossier.members:
        key = view.member.organisation_id
        letters.setdefault(key, _letter(len(letters)))
        one = found.setdefault(
            key,
            {
                "name": str(Bilingual(f"Partner {letters[key]}", f"機関{letters[key]}")),
                "roles": [], "resources": [], "contribution": [], "total_yen": 0, "holds_seed": False,
            },
        )  # fmt: skip
        one["roles"].append(str(view.member.role.label))
        one["resources"] += [blot(view.member.resources)] if view.member.resources else []
        one["contribution"] += [view.member.contribution_pct] if view.member.contribution_pct is not None else []
        one["total_yen"] += view.total
        one["holds_seed"] = one["holds_seed"] or view.member.holds_seed
    return list(found.values())


def _letter(n: int) -> str:
    return LETTERS[n] if n < 26 else f"{LETTERS[n // 26 - 1]}{LETTERS[n % 26]}"


def _sections(questions: Any, blot: Redactor) -> list[dict[str, Any]]:
    return [
        {
            "title": str(part.section.title),
            "answers": [[str(asked.question.label), _said(asked, blot)] for asked in part.asked],
        }
        for part in (questions.parts if questions else ())
    ]


def _said(asked: Any, blot: Redactor) -> str:
    """An answer in words; whatever names an organisation or a file by its nature is blotted out whole."""
    if asked.question.type in (QuestionType.organisation, QuestionType.file):
        return BLOT if asked.is_answered or asked.question.type == QuestionType.file else ""
    return blot(str(asked.words))


def copy_of(application_id: int, locale: str) -> tuple[dict[str, Any], str]:
    """(what the printed copy of an application holds in a language, SHA-256 of it)."""
    with in_locale(locale):
        content = given(applications.dossier(application_id), redactors([application_id])[application_id])
    return content, digest(content)


def digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(applications.canonical(content).encode()).hexdigest()


def made_copy(application_id: int, locale: str, sha256: str) -> BlindCopy | None:
    """The copy of exactly this content, if it has been ordered."""
    return session.scalar(
        select(BlindCopy)
        .where(BlindCopy.application_id == application_id, BlindCopy.locale == locale, BlindCopy.sha256 == sha256)
        .options(joinedload(BlindCopy.document))
    )


def words(application_id: int) -> Sequence[BlindWord]:
    """The words that officers had blotted out in an application."""
    return session.scalars(
        select(BlindWord).where(BlindWord.application_id == application_id).order_by(BlindWord.word)
    ).all()


def word(application_id: int, word_id: int) -> BlindWord | None:
    return session.scalar(
        select(BlindWord).where(BlindWord.id == word_id, BlindWord.application_id == application_id)
    )  # fmt: skip
