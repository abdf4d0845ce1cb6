"""Archives made to do harm, or damaged: refused in one sentence each, and nothing is taken."""

from __future__ import annotations

import hashlib
import json
import random
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.sharing import export_run, import_run
from tests.sharing.samples import Files, change_doc, contents, new_book, read_files, write_files

Make = Callable[[Files, Path], Path]


def refused(book: Book, place: Path) -> str:
    """Import something that is refused; return why, when it is sure that nothing is left."""
    before = contents(book)
    with pytest.raises(InvalidInput) as caught:
        import_run(place, book=book)
    found = contents(book)
    # Content that no record names may lie there until the next `cellbook gc`.
    found.pop("blobs"), before.pop("blobs")
    assert found == before
    said = str(caught.value)
    assert "\n" not in said
    assert re.search(r"\.$", said), said
    return said


def named(*names: str, **facts: int) -> Make:
    """Put files with some names into the zip itself, with the facts of a ZipInfo."""

    def make(files: Files, place: Path) -> Path:
        write_files(place, files)
        with zipfile.ZipFile(place, "a") as opened:
            for name in names:
                info = zipfile.ZipInfo("placeholder")
                info.filename = info.orig_filename = name
                for key, value in facts.items():
                    setattr(info, key, value)
                opened.writestr(info, b"x")
        return place

    return make


def edited(change: Callable[[bytes], bytes]) -> Make:
    """Change the bytes of the zip."""

    def make(files: Files, place: Path) -> Path:
        write_files(place, files)
        place.write_bytes(change(place.read_bytes()))
        return place

    return make


def kept(change: Callable[[Files], Files], *, listed: bool = True) -> Make:
    """Change the files; with `listed` the manifest fits them."""
    return lambda files, place: write_files(place, change(files), listed=listed)


def doc(table: str, change: Callable[[dict], None]) -> Make:
    return kept(lambda files: change_doc(files, table, change))


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {key: data for key, data in files.items() if key != name}


def manifest(**said: object) -> Make:
    def change(files: Files) -> Files:
        told = {**json.loads(files["cellbook/manifest.json"]), **said}
        return {**files, "cellbook/manifest.json": json.dumps(told).encode()}

    return kept(change, listed="files" not in said)


def replace_flags(data: bytes) -> bytes:
    """Say of the first file, in both places, that it is encrypted."""
    local, listed = data.index(b"PK\3\4") + 6, data.index(b"PK\1\2") + 8
    made = bytearray(data)
    made[local] |= 1
    made[listed] |= 1
    return bytes(made)


def overlapping(data: bytes) -> bytes:
    """Let two files of the list lie at one place."""
    made = bytearray(data)
    first = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", first + 4)
    made[second + 42 : second + 46] = made[first + 42 : first + 46]
    return bytes(made)


def bomb(files: Files) -> Files:
    return {**files, "artifacts/zeros.bin": bytes(64 << 20)}


def many(files: Files, place: Path) -> Path:
    """Claim more files than there are."""
    write_files(place, files)
    data = bytearray(place.read_bytes())
    struct.pack_into("<HH", data, len(data) - 14, 65_000, 65_000)
    at = len(data) - 22
    end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 10**6, 10**6,
                      *struct.unpack_from("<LL", data, at + 12))  # fmt: skip
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    place.write_bytes(bytes(data[:at]) + end + locator + bytes(data[at:]))
    return place


def rows_bomb(files: Files, place: Path) -> Path:
    """Positions that say to be few, and unpack to very many."""
    head = json.dumps({"rows": 1 << 40, "dtype": "<u1"}).encode()
    data = b"cellbook-rows-1\n" + head + b"\n" + zlib.compress(bytes(1 << 24), 9)
    digest = hashlib.sha256(data).hexdigest()
    told = json.loads(files["cellbook/subsets.jsonl"])
    lines = json.dumps({**told, "index": digest}).encode() + b"\n"
    made = {**files, "cellbook/subsets.jsonl": lines, f"cellbook/blobs/{digest}": data}
    return write_files(place, made)


POINTS = "cellbook/points.pts"
LINK = {"external_attr": (stat.S_IFLNK | 0o777) << 16, "create_system": 3}
DEVICE = {"external_attr": (stat.S_IFCHR | 0o666) << 16, "create_system": 3}
FIFO = {"external_attr": (stat.S_IFIFO | 0o666) << 16, "create_system": 3}

