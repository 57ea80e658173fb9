"""The picture in the README is made from the running system, so that it can be made anew."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import WIDE, Person
from tests.support.server import ROOT


@pytest.mark.parametrize("lang", ["en"], indirect=True, scope="session")
def test_the_picture_of_a_rate(visit: Callable[..., Person], tmp_path: Path) -> None:
    """With WRITE_SCREENSHOTS=1 the picture also goes into docs/images."""
    officer = visit("officer", width=WIDE)
    officer.go("/rates")
    picture = tmp_path / "rates.png"
    officer.page.screenshot(path=picture, clip={"x": 0, "y": 0, "width": WIDE, "height": 900})
    assert 10_000 < picture.stat().st_size < 200_000
    if os.environ.get("WRITE_SCREENSHOTS") == "1":
        shutil.copyfile(picture, ROOT / "docs" / "images" / "rates.png")
