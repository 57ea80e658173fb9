"""The Japanese catalogue is whole: every text of pages and letters, none left over, placeholders as in the English."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "app" / "translations" / "ja" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
#: The same in both languages.
ALIKE: set[str] = {
    "%(k)s of %(n)s", "ORCID", "C = D − E", "C × A ÷ B", "%(kind)s of %(yen)s", "%(name)s, %(when)s",
    "%(name)s: %(first)s to %(last)s", "%(kind)s %(number)s of project %(project)s: %(verdict)s",
}  # fmt: skip


@cache
def used() -> set[Any]:
    """The texts that stand in the sources now."""
    return {text for _file, text in extracted()}


def in_templates() -> set[Any]:
    return {text for file, text in extracted() if file.startswith("templates/")}


@cache
def extracted() -> set[tuple[str, Any]]:
    """(file, text) of everything that is collected."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None}
    found = extract_from_dir(str(ROOT / "app"), methods, options, keywords)
    return {(file, message) for file, _line, message, _comments, _context in found}


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ja")


def texts() -> list[Any]:
    return [message for message in catalogue() if message.id]


def test_collecting_finds_pages_letters_and_forms() -> None:
    assert {"Main menu", "Dear %(name)s,", "Fill in this field."} <= used()


def test_every_text_is_in_the_catalogue_and_none_is_left_over() -> None:
    held = {message.id for message in texts()}
    missing, surplus = used() - held, held - used()
    assert not missing, f"type ./run texts and translate: {sorted(map(str, missing))}"
    assert not surplus, f"type ./run texts: {sorted(map(str, surplus))}"


def test_every_text_is_translated() -> None:
    assert not [m.id for m in texts() if not m.string or m.fuzzy]
    assert not [m.id for m in texts() if m.id not in ALIKE and not JAPANESE.search(str(m.string))]


def test_placeholders_are_kept() -> None:
    wrong = [
        m.id for m in texts() if sorted(PLACEHOLDER.findall(str(m.id))) != sorted(PLACEHOLDER.findall(str(m.string)))
    ]
    assert not wrong


def test_no_text_of_a_template_trips_over_a_percent_sign() -> None:
    """A template formats every text that it shows: a lone % in either language would end the page with an error."""
    shown = in_templates()
    assert "Main menu" in shown
    wrong = [m.id for m in texts() if m.id in shown and "%" in PLACEHOLDER.sub("", f"{m.id} {m.string}")]
    assert not wrong


def test_the_header_holds_nothing_of_persons_or_machines() -> None:
    header = CATALOGUE.read_text(encoding="utf-8").split("\n\n")[0]
    assert "charset=UTF-8" in header and "nplurals=1" in header
    assert not re.search(r"@|/home|Generated|Translator|Date", header)


@pytest.fixture
def japanese(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with the catalogue compiled afresh: the checked-in text decides, not a file left from before."""
    compiled = tmp_path / "messages.mo"
    with compiled.open("wb") as file:
        write_mo(file, catalogue())
    with compiled.open("rb") as file:
        translations = Translations(file)
    monkeypatch.setattr("flask_babel.Domain.get_translations", lambda self: translations)
    return app


@pytest.mark.parametrize("address", ["/", "/sign-in"])
def test_a_page_and_its_menu_are_japanese(japanese: Flask, address: str) -> None:
    page = japanese.test_client().get(address, query_string={"lang": "ja"}).get_data(as_text=True)
    assert '<html lang="ja">' in page
    header = page[page.index("<header") : page.index("</header>")]
    header = re.sub(r'<nav class="languages".*?</nav>', "", header, flags=re.S)
    words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>", " ", header)))
    assert words <= {"Renkei"}
    assert "公募" in header and "サインイン" in header
    body = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])
    assert JAPANESE.search(body) and not re.search(r"\b[A-Za-z]+ [a-z]+ [a-z]+\b", body)
