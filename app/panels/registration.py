"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.panels.operations.answering import announce
from app.panels.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (announce,)
