"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.agreements.exports import may_open, standing, to_do
from app.agreements.operations import awarded, corrected, project_ended
from app.agreements.views import bp
from app.core.i18n import Bilingual
from app.projects.definitions import SECTIONS, TABS, TO_DO, Section, Tab
from app.projects.operations import AWARDED, CORRECTED, ENDED

BLUEPRINTS = (bp,)
TABS.append(Tab(10, "agreements.agreement", Bilingual("Agreement", "契約・交付"), may_open))
AWARDED.append(awarded)  # once: a module is loaded once
CORRECTED.append(corrected)
ENDED.append(project_ended)
SECTIONS.append(Section(0, "agreements/_standing.html", standing, top=True))
TO_DO.append(to_do)
