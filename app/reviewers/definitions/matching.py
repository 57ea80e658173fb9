"""Where a person and an application touch each other (CON-14): pure, on what was loaded of both.

Strong hits exclude at once. Weak ones are possible ties that wait for a person's judgement. Unknown means conflict.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from app.core.i18n import Bilingual
from app.core.names import NOBODY, OrganisationName, PersonName, near, organisation_name, same_person
from app.reviewers.choices import ConflictVerdict, HitKind, State, Strength

#: CON-14: a tie ends to count this many years after it ended (configurable per installation, unverified fact).
CONFLICT_YEARS = 3
#: What being without a profile makes unknown; officers have none and are judged by the rest alone.
ABOUT_REVIEWERS = frozenset({HitKind.no_profile, HitKind.no_declaration, HitKind.no_members, HitKind.domain})
_ORDER = {Strength.strong: 0, Strength.weak: 1, Strength.unknown: 2}


@dataclass(frozen=True)
class Party:
    """An organisation as somebody named it: its key in the register, its corporate number, its names."""

    organisation_id: int | None
    number: str | None
    name_ja: str
    name_en: str = ""

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_en or self.name_ja, self.name_ja or self.name_en)

    @cached_property
    def forms(self) -> OrganisationName:
        return organisation_name(self.name_ja, self.name_en)

    @property
    def key(self) -> str:
        return self.number or (f"#{self.organisation_id}" if self.organisation_id else self.name_ja or self.name_en)


@dataclass(frozen=True)
class Tie:
    """A person's tie to an organisation; ``current`` ones are strong where the organisation is the same."""

    kind: HitKind  # affiliation or declared
    party: Party
    what: Bilingual
    current: bool = True
    key: str = ""


@dataclass(frozen=True)
class DeclaredPerson:
    """Somebody whom a person named as a tie: family, teacher, student, partner in research."""

    name: str
    forms: PersonName
    what: Bilingual
    current: bool
    key: str


@dataclass
class Known:
    """All that is known of one person."""

    user_id: int
    name: str = ""
    forms: PersonName = NOBODY
    domain: str = ""
    erad: str = ""
    reviews: bool = False  # holds the role of a reviewer
    has_profile: bool = False
    declared_for: frozenset[int] = frozenset()
    ties: tuple[Tie, ...] = ()
    people: tuple[DeclaredPerson, ...] = ()
    calls: dict[int, Party] = field(default_factory=dict)  # applied in these, for this organisation
    applications: frozenset[int] = frozenset()  # works or worked on these
    together: dict[int, str] = field(default_factory=dict)  # organisation -> number of what was done with it


@dataclass(frozen=True)
class NamedThere:
    """A person of a consortium."""

    name: str
    forms: PersonName
    what: Bilingual
    user_id: int | None = None
    domain: str = ""
    erad: str = ""


@dataclass
class Proposal:
    """All that is known of those behind one application."""

    application_id: int
    call_id: int | None = None
    parties: list[Party] = field(default_factory=list)
    people: list[NamedThere] = field(default_factory=list)


@dataclass(frozen=True)
class Hit:
    """One reason why a person may not touch an application. ``key`` names it over time; ``words`` say what matched what."""

    kind: HitKind
    strength: Strength
    organisation: Party
    words: Bilingual
    key: str


#: What the floors above know it by.
Conflict = Hit


@dataclass(frozen=True)
class Stranger:
    """Somebody who has no account yet, as an officer wrote it down."""

    name: str
    other_name: str = ""
    employer: str = ""
    corporate_number: str = ""
    email: str = ""


@dataclass(frozen=True)
class Judged:
    """The latest judgement of a pair."""

    verdict: ConflictVerdict
    reason: str
    hits: frozenset[str]


