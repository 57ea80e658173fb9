import click

from app import create_app
from config import SettingsError
from server.worker import Stamp

try:
    app = create_app()
except SettingsError as error:
    raise click.ClickException(str(error)) from None  # the command line prints the message alone
app.wsgi_app = Stamp(app.wsgi_app)  # type: ignore[method-assign]
