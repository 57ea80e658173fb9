"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.changes.operations import sweep
from app.changes.queries import moved_freely, to_do
from app.changes.views import bp
from app.core.i18n import Bilingual
from app.core.worker import nightly
from app.money.definitions.registers import MOVED_FREELY
from app.projects.definitions import TABS, TO_DO, Tab

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(sweep),)
MOVED_FREELY.append(moved_freely)
TO_DO.append(to_do)
TABS.append(
    Tab(
        50,
        "changes.of_project",
        Bilingual("Changes", "変更"),
        lambda actor, project: project.application_id is not None,
    )
)  # once: a module is loaded once
