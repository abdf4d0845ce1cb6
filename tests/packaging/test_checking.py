"""A bundle works in an environment that has only what it requires; also without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellbook.errors import InvalidBundle, InvalidInput, Untrusted
from cellbook.packaging import carry_wheels, check_bundle, open_bundle, save_bundle
from cellbook.packaging.checking import _notes
from tests.packaging.models import linear, own_class
from tests.packaging.test_bundle import replace

pytestmark = [
    pytest.mark.filterwarnings("ignore:::(?!cellbook|tests)"),
    pytest.mark.timeout(900),
]


def test_it_is_built_anew_of_the_wheels_that_it_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = linear()
    saved = save_bundle(
        made.model,
        tmp_path / "bundle",
        input_example=made.data,
        tests={"the first": made.data[:1]},
    )
    carried = carry_wheels(tmp_path / "bundle")
    assert carried.digest == saved.digest
    assert carried.manifest.size > 10 * saved.manifest.size
    # Where every address leads to nowhere, only what is carried can be installed.
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    lines: list[str] = []
    found = check_bundle(tmp_path / "bundle", trust=True, say=lines.append)
    assert found.passed, found
    assert found.tests == (("input example", ""), ("the first", ""))
    assert "that the bundle carries" in " ".join(lines)


def test_what_cannot_be_installed_is_told(tmp_path: Path) -> None:
    save_bundle(
        len,
        tmp_path / "bundle",
        input_example=[[1.0]],
        extra_requirements=("cellbook-has-no-such-package==1",),
    )
    (tmp_path / "bundle" / "wheels").mkdir()
    found = check_bundle(tmp_path / "bundle", trust=True)
    assert not found.passed
    assert found.problem.startswith("What it requires cannot be installed.")
    assert "No matching distribution" in found.problem


def test_a_pickle_needs_consent(tmp_path: Path) -> None:
    made = own_class()
    save_bundle(made.model, tmp_path / "bundle", input_example=made.data)
    with pytest.raises(Untrusted, match="runs code"):
        check_bundle(tmp_path / "bundle")


def test_carried_packages_need_consent(tmp_path: Path) -> None:
    pytest.importorskip("skops", reason="skops is in the group test")
    made = linear()
    save_bundle(made.model, tmp_path / "bundle", input_example=made.data)
    (tmp_path / "bundle" / "wheels").mkdir()
    with pytest.raises(Untrusted, match="carries packages"):
        check_bundle(tmp_path / "bundle")


@pytest.mark.parametrize(
    "line",
    [
        "--index-url http://127.0.0.1:9",
        "evil @ file:///evil.whl",
        "./evil.whl",
        "-r more.txt",
        "a>1",
    ],
)
def test_requirements_lead_nowhere_else(line: str, tmp_path: Path) -> None:
    made = linear()
    with pytest.raises(InvalidInput, match="name==version"):
        save_bundle(made.model, tmp_path / "bundle", extra_requirements=(line,))
    save_bundle(made.model, tmp_path / "bundle", input_example=made.data)
    replace(tmp_path / "bundle", "requirements.txt", f"numpy==2.0\n{line}\n".encode())
    with pytest.raises(InvalidBundle, match="no requirement of a bundle"):
        check_bundle(tmp_path / "bundle", trust=True)


def test_wrong_record_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorded output is compared, in whatever environment: here in this one."""
    import sys

    from cellbook.packaging import checking

    made = linear()
    save_bundle(made.model, tmp_path / "bundle", input_example=made.data)
    text = (tmp_path / "bundle" / "expected_output.json").read_text()
    changed = text.replace(" 0", " 1", 1) if '"data": [\n  0' not in text else text
    changed = changed.replace('"data": [\n  0', '"data": [\n  2')
    replace(tmp_path / "bundle", "expected_output.json", changed.encode())
    monkeypatch.setattr(checking, "_build", lambda *rest: "")
    monkeypatch.setattr(checking, "_python", lambda place: Path(sys.executable))
    found = check_bundle(tmp_path / "bundle", trust=True)
    assert not found.passed
    assert "is not what was recorded: 1 of 89 values differ" in found.tests[0][1]
    assert open_bundle(tmp_path / "bundle").digest == found.digest


def test_compiled_code_beside_the_list_is_told(tmp_path: Path) -> None:
    made = linear()
    bundle = save_bundle(made.model, tmp_path / "line", input_example=made.data)
    assert _notes(bundle) == []
    (bundle.folder / "code" / "__pycache__").mkdir()
    (note,) = _notes(bundle)
    assert note.startswith("Compiled code in code/__pycache__ is not on its list")
