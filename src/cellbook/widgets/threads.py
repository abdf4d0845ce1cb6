"""``%comments``: threads about something, live and still."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any, overload

from cellbook import book as books
from cellbook.answers import Reader, ThreadsQuery, list_threads
from cellbook.commenting import BRIEF_FIELDS
from cellbook.errors import InvalidInput
from cellbook.records import RunRecord, ThreadKind
from cellbook.tracking import Run
from cellbook.views.formatting import age, date, plural
from cellbook.views.thread_text import (
    happened,
    origin_of,
    short_id,
    state_of,
    thread_text,
    threads_text,
)
from cellbook.views.threads import FILTERS, CommentView, ThreadsPage, ThreadView, no_filter
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import sentence

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.book import Book, Target

THREAD_STYLE = """
.cellbook .cb-thread{border-left:3px solid var(--cb-line);padding:4px 12px;margin:0 0 16px;
max-width:48em;contain:paint}
.cellbook .cb-thread.cb-open{border-left-color:var(--cb-better)}
.cellbook .cb-comment{margin:8px 0 0}
.cellbook .cb-comment>div{margin:2px 0 0;overflow:auto hidden;overflow-wrap:anywhere}
.cellbook .cb-comment>div>*{margin:0 0 4px}
.cellbook .cb-comment :is(table,h1,h2,h3,h4,h5,h6){font-size:inherit;color:inherit}
.cellbook .cb-comment table{margin-left:0;border-collapse:collapse}
.cellbook .cb-comment :is(th,td){padding:2px 8px;border-bottom:1px solid var(--cb-line);
overflow-wrap:break-word;vertical-align:baseline}
.cellbook .cb-comment :is(th,td):not([align]){text-align:left}
.cellbook .cb-comment :is(ul,ol){padding-left:20px}
.cellbook .cb-comment math{font-size:1.15em}
.cellbook .cb-comment math[display="block"]{text-align:left;margin:4px 0}
.cellbook .cb-comment mfrac>:first-child{padding-bottom:0.15em}
.cellbook .cb-comment mfrac>:last-child{padding-top:0.15em}
.cellbook .cb-comment pre{white-space:pre-wrap;margin:4px 0;padding:4px 8px;
background:var(--cb-raised)}
.cellbook .cb-comment pre code{padding:0;background:none}
.cellbook .cb-thread blockquote{margin:4px 0;padding:0 8px;border-left:2px solid var(--cb-line);
color:var(--cb-muted)}
.cellbook .cb-thread a[data-cellbook],.cellbook .cb-thread [data-mention]{font-weight:600;
color:inherit;text-decoration:none}
.cellbook .cb-thread a[href]{color:var(--jp-content-link-color,var(--cb-better));
text-decoration:underline}
"""


class ThreadsPanel(Panel, Sequence[ThreadView]):
    """Threads, to be displayed, gone through, or taken as a table.

    Returned by :func:`cellbook.comments`: a sequence of threads, each with its ``comments``.

    Parameters
    ----------
    book
        Where the threads are.
    query
        Which: fields of a :class:`~cellbook.answers.ThreadsQuery`.
    notebook
        The notebook that they are shown in, as records name it.
    """

    def __init__(self, book: Book, query: Mapping[str, Any], notebook: str = "") -> None:
        asked = ThreadsQuery(**query)
        self.page = list_threads(Reader(book, notebook), asked)
        super().__init__(
            framed(static_html(self.page)),
            threads_text(self.page),
            lambda: _live(book, query, notebook),
        )

    def __len__(self) -> int:
        return len(self.page.threads)

    def __iter__(self) -> Iterator[ThreadView]:
        return iter(self.page.threads)

    @overload
    def __getitem__(self, place: int) -> ThreadView: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ThreadView]: ...
    def __getitem__(self, place: int | slice) -> ThreadView | Sequence[ThreadView]:
        return self.page.threads[place]

    def to_frame(self) -> pd.DataFrame:
        """Return all comments as a DataFrame: one row each, with what its thread is about."""
        import pandas  # noqa: PLC0415 - heavy

        rows = [
            {
                "thread": thread.thread_id,
                "about": thread.anchor.title,
                "resolved": thread.resolved,
                "labels": list(thread.labels),
                "author": comment.author.name,
                "time": pandas.Timestamp(comment.time, unit="ms", tz="UTC"),
                "event": comment.event,
                "text": comment.text,
            }
            for thread in self
            for comment in thread.comments
        ]
        columns = ["thread", "about", "resolved", "labels", "author", "time", "event", "text"]
        return pandas.DataFrame(rows, columns=columns)


def comments(
    target: Target | None = None,
    *,
    filter: str = "",  # noqa: A002 - what it is called everywhere else
    label: str = "",
    query: str = "",
    limit: int = 50,
) -> ThreadsPanel:
    """Return threads: to be shown, gone through, or taken as a DataFrame by ``to_frame()``.

    Parameters
    ----------
    target
        What they are about: a run (``#12``, a name, a handle), ``checkpoint:LABEL``,
        ``data:NAME``, ``board:NAME``, ``cell:ID``, ``notebook:FILE``; None for all
        of the book.
    filter
        ``open``, ``mine``, ``mentions``, ``unread``, ``orphaned`` or ``resolved``.
    label
        Only threads with this label.
    query
        Only threads with these words in them.
    limit
        At most so many: open ones first, the liveliest before.

    Raises
    ------
    NotFound
        If there is no such thing.
    InvalidInput
        If there is no such filter.
    """
    if filter not in FILTERS:
        raise InvalidInput(no_filter(str(filter)))
    book = books.open()
    if isinstance(target, (Run, RunRecord)):
        target = target.run_id
    given = {
        "scope": "book",
        "target": "" if target is None else str(target),
        "filter": filter,
        "label": label,
        "query": query,
        "limit": limit,
    }
    return ThreadsPanel(book, given, book.runs.sessions.notebook or "")


def brief_panel(thread: ThreadView | None) -> Panel:
    """Return the brief of a notebook, to be displayed."""
    if thread is None:
        said = 'This notebook has no brief yet. `%brief question="…"` begins one.'
        return Panel(framed(f'<p class="cb-note">{sentence(said)}</p>'), said)
    now = time.time_ns() // 1_000_000
    html = f"<style>{THREAD_STYLE}</style>{thread_html(thread, now)}"
    return Panel(framed(html), thread_text(thread, now))


def static_html(page: ThreadsPage) -> str:
    """Return threads as HTML that is only read."""
    if not page.threads:
        return f'<p class="cb-note">{sentence(threads_text(page))}</p>'
    now = time.time_ns() // 1_000_000
    parts = [
        f"<style>{THREAD_STYLE}</style>",
        *(thread_html(thread, now) for thread in page.threads),
    ]
    left = page.total - len(page.threads)
    if left > 0:
        parts.append(f'<p class="cb-note">… and {plural(left, "thread")} more</p>')
    return "".join(parts)


def thread_html(thread: ThreadView, now: int | None) -> str:
    """Return a thread as HTML that is only read, without its style.

    Times are told as of `now`; None tells their dates, in a page that is read much later.
    """
    told = " · ".join([*state_of(thread), short_id(thread)])
    parts = [
        f'<div class="cb-thread{"" if thread.resolved else " cb-open"}">',
        f'<div><span class="cb-strong">{escape(thread.anchor.title)}</span> '
        f'<span class="cb-faint">{escape(told)}</span></div>',
    ]
    if thread.anchor.quote:
        shown = "\n".join(thread.anchor.quote.splitlines()[:8])
        parts.append(f'<pre class="cb-source">{escape(shown)}</pre>')
    if thread.kind is ThreadKind.BRIEF:
        parts += [
            f'<div><span class="cb-muted">{shown}:</span> {escape(thread.brief[name])}</div>'
            for name, shown in BRIEF_FIELDS.items()
            if thread.brief.get(name)
        ]
    parts += [_comment_html(comment, now) for comment in thread.comments]
    return "".join([*parts, "</div>"])


def _comment_html(comment: CommentView, now: int | None) -> str:
    told = escape(happened(comment))
    said = f' <span class="cb-muted">{told}</span>' if told else ""
    when = date(comment.time)[:16] if now is None else age(comment.time, now)
    when += ", edited" if comment.edited else ""
    when += "".join(f", {one}" for one in origin_of(comment))
    head = (
        f'<span class="cb-strong">{escape(comment.author.display_name)}</span>{said} '
        f'<span class="cb-faint">{escape(when)}</span>'
    )
    if comment.reactions:
        head += " " + " ".join(f"{escape(one.emoji)} {one.count}" for one in comment.reactions)
    # It was made safe where it was made (views/markdown.py).
    body = '<span class="cb-faint">deleted</span>' if comment.deleted else comment.html
    if comment.event and not body:
        return f'<div class="cb-comment cb-muted">{head}</div>'
    return f'<div class="cb-comment">{head}<div>{body}</div></div>'


def _live(book: Book, query: Mapping[str, Any], notebook: str) -> Any:
    # ipywidgets takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live import threads_widget  # noqa: PLC0415

    whole = {**asdict(ThreadsQuery()), **query}
    return threads_widget(book, whole, notebook=notebook)
