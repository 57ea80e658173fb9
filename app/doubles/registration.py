"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

import app.doubles.models  # noqa: F401 - its tables belong to the schema
from app.doubles.operations import look_for_doubles
from app.doubles.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (look_for_doubles,)
