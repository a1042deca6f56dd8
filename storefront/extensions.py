"""The Flask extensions, unbound; ``create_app`` binds them."""

from flask import Flask
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from storefront.config import Settings
from storefront.core.customers.models import Customer
from storefront.core.db import Base, prepare_engine, session, use_session_provider


class CustomerLogin(LoginManager):
    """Flask-Login over our sessions: they are rows and last 30 days, so there is no "remember me" cookie to refresh on
    every answer, no fingerprint to compare on every page, and nobody is looked up who is not asked for."""

    def init_app(self, app: Flask, add_context_processor: bool = False) -> None:
        self.session_protection = None
        app.login_manager = self  # type: ignore[attr-defined]


db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()
login = CustomerLogin()
htmx = Htmx()


def init_database(app: Flask, settings: Settings) -> None:
    """One engine for the process; core's session is the one of the current app context."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    if settings.database_url.startswith("postgresql"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    use_session_provider(lambda: db.session())


@login.user_loader
def load_customer(customer_id: str) -> Customer | None:
    """The member of this session; ``None`` for an id that is no number or an account that is closed."""
    if not (customer_id.isascii() and customer_id.isdigit()):
        return None
    customer = session.get(Customer, int(customer_id))
    return None if customer is None or customer.closed_at else customer
