"""Where the code stands in git: commit, branch, and all that is uncommitted as one patch.

Only git's command line is asked, and only to look: no lock, no hook, no pager, no prompt, no
network, and the repository's index is never written.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from cellbook.capture.outputs import human_size
from cellbook.capture.secrets import mask
from cellbook.records import GitState

FILE_CAP = 256 * 1024
"""Largest part of the patch for one file, in bytes."""

PATCH_CAP = 2 * 1024 * 1024
"""Largest patch, in bytes."""

TIMEOUT = 5.0
"""Seconds that one call of git may take."""

_OWN = (".cellbook", ".ipynb_checkpoints")
"""Folders that are never part of the patch: the book would hold copies of itself."""

_OUTPUT_CAP = 32 * 1024 * 1024
_SIZE_WORTH_A_DIFF = 8 * FILE_CAP
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PAGER": "cat",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "LC_ALL": "C",
}
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF")
_SETTINGS = (
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.quotePath=false",
    "diff.autoRefreshIndex=false", "diff.suppressBlankEmpty=false",
)  # fmt: skip
_DIFF = (
    "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--full-index",
    "--unified=3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--no-relative",
    "--ignore-submodules=all", f"-O{os.devnull}",
)  # fmt: skip


def capture_git(cwd: str | os.PathLike[str] | None = None) -> GitState | None:
    """Return where the code in `cwd` stands in git; None outside a repository or without git.

    The patch holds what is staged, unstaged and untracked (as far as ``.gitignore`` lets it), in
    UTF-8 text files of up to `FILE_CAP`, `PATCH_CAP` in all; ``git apply`` takes it on a clean
    checkout of the commit.  Secrets in added lines are masked.  What is left out, binary files
    and changes of submodules too, is named in the note.  About 20 ms, more in a large work tree.
    """
    try:
        folder = Path(cwd or ".").absolute()
    except FileNotFoundError:  # The working folder was deleted.
        return None
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return None
    try:
        top = _git(folder, "rev-parse", "--show-toplevel")
        if top is None:
            return None
        root = Path(os.fsdecode(top.rstrip(b"\n")))
        own = [f":(exclude,glob)**/{name}/**" for name in _OWN]
        listing = _git(
            root, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all",
            "--ignore-submodules=none", "--no-renames", "--", ".", *own,
        )  # fmt: skip
        if listing is None:
            return None
        state = _Status.parse(listing)
        url = _git(root, "config", "--get", "remote.origin.url") or b""
        patch = _Patch()
        if state.unborn:
            patch.note("there is no commit yet: the patch starts from nothing")
        for path, what in state.submodules:
            patch.note(f"{path}: submodule with {what}")
        if state.tracked:
            _add_tracked(patch, root, state, own)
        for path in sorted(state.untracked):
            _add_untracked(patch, root, path)
        return GitState(
            commit=state.commit,
            branch=state.branch,
            remote=_without_password(url.decode("utf-8", "replace").strip()),
            dirty=bool(state.tracked or state.untracked or state.submodules),
            patch="".join(patch.parts),
            note="; ".join(patch.notes),
        )
    except OSError:
        # No git, or a folder that went away.
        return None


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None if it fails, takes too long or prints too much."""
    environment = {key: value for key, value in os.environ.items() if key not in _ELSEWHERE}
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    with subprocess.Popen(
        ["git", "--no-pager", *settings, *arguments],
        cwd=folder,
        env={**environment, **_QUIET},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        late = threading.Timer(TIMEOUT, process.kill)
        late.start()
        try:
            output = process.stdout.read(_OUTPUT_CAP + 1)
            if len(output) > _OUTPUT_CAP:
                process.kill()
        finally:
            process.stdout.close()
            code = process.wait()
            late.cancel()
    return output if code == 0 and len(output) <= _OUTPUT_CAP else None


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if not separator:
        return mask(url)
    user, at, server = host.rpartition("@")
    # Over ssh the user is part of the address; over http it may be the token itself.
    kept = user.partition(":")[0] + at if scheme == "ssh" else ""
    return mask(f"{scheme}://{kept}{server}{slash}{path}")


@dataclass(slots=True)
class _Status:
    """What ``git status --porcelain=v2 --branch -z`` says."""

    commit: str = ""
    branch: str = ""
    unborn: bool = False
    tracked: list[str] = field(default_factory=list)
    untracked: list[str] = field(default_factory=list)
    submodules: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def parse(cls, listing: bytes) -> _Status:
        state = cls()
        for raw in listing.split(b"\0"):
            entry = os.fsdecode(raw)
            kind, _, rest = entry.partition(" ")
            if entry.startswith("# branch.oid "):
                state.commit = entry[13:]
                state.unborn = state.commit == "(initial)"
            elif entry.startswith("# branch.head "):
                state.branch = entry[14:]
            elif kind == "?":
                state.untracked.append(rest)
            elif kind in ("1", "u"):
                fields = rest.split(" ", 7 if kind == "1" else 9)
                state.add_tracked(fields[-1], fields[1])
        state.commit = "" if state.unborn else state.commit
        state.branch = "" if state.branch == "(detached)" else state.branch
        return state

    def add_tracked(self, path: str, submodule: str) -> None:
        if submodule[0] != "S":
            self.tracked.append(path)
            return
        signs = zip("CMU", ("another commit", "changes", "untracked files"), strict=True)
        what = [words for sign, words in signs if sign in submodule[1:]]
        self.submodules.append((path, " and ".join(what) or "another commit"))


@dataclass(slots=True)
class _Patch:
    """The patch so far, and what it leaves out."""

    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    size: int = 0

    def note(self, text: str) -> None:
        self.notes.append(text.encode("utf-8", "backslashreplace").decode())

    def leave_out(self, path: str, why: str) -> None:
        self.note(f"{path} left out: {why}")

    def add(self, path: str, text: str) -> None:
        """Add the whole of one file's patch, if there is room for it."""
        size = len(text.encode())
        if size > FILE_CAP:
            self.leave_out(path, f"{human_size(size)} of changes, more than {human_size(FILE_CAP)}")
        elif self.size + size > PATCH_CAP:
            self.leave_out(path, f"the patch would pass {human_size(PATCH_CAP)}")
        else:
            self.parts.append(text)
            self.size += size


# ── tracked files ─────────────────────────────────────────────────────────────────────────────

_SECTION = re.compile(rb"^diff --git ", re.MULTILINE)


def _add_tracked(patch: _Patch, root: Path, state: _Status, own: Iterable[str]) -> None:
    base = state.commit
    if state.unborn:
        tree = _git(root, "hash-object", "-t", "tree", os.devnull)
        base = (tree or b"").decode().strip()
    skipped = []
    for path in state.tracked:
        size = _file_size(root / path)
        if size > _SIZE_WORTH_A_DIFF:
            skipped.append(f":(exclude,literal,top){path}")
            patch.leave_out(path, f"a file of {human_size(size)}")
    diff = _git(root, *_DIFF, base, "--", ".", *own, *skipped)
    if diff is None:
        patch.note("changes of tracked files left out: git diff failed, or took too long")
        return
    starts = [found.start() for found in _SECTION.finditer(diff)]
    # A file staged and deleted again is a change that leaves no trace.
    for start, end in pairwise([*starts, len(diff)]):
        _add_section(patch, diff[start:end])


def _add_section(patch: _Patch, raw: bytes) -> None:
    """Add git's patch of one file."""
    first, _, rest = raw.partition(b"\n")
    # "diff --git a/PATH b/PATH": without renames both are the same.
    names = first[11:].decode("utf-8", "backslashreplace")
    path = names[: len(names) // 2].strip('"').removeprefix("a/")
    header = rest.partition(b"\n@@ ")[0]
    if header.startswith(b"Binary files ") or b"\nBinary files " in header:
        patch.leave_out(path, "binary")
        return
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        patch.leave_out(path, "not UTF-8 text")
        return
    # While a merge is on, git puts such a line after the file before.
    text = re.sub(r"^\* Unmerged path .*\n?", "", text, flags=re.MULTILINE)
    masked = mask_patch(text)
    if masked is None:
        patch.leave_out(path, "committed lines around the changes hold a secret")
    else:
        patch.add(path, masked)


def mask_patch(text: str) -> str | None:
    """Return one file's patch with the secrets in its added lines masked.

    The other lines must be those of the commit or the patch would not apply: None if there is a
    secret among them.
    """
    lines = text.split("\n")
    body = next((number for number, line in enumerate(lines) if line.startswith("@@ ")), len(lines))
    added = [number for number in range(body, len(lines)) if lines[number].startswith("+")]
    for sign in (" ", "-"):
        kept = "\n".join(line[1:] for line in lines[body:] if line.startswith(sign))
        if mask(kept) != kept:
            return None
    # Git shows the line of the function above the hunk as a courtesy.
    for number in range(body, len(lines)):
        if lines[number].startswith("@@ "):
            lines[number] = mask(lines[number])
    new = mask("\n".join(lines[number][1:] for number in added)).split("\n")
    for number, line in zip(added, new, strict=False):
        lines[number] = f"+{line}"
    return "\n".join(lines)


def _file_size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0  # deleted


# ── untracked files ───────────────────────────────────────────────────────────────────────────


def _add_untracked(patch: _Patch, root: Path, path: str) -> None:
    """Add a file that git does not know, as the patch that makes it."""
    file = root / path
    if path.endswith("/"):
        patch.leave_out(path, "a repository of its own")
        return
    try:
        facts = file.lstat()
        if stat.S_ISLNK(facts.st_mode):
            mode, raw = "120000", os.fsencode(os.readlink(file))  # noqa: PTH115
        elif not stat.S_ISREG(facts.st_mode):
            return  # git does not list pipes and devices; reading one could wait for ever
        elif facts.st_size > FILE_CAP:
            patch.leave_out(path, f"{human_size(facts.st_size)}, more than {human_size(FILE_CAP)}")
            return
        else:
            mode = "100755" if facts.st_mode & stat.S_IXUSR else "100644"
            raw = file.read_bytes()
    except OSError as error:
        patch.leave_out(path, error.strerror or "unreadable")
        return
    if b"\0" in raw:
        patch.leave_out(path, "binary")
        return
    try:
        text = mask(raw.decode())
    except UnicodeDecodeError:
        patch.leave_out(path, "not UTF-8 text")
        return
    patch.add(path, _creation(path, mode, text))


def _creation(path: str, mode: str, text: str) -> str:
    old, new = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    header = f"diff --git {old} {new}\nnew file mode {mode}\n"
    if not text:
        return header
    lines = text.removesuffix("\n").split("\n")
    # A name with a blank in it ends in a tab, or a date would be looked for behind the blank.
    tab = "\t" if " " in new and not new.startswith('"') else ""
    count = f"+1,{len(lines)}" if len(lines) > 1 else "+1"
    end = "\n" if text.endswith("\n") else "\n\\ No newline at end of file\n"
    body = "\n".join(f"+{line}" for line in lines)
    return f"{header}--- /dev/null\n+++ {new}{tab}\n@@ -0,0 {count} @@\n{body}{end}"


_ESCAPED = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


def _quoted(path: str) -> str:
    """Write a path as git's patches have it: odd characters in a quoted, escaped form."""
    raw = os.fsencode(path)
    try:
        raw.decode()
        plain = not any(byte < 32 or byte in (34, 92, 127) for byte in raw)
    except UnicodeDecodeError:
        plain = False
    if plain:
        return path
    quoted = "".join(
        f"\\{_ESCAPED[byte]}" if byte in _ESCAPED
        else chr(byte) if 32 <= byte < 127
        else f"\\{byte:03o}"
        for byte in raw
    )  # fmt: skip
    return f'"{quoted}"'
