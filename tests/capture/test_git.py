from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellbook.capture import git as git_module
from cellbook.capture.git import FILE_CAP, PATCH_CAP, capture_git, mask_patch
from cellbook.capture.secrets import MASK
from cellbook.records import GitState


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder, input=stdin, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape")


def commit(folder: Path, message: str = "step") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.txt").write_text("one\ntwo\nthree\n")
    (folder / "train.py").write_text("lr = 0.01\n\n\ndef fit():\n    return lr\n")
    commit(folder)
    return folder


def captured(folder: Path) -> GitState:
    state = capture_git(folder)
    assert state is not None
    return state


Tree = dict[str, tuple[int, bytes]]


def tree(folder: Path) -> Tree:
    """Every file below a folder: path to mode and content; git's own folder apart."""
    found: Tree = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if Path(name).parts[0] == ".git":
            continue
        if path.is_symlink():
            found[name] = (0o120000, os.fsencode(path.readlink()))
        elif path.is_file():
            found[name] = (path.stat().st_mode & 0o100, path.read_bytes())
    return found


def applied(repo: Path, state: GitState) -> Tree:
    """What a clean checkout of the commit looks like after ``git apply``."""
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / "clean"
        if state.commit:
            git(repo, "clone", "-q", "--no-checkout", str(repo), str(clean))
            git(clean, "checkout", "-q", "--detach", state.commit)
        else:
            clean.mkdir()
            git(clean, "init", "-q")
        if state.patch:
            git(clean, "apply", "--whitespace=nowarn", "-", stdin=state.patch.encode())
        return tree(clean)


def test_capture_git_of_a_clean_checkout(repo: Path) -> None:
    state = captured(repo)
    assert state == GitState(commit=git(repo, "rev-parse", "HEAD").strip(), branch="main")
    assert captured(repo / ".git" / "..") == state


def test_capture_git_outside_a_repository(tmp_path: Path) -> None:
    assert capture_git(tmp_path) is None
    assert capture_git(tmp_path / "is not there") is None


def test_capture_git_without_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repo))
    assert capture_git(repo) is None


def test_capture_git_of_a_broken_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert capture_git(tmp_path) is None


def test_capture_git_staged_unstaged_and_untracked(repo: Path) -> None:
    (repo / "a.txt").write_text("one\ntwo and a half\nthree\n")
    git(repo, "add", "a.txt")
    (repo / "a.txt").write_text("one\ntwo and a half\nthree\nfour\n")
    (repo / "staged.txt").write_text("new\n")
    git(repo, "add", "staged.txt")
    (repo / "sub").mkdir()
    (repo / "sub" / "untracked.txt").write_text("x\ny\n")
    state = captured(repo / "sub")
    assert state.dirty
    assert not state.note
    assert applied(repo, state) == tree(repo)


def rename(repo: Path) -> None:
    git(repo, "mv", "a.txt", "b.txt")
    (repo / "b.txt").write_text("one\ntwo\nthree\nfour\n")


def delete(repo: Path) -> None:
    (repo / "a.txt").unlink()
    git(repo, "rm", "-q", "train.py")


def change_mode(repo: Path) -> None:
    (repo / "a.txt").chmod(0o755)
    (repo / "run.sh").write_text("#!/bin/sh\n")
    (repo / "run.sh").chmod(0o755)


def odd_names(repo: Path) -> None:
    for name in (
        "two words.txt", "über 雪.txt", "new\nline", "tab\there", 'quo"te', "back\\slash", "-dash",
        " lead", "trail ", "a -> b", "* Unmerged path x", "diff --git a b", "bell\a", "b b/b b",
    ):  # fmt: skip
        path = repo / "odd" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n")
        tracked = repo / "tracked" / name
        tracked.parent.mkdir(parents=True, exist_ok=True)
        tracked.write_text("before\n")
    git(repo, "add", "tracked")
    git(repo, "commit", "-q", "-m", "odd names")
    for tracked in (repo / "tracked").rglob("*"):
        if tracked.is_file():
            tracked.write_text("after\n")


def no_newline_at_the_end(repo: Path) -> None:
    (repo / "a.txt").write_text("one\ntwo\nthree")
    (repo / "b.txt").write_text("no newline")
    (repo / "empty.txt").write_text("")
    (repo / "blank.txt").write_text("\n")


def odd_text(repo: Path) -> None:
    (repo / "crlf.txt").write_bytes(b"one\r\ntwo\r\n")
    (repo / "a.txt").write_bytes(b"one\r\ntwo\nthree \x0c\xe2\x80\xa8 \n")
    (repo / "patch.txt").write_text("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n\\ No newline at end\n")
    (repo / "marks.txt").write_text("* Unmerged path\ndiff --git a/x b/x\nBinary files differ\n")


