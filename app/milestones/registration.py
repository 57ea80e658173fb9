"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.agreements.definitions import PERFORMANCE, SENT_BACK
from app.core.i18n import Bilingual
from app.core.worker import nightly
from app.milestones.definitions.duties import DUTIES
from app.milestones.exports import report_duties, row_duties, to_do
from app.milestones.operations import ask_in_time, end_of_course, handed_in, remind, reports_open, sent_back
from app.milestones.views import bp
from app.milestones.views.monitoring import may_open
from app.milestones.views.reports import section
from app.projects.definitions import SECTIONS, TABS, TO_DO, Section, Tab
from app.projects.operations import COMPLETED, COMPLETING

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(ask_in_time), nightly(remind))
SECTIONS.append(Section(20, "milestones/_of_project.html", section))  # once: a module is loaded once
TABS.extend(
    (
        Tab(
            20,
            "milestones.plan",
            Bilingual("Milestones and reports", "マイルストーン・報告"),
            lambda actor, project: True,
        ),
        Tab(25, "milestones.monitoring", Bilingual("Monitoring", "モニタリング"), may_open),
    )
)
DUTIES.extend((report_duties, row_duties))
COMPLETING.append(reports_open)
COMPLETED.append(end_of_course)
PERFORMANCE.append(handed_in)
SENT_BACK.append(sent_back)
TO_DO.append(to_do)