HOSTILE: dict[str, tuple[Make, str]] = {
    # Names
    "traversal": (named("../outside.txt"), "leads out of its folder"),
    "traversal inside": (named("a/../../outside.txt"), "leads out of its folder"),
    "absolute": (named("/etc/passwd"), "is absolute"),
    "drive": (named("C:/Windows/x.txt"), "is absolute"),
    "drive relative": (named("C:x.txt"), "is absolute"),
    "backslash": (named("..\\outside.txt"), "holds a backslash"),
    "share": (named("\\\\host\\share"), "holds a backslash"),
    "empty part": (named("a//b.txt"), "written in an odd way"),
    "dot": (named("./a.txt"), "written in an odd way"),
    "zero byte": (named("a.txt\0.png"), "cannot be seen"),
    "escape": (named("a\x1b[31m.txt"), "cannot be seen"),
    "right to left": (named("a\u202etxt.exe"), "cannot be seen"),
    "decomposed": (named("u\u0308.txt"), "odd way"),
    "device of Windows": (named("aux.txt"), "on other systems"),
    "device of Windows in a folder": (named("a/COM1"), "on other systems"),
    "dot at its end": (named("README.md."), "on other systems"),
    "blank at its end": (named("x "), "on other systems"),
    "stream": (named("README.md:x"), "on other systems"),
    "twice": (named("x.txt", "x.txt"), "two of its files are called"),
    "case": (named("readme.md"), "two of its files are called"),
    "sharp s": (named("straße.txt", "STRASSE.txt"), "two of its files are called"),
    "below a file": (named("README.md/x.txt"), "lies below a file"),
    # Kinds
    "link": (named("link", **LINK), "a link or a device"),
    "device": (named("device", **DEVICE), "a link or a device"),
    "pipe": (named("pipe", **FIFO), "a link or a device"),
    "encrypted": (edited(replace_flags), "is encrypted"),
    "unlisted": (named("more.txt"), "which its manifest does not list"),
    # Sizes
    "bomb": (kept(bomb), "would become"),
    "overlap": (edited(overlapping), "lies over another file"),
    "million": (many, "1,000,000 files"),
    # The zip as a whole
    "no zip": (edited(lambda _: b"no zip at all" * 10), "it is no zip"),
    "empty": (edited(lambda _: b""), "it is no zip"),
    "empty zip": (edited(lambda _: b"PK\5\6" + bytes(18)), "no file that `cellbook export` wrote"),
    "cut off": (edited(lambda data: data[: len(data) // 2]), "cut off"),
    "cut off a little": (edited(lambda data: data[:-1]), "cut off"),
    "before": (edited(lambda data: b"#!/bin/sh\n" + data), "before or behind"),
    "behind": (edited(lambda data: data + b"more"), "cut off"),
    "comment": (edited(lambda data: data[:-2] + b"\4\0more"), "cut off"),
    "other zip": (kept(lambda _: {"a.txt": b"a"}, listed=False), "`cellbook export` wrote"),
    # The manifest
    "no manifest": (kept(without("cellbook/manifest.json"), listed=False), "`cellbook export`"),
    "other form": (manifest(form="other"), "`cellbook export` wrote"),
    "later": (manifest(version=2), "a later Cellbook wrote it"),
    "no version": (manifest(version=True), "no version"),
    "no id": (manifest(run="../../x"), "is no id of a run"),
    "no files": (manifest(files=[]), "lists no files"),
    "odd files": (manifest(files={"README.md": ["1", "2"]}), "is wrong about"),
    "manifest no JSON": (
        kept(lambda files: {**files, "cellbook/manifest.json": b"{"}, listed=False),
        "cannot be read",
    ),
    "manifest too deep": (
        kept(lambda f: {**f, "cellbook/manifest.json": b"[" * 100_000}, listed=False),
        "cannot be read",
    ),
    "wrong digest": (
        kept(lambda files: {**files, "README.md": b"x" * len(files["README.md"])}, listed=False),
        "is not what its manifest says",
    ),
    "wrong metadata": (
        kept(
            lambda files: {
                **files,
                "ro-crate-metadata.json": files["ro-crate-metadata.json"].replace(b"loss", b"gain"),
            },
            listed=False,
        ),
        "ro-crate-metadata.json' is not what its manifest says",
    ),
    "no metadata": (kept(without("ro-crate-metadata.json"), listed=False), "it lacks"),
    "wrong size": (
        kept(lambda files: {**files, "README.md": b"x"}, listed=False),
        "is not what its manifest says",
    ),
    "missing": (kept(without("artifacts/a/b~2.txt"), listed=False), "it lacks"),
    # What it tells of
    "artifact gone": (kept(without("artifacts/empty.txt")), "lacks the artifact 'empty.txt'"),
    "output gone": (
        lambda files, place: write_files(
            place, {k: v for k, v in files.items() if not v.startswith(b"<svg")}
        ),
        "lacks an output",
    ),
    "no run": (kept(without("cellbook/runs.jsonl")), "does not hold the run"),
    "no UTF-8": (
        kept(lambda f: {**f, "cellbook/cells.jsonl": b"\xff" + f["cellbook/cells.jsonl"]}),
        "no text in UTF-8",
    ),
    "no JSON": (kept(lambda f: {**f, "cellbook/cells.jsonl": b"no\n"}), "no JSON"),
    "no object": (kept(lambda f: {**f, "cellbook/cells.jsonl": b"[]\n"}), "is no object"),
    "half a line": (kept(lambda f: {**f, "cellbook/cells.jsonl": b"{}"}), "cut off"),
    "deep": (kept(lambda f: {**f, "cellbook/cells.jsonl": b"[" * 100_000 + b"\n"}), "no JSON"),
    "twice told": (
        kept(lambda f: {**f, "cellbook/runs.jsonl": f["cellbook/runs.jsonl"] * 2}),
        "twice",
    ),
    "state": (doc("runs", lambda run: run.update(state="flying")), "state of a runrecord"),
    "running": (doc("runs", lambda run: run.update(state="running")), "has not ended"),
    "no name": (doc("runs", lambda run: run.update(run_name="")), "is empty"),
    "name": (doc("runs", lambda run: run.update(run_name="a\x1b[2Jb")), "control character"),
    "half a character": (
        doc("runs", lambda run: run.update(run_name="a\ud800")),
        "half a character",
    ),
    "half a character in a param": (
        doc("runs", lambda run: run["params"].update({"\udc00": 1})),
        "half a character",
    ),
    "half a character of data": (
        doc("datasets", lambda one: one.update(name="a\ud800")),
        "half a character",
    ),
    "lacks": (doc("runs", lambda run: run.pop("experiment")), "has no experiment"),
    "number": (doc("runs", lambda run: run.update(start_time="now")), "start_time"),
    "future": (doc("runs", lambda run: run.update(end_time=10**15)), "no moment of the past"),
    "metric": (doc("runs", lambda run: run["metrics"].update(acc="high")), "metrics"),
    "param": (doc("runs", lambda run: run["params"].update({"a\nb": 1})), "control character"),
    "session": (doc("runs", lambda run: run.update(session="../x")), "is no id"),
    "parent": (doc("runs", lambda run: run.update(parent="' OR 1")), "is no id"),
    "input": (doc("runs", lambda run: run["inputs"].update({"x": {}})), "is no id"),
    "history": (doc("runs", lambda run: run["param_history"].update(lr={"x": [1, 2]})), "is no id"),
    "history shape": (
        doc("runs", lambda run: run.update(param_history={"lr": 7})),
        "cannot be read",
    ),
    "cell": (doc("cells", lambda cell: cell.update(execution_id="x")), "is no id"),
    "cell of nobody": (doc("cells", lambda cell: cell.update(session="")), "is no id"),
    "digest": (doc("artifacts", lambda one: one.update(digest="../../x")), "has no digest"),
    "path": (doc("artifacts", lambda one: one.update(path="../../x")), "names no file"),
    "drive path": (doc("artifacts", lambda one: one.update(path="C:\\x")), "absolute"),
    "other run": (
        doc("artifacts", lambda one: one.update(run="01M8G93XMSBSKM7NZ8VDHEKE4K")),
        "another run",
    ),
    "other size": (doc("artifacts", lambda one: one.update(size=10**12)), "another size"),
    "open session": (doc("sessions", lambda one: one.update(state="open")), "at work"),
    "writer": (doc("sessions", lambda one: one.update(writer="../x")), "writer"),
    "data": (doc("datasets", lambda one: one.update(name="a@b")), "holds an @"),
    "data's maker": (doc("datasets", lambda one: one.update(maker="../x")), "is no id"),
    "data's content": (doc("datasets", lambda one: one.update(content="x")), "digest is none"),
    "rows": (doc("subsets", lambda one: one.update(rows=3, distinct=3)), "others than it says"),
    "rows beyond": (doc("subsets", lambda one: one.update(of=2)), "others than it says"),
    "rows of none": (doc("subsets", lambda one: one.update(distinct=9)), "its data has not"),
    "rows unsaid": (doc("subsets", lambda one: one.update(index="")), "which rows"),
    "rows gone": (doc("subsets", lambda one: one.update(index="a" * 64)), "lacks the rows"),
    "rows of another run": (
        doc("subsets", lambda one: one.update(run="01M8G93XMSBSKM7NZ8VDHEKE4K")),
        "another run",
    ),
    "rows in a bomb": (rows_bomb, "rows of a subset are damaged"),
    "definition": (doc("metric_definitions", lambda one: one.update(direction="up")), "direction"),
    "points": (kept(lambda f: {**f, POINTS: f[POINTS][:-8]}), "points"),
    "points of another": (
        kept(lambda f: {**f, POINTS: f[POINTS].replace(b"01", b"02", 1)}),
        "points",
    ),
    "comments": (kept(lambda f: {**f, "comments.jsonld": b"{}"}), "comments"),
    "comments deep": (kept(lambda f: {**f, "comments.jsonld": b"[" * 100_000}), "comments"),
    "state without record": (
        kept(lambda f: {**f, "cellbook/checkpoints.jsonl": b"{}\n"}),
        "cannot be read",
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("case", HOSTILE)
def test_it_is_refused(case: str, archive: Path, away: Book, tmp_path: Path) -> None:
    make, why = HOSTILE[case]
    place = make(read_files(archive), tmp_path / "hostile.zip")
    said = refused(away, place)
    assert "Nothing of hostile.zip was taken" in said
    assert why in said, said


def test_nothing_is_written_elsewhere(archive: Path, away: Book, tmp_path: Path) -> None:
    """Whatever names say: not even what is taken leaves the book's folder."""
    before = {path for path in tmp_path.rglob("*") if ".cellbook" not in path.parts}
    import_run(archive, book=away)
    assert {path for path in tmp_path.rglob("*") if ".cellbook" not in path.parts} == before


def test_a_notebook_elsewhere_is_taken_for_one_here(
    archive: Path, away: Book, tmp_path: Path
) -> None:
    files = change_doc(
        read_files(archive), "cells", lambda cell: cell.update(notebook="/etc/passwd")
    )
    files = change_doc(files, "runs", lambda run: run.update(notebook="../../../etc/shadow"))
    done = import_run(write_files(tmp_path / "odd.zip", files), book=away)
    assert away.find_run(done.run_id).notebook == "shadow"
    assert "/etc/passwd" not in {cell.get("notebook") for cell in away.table("cells").all()}


def test_what_a_later_version_adds_is_passed_over(
    archive: Path, away: Book, tmp_path: Path
) -> None:
    files = change_doc(read_files(archive), "runs", lambda run: run.update(colour="blue"))
    files |= {"cellbook/colours.jsonl": b"{}\n", "more.txt": b"more"}
    assert import_run(write_files(tmp_path / "later.zip", files), book=away).is_new


def test_an_archive_that_was_packed_anew_is_taken(
    archive: Path, away: Book, tmp_path: Path
) -> None:
    """As by whoever unpacked it, and zipped it with folders."""
    files = read_files(archive)
    place = tmp_path / "anew.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.mkdir("artifacts")
        opened.mkdir("cellbook")
        for name, data in sorted(files.items()):
            opened.writestr(name, data)
    assert import_run(place, book=away).is_new


def test_any_byte_may_be_wrong(home: Book, away: Book, tmp_path: Path) -> None:
    """Either it is refused, or what was changed told nothing."""
    data = export_run("wide net", tmp_path / "w.zip", book=home).read_bytes()
    chance = random.Random(7)
    before = contents(away)
    for number in range(150):
        made = bytearray(data)
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
        place = tmp_path / f"{number}.zip"
        place.write_bytes(made)
        try:
            import_run(place, book=away)
        except InvalidInput:
            assert contents(away) == before
            continue
        # The time of a file carries nothing that is taken.
        pd.testing.assert_frame_equal(away.metric_history(1), home.metric_history(1))
        away.close()
        away = new_book(tmp_path / f"away{number}")
    away.close()


def test_scripts_and_pickles_are_not_run(
    archive: Path, away: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("something was executed")

    for name in ("pickle.load", "pickle.loads", "subprocess.Popen.__init__", "os.system"):
        monkeypatch.setattr(name, never)
    assert import_run(archive, book=away, state=True).is_new
