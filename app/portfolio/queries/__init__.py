"""Every look-up of the portfolio. All of them start from ``projects.queries.visible_to``: what the reader may not know
of is neither listed nor counted, in no cell, no tile and no file."""

from app.portfolio.queries import crossing, kept, listing, pdca
from app.portfolio.queries.crossing import Cross, cross, tiles
from app.portfolio.queries.kept import exports_page, view_of, views_of
from app.portfolio.queries.listing import Line, Totals, every_id, lines, page, totals, totals_and_page

__all__ = [
    "Cross",
    "Line",
    "Totals",
    "cross",
    "crossing",
    "every_id",
    "exports_page",
    "kept",
    "lines",
    "listing",
    "page",
    "pdca",
    "tiles",
    "totals",
    "totals_and_page",
    "view_of",
    "views_of",
]  # fmt: skip
