"""Every page works as plain forms and links."""

from tests.journeys.conftest import House


def test_signing_in_and_saving_a_section_without_javascript(house: House) -> None:
    (draft,) = house.row(
        "SELECT a.id FROM application a JOIN call c ON c.id = a.call_id"
        " WHERE a.status = 'draft' AND c.programme = 'new_collaboration'"
    )
    context = house.browser.new_context(base_url=house.server.address, java_script_enabled=False)
    house.contexts.append(context)
    page = context.new_page()
    page.goto(f"/sign-in?lang={house.lang}")
    page.locator("#email").fill("applicant@demo.example")
    page.locator("#password").fill("renkei-demo-2026")
    page.locator("main form button").click()
    page.goto(f"/applications/{draft}/basics")
    page.locator("#title_en").fill("Saved without a script")
    page.locator("main form button").click()
    page.wait_for_url(f"**/applications/{draft}**")
    page.goto(f"/applications/{draft}/basics")
    assert page.locator("#title_en").input_value() == "Saved without a script"
    assert page.locator("html").get_attribute("lang") == house.lang
