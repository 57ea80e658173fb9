"""A month of a cluster's manager: who came and went, what happened, what counts, and a name that nobody knew at first."""

from collections.abc import Callable

from tests.journeys.conftest import House, Person

MONTH = "2010-03"
UNKNOWN = "合成食品工業㈱ 本社工場"


def test_a_month_from_the_first_member_to_the_last_name(house: House, visit: Callable[..., Person]) -> None:
    manager, officer = visit("cluster"), visit("officer")
    (code,) = house.row("SELECT scope FROM user_role WHERE role = 'cluster_manager' AND scope != ''")
    month = f"/clusters/{code}/month?month={MONTH}"
    manager.go(month)
    before = _stats(manager)
    assert _pace(manager) == ("8", "6", "3")  # three new businesses where six should stand by the end of this month
    _members(manager, code)
    _activity(manager, code)
    _businesses(manager, code)
    _name(manager, officer, code)
    manager.go(month)
    after = _stats(manager)
    assert [int(new) - int(old) for old, new in zip(before, after, strict=True)] == [1, 2, 1, 1, 1, 0]
    assert _pace(manager) == ("8", "6", "4")


def _stats(manager: Person) -> list[str]:
    """Members, joined, left, new businesses, activities, names waiting."""
    found = manager.page.locator("main .stats .stat-value, main .stats dd, main .stats strong").all_inner_texts()
    return [text.lstrip("+−").replace(",", "") for text in found]


def _pace(manager: Person) -> tuple[str, ...]:
    """Target, expected and actual of the new businesses."""
    row = manager.page.locator("main tr", has=manager.page.locator("a[href*='/new-businesses/list?']")).first
    return tuple(row.locator("td.num").all_inner_texts()[:3])


def _members(manager: Person, code: str) -> None:
    """One joins, one leaves; an organisation that the register does not hold cannot be added by a key."""
    here = f"/clusters/{code}/members"
    manager.go(here)
    manager.press(f"a[href='{here}/add']")
    manager.fill(organisation="live-nobody", valid_from=f"{MONTH}-08", evidence="入会申込書")
    manager.press("main form[method=post] button", status=422)
    manager.fill(organisation="live-soft")
    manager.press("main form[method=post] button")
    manager.go(f"{here}?on={MONTH}-31")
    manager.press("main td a[href$='/end']")
    manager.fill(valid_to=f"{MONTH}-20", reason="退会届による")
    manager.press("main form[method=post] button")


def _activity(manager: Person, code: str) -> None:
    """A meeting with those who came; a name that is no key of the register waits."""
    manager.go("/network-activities")
    manager.go(f"/network-activities/add?cluster={code}")
    manager.fill(kind="exchange_meeting", title_ja="年度末交流会", held_on=f"{MONTH}-12", head_count="40")
    manager.press("form[action$='/network-activities/add'] button")
    for organisation, persons in (("live-gear", "3"), ("架空金型研究会", "2")):
        manager.fill(organisation=organisation, role="participant", persons=persons)
        manager.press("form[action$='/attendances'] button")
    assert manager.page.locator("main table .state-warn").count() == 1


def _businesses(manager: Person, code: str) -> None:
    """What is counted already is refused; what resembles it has to be compared; then it is recorded once (CR-15)."""
    manager.go(f"/clusters/{code}/new-businesses/add")
    manager.fill(organisation="live-sensor", name_ja="摩耗 センサ(合成)", type="product", kind="actual",
                 started_on=f"{MONTH}-15", evidence="新聞発表")  # fmt: skip
    manager.press("form[action$='/new-businesses/add'] button", status=422)
    assert manager.page.locator("#distinct").count() == 0  # the same one, however it is written
    manager.fill(name_ja="摩耗センサX(合成)")
    manager.press("form[action$='/new-businesses/add'] button", status=422)
    manager.fill(**{"distinct-1": "yes"})
    manager.press("form[action$='/new-businesses/add'] button")


def _name(manager: Person, officer: Person, code: str) -> None:
    """A member reported by name waits, is matched by the office, and is taken in with one click."""
    manager.go(f"/clusters/{code}/members/report")
    manager.fill(name=UNKNOWN, valid_from=f"{MONTH}-25", evidence="会員名簿")
    manager.press("main form[method=post] button")
    assert manager.page.locator("form[action$='/take-in']").count() == 0
    (name,) = officer.house.row("SELECT id FROM incoming_name WHERE name = ?", UNKNOWN)
    officer.go("/organisations/names")
    officer.press(f"main a[href='/organisations/names/{name}']")
    (firm,) = officer.house.row("SELECT id FROM organisation WHERE org_key = 'live-foods'")
    if officer.page.locator(f"#answer-{firm}").count():
        officer.fill(**{f"answer-{firm}": "yes", "why": "名称と所在地が一致"})
    else:
        officer.fill(**{"answer-another": "yes", "organisation": "live-foods", "why": "所在地が一致"})
    officer.press("form[action$='/decide'] button")
    manager.go(f"/clusters/{code}/month?month={MONTH}")
    manager.press("form[action$='/take-in'] button")
