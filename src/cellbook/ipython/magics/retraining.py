"""``%retrain``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.ipython.magics.reproducing import Progress, number_of


@magics_class
class RetrainMagics(CellbookMagics):
    """Train registered models anew."""

    @our_line_magic(
        "retrain",
        argument("words", nargs="*", metavar="NAME", help="Of a registered model."),
        argument("--on", default="", metavar="RULE", help="Only where predictions break it."),
        argument("--run", metavar="RUN", help="run:NAME, #12 or notebook:PATH."),
        argument("--holdout", metavar="DATA", help="data:NAME@2, which judges both."),
        argument("--label", default="", metavar="COLUMN", help="Of the holdout."),
        argument("--alias", default="champion", metavar="WORD", help="What the winner has."),
        argument("--metric", default="accuracy", metavar="METRIC", help="That judges."),
        argument("--margin", metavar="GAIN", help="How much better it must be."),
        argument("--surely", action="store_true", help="The gain's whole interval must be."),
        argument("--param", action="append", metavar="NAME=VALUE", help="In place of the cells'."),
        argument("--endpoint", default="", metavar="NAME", help="Whose predictions."),
        argument("--data", default="", metavar="DATA", help="That drift is measured from."),
        argument("--dry-run", action="store_true", help="Say what would be done, do nothing."),
        argument("--history", action="store_true", help="What was retrained, and why."),
        argument("--limit", metavar="SECONDS", help="Give up after so long."),
        argument("--trust", action="store_true", help="Also where it is somebody else's code."),
    )
    def retrain(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Train a model anew in a fresh kernel; what is better on the holdout takes the alias.

        Examples::

            %retrain credit --run run:train --holdout data:holdout@1 --param path=new.csv
            %retrain credit --on "accuracy < 0.9 for 3 of 5" --run #12 --holdout data:holdout@1
            %retrain --history
        """
        # It starts kernels and reads predictions, which few sessions do.
        from cellbook.records import RetrainingPlan  # noqa: PLC0415
        from cellbook.reproducing.parameters import read_param  # noqa: PLC0415
        from cellbook.retraining import (  # noqa: PLC0415
            Retrainings,
            rehearse,
            retrain,
            retrain_where_due,
            why_not,
        )
        from cellbook.retraining.telling import (  # noqa: PLC0415
            outcome_text,
            rehearsal_text,
            retrainings_frame,
        )

        options = parsed(type(self).retrain, line, line.words())
        values = self.values(line, local)
        words = [values.text(word) for word in options.words]
        if options.history:
            found = Retrainings(self.book).all(*words[:1])
            if not found:
                how = "`%retrain NAME --run run:NAME --holdout data:NAME@2` does it."
                self.say(f"No model was retrained yet. {how}")
            else:
                self.show(retrainings_frame(self.book, found))
            return
        if len(words) != 1 or not options.run or not options.holdout:
            raise line.error("It is `%retrain NAME --run run:NAME --holdout data:NAME@2`.")
        plan = RetrainingPlan(
            words[0], values.text(options.run), values.text(options.holdout), on=options.on,
            alias=options.alias, metric=options.metric,
            margin=number_of(line, options.margin, "--margin") or 0.0, surely=options.surely,
            label=options.label, endpoint=options.endpoint, data=options.data,
            params=dict(read_param(values.text(one)) for one in options.param or ()),
        )  # fmt: skip
        shown = Progress(self)
        if options.dry_run:
            shown.tell(rehearsal_text(rehearse(self.book, plan, trust=options.trust)))
            return
        limit = number_of(line, options.limit, "--limit")
        go = retrain_where_due if plan.on else retrain
        done = go(self.book, plan, limit=limit, trust=options.trust, tell=shown.tell)
        shown.tell(
            f"{plan.model} is not retrained: {why_not(self.book, plan)}"
            if done is None
            else outcome_text(self.book, done)
        )