@dataclass(frozen=True)
class Standing:
    """Where a person stands to an application: everything found, what of it still counts, the latest judgement."""

    hits: tuple[Hit, ...] = ()
    judged: Judged | None = None

    @property
    def counting(self) -> tuple[Hit, ...]:
        """What no judgement has cleared. One's own application is never cleared."""
        if self.judged is None or self.judged.verdict is ConflictVerdict.conflict:
            return self.hits
        cleared = self.judged.hits
        return tuple(hit for hit in self.hits if hit.key not in cleared or hit.kind is HitKind.own_application)

    @property
    def state(self) -> State:
        if self.judged is not None and self.judged.verdict is ConflictVerdict.conflict:
            return State.conflict
        strengths = {hit.strength for hit in self.counting}
        if Strength.strong in strengths:
            return State.conflict
        if Strength.weak in strengths:
            return State.waiting
        if Strength.unknown in strengths:
            return State.unknown
        return State.clear if self.judged is None else State.cleared

    @property
    def blocked(self) -> bool:
        """Nothing of the application may be read, done or counted by this person."""
        return self.state not in (State.clear, State.cleared)

    @property
    def reasons(self) -> list[Hit]:
        """What to tell: the judgement first, then the hits, the strongest first."""
        found = sorted(self.counting, key=lambda hit: _ORDER[hit.strength])
        if self.judged is not None and self.judged.verdict is ConflictVerdict.conflict:
            said = Bilingual(f"Judged: {self.judged.reason}", f"判断:{self.judged.reason}")
            nothing = Party(None, None, "利益相反と判断", "judged a conflict")
            found.insert(0, Hit(HitKind.judged, Strength.strong, nothing, said, "judged"))
        return found

    def as_officer(self) -> "Standing":
        """Of somebody of whom no profile is asked: what only the lack of one, or an address, suggests is left out."""
        return replace(self, hits=tuple(hit for hit in self.hits if hit.kind not in ABOUT_REVIEWERS))


CLEAR = Standing()
#: How many people without an account are looked at at a time.
MAX_STRANGERS = 100


def orcid_fits(orcid: str) -> bool:
    """Does the last character check the others (ISO 7064, MOD 11-2)?"""
    total = 0
    digits = orcid.replace("-", "")
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]


def match(known: Known, proposal: Proposal, year: int) -> tuple[Hit, ...]:
    """Every hit between one person and one application in a fiscal year, each once, the strong ones first."""
    found: dict[str, Hit] = {}
    for hit in (
        *_own(known, proposal),
        *_organisations(known, proposal),
        *_people(known, proposal),
        *_together(known, proposal),
    ):
        held = found.get(hit.key)
        if held is None or _ORDER[hit.strength] < _ORDER[held.strength]:
            found[hit.key] = hit
    hits = sorted(found.values(), key=lambda hit: _ORDER[hit.strength])
    if not hits or hits[0].strength is not Strength.strong:
        hits += unknown(known, year)
        if not proposal.parties:
            hits.append(_unknown(HitKind.no_members, "no_members", "参加機関が登録されていないため不明", "no members"))
    return tuple(hits)


def _own(known: Known, proposal: Proposal) -> Iterator[Hit]:
    party = proposal.parties[0] if proposal.parties else Party(None, None, "参加機関", "the consortium")
    if proposal.application_id in known.applications:
        words = Bilingual("Works or worked on this application.", "当該申請の担当者(であった者)です。")
        yield Hit(HitKind.own_application, Strength.strong, party, words, "own_application")
    for person in proposal.people:
        if known.erad and known.erad == person.erad:
            words = Bilingual(
                f"The researcher number {known.erad} is that of {person.name} ({person.what.en}).",
                f"研究者番号{known.erad}が{person.name}({person.what.ja})と一致します。",
            )
            yield Hit(HitKind.own_application, Strength.strong, party, words, "own_application")
    if proposal.call_id in known.calls:
        rival = known.calls[proposal.call_id]
        words = Bilingual(
            f"Applies in the same call for {rival.name.en}.", f"同じ公募に{rival.name.ja}として申請しています。"
        )
        yield Hit(HitKind.applicant_in_call, Strength.strong, rival, words, f"applicant_in_call:{proposal.call_id}")


# --- organisations ----------------------------------------------------------------------------------------------------


