"""Alarms: patience, silence, the record of both, and that nothing counts twice."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput, NotFound
from cellbook.monitoring.alarms import Alarms, check_rule, parse_rule, step
from cellbook.records import AlarmEvent, AlarmReading, AlarmRule, AlarmState, AlarmStep
from cellbook.store import FolderStore

HOUR = 3_600_000
RULE = AlarmRule("r", "accuracy", below=0.9, windows=3, of=5, cool_down=10 * 3600, least_rows=50)


def reading(hour: int, value: float, rows: int = 100, **ends: float) -> AlarmReading:
    return AlarmReading(hour * HOUR, value, rows, **ends)


def steps(rule: AlarmRule, values: list[float]) -> tuple[AlarmState, list[AlarmEvent]]:
    state, events = AlarmState(), []
    for hour, value in enumerate(values):
        state, event = step(rule, state, reading(hour, value))
        events.append(event)
    return state, events


def letters(values: list[float], rule: AlarmRule = RULE) -> str:
    return " ".join(event.step.value for event in steps(rule, values)[1])


def test_an_alarm_takes_k_of_m_windows() -> None:
    assert letters([0.8, 0.95, 0.8, 0.95, 0.8]) == "broken kept broken kept raised"
    assert letters([0.8, 0.95, 0.95, 0.8, 0.95, 0.8]) == "broken kept kept broken kept broken"
    assert letters([0.8], replace(RULE, windows=1, of=1)) == "raised"


def test_a_notice_is_followed_by_silence() -> None:
    values = [0.8] * 14
    found = letters(values).split()
    assert found[:3] == ["broken", "broken", "raised"]
    assert found[3:12] == ["quiet"] * 9
    assert found[12:] == ["still", "quiet"]
    assert [event.tell for event in steps(RULE, values)[1]].count(True) == 2


def test_an_alarm_is_cleared_by_windows_that_keep_the_rule() -> None:
    state, events = steps(RULE, [0.8, 0.8, 0.8, 0.95, 0.95, 0.95, 0.95])
    assert [event.step.value for event in events[2:6]] == ["raised", "quiet", "quiet", "cleared"]
    assert state.raised is None
    assert events[5].tell


def test_an_alarm_that_comes_back_soon_is_quiet() -> None:
    rule = replace(RULE, windows=1, of=1)
    assert letters([0.8, 0.95, 0.8, 0.95], rule) == "raised cleared quiet cleared"
    told = [event.tell for event in steps(rule, [0.8, 0.95, 0.8, 0.95])[1]]
    assert told == [True, True, False, False]


def test_windows_that_do_not_count_change_nothing() -> None:
    state = AlarmState(recent=(True, True))
    for odd in (reading(1, 0.1, rows=49), reading(1, math.nan)):
        after, event = step(RULE, state, odd)
        assert after == replace(state, seen=HOUR)
        assert event.step is AlarmStep.SKIPPED
        assert not event.tell
    after, event = step(RULE, after, reading(1, 0.1))
    assert event.message == "the window was looked at before"
    assert after.recent == (True, True)


def test_surely_asks_for_the_whole_interval() -> None:
    rule = replace(RULE, surely=True, windows=1, of=1)
    assert step(rule, AlarmState(), reading(0, 0.8, low=0.7, high=0.92))[1].step is AlarmStep.KEPT
    assert step(rule, AlarmState(), reading(0, 0.8, low=0.7, high=0.89))[1].step is AlarmStep.RAISED
    assert step(rule, AlarmState(), reading(0, 0.8))[1].step is AlarmStep.RAISED
    above = AlarmRule("r", "psi", above=0.2)
    assert letters([0.3, 0.1], above) == "raised cleared"


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 4), st.integers(0, 3))
def test_the_machine_does_what_it_says(broken: list[bool], windows: int, more: int) -> None:
    rule = AlarmRule("r", "x", above=0, windows=windows, of=windows + more, cool_down=5 * 3600)
    state, events = steps(rule, [1.0 if one else -1.0 for one in broken])
    raised, told = False, -math.inf
    for hour, event in enumerate(events):
        recent = broken[max(0, hour + 1 - rule.of) : hour + 1]
        often = sum(recent)
        assert list(event.recent) == recent
        if often >= windows:
            raised = True
        elif not broken[hour]:
            raised = False
        if event.tell and event.step is not AlarmStep.CLEARED:
            assert hour - told >= 5
            told = hour
        assert (event.step in (AlarmStep.RAISED, AlarmStep.STILL, AlarmStep.QUIET)) == raised
    assert (state.raised is not None) == raised


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("accuracy below 0.9 on 3 of 5 windows", {"below": 0.9, "windows": 3, "of": 5}),
        ("accuracy < 0.9", {"below": 0.9}),
        ("psi above 0.2, at least 500 rows", {"above": 0.2, "least_rows": 500}),
        ("f1 surely below 1e-1, cool-down 2d", {"below": 0.1, "surely": True, "cool_down": 172800}),
        ("mae > 3 on 1 of 1 window, 20 rows, cooldown 5min",
         {"above": 3, "least_rows": 20, "cool_down": 300}),
    ],
)  # fmt: skip
def test_rules_are_read(text: str, rule: dict[str, Any]) -> None:
    assert parse_rule(text) == AlarmRule(text, text.split()[0], **rule)
    assert parse_rule(str(parse_rule(text)), "n").signal == text.split()[0]


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("drift:petal length (cm)", "drift:petal length (cm)"),
        ("psi:petal length (cm) above 0.2 on 2 of 3", "psi:petal length (cm)"),
        ("drift:age, 200 rows", "drift:age"),
        ('missing:"above 2 on 3 of 5" above 0.1 on 3 of 5', "missing:above 2 on 3 of 5"),
    ],
)
def test_a_rule_names_a_column_as_it_is_called(text: str, signal: str) -> None:
    assert parse_rule(text).signal == signal


@pytest.mark.parametrize(
    "text",
    ["accuracy", "accuracy below", "accuracy below x", "accuracy below nan", "a below 1 on 5 of 3",
     "a below 1 on 0 of 3", "a below 1, cool-down soon", "a below inf", "a below 1 on 1 of 9999"],
)  # fmt: skip
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_rule(text)


def test_limits_that_leave_nothing_are_refused() -> None:
    for rule in (
        AlarmRule("r", "x"),
        AlarmRule("r", "x", below=2, above=1),
        AlarmRule("r", "x", below=1, cool_down=-1),
    ):
        with pytest.raises(InvalidInput):
            check_rule(rule)


@pytest.fixture
def alarms(tmp_path: Path) -> Iterator[Alarms]:
    store = FolderStore(tmp_path / ".cellbook")
    yield Alarms(store, "wine")
    store.close()


def test_windows_are_on_record_and_count_once(alarms: Alarms) -> None:
    rule = alarms.keep("accuracy below 0.9 on 2 of 3 windows")
    told: list[AlarmEvent] = []
    first = [reading(hour, 0.8) for hour in range(2)]
    events = alarms.take(rule.name, first, deliver=told.append, details=["age drifted"])
    assert [event.step.value for event in events] == ["broken", "raised"]
    assert [event.step.value for event in told] == ["raised"]
    assert alarms.take(rule.name, first, deliver=told.append) == []
    assert alarms.state(rule.name).raised == HOUR
    assert alarms.events() == events[::-1]
    assert alarms.events(limit=1)[0].delivery == "sent"
    assert alarms.events()[0].details == ("age drifted",)
    assert alarms.events("other") == []


def test_a_delivery_that_fails_is_noted(alarms: Alarms) -> None:
    def fail(event: AlarmEvent) -> None:
        raise OSError("the line is dead")

    rule = alarms.keep(AlarmRule("drift", "drift.share", above=0.1))
    (event,) = alarms.take("drift", [reading(0, 0.5)], deliver=fail)
    assert event.delivery == "OSError: the line is dead"
    assert alarms.events(rule.name)[0].delivery == event.delivery
    (event,) = alarms.take("drift", [reading(1, 0.0)])
    assert (event.step, event.delivery) == (AlarmStep.CLEARED, "")


def test_a_rule_that_is_changed_begins_anew(alarms: Alarms) -> None:
    rule = alarms.keep(AlarmRule("a", "accuracy", below=0.9))
    alarms.take("a", [reading(0, 0.1)])
    alarms.keep(rule)
    assert alarms.state("a").raised == 0
    alarms.keep(replace(rule, below=0.5))
    assert alarms.state("a") == AlarmState()
    assert alarms.rules() == [replace(rule, below=0.5)]
    assert Alarms(alarms._store, "beer").rules() == []
    alarms.drop("a")
    with pytest.raises(NotFound, match="There is none yet"):
        alarms.take("a", [])
    assert len(alarms.events()) == 1
