"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.cli.exchange import export_command, import_command

COMMANDS = (import_command, export_command)
