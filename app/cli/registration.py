"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.cli.demo.command import demo
from app.cli.exchange import export_command, import_command
from app.cli.machines import draw_machines
from app.cli.rates import rates

COMMANDS = (import_command, export_command, rates, demo, draw_machines)
