"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

import app.pages.files  # noqa: F401 - its page joins the blueprint
from app.pages.commands import add_person_command, prepare_command, welcome_command, worker_command
from app.pages.views import bp

BLUEPRINTS = (bp,)
COMMANDS = (add_person_command, prepare_command, worker_command, welcome_command)
