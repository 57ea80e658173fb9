"""Documents of a draft: dropped, sent piece by piece, going on after a lost network and an ended sign-in, previewed."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.factories.files import large_pdf, office, pdf
from tests.journeys.conftest import PASSWORD, House, Person

SAYS = {
    "done": {"en": "is attached", "ja": "を添付しました"},
    "offline": {"en": "No connection", "ja": "接続できません"},
    "one": {"en": "Drop one file only", "ja": "ファイルを1つだけ"},
    "type": {"en": "neither a PDF nor", "ja": "PDFでもWord"},
    "signed-out": {"en": "sign-in has ended", "ja": "ログインの有効期限が切れました"},
}
DROP = """(panel, files) => {
  const carried = new DataTransfer();
  for (const { name, type, data } of files) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type, lastModified: 1700000000000 }));
  }
  for (const kind of ["dragenter", "dragover", "drop"])
    panel.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""

#: One language is enough here: the words are looked at in the other stories.
pytestmark = pytest.mark.parametrize("lang", ["en"], indirect=True, scope="session")


@pytest.fixture
def draft(house: House) -> int:
    (key,) = house.row(
        "SELECT a.id FROM application a JOIN consortium_member m ON m.application_id = a.id"
        " AND m.organisation_id = a.lead_organisation_id JOIN member_person p ON p.member_id = m.id"
        " JOIN user u ON u.id = p.user_id WHERE a.status = 'draft' AND u.email = 'applicant@demo.example'"
        " ORDER BY a.id LIMIT 1"
    )
    return int(key)


def _drop(person: Person, panel: int, *files: tuple[str, bytes]) -> None:
    given = [{"name": name, "type": "", "data": base64.b64encode(data).decode()} for name, data in files]
    person.page.locator(".upload-panel").nth(panel).evaluate(DROP, given)


def _status(person: Person, panel: int, what: str, seconds: int = 20) -> None:
    found = person.page.locator(".upload-panel").nth(panel).locator("[data-status]")
    expect(found).to_contain_text(SAYS[what][person.house.lang], timeout=seconds * 1000)


def test_a_file_is_dropped_and_looked_at(house: House, visit: Callable[..., Person], draft: int) -> None:
    lead = visit("applicant")
    lead.go(f"/applications/{draft}/documents")
    _drop(lead, 0, ("one.pdf", pdf()), ("two.pdf", pdf()))
    _status(lead, 0, "one")
    _drop(lead, 0, ("提案書.pdf", pdf(pages=3)))
    _status(lead, 0, "done")
    panel = lead.page.locator(".upload-panel").nth(0)
    expect(panel.locator(".file-name")).to_contain_text("提案書.pdf")
    expect(panel.locator(".file-facts")).to_contain_text("3")
    lead.look()
    # wrong content is refused in words, and what is attached stays
    _drop(lead, 0, ("plan.pdf", b"<html><script>1</script></html>"))
    _status(lead, 0, "type")
    expect(panel.locator(".file-name")).to_contain_text("提案書.pdf")
    # two documents one after another, an Office file among them, without looking away
    _drop(lead, 1, ("経費.xlsx", office("xlsx")))
    _drop(lead, 0, ("新しい提案書.pdf", pdf(pages=2)))
    _status(lead, 0, "done")
    expect(panel.locator(".file-name")).to_contain_text("新しい提案書.pdf")
    expect(lead.page.locator(".upload-panel").nth(1).locator(".file-name")).to_contain_text("経費.xlsx")
    preview = panel.locator("a[href$='/preview']").get_attribute("href")
    assert preview is not None and lead.download(preview).startswith(b"%PDF-")
    with lead.page.context.expect_page() as opened:
        panel.locator("a[href$='/preview']").click()
    viewer = opened.value  # the browser's own viewer, in a tab of its own
    viewer.wait_for_load_state()
    assert viewer.url.endswith(preview) and viewer.evaluate("document.contentType") == "application/pdf"
    viewer.close()
    lead.page.reload()
    lead.look()


