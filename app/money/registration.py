"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.agreements.definitions import NEEDS, TERMS
from app.core.worker import nightly
from app.milestones.definitions.sections import SPEND
from app.money import operations, queries

BLUEPRINTS = ()
CLOCKWORK = (nightly(operations.release_expired),)
# once: a module is loaded once
SPEND.append(queries.spend)
NEEDS.setdefault("inspect", []).append(operations.verdicts_given)
NEEDS.setdefault("settle", []).append(operations.payments_complete)
TERMS.append(operations.terms_cover_payments)
