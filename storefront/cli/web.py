"""The web server behind ``storefront serve``: gunicorn on a socket that its parent holds."""

import contextlib
import fcntl
import gc
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import NullPool, create_engine, select
from sqlalchemy.exc import DBAPIError

from storefront.app import create_app
from storefront.cli.lifeline import end_with_parent
from storefront.cli.logs import start_logging
from storefront.cli.opening import sentences
from storefront.config import Settings, settings_from_environment
from storefront.core.staff import setup_code
from storefront.core.staff.models import Staff
from storefront.extensions import db
from storefront.shop.service.metering import SHARED

# Threads, not bare sync workers: browsers open connections ahead of need and leave them silent, and each of those
# would block a sync worker until its time-out.
THREADS = 4
REQUEST_SECONDS = 60
GRACEFUL_SECONDS = 20
REPLACING_SECONDS = 8


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn without its own command line and configuration files."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app()
        gc.freeze()  # what is there by now is never collected, so the collector leaves the shared pages alone
        return app


def begin_worker(app: Flask) -> None:
    """In a web process that was just forked: no connection is shared with its parent, and plugins are watched."""
    with app.app_context():
        db.engine.dispose(close=False)
    watch = app.extensions["storefront"].host.watch
    lock = app.extensions["storefront"].settings.data_dir / "run" / "replacing"
    watch.when_hung = lambda: replace_this_process(lock)
    watch.start()


def replace_this_process(lock: Path) -> None:
    """A thread waits for a plugin that does not come back, and will for good: this process finishes what it can, ends, and
    the server starts another, in which the plugin is stopped. One at a time, so that others serve meanwhile. Called in a
    thread that has nothing else to do."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(REPLACING_SECONDS)
        os._exit(0)  # a usual end would wait for that thread


def options(listener: int, workers: int, temporary: Path, ready: int) -> dict[str, Any]:
    return {
        "bind": f"fd://{listener}",
        "workers": workers,
        "worker_class": "gthread",
        # The application is loaded once and shared: each web process is then a third of its size.
        "preload_app": True,
        "post_fork": lambda _arbiter, worker: begin_worker(worker.app.wsgi()),
        "post_worker_init": lambda _worker: say_ready(ready),
        "threads": THREADS,
        "timeout": REQUEST_SECONDS,
        "graceful_timeout": GRACEFUL_SECONDS,
        "worker_tmp_dir": str(temporary),
        "errorlog": "-",
        "loglevel": "warning",
        # No access log: it would keep the secrets of private links.
        "accesslog": None,
        # What a proxy says about scheme and host is judged by the shop itself (TRUSTED_PROXIES), not by the server.
        "secure_scheme_headers": {},
        "forwarder_headers": "",
        # The server's own control socket would lie in the account's home, outside DATA_DIR.
        "control_socket_disable": True,
        "when_ready": lambda _arbiter: end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM)),
    }


def keep_setup_code(settings: Settings) -> None:
    """The code for the first owner, while there is no staff. Asked over a connection of its own: the server's processes
    open theirs after they were forked."""
    engine = create_engine(settings.database_url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            staffed = connection.execute(select(Staff.id).limit(1)).first() is not None
    except DBAPIError:
        return  # no database, or none that is set up: the pages and /readyz say so
    if staffed:
        setup_code.remove(settings.data_dir)
    else:
        setup_code.ensure(settings.data_dir)


def run_server(listener: int, workers: int, ready: int, metrics: str) -> None:
    """Serve on the listening socket ``listener`` until stopped; a byte is written to ``ready`` when the first process takes
    requests. ``metrics``: name of the folder of this server's figures."""
    start_logging()
    with sentences():
        settings = settings_from_environment()  # a shop that may not start says so here, once
    keep_setup_code(settings)
    temporary = settings.data_dir / "run"
    temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
    share_metrics(temporary / metrics)
    Server(options(listener, workers, temporary, ready)).run()


def say_ready(ready: int) -> None:
    with contextlib.suppress(OSError):  # the second process of a server, and later ones: nobody listens any more
        os.write(ready, b".")


def share_metrics(folder: Path) -> None:
    """A folder where the web processes of this server keep their figures side by side; those of the last run go."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[SHARED] = str(folder)
