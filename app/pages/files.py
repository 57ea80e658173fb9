"""Files that need an administrator's eye. Names and hashes only: the contents belong to those who sent them."""

from flask import render_template

from app.core import inspection, storage
from app.core.access import access
from app.pages.views import admin, bp


@bp.get("/admin/files")
@access(admin)
def files() -> str:
    return render_template("pages/files.html", files=inspection.in_trouble(), scanning=storage.scanning())
