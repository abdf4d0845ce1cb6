"""``%comment``, ``%comments``, ``%brief`` and ``%review``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from IPython.core.magic import cell_magic, magics_class
from IPython.core.magic_arguments import argument

from cellbook.errors import NotFound
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.ipython.magics.travelling import VERBS, travel
from cellbook.records import Anchor, AnchorKind, Thread, ThreadKind

_FILTERS = ("open", "mine", "mentions", "unread", "orphaned", "resolved")
_OPTION = re.compile(r"\s*--(label|to|metric|step)(?:=|\s+)(\"[^\"]*\"|\S+)")
_BARE = re.compile(r"\s*--(label|to|metric|step)=?[ \t]*(?=--|\n|$)")
_VALUES = {"label": "NAME", "to": "@NAME", "metric": "NAME", "step": "N"}
_SHAPED = re.compile(r"[ \t]*(--\w[\w-]*)")
_WORD = re.compile(r"\s*(\S+?:\"[^\"]*\"|\S+)")
_PERSON = re.compile(r"\w+")
_THREAD = "thread:"


@dataclass(slots=True)
class Said:
    """What a line of ``%comment`` says: options and target first, then the text as it is."""

    text: str
    target: str = ""
    labels: list[str] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    metric: str = ""
    step: int | None = None


@magics_class
class CommentMagics(CellbookMagics):
    """Discuss what is in the book."""

    @our_line_magic("comment")
    def comment(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Comment on this cell, or on something else: %comment [TARGET] [OPTIONS] TEXT.

        TARGET is #12 or run:NAME, metric:RUN/NAME@STEP, compare:#1,#2, checkpoint:LABEL, data:NAME,
        model:NAME/7, board:NAME, dashboard:NAME, cell:ID, notebook: (this one), or thread:ID to
        answer in a thread. Without one it is the cell that this stands in. TEXT is Markdown, as it
        is: @name mentions somebody, #12 and run:NAME are links. %%comment takes a whole cell for
        it.

        Options, before the text: --label NAME, --to @NAME (who is to see to it), and of a run
        --metric NAME and --step N, a point of its curve.

        Examples::

            %comment why is the learning rate so high here, @grace?
            %comment #12 --metric loss --step 400 --label question it jumps
            %comment run:"wide net" the one to beat
            %comment thread:7KQ2MZ1A because of the batch size
        """
        self._write(line, line.text)

    @cell_magic("comment")  # type: ignore[untyped-decorator]
    def comment_cell(self, line: str, cell: str) -> None:
        """Comment with a whole cell of Markdown; see %comment? for what its first line takes."""
        with self.answering():
            self._write(Line("%%comment", line), f"{line}\n{cell}")

    @our_line_magic(
        "comments",
        argument("words", nargs="*", metavar="TARGET", help="What they are about; see %%comment."),
        *(
            argument(f"--{name}", action="store_true", help=f"Only those that are {name}.")
            for name in ("open", "unread", "orphaned", "resolved")
        ),
        argument("--mine", action="store_true", help="Only those you began or are to see to."),
        argument("--mentions", action="store_true", help="Only those that mention you."),
        argument("--label", metavar="NAME", help="Only those with this label."),
        argument("--query", metavar="TEXT", help="Only those with these words."),
        argument("--book", action="store_true", help="Of the whole book, not of this notebook."),
        argument("--force", action="store_true", help="Export into a file that is there, as well."),
        argument("--limit", type=int, default=50, metavar="N", help="At most N threads; else 50."),
    )
    def comments(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Show threads: those of this notebook, or about something.

        %comments embed puts them into the notebook, so that the file carries them wherever it
        goes; %comments embed off takes them out. %comments export FILE writes them as .jsonld (Web
        Annotations), .md or .html; %comments import FILE takes them over from a .jsonld or an
        .ipynb.

        Examples::

            %comments
            %comments --open --label question
            %comments run:baseline
            %comments --book --unread
        """
        from cellbook.widgets.threads import ThreadsPanel  # noqa: PLC0415 - heavy

        options = parsed(type(self).comments, line, line.words())
        values = self.values(line, local)
        if options.words and str(options.words[0]) in VERBS:
            words = [values.text(word) for word in options.words]
            travel(self, line, words, self._notebook, force=options.force)
            return
        chosen = [name for name in _FILTERS if getattr(options, name)]
        if len(chosen) > 1:
            raise line.error("One filter at a time: " + " or ".join(f"--{one}" for one in chosen))
        if len(options.words) > 1:
            raise line.error("One thing at a time: put a name with spaces in quotes.")
        query = {
            "scope": "book" if options.book or not self._notebook else "notebook",
            "target": values.text(options.words[0]) if options.words else "",
            "filter": chosen[0] if chosen else "",
            "label": values.text(options.label or ""),
            "query": values.text(options.query or ""),
            "limit": options.limit,
        }
        self.show(ThreadsPanel(self.book, query, self._notebook))

    @our_line_magic("brief")
    def brief(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Show what problem this notebook is to solve, or say it.

        That is: question, owner, success_metric, target, data, deadline, decisions.

        Examples::

            %brief
            %brief question="Who will churn next month?" owner=@ada
            %brief success_metric=auc target="auc > 0.85" deadline=2026-12-01
        """
        from cellbook.answers import CHANGES, QUESTIONS, Reader  # noqa: PLC0415 - heavy
        from cellbook.answers.threads import BriefBody, BriefQuery  # noqa: PLC0415
        from cellbook.widgets.threads import brief_panel  # noqa: PLC0415

        words, values = line.words(), self.values(line, local)
        reader = Reader(self.book, self._notebook)
        for word in words:
            if not word.key:
                raise line.error(f"What is `{word}`? Write name=text, such as owner=@ada.", word.at)
        if words:
            fields = {word.key: values.text(word[len(word.key) + 1 :]) for word in words}
            CHANGES["save-brief"](reader, BriefBody(fields))
        self.show(brief_panel(QUESTIONS["brief"](reader, BriefQuery()).thread))

    @our_line_magic("review")
    def review(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Send a run or a checkpoint for review, or say what came of one.

        %review request @NAME … [TARGET] [TEXT]; without a target, of the active run.
        %review approve [TARGET] [TEXT] and %review return [TARGET] TEXT, where TARGET is the run or
        checkpoint, or thread:ID; without one, the one review that was asked of you.

        Examples::

            %review request @grace run:baseline is it good enough to ship?
            %review approve well done
            %review return run:deep the test set leaks
            %review
        """
        from cellbook.widgets.threads import ThreadsPanel  # noqa: PLC0415 - heavy

        verb, rest = _first(line.text)
        match verb:
            case "":
                query = {"scope": "book", "label": "review"}
                self.show(ThreadsPanel(self.book, query, self._notebook))
            case "request":
                self._request(line, rest)
            case "approve" | "return":
                self._judge(line, verb, rest)
            case _:
                raise line.error(f"What is `{verb}`? It is request, approve or return.", 0)

    # -- parts ---------------------------------------------------------------------------------

    @property
    def _notebook(self) -> str:
        """The notebook as records name it; empty where there is none."""
        return self.book.runs.sessions.notebook or ""

    def _write(self, line: Line, text: str) -> None:
        from cellbook.answers import find_anchor, point_of  # noqa: PLC0415 - heavy

        said = read_comment(text, line)
        threads = self.book.threads
        if said.target.startswith(_THREAD):
            if said.metric or said.step is not None:
                raise line.error("A thread has its place. --metric and --step are of a new one.")
            thread = said.target.removeprefix(_THREAD)
            found = threads.find(threads.reply(thread, said.text).thread).thread
            for label in said.labels:
                threads.label(found.thread_id, label)
            for name in said.to:
                threads.assign(found.thread_id, name)
        else:
            if said.target:
                anchor = find_anchor(self.book, said.target, self._notebook)
            else:
                anchor = self._here(line)
            if said.metric or said.step is not None:
                anchor = point_of(self.book, anchor, said.metric, said.step)
            found = threads.start(anchor, said.text, labels=said.labels, assigned=said.to)
        self.say(f"commented · {_THREAD}{found.thread_id[-8:]}")

    def _here(self, line: Line) -> Anchor:
        """Return the anchor of the cell under way; without one, that of the notebook."""
        from cellbook.answers.targets import complete  # noqa: PLC0415 - heavy

        cell = self.extension.cell()
        if cell:
            source = self.extension.cell_source()
            here = Anchor(AnchorKind.CELL, self._notebook, cell, "code", source=source)
        elif self._notebook:
            here = Anchor(AnchorKind.NOTEBOOK, self._notebook)
        else:
            raise line.error("What is it about? Name it first: %comment #12 TEXT.")
        return complete(self.book, here)

    def _request(self, line: Line, rest: str) -> None:
        from cellbook.answers import find_anchor, is_target  # noqa: PLC0415 - heavy

        of, target = [], ""
        while True:
            word, after = _first(rest)
            if word.startswith("@"):
                of.append(word.rstrip(","))
            elif is_target(word) and not target:
                target = word
            else:
                break
            rest = after
        if not of:
            raise line.error(
                f"Who is to review it? Name them first, with an @: %review request "
                f"@{word if _PERSON.fullmatch(word) else 'NAME'} run:NAME."
            )
        if not target:
            run = self.book.active_run()
            if run is None:
                raise line.error("Which run? %review request @NAME run:NAME, or checkpoint:LABEL.")
            target = run.run_id
        anchor = find_anchor(self.book, target, self._notebook)
        thread = self.book.threads.request_review(anchor, of, rest.strip())
        self.say(f"asked {', '.join(of)} for a review · {_THREAD}{thread.thread_id[-8:]}")

    def _judge(self, line: Line, verb: str, rest: str) -> None:
        from cellbook.answers import is_target  # noqa: PLC0415 - heavy

        word, after = _first(rest)
        threads = self.book.threads
        if word.startswith(_THREAD):
            thread, rest = word.removeprefix(_THREAD), after
        elif is_target(word):
            thread, rest = self._review_of(verb, word), after
        else:
            thread = _only(verb, threads.asked_of_me(), "are asked of you")
        verdict = "approved" if verb == "approve" else "returned"
        found = threads.review(thread, verdict, rest.strip())
        self.say(f"{verdict} · {_THREAD}{found.thread_id[-8:]}")

    def _review_of(self, verb: str, target: str) -> str:
        """Return the thread by which a review of something is asked for."""
        from cellbook.answers import find_anchor, is_about  # noqa: PLC0415 - heavy

        about = is_about(find_anchor(self.book, target, self._notebook))
        threads = self.book.threads
        mine = [one for one in threads.asked_of_me() if about(one.anchor)]
        # Whoever was not asked is told so.
        of_all = [
            one
            for one in threads.all()
            if one.kind is ThreadKind.REVIEW and not one.resolved and about(one.anchor)
        ]
        return _only(verb, mine or of_all, f"of {target} are open")


def _only(verb: str, reviews: Sequence[Thread], which: str) -> str:
    """Return the thread of the one review that can be meant."""
    if len(reviews) == 1:
        return reviews[0].thread_id
    raise NotFound(
        f"{len(reviews) or 'No'} reviews {which}. Name one: `%review {verb} run:NAME`, or "
        f"{_THREAD}ID; `%review` lists them."
    )


def read_comment(text: str, line: Line) -> Said:
    """Read what was written behind ``%comment``."""
    from cellbook.answers import is_target  # noqa: PLC0415 - heavy

    said = Said(text)
    while True:
        bare = _BARE.match(said.text)
        if bare is not None:
            raise line.error(f"--{bare[1]} lacks its value: --{bare[1]} {_VALUES[bare[1]]}.")
        option = _OPTION.match(said.text)
        if option is not None:
            _take_option(said, line, option[1], option[2].strip('"'))
            said.text = said.text[option.end() :]
            continue
        word, after = _first(said.text)
        if said.target or not (word.startswith(_THREAD) or is_target(word)):
            break
        said.target, said.text = word.replace('"', ""), after
    option = _SHAPED.match(said.text)
    if option is not None:
        raise line.error(
            f"There is no option `{option[1]}`. {line.magic} has --label, --to, --metric and "
            "--step; a text that begins with -- stands behind a line break, or in a whole cell."
        )
    said.text = said.text.strip("\n").strip() if "\n" not in said.text else said.text
    return said


def _take_option(said: Said, line: Line, name: str, value: str) -> None:
    match name:
        case "label":
            said.labels.append(value)
        case "to":
            said.to.append(value)
        case "metric":
            said.metric = value
        case "step":
            try:
                said.step = int(value)
            except ValueError:
                raise line.error(f"--step is a whole number, not `{value}`.") from None


def _first(text: str) -> tuple[str, str]:
    """Return the first word of a text, a name in quotes being part of it, and what follows."""
    found = _WORD.match(text)
    return (found[1], text[found.end() :]) if found else ("", "")
