"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.applications.queries.visibility import KEPT_OUT
from app.core.worker import nightly
from app.reviewers.operations import ask_for_declarations
from app.reviewers.queries import recused_ids
from app.reviewers.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(ask_for_declarations),)
KEPT_OUT.append(recused_ids)  # once: a module is loaded once
