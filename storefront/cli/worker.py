"""``storefront worker QUEUE``: carries out what the relay hands over."""

import os
import signal
import threading

import click

from storefront.cli.lifeline import end_with_parent
from storefront.cli.logs import start_logging
from storefront.cli.opening import open_app
from storefront.jobs import relay as relay_module  # every handler is registered by it
from storefront.jobs.registry import QUEUES
from storefront.jobs.runtime import runtime_of
from storefront.jobs.worker import work_forever


@click.command()
@click.argument("queue", type=click.Choice(QUEUES))
def worker(queue: str) -> None:
    """Carry out the jobs of one queue, until stopped. Needs REDIS_URL and a running relay."""
    start_logging()
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    # A job at hand is finished; RQ's own handlers, installed while it works, see to that.
    end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    with open_app() as app:
        runtime = runtime_of(app)
        if not runtime.redis_url:
            raise click.ClickException(
                "A worker takes its jobs from Redis: set REDIS_URL. Without Redis the relay carries out everything itself."
            )
        app.extensions["storefront"].host.watch.start()
        assert relay_module.HANDLERS
        work_forever(runtime, queue, runtime.redis_url, stop)