def likeness(one: Party, other: Party) -> tuple[Strength, Bilingual] | None:
    """How sure it is that two parties are one organisation, and by what; None where nothing speaks for it."""
    if one.organisation_id is not None and one.organisation_id == other.organisation_id:
        return Strength.strong, Bilingual("the same entry of the register", "登録簿の同一機関")
    if one.number and one.number == other.number:
        return Strength.strong, Bilingual(f"the same corporate number {one.number}", f"法人番号{one.number}が一致")
    ones, others = one.forms, other.forms
    if ones.exact & others.exact:
        if one.number and other.number:
            return Strength.weak, Bilingual("the same name, another corporate number", "名称は一致、法人番号は相違")
        return Strength.strong, Bilingual("the same name", "名称が一致")
    if ones.sound & others.sound:
        return Strength.weak, Bilingual("a name that sounds the same", "名称の読みが一致")
    if any(near(a, b) for a in ones.exact for b in others.exact):
        return Strength.weak, Bilingual("a similar name", "名称が類似")
    return None


def _organisations(known: Known, proposal: Proposal) -> Iterator[Hit]:
    for tie in known.ties:
        for party in proposal.parties:
            found = likeness(tie.party, party)
            if found is None:
                continue
            strength, how = found
            words = Bilingual(
                f"{tie.what.en}: {tie.party.name.en} – {party.name.en} of the consortium ({how.en}).",
                f"{tie.what.ja}:{tie.party.name.ja} ― 申請側の{party.name.ja}({how.ja})。",
            )
            kind = tie.kind
            if not tie.current:
                kind, strength = HitKind.old_tie, Strength.weak
            elif strength is Strength.weak:
                kind = HitKind.near_name
            yield Hit(kind, strength, party, words, f"{kind}:{tie.key or tie.party.key}:{party.key}")


def _together(known: Known, proposal: Proposal) -> Iterator[Hit]:
    for party in proposal.parties:
        if party.organisation_id is not None and party.organisation_id in known.together:
            number = known.together[party.organisation_id]
            words = Bilingual(
                f"Worked together with {party.name.en} in {number}.", f"{number}で{party.name.ja}と共同しています。"
            )
            yield Hit(HitKind.together, Strength.weak, party, words, f"together:{number}:{party.key}")


# --- people -----------------------------------------------------------------------------------------------------------


def _people(known: Known, proposal: Proposal) -> Iterator[Hit]:
    party = proposal.parties[0] if proposal.parties else Party(None, None, "参加機関", "the consortium")
    for person in proposal.people:
        who = Bilingual(f"{person.name} ({person.what.en})", f"{person.name}({person.what.ja})")
        if person.user_id != known.user_id and same_person(known.forms, person.forms):
            words = Bilingual(
                f"Has the same name as {who.en}: {known.name}.", f"{who.ja}と同姓同名の可能性:{known.name}。"
            )
            yield Hit(HitKind.same_name, Strength.weak, party, words, f"same_name:{person.name}")
        if known.domain and known.domain == person.domain and person.user_id != known.user_id:
            words = Bilingual(
                f"Mail addresses of one domain ({known.domain}) as {who.en}.",
                f"メールアドレスのドメイン({known.domain})が{who.ja}と同一です。",
            )
            yield Hit(HitKind.domain, Strength.weak, party, words, f"domain:{known.domain}")
        for declared in known.people:
            if not same_person(declared.forms, person.forms):
                continue
            words = Bilingual(
                f"{declared.what.en}: {declared.name} – {who.en}.", f"{declared.what.ja}:{declared.name} ― {who.ja}。"
            )
            sure = declared.current and not declared.forms.short and not person.forms.short
            kind = HitKind.declared_person if sure else HitKind.old_tie
            strength = Strength.strong if sure else Strength.weak
            yield Hit(kind, strength, party, words, f"{kind}:{declared.key}:{person.name}")


def unknown(known: Known, year: int) -> list[Hit]:
    """What is not known of a person in a fiscal year, whatever the application."""
    hits = []
    if not known.has_profile:
        hits.append(_unknown(HitKind.no_profile, "no_profile", "プロフィール未登録のため不明", "no profile"))
    if year not in known.declared_for:
        key, ja = f"no_declaration:{year}", f"{year}年度の利害関係が未申告のため不明"
        hits.append(_unknown(HitKind.no_declaration, key, ja, f"no declaration of ties for FY{year}"))
    return hits


def _unknown(kind: HitKind, key: str, ja: str, en: str) -> Hit:
    words = Bilingual(f"Unknown: {en}.", f"{ja}。")
    return Hit(kind, Strength.unknown, Party(None, None, ja, f"unknown: {en}"), words, key)
