"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.agreements.definitions import NEEDS, TERMS
from app.core.i18n import Bilingual
from app.core.worker import nightly
from app.milestones.definitions.sections import SPEND
from app.money import operations, queries
from app.money.exports import to_do
from app.money.views import bp
from app.projects.definitions import TABS, TO_DO, Tab

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(operations.release_expired),)
# once: a module is loaded once
TABS.append(
    Tab(30, "money.detail", Bilingual("Money", "資金"), lambda actor, project: project.application_id is not None)
)
SPEND.append(queries.spend)
NEEDS.setdefault("inspect", []).append(operations.verdicts_given)
NEEDS.setdefault("settle", []).append(operations.payments_complete)
TERMS.append(operations.terms_cover_payments)
TO_DO.append(to_do)
