"""What each kind of change makes of a project, and what differs afterwards (MON-4, CON-4 to CON-7, CON-15)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.changes.choices import ChangeKind
from app.changes.definitions import KINDS, Milestone, Part, Standing, carry_out, digest, effects, is_notice

ON = date(2027, 7, 1)
MANAGER, UNIVERSITY, FIRM, SECOND, NEWCOMER = 1, 2, 3, 4, 5


def standing(**values: Any) -> Standing:
    given: dict[str, Any] = {
        "programme": "consortium_rd",
        "title_ja": "題", "title_en": "Title", "starts_on": date(2027, 4, 1), "ends_on": date(2029, 3, 31),
        "parts": (
            Part(MANAGER, "managing_organisation"), Part(UNIVERSITY, "project_leader"), Part(FIRM, "sub_leader"),
            Part(SECOND, "implementer"),
        ),
        "budget": {
            (UNIVERSITY, 2027, "LAB"): 4_000_000, (FIRM, 2027, "EQ"): 6_000_000, (SECOND, 2027, "MAT"): 2_000_000,
            (SECOND, 2028, "MAT"): 1_000_000, (MANAGER, 2027, "ADM"): 1_000_000,
        },
        "milestones": (
            Milestone(11, 1, "Power", "0.5", "mW", date(2028, 3, 31), SECOND),
            Milestone(12, 2, "Size", "3", "mm", date(2027, 6, 1), SECOND, done=True),
        ),
        "first_sale_on": date(2030, 4, 1),
        "contracts": {2027: 13_000_000},
        "org_types": {
            MANAGER: "foundation_association", UNIVERSITY: "national_university", FIRM: "company_sme",
            SECOND: "company_sme", NEWCOMER: "company_sme",
        },
        "min_companies": 2,
    }  # fmt: skip
    return Standing(**{**given, **values})


def after(kind: str, on: date = ON, of: Standing | None = None, **values: Any) -> Standing:
    found, problems = carry_out(of or standing(), [(ChangeKind(kind), values)], on)
    assert not problems, problems[0][1].code
    return found


def refused(kind: str, on: date = ON, of: Standing | None = None, **values: Any) -> str:
    before = of or standing()
    found, problems = carry_out(before, [(ChangeKind(kind), values)], on)
    assert found == before  # what is impossible changes nothing
    return problems[0][1].code


def changed(before: Standing, now: Standing, area: str) -> dict[Any, tuple[Any, Any]]:
    return {one.subject: (one.before, one.after) for one in effects(before, now, ON) if one.area == area}


def test_every_kind_is_declared_and_says_what_it_asks() -> None:
    assert set(KINDS) == set(ChangeKind)
    for kind in KINDS.values():
        assert kind.label.en and kind.label.ja and kind.explanation.ja and kind.fields


def test_a_partner_that_leaves_hands_over_what_is_open_and_keeps_what_it_did() -> None:
    before = standing(spent={(SECOND, 2027, "MAT"): 500_000})
    now = after("member_leaves", of=before, organisation=SECOND, heir=FIRM)
    assert [part.ends_on for part in now.parts if part.organisation_id == SECOND] == [ON]
    assert now.budget[(SECOND, 2027, "MAT")] == 500_000 and (SECOND, 2028, "MAT") not in now.budget
    assert now.budget[(FIRM, 2027, "MAT")] == 1_500_000 and now.budget[(FIRM, 2028, "MAT")] == 1_000_000
    assert now.total == before.total
    assert {one.id: one.organisation_id for one in now.milestones} == {11: FIRM, 12: SECOND}
    assert changed(before, now, "budget") == {SECOND: (3_000_000, 500_000), FIRM: (6_000_000, 8_500_000)}
    assert changed(before, now, "partners") == {SECOND: (("implementer",), None)}


def test_the_rules_of_the_consortium_are_checked_again() -> None:
    """With the second company gone nobody implements (CON-4), and one is left where two are asked for (CON-5)."""
    before = standing()
    found = [
        one
        for one in effects(before, after("member_leaves", organisation=SECOND, heir=FIRM), ON)
        if one.area == "rules"
    ]
    assert [(one.subject, one.before, one.after) for one in found] == [
        ("CON-4", "held", "broken"),  # nobody implements
        ("CON-5", "held", "broken"),
    ]
    assert found[0].warning is not None
    mended, problems = carry_out(
        before,
        [
            (ChangeKind.member_leaves, {"organisation": SECOND, "heir": FIRM}),
            (ChangeKind.member_joins, {"organisation": NEWCOMER, "role": "implementer"}),
        ],
        ON,
    )
    assert not problems and changed(before, mended, "rules") == {}


def test_the_lead_leaves_only_by_being_replaced() -> None:
    assert refused("member_leaves", organisation=MANAGER, heir=FIRM) == "lead-leaves"
    assert refused("member_leaves", organisation=SECOND, heir=SECOND) == "heir"
    assert refused("member_leaves", organisation=NEWCOMER, heir=FIRM) == "not-a-partner"
    now = after("managing_organisation", organisation=UNIVERSITY)
    assert [part.role for part in now.present(ON) if part.organisation_id == UNIVERSITY] == [
        "project_leader", "managing_organisation",
    ]  # fmt: skip
    assert not [part for part in now.present(ON) if part.organisation_id == MANAGER]
    assert refused("managing_organisation", organisation=MANAGER) == "same-lead"


def test_a_successor_takes_over_role_duties_and_money() -> None:
    before = standing()
    now = after("succession", organisation=SECOND, successor=NEWCOMER)
    assert [part.role for part in now.present(ON) if part.organisation_id == NEWCOMER] == ["implementer"]
    assert now.by_organisation()[NEWCOMER] == 3_000_000 and now.total == before.total
    assert [part.holds(date(2027, 6, 30)) for part in now.parts if part.organisation_id == SECOND] == [True]


def test_money_moves_only_as_far_as_it_is_not_spent() -> None:
    line = {"organisation": FIRM, "year": 2027, "item": "EQ", "to_item": "LAB"}
    before = standing(spent={(FIRM, 2027, "EQ"): 5_500_000})
    assert refused("item_transfer", of=before, yen=500_001, **line) == "line-short"
    now = after("item_transfer", of=before, yen=500_000, **line)
    assert now.budget[(FIRM, 2027, "LAB")] == 500_000 and now.total == before.total
    assert refused("item_transfer", yen=1, **{**line, "to_item": "EQ"}) == "same-line"


@pytest.mark.parametrize(
    ("yen", "moved", "enough"),
    [(2_400_000, 0, True), (2_400_001, 0, False), (400_000, 2_000_000, True), (400_001, 2_000_000, False)],
)
def test_the_free_limit_is_a_fifth_of_the_free_items_of_the_year(yen: int, moved: int, enough: bool) -> None:
    """CON-15: 4 + 6 + 2 million are free in 2027 (general administration is not), so 2.4 million may move by notice."""
    item = (ChangeKind.item_transfer, {"organisation": FIRM, "year": 2027, "item": "EQ", "to_item": "LAB", "yen": yen})
    assert is_notice(standing(), [item], {2027: moved}) is enough


def test_protected_items_other_partners_and_everything_else_need_approval() -> None:
    def notice(**values: Any) -> bool:
        given = {"organisation": FIRM, "year": 2027, "item": "EQ", "to_item": "LAB", "yen": 1, **values}
        return is_notice(standing(), [(ChangeKind.item_transfer, given)])

    assert notice() and not notice(to_item="SUB") and not notice(to_organisation=SECOND)
    assert notice(to_organisation=FIRM)
    assert is_notice(standing(), [(ChangeKind.minor, {"text": "new address"})])
    assert not is_notice(
        standing(), [(ChangeKind.minor, {"text": "x"}), (ChangeKind.period, {"ends_on": "2029-09-30"})]
    )
    assert not is_notice(standing(), [])


def test_a_shorter_period_names_the_milestones_that_fall_behind_it() -> None:
    before = standing()
    now = after("period", ends_on="2027-12-31")
    (found,) = [one for one in effects(before, now, ON) if one.area == "milestones"]
    assert found.subject == 1 and found.warning is not None
    assert refused("period", ends_on="2027-06-30") == "period-past"
    assert refused("period", ends_on="2027-03-31", on=date(2027, 3, 1)) == "period"


def test_a_longer_period_warns_where_the_sale_was_planned_before_its_end() -> None:
    before = standing(first_sale_on=date(2029, 6, 1))
    longer = after("period", of=before, ends_on="2029-09-30")
    assert [one.warning is not None for one in effects(before, longer, ON) if one.area == "plan"] == [True]
    both, _none = carry_out(
        before, [(ChangeKind.period, {"ends_on": "2029-09-30"}), (ChangeKind.plan, {"first_sale_on": "2030-04-01"})], ON
    )
    assert changed(before, both, "plan") == {"first_sale_on": (date(2029, 6, 1), date(2030, 4, 1))}


def test_an_amount_beyond_the_contract_is_named() -> None:
    before = standing()
    now = after("total_amount", organisation=FIRM, year=2027, item="EQ", yen=7_000_000)
    (year,) = [one for one in effects(before, now, ON) if one.area == "years"]
    assert (year.before, year.after) == (13_000_000, 14_000_000) and year.warning is not None
    spent = standing(spent={(FIRM, 2027, "EQ"): 5_000_000})
    assert refused("total_amount", of=spent, organisation=FIRM, year=2027, item="EQ", yen=4_999_999) == "below-spent"


def test_what_is_accepted_changes_no_more() -> None:
    assert refused("goal", milestone=12, target="4") == "milestone-done"
    assert refused("goal", milestone=99, target="4") == "milestone"
    now = after("goal", milestone=11, target="0.6", due_on="2028-09-30")
    assert [(one.target, one.goal, one.due_on) for one in now.milestones if one.id == 11] == [
        ("0.6", "Power", date(2028, 9, 30))
    ]


def test_the_digest_tells_every_difference_but_names() -> None:
    assert digest(standing()) == digest(standing(names={FIRM: "Another name"}))
    for other in (
        standing(ends_on=date(2029, 3, 30)), replace(standing(), budget={}), standing(spent={(FIRM, 2027, "EQ"): 1}),
        standing(parts=standing().parts[:-1]), standing(free_transfer_pct=10),
    ):  # fmt: skip
        assert digest(other) != digest(standing())
