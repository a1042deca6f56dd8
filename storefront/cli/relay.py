"""``storefront relay`` and ``tick``: background work."""

import signal
import threading

import click

from storefront.cli.lifeline import end_with_parent
from storefront.cli.logs import start_logging
from storefront.cli.opening import open_app, open_shop
from storefront.core.db import utcnow
from storefront.core.outbox.claiming import count_by_state
from storefront.jobs import clock
from storefront.jobs.relay import relay_forever, run_due

MAX_ROWS = 10_000


@click.command()
def relay() -> None:
    """Carry out what is due, and be the clock, until stopped."""
    start_logging()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    end_with_parent(stop.set)
    with open_app() as app:
        app.extensions["storefront"].host.watch.start()
        relay_forever(app, stop)


@click.command()
def tick() -> None:
    """Run every timed job once, and whatever else is due, then end."""
    with open_shop() as shop:
        clock.insert_all(utcnow(), clock.timed_with(shop.providers))
        done = run_due(shop.app, MAX_ROWS)
        states = count_by_state()
        click.echo(f"{done} job(s) carried out, {states.get('new', 0)} waiting, {states.get('dead', 0)} given up.")
