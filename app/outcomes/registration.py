"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.i18n import Bilingual
from app.core.worker import nightly
from app.milestones.definitions.duties import DUTIES
from app.money.definitions.registers import PROFIT_FIGURES
from app.outcomes.exports import report_duties, sold
from app.outcomes.operations import remind, remind_of_disputes, schedule_duties
from app.outcomes.policy import has_outcomes
from app.outcomes.views import bp
from app.outcomes.views.ending import ending_section, follow_up_section
from app.projects.definitions import SECTIONS, TABS, Section, Tab
from app.projects.operations import COMPLETED

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(remind), nightly(remind_of_disputes))
SECTIONS += [
    Section(40, "outcomes/_follow_ups.html", follow_up_section),
    Section(90, "outcomes/_ending.html", ending_section),
]
DUTIES.append(report_duties)
PROFIT_FIGURES.append(sold)
TABS.append(Tab(60, "outcomes.project", Bilingual("Outcomes", "成果"), has_outcomes))  # once: a module is loaded once
COMPLETED.append(schedule_duties)
