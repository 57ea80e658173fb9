"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.i18n import Bilingual
from app.organisations.definitions.page import SECTIONS, Section
from app.organisations.operations.merging import LISTENERS
from app.projects.definitions import TABS, TO_DO, Tab
from app.projects.operations.joined import organisations_changed
from app.projects.queries import joined_organisations, worked_together
from app.projects.views import bp, of_organisation, to_name
from app.reviewers.queries import TOGETHER

BLUEPRINTS = (bp,)
TOGETHER.append(worked_together)  # once: a module is loaded once
LISTENERS.append(organisations_changed)
SECTIONS.append(Section(30, "projects/_of_organisation.html", of_organisation))
TO_DO.append(to_name)
TABS.append(
    Tab(
        70, "projects.people", Bilingual("People of partners that joined", "追加参加機関の担当者"),
        lambda actor, project: project.application_id is not None and bool(joined_organisations(project)),
    )
)  # fmt: skip
