"""``%serve``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.errors import CellbookError, InvalidInput, MissingDependency, NotFound
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line

if TYPE_CHECKING:
    from cellbook.records.deployment import Deployment
    from cellbook.serving.beside import Beside

_SHARES = {"canary": 10.0, "ab": 50.0, "shadow": 100.0}
"""Percent of the requests that another model has, where nobody says how many."""


@magics_class
class ServeMagics(CellbookMagics):
    """Serve a model beside the kernel."""

    completed: ClassVar[tuple[str, ...]] = ("serve",)
    mistakes: ClassVar[tuple[type[CellbookError], ...]] = (
        InvalidInput,
        MissingDependency,
        NotFound,
    )

    def __init__(self, extension: Any) -> None:
        super().__init__(extension)
        self._served: dict[str, Beside] = {}
        self._metrics: dict[str, str] = {}

    def complete(self, before: Sequence[str], begun: str) -> list[str]:
        """Return options, and versions of models."""
        if begun.startswith("-"):
            told = "canary ab shadow share metric rollback promote stop record sample trust workers"
            return [f"--{name}" for name in told.split()]
        known = self.book.models.all()
        names = [told.model.name for told in known]
        aliases = [f"{told.model.name}@{alias}" for told in known for alias in told.model.aliases]
        return names + aliases

    @our_line_magic(
        "serve",
        argument("words", nargs="*", metavar="MODEL", help="A bundle, version, or deployment."),
        argument("--name", help="What the endpoint is called."),
        argument("--port", type=int, default=0, help="0 for any that is free."),
        argument("--workers", type=int, default=1, help="How many processes answer."),
        argument("--trust", action="store_true", help="Let code in it run, as a pickle is."),
        argument("--record", action="store_true", help="Keep predictions in the book."),
        argument("--sample", type=float, default=1.0, help="The share that --record keeps."),
        argument("--canary", metavar="MODEL", help="Let another model answer a few."),
        argument("--ab", metavar="MODEL", help="Let another model answer side by side."),
        argument("--shadow", metavar="MODEL", help="Ask another model, too; nobody hears it."),
        argument("--share", type=float, metavar="PERCENT", help="Of the other; 10, 50, or 100."),
        argument("--metric", metavar="NAME", help="What outcomes are; accuracy is of labels."),
        argument("--rollback", action="store_true", help="Bring back what was before."),
        argument("--promote", metavar="ARM", help="Let one arm's model answer everybody."),
        argument("--stop", action="store_true", help="End what was served."),
    )
    def serve(self, line: Line, local: Mapping[str, Any] | None) -> Any:
        """Answer requests with a packaged model, in a process that ends with the kernel.

        The cell is done at once; the model is being loaded then.  A panel shows who answers, and
        which arm does better.  What the line gives is the server, whose `wait()` waits until it
        answers, and `stop()` ends it.  The same model served again takes the place of what was;
        with --canary, --ab, --shadow, --promote or --rollback it goes on, at the same address.

        Examples::

            %serve wine/
            %serve models:/wine@champion --record
            %serve wine@champion --canary wine@challenger --share 5
            %serve wine@champion --ab wine@challenger --metric accuracy
            %serve wine@champion --rollback
            server = %serve wine.json --workers 2
            %serve wine/ --stop
        """
        options = parsed(type(self).serve, line, line.words())
        values = self.values(line, local)
        words = [values.text(word) for word in options.words]
        if len(words) > 1 or not (words or options.stop):
            raise line.error("It is `%serve MODEL`: name one bundle, version or deployment.")
        if options.stop:
            for model in words or list(self._served):
                if former := self._served.pop(model, None):
                    former.stop()
            self.say(f"{words[0] if words else 'everything'} is served no more")
            return None
        from cellbook.in_service import deployed_name, model_of  # noqa: PLC0415 - heavy

        (model,) = words
        change = self._change(line, options, values.text)
        served = self._served.get(model)
        if options.metric is not None:
            self._metrics[model] = values.text(options.metric)
        if served is not None and served.server.alive and change is not None:
            served.change(change)
            self.say(f"{model} is changed, and answers at {served.server.url} as before")
        else:
            if options.rollback or options.promote is not None:
                raise line.error(f"{model} is not served here. `%serve {model}` does so.")
            # What the book does not know fails this cell, not the server seconds later.
            deployed_name(model, self.book.url)
            if not model_of(model) and not Path(model).exists():
                raise NotFound(f"There is no bundle, version or deployment {model}.")
            if served is not None:
                self._served.pop(model).stop()
            served = self._served[model] = self._start(model, options, change)
        self._show(model, served)
        # The panel has the address: a line that ends with this shows it no second time.
        bare = self.extension.cell_source().rstrip().rpartition("\n")[2].lstrip()
        return None if bare.startswith("%serve") else served.server

    def _start(
        self, model: str, options: Any, change: Callable[[Deployment], Deployment] | None
    ) -> Beside:
        from cellbook.in_service import names, recording  # noqa: PLC0415 - heavy
        from cellbook.serving import Settings  # noqa: PLC0415 - heavy
        from cellbook.serving.beside import Beside  # noqa: PLC0415

        url = self.book.url
        settings = Settings(
            port=options.port, workers=options.workers, trust=options.trust, resolver=names(url),
            log=recording(url, options.sample) if options.record else None,
        )  # fmt: skip
        return Beside(model, settings, name=options.name, change=change)

    def _change(
        self, line: Line, options: Any, text: Callable[[Any], str]
    ) -> Callable[[Deployment], Deployment] | None:
        """Return what is to become of the deployment; None where it stays."""
        from cellbook.in_service import deployed_name  # noqa: PLC0415 - heavy
        from cellbook.serving import canary, promote, rollback, shadow, split  # noqa: PLC0415

        given = [
            name
            for name in (*_SHARES, "promote", "rollback")
            if getattr(options, name) not in (None, False)
        ]
        if len(given) > 1:
            raise line.error("One thing at a time: " + " or ".join(f"--{one}" for one in given))
        if options.share is not None and (not given or given[0] not in _SHARES):
            raise line.error("--share is of --canary, --ab or --shadow.")
        if not given:
            return None
        if options.rollback:
            return rollback
        if options.promote is not None:
            arm = text(options.promote)
            return lambda deployment: promote(deployment, arm)
        (strategy,) = given
        share = _SHARES[strategy] if options.share is None else options.share
        if not 0 < share <= 100:
            raise line.error(f"{share:g} is no percentage. Give one above 0, up to 100.")
        other = deployed_name(text(getattr(options, strategy)), self.book.url)
        changes: dict[str, Callable[[Deployment], Deployment]] = {
            "canary": lambda deployment: canary(deployment, other, share),
            "ab": lambda deployment: split(
                deployment, {"b": other}, {"champion": 100 - share, "b": share}
            ),
            "shadow": lambda deployment: shadow(deployment, other, share=share / 100),
        }
        return changes[strategy]

    def _show(self, model: str, served: Beside) -> None:
        from cellbook.answers.endpoints import OUTCOME  # noqa: PLC0415 - heavy
        from cellbook.widgets.serving import serving_panel  # noqa: PLC0415 - heavy

        self.show(serving_panel(self.book, served, self._metrics.get(model, OUTCOME)))
