"""Two entries of the register became one, or two again: their projects changed."""

from collections.abc import Collection

from app.projects import queries
from app.projects.operations.hearing import changed


def organisations_changed(organisation_ids: Collection[int]) -> None:
    """Listens to merges of organisations and to what undoes them."""
    if found := queries.taken_part_in(organisation_ids):
        changed(found)
