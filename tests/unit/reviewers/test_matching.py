"""Where a person and an application touch each other (CON-14)."""

from typing import Any

from app.core.i18n import Bilingual
from app.core.names import person_name
from app.reviewers.choices import ConflictVerdict, HitKind, State, Strength
from app.reviewers.definitions import (
    CLEAR,
    DeclaredPerson,
    Judged,
    Known,
    NamedThere,
    Party,
    Proposal,
    Standing,
    Tie,
    candidate_pairs,
    match,
    orcid_fits,
)

YEAR = 2026
GEAR = Party(1, "4000012090001", "株式会社合成歯車", "Synthetic Gear")
EMPLOYER = Bilingual("Employer", "所属機関")


def known(**values: Any) -> Known:
    return Known(
        **{
            "user_id": 9,
            "name": "審査 花",
            "reviews": True,
            "has_profile": True,
            "declared_for": frozenset({YEAR}),
            **values,
        }
    )


def proposal(*parties: Party, people: tuple[NamedThere, ...] = ()) -> Proposal:
    return Proposal(5, 7, list(parties or (GEAR,)), list(people))


def named(name: str, **values: Any) -> NamedThere:
    return NamedThere(name, person_name(name), Bilingual("researcher", "研究者"), **values)


def kinds(who: Known, what: Proposal) -> list[tuple[HitKind, Strength]]:
    return [(hit.kind, hit.strength) for hit in match(who, what, YEAR)]


def tie(party: Party, kind: HitKind = HitKind.affiliation, current: bool = True) -> Tie:
    return Tie(kind, party, EMPLOYER, current)


def test_nothing_in_common_is_clear() -> None:
    assert kinds(known(ties=(tie(Party(2, None, "別会社")),)), proposal()) == []
    assert not CLEAR.blocked


def test_the_corporate_number_is_certain_whatever_the_name() -> None:
    moved = Party(None, "4000012090001", "合成ギヤホールディングス")
    assert kinds(known(ties=(tie(moved),)), proposal()) == [(HitKind.affiliation, Strength.strong)]


def test_the_same_name_is_certain_unless_the_numbers_differ() -> None:
    assert kinds(known(ties=(tie(Party(None, None, "㈱合成歯車")),)), proposal())[0][1] is Strength.strong
    other = Party(None, "9000012090002", "㈱合成歯車")
    assert kinds(known(ties=(tie(other),)), proposal()) == [(HitKind.near_name, Strength.weak)]


def test_a_tie_of_an_earlier_year_waits_for_a_person() -> None:
    old = tie(GEAR, HitKind.declared, current=False)
    assert kinds(known(ties=(old,)), proposal()) == [(HitKind.old_tie, Strength.weak)]


def test_a_declared_person_in_the_consortium_is_certain_but_by_initials_only_possible() -> None:
    def declared(name: str, current: bool = True) -> DeclaredPerson:
        return DeclaredPerson(name, person_name(name), Bilingual("Family", "親族"), current, name)

    there = proposal(people=(named("渡邊 一郎"),))
    assert kinds(known(people=(declared("渡辺一郎"),)), there) == [(HitKind.declared_person, Strength.strong)]
    assert kinds(known(people=(declared("渡辺一郎", False),)), there) == [(HitKind.old_tie, Strength.weak)]
    latin = proposal(people=(named("Watanabe Ichiro"),))
    assert kinds(known(people=(declared("I. Watanabe"),)), latin) == [(HitKind.old_tie, Strength.weak)]


def test_a_namesake_waits_and_the_same_researcher_number_is_certain() -> None:
    there = proposal(people=(named("審査 花", erad="10200304"),))
    who = known(forms=person_name("審査花"))
    assert kinds(who, there) == [(HitKind.same_name, Strength.weak)]
    assert kinds(known(erad="10200304"), there) == [(HitKind.own_application, Strength.strong)]


def test_one_mail_domain_waits() -> None:
    there = proposal(people=(named("誰か", domain="gear.co.jp"),))
    assert kinds(known(domain="gear.co.jp"), there) == [(HitKind.domain, Strength.weak)]


def test_who_applies_in_the_call_cannot_review_in_it() -> None:
    assert kinds(known(calls={7: Party(3, None, "競合")}), proposal()) == [(HitKind.applicant_in_call, Strength.strong)]


def test_work_done_together_waits() -> None:
    assert kinds(known(together={1: "C2025-1-0001"}), proposal()) == [(HitKind.together, Strength.weak)]


def test_unknown_means_conflict_for_reviewers_and_not_for_officers() -> None:
    who = known(has_profile=False, declared_for=frozenset({YEAR - 1}))
    found = match(who, proposal(), YEAR)
    assert [hit.kind for hit in found] == [HitKind.no_profile, HitKind.no_declaration]
    standing = Standing(found)
    assert standing.state is State.unknown and standing.blocked and not standing.as_officer().blocked
    empty = Proposal(5, 7)
    assert [hit.kind for hit in match(known(), empty, YEAR)] == [HitKind.no_members]


def test_a_judgement_clears_what_it_saw_and_nothing_that_comes_later() -> None:
    first = match(known(together={1: "C2025-1-0001"}), proposal(), YEAR)
    seen = Judged(ConflictVerdict.no_conflict, "looked at it", frozenset(hit.key for hit in first))
    assert Standing(first).state is State.waiting and Standing(first, seen).state is State.cleared
    later = match(known(together={1: "C2025-1-0001"}, ties=(tie(GEAR),)), proposal(), YEAR)
    assert Standing(later, seen).state is State.conflict
    pinned = Standing((), Judged(ConflictVerdict.conflict, "a friend", frozenset()))
    assert pinned.blocked and pinned.reasons[0].kind is HitKind.judged


def test_ones_own_application_is_never_cleared() -> None:
    found = match(known(applications=frozenset({5})), proposal(), YEAR)
    judged = Judged(ConflictVerdict.no_conflict, "x", frozenset(hit.key for hit in found))
    assert Standing(found, judged).state is State.conflict


def test_the_index_misses_no_pair_that_matching_finds() -> None:
    people = [
        known(user_id=1, ties=(tie(Party(None, None, "㈱合成歯車")),)),
        known(user_id=2, ties=(tie(Party(None, None, "Synthetic Gears")),)),
        known(user_id=3, forms=person_name("Ohno Taro")),
        known(user_id=4, domain="gear.co.jp"),
        known(user_id=5, calls={7: GEAR}),
        known(user_id=6, together={1: "C"}),
        known(user_id=7, ties=(tie(Party(None, "4000012090001", "x")),)),
        known(user_id=8, ties=(tie(Party(77, None, "関係なし工業")),), forms=person_name("関係 無")),
        known(user_id=9, applications=frozenset({5})),
    ]
    there = proposal(people=(named("大野太郎オオノ"), named("Taro Ono", domain="gear.co.jp")))
    by_pair = {(5, who.user_id) for who in people if match(who, there, YEAR)}
    assert by_pair == {(5, n) for n in (1, 2, 3, 4, 5, 6, 7, 9)}
    assert candidate_pairs(people, [there]) == by_pair


def test_the_check_digit_of_an_orcid() -> None:
    assert orcid_fits("0000-0002-1825-0097") and orcid_fits("0000-0002-1694-233X")
    assert not orcid_fits("0000-0002-1825-0098")
