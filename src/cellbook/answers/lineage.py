"""Where a thing comes from, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.errors import Ambiguous, InvalidInput, NotFound
from cellbook.records import Lineage, LineageKind
from cellbook.registry.endpoints import read_endpoints
from cellbook.views.lineage import lineage_of
from cellbook.views.lineage_layout import DrawnLineage, draw_lineage

if TYPE_CHECKING:
    from cellbook.book import Book

FORMS = (
    "Name a run (#12, run:NAME), data:NAME@VERSION, model:NAME@VERSION, endpoint:NAME or "
    "checkpoint:LABEL."
)


@dataclass(frozen=True, slots=True)
class LineageQuery:
    """Whose lineage."""

    target: Annotated[
        str,
        Hint(
            "`data:NAME@3`, `model:NAME@3`, `endpoint:NAME`, `run:NAME`, `#12` or "
            "`checkpoint:LABEL`."
        ),
    ]


def show_lineage(ask: Ask, query: LineageQuery) -> DrawnLineage:
    """Return all that led to a thing, and all that came of it, and where to draw it."""
    ask.book.refresh()
    return draw_lineage(find_lineage(ask.book, query.target, ask.notebook or ""))


def newest_run(book: Book) -> str:
    """Return the id of the newest run.

    Raises
    ------
    NotFound
        If there is none.
    """
    book.refresh()
    ids = book.store.ids("runs")
    if not ids:
        raise NotFound("The book has no run yet. `%track_run` starts one.")
    return ids[-1]


def find_endpoint(book: Book, name: str) -> str:
    """Return the id of an endpoint by its name or id: of several starts of it, the newest.

    Raises
    ------
    NotFound
        If none of that name served a registered model.
    """
    seen = [one.endpoint for one in read_endpoints(book.store)]
    found = next((one for one in seen if name in (one.name, one.endpoint_id)), None)
    if found is None:
        there = ", ".join(dict.fromkeys(one.name for one in seen)) or "none"
        raise NotFound(
            f"No endpoint {name[:80]!r} served a registered model of this book; there are: {there}."
        )
    return found.endpoint_id


def find_lineage(book: Book, target: str, notebook: str = "", *, whole: bool = False) -> Lineage:
    """Return the lineage of what `target` names: a run, else data, where no word says which.

    `whole` leaves nothing out, however much there is: as for a file.

    Raises
    ------
    NotFound
        If the book has no such thing.
    InvalidInput
        If the words name nothing that has a lineage.
    """
    target = target.strip()
    kind, colon, name = target.partition(":")
    name = name.strip().removeprefix('"').removesuffix('"')
    if not target or (colon and not name):
        raise InvalidInput(f"Whose lineage? {FORMS}")
    match kind if colon else "run":
        case "data":
            found = book.datasets.find(name).dataset_id
            return lineage_of(book.store, LineageKind.DATA, found, whole=whole)
        case "checkpoint":
            wanted = book.checkpoint_target(name)
            found = book.checkpoints.find(wanted, notebook or None)[1].checkpoint_id
            return lineage_of(book.store, LineageKind.CHECKPOINT, found, whole=whole)
        case "model" | "models":
            found = book.models.find(name.lstrip("/")).version_id
            return lineage_of(book.store, LineageKind.MODEL, found, whole=whole)
        case "endpoint":
            found = find_endpoint(book, name)
            return lineage_of(book.store, LineageKind.ENDPOINT, found, whole=whole)
        case "run" if colon:
            found = book.find_run(name).run_id
            return lineage_of(book.store, LineageKind.RUN, found, whole=whole)
        case "cell" | "metric" | "notebook" | "board" | "dashboard":
            raise InvalidInput(f"The lineage of {target!r} is not told. {FORMS}")
    try:
        found = book.find_run(target).run_id
        return lineage_of(book.store, LineageKind.RUN, found, whole=whole)
    except Ambiguous:
        raise
    except NotFound:
        # What no run is called may be data, which everywhere else needs no word before it.
        if not book.datasets.named(target.rpartition("@")[0] or target):
            raise
    found = book.datasets.find(target).dataset_id
    return lineage_of(book.store, LineageKind.DATA, found, whole=whole)
