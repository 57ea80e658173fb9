"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

import app.questionnaires.models  # noqa: F401 - its tables belong to the schema
from app.questionnaires.views import bp

BLUEPRINTS = (bp,)
