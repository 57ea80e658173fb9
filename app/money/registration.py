"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.money import models  # noqa: F401 - the tables belong to the schema

BLUEPRINTS = ()
