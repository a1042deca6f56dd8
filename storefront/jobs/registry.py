"""Jobs by name. A name is what the outbox keeps, so it outlives the function behind it."""

from collections.abc import Callable
from dataclasses import dataclass

from storefront.jobs.runtime import Work

QUEUES = ("critical", "mail", "slow")

Handler = Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Job:
    """``outside``: runs outside any unit, because it acts on the world (with the row's id as key) or runs units of its
    own. Else it runs inside the unit that also marks it done."""

    name: str
    queue: str
    run: Handler
    outside: bool = False


_jobs: dict[str, Job] = {}


def job(name: str, queue: str = "critical", *, outside: bool = False) -> Callable[[Handler], Handler]:
    """Register the function below as the handler of ``name``."""
    if queue not in QUEUES:
        raise ValueError(f"{queue!r} is no queue: {', '.join(QUEUES)}")

    def register(handler: Handler) -> Handler:
        if name in _jobs:
            raise ValueError(f"two jobs are called {name!r}")
        _jobs[name] = Job(name, queue, handler, outside)
        return handler

    return register


def find_job(name: str) -> Job | None:
    return _jobs.get(name)
