"""Signing with a key: our bundles, and the published vectors."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cellbook.errors import InvalidBundle, InvalidInput
from cellbook.packaging import load_bundle, open_bundle, save_bundle, sign_bundle, verify_signature

pytest.importorskip("model_signing", reason="model-signing is in the group test")

VECTORS = Path(__file__).parent / "vectors"
KEY, AUTHORITY = VECTORS / "signing-key-pub.pem", VECTORS / "ca-cert.pem"

pytestmark = pytest.mark.filterwarnings("ignore:::(?!cellbook|tests)")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return make_keys(tmp_path / "keys")


def make_keys(folder: Path) -> tuple[Path, Path]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "private.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "public.pem").write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return folder / "private.pem", folder / "public.pem"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_bundle(lambda data: data * 2, tmp_path / "bundle", input_example=[[1.0, 2.0]])
    return tmp_path / "bundle"


def test_signed_bundle_is_verified_and_still_loads(folder: Path, keys: tuple[Path, Path]) -> None:
    digest = open_bundle(folder).digest
    assert sign_bundle(folder, keys[0]) == folder / "model.sig"
    verify_signature(folder, keys[1])
    assert open_bundle(folder).digest == digest
    assert load_bundle(folder, trust=True).predict([[3.0, 4.0]]).tolist() == [[6.0, 8.0]]


def test_the_command_of_model_signing_verifies_it(folder: Path, keys: tuple[Path, Path]) -> None:
    sign_bundle(folder, keys[0])
    command = [sys.executable, "-W", "ignore", "-m", "model_signing", "verify", "key"]
    command += ["--signature", "bundle/model.sig", "--public_key", keys[1], "bundle"]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("change", ["changed", "added", "taken away", "another key", "unsigned"])
def test_what_was_not_signed_is_refused(
    change: str, folder: Path, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    sign_bundle(folder, keys[0])
    public = keys[1]
    if change == "changed":
        (folder / "README.md").write_text("better")
    elif change == "added":
        (folder / "more.txt").write_text("more")
    elif change == "taken away":
        (folder / "README.md").unlink()
    elif change == "another key":
        public = make_keys(tmp_path / "other")[1]
    else:
        (folder / "model.sig").unlink()
    with pytest.raises(InvalidBundle, match=r"not what was signed|is not signed"):
        verify_signature(folder, public)


def test_what_is_no_key_is_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    with pytest.raises(InvalidInput, match="cannot sign"):
        sign_bundle(folder, tmp_path / "key.pem")
    assert not (folder / "model.sig").exists()


@pytest.mark.parametrize(
    "name",
    [
        "key.bundle.json",
        "model-signing-1.0.0.sig",
        "model-signing-1.0.1.sig",
        "model-signing-1.1.0.sig",
    ],
)
def test_valid_vectors_of_a_key_are_verified(name: str, tmp_path: Path) -> None:
    signed = tmp_path / "model"
    shutil.copytree(VECTORS / "signed", signed)
    # Of 1.0.0, the one file was signed that is the model.
    model = signed / "signme-1" if "1.0.0" in name else signed
    verify_signature(model, KEY, signature=VECTORS / "valid" / name)
    (signed / "signme-1").write_text("other")
    with pytest.raises(InvalidBundle):
        verify_signature(model, KEY, signature=VECTORS / "valid" / name)


def test_valid_vector_of_a_certificate_is_verified(tmp_path: Path) -> None:
    signed = tmp_path / "model"
    shutil.copytree(VECTORS / "signed", signed)
    signature = VECTORS / "valid" / "certificate.bundle.json"
    verify_signature(signed, certificates=[AUTHORITY], signature=signature)
    with pytest.raises(InvalidBundle):
        verify_signature(signed, KEY, signature=signature)


@pytest.mark.parametrize(
    "vector", sorted((VECTORS / "invalid").iterdir()), ids=lambda path: path.name
)
def test_invalid_vectors_are_refused(vector: Path, tmp_path: Path) -> None:
    signed = tmp_path / "model"
    shutil.copytree(VECTORS / "signed", signed)
    with pytest.raises(InvalidBundle):
        verify_signature(signed, KEY, signature=vector)
    with pytest.raises(InvalidBundle):
        verify_signature(signed, certificates=[AUTHORITY], signature=vector)
