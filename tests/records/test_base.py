from __future__ import annotations

import dataclasses
import json
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cellbook.records
from cellbook.records import (
    CellExecution,
    CellState,
    Environment,
    GitState,
    MetricStats,
    Output,
    ProcessIdentity,
    Record,
    RunRecord,
    RunState,
    Session,
    SessionKind,
    from_doc,
    to_doc,
)

KINDS = [
    kind
    for name in cellbook.records.__all__
    if isinstance(kind := getattr(cellbook.records, name), type)
    and issubclass(kind, Record)
    and kind is not Record
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def values_of(kind: str) -> st.SearchStrategy[object]:
    """Return the strategy for a field by its annotation, as it is written in the source."""
    if kind.endswith(" | None"):
        return st.none() | values_of(kind.removesuffix(" | None"))
    if kind.startswith("tuple["):
        item = kind.removeprefix("tuple[").removesuffix(", ...]")
        return st.lists(values_of(item), max_size=3).map(tuple)
    if kind.startswith("Mapping[str, "):
        item = kind.removeprefix("Mapping[str, ").removesuffix("]")
        return st.dictionaries(st.text(), values_of(item), max_size=3)
    if kind in SIMPLE:
        return SIMPLE[kind]
    named = getattr(cellbook.records, kind)
    return st.sampled_from(named) if issubclass(named, StrEnum) else records(named)


def records(kind: type[Record]) -> st.SearchStrategy[Record]:
    """Return a strategy for records of `kind`; fields with a default are left out at times."""
    fields = dataclasses.fields(kind)
    given_always = {f.name: values_of(str(f.type)) for f in fields if not has_default(f)}
    given_at_times = {f.name: values_of(str(f.type)) for f in fields if has_default(f)}
    keywords = st.fixed_dictionaries(given_always, optional=given_at_times)
    return keywords.map(lambda values: kind(**values))


def has_default(field: dataclasses.Field[object]) -> bool:
    return (
        field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    )


SIMPLE: dict[str, st.SearchStrategy[object]] = {
    "str": st.text(),
    "int": st.integers(),
    "bool": st.booleans(),
    "float": st.floats(allow_nan=False),
    "Any": json_values,
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_round_trip_gives_the_same_record(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    doc = json.loads(json.dumps(to_doc(record)))
    assert from_doc(kind, doc) == record


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_from_doc_passes_over_keys_of_later_versions(
    kind: type[Record], data: st.DataObject
) -> None:
    record = data.draw(records(kind))
    assert from_doc(kind, {**to_doc(record), "of a later version": 1}) == record


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_to_doc_leaves_defaults_out(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    names = {field.name for field in dataclasses.fields(kind) if not has_default(field)}
    bare = kind(**{name: getattr(record, name) for name in names})
    assert set(to_doc(bare)) == names


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_records_are_frozen(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))
    name = dataclasses.fields(kind)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, name, "other")


def test_to_doc_writes_plain_json() -> None:
    execution = CellExecution(
        execution_id="e1",
        session="s1",
        source="1 + 1",
        state=CellState.OK,
        start_time=1_700_000_000_000,
        order=1,
        outputs=(Output("execute_result", data={"text/plain": "2"}),),
        writes=("x", "y"),
    )
    assert to_doc(execution) == {
        "execution_id": "e1",
        "session": "s1",
        "source": "1 + 1",
        "state": "ok",
        "start_time": 1_700_000_000_000,
        "order": 1,
        "outputs": [{"output_type": "execute_result", "data": {"text/plain": "2"}}],
        "writes": ["x", "y"],
    }


def test_from_doc_builds_nested_records() -> None:
    environment = from_doc(
        Environment,
        {"environment_id": "v1", "python": "3.11.7", "git": {"commit": "abc", "dirty": True}},
    )
    assert environment.git == GitState(commit="abc", dirty=True)
    session = from_doc(
        Session,
        {
            "session_id": "s1",
            "kind": "kernel",
            "process": {"host": "h", "pid": 1, "start": 2.5, "boot": "b"},
            "start_time": 3,
            "writer": "w",
            "state": "open",
        },
    )
    assert session.process == ProcessIdentity(host="h", pid=1, start=2.5, boot="b")
    assert session.kind is SessionKind.KERNEL


def test_from_doc_refuses_a_document_without_its_key() -> None:
    with pytest.raises(TypeError, match="run_id"):
        from_doc(RunRecord, {"run_name": "baseline"})


def run(**fields: object) -> RunRecord:
    values: dict[str, object] = {
        "run_id": "r1",
        "run_name": "baseline",
        "experiment": "Default",
        "state": RunState.FINISHED,
        "start_time": 1_000,
    }
    return RunRecord(**{**values, **fields})  # type: ignore[arg-type]


def test_run_duration_is_in_seconds() -> None:
    assert run(end_time=3_500).duration == 2.5
    assert run(state=RunState.RUNNING).duration is None


@pytest.mark.parametrize("state", RunState)
def test_run_state_is_final_unless_it_runs(state: RunState) -> None:
    assert state.is_final == (state is not RunState.RUNNING)


def test_run_keeps_statistics_of_metrics() -> None:
    stats = {"acc": MetricStats(count=3, min=0.5, max=0.9, step=2)}
    assert from_doc(RunRecord, to_doc(run(stats=stats))).stats == stats
