"""The worker's side of an export of the catalogue."""

from storefront.admin.tasks.running import Alive, Started, begin_anew, carries, count_on, end_task, export_folder
from storefront.core.catalog.exporting.running import FORMATS, export_catalog
from storefront.core.db import new_secret, session
from storefront.jobs.runtime import Work

__all__ = ["CATALOGUE", "FORMATS", "write_catalogue"]

CATALOGUE = "catalogue"


@carries(CATALOGUE)
def write_catalogue(task: Started, work: Work) -> None:
    """A worker that died is followed by one that begins anew: half a file is of no use."""
    name = f"catalogue-{task.id}-{new_secret()}.csv"
    path, alive, said = export_folder() / name, Alive(work, task.id), 0
    begin_anew(task.id)

    def progress(done: int, _total: int) -> None:
        nonlocal said
        session.expunge_all()  # what the export goes on with must not be read again after the commit below
        count_on(task.id, done - said)
        said = done
        alive()

    pieces = export_catalog(
        str(task.params["format"]),
        base_currency=work.shop.base_currency,
        lang=str(task.params["lang"]),
        media=f"{work.runtime.public_url}/media/",
        stock=bool(task.params["stock"]),
        progress=progress,
    )
    try:
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    end_task(task.id, "done", file=name)
