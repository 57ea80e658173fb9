"""A reviewer accepts, reads, scores, and sees the other review only after sending the own one."""

from collections.abc import Callable

from tests.journeys.conftest import House, Person


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
    for number in range(groups.count()):
        groups.nth(number).locator("input[value='4']").check()
    reviewer.fill(comment_to_panel=other, comment_to_applicant="市場の見通しを補強してください。")
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
    assert "4.00" in officer.text("main table") and other in officer.text("main table")
