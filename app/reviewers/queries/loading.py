"""What is known of people and of applications, for looking for conflicts: one statement each, whatever the numbers.

The statements are built once, because they are asked on many pages. Every row has the same columns (see ``_row``).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Date, Integer, String, bindparam, case, cast, func, literal, null, select, union, union_all
from sqlalchemy.orm import aliased

from app.accounts.choices import Role
from app.accounts.models import User, UserRole
from app.applications.choices import PersonRole
from app.applications.models import Application, ConsortiumMember, MemberPerson, NamedPerson, Subcontractor
from app.core.clock import now, today
from app.core.db import UTCDateTime, session
from app.core.fiscal import fiscal_year
from app.core.i18n import Bilingual
from app.core.names import PersonName, employer_domain, person_name, same_person
from app.organisations.models import Affiliation, Organisation
from app.reviewers import definitions
from app.reviewers.choices import HitKind, InterestKind
from app.reviewers.definitions import DeclaredPerson, Known, NamedThere, Party, Proposal, Stranger, Tie
from app.reviewers.models import ConflictJudgement, DeclaredInterest, Employment, InterestDeclaration, ReviewerProfile

#: Further sources of "worked together": each answers a select of (user, organisation, number of what was done), in which
#: ``horizon`` is a bound day. Floors above add their own when they are registered.
TOGETHER: list[Callable[[], Any]] = []
#: How many applications one statement names; databases bound the number of parameters.
AT_ONCE = 2_000
BETWEEN, WITHIN = "\x1f", "\x1e"  # between names that come as one text, and before the reading of one
_TEXT = ("number", "ja", "en", "text", "email")


def _row(who: Any, what: str, **values: Any) -> Any:
    """One branch of a union: who it is about, what it tells, and the columns it fills; the others are null."""
    columns = [who.label("who"), literal(what).label("what")]
    for name in ("organisation_id", "year", "other"):
        columns.append((values[name] if name in values else cast(null(), Integer)).label(name))
    for name in _TEXT:
        columns.append((values[name] if name in values else cast(null(), String)).label(name))
    columns.append((values["ends"] if "ends" in values else cast(null(), Date)).label("ends"))
    return select(*columns)


def _bound(name: str) -> Any:
    return bindparam(name, expanding=True)


def _organisation(table: Any = Organisation) -> dict[str, Any]:
    return {"organisation_id": table.id, "number": table.corporate_number, "ja": table.name_ja, "en": table.name_en}


# --- applications -----------------------------------------------------------------------------------------------------


@cache
def _of_applications() -> Any:
    member, here = ConsortiumMember, ConsortiumMember.application_id.in_(_bound("applications"))
    who = member.application_id
    return union_all(
        _row(Application.id, "call", other=Application.call_id).where(Application.id.in_(_bound("applications"))),
        _row(who, "member", **_organisation(), year=member.id)
        .join(Organisation, Organisation.id == member.organisation_id)
        .where(here),
        _row(who, "subcontractor", number=Subcontractor.corporate_number, ja=Subcontractor.name, year=member.id)
        .join(Subcontractor, Subcontractor.member_id == member.id)
        .where(here, (Subcontractor.name != "") | Subcontractor.corporate_number.is_not(None)),
        _row(who, "acting", other=User.id, ja=User.name, email=User.email)
        .select_from(member)
        .join(MemberPerson, MemberPerson.member_id == member.id)
        .join(User, User.id == MemberPerson.user_id)
        .where(here),
        _row(who, "contact", ja=member.contact_name).where(here, member.contact_name != ""),
        _row(who, "confirmed", ja=member.confirmed_name).where(here, member.confirmed_name != ""),
        _row(
            who, "named", ja=NamedPerson.name, en=NamedPerson.reading, number=NamedPerson.erad_number,
            text=cast(NamedPerson.role, String),
        )
        .join(NamedPerson, NamedPerson.member_id == member.id)
        .where(here, NamedPerson.name != ""),
    )  # fmt: skip


_PEOPLE = {
    "acting": Bilingual("works on the application", "申請担当者"),
    "contact": Bilingual("contact", "連絡担当者"),
    "confirmed": Bilingual("confirmed a share", "分担内容の確認者"),
    "named": Bilingual("named in a share", "分担内容に記載の者"),
}


def proposals(application_ids: Sequence[int]) -> dict[int, Proposal]:
    """Everybody behind these applications, by application."""
    found = {key: Proposal(key) for key in application_ids}
    for start in range(0, len(application_ids), AT_ONCE):
        asked = {"applications": list(application_ids[start : start + AT_ONCE])}
        for row in session.execute(_of_applications(), asked):
            _add(found[row.who], row)
    return found


def _add(proposal: Proposal, row: Any) -> None:
    if row.what == "call":
        proposal.call_id = row.other
    elif row.what in ("member", "subcontractor"):
        party = Party(row.organisation_id, row.number or None, row.ja or "", row.en or "")
        if party not in proposal.parties:
            proposal.parties.append(party)
    else:
        what = PersonRole(row.text).label if row.text else _PEOPLE[row.what]
        forms = person_name(row.ja, row.en) if row.en else person_name(row.ja)
        erad = row.number or "" if row.what == "named" else ""
        person = NamedThere(row.ja, forms, what, row.other, employer_domain(row.email) if row.email else "", erad)
        if person not in proposal.people:
            proposal.people.append(person)


# --- people -----------------------------------------------------------------------------------------------------------


def _employer_rows() -> list[Any]:
    horizon = bindparam("horizon", type_=Date())
    free = {
        "number": func.coalesce(Organisation.corporate_number, Employment.corporate_number),
        "ja": func.coalesce(Organisation.name_ja, Employment.organisation_name),
        "en": func.coalesce(Organisation.name_en, ""),
        "organisation_id": Employment.organisation_id,
    }
    return [
        _row(Affiliation.user_id, "employer", **_organisation(), ends=Affiliation.valid_to)
        .join(Organisation, Organisation.id == Affiliation.organisation_id)
        .where(
            Affiliation.user_id.in_(_bound("people")),
            Affiliation.valid_to.is_(None) | (Affiliation.valid_to >= horizon),
        ),
        _row(Employment.user_id, "employer", **free, ends=Employment.ends_on)
        .select_from(Employment)
        .outerjoin(Organisation, Organisation.id == Employment.organisation_id)
        .where(
            Employment.user_id.in_(_bound("people")), Employment.ends_on.is_(None) | (Employment.ends_on >= horizon)
        ),
    ]


def _declared_row() -> Any:
    tie = DeclaredInterest
    return (
        _row(
            tie.user_id, "declared", year=tie.fiscal_year, organisation_id=tie.organisation_id,
            number=func.coalesce(Organisation.corporate_number, tie.corporate_number),
            ja=func.coalesce(Organisation.name_ja, tie.organisation_name),
            en=func.coalesce(Organisation.name_en, ""), text=cast(tie.kind, String), email=tie.person_name,
            other=case((tie.withdrawn_at.is_(None), 0), else_=1),
        )
        .select_from(tie)
        .outerjoin(Organisation, Organisation.id == tie.organisation_id)
        .where(tie.user_id.in_(_bound("people")), tie.fiscal_year >= bindparam("oldest_year", type_=Integer()))
    )  # fmt: skip


def _applied_rows() -> list[Any]:
    """Applications that people worked on; those of late also tie them to the organisations that took part."""
    since = bindparam("since", type_=UTCDateTime())
    other = aliased(ConsortiumMember)
    recent = case((Application.created_at >= since, literal("recent")), else_=literal(""))
    own = (
        _row(
            MemberPerson.user_id, "applied", **_organisation(), other=Application.call_id, year=Application.id,
            text=recent,
        )
        .select_from(MemberPerson)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .join(Organisation, Organisation.id == ConsortiumMember.organisation_id)
        .join(Application, Application.id == ConsortiumMember.application_id)
        .where(MemberPerson.user_id.in_(_bound("people")))
    )  # fmt: skip
    beside = (
        _row(MemberPerson.user_id, "together", organisation_id=other.organisation_id, ja=Application.number)
        .select_from(MemberPerson)
        .join(ConsortiumMember, ConsortiumMember.id == MemberPerson.member_id)
        .join(Application, Application.id == ConsortiumMember.application_id)
        .join(other, other.application_id == Application.id)
        .where(MemberPerson.user_id.in_(_bound("people")), Application.created_at >= since)
    )
    return [own, beside]


def _told(sources: int) -> list[Any]:
    profile, people = ReviewerProfile, _bound("people")
    parts = [
        _row(User.id, "person", ja=User.name, email=User.email).where(User.id.in_(people)),
        _row(UserRole.user_id, "role").where(UserRole.user_id.in_(people), UserRole.role == Role.reviewer),
        _row(
            profile.user_id, "profile", ja=profile.name_kana, en=profile.name_roman, text=profile.other_names,
            number=profile.erad_number,
        ).where(profile.user_id.in_(people)),
        _row(InterestDeclaration.user_id, "declaration", year=InterestDeclaration.fiscal_year).where(
            InterestDeclaration.user_id.in_(people)
        ),
        *_employer_rows(),
        _declared_row(),
        *_applied_rows(),
    ]  # fmt: skip
    for source in TOGETHER[:sources]:
        user_id, organisation_id, number = source().subquery().c
        parts.append(_row(user_id, "together", organisation_id=organisation_id, ja=number).where(user_id.in_(people)))
    return parts


@cache
def _of_people(sources: int) -> Any:
    return union_all(*_told(sources))


@cache
def _of_one_and_all_names(sources: int) -> Any:
    """What is known of people, the applications that they were judged for, and every person's name that an application
    holds, as one text: the only question where nothing is found, as for almost every officer."""
    member, judged = ConsortiumMember, ConflictJudgement
    names = union(
        select(member.contact_name.label("name")).where(member.contact_name != ""),
        select(member.confirmed_name).where(member.confirmed_name != ""),
        select(NamedPerson.name + literal(WITHIN) + NamedPerson.reading).where(NamedPerson.name != ""),
        select(User.name).where(User.id.in_(select(MemberPerson.user_id))),
    ).subquery()
    return union_all(
        *_told(sources),
        _row(judged.user_id, "judged", other=judged.application_id).where(judged.user_id.in_(_bound("people"))),
        _row(literal(0), "names", text=func.aggregate_strings(names.c.name, BETWEEN)).select_from(names),
    )


class Names:
    """Every person's name that an application holds, found by its forms."""

    def __init__(self, text: str) -> None:
        self._by_key: dict[str, list[tuple[str, PersonName]]] = {}
        for line in filter(None, text.split(BETWEEN)):
            name, _within, reading = line.partition(WITHIN)
            forms = person_name(name, reading) if reading else person_name(name)
            for key in forms.keys:
                self._by_key.setdefault(key, []).append((name, forms))

    def of(self, wanted: PersonName) -> set[str]:
        """The names that may be the same person's."""
        near = (pair for key in wanted.keys for pair in self._by_key.get(key, ()))
        return {name for name, forms in near if same_person(wanted, forms)}


