"""What one execution needs of those before it, and what it does to what names stand for."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cellbook.capture import known
from cellbook.capture.bindings import Binding, join, reach
from cellbook.capture.calls import Call
from cellbook.capture.files import Names, Written
from cellbook.capture.flows import Flows, flows_of
from cellbook.capture.judging import About, Judge
from cellbook.capture.kinds import ITERATOR, PLAIN
from cellbook.capture.known import Kind, kind_of
from cellbook.capture.names import CellNames, analyse
from cellbook.capture.process import FIGURES
from cellbook.records import CellExecution, CellState
from cellbook.records.words import words

_KNOWN = frozenset(dir(builtins)) | words(
    "__name__ __file__ __doc__ __builtins__ display exit get_ipython quit"
)
_LAST_RESULT = re.compile(r"_{1,3}|_\d+|Out|In|_i+|_i\d+|_ih|_oh")
_NO_SETTING = re.compile(r"(?:matplotlib\.pyplot|seaborn|plotly|altair|bokeh|time)\b")
"""Modules whose state shows only in what uses them by name."""
_GIVES_NEW = re.compile(
    r"(?:catboost|collections|copy|datasets|datetime|decimal|fractions|functools|itertools|jax|json"
    r"|keras|lightgbm|math|networkx|numpy|pandas|pathlib|polars|pyarrow|re|scipy|sklearn"
    r"|statistics|statsmodels|string|tensorflow|torch|torchvision|transformers|xgboost)(?:[.:]|$)"
)
"""Libraries of which two calls give two objects that share nothing with each other."""
_NEVER_OWN = known.STEADY - {Kind.CODE} | {Kind.ESTIMATOR, Kind.FIGURE, Kind.GENERATOR}
_US = re.compile(r"cellbook\b")


@dataclass(slots=True)
class Flow:
    """What the executions of a session have done so far; places count them from 0."""

    names: dict[str, Binding] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    figures: Binding = field(default_factory=Binding)
    """What pyplot draws in."""
    modules: dict[str, set[int]] = field(default_factory=dict)
    """Libraries of which nothing is known: who used them."""
    unjudged: dict[int, str] = field(default_factory=dict)
    """Executions that may do what is not seen, and what they call."""
    setting: set[int] = field(default_factory=set)
    drawn: dict[str, set[int]] = field(default_factory=dict)
    unseen: set[int] = field(default_factory=set)
    """Executions that may have bound any name."""
    last_result: set[int] = field(default_factory=set)


class Step:
    """What one execution does to the bindings."""

    def __init__(self, flow: Flow, place: int, execution: CellExecution) -> None:
        self.flow = flow
        self.place = place
        self.execution = execution
        self.names: CellNames = analyse(execution.source)
        self.flows: Flows = flows_of(execution.source)
        self.bindings = flow.names
        self.needs: set[int] = set()
        self.doubts: dict[str, None] = {}
        number = execution.execution_count
        self.label = f"cell [{execution.order if number is None else number}]"
        self.binds: dict[str, None] = {}
        """Names that functions which it can reach may bind."""
        self.changes: dict[str, None] = {}
        self._replaced: dict[str, Binding] = {}
        self._groups: tuple[tuple[str, ...], ...] = ()
        self._known: dict[str, tuple[About, ...]] = {}
        self.late_calls: dict[Call, None] = {}
        self.opaque = self.flows.opaque
        self.judge = Judge(self._about)

    def run(self) -> None:
        """Find what it needs, then note what it did."""
        names, flows, flow = self.names, self.flows, self.flow
        failed = self.execution.state is not CellState.OK
        if names.note.startswith("not analysed") and not failed:
            # The shell made something of it: a command, a macro.
            self.opaque = f"what was {names.note}"
            flow.setting.add(self.place)
        imported = names.imports
        reads = dict.fromkeys(name for name in self.execution.reads if name not in names.deferred)
        reads.update(dict.fromkeys(name for name in names.reads if name not in names.deferred))
        reads.update(dict.fromkeys(n for n in names.shadowable if n in self.bindings))
        reads.update(dict.fromkeys(name for name in flows.altered if name in self.bindings))
        self.needs |= flow.setting
        calls = dict.fromkeys(flows.calls)
        self._take_late_of_own(calls)
        found = self._with_late(reads)
        for name in found:
            self._read(name)
        self._judge({**calls, **self.late_calls})
        self._called([*calls, *self.late_calls])
        changed = {*flows.altered, *self.changes, *self.judge.changes}
        changed.update(self._changed_by_names())
        changed.update(name for name in flows.entered if not self._module(name))
        changed.update(name for name in flows.iterated if self._is_iterator(name))
        changed.update(self._touched(found))
        changed.update(self._learning((*calls, *self.late_calls)))
        changed.update(self._drawing({**calls, **self.late_calls}))
        # Cellbook keeps nothing of what it is told that other code would see.
        changed = {name for name in changed if not self._ours(name)}
        for name in changed:
            if name in self.bindings:
                self._read(name)
        if self.judge.plots:
            self.needs |= flow.figures.made
        before = {name: self.bindings[name] for name in changed if name in self.bindings}
        # -- what it binds
        bound = dict.fromkeys(
            name for name in (*names.writes, *self.binds) if name not in names.changed
        )
        for name in bound:
            self._bind(name, sure=name in names.sure and not failed)
        for holder, source, both in flows.links:
            self._link(holder, source, both)
        self._draw(changed)
        for caller in self._groups:
            for name in caller[1:]:
                self._link(caller[0], name, True)
        for name in changed:
            for binding in (before.get(name), self.bindings.get(name)):
                if binding is not None:
                    self._mark(binding)
            module = imported.get(name) or self._module(name)
            if module and not _NO_SETTING.match(module):
                flow.setting.add(self.place)
        for name in flows.tracked:
            if name in self.bindings:
                self._mark(self.bindings[name])
        self._beyond_names()
        if failed:
            how = "was interrupted" if self.execution.state is CellState.INTERRUPTED else "failed"
            self.doubts[f"{self.label} {how}: how far it came is not known"] = None

    # -- needs ---------------------------------------------------------------------------------

    def _with_late(self, reads: Iterable[str]) -> list[str]:
        """Return the names that are read, those by functions that may be called too."""
        found = dict.fromkeys(reads)
        pending = list(found)
        seen: set[Binding] = set()
        for name in pending:
            binding = self.bindings.get(name)
            if binding is None:
                continue
            for reached in reach(binding, seen):
                if reached.effects is not None:
                    self.binds.update(dict.fromkeys(reached.effects.binds))
                    self.changes.update(dict.fromkeys(reached.effects.changes))
                self.late_calls.update(dict.fromkeys(reached.calls))
                self.opaque = self.opaque or reached.opaque
                for late in reached.late:
                    if late not in found:
                        found[late] = None
                        pending.append(late)
        return pending

    def _read(self, name: str) -> None:
        binding = self.bindings.get(name)
        if binding is not None:
            self.needs |= binding.made
            if self.flow.modules:
                top = known.top_of(binding.module or binding.text)
                self.needs |= self.flow.modules.get(top, set())
            return
        if _LAST_RESULT.fullmatch(name):
            self.needs |= self.flow.last_result
            self.doubts[f"{self.label} uses `{name}`, what other cells returned"] = None
        elif self.flow.unseen:
            self.needs |= self.flow.unseen
        elif name not in _KNOWN and name not in self.names.sure:
            self.doubts[f"{self.label} uses `{name}`, which no cell on record has made"] = None

    def _take_late_of_own(self, calls: dict[Call, None]) -> None:
        """Add what functions of this very cell call, where it may call them."""
        flows = self.flows
        if not flows.late_calls:
            return
        pending = [name for call in calls for name in (*call.owners, *call.mentions)]
        seen: set[str] = set()
        for name in pending:
            if name in seen or name not in flows.late_calls:
                continue
            seen.add(name)
            self.opaque = self.opaque or flows.late_opaque.get(name, "")
            for call in flows.late_calls[name]:
                calls[call] = None
                pending += [*call.owners, *call.mentions]

    def _about(self, name: str) -> tuple[About, ...]:
        """Tell the judge what a name stands for as the cell begins, and at its end."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._told(name)
        return found

    def _told(self, name: str) -> tuple[About, ...]:
        module = self.names.imports.get(name, "")
        if module:
            return (About(True, module),)
        binding = self.bindings.get(name)
        binds = name in self.names.writes and name not in self.names.changed
        new = (self._about_new(name),) if binds else ()
        if binding is None:
            return new or (About(),)
        before = About(
            True,
            binding.module,
            binding.kind,
            binding.text,
            self._is_own(name),
            frozenset(one for other in reach(binding, set()) for one in other.methods),
            binding.risky,
            binding.literal,
            binding.draws,
            binding.coded and not binding.alters,
        )
        return (before, *(one for one in new if one.text != before.text or not one.text))

    def _about_new(self, name: str) -> About:
        """Tell of what a name stands for that the cell itself binds."""
        text, unsteady = self._text(name), name in self.flows.unsteady
        kind = kind_of(text)
        if unsteady and kind in (Kind.PLAIN, Kind.ITERATOR):
            # It may have stood for other things before the cell's end.
            text, kind = "", Kind.UNKNOWN
        return About(
            True,
            kind=kind,
            text=text,
            own=name in self.flows.coded,
            looks=name in self.flows.coded and name not in self.flows.alters,
            literal=None if unsteady else self.names.literals.get(name),
            risky=name in self.flows.risky,
            draws=name in self.flows.drawers,
            methods=self.flows.methods.get(name, frozenset()),
        )

    def _text(self, name: str) -> str:
        return (self.execution.kinds or {}).get(name, "")

    def _is_own(self, name: str) -> bool:
        """Whether code of the notebook may be behind what a name stands for."""
        binding = self.bindings.get(name)
        if binding is None or binding.kind in _NEVER_OWN:
            return False
        return any(one.coded and one.alters for one in reach(binding, set()))

    def _judge(self, calls: Iterable[Call]) -> None:
        """Judge what is called; needs what was done to the libraries of which nothing is known."""
        flow, judge = self.flow, self.judge
        for call in calls:
            judge.take(call)
        if judge.unknown:
            flow.unjudged[self.place] = f"{self.label} ({', '.join(judge.unknown)})"
        for module in self.names.imports.values():
            top = known.top_of(module)
            if not known.is_known(top):
                self.needs |= flow.modules.get(top, set())
                judge.reads.append(Names(frozenset((f"{top}.py", top))))
        for top in judge.modules:
            self.needs |= flow.modules.get(top, set())

    def _changed_by_names(self) -> list[str]:
        """Return what the names alone tell to be changed, and no judged call explains."""
        called = {name for call in self.flows.calls for name in call.owners}
        inside = {name for one in self.names.effects.values() for name in one.changes}
        return [name for name in self.names.changed if name not in called or name in inside]

    def _learning(self, calls: Iterable[Call]) -> list[str]:
        """Return what a gradient may flow back to: all that it is not known of."""
        if not any(call.called == "backward" for call in calls):
            return []
        return [
            name
            for name, binding in self.bindings.items()
            if binding.kind in (Kind.OTHER, Kind.UNKNOWN, Kind.TENSOR)
            and not binding.module
            and not binding.coded
        ]

    def _touched(self, names: Iterable[str]) -> list[str]:
        """Return those that may change where they are only looked at."""
        return [
            name
            for name in names
            if (binding := self.bindings.get(name)) is not None
            and binding.kind not in known.STEADY
            and (binding.text in known.TOUCHY or any(one.touchy for one in reach(binding, set())))
        ]

    def _drawing(self, calls: Iterable[Call]) -> list[str]:
        """Return the random generators that are held by what is called or given."""
        generators = {
            name: binding
            for name, binding in self.bindings.items()
            if binding.kind is Kind.GENERATOR
        }
        if not generators:
            return []
        used = {
            id(self.bindings[name])
            for call in calls
            for name in (*call.owners, *call.given)
            if name in self.bindings and not self.bindings[name].module
        }
        return [
            name
            for name, binding in generators.items()
            if any(id(one) in used for one in reach(binding, set()))
        ]

    def _called(self, calls: Iterable[Call]) -> None:
        """Functions of the notebook may change what they are given, and keep it."""
        groups = []
        for call in calls:
            for name in call.owners:
                binding = self.bindings.get(name)
                if name not in self.flows.alters and not self._is_own(name):
                    continue
                if (
                    binding is not None
                    and binding.kind is Kind.CONTAINER
                    and call.path
                    and not call.path.startswith("?")
                ):
                    continue
                kept = [*call.given, *self.changes] if binding is not None else [*call.given]
                group = tuple(dict.fromkeys([name, *kept]))
                groups.append(group)
                self.changes.update(dict.fromkeys(group))
        self._groups = tuple(groups)

    def _draw(self, changed: Iterable[str]) -> None:
        """Note what shares a figure with pyplot; whoever draws changes that."""
        if not self.judge.plots:
            return
        drawn = (Kind.FIGURE, Kind.UNKNOWN, Kind.CONTAINER, Kind.OTHER)
        for name in (*self.names.writes, *changed):
            binding = self.bindings.get(name)
            if binding is not None and binding.kind in drawn and not binding.module:
                join(binding, self.flow.figures, both=True)
        self._mark(self.flow.figures)

    def _module(self, name: str) -> str:
        binding = self.bindings.get(name)
        return "" if binding is None else binding.module

    def _ours(self, name: str) -> bool:
        return bool(_US.match(self.names.imports.get(name) or self._module(name)))

    def _is_iterator(self, name: str) -> bool:
        binding = self.bindings.get(name)
        return binding is not None and binding.iterator

    # -- effects -------------------------------------------------------------------------------

    def _bind(self, name: str, *, sure: bool) -> None:
        former = self.bindings.get(name)
        names, flows, kinds = self.names, self.flows, self.execution.kinds
        new = Binding({self.place})
        new.coded = name in flows.coded
        new.alters = name in flows.alters
        new.draws = name in flows.drawers
        new.late = (*names.late.get(name, ()), *flows.late.get(name, ()))
        new.effects = names.effects.get(name)
        new.module = names.imports.get(name, "")
        new.calls = flows.late_calls.get(name, ())
        new.opaque = flows.late_opaque.get(name, "")
        new.touchy = name in flows.touchy
        new.methods = flows.methods.get(name, frozenset())
        new.risky = name in flows.risky
        new.text = "" if name in self.binds else self._text(name)
        new.kind = kind_of(new.text)
        new.literal = names.literals.get(name) if sure else None
        if kinds is not None and name not in flows.unsteady and name not in self.binds:
            new.plain = kinds.get(name) == PLAIN
            new.iterator = kinds.get(name) == ITERATOR
        else:
            new.iterator = name in flows.iterators or (kinds or {}).get(name) == ITERATOR
        if new.kind in (Kind.DATA, Kind.ARRAY):
            new.iterator = False
        if former is not None and not sure:
            self.needs |= former.made
            new.made |= former.made
            new.late = (*new.late, *former.late)
            new.coded, new.alters = new.coded or former.coded, new.alters or former.alters
            new.effects = new.effects or former.effects
            new.calls = (*new.calls, *former.calls)
            new.opaque = new.opaque or former.opaque
            new.touchy, new.risky = new.touchy or former.touchy, new.risky or former.risky
            new.iterator = new.iterator or former.iterator
            if not former.plain:
                new.plain = False
                join(new, former, both=True)
        elif former is not None:
            # A cell may hand on what the name stood for before: `b = a; a = []`.
            self._replaced.setdefault(name, former)
        self.bindings[name] = new

    def _link(self, holder: str, source: str, both: bool) -> None:
        if self._ours(holder) or self._ours(source):
            return
        if (holder, source) in self.flows.makers:
            # A library's function gives an object of its own; `plt.gca()` does not.
            modules = [self.names.imports.get(one) or self._module(one) for one in (holder, source)]
            if any(map(_GIVES_NEW.match, modules)):
                return
        for one in self._versions(holder):
            for other in self._versions(source):
                if (
                    one is not other
                    and not one.plain
                    and not other.plain
                    and known.may_hold(one.kind, other.kind)
                    and not one.module.startswith(known.PYPLOT)
                    and not other.module.startswith(known.PYPLOT)
                ):
                    join(one, other, both=both)

    def _versions(self, name: str) -> list[Binding]:
        """Return what a name stands for, and stood for as the cell began."""
        found = [self.bindings.get(name), self._replaced.get(name)]
        return [one for one in found if one is not None]

    def _mark(self, binding: Binding) -> None:
        if binding.plain:
            return
        for reached in reach(binding, set()):
            reached.made.add(self.place)

    def _files(self) -> None:
        """Need who wrote the files that are read, or written to; note what is written."""
        flow, judge = self.flow, self.judge
        writes, reads = [*judge.writes], [*judge.reads]
        reads += [Names(open=True)] if self.flows.shell else []
        if self.flows.files_written:
            writes.append(Names(frozenset(self.flows.files_written)))
        for names in (*reads, *writes):
            for earlier in flow.written:
                if names.meets(earlier.names):
                    self.needs.add(earlier.place)
                    for handle in earlier.handles:
                        self.needs |= handle.made
        handles = [
            binding
            for name in self.names.writes
            if (binding := self.bindings.get(name)) is not None
            and self.place in binding.made
            and binding.kind in (Kind.ITERATOR, Kind.UNKNOWN, Kind.OTHER)
            and not binding.module
        ]
        flow.written += [Written(self.place, names, handles) for names in writes]

    def _beyond_names(self) -> None:
        flow, flows, execution = self.flow, self.flows, self.execution
        self._files()
        for top in self.judge.modules:
            flow.modules.setdefault(top, set()).add(self.place)
        if self.judge.setting or (execution.process and set(execution.process) - {FIGURES}):
            flow.setting.add(self.place)
        if execution.process is not None and FIGURES not in execution.process:
            flow.figures = Binding()
        for generator in execution.draws:
            drawn = flow.drawn.setdefault(generator, set())
            if flows.seeds:
                drawn.clear()
            self.needs |= drawn
            drawn.add(self.place)
        if flows.seeds or flows.sets_up:
            flow.setting.add(self.place)
        for call in flows.unseeded:
            self.doubts[f"{self.label}: {call} gives another value each time"] = None
        for star in flows.stars:
            self.doubts[f"{self.label}: what `{star}` binds is not seen"] = None
            flow.unseen.add(self.place)
            for binding in self.bindings.values():
                binding.made.add(self.place)
        if self.opaque:
            flow.unjudged[self.place] = f"{self.label} ({self.opaque})"
            self.doubts[f"{self.label} uses {self.opaque}, which may read and change any name"] = (
                None
            )
            flow.unseen.add(self.place)
            for binding in list(self.bindings.values()):
                self.needs |= binding.made
                binding.made.add(self.place)
        if any(output.output_type == "execute_result" for output in execution.outputs):
            flow.last_result.add(self.place)
