"""A reviewer accepts, reads, scores by keyboard while the page saves itself, and sees the other review only after
sending the own one."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import House, Person
from tests.journeys.steps import saved


def test_a_review_from_the_invitation_to_the_panel(house: House, visit: Callable[..., Person]) -> None:
    reviewer = visit("reviewer")
    (assignment,) = house.row(
        "SELECT ra.id FROM review_assignment ra JOIN user u ON u.id = ra.reviewer_id"
        " WHERE u.email = 'reviewer@demo.example' AND ra.status = 'invited'"
    )
    (application,) = house.row("SELECT application_id FROM review_assignment WHERE id = ?", assignment)
    reviewer.press("nav a[href='/reviews']")
    reviewer.press(f"main a[href='/reviews/{assignment}']")
    assert reviewer.page.locator("#proposal").count() == 0  # first say whether there is a tie
    reviewer.press("button[formaction$='/answer/accept']")

    reviewer.page.locator("#proposal h2").first.scroll_into_view_if_needed()
    files = reviewer.page.locator("#proposal a[href*='/files/']")
    address = files.first.get_attribute("href")
    assert address and reviewer.download(address).startswith(b"%PDF")
    other = "試験成績は十分である"
    assert reviewer.page.locator("dl.facts:has(dd:has-text('計画は具体的である'))").count() == 0

    reviewer.press("button[name=submit]", status=422)  # nothing is scored yet
    assert reviewer.page.locator(".error-summary li").count() > 1
    groups = reviewer.page.locator("#scores fieldset[data-score]")
    for number in range(groups.count()):  # from one scale to the next by keyboard alone
        groups.nth(number).locator("input").first.focus()
        reviewer.page.keyboard.press("4")
    groups.first.locator("input[value='4']").focus()
    reviewer.page.keyboard.press("ArrowDown")
    expect(groups.first.locator("input[value='3']")).to_be_checked()
    reviewer.page.keyboard.press("4")
    saved(reviewer)
    _another_window(reviewer, other)
    reviewer.fill(confidence="3", forecast_pct="40", forecast_year="2032")
    reviewer.press("button[name=save]")
    assert reviewer.page.locator("#comment_to_panel").input_value() == other
    assert groups.first.locator("input[value='4']").is_checked()
    reviewer.press("button[name=submit]")
    assert "4.00" in reviewer.text("#scores")
    assert "計画は具体的である" in reviewer.text("main .panel dl.facts")

    tied = visit("reviewer3")
    tied.press("nav a[href='/reviews']")
    tied.go(f"/reviews/{assignment}", status=404)

    officer = visit("officer")
    officer.go(f"/officer/applications/{application}/reviews")
    assert "4.00" in officer.text("main table")
    officer.page.locator("details.panel summary").first.click()
    assert other in officer.text("main")


def _another_window(reviewer: Person, text: str) -> None:
    """The same sheet in a second window, a lost connection, and a page that was closed too early."""
    address, first = reviewer.page.url, reviewer.page
    first.fill("#comment_to_panel", "最初の窓")
    saved(reviewer)
    second = first.context.new_page()
    second.goto(address)
    assert second.locator("#comment_to_panel").input_value() == "最初の窓"
    first.fill("#comment_to_panel", "最初の窓で変更")
    saved(reviewer)
    second.fill("#comment_to_panel", "二番目の窓")
    box = second.locator("[data-conflict-of='comment_to_panel']")
    expect(box.locator(".theirs")).to_have_text("最初の窓で変更")
    box.locator("button").nth(1).click()  # keep what was typed here
    expect(box).to_have_count(0)
    first.context.set_offline(True)
    second.fill("#comment_to_applicant", "市場の見通しを補強してください。")
    expect(second.locator("[data-save-state][data-kind=warn]")).to_be_visible()
    second.close()
    first.context.set_offline(False)
    first.goto(address)  # what the server never got is found in this browser, and saved
    expect(first.locator("#comment_to_applicant")).to_have_value("市場の見通しを補強してください。")
    saved(reviewer)
    assert first.locator("#comment_to_panel").input_value() == "二番目の窓"
    first.fill("#comment_to_panel", text)
    saved(reviewer)