#: The text is all there is to it, so that whatever the database says now is what is looked up in.
_names_in = lru_cache(maxsize=4)(Names)


def everywhere(user_id: int) -> tuple[Known, set[int], Names]:
    """One person, the applications judged for it, and the names in all applications, in one statement."""
    told, judged, names = list[Any](), set[int](), ""
    for row in session.execute(_of_one_and_all_names(len(TOGETHER)), _asked([user_id])):
        if row.what == "judged":
            judged.add(row.other)
        elif row.what == "names":
            names = row.text or ""
        else:
            told.append(row)
    return _known(user_id, told, fiscal_year(today())), judged, _names_in(names)


def parties() -> Iterator[Party]:
    """Every organisation that takes part in an application or is a subcontractor in one, once."""
    members = select(Organisation.id, Organisation.corporate_number, Organisation.name_ja, Organisation.name_en).where(
        Organisation.id.in_(select(ConsortiumMember.organisation_id))
    )
    for key, number, ja, en in session.execute(members):
        yield Party(key, number or None, ja, en)
    for number, name in session.execute(select(Subcontractor.corporate_number, Subcontractor.name).distinct()):
        yield Party(None, number or None, name)


def _asked(people: Sequence[int]) -> dict[str, Any]:
    day, years = today(), definitions.CONFLICT_YEARS
    return {
        "people": list(people),
        "horizon": day - timedelta(days=365 * years),
        "since": now() - timedelta(days=365 * years),
        "oldest_year": fiscal_year(day) - years,
    }


