from __future__ import annotations

from cellbook.store.ids import Clock, is_ulid, milliseconds, parts

FAR = "7ZZZZZZZZZ0000000000000000"
"""An id of the last millisecond that there is: every clock is behind it."""


def test_new_ids_grow() -> None:
    clock = Clock()
    made = [clock.new() for _ in range(1000)]
    assert made == sorted(set(made))
    assert all(map(is_ulid, made))


def test_new_id_comes_after_one_that_was_seen() -> None:
    clock = Clock()
    clock.observe(FAR)
    assert clock.new() > FAR
    assert milliseconds(clock.new()) == milliseconds(FAR)


def test_processes_that_saw_the_same_id_go_on_apart() -> None:
    clocks = [Clock() for _ in range(50)]
    for clock in clocks:
        clock.observe(FAR)
    assert len({clock.new() for clock in clocks}) == 50


def test_seeing_an_older_id_changes_nothing() -> None:
    clock = Clock()
    clock.observe(FAR)
    before = parts(clock.new())
    clock.observe("0" * 26)
    assert parts(clock.new()) == (before[0], before[1] + 1)
