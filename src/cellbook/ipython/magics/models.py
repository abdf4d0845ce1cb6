"""``%register_model`` and ``%models``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.errors import InvalidInput, NotFound
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line, Values, Word
from cellbook.records import ModelStage
from cellbook.views.model_versions import lacking_text
from cellbook.views.models_text import registered_line

_VERBS = ("alias", "stage", "approve", "reject", "check")


@magics_class
class ModelMagics(CellbookMagics):
    """Register models, and look after their versions."""

    completed: ClassVar[tuple[str, ...]] = ("models", "register_model")

    def complete(self, before: Sequence[str], begun: str) -> list[str]:
        """Return options, names of models and versions, and what may stand behind an option."""
        last = before[-1] if before else ""
        if last == "--stage":
            return list(ModelStage)
        known = self.book.models.all()
        aliases = sorted({alias for told in known for alias in told.model.aliases})
        if last == "--alias":
            return aliases
        if last in ("--approve", "--reject"):
            return [*ModelStage, *(f"@{alias}" for alias in aliases)]
        if begun.startswith("-"):
            return [f"--{verb}" for verb in _VERBS] + [
                "--evidence",
                "--example",
                "--reason",
                "--reference",
            ]
        names = [told.model.name for told in known]
        return names + [one.label for told in known for one in told.versions]

    @our_line_magic(
        "register_model",
        argument("words", nargs="*", metavar="NAME [VARIABLE|PATH]", help="As what, and what."),
        argument("--example", metavar="EXPRESSION", help="Some of its input."),
        argument("--reference", metavar="EXPRESSION", help="The table that it was trained on."),
        argument("--alias", metavar="ALIAS", help="A word that leads to it from now on."),
        argument("--from", dest="derived", action="append", metavar="VERSION", help="Its origin."),
        argument("--method", metavar="METHOD", help="What predicts, such as predict_proba."),
        argument("--description", default="", metavar="TEXT", help="What it is for."),
        argument("--source", default="", metavar="TEXT", help="Of files: where they came from."),
        argument("--licence", "--license", default="", metavar="TEXT", help="Of files."),
    )
    def register_model(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Register a model under a name, as made by the open run.

        NAME alone is the variable of that name; else the name, then a variable, an expression in
        braces, or a path: a bundle, or files of a model that others made, which are never run.

        Examples::

            %register_model model --example X[:50]
            %register_model wine model --example X --alias champion
            %register_model wine {search.best_estimator_} --method predict_proba --example X
            %register_model bert models--google--bert --licence apache-2.0
        """
        options = parsed(type(self).register_model, line, line.words())
        values = self.values(line, local)
        name, model = self._model(line, values, options.words)
        book = self.book
        began = {one.version_id for one in _versions(book, name)}
        alias = None if options.alias is None else values.text(options.alias)
        derived = [values.text(one) for one in options.derived or ()]
        if isinstance(model, Path):
            version = book.models.register(
                model, name, alias=alias, derived_from=derived,
                origin=values.text(options.source), licence=values.text(options.licence),
            )  # fmt: skip
        else:
            example, reference = options.example, options.reference
            version = book.models.log(
                model, name, alias=alias, derived_from=derived,
                method=None if options.method is None else values.text(options.method),
                description=values.text(options.description),
                input_example=None if example is None else values.expression(
                    example.removeprefix("{").removesuffix("}"), 0
                ),
                reference=None if reference is None else values.expression(
                    reference.removeprefix("{").removesuffix("}"), 0
                ),
            )  # fmt: skip
        is_new = version.version_id not in began
        self.say(registered_line(version.label, is_new, version.aliases, version.size))
        if is_new and (lacking := lacking_text(book.store, version)):
            self.say(f"It {lacking}. Register it with --example X[:50], or any of its input.")

    @our_line_magic(
        "models",
        argument("words", nargs="*", metavar="NAME[/7]", help="A model, or versions."),
        argument("--alias", metavar="ALIAS", help="Let an alias lead to it."),
        argument("--stage", metavar="STAGE", help="Bring it to a stage."),
        argument("--approve", metavar="TARGET", help="Approve of it for a stage or an @alias."),
        argument("--reject", metavar="TARGET", help="Refuse it, or take an approval back."),
        argument("--check", action="store_true", help="Build it anew and run its tests."),
        argument("--reason", default="", metavar="TEXT", help="Why."),
        argument("--evidence", action="append", default=[], metavar="WHAT", help="On what."),
    )
    def models(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """List models, show one, a version, or versions side by side; move aliases and stages.

        Evidence is board:NAME, check, thread:ID or run:NAME.

        Examples::

            %models
            %models wine
            %models wine/6 wine/7
            %models wine/7 --alias champion --reason "It is better on this year's harvest"
            %models wine/7 --check
            %models wine/7 --approve production --reason "Best by far" --evidence board:best
            %models wine/7 --stage production
        """
        from cellbook.widgets.models import models_panel  # noqa: PLC0415 - heavy

        options = parsed(type(self).models, line, line.words())
        values = self.values(line, local)
        targets = [values.text(word, word.at) for word in options.words]
        verbs = [verb for verb in _VERBS if getattr(options, verb)]
        if not verbs:
            self.show(models_panel(self.book, targets))
            return
        if len(targets) != 1:
            raise line.error(f"Which version? Name one: %models NAME/7 --{verbs[0]} …")
        if len(verbs) > 1:
            raise line.error("One thing at a time: " + " or ".join(f"--{verb}" for verb in verbs))
        self._do(verbs[0], targets[0], values, options)

    def _do(self, verb: str, target: str, values: Values, options: Any) -> None:
        models, reason = self.book.models, values.text(options.reason)
        version = models.find(target)
        if verb == "alias":
            moved = models.set_alias(version.version_id, values.text(options.alias), reason=reason)
            self.say(f"{moved.label} · {', '.join(f'@{alias}' for alias in moved.aliases)}")
        elif verb == "stage":
            moved = models.move_stage(version.version_id, values.text(options.stage), reason=reason)
            self.say(f"{moved.label} is in {moved.stage.value} now")
            if moved.stage is ModelStage.PRODUCTION and (doubt := models.untested(moved)):
                self.say(doubt)
        elif verb == "check":
            # It takes minutes where packages are installed: each step is said as it begins.
            found = models.check_version(version.version_id, say=print)
            wrong = found.problem or "; ".join(f"{name}: {why}" for name, why in found.tests if why)
            well = "passed" if found.tests else "loads; no tests"
            self.say(f"check of {version.label}: {well if found.passed else f'failed: {wrong}'}")
        else:
            approved = verb == "approve"
            event = models.approve(
                version.version_id, values.text(getattr(options, verb)), reason=reason,
                evidence=[values.text(one) for one in options.evidence], approved=approved,
            )  # fmt: skip
            word = "approves of" if approved else "refuses"
            self.say(f"{event.by} {word} {version.label} for {event.subject}")
            if doubt := models.not_counted(event):
                self.say(doubt)

    def _model(self, line: Line, values: Values, words: list[Word]) -> tuple[str, Any]:
        if not words or len(words) > 2:
            raise line.error(
                "Register what? Write %register_model NAME, %register_model NAME VARIABLE or "
                "%register_model NAME PATH."
            )
        word = words[-1]
        if word.raw[:1] == "{" and len(words) == 1:
            raise line.error("What is it called? Write %register_model NAME {expression}", word.at)
        name = values.text(words[0], words[0].at)
        if word.raw[:1] == "{":
            return name, values.value(word)
        text = values.text(str(word), word.at)
        if values.is_expression(word.raw) and not (len(words) == 2 and _is_path(text)):
            return name, values.expression(word.raw, word.at)
        if Path(text).expanduser().exists():
            return (Path(text).name if len(words) == 1 else name), Path(text).expanduser()
        raise line.error(f"There is no variable and no file `{text}`.", word.at)


def _is_path(text: str) -> bool:
    return not text.isidentifier() and Path(text).expanduser().exists()


def _versions(book: Any, name: str) -> Sequence[Any]:
    try:
        return book.models.told(name).versions  # type: ignore[no-any-return]
    except (NotFound, InvalidInput):
        return ()
