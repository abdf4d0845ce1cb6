"""A bundle signed with a key, as OpenSSF Model Signing 1.0 has it, and verified.

What is signed is every file of the bundle but the signature itself (``model.sig``, a Sigstore
bundle around an in-toto statement).  ``model_signing verify key`` of the project model-signing
verifies it, too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidBundle, InvalidInput, one_line
from cellbook.optional import require
from cellbook.packaging.bundle import open_bundle
from cellbook.packaging.manifest import SIGNATURE_FILE


def sign_bundle(folder: str | os.PathLike[str], private_key: str | os.PathLike[str]) -> Path:
    """Sign a bundle; return the file of the signature, which lies in it.

    Parameters
    ----------
    folder
        The bundle.
    private_key
        A PEM file with a private key on an elliptic curve (P-256, P-384 or P-521).

    Raises
    ------
    InvalidBundle
        If it is damaged: what one signs, one has seen whole.
    InvalidInput
        If the key is none.
    MissingDependency
        If model-signing is not installed.
    """
    signing = require("model_signing.signing", "signing", "Signing a bundle")
    bundle = open_bundle(folder)
    target = bundle.folder / SIGNATURE_FILE
    try:
        config = signing.Config().use_elliptic_key_signer(private_key=Path(private_key))
        config.set_hashing_config(_hashing([target])).sign(bundle.folder, target)
    except Exception as error:
        raise InvalidInput(
            f"{private_key} cannot sign: {one_line(error)}. Give a PEM file with a private key, as "
            "`openssl ecparam -name prime256v1 -genkey -noout` makes it."
        ) from error
    return target


def verify_signature(
    folder: str | os.PathLike[str],
    public_key: str | os.PathLike[str] | None = None,
    *,
    certificates: Iterable[str | os.PathLike[str]] = (),
    signature: str | os.PathLike[str] | None = None,
    ignored: Iterable[str] = (),
) -> None:
    """See whether a folder is what somebody signed who has the key.

    Parameters
    ----------
    folder
        The bundle, or any model that was signed in this format.
    public_key
        A PEM file with the public key; None where certificates say whose it is.
    certificates
        PEM files of the authorities that are trusted to say so.
    signature
        The file of the signature; None for the bundle's own.
    ignored
        Names of files in the folder that were not signed.

    Raises
    ------
    InvalidInput
        If neither a key nor a certificate is given.
    InvalidBundle
        If it is not: another key, a file that was changed, added or taken away, no signature.
    MissingDependency
        If model-signing is not installed.
    """
    verifying = require("model_signing.verifying", "signing", "Verifying a signature")
    if public_key is None and not certificates:
        raise InvalidInput("By what? Give the public key, or the certificates of authorities.")
    path = Path(folder)
    file = path / SIGNATURE_FILE if signature is None else Path(signature)
    if not file.is_file():
        raise InvalidBundle(f"{path.name} is not signed: it has no {file.name}.")
    try:
        config = verifying.Config()
        if public_key is not None:
            config.use_elliptic_key_verifier(public_key=Path(public_key))
        else:
            chain = [Path(one) for one in certificates]
            config.use_certificate_verifier(certificate_chain=chain, log_fingerprints=False)
        config.set_hashing_config(_hashing([file, *(path / name for name in ignored)]))
        config.verify(path, file)
    except Exception as error:
        raise InvalidBundle(
            f"{path.name} is not what was signed so: {one_line(error)}. Do not use it."
        ) from error


def _hashing(ignored: Iterable[Path]) -> Any:
    hashing = require("model_signing.hashing", "signing", "Signing a bundle")
    return hashing.Config().set_ignored_paths(paths=list(ignored), ignore_git_paths=False)
