"""``%comments export`` and ``%comments import``: threads as files."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cellbook import book as books
from cellbook.answers import Reader, ThreadsQuery, list_threads, thread_reader
from cellbook.answers.taking import file_of, take_over
from cellbook.commenting import Merged, merge
from cellbook.errors import InvalidInput
from cellbook.interop import web_annotation
from cellbook.locating import notebook_name
from cellbook.views.thread_markdown import threads_markdown
from cellbook.views.threads import ThreadView
from cellbook.widgets.notebook_page import notebook_page
from cellbook.widgets.page import write_page
from cellbook.widgets.style import framed
from cellbook.widgets.threads import THREAD_STYLE, thread_html

if TYPE_CHECKING:
    from cellbook.book import Book

_PAGE = 500
_LARGEST = 256 * 2**20
_FORMS = "Name a file that ends with .jsonld, .md or .html."


_PAGE_STYLE = (
    "<style>:root{color-scheme:light dark}"
    "body.cellbook{background:var(--cb-back);margin:0 auto;padding:16px;max-width:60em}</style>"
)
"""Of the page that text of either colour is written on."""
_MARK = b"<!-- Exported from Cellbook: comments -->\n"
"""Ends pages that were exported, by which they are known again."""


def export_comments(
    file: str | Path,
    notebook: str | Path | None = None,
    *,
    force: bool = False,
    book: Book | None = None,
) -> Path:
    """Write threads into a file, whose ending says how.

    ``.jsonld`` or ``.json`` is an AnnotationCollection of the W3C's Web Annotation Data Model,
    which :func:`import_comments` and other programs read; ``.md`` is Markdown; ``.html`` is one
    page that needs no network, with the notebook and the threads beside its cells.

    Parameters
    ----------
    file
        Where to.  What was exported there before is replaced; no other file is.
    notebook
        The notebook whose threads are meant; None means those of the whole book.
    force
        Whether any file that is there is replaced.
    book
        None means the one at hand.

    Raises
    ------
    InvalidInput
        If the ending is another, the file is another one than an export of comments, or it cannot
        be written.
    """
    chosen = books.open() if book is None else book
    place = Path(file)
    kind = place.suffix.lower()
    if kind not in (".jsonld", ".json", ".md", ".html"):
        raise InvalidInput(f"Comments cannot be written as {place.name!r}. {_FORMS}")
    if not force and not _is_free(place):
        raise InvalidInput(
            f"{place} is there and is no export of comments. Name another file, or ask for it to "
            "be replaced: --force, or force=True."
        )
    name = "" if notebook is None else name_of(chosen, notebook)
    title = f"Comments on {PurePosixPath(name).name}" if name else "Comments"
    reader = _Anybody(chosen, name)
    if kind in (".jsonld", ".json"):
        found = thread_reader(reader).discussions(everywhere=not name)
        doc = web_annotation.collection(found, title, chosen.store.book_id)
        content = json.dumps(doc, ensure_ascii=False, indent=2).encode("utf-8", "replace")
        return write_page(place, content + b"\n")
    threads = _all_threads(reader, name)
    if kind == ".md":
        content = threads_markdown(threads, title).encode("utf-8", "replace") + b"\n"
    elif name and file_of(chosen, name).is_file():
        content = notebook_page(file_of(chosen, name), name, threads, title)
    else:
        content = _threads_page(threads, title)
    return write_page(place, content + _MARK)


def _is_free(place: Path) -> bool:
    """Whether nothing is lost where a file is written: there is none, or an export of comments."""
    try:
        if place.stat().st_size > _LARGEST:
            return False
        content = place.read_bytes()
    except FileNotFoundError:
        return True
    except OSError:
        # What is no file at all, writing tells.
        return place.is_dir()
    if place.suffix.lower() in (".jsonld", ".json"):
        return web_annotation.is_ours(content)
    return content.endswith(_MARK)


def import_comments(
    file: str | Path, notebook: str | Path | None = None, *, book: Book | None = None
) -> Merged:
    """Take threads over from a file: a notebook that carries some, or Web Annotations.

    Doing so again changes nothing.  What is new is marked with the file's name: its authors are
    claimed, and nobody can edit it here.

    Parameters
    ----------
    file
        ``.ipynb``, ``.jsonld`` or ``.json``.
    notebook
        The notebook that annotations of other programs are about, where their target is none that
        the book knows; or as which the book knows a notebook that came under another name.
    book
        None means the one at hand.

    Raises
    ------
    NotFound, InvalidInput
        If it cannot be read: nothing is taken then.
    """
    chosen = books.open() if book is None else book
    place = Path(file)
    name = "" if notebook is None else name_of(chosen, notebook)
    if place.suffix.lower() == ".ipynb":
        return take_over(chosen, place, name or name_of(chosen, place), asked=True)
    try:
        if place.stat().st_size > _LARGEST:
            raise InvalidInput(f"{place} is larger than {_LARGEST >> 20} MB. Split it.")
        told = json.loads(place.read_bytes())
    except OSError as error:
        raise InvalidInput(
            f"{place} cannot be read ({error.strerror or error}). Name a file that is there."
        ) from None
    except (ValueError, RecursionError):
        raise InvalidInput(f"{place} is no JSON. Give .jsonld or a notebook.") from None
    given = web_annotation.read(told, place.name, name, lambda one: file_of(chosen, one).is_file())
    return merge(chosen.store, given, source=place.name, asked=True)


class _Anybody(Reader):
    """Whoever reads the file: what is new to whom writes it is nobody else's business."""

    @property
    def author(self) -> None:
        """Nobody in particular."""
        return None


def name_of(book: Book, notebook: str | Path) -> str:
    """Return a notebook's file as the book's records name it."""
    return notebook_name(Path(notebook).absolute(), book.folder)


def _all_threads(reader: Reader, name: str) -> list[ThreadView]:
    """Return all threads, in the order in which they were begun."""
    found: list[ThreadView] = []
    while True:
        query = ThreadsQuery(scope="notebook" if name else "book", limit=_PAGE, offset=len(found))
        page = list_threads(reader, query)
        found += page.threads
        if not page.more:
            return sorted(found, key=lambda thread: thread.thread_id)


def _threads_page(threads: list[ThreadView], title: str) -> bytes:
    body = "".join(thread_html(thread, None) for thread in threads)
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title>{_PAGE_STYLE}</head><body class="cellbook">'
        + framed(f"<style>{THREAD_STYLE}</style><h1>{escape(title)}</h1>{body}")
        + "</body></html>\n"
    )
    return page.encode("utf-8", "replace")
