"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from typing import Any

from app.clusters import queries
from app.clusters.views import bp
from app.organisations.definitions.page import SECTIONS, Section

BLUEPRINTS = (bp,)


def memberships(actor: Any, organisation: Any) -> dict[str, Any]:
    """The block on an organisation's page; who may open that page may see memberships."""
    return {"memberships": queries.memberships_of(organisation.id)}


SECTIONS.append(Section(10, "clusters/_of_organisation.html", memberships))  # once: a module is loaded once
