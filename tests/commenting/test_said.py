from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellbook.commenting import Discussion, Said, Threads, all_threads, discussions, said
from cellbook.records import Anchor, AnchorKind, Author, ThreadKind
from cellbook.store import FolderStore, create, remove, update

ADA, LIN = Author("ada"), Author("lin")
ON_RUN = Anchor(AnchorKind.RUN, runs=("01ABC",))


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / ".cellbook")


def told(found: list[Discussion]) -> list[Any]:
    return [(one.thread, one.comments, one.unreadable, one.last_time) for one in found]


def deeds(store: FolderStore, deed: int, place: int) -> None:
    """Do one of the things that people, and other programs, do."""
    threads = Threads(store, lambda: ADA)
    known = [one.thread_id for one in all_threads(store)]
    if deed == 0 or not known:
        threads.start(ON_RUN, "Why?", kind=ThreadKind.REVIEW if place else ThreadKind.DISCUSSION)
        return
    thread = known[place % len(known)]
    comments = [one.comment_id for one in threads.find(thread).comments]
    match deed:
        case 1:
            threads.reply(thread, "Because.", author=LIN)
        case 2:
            threads.label(thread, "todo", bool(place % 2))
        case 3:
            threads.resolve(thread)
        case 4 if comments:
            threads.react(comments[-1], "👍")
        case 5 if comments:
            # No program of ours does these three.
            store.commit([remove("comments", comments[-1])])
        case 6 if comments:
            store.commit([update("comments", comments[-1], {"thread": known[0]})])
        case 7:
            store.commit([update("threads", thread, {"time": -1})])
        case 8:
            store.commit([update("threads", thread, {"time": 1})])
        case 9:
            store.rebuild_index()
        case 10:
            store.commit([remove("threads", thread)])


@settings(max_examples=60, deadline=None)
@given(
    rounds=st.lists(
        st.lists(st.tuples(st.integers(0, 10), st.integers(0, 3)), max_size=4), max_size=6
    )
)
def test_what_is_kept_is_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[int, int]]]
) -> None:
    store = FolderStore(tmp_path_factory.mktemp("book") / ".cellbook")
    kept = Said()
    for done in rounds:
        for deed, place in done:
            deeds(store, deed, place)
        threads = all_threads(store)
        found, flawed = kept.everywhere(store)
        assert told(found) == told(discussions(store, threads))
        assert flawed == store.count("threads") - len(threads)
        assert told(kept.of(store, threads[:2])) == told(discussions(store, threads[:2]))
    store.close()


def test_only_what_changed_is_read(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = Threads(store, lambda: ADA)
    made = [threads.start(ON_RUN, "Why?").thread_id for _ in range(30)]
    kept = Said()
    before, _ = kept.everywhere(store)
    threads.reply(made[7], "Because.", author=LIN)
    read: list[list[str]] = []

    def reading(store: Any, threads: Any, *, whole: bool = False) -> list[Discussion]:
        read.append([one.thread_id for one in threads])
        return discussions(store, threads, whole=whole)

    monkeypatch.setattr(said, "discussions", reading)
    after, _ = kept.everywhere(store)
    assert read == [[made[7]]]
    assert [one is other for one, other in zip(before, after, strict=True)].count(False) == 1
    threads.label(made[3], "todo")
    assert kept.everywhere(store)[0][3].thread.labels == {"todo": True}


def test_many_changes_are_read_at_once(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said, "_MANY", 3)
    threads = Threads(store, lambda: ADA)
    kept = Said()
    for _ in range(3):
        for _ in range(5):
            threads.start(ON_RUN, "Why?")
        assert told(kept.everywhere(store)[0]) == told(discussions(store, all_threads(store)))


def test_an_index_made_anew_in_the_past_is_read_anew(store: FolderStore) -> None:
    Threads(store, lambda: ADA).start(ON_RUN, "Why?")
    kept = Said()
    kept.everywhere(store)
    stamps = {table: stamp - 1_000 for table, stamp in store.stamps().items()}
    store.commit([create("others", "a", {})])
    store.stamps = lambda: stamps  # type: ignore[method-assign]  # As after a clock set back.
    found, flawed = kept.everywhere(store)
    assert (len(found), flawed) == (1, 0)