def links(repo: Path) -> None:
    (repo / "link").symlink_to("a.txt")
    (repo / "nowhere").symlink_to("über nowhere")
    (repo / "train.py").unlink()
    (repo / "train.py").symlink_to("a.txt")


def file_becomes_folder(repo: Path) -> None:
    (repo / "a.txt").unlink()
    (repo / "a.txt").mkdir()
    (repo / "a.txt" / "inner.txt").write_text("x\n")


def untracked_again(repo: Path) -> None:
    git(repo, "rm", "-q", "--cached", "a.txt")
    (repo / "a.txt").write_text("other\n")


def intent_to_add(repo: Path) -> None:
    (repo / "new.txt").write_text("x\n")
    git(repo, "add", "-N", "new.txt")


def ignored(repo: Path) -> None:
    (repo / ".gitignore").write_text("*.log\n/data/\n")


def staged_and_gone(repo: Path) -> None:
    (repo / "new.txt").write_text("x\n")
    git(repo, "add", "new.txt")
    (repo / "new.txt").unlink()


@pytest.mark.parametrize(
    "change",
    [
        rename, delete, change_mode, odd_names, no_newline_at_the_end, odd_text, links,
        file_becomes_folder, untracked_again, intent_to_add, ignored,
        staged_and_gone,
    ],
)  # fmt: skip
def test_capture_git_patch_applies(repo: Path, change: Callable[[Path], None]) -> None:
    change(repo)
    state = captured(repo)
    assert not state.note
    assert applied(repo, state) == tree(repo)


def test_capture_git_patch_applies_whatever_the_settings(repo: Path) -> None:
    for setting in (
        "diff.noprefix=true", "diff.mnemonicPrefix=true", "color.ui=always", "diff.context=0",
        "diff.renames=copies", "diff.external=false", "diff.suppressBlankEmpty=true",
        "diff.interHunkContext=9", "diff.relative=true", "diff.wsErrorHighlight=all",
        "status.renames=copies", "status.showUntrackedFiles=no", "core.quotePath=true",
        "core.pager=false", "diff.algorithm=histogram", "status.relativePaths=true",
        "diff.submodule=log", "status.short=true", "diff.colorMoved=zebra",
    ):  # fmt: skip
        git(repo, "config", *setting.split("=", 1))
    odd_names(repo)
    (repo / "a.txt").write_text("one\n\n\n\nthree\n")
    (repo / "sub").mkdir()
    state = captured(repo / "sub")
    assert not state.note
    assert applied(repo, state) == tree(repo)


def test_capture_git_names_what_it_leaves_out(repo: Path) -> None:
    (repo / "known.bin").write_bytes(b"\0\1")
    (repo / "known-latin.txt").write_bytes("café\n".encode("latin-1"))
    (repo / "known-large.txt").write_text("x\n")
    (repo / "known-huge.txt").write_text("x\n")
    commit(repo)
    (repo / "known.bin").write_bytes(b"\0\2")
    (repo / "known-latin.txt").write_bytes("cafés\n".encode("latin-1"))
    (repo / "known-large.txt").write_text("y\n" * FILE_CAP)
    (repo / "known-huge.txt").write_text("y\n" * FILE_CAP * 5)
    (repo / "image.png").write_bytes(b"\x89PNG\0\0")
    (repo / "latin.txt").write_bytes("café\n".encode("latin-1"))
    (repo / "large.csv").write_text("1,2\n" * FILE_CAP)
    os.mkfifo(repo / "pipe")
    (repo / "text.txt").write_text("kept\n")
    git(repo, "init", "-q", "inner")
    state = captured(repo)
    assert set(state.note.split("; ")) == {
        "known.bin left out: binary",
        "known-latin.txt left out: not UTF-8 text",
        "known-large.txt left out: 786.6 kB of changes, more than 262.1 kB",
        "known-huge.txt left out: a file of 2.6 MB",
        "image.png left out: binary",
        "latin.txt left out: not UTF-8 text",
        "large.csv left out: 1.0 MB, more than 262.1 kB",
        "inner/ left out: a repository of its own",
    }
    assert "text.txt" in applied(repo, state)


def test_capture_git_caps_the_whole_patch(repo: Path) -> None:
    count = PATCH_CAP // FILE_CAP + 3
    for number in range(count):
        (repo / f"file{number:02}.txt").write_text("y" * (FILE_CAP - 300) + "\n")
    state = captured(repo)
    assert len(state.patch.encode()) <= PATCH_CAP
    assert state.note.count("left out: the patch would pass 2.1 MB") == 3
    assert len(applied(repo, state)) == count - 3 + 2


