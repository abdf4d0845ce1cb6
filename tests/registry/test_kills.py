"""``kill -9`` in the middle of registering, and many who register at once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cellbook import book as books
from cellbook.book import Book
from cellbook.packaging import save_bundle
from cellbook.packaging.manifest import make_manifest, read_manifest, write_manifest
from tests.registry.conftest import line

REGISTER = """
import sys
from pathlib import Path
from cellbook import book as books
book = books.look_into(Path(sys.argv[1]))
print("begins", flush=True)
while True:
    for bundle in sys.argv[2:]:
        made = book.models.register(bundle, "slope", alias="champion")
        print(made.label, flush=True)
    book.models.delete("slope/%d" % (made.number - 1)) if len(sys.argv) > 3 else None
"""
RACE = """
import sys
from pathlib import Path
from cellbook import book as books
book = books.look_into(Path(sys.argv[1]))
print("begins", flush=True)
sys.stdin.readline()
for bundle in sys.argv[2:]:
    made = book.models.register(bundle, "slope", alias="champion")
    print(made.label, made.digest, flush=True)
"""


def bundles(folder: Path, count: int) -> list[str]:
    """Write bundles of models that differ."""
    example = np.array([[1.0], [2.0]])
    for number in range(count):
        save_bundle(line(number + 1), folder / str(number), name="slope", input_example=example)
        # Large enough for a kill to meet it while it is written.
        (folder / str(number) / "README.md").write_text("x" * 3_000_000 + str(number))
        _relist(folder / str(number))
    return [str(folder / str(number)) for number in range(count)]


def _relist(folder: Path) -> None:

    known = {
        one.path: one.content.removeprefix("pickle:")
        for one in read_manifest(folder).entries
        if one.content
    }
    write_manifest(folder, make_manifest(folder, known))


def whole(book: Book) -> list[int]:
    """Check that every version is all there; return their numbers."""
    assert book.verify().ok
    numbers = []
    for told in book.models.all():
        names = [one.name for one in (*told.versions, *told.gone)]
        assert len(set(names)) == len(names)
        for one in told.versions:
            numbers.append(one.number)
            assert {"digests.json", "MLmodel", "bundle.json"} <= set(one.files)
            assert book.models.opened(one.version_id).digest == one.digest
        assert told.model.aliases["champion"] in {one.version_id for one in told.versions}
        registered = [one for one in told.events if one.kind == "registered"]
        assert len(registered) == len(names)
    return sorted(numbers)


@pytest.mark.timeout(300)
def test_a_kill_leaves_no_half_version(tmp_path: Path, book: Book) -> None:
    made = bundles(tmp_path / "made", 2)
    chance = random.Random(1)
    there = 0
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", REGISTER, str(book.store.root), *made],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        said, _ = process.communicate(timeout=30)
        numbers = whole(book)
        # What was acknowledged is there, or was deleted since by the same process.
        last = [int(text.rpartition("/")[2]) for text in said.split()]
        told = book.models.told("slope") if numbers else None
        every = {one.number for one in (*told.versions, *told.gone)} if told else set()
        assert set(last) <= every
        there = max(there, len(every))
    assert there > 0
    # What kills left behind is swept away.
    book.store.blobs.tidy(book.store.blobs.leftovers(before=time.time() + 10))
    assert list(book.store.root.rglob(".new-*")) == []


def test_those_who_register_at_once_get_numbers_of_their_own(tmp_path: Path, book: Book) -> None:
    made = bundles(tmp_path / "made", 4)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(book.store.root), *order],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for order in (made, made[::-1], made[2:] + made[:2])
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].splitlines() for process in processes]
    # The same content got one number, whoever came first.
    assert {tuple(sorted(one)) for one in said} == {tuple(sorted(said[0]))}
    assert whole(book) == [1, 2, 3, 4]
    assert json.dumps(book.models.get("slope").conflicts) == "[]"


def test_a_book_that_was_killed_opens_anew(tmp_path: Path, book: Book) -> None:
    made = bundles(tmp_path / "made", 1)
    book.models.register(made[0], "slope", alias="champion")
    book.close()
    again = books.look_into(book.store.root)
    assert whole(again) == [1]
    again.close()
