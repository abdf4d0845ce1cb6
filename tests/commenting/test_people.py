from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cellbook.commenting import check_author, initials, jupyter_author, keep_author, local_author
from cellbook.commenting.people import _ask_git
from cellbook.errors import InvalidInput
from cellbook.records import Author


@pytest.mark.parametrize(
    ("username", "display_name", "expected"),
    [
        ("ada", "Ada Lovelace", Author("ada", "Ada Lovelace")),
        ("ada@example.org", "", Author("ada@example.org")),
        ("Ada Lovelace", "", Author("Ada-Lovelace", "Ada Lovelace")),
        # A server of one person makes a name up for each browser.
        ("0123456789abcdef0123456789abcdef", "Anonymous Metis", None),
        ("", "", None),
        ("///", "", None),
    ],
)
def test_jupyter_says_who_somebody_is(
    username: str, display_name: str, expected: Author | None
) -> None:
    assert jupyter_author(username, display_name) == expected


def test_who_works_here_is_told_by_the_environment_an_answer_or_git(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CELLBOOK_CONFIG_DIR", str(tmp_path / "config"))
    both = {"CELLBOOK_USER": "grace", "JUPYTERHUB_USER": "hub"}
    assert local_author(both) == Author("grace")
    assert local_author({"JUPYTERHUB_USER": "hub"}) == Author("hub")
    keep_author(Author("alan", "Alan Turing"))
    assert local_author({}) == Author("alan", "Alan Turing")
    (tmp_path / "config" / "author.json").write_text("[")
    monkeypatch.setattr("cellbook.commenting.people._git_said", (None, None))
    assert local_author({}) is None  # The tests' git knows nobody.
    config = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    subprocess.run(["git", "config", "--global", "user.name", "Ada Lovelace"], check=True)
    assert _ask_git() == Author("Ada-Lovelace", "Ada Lovelace")
    subprocess.run(["git", "config", "--global", "user.email", "ada@x.org"], check=True)
    assert _ask_git() == Author("ada", "Ada Lovelace")


@pytest.mark.parametrize("name", ["", "a b", "@ada", "a\nb", "<b>", "x" * 101, "ada.", '"'])
def test_what_cannot_be_mentioned_is_no_name(name: str) -> None:
    with pytest.raises(InvalidInput, match="is no user name"):
        check_author(name)


def test_a_display_name_is_one_line() -> None:
    assert check_author("ada", " Ada \n Lovelace ") == Author("ada", "Ada Lovelace")
    with pytest.raises(InvalidInput, match="one printable line"):
        check_author("ada", "a\x1bb")


@pytest.mark.parametrize(
    ("author", "letters"),
    [
        (Author("ada"), "A"),
        (Author("ada", "Ada Lovelace"), "AL"),
        (Author("ada.lovelace"), "AL"),
        (Author("ada@example.org"), "A"),
        (Author("é", "Élan"), "É"),
    ],
)
def test_initials(author: Author, letters: str) -> None:
    assert initials(author) == letters