def test_capture_git_leaves_the_book_out(repo: Path) -> None:
    (repo / ".cellbook" / "journal").mkdir(parents=True)
    (repo / ".cellbook" / "journal" / "w.jsonl").write_text("{}\n")
    (repo / "nb" / ".ipynb_checkpoints").mkdir(parents=True)
    (repo / "nb" / ".ipynb_checkpoints" / "a-checkpoint.ipynb").write_text("{}\n")
    assert captured(repo) == GitState(commit=captured(repo).commit, branch="main")
    commit(repo)
    (repo / ".cellbook" / "journal" / "w.jsonl").write_text("{}\n{}\n")
    state = captured(repo)
    assert not state.dirty
    assert not state.patch


def test_capture_git_of_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    empty = captured(tmp_path)
    assert (empty.commit, empty.branch, empty.dirty, empty.patch) == ("", "trunk", False, "")
    (tmp_path / "staged.txt").write_text("a\n")
    git(tmp_path, "add", "staged.txt")
    (tmp_path / "staged.txt").write_text("b\n")
    (tmp_path / "untracked.txt").write_text("c\n")
    state = captured(tmp_path)
    assert state.note == "there is no commit yet: the patch starts from nothing"
    assert applied(tmp_path, state) == tree(tmp_path)


def test_capture_git_of_a_detached_head(repo: Path) -> None:
    git(repo, "checkout", "-q", "--detach")
    state = captured(repo)
    assert state.branch == ""
    assert len(state.commit) == 40


def test_capture_git_of_a_worktree(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "a.txt").write_text("changed\n")
    state = captured(tmp_path / "side")
    assert state.branch == "side"
    assert applied(repo, state) == tree(tmp_path / "side")


def test_capture_git_of_a_merge_with_conflicts(repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "side")
    (repo / "a.txt").write_text("one\nside\nthree\n")
    (repo / "z.txt").write_text("z\n")
    commit(repo)
    git(repo, "checkout", "-q", "main")
    (repo / "a.txt").write_text("one\nmain\nthree\n")
    commit(repo)
    command = ["git", "merge", "-q", "side"]
    assert subprocess.run(command, cwd=repo, capture_output=True, check=False).returncode
    state = captured(repo)
    assert "<<<<<<<" in state.patch
    assert applied(repo, state) == tree(repo)


def test_capture_git_names_submodules(repo: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "-q", "-b", "main")
    (library / "lib.py").write_text("x = 1\n")
    commit(library)
    git(repo, "submodule", "--quiet", "add", str(library), "lib")
    state = captured(repo)
    assert state.note == "lib: submodule with another commit"
    assert "path = lib" in state.patch
    assert ".gitmodules" in applied(repo, state)
    commit(repo)
    assert not captured(repo).dirty
    (repo / "lib" / "lib.py").write_text("x = 2\n")
    (repo / "lib" / "new.py").write_text("x = 2\n")
    state = captured(repo)
    assert state.dirty
    assert not state.patch
    assert state.note == "lib: submodule with changes and untracked files"
    assert captured(repo / "lib").patch.count("+x = 2") == 2


def test_capture_git_never_writes_the_index(repo: Path) -> None:
    index = repo / ".git" / "index"
    time.sleep(0.02)
    # The same content anew: git would like to note the new time in its index.
    (repo / "a.txt").write_text((repo / "a.txt").read_text())
    (repo / "train.py").write_text("changed\n")
    before = index.read_bytes(), index.stat().st_mtime_ns
    listing = sorted(str(path) for path in (repo / ".git").rglob("*"))
    captured(repo)
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before
    assert sorted(str(path) for path in (repo / ".git").rglob("*")) == listing


def test_capture_git_works_while_somebody_holds_the_index(repo: Path) -> None:
    (repo / ".git" / "index.lock").write_text("")
    (repo / "a.txt").write_text("changed\n")
    assert "+changed" in captured(repo).patch


def test_capture_git_runs_no_programs_of_the_repository(repo: Path, tmp_path: Path) -> None:
    spy = tmp_path / "spy"
    spy.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    spy.chmod(0o755)
    for hook in ("post-index-change", "fsmonitor-watchman", "pre-commit", "post-checkout"):
        (repo / ".git" / "hooks").mkdir(exist_ok=True)
        (repo / ".git" / "hooks" / hook).symlink_to(spy)
    for key in ("core.fsmonitor", "diff.external", "core.pager", "diff.x.textconv", "core.askPass"):
        git(repo, "config", key, str(spy))
    (repo / ".gitattributes").write_text("*.txt diff=x\n")
    (repo / "a.txt").write_text("changed\n")
    assert "+changed" in captured(repo).patch
    assert not (tmp_path / "ran").exists()