def known(user_ids: Sequence[int]) -> dict[int, Known]:
    """What is known of these people, by person."""
    found = {key: Known(key) for key in user_ids}
    if not found:
        return found
    rows: dict[int, list[Any]] = {}
    for row in session.execute(_of_people(len(TOGETHER)), _asked(user_ids)):
        rows.setdefault(row.who, []).append(row)
    year = fiscal_year(today())
    for key, told in rows.items():
        found[key] = _known(key, told, year)
    return found


def _known(user_id: int, rows: Iterable[Any], year: int) -> Known:
    person, names, ties, people = Known(user_id), list[str](), list[Tie](), list[DeclaredPerson]()
    declared, applications = set[int](), set[int]()
    for row in rows:
        if row.what == "person":
            person.name, person.domain = row.ja, employer_domain(row.email)
            names.insert(0, row.ja)
        elif row.what == "role":
            person.reviews = True
        elif row.what == "profile":
            person.has_profile, person.erad = True, row.number or ""
            names += [name for name in (row.ja, row.en, *row.text.split(";")) if name.strip()]
        elif row.what == "declaration":
            declared.add(row.year)
        elif row.what == "employer":
            ties.append(Tie(HitKind.affiliation, _party(row), _employer(row.ends)))
        elif row.what == "declared":
            _declared(row, year, ties, people)
        elif row.what == "applied":
            applications.add(row.year)
            person.calls.setdefault(row.other, _party(row))
            if row.text:
                what = Bilingual("Acted for it in an application", "申請担当者として所属")
                ties.append(Tie(HitKind.affiliation, _party(row), what))
        else:
            person.together.setdefault(row.organisation_id, row.ja)
    person.forms = person_name(*names)
    person.ties, person.people = tuple(dict.fromkeys(ties)), tuple(people)
    person.declared_for, person.applications = frozenset(declared), frozenset(applications)
    return person


