"""The queues in Redis that workers take from. They carry ids of outbox rows and nothing else: who can write to them can
have a due row carried out, and no more."""

from collections.abc import Sequence

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from storefront.core.outbox.claiming import ClaimedRow
from storefront.jobs.carrying import LONGEST, TIME_LIMITS
from storefront.jobs.registry import QUEUES

# What a server that is away, full, slow or strange does to us.
UNUSABLE = (RedisError, OSError)
CONNECT_SECONDS = 2.0
FAILURE_SECONDS = 60
PERFORM = "storefront.jobs.worker.perform"


def job_id(row_id: str, attempt: int) -> str:
    return f"{row_id}-{attempt}"


def connect(url: str) -> "Redis":
    """Nothing is sent yet. Each answer must come within ``CONNECT_SECONDS``; nothing is tried twice."""
    return Redis.from_url(
        url,
        socket_timeout=CONNECT_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class RqQueues:
    """The relay's side. Every method raises one of ``UNUSABLE`` when the server cannot be used."""

    def __init__(self, connection: "Redis") -> None:
        self._connection = connection
        self._queues = {
            name: Queue(name, connection=connection, serializer=JSONSerializer, is_async=True) for name in QUEUES
        }

    def listening(self) -> frozenset[str]:
        """Queues that some live worker takes from."""
        with self._connection.pipeline(transaction=False) as pipe:
            for name in QUEUES:
                pipe.smembers(f"rq:workers:{name}")
            registered = pipe.execute()
            for keys in registered:
                pipe.exists(*(keys or ("-",)))
            alive = pipe.execute()
        return frozenset(name for name, count in zip(QUEUES, alive, strict=True) if count)

    def depths(self) -> dict[str, int]:
        """How many rows wait in each."""
        with self._connection.pipeline(transaction=False) as pipe:
            for queue in self._queues.values():
                pipe.llen(queue.key)
            return dict(zip(QUEUES, pipe.execute(), strict=True))

    def waiting(self, queue: str) -> frozenset[str]:
        """Ids of the jobs in one queue."""
        return frozenset(entry.decode() for entry in self._connection.lrange(self._queues[queue].key, 0, -1))

    def put(self, rows: Sequence[ClaimedRow]) -> None:
        """Tell workers about rows; all of one queue in one round trip."""
        for name, queue in self._queues.items():
            mine = [row for row in rows if row.queue == name]
            if not mine:
                continue
            timeout = int(TIME_LIMITS.get(name, LONGEST).total_seconds())
            queue.enqueue_many(
                [
                    # Retries are the outbox's matter; RQ forgets a job as soon as it ended.
                    Queue.prepare_data(
                        PERFORM,
                        (row.id, row.attempts),
                        timeout=timeout,
                        result_ttl=0,
                        failure_ttl=FAILURE_SECONDS,
                        description=row.name,
                        job_id=job_id(row.id, row.attempts),
                        # What a dead worker had at hand has waited for its lease: not for the queue as well.
                        at_front=row.attempts > 1,
                    )
                    for row in mine
                ]
            )