def test_the_network_goes_and_comes_back(
    house: House, visit: Callable[..., Person], draft: int, tmp_path: Path
) -> None:
    lead, data = visit("applicant"), large_pdf(6_000_000, b"network")
    path = tmp_path / "large.pdf"
    path.write_bytes(data)
    lead.go(f"/applications/{draft}/documents")
    panel = lead.page.locator(".upload-panel").nth(2)
    pieces: list[str] = []

    def third_is_lost(route: Route) -> None:
        pieces.append(route.request.headers.get("upload-offset", ""))
        if len(pieces) in (3, 4):
            route.abort("connectionreset")
        else:
            route.continue_()

    lead.page.route("**/uploads/*", third_is_lost)
    panel.locator("input[type=file]").set_input_files(str(path))
    panel.locator("form[enctype] button").click()
    _status(lead, 2, "offline")
    assert 20 < int(panel.locator("progress").get_attribute("value") or 0) < 90
    _status(lead, 2, "done", 40)
    assert pieces.count("0") == 1, pieces  # nothing that had arrived was sent again
    expect(panel.locator(".file-name")).to_contain_text("large.pdf")
    address = panel.locator(".file-name a").get_attribute("href")
    assert address is not None and lead.download(address) == data


def test_the_sign_in_ends_and_the_upload_goes_on(
    house: House, visit: Callable[..., Person], draft: int, tmp_path: Path
) -> None:
    lead, data = visit("applicant"), large_pdf(5_000_000, b"sign-in")
    path = tmp_path / "session.pdf"
    path.write_bytes(data)
    lead.go(f"/applications/{draft}/documents")
    panel, sent = lead.page.locator(".upload-panel").nth(2), []

    def sign_out_in_the_middle(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) == 3:
            lead.page.context.clear_cookies()
        route.continue_()

    lead.page.route("**/uploads/*", sign_out_in_the_middle)
    panel.locator("input[type=file]").set_input_files(str(path))
    panel.locator("form[enctype] button").click()
    _status(lead, 2, "signed-out")
    other = lead.page.context.new_page()
    other.goto(f"/sign-in?lang={house.lang}")
    other.fill("#email", "applicant@demo.example")
    other.fill("#password", PASSWORD)
    other.locator("main form button").first.click()
    other.wait_for_load_state()
    _status(lead, 2, "done", 40)
    expect(panel.locator(".file-name")).to_contain_text("session.pdf")
    address = panel.locator(".file-name a").get_attribute("href")
    assert address is not None and lead.download(address) == data


def test_stopped_and_chosen_again_it_goes_on_from_there(
    house: House, visit: Callable[..., Person], draft: int, tmp_path: Path
) -> None:
    lead, data = visit("applicant"), large_pdf(5_000_000, b"again")
    path = tmp_path / "again.pdf"
    path.write_bytes(data)
    lead.go(f"/applications/{draft}/documents")
    panel, offsets = lead.page.locator(".upload-panel").nth(2), []

    def slow(route: Route) -> None:
        offsets.append(route.request.headers.get("upload-offset"))
        if len(offsets) == 3:
            lead.page.locator(".upload-panel").nth(2).locator("[data-stop]").click()
        route.continue_()

    lead.page.route("**/uploads/*", slow)
    panel.locator("input[type=file]").set_input_files(str(path))
    panel.locator("form[enctype] button").click()
    expect(panel.locator("[data-left]")).to_contain_text("again.pdf", timeout=20_000)
    lead.page.unroute("**/uploads/*")
    lead.go(f"/applications/{draft}/documents")
    with lead.page.expect_request("**/uploads/*") as first:
        panel.locator("input[type=file]").set_input_files(str(path))
        panel.locator("form[enctype] button").click()
    assert int(first.value.headers["upload-offset"]) >= 2_000_000
    _status(lead, 2, "done", 40)
    expect(panel.locator(".file-name")).to_contain_text("again.pdf")