def _party(row: Any) -> Party:
    return Party(row.organisation_id, row.number or None, row.ja or "", row.en or "")


def _employer(ends: Any) -> Bilingual:
    if ends is None:
        return Bilingual("Employer", "所属機関")
    return Bilingual(f"Employer until {ends}", f"前所属機関({ends}まで)")


def _declared(row: Any, year: int, ties: list[Tie], people: list[DeclaredPerson]) -> None:
    kind = InterestKind(row.text)
    current = row.year == year and not row.other
    what = Bilingual(f"Declared for FY{row.year}, {kind.label.en}", f"{row.year}年度申告・{kind.label.ja}")
    if row.other:
        what = Bilingual(f"{what.en}, taken back", f"{what.ja}(取消済み)")
    key = f"{row.year}:{kind.value}"
    party = _party(row)
    if party.organisation_id or party.number or party.name_ja or party.name_en:
        ties.append(Tie(HitKind.declared, party, what, current, f"{key}:{party.key}"))
    if row.email:
        people.append(DeclaredPerson(row.email, person_name(row.email), what, current, f"{key}:{row.email}"))


def stranger(told: Stranger) -> Known:
    """Somebody without an account, as far as an officer wrote it down."""
    ties: tuple[Tie, ...] = ()
    if told.employer or told.corporate_number:
        number = re.sub(r"\D", "", unicodedata.normalize("NFKC", told.corporate_number))
        ties = (Tie(HitKind.affiliation, Party(None, number or None, told.employer), _employer(None)),)
    names = [name for name in (told.name, told.other_name) if name]
    domain = employer_domain(told.email) if "@" in told.email else ""
    return Known(0, told.name, person_name(*names), domain, ties=ties)
