"""The composition root: registers, and does nothing else. Nobody imports from here but wsgi.py and tests."""

import logging
from importlib import import_module
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from app.accounts.models import Anonymous
from app.accounts.queries import user_of_session
from app.core import access, http, storage, taken, templating, virus, worker
from app.core.db import db, pool_options, prepare_engine
from app.core.i18n import babel
from app.reviewers import definitions as ties
from config import ROOT, Settings, load_settings

#: Bottom to top, as in the import contract.
FEATURES = (
    "accounts", "organisations", "clusters", "questionnaires", "calls", "applications", "correspondence", "reviewers",
    "reviews", "assigning", "panels", "selection", "projects", "doubles", "agreements", "milestones", "money", "changes",
    "outcomes", "analytics", "surveys", "flags", "portfolio", "publishing", "learning", "pages", "cli",
)  # fmt: skip
#: Printed by ./run start and on the sign-in page; production has no such accounts.
DEMO_PASSWORD = "renkei-demo-2026"  # noqa: S105 - public on purpose


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Build the application; refuses to start while any endpoint has no access rule."""
    settings = settings or load_settings()
    app = Flask(__name__, instance_path=str(settings.instance))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("weasyprint", "fontTools", "pikepdf"):  # a line per step would bury the sign-ins of ./run start
        logging.getLogger(chatty).setLevel(logging.WARNING)
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=pool_options(settings.database_url),
        MAIL_URL=settings.mail_url,
        MAIL_FROM=settings.mail_from,
        PUBLIC_URL=settings.public_url,
        CLAMD_URL=settings.clamd_url,
        DEMO=settings.demo,
        DEMO_PASSWORD=DEMO_PASSWORD,
        SESSION_COOKIE_NAME="__Host-renkei" if settings.secure_cookies else "renkei",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=25_000_000,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=5_000,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_DEFAULT_TIMEZONE="Asia/Tokyo",
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.config.update(overrides)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=0)  # type: ignore[method-assign]
    settings.instance.mkdir(parents=True, exist_ok=True)
    storage.configure(settings.instance / "files")
    ties.CONFLICT_YEARS = settings.conflict_years
    taken.configure(rows_a_day=settings.rows_a_day, files_a_day=settings.files_a_day)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    babel.init_app(app, locale_selector=http.choose_locale)
    Bootstrap5(app)
    login = LoginManager(app)
    login.anonymous_user = Anonymous
    login.user_loader(user_of_session)
    http.install(app)
    templating.install(app)
    for feature in FEATURES:
        module = import_module(f"app.{feature}.registration")
        for blueprint in getattr(module, "BLUEPRINTS", ()):
            app.register_blueprint(blueprint)
        for command in getattr(module, "COMMANDS", ()):
            app.cli.add_command(command)
        worker.add_clockwork(getattr(module, "CLOCKWORK", ()))
        virus.when_infected(getattr(module, "WHEN_INFECTED", ()))
    access.prove_every_endpoint_is_declared(app)
    return app
