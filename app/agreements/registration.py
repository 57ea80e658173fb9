"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.agreements.operations import awarded, corrected, project_ended
from app.projects.operations import AWARDED, CORRECTED, ENDED

AWARDED.append(awarded)  # once: a module is loaded once
CORRECTED.append(corrected)
ENDED.append(project_ended)
