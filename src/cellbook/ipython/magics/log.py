"""``%log``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.ipython.saying import start_line
from cellbook.tracking import Run, sort_values


@magics_class
class LogMagics(CellbookMagics):
    """Log to the open run."""

    @our_line_magic(
        "log",
        argument("words", nargs="*", metavar="key=value", help="What to log."),
        argument("--step", metavar="N", help="The metrics' step; else one more than the last."),
        argument("--verbose", action="store_true", help="Say what was logged as what."),
    )
    def log(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Log to the open run: numbers as metrics; text, booleans and collections as params.

        A value is a literal, a name, or an expression in braces. Where no run is open, one is
        started.

        Examples::

            %log acc=0.95 loss=loss
            %log acc={scores.mean()} --step {epoch}
            %log optimizer="adam" --verbose
        """
        options = parsed(type(self).log, line, line.words())
        for word in options.words:
            if not word.key:
                raise line.error(f"What is `{word}`? Write key=value, without spaces.", word.at)
        if not options.words:
            raise line.error("Nothing to log. Write for instance %log acc=0.95")
        values = self.values(line, local, strict=True)
        metrics, params = sort_values(values.assigned(options.words))
        step = None if options.step is None else self._step(line, values.text(options.step))
        run = self.book.active_run() or self.book.runs.draft(self._tell_start)
        if metrics:
            run.log_metrics(metrics, step)
        if params:
            run.log_params(params)
        for hint in _hints(run, metrics, params, step):
            self.say(hint)
        if options.verbose:
            kinds = (("metrics", metrics), ("params", params))
            said = [f"{kind} {', '.join(keys)}" for kind, keys in kinds if keys]
            self.say(" · ".join([f"run {run.name}", *said]))

    def _tell_start(self, run: Run) -> None:
        self.say(*start_line(run, "was started by this %log; %end_run ends it"))

    @staticmethod
    def _step(line: Line, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise line.error(f"The step {text!r} is no whole number.") from None


def _hints(
    run: Run, metrics: Mapping[str, float], params: Mapping[str, Any], step: int | None
) -> Iterator[str]:
    """Give a sentence for each value that was logged as something else than was probably meant."""
    for key, value in params.items():
        if isinstance(value, str) and (_is_number(value) or run.has_metric(key)):
            wanted = value if _is_number(value) else "0.5"
            yield f"{key!r} is text, so it became a param; for a metric write %log {key}={wanted}"
    if "step" in metrics and len(metrics) > 1 and step is None:
        yield (
            "A metric named 'step' was logged; for the step of the others write "
            f"--step {metrics['step']:g}"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