def test_capture_git_ignores_a_git_dir_of_somebody_else(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other.index"))
    assert captured(repo).branch == "main"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/ada/book.git", "https://github.com/ada/book.git"),
        ("https://ada:hunter@github.com/ada/book.git", "https://github.com/ada/book.git"),
        ("https://token@github.com/ada/book.git", "https://github.com/ada/book.git"),
        ("git@github.com:ada/book.git", "git@github.com:ada/book.git"),
        ("ssh://git:hunter@host:22/ada/book", "ssh://git@host:22/ada/book"),
        ("../book", "../book"),
    ],
)
def test_capture_git_takes_passwords_out_of_the_remote(repo: Path, url: str, expected: str) -> None:
    git(repo, "remote", "add", "origin", url)
    assert captured(repo).remote == expected


def test_capture_git_masks_what_is_added(repo: Path) -> None:
    (repo / "a.txt").write_text("one\npassword = 'hunter'\nthree\n")
    (repo / "new.env").write_text("A=1\nDB_PASSWORD=hunter\nB=2")
    state = captured(repo)
    assert "hunter" not in state.patch
    assert not state.note
    after = applied(repo, state)
    assert after["a.txt"][1].decode() == f"one\npassword = '{MASK}'\nthree\n"
    assert after["new.env"][1].decode() == f"A=1\nDB_PASSWORD={MASK}\nB=2"


def test_capture_git_leaves_out_files_with_committed_secrets(repo: Path) -> None:
    (repo / "config.py").write_text("a = 1\npassword = 'hunter'\nb = 2\n" + "\n" * 20 + "c = 3\n")
    (repo / "far.py").write_text("password = 'hunter'\n" + "\n" * 20 + "c = 3\n")
    commit(repo)
    (repo / "config.py").write_text("a = 1\npassword = 'hunter'\nb = 3\n" + "\n" * 20 + "c = 3\n")
    (repo / "far.py").write_text("password = 'hunter'\n" + "\n" * 20 + "c = 4\n")
    state = captured(repo)
    assert "hunter" not in state.patch
    assert state.note == ("config.py left out: committed lines around the changes hold a secret")
    assert applied(repo, state)["far.py"] == tree(repo)["far.py"]


def test_mask_patch_masks_the_courtesy_line() -> None:
    patch = "--- a/x\n+++ b/x\n@@ -9,1 +9,2 @@ password = 'hunter'\n a\n+b\n"
    assert mask_patch(patch) == patch.replace("hunter", MASK)


def test_capture_git_gives_up_on_a_slow_git(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent))
    monkeypatch.setattr(git_module, "TIMEOUT", 0.3)
    start = time.perf_counter()
    assert capture_git(repo) is None
    assert time.perf_counter() - start < 5


NAMES = ["a.txt", "b b.txt", "ü/c.txt", "d"]
CONTENTS = ["", "x", "x\n", "x\ny\n", "y\nx\nz\n", "\n\n", "x\r\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"]
step = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(CONTENTS)),
    st.tuples(st.just("delete"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("executable"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("stage"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("unstage"), st.sampled_from(NAMES), st.just("")),
)


def take(folder: Path, step: tuple[str, str, str]) -> None:
    verb, name, content = step
    path = folder / name
    if verb == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode())
    elif verb == "delete":
        path.unlink(missing_ok=True)
    elif verb == "executable" and path.exists():
        path.chmod(path.stat().st_mode ^ 0o111)
    elif verb == "stage" and path.exists():
        git(folder, "add", name)
    elif verb == "unstage":
        git(folder, "rm", "-q", "-f", "--cached", "--ignore-unmatch", name)


@settings(max_examples=25)
@given(st.lists(step, max_size=6), st.lists(step, max_size=8))
def test_capture_git_then_apply_is_the_work_tree(
    first: list[tuple[str, str, str]], then: list[tuple[str, str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        git(folder, "init", "-q", "-b", "main")
        for one in first:
            take(folder, one)
        commit(folder)
        for one in then:
            take(folder, one)
        state = captured(folder)
        assert not state.note
        assert applied(folder, state) == tree(folder)
        assert state.dirty == bool(git(folder, "status", "--porcelain").strip())
